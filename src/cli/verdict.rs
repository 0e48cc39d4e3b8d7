//! What counts how: the flags that decide the exit code of a run and of a report.

use clap::ValueEnum;

use crate::exit_code::Strictness;

#[derive(Debug, clap::Args)]
pub(super) struct Verdict {
    /// Warnings fail the run.
    #[arg(long)]
    strict: bool,
    /// What a run means that is not red, but could not look at something.
    #[arg(long, value_enum, default_value_t = Inconclusive::Fail)]
    inconclusive: Inconclusive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Inconclusive {
    /// Exit code 5.
    Fail,
    /// Exit code 0; still printed.
    Ok,
}

impl Verdict {
    pub(super) fn strictness(&self) -> Strictness {
        Strictness {
            strict: self.strict,
            inconclusive_ok: self.inconclusive == Inconclusive::Ok,
        }
    }
}
