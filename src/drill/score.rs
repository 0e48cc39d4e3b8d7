//! The finished drill: the one source of its table, its JSON and its exit code.

use serde::{Deserialize, Serialize};

/// Version of the format of a drill's report; it only grows.
pub const FORMAT_VERSION: u32 = 1;

/// What a whole drill found: one part per chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Drill {
    /// Version of this format.
    pub format: u32,
    /// Version of the tool.
    pub xtenant: String,
    /// Whether it ended early, so that faults are missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// The chains, in the order they were given.
    pub chains: Vec<ChainDrill>,
}

/// What became of one chain under its faults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ChainDrill {
    /// The scenario's name.
    pub scenario: String,
    /// Its file, as it was named.
    pub file: String,
    /// The world that was broken.
    pub world: String,
    /// The trials, in the order of the catalogue; pairs last.
    pub trials: Vec<Trial>,
    /// Links that no single fault turned red or made warn: whatever they claim, nothing here proves that they notice.
    pub untested: Vec<String>,
    /// How many trials ended how.
    pub score: Score,
    /// Wall time of the whole, in milliseconds.
    pub milliseconds: u64,
}

/// One run under one fault, or under two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Trial {
    /// What was planted, in this order.
    pub faults: Vec<Planted>,
    /// What the run proves.
    pub verdict: Verdict,
    /// Why, in a few words, when it was not caught.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// What a row of the drill's file, or the catalogue, says that must be told first; nothing when any of several will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Told>,
    /// What was told first, when something was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<Told>,
    /// The links that were red or warned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub noticed_by: Vec<String>,
}

/// A fault at a place.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub struct Planted {
    /// Id of the fault.
    pub fault: String,
    /// Where it was planted.
    pub at: String,
}

/// A cause at a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Told {
    /// Id of the link.
    pub link: String,
    /// Code of the cause; empty when the link is red without one.
    pub cause: String,
    /// Name of the tenant whose administrator must act, when one is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// What a run under a fault proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The right cause leads, and names the right owner.
    Caught,
    /// Something was told, but not that.
    WrongCause,
    /// Nothing was told.
    Missed,
    /// Nothing was told, and the drill's file says why that is right for this chain.
    Excused,
}

impl Verdict {
    /// In words, as the table writes it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Caught => "caught",
            Self::WrongCause => "wrong cause",
            Self::Missed => "missed",
            Self::Excused => "excused",
        }
    }
}

/// How many trials ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Score {
    /// Caught.
    pub caught: usize,
    /// Caught with the wrong cause.
    pub wrong_cause: usize,
    /// Missed.
    pub missed: usize,
    /// Excused by the drill's file; no part of the score.
    pub excused: usize,
}

impl Score {
    /// Counts trials.
    pub fn of<'a>(trials: impl IntoIterator<Item = &'a Trial>) -> Self {
        let mut score = Self::default();
        for trial in trials {
            *match trial.verdict {
                Verdict::Caught => &mut score.caught,
                Verdict::WrongCause => &mut score.wrong_cause,
                Verdict::Missed => &mut score.missed,
                Verdict::Excused => &mut score.excused,
            } += 1;
        }
        score
    }

    /// The trials that count.
    pub const fn counted(&self) -> usize {
        self.caught + self.wrong_cause + self.missed
    }

    /// What was caught of the trials that count, in per cent; nothing when none counts.
    pub fn percent(&self) -> Option<f64> {
        let counted = self.counted();
        // A catalogue has hundreds of faults, not 2^52.
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        (counted > 0).then(|| self.caught as f64 * 100.0 / counted as f64)
    }

    /// The two together.
    pub const fn and(&self, other: &Self) -> Self {
        Self {
            caught: self.caught + other.caught,
            wrong_cause: self.wrong_cause + other.wrong_cause,
            missed: self.missed + other.missed,
            excused: self.excused + other.excused,
        }
    }
}

impl Drill {
    /// All chains together.
    pub fn score(&self) -> Score {
        let none = Score::default();
        self.chains
            .iter()
            .fold(none, |sum, chain| sum.and(&chain.score))
    }
}

/// The JSON Schema of the report.
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Drill).to_value();
    schema["title"] = "xtenant drill report".into();
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(verdict: Verdict) -> Trial {
        Trial {
            faults: Vec::new(),
            verdict,
            why: String::new(),
            expected: None,
            first: None,
            noticed_by: Vec::new(),
        }
    }

    #[test]
    fn what_is_excused_counts_neither_for_nor_against() {
        let trials = [
            Verdict::Caught,
            Verdict::Missed,
            Verdict::Excused,
            Verdict::WrongCause,
            Verdict::Caught,
        ]
        .map(trial);
        let score = Score::of(&trials);
        assert_eq!(score.counted(), 4);
        assert_eq!(score.percent(), Some(50.0));
        assert_eq!(score.excused, 1);
    }

    #[test]
    fn without_a_trial_there_is_no_score() {
        assert_eq!(Score::of(&[]).percent(), None);
        assert_eq!(Score::of(&[trial(Verdict::Excused)]).percent(), None);
    }
}
