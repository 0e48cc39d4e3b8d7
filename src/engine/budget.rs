//! Was the answer in time? `budget:` of a link: right, but too slow, is a failure.
//!
//! What counts is how long the last try took by a stopwatch: from its first request to its judgement. Waiting between
//! tries does not count, and the clock of a mock, which waiting turns, is not read.

use std::time::Duration;

use super::settle::{Ground, Settled, failed};
use crate::outcome::general::OVER_BUDGET;
use crate::outcome::{Card, Outcome, Reason};

/// Turns a good outcome whose last try took longer than the budget into a failure; others stay what they are.
pub(super) fn within_budget(
    card: &Card,
    budget: Option<Duration>,
    took: Duration,
    settled: Settled,
    ground: &dyn Ground,
) -> Settled {
    match budget {
        Some(budget) if took > budget && is_right(settled.outcome) => {
            let reason = Reason::new(OVER_BUDGET.id)
                .expected(format!("an answer within {} ms", budget.as_millis()))
                .observed(format!("{} ms", took.as_millis()));
            let over = failed(card, &OVER_BUDGET, &reason, ground);
            let warnings = settled.findings;
            let findings = over.findings.into_iter().chain(warnings).collect();
            Settled { findings, ..over }
        }
        _ => settled,
    }
}

const fn is_right(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Pass | Outcome::Warning)
}

#[cfg(test)]
mod tests {
    use super::super::settle::tests::{CARD, Land, pass};
    use super::*;

    fn settled(budget: Option<u64>, took: u64, outcome: Outcome) -> Settled {
        let before = Settled { outcome, ..pass() };
        let budget = budget.map(Duration::from_millis);
        within_budget(&CARD, budget, Duration::from_millis(took), before, &Land)
    }

    #[test]
    fn right_but_too_slow_is_a_failure_that_waiting_does_not_heal() {
        let over = settled(Some(500), 501, Outcome::Pass);
        assert_eq!((over.outcome, over.heals), (Outcome::Fail, None));
        let finding = &over.findings[0];
        assert_eq!(finding.code, "sample.over-budget");
        assert_eq!(finding.docs, "docs/checks.md#over-budget");
        assert_eq!(finding.observed.as_deref(), Some("501 ms"));
        assert_eq!(
            settled(Some(500), 501, Outcome::Warning).outcome,
            Outcome::Fail
        );
    }

    #[test]
    fn what_is_in_time_or_broken_already_stays_what_it_is() {
        for (budget, took, outcome) in [
            (Some(500), 500, Outcome::Pass),
            (None, 5_000, Outcome::Pass),
            (Some(500), 501, Outcome::Error),
            (Some(500), 501, Outcome::Unknown),
        ] {
            assert_eq!(settled(budget, took, outcome).outcome, outcome);
        }
    }
}
