//! `xtenant mock` as a process: what other clients are told, worlds that change, states that stay, faults of the wire.
#![cfg(unix)]

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::running::Mock;
use crate::support::{command, copy, edit, ran, root, xtenant};

const CHAIN: &str = "scenarios/same-tenant-vault";

fn world() -> String {
    format!("{CHAIN}/world.yaml")
}

#[test]
fn another_client_is_told_its_environment() {
    let mock = Mock::start(&world(), &[]);
    let folder = tempfile::tempdir().expect("a folder");
    let ca = folder.path().join("the mock's ca.pem");
    let env = |more: &[&str]| {
        let mut asking = command();
        asking
            .args(["mock", "env", &mock.control, "--ca-out"])
            .arg(&ca)
            .args(more);
        ran(&asking.output().expect("it runs"))
    };
    let told = env(&["--vantage", "app", "--shell", "json"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    let variables: Value = serde_json::from_str(&told.stdout).expect("JSON");
    let proxy = variables["HTTPS_PROXY"].as_str().expect("a proxy");
    assert!(proxy.starts_with("http://127.0.0.1:"), "{proxy}");
    assert_eq!(variables["SSL_CERT_FILE"], ca.to_str().expect("text"));
    let certificate = fs::read_to_string(&ca).expect("the certificate");
    assert!(certificate.contains("BEGIN CERTIFICATE"));

    let read = format!("{}\nprintf '%s' \"$SSL_CERT_FILE\"", env(&[]).stdout);
    let shell = Command::new("bash")
        .args(["-c", &read])
        .output()
        .expect("bash runs");
    assert_eq!(String::from_utf8_lossy(&shell.stdout), ca.to_string_lossy());

    let elsewhere = env(&["--vantage", "moon"]);
    assert!(
        elsewhere.code == 2 && elsewhere.stderr.contains("internet"),
        "{}",
        elsewhere.stderr
    );
    let nobody = xtenant(["mock", "env", "127.0.0.1:1", "--ca-out", "ca.pem"]);
    assert!(
        nobody.code == 2 && nobody.stderr.contains("no mock answers"),
        "{}",
        nobody.stderr
    );
}

#[test]
fn a_changed_world_is_read_again_and_a_broken_one_is_not() {
    let copied = copy("same-tenant-vault");
    let path = copied.world.to_str().expect("text");
    let scenario = copied.scenario.to_str().expect("text");
    let mut mock = Mock::start(path, &[]);
    assert_eq!(mock.run(scenario).code, 0);
    edit(
        &copied.world,
        "TEST-SECRET-001: TenantA",
        "TEST-SECRET-001: other",
    );
    mock.signal("-HUP");
    assert_eq!(mock.says(), "the world was read again\n");
    let told = mock.run(scenario);
    assert!(
        told.code == 1 && told.stdout.contains("First cause: secret"),
        "{}",
        told.stdout
    );
    fs::write(&copied.world, "version: 1\nworld: [").expect("written");
    mock.signal("-HUP");
    assert!(mock.says().starts_with("the world stays as it was: "));
    assert_eq!(mock.run(scenario).code, 1);
}

#[test]
fn a_state_is_kept_from_one_mock_to_the_next() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state.json");
    let path = state.to_str().expect("text");
    let mut first = Mock::start(&world(), &["--state", path]);
    first.signal("-TERM");
    assert!(first.wait().success());
    let kept = fs::read_to_string(&state).expect("the state was written");
    assert!(kept.contains("same-tenant-vault"));
    let mut second = Mock::start(&world(), &["--state", path]);
    assert_eq!(second.run(CHAIN).code, 0);
    second.signal("-KILL");
    assert!(!second.wait().success());
    assert_eq!(
        fs::read_to_string(&state).expect("still there"),
        kept,
        "what was saved is not touched by a sudden end"
    );
    let third = Mock::start(&world(), &["--state", path]);
    assert_eq!(third.run(CHAIN).code, 0);

    let other = root().join("scenarios/cross-tenant-vault/world.yaml");
    let other = xtenant([
        "mock",
        "--world",
        other.to_str().expect("text"),
        "--state",
        path,
    ]);
    assert!(
        other.code == 2 && other.stderr.contains("state.json"),
        "{}",
        other.stderr
    );
    fs::write(&state, "{").expect("written");
    let broken = xtenant(["mock", "--world", &world(), "--state", path]);
    assert!(
        broken.code == 2 && broken.stderr.contains("state.json"),
        "{}",
        broken.stderr
    );
}

#[test]
fn faults_of_the_wire_and_budgets_are_told_as_what_they_are() {
    let wire = Mock::start(
        &world(),
        &["--wire", "status=503,host=management.azure.com"],
    );
    let told = wire.run(CHAIN);
    assert!(
        told.code == 1 && told.stdout.contains("503"),
        "{}",
        told.stdout
    );
    let throttled = Mock::start(&world(), &["--throttle", "arm-reads=1"]);
    let told = throttled.run(CHAIN);
    assert!(
        told.code == 1 && told.stdout.contains("429"),
        "{}",
        told.stdout
    );
    for (flag, value) in [("--wire", "nonsense"), ("--throttle", "moon=1")] {
        let refused = xtenant(["mock", "--world", &world(), flag, value]);
        assert!(
            refused.code == 2 && refused.stderr.contains(value),
            "{}",
            refused.stderr
        );
    }
}
