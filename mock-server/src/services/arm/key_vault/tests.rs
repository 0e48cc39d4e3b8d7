//! Vaults as clients make, change, delete, recover and purge them.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use crate::auth::Audience;
use crate::context::Context;
use crate::services::testing::{
    HOME, HOME_WRITER, RESOURCE, RESOURCE_WRITER, VAULT, ask, header, specifications, writable,
};

const GROUP: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app";
const SUBSCRIPTION: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

fn vault(name: &str) -> String {
    format!("{GROUP}/providers/Microsoft.KeyVault/vaults/{name}")
}

fn at(
    context: &Context,
    version: &str,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> (u16, Value) {
    let url = format!("management.azure.com{path}?api-version={version}");
    let asked = ask(context, method, &url).bearing(HOME, HOME_WRITER, Audience::Arm);
    match body {
        Some(body) => asked.body(body).json(),
        None => asked.json(),
    }
}

fn send(context: &Context, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
    at(context, "2023-07-01", method, path, body)
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (
        answer.0,
        answer.1["error"]["code"].as_str().unwrap_or_default(),
    )
}

fn plain() -> Value {
    json!({"location": "japaneast", "properties": {
        "tenantId": HOME, "sku": {"family": "A", "name": "Standard"}, "accessPolicies": [],
    }})
}

fn policy(secrets: &Value) -> Value {
    json!({"tenantId": HOME, "objectId": HOME_WRITER, "permissions": {"secrets": secrets}})
}

#[test]
fn a_vault_is_made_and_changed() {
    let context = writable();
    let path = vault("kv-new");
    let (status, made) = send(&context, Method::PUT, &path, Some(&plain()));
    assert_eq!(status, 201, "{made}");
    assert_eq!(
        made["properties"]["vaultUri"],
        "https://kv-new.vault.azure.net/"
    );
    assert_eq!(made["properties"]["provisioningState"], "Succeeded");
    assert_eq!(made["properties"]["sku"]["name"], "standard");
    assert!(
        made["properties"]["enableRbacAuthorization"].is_null(),
        "old versions use policies"
    );
    let patch = json!({"properties": {"publicNetworkAccess": "Disabled", "networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "1.2.3.4"}]}}});
    let (status, changed) = send(&context, Method::PATCH, &path, Some(&patch));
    assert_eq!(status, 200, "{changed}");
    assert_eq!(
        changed["properties"]["networkAcls"]["ipRules"][0]["value"],
        "1.2.3.4/32"
    );
    let (status, kept) = send(&context, Method::PUT, &path, Some(&plain()));
    assert_eq!(status, 200);
    assert_eq!(
        kept["properties"]["publicNetworkAccess"], "Disabled",
        "what is not said stays"
    );
    let (_, new) = at(
        &context,
        "2026-02-01",
        Method::PUT,
        &vault("kv-newer"),
        Some(&plain()),
    );
    assert_eq!(new["properties"]["enableRbacAuthorization"], true);
    let mut without = plain();
    without["properties"]["accessPolicies"] = Value::Null;
    let newest = at(
        &context,
        "2026-02-01",
        Method::PUT,
        &vault("kv-newest"),
        Some(&without),
    );
    assert_eq!(newest.0, 201, "roles need no policies");
    let whole = send(&context, Method::GET, &path, None).1;
    assert_eq!(
        send(&context, Method::PUT, &path, Some(&whole)).0,
        200,
        "what GET answers can be put back"
    );
}

#[test]
fn vaults_that_cannot_be_are_refused() {
    let context = writable();
    let with = |property: &str, value: Value| {
        let mut body = plain();
        body["properties"][property] = value;
        body
    };
    for (name, body, expected) in [
        ("kv-resource", plain(), (409, "VaultAlreadyExists")),
        ("1kv", plain(), (400, "VaultNameNotValid")),
        ("kv--x", plain(), (400, "VaultNameNotValid")),
        (
            "kv-new",
            with("tenantId", json!(RESOURCE)),
            (400, "BadRequest"),
        ),
        (
            "kv-new",
            with("sku", json!({"name": "golden"})),
            (400, "InvalidRequestContent"),
        ),
        (
            "kv-new",
            with("sku", Value::Null),
            (400, "InvalidRequestContent"),
        ),
        (
            "kv-new",
            with("accessPolicies", Value::Null),
            (400, "BadRequest"),
        ),
        (
            "kv-new",
            with(
                "accessPolicies",
                json!([{"tenantId": RESOURCE, "objectId": HOME_WRITER, "permissions": {}}]),
            ),
            (400, "BadRequest"),
        ),
        (
            "kv-new",
            with("softDeleteRetentionInDays", json!(3)),
            (400, "BadRequest"),
        ),
        (
            "kv-new",
            with("enableSoftDelete", json!(false)),
            (400, "BadRequest"),
        ),
        (
            "kv-new",
            with("createMode", json!("recover")),
            (400, "SoftDeletedVaultDoesNotExist"),
        ),
        (
            "kv-new",
            with("createMode", json!("later")),
            (400, "InvalidRequestContent"),
        ),
        (
            "kv-new",
            with("networkAcls", json!({"defaultAction": "Maybe"})),
            (400, "InvalidRequestContent"),
        ),
    ] {
        let refused = send(&context, Method::PUT, &vault(name), Some(&body));
        assert_eq!(code(&refused), expected, "{name} {body}");
    }
}

#[test]
fn a_deleted_vault_keeps_its_name_until_it_is_recovered_or_purged() {
    let context = writable();
    let path = vault("kv-new");
    let mut body = plain();
    body["tags"] = json!({"a": "b"});
    body["properties"]["accessPolicies"] = json!([policy(&json!(["get"]))]);
    send(&context, Method::PUT, &path, Some(&body));
    assert_eq!(send(&context, Method::DELETE, &path, None).0, 200);
    assert_eq!(send(&context, Method::GET, &path, None).0, 404);
    assert_eq!(send(&context, Method::DELETE, &path, None).0, 204);
    let deleted = format!(
        "{SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/japaneast/deletedVaults/kv-new"
    );
    let (status, shown) = send(&context, Method::GET, &deleted, None);
    assert_eq!(
        (status, &shown["properties"]["vaultId"]),
        (200, &json!(path))
    );
    let list = format!("{SUBSCRIPTION}/providers/Microsoft.KeyVault/deletedVaults");
    assert_eq!(
        send(&context, Method::GET, &list, None).1["value"][0],
        shown
    );
    let again = send(&context, Method::PUT, &path, Some(&plain()));
    assert_eq!(code(&again), (409, "ConflictError"));
    let mut recover = plain();
    recover["properties"]["createMode"] = json!("recover");
    let elsewhere = path.replace("/app/", "/net/");
    let refused = send(&context, Method::PUT, &elsewhere, Some(&recover));
    assert_eq!(code(&refused), (400, "SoftDeletedVaultDoesNotExist"));
    let (status, recovered) = send(&context, Method::PUT, &path, Some(&recover));
    assert_eq!(status, 201, "{recovered}");
    assert_eq!(
        recovered["properties"]["accessPolicies"][0]["objectId"],
        HOME_WRITER
    );
    assert_eq!(recovered["tags"], json!({"a": "b"}));
    assert!(recovered["properties"]["createMode"].is_null());
    assert_eq!(send(&context, Method::GET, &deleted, None).0, 404);
    send(&context, Method::DELETE, &path, None);
    let url = format!("management.azure.com{deleted}/purge?api-version=2023-07-01");
    let as_owner = |method: Method, url: &str| {
        let asked = ask(&context, method, url);
        asked.bearing(HOME, HOME_WRITER, Audience::Arm).reply()
    };
    let purge = as_owner(Method::POST, &url);
    assert_eq!(purge.status, 202);
    let poll = header(&purge, "location").strip_prefix("https://").unwrap();
    // The SDK for JavaScript refuses 204, which the specification does not name.
    assert_eq!(as_owner(Method::GET, poll).status, 200);
    assert_eq!(send(&context, Method::GET, &deleted, None).0, 404);
    assert_eq!(send(&context, Method::PUT, &path, Some(&plain())).0, 201);
}

#[test]
fn a_purge_takes_the_secrets_and_time_does_too() {
    let context = writable();
    let owner = |method: Method, path: &str, body: Option<&Value>| {
        let url = format!("management.azure.com{path}?api-version=2023-07-01");
        let asked = ask(&context, method, &url).bearing(RESOURCE, RESOURCE_WRITER, Audience::Arm);
        match body {
            Some(body) => asked.body(body).json(),
            None => asked.json(),
        }
    };
    let secret = || {
        context
            .state()
            .secret("kv-resource", "TEST-SECRET-001")
            .is_some()
    };
    let recover = json!({"location": "japaneast", "properties": {"tenantId": RESOURCE, "sku": {"family": "A", "name": "standard"}, "createMode": "recover"}});
    assert_eq!(owner(Method::DELETE, VAULT, None).0, 200);
    assert_eq!(owner(Method::PUT, VAULT, Some(&recover)).0, 201);
    assert!(secret(), "a recovered vault has its secrets");
    owner(Method::DELETE, VAULT, None);
    context.clock.advance(Duration::from_secs(91 * 24 * 3600));
    let list = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/providers/Microsoft.KeyVault/deletedVaults";
    assert_eq!(owner(Method::GET, list, None).1["value"], json!([]));
    let body = json!({"location": "japaneast", "properties": {"tenantId": RESOURCE, "sku": {"family": "A", "name": "standard"}, "enableRbacAuthorization": true}});
    assert_eq!(owner(Method::PUT, VAULT, Some(&body)).0, 201);
    assert!(!secret(), "a new vault of the name has none");
}

#[test]
fn purge_protection_and_resource_groups() {
    let context = writable();
    let path = vault("kv-kept");
    let mut body = plain();
    body["properties"]["enablePurgeProtection"] = json!(true);
    send(&context, Method::PUT, &path, Some(&body));
    body["properties"]["enablePurgeProtection"] = json!(false);
    assert_eq!(send(&context, Method::PUT, &path, Some(&body)).0, 400);
    let (status, _) = send(&context, Method::DELETE, GROUP, None);
    assert_eq!(status, 202);
    let deleted = format!(
        "{SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/Japan%20East/deletedVaults/kv-kept"
    );
    let (status, shown) = send(&context, Method::GET, &deleted, None);
    assert_eq!(status, 200, "a vault of a deleted group can be recovered");
    assert_eq!(shown["properties"]["purgeProtectionEnabled"], true);
    let purge = send(&context, Method::POST, &format!("{deleted}/purge"), None);
    assert_eq!(code(&purge), (405, "MethodNotAllowed"));
}

#[test]
fn policies_are_added_replaced_and_removed() {
    let context = writable();
    let path = vault("kv-new");
    send(&context, Method::PUT, &path, Some(&plain()));
    let update = |how: &str, secrets: Value| {
        let body = json!({"properties": {"accessPolicies": [policy(&secrets)]}});
        let (status, body) = send(
            &context,
            Method::PUT,
            &format!("{path}/accessPolicies/{how}"),
            Some(&body),
        );
        (status, body["properties"]["accessPolicies"].clone())
    };
    assert_eq!(update("add", json!(["get"])).0, 200);
    assert_eq!(
        update("add", json!(["list", "Get"])).1,
        json!([policy(&json!(["get", "list"]))])
    );
    assert_eq!(
        update("replace", json!(["set"])).1,
        json!([policy(&json!(["set"]))])
    );
    assert_eq!(update("remove", json!(["set"])).1, json!([]));
    assert_eq!(update("turn", json!([])).0, 400);
}

#[test]
fn names_are_checked() {
    let context = writable();
    let path = format!("{SUBSCRIPTION}/providers/Microsoft.KeyVault/checkNameAvailability");
    let check = |name: &str| {
        let body = json!({"name": name, "type": "Microsoft.KeyVault/vaults"});
        send(&context, Method::POST, &path, Some(&body)).1
    };
    assert_eq!(check("kv-free"), json!({"nameAvailable": true}));
    assert_eq!(check("KV-Resource")["reason"], "AlreadyExists");
    assert_eq!(check("-")["reason"], "AccountNameInvalid");
    let hsm = |name: &str| {
        let path = path.replace("checkNameAvailability", "checkMhsmNameAvailability");
        let body = json!({"name": name});
        send(&context, Method::POST, &path, Some(&body)).1
    };
    assert_eq!(hsm("hsm-free"), json!({"nameAvailable": true}));
    assert_eq!(hsm("-")["reason"], "AccountNameInvalid");
    let listed = ask(
        &context,
        Method::POST,
        &format!("management.azure.com{path}?api-version=2023-07-01"),
    );
    assert!(header(&listed.reply(), "www-authenticate").starts_with("Bearer"));
}

#[test]
fn no_managed_hsm_was_ever_deleted() {
    let context = writable();
    let path = format!("{SUBSCRIPTION}/providers/Microsoft.KeyVault/deletedManagedHSMs");
    let (status, body) = send(&context, Method::GET, &path, None);
    assert_eq!((status, &body["value"]), (200, &json!([])));
}

/// The requests of the official examples are taken.
#[test]
fn official_requests_are_taken() {
    let Some(folder) = specifications() else {
        return;
    };
    let context = writable();
    for file in ["createVault.json", "createVaultWithNetworkAcls.json"] {
        let file = folder.join("keyvault-mgmt/2023-07-01/examples").join(file);
        let text = std::fs::read_to_string(file).unwrap();
        let text = text.replace(
            "\"tenantId\": \"00000000-0000-0000-0000-000000000000\"",
            &format!("\"tenantId\": \"{HOME}\""),
        );
        let text = text.replace("/subscriptions/subid", SUBSCRIPTION);
        let mut example: Value = serde_json::from_str(&text).unwrap();
        let body = example["parameters"]["parameters"].take();
        let path = vault(example["parameters"]["vaultName"].as_str().unwrap());
        let (status, answer) = send(&context, Method::PUT, &path, Some(&body));
        assert!(status == 201 || status == 200, "{answer}");
        let acls = &answer["properties"]["networkAcls"];
        assert!(acls.is_null() || acls["ipRules"][0]["value"] == "124.56.78.91/32");
    }
}

#[test]
fn a_change_need_not_tell_the_tenant_of_a_vault() {
    let context = writable();
    let mut body = context.state().resource(VAULT).unwrap().body.clone();
    body["properties"]
        .as_object_mut()
        .unwrap()
        .remove("tenantId");
    context.state_mut().put_resource(VAULT, body).unwrap();
    let url = format!("management.azure.com{VAULT}?api-version=2023-07-01");
    let patch = |body: &Value| {
        let patch = ask(&context, Method::PATCH, &url).body(body);
        let patch = patch.bearing(RESOURCE, RESOURCE_WRITER, Audience::Arm);
        patch.json()
    };
    let (status, patched) = patch(&json!({"tags": {"a": "b"}}));
    assert_eq!(
        (status, &patched["tags"]["a"]),
        (200, &json!("b")),
        "{patched}"
    );
    let foreign = json!({"properties": {"tenantId": HOME}});
    assert_eq!(patch(&foreign).0, 400);
}
