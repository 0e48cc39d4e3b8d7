//! What clients ask about the cloud, the tenant and the subscription before they ask for anything else.

use http::Method;
use serde_json::json;

use crate::auth::Audience;
use crate::services::testing::{
    HOME, HOME_AUDITOR, HOME_WRITER, IDENTITY, RESOURCE, WORKLOAD, ask, example, get, writable,
};

const SUBSCRIPTION: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

#[test]
fn anybody_may_ask_which_cloud_this_is() {
    let context = example();
    let newest = get(
        &context,
        "management.azure.com//metadata/endpoints?api-version=2022-09-01",
    )
    .ok();
    assert_eq!(
        newest["authentication"]["audiences"][1],
        "https://management.azure.com/"
    );
    assert_eq!(newest["suffixes"]["keyVaultDns"], "vault.azure.net");
    let older = get(
        &context,
        "management.azure.com/metadata/endpoints?api-version=2019-05-01",
    )
    .ok();
    assert_eq!(older, json!([newest]));
    let oldest = get(
        &context,
        "management.azure.com/metadata/endpoints?api-version=2015-01-01",
    )
    .ok();
    assert_eq!(
        oldest["authentication"]["loginEndpoint"],
        "https://login.microsoftonline.com/"
    );
}

#[test]
fn providers_tell_types_and_versions() {
    let context = example();
    let url = |path: &str| format!("management.azure.com{path}?api-version=2024-07-01");
    let provider =
        |path: &str| get(&context, &url(path)).bearing(HOME, HOME_AUDITOR, Audience::Arm);
    let network = provider(&format!("{SUBSCRIPTION}/providers/microsoft.network")).ok();
    assert_eq!(network["namespace"], "Microsoft.Network");
    assert_eq!(network["registrationState"], "Registered");
    let types = network["resourceTypes"].as_array().unwrap();
    let named = |name: &str| types.iter().find(|it| it["resourceType"] == name).unwrap();
    assert_eq!(
        named("virtualNetworks")["apiVersions"],
        json!(["2024-01-01"])
    );
    assert!(
        named("networkManagers/networkGroups/staticMembers")["locations"]
            .to_string()
            .contains("Japan East")
    );
    let all = provider(&format!("{SUBSCRIPTION}/providers")).ok();
    assert!(all["value"].as_array().unwrap().contains(&network));
    let at_tenant = provider("/providers/Microsoft.KeyVault").ok();
    assert_eq!(at_tenant.get("registrationState"), None);
    let (status, body) = provider(&format!("{SUBSCRIPTION}/providers/Microsoft.Nothing")).json();
    assert_eq!(
        (status, &body["error"]["code"]),
        (404, &json!("InvalidResourceNamespace"))
    );
}

#[test]
fn registering_needs_the_right_of_the_namespace() {
    let context = writable();
    let url = format!(
        "management.azure.com{SUBSCRIPTION}/providers/Microsoft.Network/register?api-version=2024-07-01"
    );
    let register = |object: &str| {
        ask(&context, Method::POST, &url)
            .bearing(HOME, object, Audience::Arm)
            .json()
    };
    assert_eq!(register(HOME_WRITER).1["registrationState"], "Registered");
    let (status, body) = register(HOME_AUDITOR);
    assert_eq!(
        (status, &body["error"]["code"]),
        (403, &json!("AuthorizationFailed"))
    );
    let group = "management.azure.com/providers/Microsoft.Management/managementGroups/platform/providers/Microsoft.Network/register?api-version=2021-04-01";
    let refused = ask(&context, Method::POST, group).bearing(HOME, HOME_WRITER, Audience::Arm);
    assert_eq!(refused.json().0, 403);
}

#[test]
fn a_subscription_is_shown_to_whoever_holds_a_role_in_it() {
    let context = example();
    let show = |tenant: &str, object: &str, subscription: &str| {
        let url =
            format!("management.azure.com/subscriptions/{subscription}?api-version=2022-12-01");
        get(&context, &url)
            .bearing(tenant, object, Audience::Arm)
            .json()
            .0
    };
    assert_eq!(
        show(RESOURCE, WORKLOAD, "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb"),
        200
    );
    assert_eq!(
        show(HOME, IDENTITY, "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"),
        403
    );
    assert_eq!(
        show(HOME, HOME_AUDITOR, "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb"),
        401
    );
    let url = format!("management.azure.com{SUBSCRIPTION}/locations?api-version=2022-12-01");
    let locations = get(&context, &url)
        .bearing(HOME, HOME_AUDITOR, Audience::Arm)
        .ok();
    assert!(
        locations["value"]
            .to_string()
            .contains("(Asia Pacific) Japan East")
    );
    let url =
        "management.azure.com/providers/Microsoft.Management/getEntities?api-version=2023-04-01";
    let entities = ask(&context, Method::POST, url)
        .bearing(HOME, HOME_AUDITOR, Audience::Arm)
        .ok();
    assert_eq!(entities["value"][0]["type"], "/subscriptions");
    assert_eq!(entities["value"].as_array().unwrap().len(), 1);
}
