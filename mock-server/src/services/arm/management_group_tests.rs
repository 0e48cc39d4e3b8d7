//! Writes of management groups.

use http::Method;
use serde_json::{Value, json};

use crate::auth::Audience;
use crate::context::Context;
use crate::services::testing::{
    HOME, HOME_AUDITOR, HOME_WRITER, RESOURCE, RESOURCE_WRITER, ask, writable,
};

const ROOT: &str = "/providers/Microsoft.Management/managementGroups";
const HOME_ID: &str = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

fn send(
    context: &Context,
    method: Method,
    path: &str,
    who: (&str, &str),
    body: &Value,
) -> (u16, Value) {
    let url = format!("management.azure.com{ROOT}{path}?api-version=2023-04-01");
    let ask = ask(context, method, &url).body(body);
    ask.bearing(who.0, who.1, Audience::Arm).json()
}

const ME: (&str, &str) = (HOME, HOME_WRITER);

fn below(parent: &str) -> Value {
    json!({"properties": {"displayName": "Below", "details": {"parent": {"id": format!("{ROOT}/{parent}")}}}})
}

#[test]
fn a_group_takes_a_subscription_and_its_owner_reaches_into_it() {
    let context = writable();
    let (status, body) = send(
        &context,
        Method::PUT,
        "/top",
        ME,
        &json!({"properties": {"displayName": "Top"}}),
    );
    assert_eq!(
        (status, &body["properties"]["displayName"]),
        (200, &json!("Top")),
        "{body}"
    );
    assert_eq!(body["properties"]["tenantId"], HOME);
    assert_eq!(
        send(&context, Method::PUT, "/low", ME, &below("top")).0,
        200
    );
    let path = format!("/low/subscriptions/{HOME_ID}");
    let (status, body) = send(&context, Method::PUT, &path, ME, &json!({}));
    assert_eq!(
        (status, &body["properties"]["displayName"]),
        (200, &json!("contoso-workloads")),
        "{body}"
    );
    let (_, all) = send(&context, Method::GET, "/top/descendants", ME, &json!({}));
    assert_eq!(all["value"].as_array().unwrap().len(), 2);
    assert_eq!(
        send(&context, Method::DELETE, "/low", ME, &json!({})).0,
        409
    );
    let up = format!("/top/subscriptions/{HOME_ID}");
    assert_eq!(
        send(&context, Method::PUT, &up, ME, &json!({})).0,
        200,
        "moved"
    );
    let count = context
        .state()
        .resources_of_type("Microsoft.Management/managementGroups/subscriptions")
        .count();
    assert_eq!(count, 1);
    assert_eq!(send(&context, Method::DELETE, &up, ME, &json!({})).0, 200);
    assert_eq!(
        send(&context, Method::DELETE, "/low", ME, &json!({})).0,
        204
    );
    let patched = send(
        &context,
        Method::PATCH,
        "/top",
        ME,
        &json!({"displayName": "Summit"}),
    );
    assert_eq!(patched.1["properties"]["displayName"], "Summit");
}

#[test]
fn others_and_other_tenants_change_nothing() {
    let context = writable();
    send(&context, Method::PUT, "/top", ME, &json!({}));
    let foreign = (RESOURCE, RESOURCE_WRITER);
    for who in [(HOME, HOME_AUDITOR), foreign] {
        assert_eq!(send(&context, Method::PUT, "/top", who, &json!({})).0, 403);
        assert_eq!(
            send(&context, Method::PUT, "/new", who, &below("top")).0,
            403
        );
        assert_eq!(
            send(&context, Method::DELETE, "/top", who, &json!({})).0,
            403
        );
    }
    let theirs = "/top/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";
    assert_eq!(send(&context, Method::PUT, theirs, ME, &json!({})).0, 403);
    send(&context, Method::PUT, "/theirs", foreign, &json!({}));
    let taken = format!("/theirs/subscriptions/{HOME_ID}");
    assert_eq!(
        send(&context, Method::PUT, &taken, foreign, &json!({})).0,
        403
    );
}

#[test]
fn a_group_is_not_below_itself_nor_too_deep() {
    let context = writable();
    send(&context, Method::PUT, "/g1", ME, &json!({}));
    for level in 2..=6 {
        let made = send(
            &context,
            Method::PUT,
            &format!("/g{level}"),
            ME,
            &below(&format!("g{}", level - 1)),
        );
        assert_eq!(made.0, 200, "{level}: {}", made.1);
    }
    assert_eq!(send(&context, Method::PUT, "/g7", ME, &below("g6")).0, 400);
    assert_eq!(send(&context, Method::PUT, "/g1", ME, &below("g3")).0, 400);
    assert_eq!(
        send(&context, Method::PUT, "/g8", ME, &below("nowhere")).0,
        404
    );
    assert_eq!(send(&context, Method::PUT, "/-x", ME, &json!({})).0, 400);
    assert_eq!(send(&context, Method::PATCH, "/g9", ME, &json!({})).0, 403);
}
