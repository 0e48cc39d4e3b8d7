//! The blob service's answers and refusals on the example world.

use http::Method;

use crate::auth::Audience;
use crate::context::Context;
use crate::request::Reply;
use crate::services::testing::{
    Ask, HOME, IDENTITY, RESOURCE, RESOURCE_AUDITOR, WORKLOAD, ask, broken, changed, example, get,
    header,
};
use crate::world::Blob;

const HOST: &str = "stresource.blob.core.windows.net";
const HELLO: &str = "stresource.blob.core.windows.net/orders/hello.txt";
const PRIVATE: &str = "10.1.0.5";

fn as_workload(ask: Ask<'_>) -> Ask<'_> {
    ask.with("x-ms-version", "2024-08-04")
        .bearing(RESOURCE, WORKLOAD, Audience::Storage)
        .by(PRIVATE)
}

fn read(context: &Context, url: &str) -> Reply {
    as_workload(get(context, url)).reply()
}

fn code(reply: &Reply) -> (u16, &str) {
    (reply.status.as_u16(), header(reply, "x-ms-error-code"))
}

#[test]
fn the_workload_reads_the_blob_over_the_private_address() {
    let reply = read(&example(), HELLO);
    assert_eq!(
        (reply.status.as_u16(), &reply.body[..]),
        (200, &b"hello from Fabrikam\n"[..])
    );
    for (name, value) in [
        ("content-type", "text/plain"),
        ("x-ms-blob-type", "BlockBlob"),
        ("content-md5", "WUsc2ev1rCnFSPHTe7/oyw=="),
        ("x-ms-version", "2024-08-04"),
        ("last-modified", "Mon, 01 Jan 2024 00:00:00 GMT"),
    ] {
        assert!(!header(&reply, name).is_empty(), "{name}");
        if name != "content-md5" {
            assert_eq!(header(&reply, name), value, "{name}");
        }
    }
}

#[test]
fn an_account_of_a_disabled_subscription_is_disabled() {
    let context = broken("subscription-disabled", "resource/");
    assert_eq!(code(&read(&context, HELLO)), (403, "AccountIsDisabled"));
}

#[test]
fn ranges_are_cut_and_refused() {
    let context = changed(|world| {
        world
            .blobs
            .get_mut("stresource")
            .unwrap()
            .get_mut("orders")
            .unwrap()
            .insert("empty".to_owned(), Blob::of_text(""));
    });
    let ranged = |url: &str, name: &str, range: &str| {
        as_workload(get(&context, url)).with(name, range).reply()
    };
    let reply = ranged(HELLO, "x-ms-range", "bytes=0-33554431");
    assert_eq!(
        (reply.status.as_u16(), header(&reply, "content-range")),
        (206, "bytes 0-19/20")
    );
    assert!(
        header(&reply, "content-md5").is_empty(),
        "the checksum of the whole blob is not that of the range"
    );
    let reply = ranged(HELLO, "range", "bytes=6-9");
    assert_eq!(
        (&reply.body[..], header(&reply, "content-range")),
        (&b"from"[..], "bytes 6-9/20")
    );
    assert_eq!(
        code(&ranged(HELLO, "range", "bytes=20-")),
        (416, "InvalidRange")
    );
    let empty = format!("{HOST}/orders/empty");
    assert_eq!(
        code(&ranged(&empty, "x-ms-range", "bytes=0-33554431")),
        (416, "InvalidRange")
    );
    assert_eq!(read(&context, &empty).status, 200);
}

#[test]
fn conditions_compare_entity_tags() {
    let context = example();
    let etag = header(&read(&context, HELLO), "etag").to_owned();
    let with =
        |name: &str, value: &str| as_workload(get(&context, HELLO)).with(name, value).reply();
    assert_eq!(with("if-match", &etag).status, 200);
    assert_eq!(code(&with("if-match", "\"0x0\"")), (412, "ConditionNotMet"));
    assert_eq!(with("if-none-match", &etag).status, 304);
    assert_eq!(with("if-none-match", "\"0x0\"").status, 200);
}

#[test]
fn the_challenge_names_the_accounts_tenant_without_quotes() {
    let context = example();
    let reply = get(&context, HELLO)
        .with("x-ms-version", "2024-08-04")
        .by(PRIVATE)
        .reply();
    assert_eq!(code(&reply), (401, "NoAuthenticationInformation"));
    let expected = format!(
        "Bearer authorization_uri=https://login.microsoftonline.com/{RESOURCE}/oauth2/authorize resource_id=https://storage.azure.com"
    );
    assert_eq!(header(&reply, "www-authenticate"), expected);
    assert_eq!(
        code(&get(&context, HELLO).by(PRIVATE).reply()),
        (409, "PublicAccessNotPermitted")
    );
    let other = get(&context, HELLO)
        .with("x-ms-version", "2024-08-04")
        .bearing(HOME, IDENTITY, Audience::Storage);
    let reply = other.by(PRIVATE).reply();
    assert_eq!(code(&reply), (401, "InvalidAuthenticationInfo"));
    assert!(String::from_utf8_lossy(&reply.body).contains("Issuer validation failed"));
}

#[test]
fn the_way_comes_first_then_the_role_then_existence() {
    let context = example();
    let public = get(&context, HELLO).with("x-ms-version", "2024-08-04");
    assert_eq!(
        code(
            &public
                .bearing(RESOURCE, WORKLOAD, Audience::Storage)
                .reply()
        ),
        (403, "AuthorizationFailure")
    );
    assert_eq!(
        code(&as_workload(get(&context, HELLO)).by("10.1.0.4").reply()),
        (403, "AuthorizationFailure")
    );
    assert_eq!(
        code(&read(&broken("private-endpoint-rejected", "blob"), HELLO)),
        (403, "AuthorizationFailure")
    );
    assert_eq!(
        code(&read(
            &broken("private-endpoint-wrong-group", "blob"),
            HELLO
        )),
        (403, "AuthorizationFailure")
    );
    let nothing = format!("{HOST}/nothing/at-all");
    let auditor = get(&context, &nothing)
        .with("x-ms-version", "2024-08-04")
        .by(PRIVATE);
    let auditor = auditor
        .bearing(RESOURCE, RESOURCE_AUDITOR, Audience::Storage)
        .reply();
    assert_eq!(code(&auditor), (403, "AuthorizationPermissionMismatch"));
    assert_eq!(
        code(&read(&broken("container-missing", "orders"), HELLO)),
        (404, "ContainerNotFound")
    );
    assert_eq!(
        code(&read(&broken("blob-missing", "hello"), HELLO)),
        (404, "BlobNotFound")
    );
    assert_eq!(
        code(
            &as_workload(get(&context, HELLO))
                .with("x-ms-version", "2011-08-18")
                .reply()
        )
        .0,
        400
    );
}

#[test]
fn roles_decide_and_management_roles_do_not() {
    for fault in [
        "role-missing",
        "role-on-other-scope",
        "role-to-home-service-principal",
        "role-to-managed-identity",
        "role-owner-instead",
        "role-reader-instead",
        "role-behind-condition",
        "role-custom-not-data-actions",
    ] {
        assert_eq!(
            code(&read(&broken(fault, "stresource"), HELLO)),
            (403, "AuthorizationPermissionMismatch"),
            "{fault}"
        );
    }
}

/// The portal's condition for reading the blobs of one container says nothing about listing.
#[test]
fn a_condition_may_let_list_what_it_does_not_let_read() {
    let context = changed(|world| {
        let role = world
            .resources
            .iter_mut()
            .find(|it| it.id().ends_with("000000000004") && it.id().contains("stresource"));
        let condition = "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND NOT SubOperationMatches{'Blob.List'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'invoices'))";
        role.unwrap().body["properties"]["condition"] = condition.into();
    });
    assert_eq!(
        code(&read(&context, HELLO)),
        (403, "AuthorizationPermissionMismatch")
    );
    let list = format!("{HOST}/orders?restype=container&comp=list");
    assert_eq!(read(&context, &list).status, 200);
}

#[test]
fn an_error_to_head_has_its_code_in_the_header_alone() {
    let context = example();
    let reply = as_workload(ask(
        &context,
        Method::HEAD,
        &format!("{HOST}/orders/nothing"),
    ))
    .reply();
    assert_eq!((code(&reply), reply.body.len()), ((404, "BlobNotFound"), 0));
    let reply = read(&context, &format!("{HOST}/orders/%3Cnothing%3E"));
    assert!(String::from_utf8_lossy(&reply.body).contains("<Error><Code>BlobNotFound</Code>"));
}

#[test]
fn lists_are_xml_with_prefixes_folders_and_pages() {
    let context = changed(|world| {
        let orders = world
            .blobs
            .get_mut("stresource")
            .unwrap()
            .get_mut("orders")
            .unwrap();
        for name in ["2026/a&b.txt", "2026/c.txt", "zzz"] {
            orders.insert(name.to_owned(), Blob::of_text("x"));
        }
    });
    let list = |query: &str| {
        let reply = read(
            &context,
            &format!("{HOST}/orders?restype=container&comp=list{query}"),
        );
        assert_eq!(reply.status, 200, "{query}");
        String::from_utf8_lossy(&reply.body).into_owned()
    };
    let all = list("");
    assert!(
        all.contains("<Name>2026/a&amp;b.txt</Name>") && all.contains("<NextMarker></NextMarker>"),
        "{all}"
    );
    let folders = list("&delimiter=/");
    assert_eq!(
        folders
            .matches("<BlobPrefix><Name>2026/</Name></BlobPrefix>")
            .count(),
        1,
        "{folders}"
    );
    let first = list("&maxresults=2");
    let marker = first.split_once("<NextMarker>").unwrap().1;
    let marker = marker.split_once('<').unwrap().0;
    let second = list(&format!("&marker={marker}"));
    assert_eq!(second.matches("<Blob>").count(), 2);
    assert!(second.contains("<Name>hello.txt</Name>"), "{second}");
    assert_eq!(list("&startFrom=hello.txt").matches("<Blob>").count(), 2);
    assert_eq!(list("&prefix=2026/").matches("<Blob>").count(), 2);
    let containers =
        String::from_utf8_lossy(&read(&context, &format!("{HOST}/?comp=list")).body).into_owned();
    assert!(
        containers.contains("<Container><Name>orders</Name>"),
        "{containers}"
    );
}

#[test]
fn what_is_not_built_says_so() {
    let context = example();
    let reply = read(&context, &format!("{HELLO}?comp=query"));
    assert_eq!(code(&reply), (501, "NotImplemented"));
    assert!(String::from_utf8_lossy(&reply.body).contains("comp=query"));
}
