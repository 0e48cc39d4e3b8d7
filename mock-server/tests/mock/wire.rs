//! Wire faults, as clients meet them.

use std::time::{Duration, Instant};

use serde_json::{Value, json as value};
use xtenant_mock_server::{Mock, Options, serve};

use crate::raw::{ask, plain, tls};
use crate::support::*;

const ARM: &str = "management.azure.com";

async fn plant(mock: &Mock, fault: &str) -> Value {
    let url = format!("http://{}/faults/wire", mock.coordinates.control);
    let sent = client(mock, &[])
        .post(url)
        .json(&fault)
        .send()
        .await
        .unwrap();
    let (status, body) = json(sent).await;
    assert_eq!(status, 200, "{body}");
    body
}

async fn get(mock: &Mock) -> reqwest::Result<reqwest::Response> {
    let arm = client(mock, &[(ARM, mock.coordinates.https)]);
    arm.get(format!(
        "https://{ARM}/subscriptions?api-version=2022-12-01"
    ))
    .send()
    .await
}

/// The reply over HTTP/1.1 until the connection closes.
async fn raw(mock: &Mock) -> String {
    let request = format!(
        "GET /subscriptions?api-version=2022-12-01 HTTP/1.1\r\nHost: {ARM}\r\nConnection: close\r\n\r\n"
    );
    ask(&mut tls(mock, ARM).await, request.as_bytes()).await
}

#[tokio::test]
async fn a_status_comes_in_the_envelope_of_the_service_so_often() {
    let mut options = Options::of_file(example_path());
    options.wire = vec![
        "status=503,host=management.*,times=1".to_owned(),
        "status=429,host=*.vault.azure.net".to_owned(),
    ];
    let mock = serve(options).await.unwrap();
    let (status, body) = json(get(&mock).await.unwrap()).await;
    assert_eq!(
        (status, &body["error"]["code"]),
        (503, &value!("ServiceUnavailable"))
    );
    assert_eq!(get(&mock).await.unwrap().status(), 401, "once only");
    let vault = "kv-resource.vault.azure.net";
    let url = format!("https://{vault}/secrets?api-version=7.4");
    let reply = client(&mock, &[(vault, mock.coordinates.https)])
        .get(url)
        .send()
        .await
        .unwrap();
    assert_eq!(reply.headers()["retry-after"], "1");
    let (status, body) = json(reply).await;
    assert_eq!(
        (status, &body["error"]["code"]),
        (429, &value!("Throttled"))
    );
    let listed = plant(&mock, "status=500,host=login.microsoftonline.com,raw").await;
    assert_eq!(
        (&listed["number"], &listed["wire"][0]["left"]),
        (&value!(3), &value!(0))
    );
    let (status, body) = post_token(&mock, HOME, &[]).await;
    assert_eq!((status, body), (500, value!("")));
}

#[tokio::test]
async fn connections_drop_and_bodies_end_early() {
    let mock = start().await;
    let whole = raw(&mock).await;
    assert!(
        whole.starts_with("HTTP/1.1 401") && whole.ends_with('}'),
        "{whole}"
    );
    plant(&mock, "drop,times=1").await;
    assert_eq!(raw(&mock).await, "");
    plant(&mock, "drop,times=1").await;
    assert!(get(&mock).await.is_err(), "HTTP/2 as well");
    plant(&mock, "noise=64,times=1").await;
    assert!(get(&mock).await.is_err());
    plant(&mock, "truncate=5,times=1").await;
    let cut = raw(&mock).await;
    let (head, body) = cut.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, &whole.split_once("\r\n\r\n").unwrap().1[..5], "{cut}");
    assert!(head.to_ascii_lowercase().contains("content-length: "));
    plant(&mock, "truncate,times=1").await;
    assert!(get(&mock).await.unwrap().text().await.is_err());
    plant(&mock, "garbage=40,times=1").await;
    let reply = get(&mock).await.unwrap();
    assert_eq!(
        (reply.status().as_u16(), reply.bytes().await.unwrap().len()),
        (401, 40)
    );
    assert_eq!(raw(&mock).await.len(), whole.len(), "serves on");
}

#[tokio::test]
async fn noise_is_below_http() {
    let mock = start().await;
    plant(&mock, "noise=64,host=169.254.169.254").await;
    let door = door(&mock, "app", [169, 254, 169, 254].into(), 80).await;
    let text = ask(
        &mut plain(door).await,
        b"GET /metadata/x HTTP/1.1\r\nHost: 169.254.169.254\r\n\r\n",
    )
    .await;
    assert!(!text.starts_with("HTTP"), "{text}");
    assert!(!text.is_empty());
}

#[tokio::test]
async fn replies_are_late_or_slow() {
    let mock = start().await;
    plant(&mock, "delay=150ms,times=1").await;
    let began = Instant::now();
    assert_eq!(get(&mock).await.unwrap().status(), 401);
    assert!(began.elapsed() >= Duration::from_millis(150));
    plant(&mock, "drip=1000,times=1").await;
    let began = Instant::now();
    let length = get(&mock).await.unwrap().bytes().await.unwrap().len();
    assert!(
        length > 100 && began.elapsed() >= Duration::from_millis(100),
        "{length}"
    );
}

#[tokio::test]
async fn a_running_request_ends_when_the_mock_stops() {
    let mock = start().await;
    plant(&mock, "delay=200ms").await;
    let arm = client(&mock, &[(ARM, mock.coordinates.https)]);
    let url = format!("https://{ARM}/subscriptions?api-version=2022-12-01");
    let running = tokio::spawn(async move { arm.get(url).send().await });
    while mock
        .control
        .wire()
        .first()
        .is_none_or(|fault| fault.fired == 0)
    {
        tokio::task::yield_now().await;
    }
    mock.stop().await;
    assert_eq!(running.await.unwrap().unwrap().status(), 401);
}

#[tokio::test]
async fn what_is_no_wire_fault_is_told() {
    let mut options = Options::of_file(example_path());
    options.wire = vec!["satus=503".to_owned()];
    let error = serve(options).await.err().unwrap().to_string();
    assert!(
        error.starts_with("not a wire fault: satus=503: "),
        "{error}"
    );
    let mut options = Options::of_file(example_path());
    options.throttle = vec!["reads=5".to_owned()];
    let error = serve(options).await.err().unwrap().to_string();
    assert!(error.contains("budgets are arm-reads"), "{error}");
}
