//! What became of a question: the one place that turns a verdict, or the lack of one, into an outcome.
//!
//! No check decides this. A refusal is looked up in the causes of the card; what the scenario expects decides whether
//! it is the pass or the failure; the owner becomes a tenant of the scenario; sentences and commands get their values.

use std::collections::BTreeMap;
use std::time::Duration;

use super::typists::typed_as;
use super::words::{self, Values};
use crate::checks::Judgement;
use crate::ids::{AppId, ResourceId, TenantId};
use crate::outcome::general::{
    DENIED_OTHERWISE, NOT_DENIED, NOT_UNREACHABLE, OF_EVERY_CHECK, SUBSCRIPTION_ELSEWHERE,
};
use crate::outcome::{
    Card, Cause, Claim, Facts, Finding, Heals, NoAnswer, Outcome, Owner, Reason, Refusal,
    TenantRef, Verdict,
};
use crate::plan::Expect;

/// What settling needs to know about the scenario.
pub(super) trait Ground: Values {
    /// The tenant that the link asked.
    fn asked(&self) -> Option<TenantRef>;
    /// The tenant that lists the subscription or management group of an id.
    fn tenant_of(&self, id: &ResourceId) -> Option<TenantRef>;
    /// The tenant of the scenario with that id, or one that the scenario does not list.
    fn named(&self, id: TenantId) -> TenantRef;
    /// The tenant in which an application is registered.
    fn home_of(&self, application: &AppId) -> Option<TenantRef>;
}

/// What became of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settled {
    /// The outcome.
    pub outcome: Outcome,
    /// Why, where no finding says it.
    pub reason: Option<String>,
    /// Findings, the decisive one first.
    pub findings: Vec<Finding>,
    /// Facts, if the claim holds.
    pub facts: Facts,
    /// Claims of other checks that are proved, if the claim holds.
    pub proves: Vec<Claim>,
    /// How long the cause may take to heal; absent when waiting cannot help.
    pub heals: Option<Duration>,
    /// Whether such answers come and go, so that a single one proves little.
    pub flaps: bool,
}

/// A service that is busy or unreachable may answer later; nobody says when.
const TRANSIENT: Duration = Duration::from_secs(20 * 60);

/// Turns what came of a question into an outcome. Total: every combination has one.
pub(super) fn settle(
    card: &Card,
    expect: &Expect,
    result: Result<Judgement, NoAnswer>,
    ground: &dyn Ground,
) -> Settled {
    match (expect, result) {
        (Expect::Allowed, Ok(judgement)) => judged(card, judgement, ground),
        (Expect::Allowed, Err(why)) => unanswered(card, &why, ground),
        (Expect::Denied(codes), Ok(_)) => {
            let reason = Reason::new(NOT_DENIED.id)
                .expected(format!("refused with {}", codes.join(" or ")))
                .observed("an answer");
            failed(card, &NOT_DENIED, &reason, ground)
        }
        (Expect::Denied(codes), Err(why)) => denied(card, codes, &why, ground),
        (Expect::Unreachable, Ok(_)) => {
            let reason = Reason::new(NOT_UNREACHABLE.id)
                .expected("nobody answers")
                .observed("somebody does");
            failed(card, &NOT_UNREACHABLE, &reason, ground)
        }
        (Expect::Unreachable, Err(why)) => silent(card, &why, ground),
    }
}

/// The failure of a cause.
pub(super) fn failed(card: &Card, cause: &Cause, reason: &Reason, ground: &dyn Ground) -> Settled {
    broken(finding(card, cause, reason, ground), cause.heals)
}

fn judged(card: &Card, judgement: Judgement, ground: &dyn Ground) -> Settled {
    let warn = |reasons: Vec<Reason>| {
        reasons
            .iter()
            .filter_map(|reason| named(card, reason, ground))
            .map(|(f, _)| f)
            .collect()
    };
    let (outcome, findings) = match judgement.verdict {
        Verdict::Holds => (Outcome::Pass, Vec::new()),
        Verdict::HoldsBut(reasons) => (Outcome::Warning, warn(reasons)),
        Verdict::Broken(reason) => {
            return match named(card, &reason, ground) {
                Some((finding, heals)) => broken(finding, heals),
                None => errored(format!(
                    "the check {} names a cause `{}` that its card does not list",
                    card.id, reason.cause
                )),
            };
        }
    };
    Settled {
        outcome,
        reason: None,
        findings,
        facts: judgement.facts,
        proves: judgement.proves,
        ..nothing()
    }
}

fn unanswered(card: &Card, why: &NoAnswer, ground: &dyn Ground) -> Settled {
    if let NoAnswer::Forbidden(_) | NoAnswer::NotFromHere(_) = why {
        return unknown(why.describe());
    }
    match listed(card, why, ground) {
        Some(settled) => settled,
        None => Settled {
            heals: transient(why).then_some(TRANSIENT),
            ..errored(why.describe())
        },
    }
}

fn denied(card: &Card, codes: &[String], why: &NoAnswer, ground: &dyn Ground) -> Settled {
    if let NoAnswer::NotFromHere(_) = why {
        return unknown(why.describe());
    }
    let wanted = format!("refused with {}", codes.join(" or "));
    let expected = why
        .codes()
        .iter()
        .find(|own| codes.iter().any(|code| code.eq_ignore_ascii_case(own)));
    if let Some(code) = expected.filter(|_| why.is_refusal()) {
        return Settled {
            outcome: Outcome::Pass,
            reason: Some(format!("refused with {code}, as expected")),
            ..nothing()
        };
    }
    // Without a token nobody was refused at the door that is meant.
    let was_tried = !matches!(why, NoAnswer::NoIdentity(_));
    if why.is_refusal() && was_tried && !transient(why) {
        // What would be a cause elsewhere is none here: its fix would open what must stay closed.
        let reason = Reason::new(DENIED_OTHERWISE.id)
            .expected(wanted)
            .observed(why.describe());
        return broken(
            finding(card, &DENIED_OTHERWISE, &reason, ground),
            DENIED_OTHERWISE.heals,
        );
    }
    // Silence proves nothing about a door that must be closed; where its cause is known, that says whose turn it is.
    let known = listed(card, why, ground).filter(|_| !why.is_refusal() || !was_tried);
    let reason = format!("expected to be {wanted}; {}", why.describe());
    Settled {
        findings: known.map(|known| known.findings).unwrap_or_default(),
        heals: transient(why).then_some(TRANSIENT),
        ..errored(reason)
    }
}

/// Nobody was to answer. Only silence of an address proves that: of a name it does not, since nothing was dialled, and
/// whoever refuses has been reached.
fn silent(card: &Card, why: &NoAnswer, ground: &dyn Ground) -> Settled {
    match why {
        NoAnswer::Unreachable(silence) if silence.is_of_address() => Settled {
            outcome: Outcome::Pass,
            reason: Some(format!("unreachable, as expected: {}", silence.why)),
            ..nothing()
        },
        NoAnswer::Unreachable(silence) if silence.is_of_names() => unknown(format!(
            "expected to be unreachable, and nothing was dialled: {}",
            silence.why
        )),
        NoAnswer::NotFromHere(_) => unknown(why.describe()),
        NoAnswer::Forbidden(_) | NoAnswer::Refused(_) => {
            let reason = Reason::new(NOT_UNREACHABLE.id)
                .expected("nobody answers")
                .observed(why.describe());
            failed(card, &NOT_UNREACHABLE, &reason, ground)
        }
        _ => Settled {
            heals: transient(why).then_some(TRANSIENT),
            ..errored(format!("expected to be unreachable; {}", why.describe()))
        },
    }
}

/// A refusal, or a kind of silence, that a cause of the card lists.
fn listed(card: &Card, why: &NoAnswer, ground: &dyn Ground) -> Option<Settled> {
    let codes = why.codes();
    // The innermost code says most: `ForbiddenByRbac` stands behind `Forbidden`.
    let cause = codes.iter().rev().find_map(|code| {
        card.causes
            .iter()
            .find(|cause| cause.on.iter().any(|on| on.eq_ignore_ascii_case(code)))
    });
    let reason = |cause: &Cause| {
        let mut reason = Reason::new(cause.id).observed(why.describe());
        reason.values = why.noted().cloned().unwrap_or_default();
        reason
    };
    if let Some(cause) = cause {
        return Some(failed(card, cause, &reason(cause), ground));
    }
    let parameter = card.asks.resource_parameter();
    let parameter = parameter.filter(|_| is_of(why, &SUBSCRIPTION_ELSEWHERE))?;
    let reason = reason(&SUBSCRIPTION_ELSEWHERE);
    let reason = match ground.value(parameter) {
        Some(id) => reason.with("asked-id", id),
        None => reason,
    };
    Some(failed(card, &SUBSCRIPTION_ELSEWHERE, &reason, ground))
}

/// Whether an answer has one of the codes of a cause.
fn is_of(why: &NoAnswer, cause: &Cause) -> bool {
    let is_on = |code: &String| cause.on.iter().any(|on| on.eq_ignore_ascii_case(code));
    why.codes().iter().any(is_on)
}

fn named(card: &Card, reason: &Reason, ground: &dyn Ground) -> Option<(Finding, Heals)> {
    let cause = card.cause(reason.cause)?;
    Some((finding(card, cause, reason, ground), cause.heals))
}

fn broken(finding: Finding, heals: Heals) -> Settled {
    Settled {
        outcome: Outcome::Fail,
        findings: vec![finding],
        heals: heals.bound(),
        flaps: heals.flaps(),
        ..nothing()
    }
}

fn unknown(reason: String) -> Settled {
    Settled {
        outcome: Outcome::Unknown,
        reason: Some(reason),
        ..nothing()
    }
}

fn errored(reason: String) -> Settled {
    Settled {
        outcome: Outcome::Error,
        reason: Some(reason),
        ..nothing()
    }
}

fn nothing() -> Settled {
    Settled {
        outcome: Outcome::Pass,
        reason: None,
        findings: Vec::new(),
        facts: Facts::none(),
        proves: Vec::new(),
        heals: None,
        flaps: false,
    }
}

/// Whether the same question may be answered later without anybody acting.
fn transient(why: &NoAnswer) -> bool {
    match why {
        NoAnswer::Unreachable(silence) => !silence.is_of_trust(),
        NoAnswer::Refused(Refusal { status, .. }) => *status == 429 || *status >= 500,
        NoAnswer::NoIdentity(inner) => transient(inner),
        NoAnswer::Forbidden(_)
        | NoAnswer::Unusable(_)
        | NoAnswer::NoTarget(_)
        | NoAnswer::NotFromHere(_)
        | NoAnswer::Internal(_) => false,
    }
}

/// The finding of a cause.
/// What is told of a cause.
pub(super) fn finding(card: &Card, cause: &Cause, reason: &Reason, ground: &dyn Ground) -> Finding {
    let owner = owner(cause.owner, reason, ground);
    let values = FindingValues {
        values: &reason.values,
        owner: owner.as_ref(),
        ground,
    };
    Finding {
        code: format!("{}.{}", card.id, cause.id),
        says: words::sentence(cause.says, &values),
        expected: reason.expected.clone(),
        observed: reason.observed.clone(),
        heals_within_seconds: cause.heals.bound().map(|bound| bound.as_secs()),
        fix: typed_as(words::commands(cause.fix, &values), owner.as_ref(), ground),
        docs: anchor(card, cause.id),
        source: cause.source.to_owned(),
        owner,
    }
}

/// Where a cause is documented.
pub fn anchor(card: &Card, cause: &str) -> String {
    let is_of_every = OF_EVERY_CHECK.iter().any(|own| own.id == cause);
    if is_of_every && card.cause(cause).is_none() {
        // It says the same of every check, and stands there once.
        return format!("docs/checks.md#{cause}");
    }
    format!("docs/checks.md#{}.{cause}", card.id)
}

/// The tenant whose administrator must act.
fn owner(owner: Owner, reason: &Reason, ground: &dyn Ground) -> Option<TenantRef> {
    let text = |name: &str| {
        reason
            .values
            .get(name)
            .cloned()
            .or_else(|| ground.value(name))
    };
    match owner {
        Owner::Asked => ground.asked(),
        Owner::Of(name) => text(name)?
            .parse()
            .ok()
            .and_then(|id| ground.tenant_of(&id)),
        Owner::Tenant(name) => text(name)?.parse().ok().map(|id| ground.named(id)),
        Owner::HomeOf(name) => text(name)?
            .parse()
            .ok()
            .and_then(|application| ground.home_of(&application)),
    }
}

/// The values of one finding: what the judgement gave, then what the link knows.
struct FindingValues<'a> {
    values: &'a BTreeMap<String, String>,
    owner: Option<&'a TenantRef>,
    ground: &'a dyn Ground,
}

impl Values for FindingValues<'_> {
    fn value(&self, name: &str) -> Option<String> {
        match name {
            "owner" => self.owner.map(|owner| owner.id.to_string()),
            "tenant" => self.ground.asked().map(|tenant| tenant.id.to_string()),
            "tenant-name" => self.ground.asked().map(|tenant| tenant.name),
            "workload-home" => {
                let application = self.ground.value("workload-application")?.parse().ok()?;
                self.ground.home_of(&application).map(|home| home.name)
            }
            _ => self
                .values
                .get(name)
                .cloned()
                .or_else(|| self.ground.value(name)),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::outcome::{Asks, Plane, Unreachable};

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
}
