//! Writing containers and blobs on the example world.

use std::sync::Barrier;

use http::Method;

use super::md5::md5_base64;
use crate::auth::Audience;
use crate::context::Context;
use crate::request::Reply;
use crate::services::testing::{
    Ask, HOME, IDENTITY, RESOURCE, WORKLOAD, ask, changed, example, header, mock,
};

const HOST: &str = "stresource.blob.core.windows.net";
const PRIVATE: &str = "10.1.0.5";
const CONTRIBUTOR: &str = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";

/// The workload with another role on the account.
fn with_role(role: &str) -> Context {
    changed(|world| {
        for resource in &mut world.resources {
            let is_role = resource.id().contains("/storageAccounts/stresource/")
                && resource.id().contains("/roleAssignments/");
            if is_role && resource.body["properties"]["principalId"] == WORKLOAD {
                let role = format!("/providers/Microsoft.Authorization/roleDefinitions/{role}");
                resource.body["properties"]["roleDefinitionId"] = role.into();
            }
        }
    })
}

fn contributor() -> Context {
    with_role(CONTRIBUTOR)
}

fn asked<'a>(context: &'a Context, method: Method, path: &str) -> Ask<'a> {
    ask(context, method, &format!("{HOST}{path}"))
        .with("x-ms-version", "2026-10-06")
        .bearing(RESOURCE, WORKLOAD, Audience::Storage)
        .by(PRIVATE)
}

fn put<'a>(context: &'a Context, path: &str, body: &'static str) -> Ask<'a> {
    asked(context, Method::PUT, path)
        .with("x-ms-blob-type", "BlockBlob")
        .bytes(body)
}

fn get(context: &Context, path: &str) -> Reply {
    asked(context, Method::GET, path).reply()
}

fn code(reply: &Reply) -> (u16, &str) {
    (reply.status.as_u16(), header(reply, "x-ms-error-code"))
}

fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body).into_owned()
}

fn metadata(reply: &Reply) -> Vec<&str> {
    let meta = reply.headers.iter().filter(|it| it.0 == Reply::METADATA);
    meta.map(|(_, text)| text.as_str()).collect()
}

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
        ("x-ms-blob-type", "PageBlob", 501, "NotImplemented"),
        ("x-ms-copy-source", "https://x/y", 501, "NotImplemented"),
        ("x-ms-tags", "a=b", 501, "NotImplemented"),
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
fn blocks_become_a_blob() {
    let context = contributor();
    let block = |id: &str, body: &'static str| {
        let path = format!("/orders/big?comp=block&blockid={id}");
        asked(&context, Method::PUT, &path).bytes(body).reply()
    };
    assert_eq!(block("QUFB", "one-").status, 201);
    assert_eq!(block("QUFC", "two").status, 201);
    assert_eq!(code(&block("QUFBQUFB", "x")), (400, "InvalidBlobOrBlock"));
    assert_eq!(code(&block("!", "x")), (400, "InvalidBlockId"));
    assert_eq!(code(&block("", "x")), (400, "InvalidQueryParameterValue"));
    assert_eq!(code(&block("QUFD", "")), (400, "InvalidHeaderValue"));
    assert_eq!(code(&get(&context, "/orders/big")), (404, "BlobNotFound"));
    let lists = "/orders/big?comp=blocklist&blocklisttype=all";
    let waiting = text(&get(&context, lists));
    assert!(
        waiting.contains("<UncommittedBlocks><Block><Name>QUFB</Name><Size>4</Size>"),
        "{waiting}"
    );
    let commit = |ids: &str| {
        let xml = format!("<?xml version=\"1.0\"?><BlockList>{ids}</BlockList>");
        asked(&context, Method::PUT, "/orders/big?comp=blocklist")
            .with("x-ms-blob-content-type", "text/plain")
            .with("content-type", "application/xml")
            .with("x-ms-meta-a", "b")
            .bytes(xml)
    };
    assert_eq!(
        code(&commit("<Latest>QUFE</Latest>").reply()),
        (400, "InvalidBlockList")
    );
    assert_eq!(
        code(&commit("<Other>QUFB</Other>").reply()),
        (400, "InvalidXmlDocument")
    );
    let reply = commit("<Latest>QUFB</Latest><Uncommitted>QUFC</Uncommitted>")
        .with("if-none-match", "*")
        .reply();
    assert_eq!(reply.status, 201, "{}", text(&reply));
    let read = get(&context, "/orders/big");
    assert_eq!(&read.body[..], b"one-two");
    assert_eq!(header(&read, "content-type"), "text/plain");
    assert_eq!(header(&read, "content-md5"), "");
    assert_eq!(metadata(&read), ["a=b"]);
    let again = commit("<Committed>QUFC</Committed><Latest>QUFB</Latest><Latest>QUFC</Latest>");
    assert_eq!(again.reply().status, 201);
    assert_eq!(&get(&context, "/orders/big").body[..], b"twoone-two");
    let listed = text(&get(&context, lists));
    assert_eq!(listed.matches("<Block>").count(), 3, "{listed}");
    assert_eq!(
        code(&commit("<Uncommitted>QUFB</Uncommitted>").reply()),
        (400, "InvalidBlockList")
    );
}

/// One block named 50,000 times would be far larger than any machine: nothing is copied for it.
#[test]
fn a_block_list_cannot_blow_up() {
    let context = contributor();
    let body = vec![0_u8; 1 << 20];
    let block = asked(
        &context,
        Method::PUT,
        "/orders/x?comp=block&blockid=QQ%3D%3D",
    );
    assert_eq!(block.bytes(body).reply().status, 201);
    let commit = |times: usize| {
        let xml = format!(
            "<BlockList>{}</BlockList>",
            "<Latest>QQ==</Latest>".repeat(times)
        );
        let reply = asked(&context, Method::PUT, "/orders/x?comp=blocklist");
        let reply = reply.bytes(xml).reply();
        (
            reply.status.as_u16(),
            header(&reply, "x-ms-error-code").to_owned(),
        )
    };
    assert_eq!(commit(50_000), (413, "RequestBodyTooLarge".to_owned()));
    assert_eq!(commit(50_001), (400, "BlockListTooLong".to_owned()));
    let entity = "<!DOCTYPE b [<!ENTITY a \"x\">]><BlockList><Latest>&a;</Latest></BlockList>";
    let reply = asked(&context, Method::PUT, "/orders/x?comp=blocklist");
    assert_eq!(
        code(&reply.bytes(entity).reply()),
        (400, "InvalidXmlDocument")
    );
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
fn containers_come_and_go() {
    let context = contributor();
    let put = |path: &str| {
        let ask = asked(&context, Method::PUT, &format!("{path}?restype=container"));
        let reply = ask.with("x-ms-meta-team", "red").reply();
        (
            reply.status.as_u16(),
            header(&reply, "x-ms-error-code").to_owned(),
        )
    };
    assert_eq!(put("/fresh"), (201, String::new()));
    assert_eq!(put("/fresh"), (409, "ContainerAlreadyExists".to_owned()));
    for (name, error) in [
        ("/Fresh", "InvalidResourceName"),
        ("/fr--esh", "InvalidResourceName"),
        ("/-fresh", "InvalidResourceName"),
        ("/fr_esh", "InvalidResourceName"),
        ("/fr", "OutOfRangeInput"),
        (&format!("/{}", "f".repeat(64)), "OutOfRangeInput"),
    ] {
        assert_eq!(put(name), (400, error.to_owned()), "{name}");
    }
    let read = get(&context, "/fresh?restype=container");
    assert_eq!(
        (read.status.as_u16(), metadata(&read)),
        (200, vec!["team=red"])
    );
    let set = asked(
        &context,
        Method::PUT,
        "/fresh?restype=container&comp=metadata",
    );
    let set = set.with("x-ms-meta-team", "blue").reply();
    assert_ne!(header(&set, "etag"), header(&read, "etag"));
    let list = text(&get(&context, "/?comp=list&include=metadata&prefix=fre"));
    assert!(
        list.contains("<Metadata><team>blue</team></Metadata>"),
        "{list}"
    );
    let open = asked(&context, Method::PUT, "/open?restype=container");
    assert_eq!(
        code(&open.with("x-ms-blob-public-access", "blob").reply()),
        (409, "PublicAccessNotPermitted")
    );
    let delete = || asked(&context, Method::DELETE, "/fresh?restype=container").reply();
    assert_eq!(delete().status, 202);
    assert_eq!(code(&delete()), (404, "ContainerNotFound"));
    assert_eq!(code(&get(&context, "/fresh/x")), (404, "ContainerNotFound"));
}

#[test]
fn roles_tell_readers_writers_and_adders() {
    let context = example();
    let writes = |context: &Context| {
        [
            put(context, "/orders/w", "x").reply(),
            asked(
                context,
                Method::PUT,
                "/orders/w?comp=block&blockid=QQ%3D%3D",
            )
            .bytes("x")
            .reply(),
            asked(context, Method::PUT, "/orders/w?comp=blocklist")
                .bytes("<BlockList/>")
                .reply(),
            asked(context, Method::PUT, "/orders/w?comp=metadata").reply(),
            asked(context, Method::PUT, "/orders/w?comp=properties").reply(),
            asked(context, Method::PUT, "/orders/w?comp=tier")
                .with("x-ms-access-tier", "Hot")
                .reply(),
            asked(context, Method::DELETE, "/orders/w").reply(),
            asked(context, Method::PUT, "/orders2?restype=container").reply(),
            asked(
                context,
                Method::PUT,
                "/orders?restype=container&comp=metadata",
            )
            .reply(),
            asked(context, Method::DELETE, "/orders?restype=container").reply(),
        ]
    };
    for reply in writes(&context) {
        assert_eq!(code(&reply), (403, "AuthorizationPermissionMismatch"));
    }
    for (at, reply) in writes(&contributor()).iter().enumerate() {
        assert!(reply.status.is_success(), "{at}: {}", text(reply));
    }
    let information = "/?restype=account&comp=properties";
    let service = "/?restype=service&comp=properties";
    for path in [information, service] {
        let refused = get(&contributor(), path);
        assert_eq!(
            code(&refused),
            (403, "AuthorizationPermissionMismatch"),
            "{path}"
        );
    }
    let owner = with_role("17d1049b-9a84-46fb-8f53-869881c3d3ab");
    let reply = get(&owner, information);
    assert_eq!(header(&reply, "x-ms-account-kind"), "StorageV2");
    assert!(text(&get(&owner, service)).contains("<StorageServiceProperties>"));
}

#[test]
fn whoever_may_only_add_replaces_nothing() {
    let context = {
        let mut world = crate::world::example();
        let role = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/providers/Microsoft.Authorization/roleDefinitions/0a000000-0000-4000-8000-00000000000a";
        for resource in &mut world.resources {
            let is_role = resource.id().contains("/storageAccounts/stresource/")
                && resource.id().contains("/roleAssignments/");
            if is_role && resource.body["properties"]["principalId"] == WORKLOAD {
                resource.body["properties"]["roleDefinitionId"] = role.into();
            }
        }
        let body = serde_json::json!({"id": role, "properties": {"roleName": "Adder",
            "type": "CustomRole", "permissions": [{"actions": [], "notActions": [],
            "dataActions": ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action"],
            "notDataActions": []}],
            "assignableScopes": ["/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb"]}});
        world.resources.push(crate::world::Resource {
            body: body.as_object().unwrap().clone(),
        });
        mock(&world)
    };
    assert_eq!(put(&context, "/orders/n", "x").reply().status, 201);
    assert_eq!(
        code(&put(&context, "/orders/n", "y").reply()),
        (403, "AuthorizationPermissionMismatch")
    );
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
fn folders_are_stepped_over_and_pages_lose_nothing() {
    let context = contributor();
    for name in ["a", "b/1", "b/2", "b/3", "b0", "c/x/1", "c/y/1", "d"] {
        put(&context, &format!("/orders/p/{name}"), "x").reply();
    }
    let mut seen = Vec::new();
    let mut marker = String::new();
    loop {
        let path = format!(
            "/orders?restype=container&comp=list&prefix=p/&delimiter=/&maxresults=2&marker={marker}"
        );
        let list = text(&get(&context, &path));
        let document = roxmltree::Document::parse(list.trim_start_matches('\u{feff}')).unwrap();
        let named = |name: &str| {
            let nodes = document.descendants().filter(|it| it.has_tag_name(name));
            nodes
                .filter_map(|it| it.text().map(str::to_owned))
                .collect::<Vec<_>>()
        };
        seen.extend(named("Name"));
        match named("NextMarker").pop() {
            Some(next) => marker = next,
            None => break,
        }
    }
    assert_eq!(seen, ["p/a", "p/b/", "p/b0", "p/c/", "p/d"]);
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

/// A batch of these request lines, each with the token of the workload unless it says otherwise.
fn batch(context: &Context, path: &str, lines: &[(&str, bool)]) -> Reply {
    let token = crate::services::testing::token(context, RESOURCE, WORKLOAD, Audience::Storage);
    let part = |(number, (line, with_token)): (usize, &(&str, bool))| {
        let token = if *with_token {
            format!("Authorization: Bearer {token}\r\n")
        } else {
            String::new()
        };
        format!(
            "--batch_x\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: {number}\r\n\r\n{line} HTTP/1.1\r\nx-ms-access-tier: Cool\r\n{token}Content-Length: 0\r\n\r\n"
        )
    };
    let body: String = lines.iter().enumerate().map(part).collect();
    asked(context, Method::POST, path)
        .with("content-type", "multipart/mixed; boundary=batch_x")
        .bytes(body + "--batch_x--\r\n")
        .reply()
}

#[test]
fn a_batch_answers_each_of_its_parts() {
    let context = contributor();
    for name in ["1", "2%20x"] {
        put(&context, &format!("/orders/{name}"), "x").reply();
    }
    let within = "/orders?restype=container&comp=batch";
    let lines = [
        ("DELETE /orders/1", true),
        ("DELETE /orders/none", true),
        ("DELETE /orders/2%20x", false),
    ];
    let reply = batch(&context, within, &lines);
    let body = text(&reply);
    assert_eq!(reply.status, 202, "{body}");
    let statuses: Vec<_> = body
        .lines()
        .filter_map(|line| line.strip_prefix("HTTP/1.1 "))
        .map(|line| &line[..3])
        .collect();
    assert_eq!(statuses, ["202", "404", "401"], "{body}");
    assert!(body.contains("x-ms-error-code: BlobNotFound"), "{body}");
    assert_eq!(get(&context, "/orders/1").status, 404);
    assert_eq!(get(&context, "/orders/2%20x").status, 200);
    let tiers = [("PUT /orders/2%20x?comp=tier", true)];
    assert_eq!(batch(&context, "/?comp=batch", &tiers).status, 202);
    assert_eq!(batch(&context, within, &tiers).status, 202);
    let read = get(&context, "/orders/2%20x");
    assert_eq!(header(&read, "x-ms-access-tier"), "Cool");
}

#[test]
fn batches_that_cannot_be_read_do_nothing() {
    let context = contributor();
    let within = "/orders?restype=container&comp=batch";
    let one = ("DELETE /orders/hello.txt", true);
    for lines in [
        vec![],
        vec![one, ("PUT /orders/hello.txt?comp=tier", true)],
        vec![one, ("GET /orders/hello.txt", true)],
        vec![one, ("PUT /orders/hello.txt", true)],
        vec![one, ("DELETE /other/hello.txt", true)],
        vec![one, ("DELETE /orders/..%2Fx", true)],
        vec![one, ("nonsense", true)],
    ] {
        let reply = batch(&context, within, &lines);
        assert_eq!(code(&reply), (400, "InvalidInput"), "{lines:?}");
    }
    let reply = batch(&context, within, &vec![one; 257]);
    assert_eq!(code(&reply), (400, "ExceedsMaxBatchRequestCount"));
    let untyped = asked(&context, Method::POST, within).bytes("x").reply();
    assert_eq!(code(&untyped), (400, "InvalidHeaderValue"));
    assert_eq!(get(&context, "/orders/hello.txt").status, 200);
    assert_eq!(
        code(&batch(&example(), within, &[one])),
        (403, "AuthorizationPermissionMismatch")
    );
}

/// Every element of a list, and every header of a blob, is one that the specification has. Runs when `XTENANT_SPECS` is
/// set.
#[test]
fn shapes_are_those_of_the_specification() {
    use crate::services::arm::conformance::Spec;
    let Some(folder) = crate::services::testing::specifications() else {
        return;
    };
    let spec = Spec::load(folder.join(super::SPEC));
    let context = contributor();
    put(&context, "/orders/s", "x")
        .with("x-ms-blob-content-language", "de")
        .reply();
    let known = |definition: &str| {
        let properties = &spec.document["definitions"][definition]["properties"];
        properties
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    for (path, item, definition) in [
        (
            "/orders?restype=container&comp=list",
            "Blob",
            "BlobPropertiesInternal",
        ),
        ("/?comp=list", "Container", "ContainerProperties"),
    ] {
        let list = text(&get(&context, path));
        let document = roxmltree::Document::parse(list.trim_start_matches('\u{feff}')).unwrap();
        let items = document.descendants().filter(|it| it.has_tag_name(item));
        let properties = items
            .flat_map(|it| it.children())
            .filter(|it| it.has_tag_name("Properties"));
        let elements = properties.flat_map(|it| it.children().collect::<Vec<_>>());
        let names: Vec<_> = elements.map(|it| it.tag_name().name().to_owned()).collect();
        assert!(names.len() > 5, "{list}");
        let unknown: Vec<_> = names
            .iter()
            .filter(|it| !known(definition).contains(it))
            .collect();
        assert!(unknown.is_empty(), "{definition}: {unknown:?}");
    }
    let responses = &spec.document["x-ms-paths"]["/{containerName}/{blob}"]["get"]["responses"];
    let documented = responses["200"]["headers"].as_object().unwrap();
    for (name, _) in &get(&context, "/orders/s").headers {
        // Access tiers are documented for HEAD alone, and sent to GET as well.
        let is_known = documented.keys().any(|it| it.eq_ignore_ascii_case(name));
        assert!(is_known || name.starts_with("x-ms-access-tier"), "{name}");
    }
}
