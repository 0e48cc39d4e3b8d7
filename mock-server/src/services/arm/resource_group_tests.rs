//! Resource groups and lists of resources, written and read by requests.

use http::Method;
use serde_json::{Value, json};

use crate::auth::Audience;
use crate::lro::Pace;
use crate::services::testing::{HOME, HOME_AUDITOR, HOME_WRITER, ask, header, writable, write};

const SUBSCRIPTION: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

fn names(list: &Value) -> Vec<&str> {
    let items = list["value"].as_array().unwrap();
    items.iter().filter_map(|it| it["name"].as_str()).collect()
}

#[test]
fn a_group_lives_from_put_to_delete() {
    let context = writable();
    let path = format!("{SUBSCRIPTION}/resourcegroups/New.Group");
    let head = |status: u16| {
        assert_eq!(
            write(&context, Method::HEAD, &path).reply().status.as_u16(),
            status
        )
    };
    head(404);
    let body = json!({"location": "West Europe", "tags": {"owner": "me"}});
    let (status, created) = write(&context, Method::PUT, &path).body(&body).json();
    assert_eq!(status, 201, "{created}");
    assert_eq!(
        created,
        json!({
            "id": format!("{SUBSCRIPTION}/resourceGroups/New.Group"),
            "name": "New.Group",
            "type": "Microsoft.Resources/resourceGroups",
            "location": "westeurope",
            "tags": {"owner": "me"},
            "properties": {"provisioningState": "Succeeded"},
        })
    );
    head(204);
    let other = json!({"location": "eastus"});
    let (status, refused) = write(&context, Method::PUT, &path).body(&other).json();
    assert_eq!(
        (status, &refused["error"]["code"]),
        (409, &json!("InvalidResourceGroupLocation"))
    );
    let patched = write(&context, Method::PATCH, &path)
        .body(&json!({"tags": {"a": "b"}}))
        .ok();
    assert_eq!(patched["tags"], json!({"a": "b"}));
    let filtered =
        format!("{SUBSCRIPTION}/resourcegroups?$filter=tagName eq 'a' and tagValue eq 'b'")
            .replace(' ', "%20");
    assert_eq!(
        names(&write(&context, Method::GET, &filtered).ok()),
        ["New.Group"]
    );
    let all = write(
        &context,
        Method::GET,
        &format!("{SUBSCRIPTION}/resourcegroups"),
    )
    .ok();
    assert_eq!(names(&all), ["app", "net", "New.Group"]);
    assert_eq!(all["value"][1]["location"], "japaneast");
    let deleted = write(&context, Method::DELETE, &path).reply();
    assert_eq!(deleted.status, 202);
    let poll = header(&deleted, "location")
        .strip_prefix("https://")
        .unwrap()
        .to_owned();
    let polled = ask(&context, Method::GET, &poll).bearing(HOME, HOME_WRITER, Audience::Arm);
    assert_eq!(polled.reply().status, 200);
    head(404);
    let (status, again) = write(&context, Method::DELETE, &path).json();
    assert_eq!(
        (status, &again["error"]["code"]),
        (404, &json!("ResourceGroupNotFound"))
    );
}

#[test]
fn the_group_takes_everything_with_it() {
    let context = writable();
    let identity = "dddddddd-dddd-dddd-dddd-dddddddddddd";
    assert!(context.state().service_principal(HOME, identity).is_some());
    let path = format!("{SUBSCRIPTION}/resourceGroups/app");
    assert_eq!(write(&context, Method::DELETE, &path).reply().status, 202);
    assert_eq!(context.state().below(&path).count(), 0);
    assert!(context.state().service_principal(HOME, identity).is_none());
    let list = write(&context, Method::GET, &format!("{path}/resources")).json();
    assert_eq!(
        (list.0, &list.1["error"]["code"]),
        (404, &json!("ResourceGroupNotFound"))
    );
}

#[test]
fn resources_are_listed_across_types() {
    let context = writable();
    let list = |query: &str| {
        let path = format!("{SUBSCRIPTION}/resources{query}").replace(' ', "%20");
        write(&context, Method::GET, &path).ok()
    };
    let all = list("");
    assert_eq!(names(&all).len(), 8, "{all}");
    assert_eq!(all["value"][0].get("properties"), None);
    assert_eq!(
        names(&list(
            "?$filter=resourceType eq 'microsoft.network/privateendpoints'"
        )),
        ["blob", "vault"]
    );
    assert_eq!(
        names(&list(
            "?$filter=name eq 'orders'&$expand=createdTime,provisioningState"
        )),
        ["orders"]
    );
    let expanded =
        &list("?$filter=name eq 'orders'&$expand=createdTime,provisioningState")["value"][0];
    assert_eq!(expanded["provisioningState"], "Succeeded");
    assert!(expanded["createdTime"].is_string());
    let first = list("?$top=3");
    assert_eq!(names(&first).len(), 3);
    let next = first["nextLink"]
        .as_str()
        .unwrap()
        .strip_prefix("https://")
        .unwrap()
        .to_owned();
    let second = ask(&context, Method::GET, &next)
        .bearing(HOME, HOME_WRITER, Audience::Arm)
        .ok();
    assert_eq!(names(&second).len(), 3);
    let in_group = write(
        &context,
        Method::GET,
        &format!("{SUBSCRIPTION}/resourceGroups/NET/resources"),
    )
    .ok();
    assert_eq!(names(&in_group).len(), 7);
    let bad = write(
        &context,
        Method::GET,
        &format!("{SUBSCRIPTION}/resources?$filter=colour"),
    )
    .json();
    assert_eq!(
        (bad.0, &bad.1["error"]["code"]),
        (400, &json!("InvalidFilterInQueryString"))
    );
}

#[test]
fn a_reader_writes_no_group() {
    let context = writable();
    let path =
        format!("management.azure.com{SUBSCRIPTION}/resourceGroups/x?api-version=2024-07-01");
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let request = ask(&context, method.clone(), &path).body(&json!({"location": "x"}));
        let (status, body) = request.bearing(HOME, HOME_AUDITOR, Audience::Arm).json();
        assert_eq!(
            (status, &body["error"]["code"]),
            (403, &json!("AuthorizationFailed")),
            "{method}"
        );
    }
}

#[test]
fn nothing_is_written_into_a_group_that_is_being_deleted() {
    let context = writable();
    context.operations.set_pace(Pace::AfterPolls(0));
    let group = format!("{SUBSCRIPTION}/resourceGroups/app");
    let deleted = write(&context, Method::DELETE, &group).reply();
    let identity =
        format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/late");
    let put = || {
        write(&context, Method::PUT, &identity)
            .body(&json!({"location": "japaneast"}))
            .json()
    };
    let (status, refused) = put();
    assert_eq!(
        (status, &refused["error"]["code"]),
        (409, &json!("ResourceGroupBeingDeleted"))
    );
    let poll = header(&deleted, "location")
        .strip_prefix("https://")
        .unwrap()
        .to_owned();
    let polled = ask(&context, Method::GET, &poll).bearing(HOME, HOME_WRITER, Audience::Arm);
    assert_eq!(polled.reply().status, 200);
    assert_eq!(put().0, 404);
}
