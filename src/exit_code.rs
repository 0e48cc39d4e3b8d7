//! Every exit code with its meaning, and the one place that derives it from a finished run.

use crate::outcome::FinishedRun;

/// How the process ends (`DESIGN.md` §8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitCode {
    /// Every link that was asked holds.
    Good = 0,
    /// A link is red.
    Red = 1,
    /// The command line is wrong, or something it names cannot be used.
    Usage = 2,
    /// A scenario or a world is invalid.
    Invalid = 3,
    /// Nothing ran: no link was asked.
    NothingRan = 4,
    /// Nothing is red, but something could not be looked at.
    Inconclusive = 5,
    /// Every red link could still heal when the wait ran out.
    StillHealing = 7,
    /// A mistake of ours.
    Internal = 70,
    /// Interrupted.
    Interrupted = 130,
}

/// All exit codes with the sentence that documents them.
pub const TABLE: &[(ExitCode, &str)] = &[
    (ExitCode::Good, "every link that was asked holds"),
    (
        ExitCode::Red,
        "a link is red: it fails, or gave no usable answer",
    ),
    (
        ExitCode::Usage,
        "the command line is wrong, or something it names cannot be used",
    ),
    (ExitCode::Invalid, "a scenario or a world is invalid"),
    (ExitCode::NothingRan, "nothing ran: no link was asked"),
    (
        ExitCode::Inconclusive,
        "nothing is red, but something could not be looked at (`--inconclusive ok` makes it 0)",
    ),
    (
        ExitCode::StillHealing,
        "every red link could still heal when the wait ran out",
    ),
    (ExitCode::Internal, "a mistake of ours"),
    (ExitCode::Interrupted, "interrupted"),
];

/// What of a run counts how.
#[derive(Clone, Copy, Debug, Default)]
pub struct Strictness {
    /// Warnings fail.
    pub strict: bool,
    /// What could not be looked at does not matter.
    pub inconclusive_ok: bool,
}

impl ExitCode {
    /// The code of a finished run.
    pub fn of(run: &FinishedRun, strictness: Strictness) -> Self {
        let tally = run.tally();
        let red = tally.red + tally.failed_identities;
        if run.interrupted {
            Self::Interrupted
        } else if tally.internal > 0 {
            Self::Internal
        } else if tally.observed() == 0 && red == 0 {
            Self::NothingRan
        } else if red > 0 {
            if tally.healing == red {
                Self::StillHealing
            } else {
                Self::Red
            }
        } else if strictness.strict && tally.warnings + tally.stale_waivers > 0 {
            Self::Red
        } else if tally.unknown + tally.blocked > tally.blocked_by_waived
            && !strictness.inconclusive_ok
        {
            Self::Inconclusive
        } else {
            Self::Good
        }
    }

    /// The number.
    pub const fn number(self) -> u8 {
        self as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::run::sample;
    use crate::outcome::{NoAnswer, Outcome};

    fn code(outcomes: &[Outcome]) -> ExitCode {
        ExitCode::of(&sample(outcomes), Strictness::default())
    }

    #[test]
    fn never_good_without_evidence() {
        assert_eq!(code(&[]), ExitCode::NothingRan);
        assert_eq!(
            code(&[Outcome::Skipped, Outcome::Blocked]),
            ExitCode::NothingRan
        );
        assert_eq!(
            code(&[Outcome::Pass, Outcome::Unknown]),
            ExitCode::Inconclusive
        );
        assert_eq!(
            code(&[Outcome::Pass, Outcome::Blocked]),
            ExitCode::Inconclusive,
            "blocked by a missing fact: nothing is red, and something was not asked"
        );
        assert_eq!(code(&[Outcome::Pass, Outcome::Implied]), ExitCode::Good);
    }

    #[test]
    fn a_mistake_of_ours_is_no_finding_about_azure() {
        let mut run = sample(&[Outcome::Error, Outcome::Fail]);
        run.chains[0].links[0].no_answer = Some(NoAnswer::Internal("x".to_owned()));
        assert_eq!(
            ExitCode::of(&run, Strictness::default()),
            ExitCode::Internal
        );
    }

    #[test]
    fn red_wins_over_unknown_and_strict_makes_warnings_red() {
        assert_eq!(
            code(&[Outcome::Pass, Outcome::Unknown, Outcome::Fail]),
            ExitCode::Red
        );
        assert_eq!(code(&[Outcome::Error]), ExitCode::Red);
        assert_eq!(code(&[Outcome::Warning]), ExitCode::Good);
        let strict = Strictness {
            strict: true,
            inconclusive_ok: true,
        };
        assert_eq!(
            ExitCode::of(&sample(&[Outcome::Warning]), strict),
            ExitCode::Red
        );
        assert_eq!(
            ExitCode::of(&sample(&[Outcome::Pass, Outcome::Unknown]), strict),
            ExitCode::Good
        );
    }

    #[test]
    fn what_waits_behind_a_waived_link_is_let_be_and_nothing_else_is() {
        let of = |needs: &str| {
            let mut run = sample(&[Outcome::Pass, Outcome::Skipped, Outcome::Blocked]);
            run.chains[0].links[1].waived = true;
            run.chains[0].links[2].needs = vec![needs.to_owned()];
            ExitCode::of(&run, Strictness::default())
        };
        assert_eq!(of("link-1"), ExitCode::Good);
        assert_eq!(of("link-0"), ExitCode::Inconclusive);
    }

    #[test]
    fn an_interrupted_run_says_so_whatever_it_found() {
        for outcome in [Outcome::Pass, Outcome::Fail, Outcome::Skipped] {
            let mut run = sample(&[outcome]);
            run.interrupted = true;
            assert_eq!(
                ExitCode::of(&run, Strictness::default()),
                ExitCode::Interrupted
            );
        }
    }

    #[test]
    fn still_healing_only_when_every_red_link_could_heal() {
        let mut run = sample(&[Outcome::Fail, Outcome::Fail]);
        run.chains[0].links[0].still_healing = true;
        assert_eq!(ExitCode::of(&run, Strictness::default()), ExitCode::Red);
        run.chains[0].links[1].still_healing = true;
        assert_eq!(
            ExitCode::of(&run, Strictness::default()),
            ExitCode::StillHealing
        );
    }
}
