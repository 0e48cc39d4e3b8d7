//! Leases on the example world.

use std::time::Duration;

use http::Method;

use super::testing::*;

const ONE: &str = "00000000-0000-4000-8000-0000000000f1";
const TWO: &str = "00000000-0000-4000-8000-0000000000f2";

/// A lease operation with headers, on the blob unless the path is a container's.
fn lease<'a>(context: &'a Context, path: &str, action: &str, headers: &[(&str, &str)]) -> Reply {
    let ask = asked(context, Method::PUT, path).with("x-ms-lease-action", action);
    let named =
        |ask: Ask<'a>, (name, value): &(&str, &str)| ask.with(&format!("x-ms-{name}"), value);
    headers.iter().fold(ask, named).reply()
}

fn leased(duration: &str) -> Context {
    let context = contributor();
    put(&context, "/orders/l", "x").reply();
    let taken = lease(
        &context,
        BLOB,
        "acquire",
        &[("lease-duration", duration), ("proposed-lease-id", ONE)],
    );
    assert_eq!(
        (taken.status.as_u16(), header(&taken, "x-ms-lease-id")),
        (201, ONE)
    );
    context
}

const BLOB: &str = "/orders/l?comp=lease";
const CONTAINER: &str = "/orders?restype=container&comp=lease";

#[test]
fn a_leased_blob_is_written_with_its_lease_alone() {
    let context = leased("-1");
    let write = |id: Option<&str>| {
        let ask = put(&context, "/orders/l", "y");
        let ask = match id {
            Some(id) => ask.with("x-ms-lease-id", id),
            None => ask,
        };
        ask.reply()
    };
    assert_eq!(code(&write(None)), (412, "LeaseIdMissing"));
    assert_eq!(
        code(&write(Some(TWO))),
        (412, "LeaseIdMismatchWithBlobOperation")
    );
    assert_eq!(code(&write(Some("x"))), (400, "InvalidHeaderValue"));
    assert_eq!(write(Some(ONE)).status, 201);
    for (method, path) in [
        (Method::PUT, "/orders/l?comp=metadata"),
        (Method::PUT, "/orders/l?comp=properties"),
        (Method::PUT, "/orders/l?comp=block&blockid=AAAA"),
        (Method::DELETE, "/orders/l"),
    ] {
        let refused = asked(&context, method, path).bytes("x").reply();
        assert_eq!(code(&refused), (412, "LeaseIdMissing"), "{path}");
    }
    let list = put(&context, "/orders/l?comp=blocklist", "<BlockList/>").reply();
    assert_eq!(code(&list), (412, "LeaseIdMissing"));
    let read = get(&context, "/orders/l");
    for (name, value) in [
        ("x-ms-lease-status", "locked"),
        ("x-ms-lease-state", "leased"),
        ("x-ms-lease-duration", "infinite"),
    ] {
        assert_eq!(header(&read, name), value);
    }
    let read = asked(&context, Method::GET, "/orders/l").with("x-ms-lease-id", TWO);
    assert_eq!(
        code(&read.reply()),
        (412, "LeaseIdMismatchWithBlobOperation")
    );
    let list = text(&get(
        &context,
        "/orders?restype=container&comp=list&prefix=l",
    ));
    assert!(list.contains("<LeaseStatus>locked</LeaseStatus><LeaseState>leased</LeaseState>"));
    let gone = asked(&context, Method::DELETE, "/orders/l").with("x-ms-lease-id", ONE);
    assert_eq!(gone.reply().status, 202);
    put(&context, "/orders/l", "new").reply();
    let read = get(&context, "/orders/l");
    assert_eq!(header(&read, "x-ms-lease-state"), "available");
}

#[test]
fn what_lease_operations_do_in_which_state() {
    let context = leased("30");
    let act = |action: &str, headers: &[(&str, &str)]| {
        let reply = lease(&context, BLOB, action, headers);
        (
            reply.status.as_u16(),
            header(&reply, "x-ms-error-code").to_owned(),
        )
    };
    let ok = |status: u16| (status, String::new());
    let no = |status: u16, code: &str| (status, code.to_owned());
    let take = |id| {
        act(
            "acquire",
            &[("lease-duration", "15"), ("proposed-lease-id", id)],
        )
    };
    assert_eq!(take(TWO), no(409, "LeaseAlreadyPresent"));
    let taken = context.clock.now();
    assert_eq!(take(ONE), ok(201), "again");
    assert_eq!(
        act("renew", &[("lease-id", TWO)]),
        no(409, "LeaseIdMismatchWithLeaseOperation")
    );
    assert_eq!(act("renew", &[("lease-id", ONE)]), ok(200));
    let change = [("lease-id", ONE), ("proposed-lease-id", TWO)];
    assert_eq!(act("change", &change), ok(200));
    assert_eq!(
        act("change", &change),
        ok(200),
        "the second time it is so already"
    );
    assert_eq!(
        act("release", &[("lease-id", ONE)]),
        no(409, "LeaseIdMismatchWithLeaseOperation")
    );
    let broken = lease(&context, BLOB, "break", &[]);
    assert_eq!(broken.status.as_u16(), 202);
    let left: i64 = header(&broken, "x-ms-lease-time").parse().unwrap();
    let passed = (context.clock.now() - taken).whole_seconds() + 1;
    assert!((15 - passed..=15).contains(&left), "{left} after {passed}");
    assert_eq!(take(TWO), no(409, "LeaseIsBreakingAndCannotBeAcquired"));
    assert_eq!(
        act("renew", &[("lease-id", TWO)]),
        no(409, "LeaseIsBrokenAndCannotBeRenewed")
    );
    assert_eq!(
        act("change", &[("lease-id", TWO), ("proposed-lease-id", ONE)]),
        no(409, "LeaseIsBreakingAndCannotBeChanged")
    );
    let at_once = lease(&context, BLOB, "break", &[("lease-break-period", "0")]);
    assert_eq!(header(&at_once, "x-ms-lease-time"), "0");
    assert_eq!(
        header(&get(&context, "/orders/l"), "x-ms-lease-state"),
        "broken"
    );
    assert_eq!(take(ONE), ok(201), "a broken lease hinders nobody");
    assert_eq!(act("release", &[("lease-id", ONE)]), ok(200));
    assert_eq!(
        act("break", &[]),
        no(409, "LeaseNotPresentWithLeaseOperation")
    );
    assert_eq!(act("dance", &[]), no(400, "InvalidHeaderValue"));
    assert_eq!(act("acquire", &[]), no(400, "MissingRequiredHeader"));
    assert_eq!(
        act("acquire", &[("lease-duration", "61")]),
        no(400, "InvalidHeaderValue")
    );
}

#[test]
fn a_lease_runs_out_and_can_be_renewed_until_somebody_writes() {
    let context = leased("15");
    context.clock.advance(Duration::from_secs(15));
    assert_eq!(
        header(&get(&context, "/orders/l"), "x-ms-lease-state"),
        "expired"
    );
    let write = put(&context, "/orders/l", "y").with("x-ms-lease-id", ONE);
    assert_eq!(code(&write.reply()), (412, "LeaseLost"));
    assert_eq!(
        lease(&context, BLOB, "renew", &[("lease-id", ONE)]).status,
        200
    );
    context.clock.advance(Duration::from_secs(15));
    assert_eq!(put(&context, "/orders/l", "y").reply().status, 201);
    let late = lease(&context, BLOB, "renew", &[("lease-id", ONE)]);
    assert_eq!(code(&late), (409, "LeaseIdMismatchWithLeaseOperation"));
}

#[test]
fn a_leased_container_is_deleted_with_its_lease_alone() {
    let context = contributor();
    let taken = lease(&context, CONTAINER, "acquire", &[("lease-duration", "-1")]);
    let id = header(&taken, "x-ms-lease-id").to_owned();
    assert_eq!(taken.status, 201);
    let path = "/orders?restype=container";
    let delete = asked(&context, Method::DELETE, path).reply();
    assert_eq!(code(&delete), (412, "LeaseIdMissing"));
    let delete = asked(&context, Method::DELETE, path).with("x-ms-lease-id", TWO);
    assert_eq!(
        code(&delete.reply()),
        (412, "LeaseIdMismatchWithContainerOperation")
    );
    assert_eq!(header(&get(&context, path), "x-ms-lease-status"), "locked");
    let metadata = asked(
        &context,
        Method::PUT,
        "/orders?restype=container&comp=metadata",
    );
    assert_eq!(
        metadata.reply().status,
        200,
        "only deletion needs the lease"
    );
    let delete = asked(&context, Method::DELETE, path).with("x-ms-lease-id", &id);
    assert_eq!(delete.reply().status, 202);
}

#[test]
fn who_may_only_read_takes_no_lease() {
    let context = example();
    for path in ["/orders/hello.txt?comp=lease", CONTAINER] {
        let taken = lease(&context, path, "acquire", &[("lease-duration", "-1")]);
        assert_eq!(
            code(&taken),
            (403, "AuthorizationPermissionMismatch"),
            "{path}"
        );
    }
}
