//! Writing blobs on the example world.

use std::sync::Barrier;

use http::Method;

use super::md5::md5_base64;
use super::testing::*;

const ID: &str = "00000000-0000-4000-8000-0000000000f1";

#[test]
fn a_blob_is_written_read_and_overwritten() {
    let context = contributor();
    let sum = md5_base64(b"one");
    let first = put(&context, "/orders/new.txt", "one")
        .with("x-ms-blob-content-type", "text/x-one")
        .with("content-type", "application/x-ignored")
        .with("x-ms-blob-cache-control", "no-cache")
        .with("x-ms-blob-content-disposition", "attachment")
        .with("x-ms-meta-colour", "red")
        .with("content-md5", &sum)
        .with("x-ms-content-crc64", &super::crc64::crc64_base64(b"one"))
        .reply();
    assert_eq!(
        (first.status.as_u16(), header(&first, "content-md5")),
        (201, &*sum)
    );
    assert_eq!(header(&first, "x-ms-version"), "2026-10-06");
    let read = get(&context, "/orders/new.txt");
    assert_eq!(&read.body[..], b"one");
    for (name, value) in [
        ("etag", header(&first, "etag")),
        ("last-modified", header(&first, "last-modified")),
        ("content-type", "text/x-one"),
        ("content-md5", &sum),
        ("cache-control", "no-cache"),
        ("content-disposition", "attachment"),
        ("x-ms-access-tier", "Hot"),
    ] {
        assert_eq!(header(&read, name), value, "{name}");
    }
    assert_eq!(metadata(&read), ["colour=red"]);
    let second = put(&context, "/orders/new.txt", "two").reply();
    assert_ne!(header(&first, "etag"), header(&second, "etag"));
    let read = get(&context, "/orders/new.txt");
    assert_eq!((&read.body[..], metadata(&read).len()), (&b"two"[..], 0));
    assert_eq!(header(&read, "content-type"), "application/octet-stream");
}

#[test]
fn conditions_of_writes() {
    let context = contributor();
    let with = |name: &str, value: &str| put(&context, "/orders/c", "x").with(name, value).reply();
    assert_eq!(code(&with("if-match", "*")), (412, "ConditionNotMet"));
    let made = with("if-none-match", "*");
    assert_eq!(made.status, 201);
    assert_eq!(
        code(&with("if-none-match", "*")),
        (409, "BlobAlreadyExists")
    );
    let etag = header(&made, "etag").to_owned();
    assert_eq!(with("if-match", &etag).status, 201);
    assert_eq!(code(&with("if-match", &etag)), (412, "ConditionNotMet"));
    let (before, after) = (
        "Mon, 01 Jan 2018 00:00:00 GMT",
        "Fri, 01 Jan 2100 00:00:00 GMT",
    );
    assert_eq!(code(&with("if-unmodified-since", before)).0, 412);
    assert_eq!(code(&with("if-modified-since", after)).0, 412);
    assert_eq!(with("if-unmodified-since", after).status, 201);
    assert_eq!(
        code(&with("if-modified-since", "yesterday")),
        (400, "InvalidHeaderValue")
    );
    let two = put(&context, "/orders/c", "x").with("if-match", "*");
    assert_eq!(
        code(&two.with("if-none-match", "*").reply()),
        (400, "MultipleConditionHeadersNotSupported")
    );
    assert_eq!(
        code(&with("x-ms-lease-id", ID)),
        (412, "LeaseNotPresentWithBlobOperation")
    );
    let read = asked(&context, Method::GET, "/orders/c").with("if-modified-since", after);
    assert_eq!(read.reply().status, 304);
    let read = asked(&context, Method::GET, "/orders/c").with("if-unmodified-since", before);
    assert_eq!(code(&read.reply()).0, 412);
    let delete = asked(&context, Method::DELETE, "/orders/c").with("if-match", &etag);
    assert_eq!(code(&delete.reply()), (412, "ConditionNotMet"));
}

#[test]
fn headers_of_writes_are_judged() {
    let context = contributor();
    let with = |name: &str, value: &str| {
        let reply = put(&context, "/orders/c", "x").with(name, value).reply();
        (
            reply.status.as_u16(),
            header(&reply, "x-ms-error-code").to_owned(),
        )
    };
    let long = "x".repeat(9000);
    for (name, value, status, error) in [
        ("content-md5", "AAAA", 400, "InvalidMd5"),
        (
            "content-md5",
            "AAAAAAAAAAAAAAAAAAAAAA==",
            400,
            "Md5Mismatch",
        ),
        ("x-ms-content-crc64", "AAAAAAAAAAA=", 400, "Crc64Mismatch"),
        ("x-ms-meta-1st", "x", 400, "InvalidMetadata"),
        ("x-ms-meta-with-dash", "x", 400, "InvalidMetadata"),
        ("x-ms-meta-", "x", 400, "EmptyMetadataKey"),
        ("x-ms-meta-a", &long, 400, "MetadataTooLarge"),
        ("x-ms-access-tier", "Lukewarm", 400, "InvalidHeaderValue"),
        ("x-ms-blob-type", "Blob", 400, "InvalidHeaderValue"),
        ("x-ms-blob-type", "PageBlob", 400, "InvalidHeaderValue"),
        (
            "x-ms-copy-source",
            "https://x/y",
            404,
            "CannotVerifyCopySource",
        ),
        ("x-ms-copy-source", "x/y", 400, "InvalidHeaderValue"),
        ("x-ms-if-tags", "a='b'", 501, "NotImplemented"),
        ("x-ms-tags", "a=b", 403, "AuthorizationPermissionMismatch"),
    ] {
        assert_eq!(
            with(name, value),
            (status, error.to_owned()),
            "{name}: {value}"
        );
    }
    let untyped = asked(&context, Method::PUT, "/orders/c").reply();
    assert_eq!(code(&untyped), (400, "MissingRequiredHeader"));
    assert_eq!(code(&get(&context, "/orders/c")), (404, "BlobNotFound"));
    assert_eq!(
        code(&put(&context, "/nothing/c", "x").reply()),
        (404, "ContainerNotFound")
    );
}

#[test]
fn names_are_kept_exactly() {
    let context = contributor();
    for (path, same) in [
        ("/orders/a/b", "/orders/a%2Fb"),
        ("/orders/a//b", "/orders/a%2F%2Fb"),
        ("/orders/a/", "/orders/a%2F"),
        ("/orders/A%20%25%2B+%C3%A9", "/orders/A%20%25%2B%2B%c3%a9"),
    ] {
        assert_eq!(put(&context, path, "x").reply().status, 201, "{path}");
        assert_eq!(get(&context, same).status, 200, "{same}");
    }
    assert_eq!(get(&context, "/orders/a").status, 404, "no slash, no blob");
    assert_eq!(get(&context, "/orders/A/b").status, 404, "case counts");
    put(&context, "/orders/line%0Abreak%01", "x").reply();
    let list = text(&get(&context, "/orders?restype=container&comp=list"));
    for name in [
        "<Name>a//b</Name>",
        "<Name>a/</Name>",
        "<Name>A %++é</Name>",
    ] {
        assert!(list.contains(name), "{name} in {list}");
    }
    assert!(list.contains("<Name Encoded=\"true\">line%0Abreak%01</Name>"));
    assert!(roxmltree::Document::parse(list.trim_start_matches('\u{feff}')).is_ok());
    let longest = format!("/orders/{}", "é".repeat(1024).replace('é', "%C3%A9"));
    assert_eq!(put(&context, &longest, "x").reply().status, 201);
    assert_eq!(
        code(&put(&context, &format!("{longest}x"), "x").reply()),
        (400, "OutOfRangeInput")
    );
    let deep = format!("/orders/{}x", "d/".repeat(254));
    assert_eq!(code(&put(&context, &deep, "x").reply()).0, 400);
}

#[test]
fn metadata_and_headers_change_alone() {
    let context = contributor();
    let made = put(&context, "/orders/m", "body")
        .with("x-ms-meta-a", "b")
        .reply();
    let set = asked(&context, Method::PUT, "/orders/m?comp=metadata").with("x-ms-meta-c", "d");
    let set = set.reply();
    assert_eq!(set.status, 200);
    assert_ne!(header(&set, "etag"), header(&made, "etag"));
    let read = asked(&context, Method::GET, "/orders/m?comp=metadata").reply();
    assert_eq!((metadata(&read), read.body.len()), (vec!["c=d"], 0));
    let set = asked(&context, Method::PUT, "/orders/m?comp=properties")
        .with("x-ms-blob-content-language", "de")
        .reply();
    assert_eq!(set.status, 200);
    let read = asked(&context, Method::HEAD, "/orders/m").reply();
    assert_eq!(header(&read, "content-language"), "de");
    assert_eq!(header(&read, "content-md5"), "", "what is not given goes");
    assert_eq!(metadata(&read), ["c=d"]);
    let tier = asked(&context, Method::PUT, "/orders/m?comp=tier").with("x-ms-access-tier", "Cool");
    assert_eq!(tier.reply().status, 200);
    assert_eq!(
        header(&get(&context, "/orders/m"), "x-ms-access-tier"),
        "Cool"
    );
    let list = "/orders?restype=container&comp=list&include=metadata&prefix=m";
    let list = text(&get(&context, list));
    assert!(list.contains("<Metadata><c>d</c></Metadata>"), "{list}");
    let unknown = get(
        &context,
        "/orders?restype=container&comp=list&include=dreams",
    );
    assert_eq!(code(&unknown), (400, "InvalidQueryParameterValue"));
}

#[test]
fn deleting_needs_no_snapshots() {
    let context = contributor();
    put(&context, "/orders/d", "x").reply();
    let delete = |value: &str| {
        let ask = asked(&context, Method::DELETE, "/orders/d");
        ask.with("x-ms-delete-snapshots", value).reply()
    };
    assert_eq!(code(&delete("maybe")), (400, "InvalidHeaderValue"));
    assert_eq!(delete("include").status, 202);
    assert_eq!(code(&delete("include")), (404, "BlobNotFound"));
}

#[test]
fn writes_are_refused_by_way_and_by_tenant_first() {
    let context = contributor();
    let put = || {
        ask(&context, Method::PUT, &format!("{HOST}/orders/w"))
            .with("x-ms-version", "2026-10-06")
            .with("x-ms-blob-type", "BlockBlob")
    };
    let public = put().bearing(RESOURCE, WORKLOAD, Audience::Storage).reply();
    assert_eq!(code(&public), (403, "AuthorizationFailure"));
    let foreign = put().bearing(HOME, IDENTITY, Audience::Storage).by(PRIVATE);
    assert_eq!(code(&foreign.reply()), (401, "InvalidAuthenticationInfo"));
    assert_eq!(
        get(&context, "/orders/w").status,
        404,
        "nothing was written"
    );
}

#[test]
fn of_many_writers_with_one_condition_one_wins_and_nothing_is_torn() {
    const WRITERS: usize = 16;
    let context = contributor();
    let start = Barrier::new(WRITERS);
    let create = |path: &str, content: u8, condition: (&str, &str)| {
        start.wait();
        asked(&context, Method::PUT, path)
            .with("x-ms-blob-type", "BlockBlob")
            .with(condition.0, condition.1)
            .bytes(vec![content; 100_000])
            .reply()
            .status
            .as_u16()
    };
    let race = |condition: (&str, &str)| {
        std::thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let content = u8::try_from(writer).unwrap();
                    scope.spawn(move || create("/orders/race", content, condition))
                })
                .collect();
            let answers = writers.into_iter().map(|writer| writer.join().unwrap());
            answers.filter(|status| *status == 201).count()
        })
    };
    assert_eq!(race(("if-none-match", "*")), 1);
    for _ in 0..3 {
        let read = get(&context, "/orders/race");
        assert_eq!(read.body.len(), 100_000);
        assert!(read.body.iter().all(|byte| *byte == read.body[0]));
        let etag = header(&read, "etag").to_owned();
        assert_eq!(race(("if-match", &etag)), 1);
    }
}

#[test]
fn a_range_may_ask_for_its_checksum() {
    let context = contributor();
    put(&context, "/orders/r", "0123456789").reply();
    let ranged = asked(&context, Method::GET, "/orders/r")
        .with("x-ms-range", "bytes=2-4")
        .with("x-ms-range-get-content-md5", "true")
        .reply();
    assert_eq!(header(&ranged, "content-md5"), md5_base64(b"234"));
    assert_eq!(
        header(&ranged, "x-ms-blob-content-md5"),
        md5_base64(b"0123456789")
    );
    let whole =
        asked(&context, Method::GET, "/orders/r").with("x-ms-range-get-content-md5", "true");
    assert_eq!(code(&whole.reply()), (400, "InvalidHeaderValue"));
}
