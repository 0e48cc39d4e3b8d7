use serde_json::json;

use super::*;
use crate::checks::testing::{broken, check, judged, warned};
use crate::outcome::Refusal;

const RESOURCE: &str = "22222222-2222-2222-2222-222222222222";
const APPLICATION: &str = "cccccccc-cccc-cccc-cccc-cccccccccccc";

fn subject() -> TokenExchanged {
    check(json!({"scope": "https://vault.azure.net/.default"}))
}

fn seen(changes: serde_json::Value) -> Seen {
    let mut token = json!({
        "tenant": RESOURCE,
        "audience": "https://vault.azure.net",
        "application": APPLICATION.to_uppercase(),
        "object-id": "05000000-0000-4000-8000-000000000003",
        "issuer": format!("https://sts.windows.net/{RESOURCE}/"),
        "version": "1.0",
        "seconds-left": 3599,
        "assertion": {
            "issuer": "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0",
            "subject": "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeeee",
            "audience": "fb60f99c-7a34-4190-8149-302f77469936"
        }
    });
    for (name, value) in changes.as_object().unwrap() {
        token[name] = value.clone();
    }
    Seen {
        token: serde_json::from_value(token).unwrap(),
        tenant: RESOURCE.parse().unwrap(),
        application: Some(APPLICATION.parse().unwrap()),
        issuers: vec![
            format!("https://login.microsoftonline.com/{RESOURCE}/v2.0"),
            format!("https://sts.windows.net/{RESOURCE}/"),
        ],
    }
}

#[test]
fn tokens_of_both_versions_hold_and_slashes_do_not_count() {
    assert_eq!(judged(&subject(), &seen(json!({}))), Verdict::Holds);
    assert_eq!(
        judged(
            &subject(),
            &seen(json!({"audience": "https://vault.azure.net/"}))
        ),
        Verdict::Holds
    );
    let v2 = json!({
        "version": "2.0",
        "audience": "cfa8b339-82a2-471a-a3c9-0fc0be7a4093",
        "issuer": format!("https://login.microsoftonline.com/{RESOURCE}/v2.0")
    });
    assert_eq!(judged(&subject(), &seen(v2)), Verdict::Holds);
    let double: TokenExchanged = check(json!({"scope": "https://vault.azure.net//.default"}));
    assert_eq!(judged(&double, &seen(json!({}))), Verdict::Holds);
}

#[test]
fn each_claim_that_is_not_the_expected_one_has_its_cause() {
    for (changes, cause) in [
        (
            json!({"tenant": "11111111-1111-1111-1111-111111111111"}),
            "wrong-tenant",
        ),
        (
            json!({"issuer": "https://sts.windows.net/11111111-1111-1111-1111-111111111111/"}),
            "wrong-tenant",
        ),
        (
            json!({"audience": "https://storage.azure.com"}),
            "wrong-audience",
        ),
        (
            json!({"audience": "cfa8b339-82a2-471a-a3c9-0fc0be7a4093"}),
            "wrong-audience",
        ),
        (
            json!({"application": "dddddddd-dddd-dddd-dddd-dddddddddddd"}),
            "wrong-application",
        ),
        (json!({"seconds-left": 0}), "expired"),
        (json!({"seconds-left": -5}), "expired"),
    ] {
        broken(&subject(), &seen(changes), cause);
    }
}

#[test]
fn a_token_proves_what_it_could_not_exist_without() {
    let proved = subject().proves(&seen(json!({})));
    let checks: Vec<&str> = proved.iter().map(|claim| claim.check.as_str()).collect();
    assert_eq!(
        checks,
        [
            "service-principal-provisioned",
            "federated-credential-matches",
            "application-multi-tenant"
        ]
    );
    let open = Claim::new(
        "federated-credential-matches",
        None,
        format!("{APPLICATION} EEEEEEEE-eeee-eeee-eeee-eeeeeeeeeeee"),
    );
    assert!(proved.iter().any(|claim| claim.settles(&open)));
    let same_tenant = json!({"assertion": {"issuer": format!("https://login.microsoftonline.com/{RESOURCE}/v2.0"), "subject": "s", "audience": "a"}});
    assert!(
        !subject()
            .proves(&seen(same_tenant))
            .iter()
            .any(|claim| claim.check == "application-multi-tenant")
    );
}

#[test]
fn codes_have_one_meaning_each() {
    let mut codes: Vec<&str> = causes::CAUSES
        .iter()
        .flat_map(|cause| cause.on.iter().copied())
        .collect();
    let all = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), all);
}

#[test]
fn a_refusal_of_the_managed_identity_endpoint_is_told_from_entras() {
    let refusal = |host: &str, status, codes: &[&str], message: &str| {
        NoAnswer::Refused(Refusal {
            status,
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
            message: message.to_owned(),
            host: host.to_owned(),
            ..Refusal::default()
        })
    };
    let named = |why| {
        name_missing_identity(why, "login.microsoftonline.com")
            .codes()
            .iter()
            .any(|code| code == IDENTITY_NOT_ASSIGNED)
    };
    assert!(named(refusal(
        "169.254.169.254",
        400,
        &["invalid_request"],
        "Identity not found"
    )));
    assert!(named(NoAnswer::NoIdentity(Box::new(refusal(
        "169.254.169.254",
        400,
        &["invalid_request"],
        ""
    )))));
    let words = "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.";
    assert!(named(refusal("127.0.0.1", 500, &[], words)));
    assert!(!named(refusal(
        "login.microsoftonline.com",
        400,
        &["invalid_request", "AADSTS900144"],
        ""
    )));
    assert!(!named(refusal(
        "169.254.169.254",
        400,
        &["bad_request_102"],
        "Required metadata header not specified"
    )));
    assert!(!named(refusal(
        "169.254.169.254",
        500,
        &["server_error"],
        ""
    )));
    assert!(!named(NoAnswer::unreachable("timed out".to_owned())));
}

#[test]
fn a_token_that_ends_at_once_is_a_warning() {
    warned(
        &subject(),
        &seen(json!({"seconds-left": 299})),
        "short-lived",
    );
    assert_eq!(
        judged(&subject(), &seen(json!({"seconds-left": 300}))),
        Verdict::Holds
    );
}

#[test]
fn a_refused_assertion_says_what_a_credential_has_to_name() {
    let refused = || NoAnswer::Refused(Refusal::default());
    let asked = refused()
        .noting(ASSERTION_ISSUER, "https://login.microsoftonline.com/t/v2.0")
        .noting(ASSERTION_SUBJECT, "eeee");
    let told = noting_credential(asked, "api://AzureADTokenExchange");
    let noted = told.noted().unwrap();
    assert_eq!(
        noted["credential-json"],
        r#"{"issuer":"https://login.microsoftonline.com/t/v2.0","subject":"eeee","audiences":["api://AzureADTokenExchange"]}"#
    );
    assert!(noted["new-credential-json"].contains(r#""name":"identity-eeee""#));
    let unknown = refused().noting(ASSERTION_SUBJECT, "");
    assert_eq!(noting_credential(unknown.clone(), "x"), unknown);
}
