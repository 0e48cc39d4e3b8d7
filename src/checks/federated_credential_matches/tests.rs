use serde_json::json;

use super::*;
use crate::checks::testing::{broken, check, judged, warned};

const HOME: &str = "11111111-1111-1111-1111-111111111111";
const CLIENT: &str = "dddddddd-dddd-dddd-dddd-dddddddddddd";
const PRINCIPAL: &str = "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeeee";
const GUID: &str = "fb60f99c-7a34-4190-8149-302f77469936";
const ISSUER: &str = "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0";

fn subject() -> FederatedCredentialMatches {
    check(json!({
        "application": "cccccccc-cccc-cccc-cccc-cccccccccccc",
        "identity": {"tenant": HOME, "principal-id": PRINCIPAL.to_uppercase(), "client-id": CLIENT}
    }))
}

fn credential(issuer: &str, subject: &str, audience: &str) -> Credential {
    Credential {
        id: "0f000000-0000-4000-8000-000000000001".to_owned(),
        name: "orders".to_owned(),
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        audiences: vec![audience.to_owned()],
    }
}

fn seen(credentials: Vec<Credential>) -> Seen {
    Seen {
        tenant: Some(HOME.parse().unwrap()),
        login_host: "login.microsoftonline.com".to_owned(),
        exchange_audience: "api://AzureADTokenExchange".to_owned(),
        exchange_application: Some(GUID.to_owned()),
        credentials: Some(credentials),
        others: Vec::new(),
    }
}

fn good() -> Credential {
    credential(ISSUER, PRINCIPAL, "api://AzureADTokenExchange")
}

fn pipeline() -> Credential {
    credential(
        "https://token.actions.githubusercontent.com",
        "repo:contoso/orders:ref:refs/heads/main",
        "api://AzureADTokenExchange",
    )
}

#[test]
fn a_credential_equal_in_all_three_holds_beside_any_other() {
    assert_eq!(
        judged(&subject(), &seen(vec![pipeline(), good()])),
        Verdict::Holds
    );
}

#[test]
fn credentials_for_others_do_not_count_as_deviating() {
    let reason = broken(&subject(), &seen(vec![pipeline()]), "no-credential");
    assert!(reason.values["credential-json"].contains(PRINCIPAL));
    broken(&subject(), &seen(Vec::new()), "no-credential");
    broken(
        &subject(),
        &Seen {
            credentials: None,
            ..seen(Vec::new())
        },
        "application-missing",
    );
}

#[test]
fn refuses_an_issuer_that_differs_in_anything_and_says_in_what() {
    for (issuer, hint) in [
        (
            "https://login.microsoftonline.com/22222222-2222-2222-2222-222222222222/v2.0",
            "another tenant",
        ),
        (
            "https://sts.windows.net/11111111-1111-1111-1111-111111111111/",
            "v1 tokens",
        ),
        (
            "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0/",
            "a trailing slash",
        ),
        (
            " https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0",
            "white space",
        ),
        (
            "https://Login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0",
            "letter case",
        ),
        (
            "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111",
            "not the v2.0",
        ),
    ] {
        let reason = broken(
            &subject(),
            &seen(vec![credential(
                issuer,
                PRINCIPAL,
                "api://AzureADTokenExchange",
            )]),
            "issuer-differs",
        );
        assert!(
            reason.observed.as_ref().unwrap().contains(hint),
            "{reason:?}"
        );
    }
}

#[test]
fn refuses_an_assertion_whose_subject_differs() {
    for (subject_id, cause) in [
        (CLIENT.to_owned(), "subject-is-client-id"),
        (PRINCIPAL.to_uppercase(), "subject-case-differs"),
        (format!("{PRINCIPAL} "), "subject-differs"),
        (
            "99999999-9999-9999-9999-999999999999".to_owned(),
            "subject-differs",
        ),
    ] {
        broken(
            &subject(),
            &seen(vec![credential(
                ISSUER,
                &subject_id,
                "api://AzureADTokenExchange",
            )]),
            cause,
        );
    }
}

#[test]
fn refuses_an_audience_that_is_not_the_uri() {
    broken(
        &subject(),
        &seen(vec![credential(ISSUER, PRINCIPAL, GUID)]),
        "audience-is-guid",
    );
    for audience in ["api://azureadtokenexchange", "https://vault.azure.net", ""] {
        broken(
            &subject(),
            &seen(vec![credential(ISSUER, PRINCIPAL, audience)]),
            "audience-differs",
        );
    }
}

#[test]
fn the_credential_with_the_fewest_deviations_is_the_one_that_is_told() {
    let far = credential(ISSUER, CLIENT, GUID);
    let near = Credential {
        name: "near".to_owned(),
        ..credential(ISSUER, PRINCIPAL, GUID)
    };
    let reason = broken(&subject(), &seen(vec![far, near]), "audience-is-guid");
    assert_eq!(reason.values["credential-name"], "near");
}

const BILLING: &str = "99999999-9999-9999-9999-999999999999";

fn billing() -> Credential {
    Credential {
        id: "0f000000-0000-4000-8000-000000000009".to_owned(),
        name: "billing".to_owned(),
        ..credential(ISSUER, BILLING, "api://AzureADTokenExchange")
    }
}

#[test]
fn a_credential_of_another_workload_that_stands_first_is_never_the_one_that_is_told() {
    for (own, cause) in [
        (
            credential(&format!("{ISSUER}/"), PRINCIPAL, GUID),
            "issuer-differs",
        ),
        (credential(ISSUER, PRINCIPAL, "other"), "audience-differs"),
        (credential(ISSUER, CLIENT, "other"), "subject-is-client-id"),
        (
            credential(ISSUER, &PRINCIPAL.to_uppercase(), GUID),
            "subject-case-differs",
        ),
    ] {
        let reason = broken(&subject(), &seen(vec![billing(), own]), cause);
        assert_eq!(reason.values["credential-name"], "orders");
        assert!(!reason.values.contains_key("new-credential-json"));
    }
}

#[test]
fn what_may_be_another_workloads_is_left_alone() {
    let gone = seen(vec![billing()]);
    let reason = broken(&subject(), &gone, "subject-differs");
    assert!(reason.values["new-credential-json"].contains(r#""name":"managed-identity""#));
    let lives = Seen {
        others: vec![BILLING.to_owned()],
        ..gone
    };
    broken(&subject(), &lives, "no-credential");
}

#[test]
fn a_new_credential_has_a_name_that_is_free() {
    let taken = Credential {
        name: "managed-identity".to_owned(),
        ..billing()
    };
    assert_eq!(free_name(&[taken]), "managed-identity-2");
}

#[test]
fn an_identity_of_another_tenant_can_never_be_trusted() {
    let elsewhere = Seen {
        tenant: Some("22222222-2222-2222-2222-222222222222".parse().unwrap()),
        ..seen(vec![good()])
    };
    broken(&subject(), &elsewhere, "identity-in-other-tenant");
}

#[test]
fn two_credentials_for_one_subject_are_a_warning() {
    let hedge = Credential {
        id: "0f000000-0000-4000-8000-000000000002".to_owned(),
        ..credential(
            "https://sts.windows.net/11111111-1111-1111-1111-111111111111/",
            PRINCIPAL,
            "api://AzureADTokenExchange",
        )
    };
    let needless = hedge.id.clone();
    let reason = warned(
        &subject(),
        &seen(vec![hedge, good()]),
        "several-for-subject",
    );
    assert_eq!(reason.values["needless-credential"], needless);
}

#[test]
fn nearly_as_many_credentials_as_an_application_can_have_are_a_warning() {
    let with = |others: usize| {
        let other = |number| {
            let subject = format!("0eeeeeee-eeee-4eee-8eee-{number:012}");
            credential(&good().issuer, &subject, "api://AzureADTokenExchange")
        };
        seen(
            std::iter::once(good())
                .chain((0..others).map(other))
                .collect(),
        )
    };
    warned(&subject(), &with(15), "many-credentials");
    assert_eq!(judged(&subject(), &with(14)), Verdict::Holds);
}
