//! Copies on the example world.

use http::Method;

use super::md5::md5_base64;
use super::testing::*;

fn source(path: &str) -> String {
    format!("https://{HOST}{path}")
}

fn copy<'a>(context: &'a Context, path: &str, from: &str) -> Ask<'a> {
    asked(context, Method::PUT, path).with("x-ms-copy-source", from)
}

#[test]
fn a_copy_has_what_its_source_has_and_says_where_it_is_from() {
    let context = contributor();
    put(&context, "/orders/from x", "content")
        .with("x-ms-meta-a", "b")
        .with("x-ms-blob-content-type", "text/x-from")
        .reply();
    let from = source("/orders/from%20x");
    let copied = copy(&context, "/orders/to", &from)
        .with("x-ms-requires-sync", "true")
        .reply();
    assert_eq!(
        (copied.status.as_u16(), header(&copied, "x-ms-copy-status")),
        (202, "success")
    );
    let read = get(&context, "/orders/to");
    assert_eq!(
        (text(&read), metadata(&read)),
        ("content".to_owned(), vec!["a=b"])
    );
    for (name, value) in [
        ("content-type", "text/x-from"),
        ("x-ms-copy-id", header(&copied, "x-ms-copy-id")),
        ("x-ms-copy-source", &from),
        ("x-ms-copy-progress", "7/7"),
    ] {
        assert_eq!(header(&read, name), value, "{name}");
    }
    let own = copy(&context, "/orders/to", &from)
        .with("x-ms-meta-c", "d")
        .reply();
    assert_eq!(own.status, 202);
    assert_eq!(metadata(&get(&context, "/orders/to")), ["c=d"]);
    let abort = asked(&context, Method::PUT, "/orders/to?comp=copy&copyid=x")
        .with("x-ms-copy-action", "abort")
        .reply();
    assert_eq!(code(&abort), (409, "NoPendingCopyOperation"));
}

#[test]
fn sources_that_cannot_be_read_are_told() {
    let context = contributor();
    let tried = |from: &str| {
        let reply = copy(&context, "/orders/to", from).reply();
        (
            reply.status.as_u16(),
            header(&reply, "x-ms-error-code").to_owned(),
        )
    };
    let unverified = |status: u16| (status, "CannotVerifyCopySource".to_owned());
    assert_eq!(tried(&source("/orders/nothing")), unverified(404));
    assert_eq!(tried(&source("/nothing/x")), unverified(404));
    assert_eq!(
        tried("https://other.blob.core.windows.net/c/b"),
        unverified(404)
    );
    assert_eq!(tried("https://example.com/c/b"), unverified(404));
    assert_eq!(tried("http://stresource/x").0, 400);
    let forged = copy(&context, "/orders/to", &source("/orders/hello.txt"))
        .with("x-ms-copy-source-authorization", "Bearer x")
        .reply();
    assert_eq!(code(&forged), (403, "CannotVerifyCopySource"));
    let unmet = copy(&context, "/orders/to", &source("/orders/hello.txt"))
        .with("x-ms-source-if-match", "\"x\"")
        .reply();
    assert_eq!(code(&unmet), (412, "SourceConditionNotMet"));
    assert_eq!(
        get(&context, "/orders/to").status,
        404,
        "nothing was written"
    );
}

#[test]
fn blobs_and_blocks_are_put_from_a_source() {
    let context = contributor();
    put(&context, "/orders/from", "0123456789").reply();
    let from = source("/orders/from");
    let whole = copy(&context, "/orders/to", &from)
        .with("x-ms-blob-type", "BlockBlob")
        .with("x-ms-source-content-md5", &md5_base64(b"0123456789"))
        .reply();
    assert_eq!(whole.status, 201);
    assert_eq!(text(&get(&context, "/orders/to")), "0123456789");
    assert_eq!(header(&get(&context, "/orders/to"), "x-ms-copy-id"), "");
    let wrong = copy(&context, "/orders/to", &from)
        .with("x-ms-blob-type", "BlockBlob")
        .with("x-ms-source-content-md5", &md5_base64(b"x"))
        .reply();
    assert_eq!(code(&wrong), (400, "Md5Mismatch"));
    let block = copy(&context, "/orders/b?comp=block&blockid=AAAA", &from)
        .with("x-ms-source-range", "bytes=2-4")
        .reply();
    assert_eq!(block.status, 201);
    let list = "<BlockList><Latest>AAAA</Latest></BlockList>";
    put(&context, "/orders/b?comp=blocklist", list).reply();
    assert_eq!(text(&get(&context, "/orders/b")), "234");
    let elsewhere = copy(&context, "/orders/b?comp=metadata", &from).reply();
    assert_eq!(code(&elsewhere), (501, "NotImplemented"));
}

#[test]
fn a_copy_needs_the_right_to_write() {
    let context = example();
    let refused = copy(&context, "/orders/to", &source("/orders/hello.txt")).reply();
    assert_eq!(code(&refused), (403, "AuthorizationPermissionMismatch"));
}
