//! Writes of sites.

use http::Method;
use serde_json::{Value, json};

use crate::auth::Audience;
use crate::context::Context;
use crate::services::apps_world::{DEPLOYER, HOST, SITE, context};
use crate::services::testing::{HOME, HOME_AUDITOR, NET, ask, get};

const NEW: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app/providers/Microsoft.Web/sites/func-new";

/// The deployer owns the home subscription.
fn owned() -> Context {
    let context = context(&[]);
    let id = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/providers/Microsoft.Authorization/roleAssignments/0b000000-0000-4000-8000-0000000000fa";
    let body = json!({"properties": {
        "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "principalId": DEPLOYER,
    }});
    let body = body.as_object().unwrap().clone();
    context.state_mut().put_resource(id, body).unwrap();
    context
}

fn send(context: &Context, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let url = format!("management.azure.com{path}?api-version=2023-12-01");
    let ask = ask(context, method, &url).body(body);
    ask.bearing(HOME, DEPLOYER, Audience::Arm).json()
}

fn code((status, body): &(u16, Value)) -> (u16, &str) {
    (*status, body["error"]["code"].as_str().unwrap_or_default())
}

#[test]
fn a_site_is_created_changed_and_deleted() {
    let context = owned();
    let body = json!({"location": "japaneast", "kind": "functionapp", "properties": {"httpsOnly": true, "siteConfig": {"appSettings": [{"name": "a", "value": "secret"}]}}});
    let (status, created) = send(&context, Method::PUT, NEW, &body);
    assert_eq!(status, 200, "{created}");
    assert_eq!(
        created["properties"]["defaultHostName"],
        "func-new.azurewebsites.net"
    );
    assert!(!created.to_string().contains("secret"));
    let again = send(&context, Method::PUT, NEW, &created);
    assert_eq!(
        again.0, 200,
        "what GET answers can be put back: {}",
        again.1
    );
    let settings = send(
        &context,
        Method::POST,
        &format!("{NEW}/config/appsettings/list"),
        &json!({}),
    );
    assert_eq!(
        settings.1["properties"],
        json!({"a": "secret"}),
        "and takes no secret away"
    );
    let patch = json!({"properties": {"publicNetworkAccess": "Disabled"}});
    let (status, patched) = send(&context, Method::PATCH, NEW, &patch);
    assert_eq!(
        (status, &patched["properties"]["httpsOnly"]),
        (200, &json!(true))
    );
    assert_eq!(send(&context, Method::DELETE, NEW, &json!({})).0, 200);
    assert_eq!(send(&context, Method::DELETE, NEW, &json!({})).0, 204);
}

#[test]
fn settings_configuration_and_network_are_parts_of_the_site() {
    let context = owned();
    let settings = json!({"properties": {"x": "1", "y": ""}});
    let (status, body) = send(
        &context,
        Method::PUT,
        &format!("{SITE}/config/appsettings"),
        &settings,
    );
    assert_eq!(
        (status, &body["properties"]),
        (200, &settings["properties"])
    );
    let bad = json!({"properties": {"x": 1}});
    let bad = send(
        &context,
        Method::PUT,
        &format!("{SITE}/config/appsettings"),
        &bad,
    );
    assert_eq!(code(&bad), (400, "InvalidRequestContent"));
    let web = json!({"properties": {"vnetRouteAllEnabled": true, "minTlsVersion": "1.3"}});
    let (status, body) = send(&context, Method::PATCH, &format!("{SITE}/config/web"), &web);
    assert_eq!(
        (status, &body["properties"]["minTlsVersion"]),
        (200, &json!("1.3"))
    );
    assert_eq!(body["properties"]["vnetRouteAllEnabled"], true);
    let network = format!("{SITE}/networkConfig/virtualNetwork");
    assert_eq!(send(&context, Method::DELETE, &network, &json!({})).0, 200);
    let (_, body) = send(&context, Method::GET, &network, &json!({}));
    assert_eq!(body["properties"].get("subnetResourceId"), None);
    let subnet = |name: &str| json!({"properties": {"subnetResourceId": format!("{NET}/virtualNetworks/home/subnets/{name}")}});
    let missing = send(&context, Method::PUT, &network, &subnet("nothing"));
    assert_eq!(code(&missing), (400, "InvalidResourceReference"));
    let (status, body) = send(&context, Method::PUT, &network, &subnet("workloads"));
    assert_eq!(
        (status, &body["properties"]["swiftSupported"]),
        (200, &json!(true))
    );
}

#[test]
fn what_makes_no_sense_or_is_not_allowed_is_refused() {
    let context = owned();
    let elsewhere = NEW
        .replace("resourceGroups/app", "resourceGroups/net")
        .replace("func-new", "func-orders");
    let foreign = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.ManagedIdentity/userAssignedIdentities/x";
    let identity = json!({"location": "japaneast", "identity": {"type": "UserAssigned", "userAssignedIdentities": {foreign: {}}}});
    let plain = json!({"location": "japaneast"});
    for (path, body, expected) in [
        (NEW.to_owned(), json!({}), (400, "LocationRequired")),
        (
            NEW.replace("func-new", "-x-"),
            plain.clone(),
            (400, "InvalidResourceName"),
        ),
        (elsewhere, plain, (409, "Conflict")),
        (NEW.to_owned(), identity, (403, "LinkedAuthorizationFailed")),
        (
            NEW.to_owned(),
            json!({"location": "japaneast", "properties": {"httpsOnly": "yes"}}),
            (400, "InvalidRequestContent"),
        ),
    ] {
        let answer = send(&context, Method::PUT, &path, &body);
        assert_eq!(code(&answer), expected, "{path} {}", answer.1);
    }
    let url = format!("management.azure.com{SITE}/config/appsettings?api-version=2023-12-01");
    let reader = ask(&context, Method::PUT, &url).body(&json!({"properties": {}}));
    assert_eq!(
        reader.bearing(HOME, HOME_AUDITOR, Audience::Arm).json().0,
        403
    );
}

#[test]
fn a_deleted_app_takes_its_code_and_keys_along() {
    let context = owned();
    assert_eq!(send(&context, Method::DELETE, SITE, &json!({})).0, 200);
    assert!(context.state().function_app("func-orders").is_none());
    assert_eq!(get(&context, &format!("{HOST}/")).reply().status, 404);
}
