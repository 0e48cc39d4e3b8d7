//! Sites in ARM.

use http::Method;
use serde_json::json;

use crate::auth::Audience;
use crate::context::Context;
use crate::services::apps_world::{DEPLOYER, HOST, SITE, context};
use crate::services::testing::{Ask, HOME, HOME_AUDITOR, NET, ask, get};

fn url(path: &str) -> String {
    format!("management.azure.com{path}?api-version=2023-12-01")
}

fn site<'a>(context: &'a Context, path: &str) -> Ask<'a> {
    get(context, &url(&format!("{SITE}{path}"))).bearing(HOME, HOME_AUDITOR, Audience::Arm)
}

fn post<'a>(context: &'a Context, path: &str, object: &str) -> Ask<'a> {
    ask(context, Method::POST, &url(&format!("{SITE}{path}"))).bearing(HOME, object, Audience::Arm)
}

#[test]
fn a_site_tells_its_names_networks_and_identities_but_no_settings() {
    let context = context(&[]);
    let body = site(&context, "").ok();
    let properties = &body["properties"];
    assert_eq!(properties["defaultHostName"], HOST);
    assert_eq!(properties["state"], "Running");
    assert!(properties.get("provisioningState").is_none());
    assert!(!body.to_string().contains("APP_CLIENT_ID"));
    let (_, identity) = body["identity"]["userAssignedIdentities"]
        .as_object()
        .unwrap()
        .iter()
        .next()
        .unwrap();
    assert_eq!(
        identity["principalId"],
        "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeeee"
    );
    let listed = get(
        &context,
        &url("/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/providers/Microsoft.Web/sites"),
    )
    .bearing(HOME, HOME_AUDITOR, Audience::Arm)
    .ok();
    assert_eq!(listed["value"], json!([body]));
    let subnet = format!("{NET}/virtualNetworks/home/subnets/workloads");
    let integration = site(&context, "/networkConfig/virtualNetwork").ok();
    assert_eq!(integration["properties"]["subnetResourceId"], json!(subnet));
    let networks = site(&context, "/virtualNetworkConnections").ok();
    assert_eq!(networks[0]["properties"]["isSwift"], true);
    assert_eq!(
        site(&context, "/config/web").ok()["properties"]["vnetName"],
        "home"
    );
}

#[test]
fn settings_and_keys_need_more_than_reader() {
    let context = context(&[]);
    for path in [
        "/config/appsettings/list",
        "/host/default/listkeys",
        "/functions/GetSecretCrossTenant/listkeys",
    ] {
        assert_eq!(post(&context, path, HOME_AUDITOR).json().0, 403, "{path}");
        assert_eq!(post(&context, path, DEPLOYER).json().0, 200, "{path}");
    }
    let settings = post(&context, "/config/appsettings/list", DEPLOYER).ok();
    assert_eq!(
        settings["properties"]["CROSS_TENANT_ID"],
        "22222222-2222-2222-2222-222222222222"
    );
    let keys = post(&context, "/host/default/listkeys", DEPLOYER).ok();
    assert_eq!(
        keys,
        json!({"masterKey": "master-key", "functionKeys": {"default": "host-key"}, "systemKeys": {}})
    );
    let keys = post(
        &context,
        "/functions/getsecretcrosstenant/listkeys",
        DEPLOYER,
    )
    .ok();
    assert_eq!(keys["properties"], json!({"default": "secret-key"}));
    let missing = post(&context, "/functions/Nothing/listkeys", DEPLOYER).json();
    assert_eq!(
        (missing.0, &missing.1["error"]["code"]),
        (404, &json!("ResourceNotFound"))
    );
}

#[test]
fn functions_are_listed() {
    let context = context(&[]);
    let all = site(&context, "/functions").ok();
    let names: Vec<&str> = all["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), 4);
    assert_eq!(names[0], "func-orders/DownloadBlobCrossTenant");
    assert_eq!(all["value"][1]["properties"]["isDisabled"], true);
    assert_eq!(
        site(&context, "/functions/GetSecretSameTenant").ok(),
        all["value"][3]
    );
    assert_eq!(site(&context, "/functions/Nothing").json().0, 404);
}
