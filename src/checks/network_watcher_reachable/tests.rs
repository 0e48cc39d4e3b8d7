//! What Network Watcher says, and what must be told about it.

use serde_json::{Value, json};

use super::*;
use crate::checks::testing::{broken, check, judged, warned};

const MACHINE: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app/providers/Microsoft.Compute/virtualMachines/app";
const NIC: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/net/providers/Microsoft.Network/networkInterfaces/api";

fn subject() -> NetworkWatcherReachable {
    check(json!({"machine": MACHINE, "address": "10.2.1.4", "port": 443}))
}

/// An answer with these issues at the last hop.
fn answer(status: &str, issues: Value) -> Outcome {
    let read: Information = serde_json::from_value(json!({
        "connectionStatus": status, "probesSent": 100, "probesFailed": 0,
        "hops": [
            {"address": "10.1.1.4", "resourceId": MACHINE, "issues": []},
            {"address": "10.2.1.4", "resourceId": &NIC[1..], "issues": issues, "links": null}
        ]
    }))
    .unwrap();
    Outcome::from(read)
}

fn seen(outcome: Outcome) -> Seen {
    Seen {
        region: Some("japaneast".to_owned()),
        watcher: Some(("/w".to_owned(), "Succeeded".to_owned())),
        agent: Some(true),
        power: None,
        outcome: Some(outcome),
    }
}

fn issue(kind: &str) -> Value {
    json!([{"origin": "Inbound", "severity": "Error", "type": kind,
        "context": [{"key": "RuleName", "value": "UserRule_deny"}]}])
}

#[test]
fn a_connection_that_arrives_holds_by_either_word() {
    for status in ["Connected", "connected", "Reachable"] {
        let there = seen(answer(status, json!([])));
        assert_eq!(judged(&subject(), &there), Verdict::Holds, "{status}");
    }
    let mut unread = seen(answer("Connected", json!([])));
    unread.agent = None;
    assert_eq!(judged(&subject(), &unread), Verdict::Holds);
}

#[test]
fn lost_probes_are_a_warning() {
    let degraded = seen(answer("Degraded", json!([])));
    warned(&subject(), &degraded, "degraded");
    let mut some = seen(answer("Connected", json!([])));
    some.outcome.as_mut().unwrap().failed = Some(7);
    let reason = warned(&subject(), &some, "degraded");
    assert_eq!(
        reason.observed.as_deref(),
        Some("7 of 100 probes were lost")
    );
}

#[test]
fn each_issue_is_a_cause_and_an_unknown_one_is_unreachable() {
    for (word, cause) in [
        ("AgentStopped", "agent-stopped"),
        ("DnsResolution", "name-not-resolved"),
        ("GuestFirewall", "guest-firewall"),
        ("NetworkSecurityRule", "security-rule"),
        ("Platform", "platform"),
        ("PortThrottled", "port-throttled"),
        ("SocketBind", "socket-bind"),
        ("UserDefinedRoute", "own-route"),
        ("Pondering", "unreachable"),
        ("Unknown", "unreachable"),
    ] {
        let reason = broken(
            &subject(),
            &seen(answer("Disconnected", issue(word))),
            cause,
        );
        assert_eq!(reason.values["at"], NIC, "{word}");
        assert_eq!(reason.values["rule"], "UserRule_deny");
        assert_eq!(reason.values["nic"], NIC);
    }
    assert_eq!(interface(&format!("{NIC}/ipConfigurations/one")), Some(NIC));
    let silent = seen(answer("Disconnected", json!([])));
    let reason = broken(&subject(), &silent, "unreachable");
    assert_eq!(reason.values["at"], MACHINE);
}

#[test]
fn an_error_decides_before_a_warning_that_stands_first() {
    let both = json!([
        {"origin": "Local", "severity": "Warning", "type": "GuestFirewall", "context": null},
        {"origin": "Outbound", "severity": "Error", "type": "UserDefinedRoute",
            "context": [{"RouteName": "inspect"}]}
    ]);
    let reason = broken(&subject(), &seen(answer("Disconnected", both)), "own-route");
    assert_eq!(reason.values["rule"], "inspect");
}

#[test]
fn what_cannot_be_tried_says_what_is_lacking() {
    broken(&subject(), &Seen::default(), "machine-missing");
    let mut lacking = seen(answer("Disconnected", json!([])));
    lacking.watcher = None;
    let reason = broken(&subject(), &lacking, "no-watcher");
    assert_eq!(reason.values["region"], "japaneast");
    let mut without = seen(answer("Disconnected", json!([])));
    (without.agent, without.outcome) = (Some(false), None);
    broken(&subject(), &without, "no-agent");
    let mut off = seen(answer("Disconnected", issue("AgentStopped")));
    off.power = Some("deallocated".to_owned());
    broken(&subject(), &off, "machine-not-running");
    let mut updating = seen(answer("Disconnected", json!([])));
    updating.watcher = Some(("/w".to_owned(), "Updating".to_owned()));
    broken(&subject(), &updating, "watcher-not-provisioned");
}

#[test]
fn who_says_neither_has_said_nothing() {
    assert!(answer("Unknown", json!([])).is_undecided());
    assert!(answer("", json!([])).is_undecided());
    assert!(!answer("Unknown", issue("Platform")).is_undecided());
    assert!(!answer("Disconnected", json!([])).is_undecided());
}

#[test]
fn regions_are_the_same_however_they_are_written() {
    assert!(same_region("Japan East", "japaneast"));
    assert!(!same_region("japaneast", "japanwest"));
}
