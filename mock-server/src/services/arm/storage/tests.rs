//! Storage accounts and containers as clients make, change and delete them.

use http::Method;
use serde_json::{Value, json};

use crate::auth::Audience;
use crate::context::Context;
use crate::services::testing::{
    ACCOUNT, HOME, NET, RESOURCE, RESOURCE_AUDITOR, RESOURCE_WRITER, WORKLOAD, ask, get, header,
    writable, write,
};

const NEW: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app/providers/Microsoft.Storage/storageAccounts/stnew";
const SUBSCRIPTION: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

fn plain() -> Value {
    json!({"location": "japaneast", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}})
}

fn put(context: &Context, path: &str, body: &Value) -> (u16, Value) {
    write(context, Method::PUT, path).body(body).json()
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (
        answer.0,
        answer.1["error"]["code"].as_str().unwrap_or_default(),
    )
}

/// As the owner of the resource tenant's subscription.
fn owner(context: &Context, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
    let url = format!("management.azure.com{path}?api-version=2023-05-01");
    let asked = ask(context, method, &url).bearing(RESOURCE, RESOURCE_WRITER, Audience::Arm);
    match body {
        Some(body) => asked.body(body).json(),
        None => asked.json(),
    }
}

#[test]
fn an_account_is_made_by_an_operation() {
    let context = writable();
    let first = write(&context, Method::PUT, NEW).body(&plain()).reply();
    assert_eq!(first.status, 202);
    assert!(first.body.is_empty());
    let location = header(&first, "location")
        .strip_prefix("https://management.azure.com")
        .unwrap();
    let made = write(&context, Method::GET, location.split('?').next().unwrap()).ok();
    assert_eq!(
        made["properties"]["primaryEndpoints"]["blob"],
        "https://stnew.blob.core.windows.net/"
    );
    assert_eq!(
        made["sku"],
        json!({"name": "Standard_LRS", "tier": "Standard"})
    );
    assert_eq!(made["properties"]["provisioningState"], "Succeeded");
    assert_eq!(
        made["properties"]["encryption"]["keySource"],
        "Microsoft.Storage"
    );
    let closed = json!({"properties": {"publicNetworkAccess": "Disabled", "networkAcls": {"defaultAction": "Deny"}}});
    let (status, changed) = write(&context, Method::PATCH, NEW).body(&closed).json();
    assert_eq!(status, 200, "{changed}");
    assert_eq!(changed["kind"], "StorageV2");
    put(&context, NEW, &plain());
    let now = write(&context, Method::GET, NEW).ok();
    assert_eq!(
        now["properties"]["publicNetworkAccess"], "Disabled",
        "what is not said stays"
    );
    assert_eq!(
        now["properties"]["creationTime"],
        made["properties"]["creationTime"]
    );
    assert_eq!(
        put(&context, NEW, &now).0,
        202,
        "what GET answers can be put back"
    );
    assert_eq!(write(&context, Method::DELETE, NEW).json().0, 200);
    assert_eq!(write(&context, Method::DELETE, NEW).json().0, 204);
}

#[test]
fn accounts_that_cannot_be_are_refused() {
    let context = writable();
    let with = |key: &str, value: Value| {
        let mut body = plain();
        body[key] = value;
        body
    };
    for (name, body, expected) in [
        ("stresource", plain(), (409, "StorageAccountAlreadyTaken")),
        ("St", plain(), (400, "AccountNameInvalid")),
        (
            "stnew",
            with("kind", Value::Null),
            (400, "InvalidRequestContent"),
        ),
        (
            "stnew",
            with("kind", json!("Barrel")),
            (400, "InvalidRequestContent"),
        ),
        (
            "stnew",
            with("sku", json!({"name": "Golden_LRS"})),
            (400, "InvalidRequestContent"),
        ),
        (
            "stnew",
            with("properties", json!({"publicNetworkAccess": "Perhaps"})),
            (400, "InvalidRequestContent"),
        ),
        (
            "stnew",
            with("properties", json!({"networkAcls": {}})),
            (400, "InvalidRequestContent"),
        ),
    ] {
        let refused = put(&context, &NEW.replace("stnew", name), &body);
        assert_eq!(code(&refused), expected, "{name} {body}");
    }
    let path = format!("{SUBSCRIPTION}/providers/Microsoft.Storage/checkNameAvailability");
    let check = |name: &str| {
        let body = json!({"name": name, "type": "Microsoft.Storage/storageAccounts"});
        write(&context, Method::POST, &path).body(&body).ok()
    };
    assert_eq!(check("stfree"), json!({"nameAvailable": true}));
    assert_eq!(check("stresource")["reason"], "AlreadyExists");
    assert_eq!(check("St")["reason"], "AccountNameInvalid");
    let keys = write(&context, Method::POST, &format!("{NEW}/listKeys")).json();
    assert_eq!(code(&keys), (404, "ResourceNotFound"));
}

#[test]
fn containers_are_those_of_the_data_plane() {
    let context = writable();
    let containers = format!("{ACCOUNT}/blobServices/default/containers");
    let new = format!("{containers}/fresh");
    assert_eq!(owner(&context, Method::PUT, &new, Some(&json!({}))).0, 201);
    let metadata = json!({"properties": {"metadata": {"k": "v"}}});
    assert_eq!(owner(&context, Method::PUT, &new, Some(&metadata)).0, 200);
    let (_, listed) = owner(&context, Method::GET, &containers, None);
    let names: Vec<&str> = listed["value"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["name"].as_str())
        .collect();
    assert_eq!(names, ["fresh", "orders"]);
    let (_, shown) = owner(&context, Method::GET, &new, None);
    assert_eq!(shown["properties"]["metadata"], json!({"k": "v"}));
    let data = get(
        &context,
        "stresource.blob.core.windows.net/fresh?restype=container&comp=list",
    )
    .with("x-ms-version", "2024-08-04")
    .bearing(RESOURCE, WORKLOAD, Audience::Storage)
    .by("10.1.0.5")
    .reply();
    assert_eq!(data.status, 200);
    for (name, body) in [
        ("Fresh", json!({})),
        ("a--b", json!({})),
        ("open", json!({"properties": {"publicAccess": "Everybody"}})),
    ] {
        assert_eq!(
            owner(
                &context,
                Method::PUT,
                &format!("{containers}/{name}"),
                Some(&body)
            )
            .0,
            400,
            "{name}"
        );
    }
    let open = json!({"properties": {"publicAccess": "Blob"}});
    assert_eq!(
        code(&owner(
            &context,
            Method::PUT,
            &format!("{containers}/open"),
            Some(&open)
        ))
        .0,
        409
    );
    assert_eq!(
        owner(
            &context,
            Method::GET,
            &format!("{ACCOUNT}/blobServices/default"),
            None
        )
        .0,
        200
    );
    assert_eq!(owner(&context, Method::DELETE, &new, None).0, 200);
    assert_eq!(owner(&context, Method::DELETE, &new, None).0, 204);
    assert_eq!(
        code(&owner(&context, Method::GET, &new, None)),
        (404, "ContainerNotFound")
    );
}

#[test]
fn an_account_takes_its_blobs_with_it() {
    let context = writable();
    assert_eq!(owner(&context, Method::DELETE, ACCOUNT, None).0, 200);
    assert_eq!(owner(&context, Method::PUT, ACCOUNT, Some(&plain())).0, 202);
    let containers = format!("{ACCOUNT}/blobServices/default/containers");
    assert_eq!(
        owner(&context, Method::GET, &containers, None).1["value"],
        json!([])
    );
}

#[test]
fn a_firewall_lets_in_subnets_that_the_caller_may_join() {
    let context = writable();
    let rules = |subnet: &str| {
        let mut body = plain();
        let rules = json!([{"id": subnet}]);
        body["properties"] =
            json!({"networkAcls": {"defaultAction": "Deny", "virtualNetworkRules": rules}});
        body
    };
    let own = format!("{NET}/virtualNetworks/home/subnets/workloads");
    assert!(put(&context, NEW, &rules(&own)).0 < 300);
    let foreign = own.replace(
        "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
        "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb",
    );
    let other = NEW.replace("stnew", "stother");
    let refused = put(&context, &other, &rules(&foreign));
    assert_eq!(code(&refused), (403, "LinkedAuthorizationFailed"));
    let vault = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app/providers/Microsoft.KeyVault/vaults/kv-other";
    let mut body = rules(&foreign);
    body["properties"]["sku"] = json!({"family": "A", "name": "standard"});
    body["properties"]["tenantId"] = json!(HOME);
    body["properties"]["accessPolicies"] = json!([]);
    let refused = put(&context, vault, &body);
    assert_eq!(code(&refused), (403, "LinkedAuthorizationFailed"));
}

#[test]
fn keys_are_shown_and_made_anew_one_at_a_time() {
    let context = writable();
    let keys = |path: &str, body: &Value| {
        let (status, answer) = owner(
            &context,
            Method::POST,
            &format!("{ACCOUNT}/{path}"),
            Some(body),
        );
        assert_eq!(status, 200, "{answer}");
        let values = answer["keys"].as_array().unwrap().iter();
        values
            .map(|it| it["value"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let first = keys("listKeys", &json!({}));
    assert_eq!(first.len(), 2);
    assert!(
        first[0] != first[1] && first[0].len() == 88,
        "64 bytes in base64: {first:?}"
    );
    let second = keys("regenerateKey", &json!({"keyName": "key2"}));
    assert!(second[0] == first[0] && second[1] != first[1]);
    let third = keys("regenerateKey", &json!({"keyName": "key2"}));
    assert!(third[1] != second[1]);
    assert_eq!(keys("listKeys", &json!({})), third);
    let wrong = owner(
        &context,
        Method::POST,
        &format!("{ACCOUNT}/regenerateKey"),
        Some(&json!({"keyName": "key3"})),
    );
    assert_eq!(wrong.0, 400);
    let url = format!("management.azure.com{ACCOUNT}/listKeys?api-version=2023-05-01");
    let reader =
        ask(&context, Method::POST, &url).bearing(RESOURCE, RESOURCE_AUDITOR, Audience::Arm);
    assert_eq!(code(&reader.json()), (403, "AuthorizationFailed"));
    let usages = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/providers/Microsoft.Storage/locations/japaneast/usages";
    let usages = owner(&context, Method::GET, usages, None).1;
    assert_eq!(usages["value"][0]["currentValue"], 1);
}

#[test]
fn settings_of_the_blob_service_are_kept_and_shown() {
    let context = writable();
    assert_eq!(put(&context, NEW, &plain()).0, 202);
    let path = format!("{NEW}/blobServices/default");
    let on = json!({"properties": {"deleteRetentionPolicy": {"enabled": true, "days": 7}}});
    let (status, set) = put(&context, &path, &on);
    assert_eq!(status, 200, "{set}");
    let versions = json!({"properties": {"isVersioningEnabled": true}});
    assert_eq!(put(&context, &path, &versions).0, 200);
    let shown = write(&context, Method::GET, &path).ok();
    let settings = &shown["properties"];
    assert_eq!(
        (
            &settings["deleteRetentionPolicy"]["days"],
            &settings["isVersioningEnabled"]
        ),
        (&json!(7), &json!(true))
    );
    assert_eq!(
        put(&context, &path, &shown).0,
        200,
        "what GET answers can be put back"
    );
    let exported = context.state().export(&crate::world::example());
    let text = serde_json::to_string(&exported).unwrap();
    let file = xtenant_source::SourceFile::new("state.json", text);
    let read = crate::world::World::parse(&file);
    assert!(read.is_ok(), "{:?}", read.err());
    for (bad, wanted) in [
        (json!({"deleteRetentionPolicy": {"enabled": true}}), 400),
        (
            json!({"deleteRetentionPolicy": {"enabled": true, "days": 366}}),
            400,
        ),
        (json!({"isVersioningEnabled": "yes"}), 400),
    ] {
        let body = json!({"properties": bad});
        assert_eq!(put(&context, &path, &body).0, wanted, "{body}");
    }
    let nowhere = path.replace("stnew", "stnowhere");
    assert_eq!(put(&context, &nowhere, &on).0, 404);
}
