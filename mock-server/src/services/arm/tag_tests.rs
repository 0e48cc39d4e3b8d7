//! Tags at a scope, and names in use.

use http::Method;
use serde_json::{Value, json};

use crate::auth::Audience;
use crate::services::testing::{HOME, HOME_AUDITOR, NET, ask, writable, write};

const SUBSCRIPTION: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

fn at(scope: &str) -> String {
    format!("{scope}/providers/Microsoft.Resources/tags/default")
}

fn tags(given: &Value) -> Value {
    json!({"properties": {"tags": given}})
}

#[test]
fn tags_at_a_scope_are_those_of_the_object() {
    let context = writable();
    let home = format!("{NET}/virtualNetworks/home");
    for scope in [
        SUBSCRIPTION,
        &format!("{SUBSCRIPTION}/resourceGroups/net"),
        &home,
    ] {
        let path = at(scope);
        assert_eq!(
            write(&context, Method::GET, &path).ok()["properties"]["tags"],
            json!({})
        );
        let body = tags(&json!({"Owner": "me", "env": "dev"}));
        let put = write(&context, Method::PUT, &path).body(&body).ok();
        assert_eq!(put["id"], path);
        let change = |operation: &str, given: Value| {
            let mut body = tags(&given);
            body["operation"] = json!(operation);
            let changed = write(&context, Method::PATCH, &path).body(&body).ok();
            changed["properties"]["tags"].clone()
        };
        assert_eq!(
            change("Merge", json!({"owner": "you"})),
            json!({"env": "dev", "owner": "you"})
        );
        assert_eq!(
            change("Delete", json!({"env": "other"})),
            json!({"env": "dev", "owner": "you"})
        );
        assert_eq!(
            change("Delete", json!({"ENV": "dev"})),
            json!({"owner": "you"})
        );
        assert_eq!(change("Replace", json!({"a": "b"})), json!({"a": "b"}));
    }
    assert_eq!(
        write(&context, Method::GET, &home).ok()["tags"],
        json!({"a": "b"})
    );
    let names = write(&context, Method::GET, &format!("{SUBSCRIPTION}/tagNames")).ok();
    assert_eq!(names["value"][0]["tagName"], "a");
    assert_eq!(names["value"][0]["values"][0]["count"]["value"], 3);
    assert_eq!(
        write(&context, Method::DELETE, &at(&home)).reply().status,
        200
    );
    assert_eq!(write(&context, Method::GET, &home).ok()["tags"], json!({}));
}

#[test]
fn tags_are_refused_where_nothing_is_and_to_those_who_may_not() {
    let context = writable();
    let missing = at(&format!("{NET}/virtualNetworks/nothing"));
    let (status, refused) = write(&context, Method::GET, &missing).json();
    assert_eq!(
        (status, &refused["error"]["code"]),
        (404, &json!("ResourceNotFound"))
    );
    let wrong = write(&context, Method::PUT, &at(SUBSCRIPTION));
    assert_eq!(wrong.body(&tags(&json!({"a": 1}))).json().0, 400);
    let no_operation = write(&context, Method::PATCH, &at(SUBSCRIPTION));
    assert_eq!(no_operation.body(&tags(&json!({"a": "b"}))).json().0, 400);
    let url = format!(
        "management.azure.com{}?api-version=2021-04-01",
        at(SUBSCRIPTION)
    );
    let reader = ask(&context, Method::PUT, &url).bearing(HOME, HOME_AUDITOR, Audience::Arm);
    let (status, refused) = reader.body(&tags(&json!({}))).json();
    assert_eq!(
        (status, &refused["error"]["code"]),
        (403, &json!("AuthorizationFailed"))
    );
}

#[test]
fn names_of_tags_exist_without_a_resource_until_they_are_deleted() {
    let context = writable();
    let path = |rest: &str| format!("{SUBSCRIPTION}/tagNames{rest}");
    let send = |method, rest: &str| {
        let (status, body) = write(&context, method, &path(rest)).json();
        (status, body["tagName"].as_str().map(str::to_owned))
    };
    let name = Some("dept".to_owned());
    assert_eq!(send(Method::PUT, "/dept"), (201, name.clone()));
    assert_eq!(send(Method::PUT, "/Dept"), (200, name));
    assert_eq!(send(Method::PUT, "/dept/tagValues/one").0, 201);
    assert_eq!(send(Method::PUT, "/none/tagValues/one").0, 404);
    let all = write(&context, Method::GET, &path("")).ok();
    let dept = all["value"].as_array().unwrap().iter();
    let dept: Vec<_> = dept.filter(|it| it["tagName"] == "dept").collect();
    assert_eq!(dept[0]["values"][0]["tagValue"], "one");
    assert_eq!(send(Method::DELETE, "/dept").0, 409, "it has a value");
    assert_eq!(send(Method::DELETE, "/dept/tagValues/one").0, 200);
    assert_eq!(send(Method::DELETE, "/dept/tagValues/one").0, 204);
    assert_eq!(send(Method::DELETE, "/dept").0, 200);
    assert_eq!(send(Method::DELETE, "/dept").0, 204);
    let url = format!(
        "management.azure.com{}?api-version=2024-07-01",
        path("/dept")
    );
    let reader = ask(&context, Method::PUT, &url).bearing(HOME, HOME_AUDITOR, Audience::Arm);
    assert_eq!(reader.json().0, 403);
}
