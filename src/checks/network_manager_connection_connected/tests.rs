use serde_json::Value;

use super::*;
use crate::checks::testing::{broken, check, judged, warned};

const CONNECTION: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/providers/Microsoft.Network/networkManagerConnections/contoso";
const SCOPE: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";
const MANAGER: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/networkManagers/nm";

fn subject() -> NetworkManagerConnectionConnected {
    check(json!({"network-manager-connection": CONNECTION, "network-manager": MANAGER}))
}

fn seen(manager: &str, state: &str) -> Seen {
    Seen {
        connection: Some(Connection {
            network_manager: manager.to_owned(),
            state: state.to_owned(),
        }),
        tenant: None,
        rivals: Vec::new(),
        above: Vec::new(),
    }
}

fn rival() -> Manager {
    Manager {
        id: format!("{SCOPE}/resourceGroups/net/providers/Microsoft.Network/networkManagers/own"),
        subscriptions: vec![SCOPE.to_owned(), "/subscriptions/other".to_owned()],
        ..Manager::default()
    }
}

#[test]
fn connected_to_exactly_this_manager_holds_whatever_the_spelling() {
    let spelled = MANAGER.trim_start_matches('/').to_uppercase();
    assert_eq!(
        judged(&subject(), &seen(&spelled, "connected")),
        Verdict::Holds
    );
}

#[test]
fn what_it_names_is_told_before_its_state() {
    let absent = Seen {
        connection: None,
        tenant: None,
        rivals: vec![rival()],
        above: Vec::new(),
    };
    let reason = broken(&subject(), &absent, "missing");
    assert!(reason.values["connection-json"].contains("networkManagers/nm\""));
    broken(&subject(), &seen("/other", "Conflict"), "other-manager");
}

#[test]
fn each_state_has_its_cause() {
    for (state, cause) in [
        ("Pending", "pending"),
        ("Conflict", "conflict-unexplained"),
        ("Revoked", "revoked"),
        ("Rejected", "rejected"),
        ("Pondering", "unknown-state"),
        ("", "unknown-state"),
    ] {
        broken(&subject(), &seen(MANAGER, state), cause);
    }
}

#[test]
fn a_manager_that_holds_the_same_scope_is_the_conflict_and_loses_only_that_scope() {
    for state in ["Conflict", "Connected"] {
        let mut seen = seen(MANAGER, state);
        seen.rivals.push(rival());
        let reason = broken(&subject(), &seen, "conflict");
        let body: Value = serde_json::from_str(&reason.values["rival-json"]).unwrap();
        assert_eq!(
            body["properties"]["networkManagerScopes"]["subscriptions"],
            json!(["/subscriptions/other"])
        );
    }
}

#[test]
fn a_manager_above_is_a_warning() {
    let mut seen = seen(MANAGER, "Connected");
    seen.above.push(rival());
    warned(&subject(), &seen, "manager-above");
}

#[test]
fn a_subscription_of_another_tenant_is_a_listed_refusal() {
    let card = NetworkManagerConnectionConnected::CARD;
    let cause = card.cause("subscription-elsewhere").unwrap();
    assert!(cause.on.contains(&"InvalidAuthenticationTokenTenant"));
}
