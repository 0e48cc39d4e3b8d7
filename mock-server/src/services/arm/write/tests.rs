//! Laws of all writes, on a kind of the tests' own: one with a location, an entity tag, a reference and operations.

use std::sync::atomic::{AtomicUsize, Ordering};

use http::Method;
use serde_json::{Value, json};

mod linked;
mod operations;

use super::*;
use crate::auth::Audience;
use crate::services::arm::operations::Style;
use crate::services::arm::shape;
use crate::services::testing::{header, writable, write as asked};
use crate::store::Resource;

const GROUP: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net";
const ONE: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/routeTables/one";
const INNER: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/routeTables/one/routes/inner";

struct Tables;

impl Kind for Tables {
    const TYPE: &'static str = "Microsoft.Network/routeTables";
    const LOCATION: Location = Location::Required;
    const SYSTEM_DATA: bool = true;
    const PUT: Manner = Manner::Operation(Style::AzureAsyncOperation);
    const PATCH: Patch = Patch::Merge;
    const DELETE: Manner = Manner::Operation(Style::Both);

    fn show(_: &State, given: &Resource) -> Value {
        let mut body = shape::resource(given);
        body["etag"] = shape::etag(given, &body);
        body
    }

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        if let Some(vault) = fields::text(body, "/properties/vault/id")? {
            write.linked(
                "properties.vault.id",
                vault,
                "Microsoft.KeyVault/vaults/read",
            )?;
        }
        Ok(())
    }
}

struct Routes;

impl Kind for Routes {
    const TYPE: &'static str = "Microsoft.Network/routeTables/routes";
    const PUT: Manner = Manner::Operation(Style::Location);

    fn show(_: &State, given: &Resource) -> Value {
        shape::resource(given)
    }
}

/// A request as the router would hand it over: to the handler of a kind.
fn send(
    context: &Context,
    method: Method,
    path: &str,
    body: Option<&Value>,
    headers: &[(&str, &str)],
) -> Reply {
    let mut ask = asked(context, method.clone(), path);
    if let Some(body) = body {
        ask = ask.body(body);
    }
    for (name, value) in headers {
        ask = ask.with(name, value);
    }
    let request = ask.request();
    let caller = crate::auth::authenticate(context, &request, Audience::Arm).unwrap();
    context.operations.settle(context);
    let (table, caller) = (!path.contains("/routes/"), Some(&caller));
    match method {
        Method::PUT if table => put::<Tables>(context, &request, caller),
        Method::PUT => put::<Routes>(context, &request, caller),
        Method::PATCH => patch::<Tables>(context, &request, caller),
        Method::DELETE => delete::<Tables>(context, &request, caller),
        _ => get::<Tables>(context, &request, caller),
    }
}

fn body_of(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or_default()
}

fn code(reply: &Reply) -> (u16, String) {
    let code = body_of(reply)["error"]["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (reply.status.as_u16(), code)
}

fn put_one(context: &Context, body: &Value) -> Reply {
    send(context, Method::PUT, ONE, Some(body), &[])
}

fn read_one(context: &Context) -> Reply {
    send(context, Method::GET, ONE, None, &[])
}

fn plain() -> Value {
    json!({"location": "Japan East", "tags": {"a": "b"}, "properties": {"x": 1}})
}

#[test]
fn what_is_created_is_201_and_what_is_replaced_200() {
    let context = writable();
    let created = put_one(&context, &plain());
    assert_eq!(created.status, 201);
    let body = body_of(&created);
    assert_eq!(body["location"], "japaneast");
    assert_eq!(body["properties"]["provisioningState"], "Updating");
    assert_eq!(body["systemData"]["createdByType"], "Application");
    assert_eq!(header(&created, "etag"), body["etag"].as_str().unwrap());
    let replaced = put_one(&context, &json!({"location": "japaneast"}));
    assert_eq!(replaced.status, 200);
    let now = body_of(&read_one(&context));
    assert_eq!(now["properties"], json!({"provisioningState": "Succeeded"}));
    assert_eq!(now.get("tags"), None);
    assert_eq!(
        now["systemData"]["createdAt"],
        body["systemData"]["createdAt"]
    );
}

#[test]
fn ids_are_spelled_as_azure_spells_them() {
    let context = writable();
    let shouted = ONE.replace(
        "resourceGroups/net/providers/Microsoft.Network/routeTables",
        "RESOURCEGROUPS/NET/PROVIDERS/microsoft.network/ROUTETABLES",
    );
    let created = send(
        &context,
        Method::PUT,
        &shouted.replace("aaaa-", "AAAA-"),
        Some(&plain()),
        &[],
    );
    assert_eq!(created.status, 201);
    assert_eq!(body_of(&created)["id"], ONE);
    let inner = send(
        &context,
        Method::PUT,
        &INNER.to_uppercase().replace("/ROUTES/", "/routes/"),
        Some(&json!({})),
        &[],
    );
    assert_eq!(inner.status, 202, "{:?}", body_of(&inner));
    assert!(
        context
            .state()
            .resource(INNER)
            .unwrap()
            .id
            .contains("/routeTables/one/routes/")
    );
}

#[test]
fn bodies_that_cannot_be_read_are_refused_with_their_place() {
    let context = writable();
    for (text, place) in [
        ("", "no body"),
        ("{\"location\": }", "line 1 column 14"),
        ("[]", "an array"),
        ("{\"location\": 3}", "'location'"),
        ("{\"location\": \"japaneast\", \"tags\": [1]}", "'tags'"),
        (
            "{\"location\": \"japaneast\", \"tags\": {\"a\": 1}}",
            "'tags.a'",
        ),
        (
            "{\"location\": \"japaneast\", \"properties\": 1}",
            "'properties'",
        ),
        (
            "{\"location\": \"japaneast\", \"properties\": {\"vault\": 1}}",
            "'properties.vault'",
        ),
    ] {
        let request = asked(&context, Method::PUT, ONE).text(text).request();
        let caller = crate::auth::authenticate(&context, &request, Audience::Arm).unwrap();
        let reply = put::<Tables>(&context, &request, Some(&caller));
        let (status, code) = code(&reply);
        assert_eq!(
            (status, code.as_str()),
            (400, "InvalidRequestContent"),
            "{text}"
        );
        let message = body_of(&reply)["error"]["message"].to_string();
        assert!(message.contains(place), "{text}: {message}");
    }
    let form = send(
        &context,
        Method::PUT,
        ONE,
        Some(&plain()),
        &[("content-type", "text/plain")],
    );
    assert_eq!(code(&form), (415, "UnsupportedMediaType".to_owned()));
    assert_eq!(read_one(&context).status, 404, "nothing was written");
}

#[test]
fn what_cannot_be_written_says_why() {
    let context = writable();
    put_one(&context, &plain());
    let moved = json!({"location": "westus"});
    let named = |name: &str, value: &str| json!({"location": "japaneast", name: value});
    let nowhere = ONE.replace("/net/", "/nowhere/");
    let orphan = INNER.replace("/one/", "/two/");
    let misnamed = ONE.replace("/one", "/-one-");
    for (path, body, expected) in [
        (ONE, json!({}), (400, "LocationRequired")),
        (ONE, moved, (409, "InvalidResourceLocation")),
        (
            ONE,
            named("name", "other"),
            (400, "MismatchingResourceName"),
        ),
        (
            ONE,
            named("type", "Microsoft.Network/other"),
            (400, "MismatchingResourceType"),
        ),
        (ONE, named("id", "/x"), (400, "MismatchingResourceId")),
        (&nowhere, plain(), (404, "ResourceGroupNotFound")),
        (&orphan, json!({}), (404, "ParentResourceNotFound")),
        (&misnamed, plain(), (400, "InvalidResourceName")),
    ] {
        let (status, code) = code(&send(&context, Method::PUT, path, Some(&body), &[]));
        assert_eq!((status, code.as_str()), expected, "{path} {body}");
    }
    let whole = body_of(&read_one(&context));
    assert_eq!(
        put_one(&context, &whole).status,
        200,
        "what GET answers can be put back"
    );
}

#[test]
fn an_entity_tag_changes_with_every_write() {
    let context = writable();
    let first = header(&put_one(&context, &plain()), "etag").to_owned();
    assert_eq!(
        header(&read_one(&context), "etag"),
        first,
        "the end of the operation changes nothing"
    );
    let second = header(&put_one(&context, &plain()), "etag").to_owned();
    assert_ne!(first, second);
    let with = |name, value: &str| {
        code(&send(
            &context,
            Method::PUT,
            ONE,
            Some(&plain()),
            &[(name, value)],
        ))
        .0
    };
    assert_eq!(with("if-match", &first), 412);
    assert_eq!(with("if-none-match", "*"), 412);
    assert_eq!(with("if-match", &second), 200);
    assert_eq!(with("if-match", "*"), 200);
    let current = header(&read_one(&context), "etag").to_owned();
    let bare = current
        .trim_start_matches("W/")
        .trim_matches('"')
        .to_owned();
    assert_eq!(with("if-match", &format!("\"other\", {bare}")), 200);
    let patched = send(
        &context,
        Method::PATCH,
        ONE,
        Some(&json!({})),
        &[("if-match", "\"x\"")],
    );
    assert_eq!(code(&patched), (412, "PreconditionFailed".to_owned()));
    let deleted = send(
        &context,
        Method::DELETE,
        ONE,
        None,
        &[("if-match", "\"x\"")],
    );
    assert_eq!(deleted.status, 412);
    let new = ONE.replace("/one", "/two");
    let absent = send(
        &context,
        Method::PUT,
        &new,
        Some(&plain()),
        &[("if-match", "*")],
    );
    assert_eq!(absent.status, 412);
    let absent = send(
        &context,
        Method::PUT,
        &new,
        Some(&plain()),
        &[("if-none-match", "*")],
    );
    assert_eq!(absent.status, 201);
}

#[test]
fn of_many_writers_with_one_tag_exactly_one_wins() {
    let context = writable();
    let etag = header(&put_one(&context, &plain()), "etag").to_owned();
    let (won, lost) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let reply = send(
                    &context,
                    Method::PUT,
                    ONE,
                    Some(&plain()),
                    &[("if-match", &etag)],
                );
                let count = match reply.status.as_u16() {
                    200 => &won,
                    412 => &lost,
                    other => panic!("{other}"),
                };
                count.fetch_add(1, Ordering::Relaxed);
            });
        }
    });
    assert_eq!((won.into_inner(), lost.into_inner()), (1, 7));
}

#[test]
fn a_patch_merges_properties_and_replaces_tags() {
    let context = writable();
    let missing = send(&context, Method::PATCH, ONE, Some(&json!({})), &[]);
    assert_eq!(missing.status, 404);
    put_one(
        &context,
        &json!({"location": "japaneast", "tags": {"a": "b"}, "properties": {"x": {"y": 1, "z": 2}, "w": 3}}),
    );
    let patch = json!({"tags": {"c": "d"}, "properties": {"x": {"y": null, "v": [1]}, "w": 4}});
    let patched = send(&context, Method::PATCH, ONE, Some(&patch), &[]);
    assert_eq!(patched.status, 200);
    let body = body_of(&patched);
    assert_eq!(body["tags"], json!({"c": "d"}));
    assert_eq!(body["location"], "japaneast");
    assert_eq!(
        body["properties"],
        json!({"x": {"z": 2, "v": [1]}, "w": 4, "provisioningState": "Succeeded"})
    );
}

#[test]
fn a_deletion_takes_what_is_inside_and_can_be_repeated() {
    let context = writable();
    put_one(&context, &plain());
    send(&context, Method::PUT, INNER, Some(&json!({})), &[]);
    let role = format!(
        "{ONE}/subnets/x/providers/Microsoft.Authorization/roleAssignments/0b000000-0000-4000-8000-0000000000ff"
    );
    context
        .state_mut()
        .put_resource(&role, Body::new())
        .unwrap();
    let deleted = send(&context, Method::DELETE, ONE, None, &[]);
    assert_eq!(deleted.status, 202);
    for id in [ONE, INNER, role.as_str()] {
        assert!(context.state().resource(id).is_none(), "{id}");
    }
    assert_eq!(send(&context, Method::DELETE, ONE, None, &[]).status, 204);
}
