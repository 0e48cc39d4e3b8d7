use serde_json::json;

use super::*;
use crate::checks::testing::{broken, check, judged, warned};

const VAULT: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv";

fn subject() -> PublicAccessClosed {
    check(json!({"resource": VAULT}))
}

fn seen(access: &str, default_action: &str, addresses: &[&str], let_in: bool) -> Seen {
    let probe = Probe {
        host: "kv.vault.azure.net".to_owned(),
        peers: vec!["203.0.113.40".parse().unwrap()],
        status: 403,
        codes: vec!["ForbiddenByConnection".to_owned()],
        let_in,
    };
    let settings = Settings {
        access: access.to_owned(),
        default_action: default_action.to_owned(),
        addresses: addresses.iter().map(ToString::to_string).collect(),
        subnets: Vec::new(),
        questions: Vec::new(),
    };
    Seen {
        settings: Some(settings),
        probes: vec![probe],
    }
}

#[test]
fn closed_in_the_settings_and_refused_by_the_network_holds() {
    for (access, default_action) in [("Disabled", ""), ("Enabled", "Deny"), ("", "Deny")] {
        let seen = seen(access, default_action, &[], false);
        assert_eq!(judged(&subject(), &seen), Verdict::Holds);
    }
    // `Disabled` overrides every rule.
    let seen = seen("Disabled", "Deny", &["0.0.0.0/1"], false);
    assert_eq!(judged(&subject(), &seen), Verdict::Holds);
}

#[test]
fn a_resource_that_is_gone_is_not_closed() {
    let gone = Seen {
        settings: None,
        probes: Vec::new(),
    };
    broken(&subject(), &gone, "missing");
}

#[test]
fn settings_that_close_nothing_are_told_whatever_the_address_says() {
    for (access, default_action) in [("", ""), ("Enabled", "Allow"), ("Enabled", "")] {
        broken(
            &subject(),
            &seen(access, default_action, &[], false),
            "open",
        );
    }
}

#[test]
fn a_rule_for_half_the_internet_closes_nothing() {
    let reason = broken(
        &subject(),
        &seen("Enabled", "Deny", &["198.51.100.7", "128.0.0.0/1"], false),
        "rule-too-wide",
    );
    assert_eq!(reason.observed.as_deref(), Some("128.0.0.0/1"));
}

#[test]
fn an_address_that_lets_in_shows_an_open_way_and_an_exception_explains_it() {
    broken(&subject(), &seen("Disabled", "Deny", &[], true), "answers");
    let exempt = seen("Enabled", "Deny", &["198.51.100.0/24"], true);
    broken(&subject(), &exempt, "admits-asker");
}

#[test]
fn exceptions_and_perimeters_want_attention() {
    let exempt = seen("Enabled", "Deny", &["198.51.100.7"], false);
    warned(&subject(), &exempt, "exceptions");
    warned(
        &subject(),
        &seen("SecuredByPerimeter", "Deny", &["1.2.3.4"], false),
        "by-perimeter",
    );
}
