use serde_json::json;

use super::*;
use crate::checks::testing::{broken, check, judged, now, warned};

const TENANT: &str = "22222222-2222-2222-2222-222222222222";

fn with_path(path: serde_json::Value) -> SecretReadable {
    check(
        json!({"vault": "https://KV.vault.azure.net/", "secret": "s", "path": path, "value": "hunter2"}),
    )
}

fn subject() -> SecretReadable {
    with_path(json!({"kv.vault.azure.net": ["10.1.0.4"]}))
}

fn fingerprint(text: &str) -> Fingerprint {
    serde_json::from_value(json!(text)).unwrap()
}

fn healthy() -> Seen {
    Seen {
        host: "kv.vault.azure.net".to_owned(),
        place: Place::of_alias("x.privatelink.vaultcore.azure.net"),
        peers: vec!["10.1.0.4".parse().unwrap()],
        seen_from: Some("10.1.1.4".parse().unwrap()),
        challenge_tenant: Some(TENANT.to_owned()),
        token_tenant: TENANT.to_owned(),
        value: fingerprint("«secret 1»"),
        expected: Some(fingerprint("«secret 1»")),
        expires: None,
        not_before: None,
    }
}

#[test]
fn the_expected_value_over_the_endpoints_address_holds() {
    assert_eq!(judged(&subject(), &healthy()), Verdict::Holds);
    let silent = Seen {
        seen_from: None,
        challenge_tenant: None,
        expected: None,
        ..healthy()
    };
    assert_eq!(judged(&subject(), &silent), Verdict::Holds);
}

#[test]
fn an_address_that_is_not_the_endpoints_is_no_private_path_unless_any_path_will_do() {
    for peer in ["20.0.0.4", "10.1.0.5"] {
        let seen = Seen {
            peers: vec![peer.parse().unwrap()],
            ..healthy()
        };
        broken(&subject(), &seen, "public-path");
        assert_eq!(judged(&with_path(json!("any")), &seen), Verdict::Holds);
    }
    broken(
        &with_path(json!({"st.blob.core.windows.net": ["10.1.0.4"]})),
        &healthy(),
        "public-path",
    );
}

#[test]
fn a_public_source_address_gives_the_path_away() {
    broken(
        &subject(),
        &Seen {
            seen_from: Some("20.0.0.9".parse().unwrap()),
            ..healthy()
        },
        "public-source",
    );
}

#[test]
fn the_challenge_must_name_the_tokens_tenant() {
    let other = Some("11111111-1111-1111-1111-111111111111".to_owned());
    broken(
        &subject(),
        &Seen {
            challenge_tenant: other,
            ..healthy()
        },
        "wrong-tenant",
    );
}

#[test]
fn another_value_is_told_without_showing_either() {
    let reason = broken(
        &subject(),
        &Seen {
            value: fingerprint("«secret 2»"),
            ..healthy()
        },
        "value-differs",
    );
    assert!(!format!("{reason:?}").contains("hunter2"));
}

#[test]
fn a_secret_that_ends_soon_is_a_warning() {
    let in_days = |days: i64| Seen {
        expires: Some(now().epoch_seconds() + days * 24 * 3600),
        ..healthy()
    };
    warned(&subject(), &in_days(29), "expiring-soon");
    warned(&subject(), &in_days(-1), "expired");
    assert_eq!(judged(&subject(), &in_days(31)), Verdict::Holds);
}

#[test]
fn a_secret_whose_time_has_not_come_is_a_warning() {
    let in_days = |days: i64| Seen {
        not_before: Some(now().epoch_seconds() + days * 24 * 3600),
        ..healthy()
    };
    warned(&subject(), &in_days(1), "not-yet-valid");
    assert_eq!(judged(&subject(), &in_days(-1)), Verdict::Holds);
}

#[test]
fn a_vault_says_which_tenants_it_expects_and_not_that_it_found() {
    let other = "11111111-1111-1111-1111-111111111111";
    let message = format!(
        "AKV10032: Invalid issuer. Expected one of https://sts.windows.net/{TENANT}/, found https://sts.windows.net/{other}/."
    );
    assert!(expects(&message, &TENANT.to_uppercase()) && !expects(&message, other));
    assert!(!expects("", TENANT));
}
