//! Setting, changing, deleting, recovering and purging secrets on the example world.

use http::Method;
use serde_json::{Value, json};

use crate::auth::Audience;
use crate::context::Context;
use crate::services::testing::{HOME, IDENTITY, RESOURCE, WORKLOAD, ask, broken, changed, example};
use crate::world::World;

const HOST: &str = "kv-resource.vault.azure.net";
const PRIVATE: &str = "10.1.0.4";
const OFFICER: &str = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7";

/// The workload as Key Vault Secrets Officer, after another change.
fn officer_after(change: impl FnOnce(&mut World)) -> Context {
    changed(|world| {
        for resource in &mut world.resources {
            let is_role = resource.id().contains("/vaults/kv-resource/")
                && resource.id().contains("/roleAssignments/");
            if is_role && resource.body["properties"]["principalId"] == WORKLOAD {
                let role = format!("/providers/Microsoft.Authorization/roleDefinitions/{OFFICER}");
                resource.body["properties"]["roleDefinitionId"] = json!(role);
            }
        }
        change(world);
    })
}

fn officer() -> Context {
    officer_after(|_| {})
}

fn properties(world: &mut World) -> &mut Value {
    let vault = world
        .resources
        .iter_mut()
        .find(|it| it.id().ends_with("/vaults/kv-resource"));
    vault.unwrap().body.get_mut("properties").unwrap()
}

fn send(context: &Context, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let joint = if path.contains('?') { '&' } else { '?' };
    ask(
        context,
        method,
        &format!("{HOST}{path}{joint}api-version=7.4"),
    )
    .bearing(RESOURCE, WORKLOAD, Audience::KeyVault)
    .by(PRIVATE)
    .body(body)
    .json()
}

fn get(context: &Context, path: &str) -> (u16, Value) {
    send(context, Method::GET, path, &Value::Null)
}

fn set(context: &Context, name: &str, value: &str) -> Value {
    let path = format!("/secrets/{name}");
    let (status, body) = send(context, Method::PUT, &path, &json!({"value": value}));
    assert_eq!(status, 200, "{body}");
    body
}

fn delete(context: &Context, path: &str) -> (u16, Value) {
    send(context, Method::DELETE, path, &Value::Null)
}

fn code((status, body): &(u16, Value)) -> (u16, &str, &str) {
    let error = &body["error"];
    let inner = error["innererror"]["code"].as_str().unwrap_or_default();
    (*status, error["code"].as_str().unwrap_or_default(), inner)
}

fn version(body: &Value) -> &str {
    body["id"].as_str().unwrap().rsplit('/').next().unwrap()
}

#[test]
fn every_set_makes_a_version_and_the_last_one_counts() {
    let context = officer();
    let first = set(&context, "New-1", "one");
    let second = set(&context, "new-1", "two");
    assert_ne!(version(&first), version(&second));
    for id in [version(&first), version(&second)] {
        assert!(id.len() == 32 && id.bytes().all(|it| it.is_ascii_hexdigit()));
    }
    assert_eq!(first["attributes"]["enabled"], true);
    assert_eq!(
        first["attributes"]["recoveryLevel"],
        "Recoverable+Purgeable"
    );
    assert_eq!(get(&context, "/secrets/NEW-1/").1["value"], "two");
    let old = format!("/secrets/New-1/{}", version(&first));
    assert_eq!(get(&context, &old).1["value"], "one");
    let unknown = format!("/secrets/New-1/{}", "0".repeat(32));
    assert_eq!(code(&get(&context, &unknown)), (404, "SecretNotFound", ""));
    let versions = get(&context, "/secrets/New-1/versions?maxresults=1").1;
    assert_eq!(versions["value"][0]["id"], first["id"]);
    assert_eq!(versions["value"][0]["value"], Value::Null);
    let next = versions["nextLink"].as_str().unwrap();
    let next = next.trim_start_matches("https://").trim_start_matches(HOST);
    let next = get(&context, &next.replace("api-version=7.4&", "")).1;
    assert_eq!(next["value"][0]["id"], second["id"]);
    assert_eq!(next["nextLink"], Value::Null);
}

#[test]
fn a_version_of_the_world_is_the_first_of_its_name() {
    let context = officer();
    let given = get(&context, "/secrets/TEST-SECRET-001").1;
    set(&context, "TEST-SECRET-001", "changed");
    let old = format!("/secrets/TEST-SECRET-001/{}", version(&given));
    assert_eq!(get(&context, &old).1["value"], "TenantB");
    assert_eq!(
        get(&context, "/secrets/TEST-SECRET-001").1["value"],
        "changed"
    );
    let list = get(&context, "/secrets").1;
    assert_eq!(list["value"].as_array().unwrap().len(), 1);
    assert!(!list.to_string().contains("changed"));
}

#[test]
fn attributes_are_kept_and_changed() {
    let context = officer();
    let body = json!({"value": "v", "contentType": "text/plain", "tags": {"a": "b"},
        "attributes": {"enabled": false, "nbf": 1_600_000_000, "exp": 1_700_000_000}});
    let (status, made) = send(&context, Method::PUT, "/secrets/s", &body);
    assert_eq!((status, &made["tags"]["a"]), (200, &json!("b")));
    assert_eq!(made["attributes"]["exp"], 1_700_000_000);
    assert_eq!(
        code(&get(&context, "/secrets/s")),
        (403, "Forbidden", "SecretDisabled")
    );
    // Without a version, with a trailing slash: what the SDKs send for the latest.
    let enabled = json!({"attributes": {"enabled": true}, "tags": {}});
    let (status, changed) = send(&context, Method::PATCH, "/secrets/s/", &enabled);
    assert_eq!(status, 200, "{changed}");
    assert_eq!(changed["value"], Value::Null);
    assert_eq!(changed["tags"], Value::Null);
    assert_eq!(changed["contentType"], "text/plain");
    let path = format!("/secrets/s/{}", version(&made));
    let expired = get(&context, &path);
    assert_eq!(
        (expired.0, &expired.1["value"]),
        (200, &json!("v")),
        "exp does not block"
    );
    let early = json!({"attributes": {"nbf": 1_800_000_000}});
    assert_eq!(
        code(&send(&context, Method::PATCH, &path, &early)),
        (400, "BadParameter", "")
    );
    let unknown = send(&context, Method::PATCH, "/secrets/none/", &enabled);
    assert_eq!(code(&unknown).1, "SecretNotFound");
}

#[test]
fn bodies_and_names_are_judged() {
    let context = officer();
    let put = |name: &str, body: &Value| {
        let answer = send(&context, Method::PUT, &format!("/secrets/{name}"), body);
        (
            answer.0,
            answer.1["error"]["code"].as_str().map(str::to_owned),
        )
    };
    let bad = (400, Some("BadParameter".to_owned()));
    let long = json!({"value": "x".repeat(25 * 1024)});
    assert_eq!(put("s", &long).0, 200);
    let many: serde_json::Map<_, _> = (0..16).map(|n| (n.to_string(), json!("x"))).collect();
    for body in [
        json!({"value": "x".repeat(25 * 1024 + 1)}),
        json!({}),
        json!([]),
        json!({"value": 7}),
        json!({"value": "v", "attributes": 7}),
        json!({"value": "v", "attributes": {"exp": "tomorrow"}}),
        json!({"value": "v", "attributes": {"exp": -1}}),
        json!({"value": "v", "attributes": {"enabled": "yes"}}),
        json!({"value": "v", "tags": many}),
        json!({"value": "v", "tags": {"a": 1}}),
        json!({"value": "v", "contentType": "x".repeat(256)}),
    ] {
        assert_eq!(put("s", &body), bad, "{}", body.to_string().len());
    }
    for name in ["under_score", "dot.ted", "%C3%A9", &"x".repeat(128)] {
        assert_eq!(put(name, &json!({"value": "v"})), bad, "{name}");
    }
    let message = send(
        &context,
        Method::PUT,
        "/secrets/a_b",
        &json!({"value": "v"}),
    )
    .1;
    assert_eq!(
        message["error"]["message"],
        "The request URI contains an invalid name: a_b"
    );
    for query in [
        "maxresults=0",
        "maxresults=26",
        "maxresults=x",
        "$skiptoken=!",
    ] {
        let answer = get(&context, &format!("/secrets?{query}"));
        assert_eq!(code(&answer), (400, "BadParameter", ""), "{query}");
    }
}

#[test]
fn a_deleted_secret_can_be_recovered_or_purged_and_blocks_its_name() {
    let context = officer();
    let made = set(&context, "gone", "v");
    let (status, deleted) = delete(&context, "/secrets/gone");
    assert_eq!((status, &deleted["id"]), (200, &made["id"]));
    let recovery = format!("https://{HOST}/deletedsecrets/gone");
    assert_eq!(deleted["recoveryId"], recovery);
    let days = (deleted["scheduledPurgeDate"].as_i64().unwrap()
        - deleted["deletedDate"].as_i64().unwrap())
        / 86_400;
    assert_eq!((days, &deleted["value"]), (90, &Value::Null));
    assert_eq!(code(&get(&context, "/secrets/gone")).1, "SecretNotFound");
    assert_eq!(code(&delete(&context, "/secrets/gone")).1, "SecretNotFound");
    let again = send(
        &context,
        Method::PUT,
        "/secrets/GONE",
        &json!({"value": "w"}),
    );
    assert_eq!(
        code(&again),
        (409, "Conflict", "ObjectIsDeletedButRecoverable")
    );
    let list = get(&context, "/deletedsecrets").1;
    assert_eq!(
        list["value"][0]["id"],
        format!("https://{HOST}/secrets/gone")
    );
    assert_eq!(
        get(&context, "/deletedsecrets/gone").1["recoveryId"],
        recovery
    );
    let path = "/deletedsecrets/gone/recover";
    let (status, recovered) = send(&context, Method::POST, path, &Value::Null);
    assert_eq!((status, &recovered["id"]), (200, &made["id"]));
    assert_eq!(get(&context, "/secrets/gone").1["value"], "v");
    assert_eq!(get(&context, "/deletedsecrets/gone").0, 404);
    assert_eq!(delete(&context, "/deletedsecrets/gone").0, 404);
    delete(&context, "/secrets/gone");
    assert_eq!(delete(&context, "/deletedsecrets/gone").0, 204);
    assert_eq!(get(&context, "/deletedsecrets/gone").0, 404);
    set(&context, "gone", "anew");
    let versions = get(&context, "/secrets/gone/versions").1;
    assert_eq!(versions["value"].as_array().unwrap().len(), 1);
}

#[test]
fn a_deleted_secret_is_gone_when_its_time_is_over() {
    let context = officer_after(|world| {
        properties(world)["softDeleteRetentionInDays"] = json!(7);
    });
    let made = set(&context, "s", "v");
    assert_eq!(
        made["attributes"]["recoveryLevel"],
        "CustomizedRecoverable+Purgeable"
    );
    delete(&context, "/secrets/s");
    let days = |days: u64| std::time::Duration::from_secs(days * 86_400);
    // The token would expire as well: a new one is made for every request.
    context.clock.advance(days(6));
    assert_eq!(get(&context, "/deletedsecrets/s").0, 200);
    context.clock.advance(days(2));
    assert_eq!(get(&context, "/deletedsecrets/s").0, 404);
    set(&context, "s", "anew");
}

#[test]
fn purge_protection_and_missing_soft_delete_count() {
    let context = officer_after(|world| {
        properties(world)["enablePurgeProtection"] = json!(true);
    });
    let made = set(&context, "s", "v");
    assert_eq!(made["attributes"]["recoveryLevel"], "Recoverable");
    delete(&context, "/secrets/s");
    assert_eq!(
        code(&delete(&context, "/deletedsecrets/s")),
        (403, "Forbidden", "")
    );
    let context = officer_after(|world| {
        properties(world)["enableSoftDelete"] = json!(false);
    });
    set(&context, "s", "v");
    let deleted = delete(&context, "/secrets/s").1;
    assert_eq!(deleted["recoveryId"], Value::Null);
    assert_eq!(get(&context, "/deletedsecrets/s").0, 404);
    set(&context, "s", "anew");
}

#[test]
fn what_a_world_gives_as_deleted_is_recoverable() {
    let context = broken("secret-soft-deleted", "kv");
    // The workload may read metadata, not recover.
    let shown = get(&context, "/deletedsecrets/TEST-SECRET-001");
    assert_eq!(shown.0, 200, "{}", shown.1);
    let recover = "/deletedsecrets/TEST-SECRET-001/recover";
    let refused = send(&context, Method::POST, recover, &Value::Null);
    assert_eq!(code(&refused), (403, "Forbidden", "ForbiddenByRbac"));
}

#[test]
fn a_backup_restores_every_version_and_only_one_that_was_made_here() {
    let context = officer();
    set(&context, "s", "one");
    let second = set(&context, "s", "two");
    let backup = "/secrets/s/backup";
    let (status, backup) = send(&context, Method::POST, backup, &Value::Null);
    assert_eq!(status, 200);
    let restore = |body: &Value| send(&context, Method::POST, "/secrets/restore", body);
    assert_eq!(code(&restore(&backup)).0, 409, "it is there");
    delete(&context, "/secrets/s");
    assert_eq!(
        code(&restore(&backup)),
        (409, "Conflict", "ObjectIsDeletedButRecoverable")
    );
    delete(&context, "/deletedsecrets/s");
    let restored = restore(&backup);
    assert_eq!((restored.0, &restored.1["id"]), (200, &second["id"]));
    let versions = get(&context, "/secrets/s/versions").1;
    assert_eq!(versions["value"].as_array().unwrap().len(), 2);
    for value in [json!("x"), json!(7), Value::Null, json!("AAAA")] {
        let answer = restore(&json!({"value": value}));
        assert_eq!(code(&answer), (400, "BadParameter", ""));
    }
}

#[test]
fn a_reader_of_secrets_changes_none() {
    let context = example();
    let value = json!({"value": "v"});
    for (method, path, action) in [
        (Method::PUT, "/secrets/s", "setSecret/action"),
        (Method::PATCH, "/secrets/s/1", "update/action"),
        (Method::DELETE, "/secrets/s", "secrets/delete"),
        (Method::POST, "/secrets/s/backup", "backup/action"),
        (Method::POST, "/secrets/restore", "restore/action"),
        (Method::POST, "/deletedsecrets/s/recover", "recover/action"),
        (Method::DELETE, "/deletedsecrets/s", "purge/action"),
    ] {
        let answer = send(&context, method, path, &value);
        assert_eq!(
            code(&answer),
            (403, "Forbidden", "ForbiddenByRbac"),
            "{path}"
        );
        let message = answer.1["error"]["message"].as_str().unwrap();
        assert!(message.contains(action), "{message}");
    }
}

#[test]
fn access_policies_name_each_permission_and_all_is_not_purge() {
    let with = |permissions: Value| {
        changed(|world| {
            properties(world)["enableRbacAuthorization"] = json!(false);
            properties(world)["accessPolicies"] = json!([{"tenantId": RESOURCE,
                "objectId": WORKLOAD, "permissions": {"secrets": permissions}}]);
        })
    };
    let value = json!({"value": "v"});
    let context = with(json!(["set"]));
    assert_eq!(send(&context, Method::PUT, "/secrets/s", &value).0, 200);
    let refused = delete(&context, "/secrets/s");
    assert_eq!(code(&refused), (403, "Forbidden", "AccessDenied"));
    let context = with(json!(["all"]));
    assert_eq!(send(&context, Method::PUT, "/secrets/s", &value).0, 200);
    assert_eq!(delete(&context, "/secrets/s").0, 200);
    assert_eq!(
        code(&delete(&context, "/deletedsecrets/s")).2,
        "AccessDenied"
    );
    let context = with(json!(["All", "Purge", "Delete"]));
    send(&context, Method::PUT, "/secrets/s", &value);
    delete(&context, "/secrets/s");
    assert_eq!(delete(&context, "/deletedsecrets/s").0, 204);
}

#[test]
fn writes_are_refused_by_way_and_by_tenant_first() {
    let context = officer();
    let url = format!("{HOST}/secrets/s?api-version=7.4");
    let put = || ask(&context, Method::PUT, &url).body(&json!({"value": "v"}));
    let public = put().bearing(RESOURCE, WORKLOAD, Audience::KeyVault).json();
    assert_eq!(code(&public), (403, "Forbidden", "ForbiddenByConnection"));
    let foreign = put()
        .bearing(HOME, IDENTITY, Audience::KeyVault)
        .by(PRIVATE);
    assert_eq!(foreign.json().0, 401);
    assert_eq!(get(&context, "/secrets/s").0, 404, "nothing was written");
}

#[test]
fn a_list_of_many_pages_by_twenty_five() {
    let context = officer();
    for number in 0..60 {
        set(&context, &format!("s-{number:02}"), "v");
    }
    let (mut path, mut sizes) = ("/secrets?maxresults=25".to_owned(), Vec::new());
    while !path.is_empty() {
        let body = get(&context, &path).1;
        sizes.push(body["value"].as_array().unwrap().len());
        let next = body["nextLink"].as_str().unwrap_or_default();
        path = next
            .trim_start_matches("https://")
            .trim_start_matches(HOST)
            .to_owned();
        path = path.replace("api-version=7.4&", "");
    }
    assert_eq!(sizes, [25, 25, 11]);
}
