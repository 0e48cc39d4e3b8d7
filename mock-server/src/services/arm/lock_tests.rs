//! Locks: what they refuse, whom, and where.

use http::Method;
use serde_json::json;

use crate::auth::Audience;
use crate::services::testing::{
    HOME_AUDITOR, NET, RESOURCE, RESOURCE_AUDITOR, ask, writable, write,
};

const GROUP: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net";

fn lock(scope: &str, name: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/locks/{name}")
}

#[test]
fn what_is_locked_is_neither_deleted_nor_deleted_with_what_holds_it() {
    let context = writable();
    let zone = format!("{NET}/privateDnsZones/locked.example");
    let body = json!({"location": "global"});
    write(&context, Method::PUT, &zone).body(&body).reply();
    let body = json!({"properties": {"level": "CanNotDelete", "notes": "keep"}});
    let path = lock(&zone, "keep");
    let (status, made) = write(&context, Method::PUT, &path).body(&body).json();
    assert_eq!(status, 201, "{made}");
    assert_eq!(
        made,
        json!({
            "properties": {"level": "CanNotDelete", "notes": "keep"},
            "id": path,
            "type": "Microsoft.Authorization/locks",
            "name": "keep",
        })
    );
    assert_eq!(
        write(&context, Method::PUT, &path).body(&body).json().0,
        200
    );
    for held in [zone.as_str(), GROUP, &format!("{zone}/A/x")] {
        let (status, refused) = write(&context, Method::DELETE, held).json();
        assert_eq!(
            (status, &refused["error"]["code"]),
            (409, &json!("ScopeLocked")),
            "{held}"
        );
        let message = refused["error"]["message"].as_str().unwrap();
        assert!(
            message.contains(&format!("are locked: '{zone}'")),
            "{message}"
        );
    }
    let tags = json!({"tags": {"a": "b"}});
    assert_eq!(
        write(&context, Method::PATCH, &zone).body(&tags).json().0,
        200
    );
    assert_eq!(write(&context, Method::DELETE, &path).reply().status, 200);
    assert_eq!(write(&context, Method::DELETE, &path).reply().status, 204);
    let (status, gone) = write(&context, Method::GET, &path).json();
    assert_eq!(
        (status, &gone["error"]["code"]),
        (404, &json!("LockNotFound"))
    );
    assert_eq!(write(&context, Method::DELETE, &zone).reply().status, 202);
}

#[test]
fn a_read_only_group_takes_no_writes_and_shows_no_keys() {
    let context = writable();
    let path = lock(GROUP, "still");
    let body = json!({"properties": {"level": "ReadOnly"}});
    assert_eq!(
        write(&context, Method::PUT, &path).body(&body).json().0,
        201
    );
    let table = format!("{NET}/routeTables/t");
    let refused = write(&context, Method::PUT, &table).body(&json!({"location": "japaneast"}));
    let (status, refused) = refused.json();
    assert_eq!(
        (status, &refused["error"]["code"]),
        (409, &json!("ScopeLocked"))
    );
    assert!(
        refused["error"]["message"]
            .as_str()
            .unwrap()
            .contains("cannot perform write operation"),
        "{refused}"
    );
    write(
        &context,
        Method::GET,
        &format!("{NET}/virtualNetworks/home"),
    )
    .ok();
    let at = write(
        &context,
        Method::GET,
        &format!("{NET}/virtualNetworks/home/providers/Microsoft.Authorization/locks"),
    )
    .ok();
    assert_eq!(
        at["value"][0]["name"], "still",
        "locks of what holds it are listed too"
    );
    let elsewhere = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app";
    let free = write(
        &context,
        Method::GET,
        &format!("{elsewhere}/providers/Microsoft.Authorization/locks"),
    )
    .ok();
    assert_eq!(free["value"], json!([]));
}

#[test]
fn locks_are_set_by_those_who_may() {
    let context = writable();
    let url = format!(
        "management.azure.com{}?api-version=2016-09-01",
        lock(GROUP, "mine")
    );
    let body = json!({"properties": {"level": "ReadOnly"}});
    let with = |tenant: &str, object: &str| {
        let asked = ask(&context, Method::PUT, &url).bearing(tenant, object, Audience::Arm);
        let (status, refused) = asked.body(&body).json();
        (
            status,
            refused["error"]["code"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        )
    };
    assert_eq!(
        with(crate::services::testing::HOME, HOME_AUDITOR),
        (403, "AuthorizationFailed".to_owned())
    );
    assert_eq!(
        with(RESOURCE, RESOURCE_AUDITOR),
        (401, "InvalidAuthenticationTokenTenant".to_owned())
    );
    let wrong = write(&context, Method::PUT, &lock(GROUP, "x"));
    let (status, refused) = wrong.body(&json!({"properties": {"level": "Some"}})).json();
    assert_eq!(status, 400, "{refused}");
}
