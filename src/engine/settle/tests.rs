use super::*;
use crate::outcome::{Asks, Owner, Plane, Unreachable};

pub(in crate::engine) static CARD: Card = Card {
    id: "sample",
    sentence: "it holds",
    about: "",
    asks: Asks::Workload,
    plane: Plane::Data,
    modes: &[],
    at_least_one_of: &[],
    homes: &[],
    facts: &[],
    permissions: &[],
    causes: &[
        Cause {
            id: "no-role",
            on: &["ForbiddenByRbac"],
            owner: Owner::Of("vault"),
            heals: Heals::minutes(10),
            says: "nothing grants {principal} at {vault.name}",
            fix: &[
                "az role assignment create --assignee {principal}",
                "az x {unknown}",
            ],
            source: "a document",
        },
        Cause {
            id: "silent",
            on: &["ConnectTimedOut"],
            owner: Owner::Asked,
            heals: Heals::minutes(5),
            says: "nobody answers",
            fix: &[],
            source: "",
        },
        Cause {
            id: "forbidden",
            on: &["Forbidden"],
            owner: Owner::Asked,
            heals: Heals::Never,
            says: "no",
            fix: &[],
            source: "",
        },
    ],
    warnings: &[],
};

const VAULT: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv";

pub(in crate::engine) struct Land;

pub(in crate::engine) fn pass() -> Settled {
    nothing()
}

impl Values for Land {
    fn value(&self, name: &str) -> Option<String> {
        match name {
            "vault" => Some(VAULT.to_owned()),
            "principal" => Some("it's me".to_owned()),
            _ => None,
        }
    }
}

impl Ground for Land {
    fn asked(&self) -> Option<TenantRef> {
        Some(TenantRef {
            name: "home".to_owned(),
            id: crate::ids::TenantId::nil(),
        })
    }

    fn tenant_of(&self, _: &ResourceId) -> Option<TenantRef> {
        Some(TenantRef {
            name: "resource".to_owned(),
            id: crate::ids::TenantId::nil(),
        })
    }

    fn named(&self, id: TenantId) -> TenantRef {
        TenantRef {
            name: "unlisted".to_owned(),
            id,
        }
    }

    fn home_of(&self, _: &AppId) -> Option<TenantRef> {
        None
    }
}

fn refused(status: u16, codes: &[&str]) -> NoAnswer {
    let codes = codes.iter().map(ToString::to_string).collect();
    NoAnswer::Refused(Refusal {
        status,
        codes,
        message: "no".to_owned(),
        host: "kv".to_owned(),
        ..Refusal::default()
    })
}

fn holds() -> Judgement {
    Judgement {
        verdict: Verdict::Holds,
        facts: Facts::none(),
        proves: Vec::new(),
    }
}

fn allowed(why: NoAnswer) -> Settled {
    settle(&CARD, &Expect::Allowed, Err(why), &Land)
}

fn denied(codes: &[&str], result: Result<Judgement, NoAnswer>) -> Settled {
    settle(
        &CARD,
        &Expect::Denied(codes.iter().map(ToString::to_string).collect()),
        result,
        &Land,
    )
}

#[test]
fn a_listed_refusal_is_a_failure_with_owner_and_whole_commands() {
    let settled = allowed(refused(403, &["Forbidden", "ForbiddenByRbac"]));
    let finding = &settled.findings[0];
    assert_eq!(
        (settled.outcome, finding.code.as_str()),
        (Outcome::Fail, "sample.no-role")
    );
    assert_eq!(
        finding.owner.as_ref().map(|owner| owner.name.as_str()),
        Some("resource")
    );
    assert_eq!(finding.says, "nothing grants it's me at kv");
    assert_eq!(
        finding.fix,
        [r"az role assignment create --assignee 'it'\''s me'"]
    );
    assert_eq!(settled.heals, Some(Duration::from_secs(600)));
}

#[test]
fn what_a_check_noted_beside_a_refusal_completes_commands() {
    let settled = allowed(refused(403, &["ForbiddenByRbac"]).noting("unknown", "now known"));
    assert_eq!(settled.findings[0].fix[1], "az x 'now known'");
}

#[test]
fn the_innermost_listed_code_decides() {
    assert_eq!(
        allowed(refused(403, &["Forbidden", "Unlisted"])).findings[0].code,
        "sample.forbidden"
    );
}

#[test]
fn an_unlisted_refusal_is_an_error_and_only_a_busy_service_heals() {
    for (status, heals) in [
        (400, false),
        (401, false),
        (429, true),
        (500, true),
        (503, true),
    ] {
        let settled = allowed(refused(status, &["Odd"]));
        assert_eq!(
            (settled.outcome, settled.heals.is_some()),
            (Outcome::Error, heals),
            "{status}"
        );
        assert!(settled.reason.is_some_and(|reason| reason.contains("Odd")));
    }
}

#[test]
fn a_reader_that_may_not_look_knows_nothing() {
    let refusal = Refusal {
        status: 403,
        codes: vec!["AuthorizationFailed".to_owned()],
        ..Refusal::default()
    };
    assert_eq!(
        allowed(NoAnswer::Forbidden(refusal)).outcome,
        Outcome::Unknown
    );
}

#[test]
fn no_answer_is_an_error_and_only_an_unreachable_one_heals() {
    assert!(
        allowed(NoAnswer::unreachable("x".to_owned()))
            .heals
            .is_some()
    );
    let unusable = allowed(NoAnswer::Unusable("x".to_owned()));
    assert_eq!((unusable.outcome, unusable.heals), (Outcome::Error, None));
}

#[test]
fn a_refusal_that_is_expected_is_the_pass_even_behind_a_missing_token() {
    assert_eq!(
        denied(
            &["akv10032"],
            Err(refused(401, &["Unauthorized", "AKV10032"]))
        )
        .outcome,
        Outcome::Pass
    );
    let behind = NoAnswer::NoIdentity(Box::new(refused(400, &["AADSTS700016"])));
    assert_eq!(
        denied(&["AADSTS700016"], Err(behind)).outcome,
        Outcome::Pass
    );
}

#[test]
fn silence_of_a_known_kind_is_a_failure_and_never_the_refusal_that_was_expected() {
    let silence = || NoAnswer::Unreachable(Unreachable::of("ConnectTimedOut", "x"));
    let settled = allowed(silence());
    assert_eq!(
        (settled.outcome, settled.findings[0].code.as_str()),
        (Outcome::Fail, "sample.silent")
    );
    let settled = denied(&["ConnectTimedOut"], Err(silence()));
    assert_eq!(
        (settled.outcome, settled.findings[0].code.as_str()),
        (Outcome::Error, "sample.silent")
    );
    assert!(settled.reason.is_some());
}

fn nobody(result: Result<Judgement, NoAnswer>) -> Settled {
    settle(&CARD, &Expect::Unreachable, result, &Land)
}

#[test]
fn silence_of_an_address_is_the_pass_where_nobody_is_expected_and_silence_of_a_name_proves_nothing()
{
    let silence = |code| Err(NoAnswer::Unreachable(Unreachable::of(code, "x")));
    for code in ["ConnectTimedOut", "ConnectRefused", "NoRoute"] {
        let settled = nobody(silence(code));
        assert_eq!(
            (settled.outcome, settled.heals),
            (Outcome::Pass, None),
            "{code}"
        );
    }
    for code in ["NameUnknown", "PrivateNameUnknown", "NameServerFailed"] {
        assert_eq!(nobody(silence(code)).outcome, Outcome::Unknown, "{code}");
    }
    let unmapped = nobody(Err(NoAnswer::unreachable("not mapped")));
    assert_eq!(unmapped.outcome, Outcome::Error);
    assert_eq!(
        nobody(silence("CertificateRefused")).outcome,
        Outcome::Error
    );
    assert_eq!(nobody(Err(allowed_nothing())).outcome, Outcome::Error);
}

#[test]
fn whoever_answers_where_nobody_is_expected_is_a_failure_even_with_a_refusal() {
    let broken = Judgement {
        verdict: Verdict::Broken(Reason::new("no-role")),
        ..holds()
    };
    for result in [Ok(holds()), Ok(broken), Err(refused(403, &["Forbidden"]))] {
        let settled = nobody(result);
        assert_eq!(
            (settled.outcome, settled.findings[0].code.as_str()),
            (Outcome::Fail, "sample.not-unreachable")
        );
    }
}

#[test]
fn what_cannot_be_asked_from_here_is_unknown_whatever_is_expected() {
    let elsewhere = || NoAnswer::NotFromHere("inside".to_owned());
    assert_eq!(allowed(elsewhere()).outcome, Outcome::Unknown);
    assert_eq!(nobody(Err(elsewhere())).outcome, Outcome::Unknown);
    assert_eq!(denied(&["X"], Err(elsewhere())).outcome, Outcome::Unknown);
}

#[test]
fn an_answer_where_a_refusal_is_expected_is_a_failure() {
    let settled = denied(&["AKV10032"], Ok(holds()));
    assert_eq!(
        (settled.outcome, settled.findings[0].code.as_str()),
        (Outcome::Fail, "sample.not-denied")
    );
}

#[test]
fn another_refusal_than_the_expected_one_proves_nothing_and_advises_nothing() {
    for codes in [&["ForbiddenByRbac"], &["Odd"]] {
        let settled = denied(&["AKV10032"], Err(refused(403, codes)));
        assert_eq!(settled.findings[0].code, "sample.denied-otherwise");
        assert!(settled.findings[0].fix.is_empty() && settled.heals.is_none());
    }
    let busy = denied(&["AKV10032"], Err(refused(503, &["Busy"])));
    assert!(busy.outcome == Outcome::Error && busy.heals.is_some());
    let silent = denied(&["AKV10032"], Err(allowed_nothing()));
    assert_eq!(silent.outcome, Outcome::Error);
}

#[test]
fn without_a_token_nothing_was_refused_at_the_door() {
    let behind = NoAnswer::NoIdentity(Box::new(refused(400, &["IdentityNotAssigned"])));
    let settled = denied(&["AKV10032"], Err(behind));
    assert_eq!((settled.outcome, settled.heals), (Outcome::Error, None));
    assert!(settled.reason.unwrap().contains("no token to ask with"));
}

#[test]
fn a_subscription_that_the_tenant_does_not_have_is_told_of_every_resource() {
    let of_arm = Card {
        asks: Asks::Arm("vault"),
        causes: &[],
        ..CARD
    };
    let why = refused(404, &["SubscriptionNotFound"]);
    let settled = settle(&of_arm, &Expect::Allowed, Err(why.clone()), &Land);
    let finding = &settled.findings[0];
    assert_eq!(finding.code, "sample.subscription-elsewhere");
    assert_eq!(finding.docs, "docs/checks.md#subscription-elsewhere");
    let commands = finding.fix.iter();
    assert_eq!(commands.filter(|line| line.starts_with("az ")).count(), 1);
    assert!(finding.says.contains("vaults/kv"), "{}", finding.says);
    // Nobody but ARM has subscriptions.
    assert_eq!(allowed(why).outcome, Outcome::Error);
}

fn allowed_nothing() -> NoAnswer {
    NoAnswer::Unusable("x".to_owned())
}

#[test]
fn a_cause_that_the_card_does_not_list_is_our_mistake_and_no_panic() {
    let verdict = Verdict::Broken(Reason::new("unheard-of"));
    let judgement = Judgement {
        verdict,
        facts: Facts::none(),
        proves: Vec::new(),
    };
    assert_eq!(
        settle(&CARD, &Expect::Allowed, Ok(judgement), &Land).outcome,
        Outcome::Error
    );
}
