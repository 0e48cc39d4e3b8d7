//! How a mock starts, fails to start, and stops.

use std::time::Instant;

use clap::Parser;
use tokio::net::{TcpListener, TcpStream};
use xtenant_mock_server::{Args, Coordinates, Options, StartError, serve};

use crate::support::*;

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    args: Args,
}

#[tokio::test]
async fn flags_become_a_mock_that_says_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (ready, ca) = (
        folder.path().join("ready.json"),
        folder.path().join("ca.pem"),
    );
    let world = example_path();
    let flags = [
        "mock",
        "--world",
        world.to_str().unwrap(),
        "--fault",
        "application-disabled@home/orders",
    ];
    let files = [
        "--ready-file",
        ready.to_str().unwrap(),
        "--ca-out",
        ca.to_str().unwrap(),
    ];
    let command = Command::try_parse_from(flags.into_iter().chain(files)).unwrap();
    let mock = serve(Options::try_from(command.args).unwrap())
        .await
        .unwrap();
    let written: Coordinates = serde_json::from_slice(&std::fs::read(ready).unwrap()).unwrap();
    assert_eq!(written, mock.coordinates);
    assert_eq!(
        std::fs::read_to_string(ca).unwrap(),
        mock.coordinates.ca_pem
    );
    assert!(written.control.ip().is_loopback() && written.https.ip().is_loopback());
    assert_eq!(
        code(&exchange(&mock, VAULT_SCOPE).await.1),
        7_000_112,
        "the fault is there from the start"
    );
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    for (what, set) in [
        (
            "the control interface",
            (|options, port| options.control_port = port) as fn(&mut Options, u16),
        ),
        ("HTTPS", |options, port| options.https_port = port),
        ("managed identity of vantage app", |options, port| {
            options.identity_port = port
        }),
        ("the proxy of vantage app", |options, port| {
            options.proxy_port = port
        }),
        ("DNS of vantage app", |options, port| {
            options.dns_port = port
        }),
    ] {
        let mut options = Options::of_file(example_path());
        set(&mut options, port);
        let error = serve(options).await.err().unwrap().to_string();
        assert!(
            error.starts_with(&format!(
                "failed to listen on 127.0.0.1:{port} for {what}: "
            )),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_wrong_fault_or_world_is_explained() {
    let mut options = Options::of_file(example_path());
    options.faults = vec![("application-disable".to_owned(), "home/orders".to_owned())];
    let error = serve(options).await.err().unwrap();
    assert_eq!(
        error.to_string(),
        "unknown fault: application-disable; did you mean application-disabled?"
    );
    let error = serve(Options::of_file("/nowhere/world.yaml"))
        .await
        .err()
        .unwrap();
    assert!(matches!(error, StartError::World(_)));
    assert!(error.to_string().contains("/nowhere/world.yaml"), "{error}");
    let command = Command::try_parse_from(["mock", "--world", "w", "--fault", "x"]).unwrap();
    let error = Options::try_from(command.args).err().unwrap();
    assert!(
        error
            .to_string()
            .starts_with("not a fault at a place: x; write ID@PLACE")
    );
}

#[tokio::test]
async fn it_stops_when_told_and_when_dropped() {
    let mock = start().await;
    let (control, https) = (mock.coordinates.control, mock.coordinates.https);
    let kept = std::sync::Arc::clone(&mock.control);
    let began = Instant::now();
    mock.stop().await;
    assert!(began.elapsed().as_millis() < 1_500, "{:?}", began.elapsed());
    assert!(TcpStream::connect(control).await.is_err() && TcpStream::connect(https).await.is_err());
    assert!(
        kept.dial("app", [203, 0, 113, 10].into(), 443)
            .await
            .is_err(),
        "no door opens after the end"
    );

    let mock = start().await;
    let https = mock.coordinates.https;
    drop(mock);
    for _ in 0..100 {
        if TcpStream::connect(https).await.is_err() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("still listening after it was dropped");
}
