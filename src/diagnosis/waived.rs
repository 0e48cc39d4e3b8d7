//! Which failures are let be, and which waivers are for nothing?
//!
//! A failure whose decisive finding has the cause of a waiver that holds on the day of the run becomes skipped, with the
//! waiver as its reason; it keeps its findings. What it blocks stays blocked, by a waived link now: nobody has seen that it
//! works. A waiver whose last day is over lets nothing be; one whose link did not fail for its cause is unused.

use crate::outcome::run::ChainReport;
use crate::outcome::{LinkReport, Outcome, Waiver, WaiverState};

/// Applies the waivers of a chain to its links.
pub fn waive(chain: &mut ChainReport) {
    let today = chain.started.date();
    let mut blocks = Vec::new();
    for waiver in &mut chain.waivers {
        let link = chain.links.iter_mut().find(|link| link.id == waiver.link);
        waiver.state = match link {
            _ if waiver.expires < today => WaiverState::Expired,
            Some(link) if is_for(waiver, link) => {
                let before = link.blocks();
                let_be(link, waiver);
                blocks.push((before, link.blocks()));
                WaiverState::Used
            }
            Some(link) if was_answered(link) => WaiverState::Unused,
            _ => WaiverState::Open,
        };
    }
    let blocked = |link: &&mut LinkReport| link.outcome == Outcome::Blocked;
    for link in chain.links.iter_mut().filter(blocked) {
        let reason = link.reason.as_ref();
        let renamed = blocks.iter().find(|(before, _)| reason == Some(before));
        if let Some((_, now)) = renamed {
            link.reason = Some(now.clone());
        }
    }
}

fn let_be(link: &mut LinkReport, waiver: &Waiver) {
    link.outcome = Outcome::Skipped;
    link.reason = Some(waiver.words());
    link.waived = true;
    link.still_healing = false;
}

fn is_for(waiver: &Waiver, link: &LinkReport) -> bool {
    let decisive = link.findings.first();
    let is_open = link.outcome == Outcome::Fail || link.waived;
    is_open && decisive.is_some_and(|finding| finding.code == waiver.cause)
}

/// Whether the link was asked and said something else.
const fn was_answered(link: &LinkReport) -> bool {
    link.outcome.is_good() || matches!(link.outcome, Outcome::Fail) || link.waived
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::link::sample as link;
    use crate::outcome::run::sample;
    use crate::timestamp::Timestamp;

    fn waiver(link: &str, cause: &str, expires: &str) -> Waiver {
        Waiver {
            link: link.to_owned(),
            cause: cause.to_owned(),
            reason: "known".to_owned(),
            owner: "me".to_owned(),
            expires: expires.to_owned(),
            place: crate::outcome::link::Place {
                file: "waivers.yaml".to_owned(),
                line: 1,
                column: 1,
            },
            state: WaiverState::Open,
        }
    }

    /// The state of a waiver and the outcome of the link that it is for.
    fn waived(outcome: Outcome, waiver: Waiver) -> (WaiverState, Outcome) {
        let mut chain = sample(&[]).chains.remove(0);
        chain.started = Timestamp::parse("2026-11-01T09:00:00Z").unwrap();
        chain.links = vec![link("a", outcome)];
        chain.waivers = vec![waiver];
        waive(&mut chain);
        let first = (chain.waivers[0].state, chain.links[0].outcome);
        waive(&mut chain);
        assert_eq!(first, (chain.waivers[0].state, chain.links[0].outcome));
        assert_eq!(chain.links[0].waived, first.0 == WaiverState::Used);
        first
    }

    #[test]
    fn a_failure_for_the_cause_is_let_be_until_the_last_day_is_over() {
        let on = |expires| waived(Outcome::Fail, waiver("a", "sample.cause", expires));
        assert_eq!(on("2026-11-01"), (WaiverState::Used, Outcome::Skipped));
        assert_eq!(on("2026-10-31"), (WaiverState::Expired, Outcome::Fail));
    }

    #[test]
    fn a_waiver_for_something_else_is_unused_and_one_nobody_can_judge_is_open() {
        let of = |outcome, cause| waived(outcome, waiver("a", cause, "2027-01-01")).0;
        assert_eq!(of(Outcome::Fail, "sample.other"), WaiverState::Unused);
        assert_eq!(of(Outcome::Pass, "sample.cause"), WaiverState::Unused);
        for outcome in [
            Outcome::Blocked,
            Outcome::Error,
            Outcome::Skipped,
            Outcome::Unknown,
        ] {
            assert_eq!(of(outcome, "sample.cause"), WaiverState::Open);
        }
    }
}
