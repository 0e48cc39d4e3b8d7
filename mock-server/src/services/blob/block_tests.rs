//! Blobs made of blocks, on the example world.

use http::Method;

use super::testing::*;

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
