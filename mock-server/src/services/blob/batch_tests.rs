//! Batches on the example world.

use http::Method;

use super::testing::*;

/// A batch of these request lines, each with the token of the workload unless it says otherwise.
fn batch(context: &Context, path: &str, lines: &[(&str, bool)]) -> Reply {
    let token = token(context, RESOURCE, WORKLOAD, Audience::Storage);
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
    let headers: String = (0..40_000).map(|it| format!("\r\nx-{it}: y")).collect();
    let bomb = format!("DELETE /orders/hello.txt HTTP/1.1{headers}");
    let reply = batch(&context, within, &[(&bomb, true)]);
    assert_eq!(code(&reply), (400, "InvalidInput"));
    let untyped = asked(&context, Method::POST, within).bytes("x").reply();
    assert_eq!(code(&untyped), (400, "InvalidHeaderValue"));
    assert_eq!(get(&context, "/orders/hello.txt").status, 200);
    assert_eq!(
        code(&batch(&example(), within, &[one])),
        (403, "AuthorizationPermissionMismatch")
    );
}
