//! Writes of registries.

use http::Method;
use serde_json::{Value, json};

use crate::auth::Audience;
use crate::context::Context;
use crate::services::apps_world::{LOGIN, REGISTRY, context};
use crate::services::testing::{RESOURCE, RESOURCE_AUDITOR, WORKLOAD, ask, get};

const NEW: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.ContainerRegistry/registries/acrNew";

/// The workload owns the resource subscription.
fn owned() -> Context {
    let context = context(&[]);
    let id = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/providers/Microsoft.Authorization/roleAssignments/0b000000-0000-4000-8000-0000000000fb";
    let body = json!({"properties": {
        "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "principalId": WORKLOAD,
    }});
    let body = body.as_object().unwrap().clone();
    context.state_mut().put_resource(id, body).unwrap();
    context
}

fn send(context: &Context, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let url = format!("management.azure.com{path}?api-version=2023-07-01");
    let ask = ask(context, method, &url).body(body);
    ask.bearing(RESOURCE, WORKLOAD, Audience::Arm).json()
}

fn code((status, body): &(u16, Value)) -> (u16, &str) {
    (*status, body["error"]["code"].as_str().unwrap_or_default())
}

#[test]
fn a_registry_is_created_changed_and_deleted() {
    let context = owned();
    let body = json!({"location": "japaneast", "sku": {"name": "premium"}, "properties": {"adminUserEnabled": false}});
    let (status, created) = send(&context, Method::PUT, NEW, &body);
    assert_eq!(status, 201, "{created}");
    assert_eq!(
        created["sku"],
        json!({"name": "Premium", "tier": "Premium"})
    );
    assert_eq!(created["properties"]["loginServer"], "acrnew.azurecr.io");
    assert_eq!(
        send(&context, Method::PUT, NEW, &created).0,
        200,
        "what GET answers can be put back"
    );
    let patch = json!({"properties": {"publicNetworkAccess": "Disabled"}});
    let (status, patched) = send(&context, Method::PATCH, NEW, &patch);
    assert_eq!(
        (status, &patched["properties"]["publicNetworkAccess"]),
        (200, &json!("Disabled"))
    );
    assert_eq!(send(&context, Method::DELETE, NEW, &json!({})).0, 200);
    assert_eq!(send(&context, Method::DELETE, NEW, &json!({})).0, 204);
    assert_eq!(send(&context, Method::DELETE, REGISTRY, &json!({})).0, 200);
    assert_ne!(get(&context, &format!("{LOGIN}/v2/")).reply().status, 200);
}

#[test]
fn what_makes_no_sense_or_is_not_allowed_is_refused() {
    let context = owned();
    let with = |sku: &str, properties: Value| json!({"location": "japaneast", "sku": {"name": sku}, "properties": properties});
    let elsewhere = REGISTRY.replace("resourceGroups/data", "resourceGroups/other");
    let group = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/other";
    send(
        &context,
        Method::PUT,
        group,
        &json!({"location": "japaneast"}),
    );
    for (path, body, expected) in [
        (
            NEW.to_owned(),
            json!({"location": "japaneast"}),
            (400, "InvalidRequestContent"),
        ),
        (
            NEW.to_owned(),
            with("Free", json!({})),
            (400, "InvalidRequestContent"),
        ),
        (
            NEW.to_owned(),
            with("Premium", json!({"adminUserEnabled": "no"})),
            (400, "InvalidRequestContent"),
        ),
        (
            NEW.to_owned(),
            with("Basic", json!({"publicNetworkAccess": "Disabled"})),
            (400, "SkuNotSupported"),
        ),
        (
            NEW.replace("acrNew", "acr-new"),
            with("Basic", json!({})),
            (400, "InvalidResourceName"),
        ),
        (elsewhere, with("Premium", json!({})), (409, "AlreadyInUse")),
        (
            REGISTRY.to_owned(),
            with("Basic", json!({})),
            (400, "SkuNotSupported"),
        ),
    ] {
        let answer = send(&context, Method::PUT, &path, &body);
        assert_eq!(code(&answer), expected, "{path} {}", answer.1);
    }
    let url = format!("management.azure.com{NEW}?api-version=2023-07-01");
    let reader = ask(&context, Method::PUT, &url).body(&with("Basic", json!({})));
    assert_eq!(
        reader
            .bearing(RESOURCE, RESOURCE_AUDITOR, Audience::Arm)
            .json()
            .0,
        403
    );
}

#[test]
fn a_name_is_free_taken_or_none() {
    let context = owned();
    let path = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/providers/Microsoft.ContainerRegistry/checkNameAvailability";
    let taken = REGISTRY.rsplit('/').next().unwrap();
    for (name, reason) in [
        ("acrfree", Value::Null),
        (taken, json!("AlreadyExists")),
        ("a-b-c", json!("Invalid")),
        ("abc", json!("Invalid")),
    ] {
        let body = json!({"name": name, "type": "Microsoft.ContainerRegistry/registries"});
        let (status, answer) = send(&context, Method::POST, path, &body);
        assert_eq!(
            (status, &answer["reason"]),
            (200, &reason),
            "{name}: {answer}"
        );
        assert_eq!(answer["nameAvailable"], reason.is_null(), "{name}");
    }
    let (status, _) = send(&context, Method::POST, path, &json!({"name": "acrfree"}));
    assert_eq!(status, 400);
}

#[test]
fn the_admin_user_is_to_be_enabled_and_there_are_no_tokens() {
    let context = owned();
    let path = format!("{REGISTRY}/listCredentials");
    let refused = send(&context, Method::POST, &path, &json!({}));
    assert_eq!(code(&refused), (400, "UnAuthorizedForCredentialOperations"));
    for list in ["tokens", "scopeMaps", "webhooks"] {
        let url = format!("management.azure.com{REGISTRY}/{list}?api-version=2023-07-01");
        let found = get(&context, &url).bearing(RESOURCE, WORKLOAD, Audience::Arm);
        assert_eq!(found.ok(), json!({"value": []}), "{list}");
    }
    let path = NEW.to_owned() + "/listCredentials";
    assert_eq!(send(&context, Method::POST, &path, &json!({})).0, 404);
    let enabled = json!({"properties": {"adminUserEnabled": true}});
    assert_eq!(send(&context, Method::PATCH, REGISTRY, &enabled).0, 200);
    let path = format!("{REGISTRY}/listCredentials");
    let (status, shown) = send(&context, Method::POST, &path, &json!({}));
    assert_eq!(
        (status, &shown["username"]),
        (200, &json!("acrResource")),
        "{shown}"
    );
    let path = format!("{REGISTRY}/regenerateCredential");
    let (_, anew) = send(&context, Method::POST, &path, &json!({"name": "password2"}));
    let value = |of: &Value, index: usize| of["passwords"][index]["value"].clone();
    assert_eq!(value(&anew, 0), value(&shown, 0));
    assert_ne!(value(&anew, 1), value(&shown, 1));
    let wrong = send(&context, Method::POST, &path, &json!({"name": "password3"}));
    assert_eq!(wrong.0, 400);
    let url = format!("management.azure.com{path}?api-version=2023-07-01");
    let reader = ask(&context, Method::POST, &url).body(&json!({"name": "password"}));
    let reader = reader.bearing(RESOURCE, RESOURCE_AUDITOR, Audience::Arm);
    assert_eq!(code(&reader.json()), (403, "AuthorizationFailed"));
    let url = format!("management.azure.com{REGISTRY}?api-version=2023-07-01");
    let own = get(&context, &url)
        .bearing(RESOURCE, WORKLOAD, Audience::Arm)
        .ok();
    assert!(
        own["properties"].get("adminPasswordsMade").is_none(),
        "{own}"
    );
}

#[test]
fn a_replica_is_a_region_more_and_needs_premium() {
    let context = owned();
    let registry = |sku: &str| json!({"location": "japaneast", "sku": {"name": sku}});
    send(&context, Method::PUT, NEW, &registry("Basic"));
    let replica = format!("{NEW}/replications/japanwest");
    let body = json!({"location": "japanwest"});
    let refused = send(&context, Method::PUT, &replica, &body);
    assert_eq!(code(&refused), (400, "SkuNotSupported"));
    send(&context, Method::PUT, NEW, &registry("Premium"));
    let (status, made) = send(&context, Method::PUT, &replica, &body);
    assert_eq!(status, 201, "{made}");
    assert_eq!(made["properties"]["regionEndpointEnabled"], true);
    assert_eq!(made["properties"]["status"]["displayStatus"], "Ready");
    let patch = json!({"properties": {"regionEndpointEnabled": false}});
    let (_, patched) = send(&context, Method::PATCH, &replica, &patch);
    assert_eq!(patched["properties"]["regionEndpointEnabled"], false);
    let group = format!("{NEW}/privateLinkResources/registry");
    let members = |context: &Context| {
        let (_, group) = send(context, Method::GET, &group, &json!({}));
        group["properties"]["requiredMembers"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(members(&context), 3);
    assert_eq!(send(&context, Method::DELETE, &replica, &json!({})).0, 200);
    assert_eq!(members(&context), 2);
    let foreign = send(&context, Method::PUT, &replica, &json!({}));
    assert_eq!(code(&foreign), (400, "LocationRequired"));
    let url = format!("management.azure.com{replica}?api-version=2023-07-01");
    let reader = ask(&context, Method::PUT, &url).body(&body);
    let reader = reader.bearing(RESOURCE, RESOURCE_AUDITOR, Audience::Arm);
    assert_eq!(code(&reader.json()), (403, "AuthorizationFailed"));
}

#[test]
fn usages_tell_what_the_sku_includes_and_what_lies_there() {
    let context = owned();
    let usages = format!("{REGISTRY}/listUsages");
    let (status, shown) = send(&context, Method::GET, &usages, &json!({}));
    assert_eq!(status, 200, "{shown}");
    let size = &shown["value"][0];
    assert_eq!(
        (&size["name"], &size["limit"]),
        (&json!("Size"), &json!(500_u64 << 30))
    );
    let state = context.state();
    let largest = state
        .repositories("acrresource")
        .flat_map(|(_, it)| it.blobs.values());
    let largest = largest.map(|it| it.len() as u64).max().unwrap();
    assert!(size["currentValue"].as_u64().unwrap() > largest);
    assert_eq!(shown["value"][1]["limit"], 500);
}
