//! What became of a question: the one place that turns a verdict, or the lack of one, into an outcome.
//!
//! No check decides this. A refusal is looked up in the causes of the card; what the scenario expects decides whether
//! it is the pass or the failure. [`finding`] tells a cause: the owner becomes a tenant of the scenario; sentences and
//! commands get their values.

mod finding;
#[cfg(test)]
pub(in crate::engine) mod tests;

pub use finding::anchor;
pub(in crate::engine) use finding::finding;

use std::time::Duration;

use super::words::Values;
use crate::checks::Judgement;
use crate::ids::{AppId, ResourceId, TenantId};
use crate::outcome::general::{
    DENIED_OTHERWISE, NOT_DENIED, NOT_UNREACHABLE, SUBSCRIPTION_ELSEWHERE,
};
use crate::outcome::{
    Card, Cause, Claim, Facts, Finding, Heals, NoAnswer, Outcome, Reason, Refusal, TenantRef,
    Verdict,
};
use crate::plan::Expect;

/// What settling needs to know about the scenario.
pub(in crate::engine) trait Ground: Values {
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
pub(in crate::engine) struct Settled {
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
pub(in crate::engine) fn settle(
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
pub(in crate::engine) fn failed(
    card: &Card,
    cause: &Cause,
    reason: &Reason,
    ground: &dyn Ground,
) -> Settled {
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
