//! The finished run: the one source of every report and of the exit code.

use serde::{Deserialize, Serialize};

use super::answer::NoAnswer;
use super::evidence::Evidence;
use super::link::{Finding, LinkReport, Outcome, TenantRef, behind};
use super::waiver::Waiver;
use crate::timestamp::Timestamp;

/// Version of the JSON report's format; it only grows.
pub const FORMAT_VERSION: u32 = 1;

/// What a whole invocation found: one chain per scenario file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FinishedRun {
    /// Version of this format.
    pub format: u32,
    /// Version of the tool.
    pub xtenant: String,
    /// Whether it ended early, so that links are skipped which would have been asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// The chains, in the order they were given.
    pub chains: Vec<ChainReport>,
}

/// What became of one scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ChainReport {
    /// The scenario's name.
    pub scenario: String,
    /// Its file, as it was named.
    pub file: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// Digest of the scenario after variables: halves of a run merge only when it is equal.
    pub digest: String,
    /// The target asked, always named.
    pub target: String,
    /// The vantages used.
    pub vantages: Vec<VantageReport>,
    /// The tenants.
    pub tenants: Vec<TenantRef>,
    /// The identities under test, as the scenario defines them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub workloads: Vec<WorkloadReport>,
    /// The identities that read, and what preflight found about them.
    pub identities: Vec<IdentityReport>,
    /// When it began, by the engine's clock.
    pub started: Timestamp,
    /// Time taken, by the engine's clock.
    pub milliseconds: u64,
    /// The links, in the file's order.
    pub links: Vec<LinkReport>,
    /// The waivers that were given for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
    /// Id of the link that broke first, if any did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_cause: Option<String>,
}

/// A vantage of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct VantageReport {
    /// Name in the scenario.
    pub name: String,
    /// Its network, when it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// How the run knows that it asked from there.
    pub proof: String,
}

/// An identity under test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct WorkloadReport {
    /// Name in the scenario.
    pub name: String,
    /// The tenant that its tokens are asked from.
    pub tenant: TenantRef,
    /// The application whose token it asks for, when the scenario says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// The managed identity that it is, or that proves it, when the scenario says which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_identity: Option<String>,
}

/// An identity that reads control planes, as preflight found it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct IdentityReport {
    /// Name in the scenario.
    pub name: String,
    /// The tenant it reads.
    pub tenant: TenantRef,
    /// Where its token came from.
    pub source: String,
    /// Object id in its token, when it got one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_id: Option<String>,
    /// Why it could not be used, when it could not: the identity is then red itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// What was asked and answered.
    pub evidence: Evidence,
}

impl IdentityReport {
    /// Whether it failed for the target's sake: then nothing of that target can be asked.
    pub fn is_of_target(&self) -> bool {
        let code = self.finding.as_ref().map(|finding| finding.code.as_str());
        matches!(code, Some("identity.no-target" | "identity.not-trusted"))
    }
}

/// The pseudo-link that a failed auditor is.
pub fn identity_link(name: &str) -> String {
    format!("identity/{name}")
}

/// The verdict over a run: what decides the exit code, computed here and nowhere else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Links that hold, warnings included.
    pub good: usize,
    /// Links with a warning.
    pub warnings: usize,
    /// Links that are red.
    pub red: usize,
    /// Identities that could not be used.
    pub failed_identities: usize,
    /// Links in whose way a mistake of ours stood.
    pub internal: usize,
    /// Links that could not be looked at.
    pub unknown: usize,
    /// Links that were blocked.
    pub blocked: usize,
    /// Of those, links that wait behind a waived one: that they were not asked is let be as well.
    pub blocked_by_waived: usize,
    /// Links that were skipped.
    pub skipped: usize,
    /// Links that failed, and a waiver says to let that be.
    pub waived: usize,
    /// Waivers that are expired, or for nothing.
    pub stale_waivers: usize,
    /// Red links whose cause could still heal when the wait ran out.
    pub healing: usize,
}

impl FinishedRun {
    /// Counts what the run found.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for chain in &self.chains {
            tally.add(chain);
        }
        tally
    }
}

impl ChainReport {
    /// Counts what this chain found.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        tally.add(self);
        tally
    }

    /// The link of that id.
    pub fn link(&self, id: &str) -> Option<&LinkReport> {
        self.links.iter().find(|link| link.id == id)
    }
}

impl Tally {
    fn add(&mut self, chain: &ChainReport) {
        self.failed_identities += chain
            .identities
            .iter()
            .filter(|identity| identity.finding.is_some())
            .count();
        let stale = chain
            .waivers
            .iter()
            .filter(|waiver| waiver.state.is_stale());
        self.stale_waivers += stale.count();
        let behind = behind(&chain.links, |link| link.waived);
        for link in &chain.links {
            match link.outcome {
                Outcome::Blocked => {
                    self.blocked += 1;
                    self.blocked_by_waived += usize::from(behind.contains(link.id.as_str()));
                }
                Outcome::Error | Outcome::Fail => self.red += 1,
                Outcome::Implied | Outcome::Pass => self.good += 1,
                Outcome::Skipped if link.waived => self.waived += 1,
                Outcome::Skipped => self.skipped += 1,
                Outcome::Unknown => self.unknown += 1,
                Outcome::Warning => {
                    self.good += 1;
                    self.warnings += 1;
                }
            }
            if let Some(NoAnswer::Internal(_)) = link.no_answer {
                self.internal += 1;
            }
            if link.outcome.is_red() && link.still_healing {
                self.healing += 1;
            }
        }
    }

    /// Links that were looked at, with whatever result.
    pub const fn observed(&self) -> usize {
        self.good + self.red + self.unknown + self.waived
    }
}

/// A run of one chain whose links have these outcomes, for tests.
#[cfg(test)]
pub(crate) fn sample(outcomes: &[Outcome]) -> FinishedRun {
    let links = outcomes
        .iter()
        .enumerate()
        .map(|(at, outcome)| super::link::sample(&format!("link-{at}"), *outcome));
    FinishedRun {
        format: FORMAT_VERSION,
        xtenant: "0.0.0".to_owned(),
        interrupted: false,
        chains: vec![ChainReport {
            scenario: "sample".to_owned(),
            file: "scenario.yaml".to_owned(),
            about: String::new(),
            digest: String::new(),
            target: "mock".to_owned(),
            vantages: Vec::new(),
            tenants: Vec::new(),
            workloads: Vec::new(),
            identities: Vec::new(),
            started: Timestamp::from_epoch_seconds(0),
            milliseconds: 0,
            links: links.collect(),
            waivers: Vec::new(),
            first_cause: None,
        }],
    }
}
