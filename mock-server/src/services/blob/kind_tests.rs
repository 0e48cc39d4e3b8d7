//! Append and page blobs on the example world.

use http::Method;

use super::testing::*;

fn create<'a>(context: &'a Context, path: &str, kind: &str) -> Ask<'a> {
    asked(context, Method::PUT, path).with("x-ms-blob-type", kind)
}

#[test]
fn an_append_blob_grows_at_its_end_until_it_is_sealed() {
    let context = contributor();
    assert_eq!(
        create(&context, "/orders/a", "AppendBlob").reply().status,
        201
    );
    let path = "/orders/a?comp=appendblock";
    let append = |content: &'static str| asked(&context, Method::PUT, path).bytes(content);
    let first = append("one").reply();
    assert_eq!(
        (
            first.status.as_u16(),
            header(&first, "x-ms-blob-append-offset")
        ),
        (201, "0")
    );
    let second = append("two")
        .with("x-ms-blob-condition-appendpos", "3")
        .reply();
    assert_eq!(header(&second, "x-ms-blob-committed-block-count"), "2");
    let wrong = append("x")
        .with("x-ms-blob-condition-appendpos", "3")
        .reply();
    assert_eq!(code(&wrong), (412, "AppendPositionConditionNotMet"));
    let wrong = append("x").with("x-ms-blob-condition-maxsize", "6").reply();
    assert_eq!(code(&wrong), (412, "MaxBlobSizeConditionNotMet"));
    assert_eq!(code(&append("").reply()).0, 400);
    let sum = append("x")
        .with("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==")
        .reply();
    assert_eq!(code(&sum), (400, "Md5Mismatch"));
    let read = get(&context, "/orders/a");
    assert_eq!(text(&read), "onetwo");
    assert_eq!(
        header(&read, "etag"),
        header(&second, "etag"),
        "refused writes change nothing"
    );
    assert_eq!(header(&read, "x-ms-blob-type"), "AppendBlob");
    let blocks = asked(&context, Method::PUT, "/orders/hello.txt?comp=appendblock").bytes("x");
    assert_eq!(code(&blocks.reply()), (409, "InvalidBlobType"));
    let seal = asked(&context, Method::PUT, "/orders/a?comp=seal").reply();
    assert_eq!(
        (seal.status.as_u16(), header(&seal, "x-ms-blob-sealed")),
        (200, "true")
    );
    assert_eq!(code(&append("x").reply()), (409, "BlobIsSealed"));
}

#[test]
fn a_reader_keeps_what_it_began_to_read_while_others_append() {
    let context = contributor();
    create(&context, "/orders/a", "AppendBlob").reply();
    let append = || {
        asked(&context, Method::PUT, "/orders/a?comp=appendblock")
            .bytes("part")
            .reply()
    };
    append();
    let before = get(&context, "/orders/a");
    append();
    assert_eq!(
        (text(&before), text(&get(&context, "/orders/a"))),
        ("part".into(), "partpart".into())
    );
}

#[test]
fn a_page_blob_is_written_in_pages() {
    let context = contributor();
    let sized = |size: &str| {
        let ask = create(&context, "/orders/p", "PageBlob").with("x-ms-blob-content-length", size);
        ask.reply()
    };
    assert_eq!(code(&sized("513")), (400, "InvalidHeaderValue"));
    assert_eq!(code(&sized("1099511627776")), (413, "RequestBodyTooLarge"));
    assert_eq!(sized("2048").status, 201);
    let write = |range: &str, how: &str, content: Vec<u8>| {
        asked(&context, Method::PUT, "/orders/p?comp=page")
            .with("x-ms-range", range)
            .with("x-ms-page-write", how)
            .bytes(content)
            .reply()
    };
    assert_eq!(write("bytes=512-1535", "update", vec![7; 1024]).status, 201);
    assert_eq!(write("bytes=512-1023", "clear", Vec::new()).status, 201);
    assert_eq!(code(&write("bytes=0-511", "update", vec![7; 5])).0, 400);
    assert_eq!(
        code(&write("bytes=1-512", "update", vec![7; 512])),
        (416, "InvalidPageRange")
    );
    assert_eq!(
        code(&write("bytes=2048-2559", "update", vec![7; 512])),
        (416, "InvalidPageRange")
    );
    let list = text(&get(&context, "/orders/p?comp=pagelist"));
    let range = "<PageRange><Start>1024</Start><End>1535</End></PageRange>";
    assert!(
        list.contains(&format!("<PageList>{range}</PageList>")),
        "{list}"
    );
    let read = get(&context, "/orders/p");
    assert_eq!(
        (read.body.len(), read.body[1023], read.body[1024]),
        (2048, 0, 7)
    );
    assert_eq!(header(&read, "x-ms-blob-sequence-number"), "0");
    let resized = asked(&context, Method::PUT, "/orders/p?comp=properties")
        .with("x-ms-blob-content-length", "1024")
        .with("x-ms-sequence-number-action", "increment")
        .reply();
    assert_eq!(header(&resized, "x-ms-blob-sequence-number"), "1");
    assert_eq!(get(&context, "/orders/p").body.len(), 1024);
    assert!(text(&get(&context, "/orders/p?comp=pagelist")).contains("<PageList></PageList>"));
    let lower = asked(&context, Method::PUT, "/orders/p?comp=page")
        .with("x-ms-range", "bytes=0-511")
        .with("x-ms-page-write", "clear")
        .with("x-ms-if-sequence-number-lt", "1");
    assert_eq!(code(&lower.reply()), (412, "SequenceNumberConditionNotMet"));
    let block = asked(&context, Method::GET, "/orders/hello.txt?comp=pagelist").reply();
    assert_eq!(code(&block), (409, "InvalidBlobType"));
}

#[test]
fn who_may_only_read_makes_none() {
    let context = example();
    for (path, kind) in [
        ("/orders/a", "AppendBlob"),
        ("/orders/p", "PageBlob"),
        ("/orders/hello.txt?comp=appendblock", ""),
        ("/orders/hello.txt?comp=page", ""),
        ("/orders/hello.txt?comp=seal", ""),
        ("/orders/hello.txt?comp=copy&copyid=x", ""),
        ("/orders/hello.txt?comp=undelete", ""),
    ] {
        let refused = create(&context, path, kind).reply();
        assert_eq!(
            code(&refused),
            (403, "AuthorizationPermissionMismatch"),
            "{path}"
        );
    }
}
