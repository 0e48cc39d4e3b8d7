//! Snapshots and tags on the example world.

use http::Method;

use super::testing::*;

fn snapshot(context: &Context, path: &str) -> String {
    let taken = asked(context, Method::PUT, &format!("{path}?comp=snapshot")).reply();
    assert_eq!(taken.status, 201);
    header(&taken, "x-ms-snapshot").to_owned()
}

#[test]
fn a_snapshot_keeps_what_was() {
    let context = contributor();
    let first = put(&context, "/orders/s", "one")
        .with("x-ms-meta-a", "b")
        .reply();
    let time = snapshot(&context, "/orders/s");
    let other = snapshot(&context, "/orders/s");
    assert!(time < other, "{time} {other}");
    assert_eq!(time.len(), "2024-01-01T00:00:00.0000000Z".len());
    put(&context, "/orders/s", "two").reply();
    let read = get(&context, &format!("/orders/s?snapshot={time}"));
    assert_eq!(text(&read), "one");
    assert_eq!(header(&read, "etag"), header(&first, "etag"));
    assert_eq!(
        (metadata(&read), header(&read, "x-ms-lease-state")),
        (vec!["a=b"], "")
    );
    assert_eq!(text(&get(&context, "/orders/s")), "two");
    let none = get(&context, "/orders/s?snapshot=2020-01-01T00:00:00.0000000Z");
    assert_eq!(code(&none), (404, "BlobNotFound"));
    let delete = |path: &str, how: Option<&str>| {
        let ask = asked(&context, Method::DELETE, path);
        let ask = match how {
            Some(how) => ask.with("x-ms-delete-snapshots", how),
            None => ask,
        };
        ask.reply()
    };
    assert_eq!(code(&delete("/orders/s", None)), (409, "SnapshotsPresent"));
    let one = format!("/orders/s?snapshot={time}");
    assert_eq!(code(&delete(&one, Some("only"))).0, 400);
    assert_eq!(delete(&one, None).status, 202);
    assert_eq!(get(&context, &one).status, 404);
    assert_eq!(delete("/orders/s", Some("only")).status, 202);
    assert_eq!(get(&context, "/orders/s").status, 200);
    assert_eq!(delete("/orders/s", None).status, 202);
}

#[test]
fn lists_show_snapshots_when_they_are_asked_for_page_by_page() {
    let context = contributor();
    for name in ["s1", "s2"] {
        put(&context, &format!("/orders/{name}"), "x").reply();
        snapshot(&context, &format!("/orders/{name}"));
        snapshot(&context, &format!("/orders/{name}"));
    }
    let plain = text(&get(
        &context,
        "/orders?restype=container&comp=list&prefix=s",
    ));
    assert_eq!(
        (
            plain.matches("<Blob>").count(),
            plain.matches("<Snapshot>").count()
        ),
        (2, 0)
    );
    let mut seen = Vec::new();
    let mut marker = String::new();
    loop {
        let page = text(&get(
            &context,
            &format!(
                "/orders?restype=container&comp=list&include=snapshots&prefix=s&maxresults=1&marker={marker}"
            ),
        ));
        let document = roxmltree::Document::parse(page.trim_start_matches('\u{feff}')).unwrap();
        let of = |name: &str| {
            let found = document.descendants().find(|it| it.has_tag_name(name));
            found
                .and_then(|it| it.text())
                .unwrap_or_default()
                .to_owned()
        };
        seen.push((of("Name"), of("Snapshot")));
        marker = of("NextMarker");
        if marker.is_empty() {
            break;
        }
    }
    let names: Vec<_> = seen.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["s1", "s1", "s1", "s2", "s2", "s2"], "{seen:?}");
    let bases: Vec<_> = seen.iter().map(|(_, time)| time.is_empty()).collect();
    assert_eq!(bases, [false, false, true, false, false, true], "{seen:?}");
}

#[test]
fn nothing_deleted_comes_back() {
    let context = contributor();
    put(&context, "/orders/u", "x").reply();
    let undelete = || asked(&context, Method::PUT, "/orders/u?comp=undelete").reply();
    assert_eq!(undelete().status, 200);
    asked(&context, Method::DELETE, "/orders/u").reply();
    assert_eq!(code(&undelete()), (404, "BlobNotFound"));
}

const TAGS: &str =
    "<Tags><TagSet><Tag><Key>state</Key><Value>new one</Value></Tag></TagSet></Tags>";

#[test]
fn tags_are_set_read_and_listed() {
    let context = with_role(OWNER);
    let made = put(&context, "/orders/t", "x")
        .with("x-ms-tags", "a=b+c&d=%2F")
        .reply();
    assert_eq!(made.status, 201);
    let read = text(&get(&context, "/orders/t?comp=tags"));
    assert!(
        read.contains("<Tag><Key>a</Key><Value>b c</Value></Tag>"),
        "{read}"
    );
    assert_eq!(header(&get(&context, "/orders/t"), "x-ms-tag-count"), "2");
    let set = |body: &'static str| {
        asked(&context, Method::PUT, "/orders/t?comp=tags")
            .bytes(body)
            .reply()
    };
    assert_eq!(set(TAGS).status, 204);
    let read = get(&context, "/orders/t");
    assert_eq!(
        (header(&read, "x-ms-tag-count"), header(&read, "etag")),
        ("1", header(&made, "etag"))
    );
    let list = text(&get(
        &context,
        "/orders?restype=container&comp=list&include=tags&prefix=t",
    ));
    assert!(list.contains("<Value>new one</Value>"), "{list}");
    assert_eq!(code(&set("<Tags/>")), (400, "InvalidXmlDocument"));
    let bad = "<Tags><TagSet><Tag><Key>a</Key><Value>?</Value></Tag></TagSet></Tags>";
    assert_eq!(code(&set(bad)), (400, "InvalidTags"));
}

#[test]
fn the_right_to_write_blobs_is_none_to_their_tags() {
    let context = contributor();
    put(&context, "/orders/t", "x").reply();
    let refused = (403, "AuthorizationPermissionMismatch");
    let set = asked(&context, Method::PUT, "/orders/t?comp=tags")
        .bytes(TAGS)
        .reply();
    assert_eq!(code(&set), refused);
    assert_eq!(code(&get(&context, "/orders/t?comp=tags")), refused);
    let list = get(&context, "/orders?restype=container&comp=list&include=tags");
    assert_eq!(code(&list), refused);
    let reader = example();
    let snapshot = asked(&reader, Method::PUT, "/orders/hello.txt?comp=snapshot").reply();
    assert_eq!(code(&snapshot), refused);
}
