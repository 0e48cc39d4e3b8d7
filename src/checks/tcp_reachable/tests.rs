use serde_json::json;

use super::*;
use crate::checks::testing::{broken, check, judged};

const HOST: &str = "kv.vault.azure.net";

fn opened(host: Option<&str>, peers: &[&str]) -> Seen {
    Seen {
        host: host.map(str::to_owned),
        opened: peers.iter().map(|peer| peer.parse().unwrap()).collect(),
        port: 443,
    }
}

fn by_name(path: serde_json::Value) -> TcpReachable {
    check(json!({"host": HOST, "path": path}))
}

#[test]
fn an_open_connection_to_the_endpoints_address_holds() {
    let seen = opened(Some(HOST), &["10.1.0.4"]);
    for subject in [
        by_name(json!({HOST: ["10.1.0.4", "10.1.0.5"]})),
        by_name(json!("any")),
        check(json!({"host": HOST})),
    ] {
        assert_eq!(judged(&subject, &seen), Verdict::Holds);
    }
    let subject: TcpReachable = check(json!({"addresses": {HOST: ["10.1.0.4"]}}));
    assert_eq!(
        judged(&subject, &opened(None, &["10.1.0.4"])),
        Verdict::Holds
    );
}

#[test]
fn an_address_that_is_not_the_endpoints_is_another_path() {
    let seen = opened(Some(HOST), &["203.0.113.40"]);
    let reason = broken(&by_name(json!({HOST: ["10.1.0.4"]})), &seen, "public-path");
    assert_eq!(reason.observed.as_deref(), Some("203.0.113.40"));
    broken(
        &by_name(json!({"st.blob.core.windows.net": ["10.1.0.4"]})),
        &opened(Some(HOST), &["10.1.0.4"]),
        "public-path",
    );
    assert_eq!(judged(&by_name(json!("any")), &seen), Verdict::Holds);
}

#[test]
fn nothing_to_connect_to_is_no_success() {
    let subject: TcpReachable = check(json!({"host": HOST, "addresses": {}}));
    broken(&subject, &opened(None, &[]), "no-address");
}
