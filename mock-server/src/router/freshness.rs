//! What is kept to answer faster never outlives what it was found in: each change counts at the very next request.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use crate::auth::Audience;
use crate::context::Context;
use crate::lro::Pace;
use crate::services::testing::{
    self, HOME, HOME_AUDITOR, HOME_WRITER, IDENTITY, NET, ask, writable, write,
};
use crate::store::State;

const GROUP: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

fn network() -> String {
    format!("{NET}/virtualNetworks/home")
}

/// Status and body of a GET with a token; asked twice, so that the second could be what was kept of the first.
fn twice(context: &Context, path: &str, token: &str) -> (u16, Value) {
    let url = format!("management.azure.com{path}?api-version=2024-01-01");
    let once = || {
        let asked = ask(context, Method::GET, &url);
        asked
            .with("authorization", &format!("Bearer {token}"))
            .json()
    };
    let first = once();
    assert_eq!(once(), first);
    first
}

fn token(context: &Context, object: &str) -> String {
    testing::token(context, HOME, object, Audience::Arm)
}

fn put_assignment(context: &Context, path: &str, principal: &str) -> u16 {
    let role = format!("/providers/Microsoft.Authorization/roleDefinitions/{READER}");
    let body = json!({"properties": {"roleDefinitionId": role, "principalId": principal}});
    write(context, Method::PUT, path).body(&body).json().0
}

#[test]
fn a_role_that_was_revoked_is_refused_at_once() {
    let context = writable();
    let token = token(&context, IDENTITY);
    let see = || twice(&context, &network(), &token).0;
    let name = "0b000000-0000-4000-8000-00000000bb01";
    let path = format!("{GROUP}/providers/Microsoft.Authorization/roleAssignments/{name}");
    for _ in 0..2 {
        assert_eq!(see(), 403);
        assert_eq!(put_assignment(&context, &path, IDENTITY), 201);
        assert_eq!(see(), 200);
        assert_eq!(write(&context, Method::DELETE, &path).json().0, 200);
    }
    assert_eq!(see(), 403);
}

#[test]
fn a_right_is_that_of_one_caller_to_one_action_on_one_resource() {
    let context = testing::example();
    let (auditor, identity) = (token(&context, HOME_AUDITOR), token(&context, IDENTITY));
    assert_eq!(twice(&context, &network(), &auditor).0, 200);
    assert_eq!(twice(&context, &network(), &identity).0, 403);
    let url = format!("management.azure.com{}?api-version=2024-01-01", network());
    let deleting = ask(&context, Method::DELETE, &url);
    let deleting = deleting.with("authorization", &format!("Bearer {auditor}"));
    assert_eq!(deleting.json().0, 403);
}

#[test]
fn a_token_that_expired_and_a_principal_that_is_gone_are_refused_at_once() {
    let context = testing::example();
    let token = token(&context, HOME_AUDITOR);
    let see = || twice(&context, &network(), &token);
    assert_eq!(see().0, 200);
    context.clock.advance(Duration::from_secs(3601));
    let (status, body) = see();
    assert_eq!(status, 401);
    assert_eq!(body["error"]["code"], "ExpiredAuthenticationToken");
    context.clock.restart(None);
    assert_eq!(see().0, 200);
    let mut world = crate::world::example();
    for tenant in world.tenants.values_mut() {
        tenant.service_principals.retain(|it| it.id != HOME_AUDITOR);
    }
    context.replace_state(State::build(&world).unwrap());
    assert_eq!(see().0, 401);
}

#[test]
fn what_was_changed_or_deleted_shows_at_once() {
    let context = writable();
    let token = token(&context, HOME_WRITER);
    let path = format!("{NET}/virtualNetworks/fresh");
    let see = || twice(&context, &path, &token);
    let body = json!({"location": "japaneast", "properties": {"addressSpace": {"addressPrefixes": ["10.200.0.0/16"]}}});
    assert_eq!(see().0, 404);
    assert_eq!(
        write(&context, Method::PUT, &path).body(&body).json().0,
        201
    );
    let first = see();
    assert_eq!(first.0, 200);
    let tags = json!({"tags": {"a": "b"}});
    assert_eq!(
        write(&context, Method::PATCH, &path).body(&tags).json().0,
        200
    );
    let second = see().1;
    assert_eq!(second["tags"], tags["tags"]);
    assert_ne!(second["etag"], first.1["etag"]);
    let subnet = json!({"properties": {"addressPrefix": "10.200.1.0/24"}});
    let inner = format!("{path}/subnets/one");
    assert_eq!(
        write(&context, Method::PUT, &inner).body(&subnet).json().0,
        201
    );
    assert_eq!(see().1["properties"]["subnets"][0]["name"], "one");
    assert_eq!(write(&context, Method::DELETE, &path).json().0, 202);
    assert_eq!(see().0, 404);
}

#[test]
fn an_operation_that_ends_with_time_shows_at_once() {
    let context = writable();
    let token = token(&context, HOME_WRITER);
    let pace = Pace::After(Duration::from_secs(30));
    context.operations.set_pace(pace);
    let path = format!("{NET}/virtualNetworks/slow");
    let body = json!({"location": "japaneast", "properties": {"addressSpace": {"addressPrefixes": ["10.201.0.0/16"]}}});
    assert_eq!(
        write(&context, Method::PUT, &path).body(&body).json().0,
        201
    );
    let state = || twice(&context, &path, &token).1["properties"]["provisioningState"].clone();
    assert_eq!(state(), "Updating");
    context.clock.advance(Duration::from_secs(31));
    assert_eq!(state(), "Succeeded");
}

#[test]
fn what_a_world_gives_as_going_on_is_done_later_and_is_not_changed_meanwhile() {
    let mut world = crate::world::example();
    let vault = format!("{NET}/privateEndpoints/vault");
    crate::faults::plant(&mut world, "private-endpoint-updating", &vault).unwrap();
    let context = testing::mock(&world);
    let token = token(&context, HOME_AUDITOR);
    let state = || twice(&context, &vault, &token).1["properties"]["provisioningState"].clone();
    context.clock.advance(Duration::from_secs(290));
    assert_eq!(state(), "Updating");
    assert!(context.operations.running_on(&vault).is_some());
    context.clock.advance(Duration::from_secs(11));
    assert_eq!(state(), "Succeeded");
    assert!(context.operations.running_on(&vault).is_none());
}

#[test]
fn another_state_begins_without_what_was_found_in_the_one_before() {
    let context = testing::example();
    let knows = |context: &Context| {
        let granted = context
            .state()
            .memo()
            .granted("a right".to_owned(), || Err(()));
        granted.is_ok()
    };
    let learn = |context: &Context| {
        let granted = context
            .state()
            .memo()
            .granted::<()>("a right".to_owned(), || Ok(()));
        assert!(granted.is_ok());
        assert!(knows(context));
    };
    learn(&context);
    let held = context.state();
    context.state_mut().remove_resource(&network());
    assert!(!knows(&context), "changed while somebody looked at it");
    let kept = held.memo().granted("a right".to_owned(), || Err(()));
    assert!(kept.is_ok(), "who looked at it goes on with what it knew");
    drop(held);
    learn(&context);
    context.state_mut().remove_resource(&network());
    assert!(!knows(&context), "changed while nobody looked at it");
    learn(&context);
    context.replace_state(State::build(&crate::world::example()).unwrap());
    assert!(!knows(&context), "replaced");
}
