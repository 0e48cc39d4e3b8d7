//! What no well-behaved client sends: each gets a clear reply or a closed connection, and the mock serves on.

use std::time::Duration;

use serde_json::{Value, json as value};
use tokio::io::AsyncWriteExt;
use xtenant_mock_server::listen::limits::Patience;
use xtenant_mock_server::{Mock, Options, serve};

use crate::raw::{ask, plain, reply, rest, tls};
use crate::support::*;

const ARM: &str = "management.azure.com";
const SUBSCRIPTIONS: &str = "/subscriptions?api-version=2022-12-01";

async fn serves_on(mock: &Mock) {
    let arm = client(mock, &[(ARM, mock.coordinates.https)]);
    let url = format!("https://{ARM}{SUBSCRIPTIONS}");
    assert_eq!(arm.get(url).send().await.unwrap().status(), 401);
    let url = format!("http://{}/clock", mock.coordinates.control);
    assert_eq!(
        client(mock, &[]).get(url).send().await.unwrap().status(),
        200
    );
}

fn body_of(reply: &str) -> Value {
    let body = reply.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    serde_json::from_str(body).unwrap_or_else(|_| panic!("no JSON: {reply}"))
}

#[tokio::test]
async fn odd_paths_are_refused_in_the_words_of_the_service() {
    let mock = start().await;
    for path in [
        "/a/../b",
        "/%2e%2e/x",
        "/a%2f..%2fb",
        "/x%00",
        "/%zz",
        "/a%0d%0aX:y",
    ] {
        for (host, code) in [
            (ARM, "/error/code"),
            ("graph.microsoft.com", "/error/code"),
            ("kv-resource.vault.azure.net", "/error/code"),
            ("login.microsoftonline.com", "/error"),
        ] {
            let mut stream = tls(&mock, host).await;
            let request =
                format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            let text = ask(&mut stream, request.as_bytes()).await;
            assert!(text.starts_with("HTTP/1.1 400"), "{host}{path}: {text}");
            assert!(
                text.to_ascii_lowercase().contains("x-ms-request-id: "),
                "{text}"
            );
            assert!(
                body_of(&text).pointer(code).is_some(),
                "{host}{path}: {text}"
            );
        }
    }
    serves_on(&mock).await;
}

#[tokio::test]
async fn long_targets_and_heads_are_refused() {
    let mock = start().await;
    for (length, envelope) in [(20_000, true), (64 << 10, false), (300 << 10, false)] {
        let mut stream = tls(&mock, ARM).await;
        let path = "a".repeat(length);
        let request = format!("GET /{path} HTTP/1.1\r\nHost: {ARM}\r\nConnection: close\r\n\r\n");
        let text = ask(&mut stream, request.as_bytes()).await;
        assert!(
            text.is_empty() || text.starts_with("HTTP/1.1 414") || text.starts_with("HTTP/1.1 431"),
            "{length}: {text}"
        );
        if envelope {
            assert!(text.starts_with("HTTP/1.1 414"), "{text}");
            assert_eq!(body_of(&text)["error"]["code"], "URITooLong");
        }
    }
    let many: String = (0..5000).map(|at| format!("x-{at}: 1\r\n")).collect();
    let large = format!("x: {}\r\n", "a".repeat(100 << 10));
    for (headers, envelope) in [(many, false), (large, true)] {
        let mut stream = tls(&mock, "kv-resource.vault.azure.net").await;
        let request = format!(
            "GET /secrets HTTP/1.1\r\nHost: kv-resource.vault.azure.net\r\n{headers}Connection: close\r\n\r\n"
        );
        let text = ask(&mut stream, request.as_bytes()).await;
        assert!(
            text.is_empty() || text.starts_with("HTTP/1.1 431"),
            "{text}"
        );
        if envelope {
            assert_eq!(
                body_of(&text)["error"]["code"],
                "RequestHeaderFieldsTooLarge"
            );
        }
    }
    serves_on(&mock).await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_in_the_words_of_the_service() {
    let mock = start().await;
    let arm = client(&mock, &[(ARM, mock.coordinates.https)]);
    let url = format!("https://{ARM}{SUBSCRIPTIONS}");
    let sent = arm
        .post(&url)
        .body(vec![b'a'; 10 << 20])
        .send()
        .await
        .unwrap();
    let (status, body) = json(sent).await;
    assert_eq!(
        (status, &body["error"]["code"]),
        (413, &value!("RequestEntityTooLarge"))
    );
    let vault = "kv-resource.vault.azure.net";
    let mut stream = tls(&mock, vault).await;
    let head = format!(
        "PUT /secrets/x?api-version=7.4 HTTP/1.1\r\nHost: {vault}\r\nContent-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let text = reply(&mut stream).await;
    assert!(
        text.starts_with("HTTP/1.1 413") && text.contains("\"error\""),
        "{text}"
    );
    serves_on(&mock).await;
}

#[tokio::test]
async fn malformed_json_and_absurd_parameters_are_400() {
    let mock = start().await;
    let token = mock
        .control
        .token("home-auditor", "https://management.azure.com/.default")
        .unwrap()
        .token;
    let arm = client(&mock, &[(ARM, mock.coordinates.https)]);
    let get = |path: &str| {
        arm.get(format!("https://{ARM}{path}"))
            .bearer_auth(&token)
            .send()
    };
    for version in [
        "0000-00-00",
        "99999999",
        "'; drop",
        "2024-05-01%00",
        "%F0%9F%92%A9",
        &"9".repeat(5000),
    ] {
        let (status, body) = json(
            get(&format!("/subscriptions?api-version={version}"))
                .await
                .unwrap(),
        )
        .await;
        assert_eq!(status, 400, "{version}: {body}");
        assert!(body["error"]["code"].is_string(), "{version}: {body}");
    }
    for top in ["1000000", "99999999999999999999", "-1", "0", "x", ""] {
        let path = format!("{NETWORK}/subnets?api-version=2024-05-01&$top={top}");
        let (status, body) = json(get(&path).await.unwrap()).await;
        assert!(status == 200 || status == 400, "{top}: {status} {body}");
    }
    for body in ["", "{", "[1,2", "\u{0}", "nul", &"[".repeat(200_000)] {
        let url = format!("http://{}/faults", mock.coordinates.control);
        let sent = client(&mock, &[])
            .post(url)
            .body((*body).to_owned())
            .send()
            .await
            .unwrap();
        let (status, answer) = json(sent).await;
        assert_eq!(status, 400, "{answer}");
        assert!(answer["error"].is_string());
    }
    serves_on(&mock).await;
}

#[tokio::test]
async fn old_and_unusual_forms_of_http_are_understood() {
    let mock = start().await;
    let control = mock.coordinates.control;
    let old = ask(&mut plain(control).await, b"GET /clock HTTP/1.0\r\n\r\n").await;
    assert!(
        old.starts_with("HTTP/1.0 200") && old.contains("epoch-seconds"),
        "{old}"
    );
    let text = ask(
        &mut tls(&mock, ARM).await,
        b"GET /subscriptions HTTP/1.0\r\n\r\n",
    )
    .await;
    assert!(text.starts_with("HTTP/1.0 400"), "no host: {text}");

    let pipelined = "GET /clock HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20)
        + "GET /clock HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let text = ask(&mut plain(control).await, pipelined.as_bytes()).await;
    assert_eq!(text.matches("HTTP/1.1 200").count(), 21, "{text}");

    let chunked = "POST /clock HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n8\r\n{\"advanc\r\nd\r\ne-seconds\":1}\r\n0\r\n\r\n";
    let text = ask(&mut plain(control).await, chunked.as_bytes()).await;
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    let broken =
        "POST /clock HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
    let text = ask(&mut plain(control).await, broken.as_bytes()).await;
    assert!(
        text.is_empty() || text.starts_with("HTTP/1.1 400"),
        "{text}"
    );

    let mut stream = plain(control).await;
    let head = "POST /clock HTTP/1.1\r\nHost: localhost\r\nContent-Length: 21\r\nExpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    assert!(reply(&mut stream).await.starts_with("HTTP/1.1 100 "));
    stream.write_all(b"{\"advance-seconds\":1}").await.unwrap();
    assert!(reply(&mut stream).await.starts_with("HTTP/1.1 200"));

    for bytes in [
        &b"\x16\x03\x01"[..],
        b"\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
    ] {
        let mut stream = plain(control).await;
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        rest(&mut stream).await;
    }
    serves_on(&mock).await;
}

#[tokio::test]
async fn nobody_may_take_for_ever() {
    let mut options = Options::of_file(example_path());
    options.patience = Patience {
        head: Duration::from_millis(200),
        body: Duration::from_millis(200),
    };
    let mock = serve(options).await.unwrap();
    // Half a head, half a body, nothing at all, half a handshake: all end without anybody saying more.
    let mut slow = tls(&mock, ARM).await;
    slow.write_all(b"GET /subscriptions HTTP/1.1\r\nHost: manag")
        .await
        .unwrap();
    let mut body = tls(&mock, ARM).await;
    let head =
        format!("POST {SUBSCRIPTIONS} HTTP/1.1\r\nHost: {ARM}\r\nContent-Length: 10\r\n\r\nabc");
    body.write_all(head.as_bytes()).await.unwrap();
    let mut silent = plain(mock.coordinates.control).await;
    let mut handshake = plain(mock.coordinates.https).await;
    handshake.write_all(&[0x16, 3, 1]).await.unwrap();
    rest(&mut slow).await;
    let text = reply(&mut body).await;
    assert!(text.starts_with("HTTP/1.1 408"), "{text}");
    assert_eq!(body_of(&text)["error"]["code"], "RequestTimeout");
    rest(&mut silent).await;
    rest(&mut handshake).await;
    serves_on(&mock).await;
}

#[tokio::test]
async fn many_half_open_connections_keep_nobody_out() {
    let mock = start().await;
    let mut open = Vec::new();
    for _ in 0..200 {
        let mut stream = plain(mock.coordinates.https).await;
        stream.write_all(&[0x16, 3, 1, 2]).await.unwrap();
        open.push(stream);
    }
    serves_on(&mock).await;
    drop(open);
}
