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
        connection: Some(Half {
            network_manager: manager.to_owned(),
            state: state.to_owned(),
            ..Half::default()
        }),
        tenant: None,
        rivals: Vec::new(),
        above: Vec::new(),
        offers: None,
        agreements: None,
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
        rivals: vec![rival()],
        ..seen(MANAGER, "")
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

#[test]
fn a_manager_that_holds_nothing_else_is_deleted_and_not_emptied() {
    let mut seen = seen(MANAGER, "Conflict");
    let subscriptions = vec![SCOPE.to_uppercase()];
    seen.rivals.push(Manager {
        subscriptions,
        ..rival()
    });
    let reason = broken(&subject(), &seen, "conflict");
    assert_eq!(reason.values["rival-json"], "");
    assert_eq!(reason.values["rival-alone"], rival().id);
}

#[test]
fn an_agreement_with_another_manager_is_ended_and_both_halves_of_this_one_made_anew() {
    use crate::checks::network_manager::manager::CrossTenant;
    let mut seen = seen(MANAGER, "Conflict");
    let rival = Manager {
        cross_tenant: vec![CrossTenant {
            subscriptions: vec![SCOPE.to_owned()],
            ..CrossTenant::default()
        }],
        subscriptions: vec!["/subscriptions/other".to_owned()],
        ..rival()
    };
    seen.agreements = Some(vec![Half {
        id: CONNECTION.replace("contoso", "rival"),
        network_manager: rival.id.clone(),
        ..Half::default()
    }]);
    seen.offers = Some(vec![Half {
        id: format!("{MANAGER}/scopeConnections/resource"),
        scope: SCOPE.to_uppercase(),
        ..Half::default()
    }]);
    seen.rivals.push(rival);
    let reason = broken(&subject(), &seen, "other-agreement");
    assert!(reason.values["rival-agreement"].ends_with("/rival"));
    assert!(reason.values["other-half"].ends_with("/resource"));
}

#[test]
fn a_new_half_overwrites_no_other_scope_connection() {
    let mut waiting = seen(MANAGER, "Pending");
    assert_eq!(
        broken(&subject(), &waiting, "pending").values["free-name"],
        ""
    );
    waiting.offers = Some(vec![Half {
        name: "Contoso".to_owned(),
        ..Half::default()
    }]);
    assert_eq!(
        broken(&subject(), &waiting, "pending").values["free-name"],
        "contoso-2"
    );
}
