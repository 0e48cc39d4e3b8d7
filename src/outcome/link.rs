//! What became of a link.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::NoAnswer;
use super::card::Plane;
use super::evidence::Evidence;
use super::fact::Facts;
use super::verdict::Claim;
use crate::ids::TenantId;
use crate::timestamp::Timestamp;

/// The outcomes of `DESIGN.md` §8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// An earlier link broke.
    Blocked,
    /// No usable answer: time-out, 5xx, malformed, or a refusal that no cause of the check lists.
    Error,
    /// Observed and wrong, or refused.
    Fail,
    /// Proved by a later link.
    Implied,
    /// Observed and right.
    Pass,
    /// Not asked: another half, vantage, or filter.
    Skipped,
    /// Could not be looked at: 403 on a control-plane read; vantage or control missing.
    Unknown,
    /// Right, but wants attention.
    Warning,
}

impl Outcome {
    /// Whether the link counts as broken.
    pub const fn is_red(self) -> bool {
        matches!(self, Self::Error | Self::Fail)
    }

    /// Whether the link counts as good.
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Pass | Self::Implied | Self::Warning)
    }

    /// Lower-case word, as reports write it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Error => "error",
            Self::Fail => "fail",
            Self::Implied => "implied",
            Self::Pass => "pass",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
            Self::Warning => "warning",
        }
    }
}

/// A tenant by the scenario's name and its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TenantRef {
    /// Name in the scenario.
    pub name: String,
    /// Tenant id.
    pub id: TenantId,
}

/// A coded explanation of an outcome that is not a plain pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Finding {
    /// Stable code: `<check>.<cause>`.
    pub code: String,
    /// One sentence.
    pub says: String,
    /// What was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
    /// The tenant whose administrator must act, when a tenant of the scenario is concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<TenantRef>,
    /// Seconds within which the cause may heal by itself; absent when waiting never helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heals_within_seconds: Option<u64>,
    /// Commands a person can paste.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fix: Vec<String>,
    /// Anchor in the documentation.
    pub docs: String,
    /// Where the rule comes from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// Another link that says why this one is red, or may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Explanation {
    /// Id of the other link.
    pub link: String,
    /// What it has to do with this one.
    pub says: String,
    /// Whether it is why; otherwise it may be.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub certain: bool,
}

/// One link of a finished run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LinkReport {
    /// Id in the scenario.
    pub id: String,
    /// Id of the check.
    pub check: String,
    /// The check's sentence, or the author's `about`.
    pub sentence: String,
    /// Control or data plane.
    pub plane: PlaneName,
    /// Where the link stands in the scenario: file and line.
    pub place: Place,
    /// The tenant asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantRef>,
    /// The vantage asked from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The identity that asked.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// Ids of the links it needs, facts included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Parameters as they were used, secrets hidden.
    pub parameters: Value,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, when it was not observed: skipped, blocked, unknown, error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether it failed, and a waiver of the chain says to let that be: it is skipped then, and keeps its findings.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waived: bool,
    /// The findings, the decisive one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Other links that say why it is red, or may be; those that do come first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explained_by: Vec<Explanation>,
    /// What was observed: input of `judge`, kept so that judgement can be repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<Value>,
    /// The question without an answer, kept for the same reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_answer: Option<NoAnswer>,
    /// Facts provided.
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub facts: Facts,
    /// Claims that an unknown leaves open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// Claims of other checks that this pass proves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proves: Vec<Claim>,
    /// How often it was tried.
    pub tries: u32,
    /// How many of them did not come out well, where the last one did: such answers come and go.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed_tries: u32,
    /// Whether a wait ran out while the cause could still heal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub still_healing: bool,
    /// When the first try began, by the engine's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// Time spent, waiting included, by the engine's clock.
    pub milliseconds: u64,
    /// Time of the last try alone, by a stopwatch: what a budget is compared with.
    #[serde(default)]
    pub last_try_milliseconds: u64,
    /// What was asked and answered in the last try.
    pub evidence: Evidence,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl LinkReport {
    /// Why a link is blocked that needs this one.
    pub fn blocks(&self) -> String {
        let word = if self.waived {
            "waived"
        } else {
            self.outcome.word()
        };
        format!("{} is {word}", self.id)
    }
}

/// [`Plane`] in a report.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum PlaneName {
    /// Settings.
    Control,
    /// Data.
    Data,
}

impl From<Plane> for PlaneName {
    fn from(plane: Plane) -> Self {
        match plane {
            Plane::Control => Self::Control,
            Plane::Data => Self::Data,
        }
    }
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Place {
    /// File as it was named.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

/// A link report of that id and outcome, for tests; a red one has a finding.
/// Ids of the links that need one of this kind, through others too. Each need is looked at once.
pub fn behind(links: &[LinkReport], is_meant: impl Fn(&LinkReport) -> bool) -> HashSet<&str> {
    let mut needed_by: HashMap<&str, Vec<&str>> = HashMap::new();
    for link in links {
        for need in &link.needs {
            needed_by.entry(need).or_default().push(&link.id);
        }
    }
    let meant = links.iter().filter(|link| is_meant(link));
    let mut open: Vec<&str> = meant.map(|link| link.id.as_str()).collect();
    let mut found = HashSet::new();
    while let Some(id) = open.pop() {
        // What was followed once leads to nothing new.
        let next = needed_by.remove(id).unwrap_or_default();
        found.extend(next.iter().copied());
        open.extend(next);
    }
    found
}

#[cfg(test)]
pub(crate) fn sample(id: &str, outcome: Outcome) -> LinkReport {
    let finding = Finding {
        code: "sample.cause".to_owned(),
        says: "it is broken".to_owned(),
        expected: None,
        observed: None,
        owner: None,
        heals_within_seconds: None,
        fix: Vec::new(),
        docs: String::new(),
        source: String::new(),
    };
    LinkReport {
        id: id.to_owned(),
        check: "sample".to_owned(),
        sentence: "it holds".to_owned(),
        plane: PlaneName::Control,
        place: Place {
            file: "scenario.yaml".to_owned(),
            line: 1,
            column: 1,
        },
        tenant: None,
        at: None,
        identity: None,
        needs: Vec::new(),
        tags: Vec::new(),
        parameters: Value::Null,
        findings: if outcome == Outcome::Fail {
            vec![finding]
        } else {
            Vec::new()
        },
        outcome,
        reason: None,
        waived: false,
        explained_by: Vec::new(),
        seen: None,
        no_answer: None,
        facts: Facts::none(),
        claims: Vec::new(),
        proves: Vec::new(),
        tries: 1,
        failed_tries: 0,
        still_healing: false,
        started: None,
        milliseconds: 0,
        last_try_milliseconds: 0,
        evidence: Evidence::default(),
    }
}
