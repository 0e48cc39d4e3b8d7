//! Operations that take a while: announced, polled, finished, and nobody else's business.

use std::time::Duration;

use super::*;
use crate::lro::Pace;
use crate::services::testing::{HOME, HOME_AUDITOR, HOME_WRITER, RESOURCE, RESOURCE_WRITER, ask};

/// Follows a header of a reply as the one who wrote.
fn poll(context: &Context, reply: &Reply, name: &str) -> Reply {
    let url = header(reply, name)
        .strip_prefix("https://")
        .unwrap()
        .to_owned();
    ask(context, Method::GET, &url)
        .bearing(HOME, HOME_WRITER, Audience::Arm)
        .reply()
}

#[test]
fn an_operation_is_announced_and_the_first_poll_finds_it_done() {
    let context = writable();
    let created = put_one(&context, &plain());
    let url = header(&created, "azure-asyncoperation");
    assert!(url.starts_with("https://management.azure.com/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/providers/Microsoft.Network/locations/japaneast/operations/"), "{url}");
    assert_eq!(header(&created, "retry-after"), "1");
    let polled = poll(&context, &created, "azure-asyncoperation");
    assert_eq!(body_of(&polled)["status"], "Succeeded");
    let inner = send(&context, Method::PUT, INNER, Some(&json!({})), &[]);
    assert_eq!((inner.status.as_u16(), inner.body.len()), (202, 0));
    let result = poll(&context, &inner, "location");
    assert_eq!(
        (result.status.as_u16(), &body_of(&result)["id"]),
        (200, &json!(INNER))
    );
    let deleted = send(&context, Method::DELETE, ONE, None, &[]);
    assert_eq!(poll(&context, &deleted, "location").status, 204);
}

#[test]
fn an_operation_runs_until_it_was_polled_often_enough() {
    let context = writable();
    context.operations.set_pace(Pace::AfterPolls(2));
    let created = put_one(&context, &plain());
    for _ in 0..2 {
        let polled = poll(&context, &created, "azure-asyncoperation");
        assert_eq!(body_of(&polled)["status"], "InProgress");
        assert_eq!(header(&polled, "retry-after"), "1");
    }
    assert_eq!(
        body_of(&read_one(&context))["properties"]["provisioningState"],
        "Updating"
    );
    let second = put_one(&context, &plain());
    assert_eq!(
        code(&second),
        (409, "AnotherOperationInProgress".to_owned())
    );
    let polled = poll(&context, &created, "azure-asyncoperation");
    assert_eq!(body_of(&polled)["status"], "Succeeded");
    assert_eq!(
        body_of(&read_one(&context))["properties"]["provisioningState"],
        "Succeeded"
    );
    let deleted = send(&context, Method::DELETE, ONE, None, &[]);
    assert_eq!(poll(&context, &deleted, "location").status, 202);
    assert_eq!(
        body_of(&read_one(&context))["properties"]["provisioningState"],
        "Deleting"
    );
}

#[test]
fn an_operation_runs_until_the_clock_says_so() {
    let context = writable();
    context
        .operations
        .set_pace(Pace::After(Duration::from_secs(30)));
    let created = put_one(&context, &plain());
    assert_eq!(
        body_of(&read_one(&context))["properties"]["provisioningState"],
        "Updating"
    );
    context.clock.advance(Duration::from_secs(31));
    assert_eq!(
        body_of(&read_one(&context))["properties"]["provisioningState"],
        "Succeeded"
    );
    assert_eq!(
        body_of(&poll(&context, &created, "azure-asyncoperation"))["status"],
        "Succeeded"
    );
}

#[test]
fn another_state_cancels_what_runs_and_forgets_nothing() {
    let context = writable();
    let done = put_one(&context, &plain());
    context.operations.set_pace(Pace::AfterPolls(5));
    let running = put_one(&context, &plain());
    context.replace_state(crate::store::State::clone(&context.state()));
    assert_eq!(
        body_of(&poll(&context, &done, "azure-asyncoperation"))["status"],
        "Succeeded"
    );
    assert_eq!(
        body_of(&poll(&context, &running, "azure-asyncoperation"))["status"],
        "Canceled"
    );
}

#[test]
fn nobody_else_learns_of_an_operation() {
    let context = writable();
    let created = put_one(&context, &plain());
    let url = header(&created, "azure-asyncoperation")
        .strip_prefix("https://")
        .unwrap()
        .to_owned();
    let as_auditor = ask(&context, Method::GET, &url).bearing(HOME, HOME_AUDITOR, Audience::Arm);
    assert_eq!(as_auditor.reply().status, 404);
    let foreign =
        ask(&context, Method::GET, &url).bearing(RESOURCE, RESOURCE_WRITER, Audience::Arm);
    assert_eq!(foreign.reply().status, 401);
    let elsewhere = url.replace("/operations/", "/operations/0");
    let unknown = ask(&context, Method::GET, &elsewhere).bearing(HOME, HOME_WRITER, Audience::Arm);
    assert_eq!(
        code(&unknown.reply()),
        (404, "OperationNotFound".to_owned())
    );
}
