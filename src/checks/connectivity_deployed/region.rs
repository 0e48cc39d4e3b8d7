//! What is wrong in one region?

use std::time::Duration;

use super::Region;
use crate::checks::network_manager::configuration::Configuration;
use crate::checks::network_manager::ids::{any, same};
use crate::checks::wire::list_of;
use crate::timestamp::Timestamp;

/// A commit is applied within 20 minutes (A13); one that is older than this waits for nothing.
const APPLIED_WITHIN: Duration = Duration::from_secs(30 * 60);

/// Why a region does not have the configuration as it is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    BeingReplaced,
    Deploying,
    Failed,
    NotCommitted,
    Replaced,
    Stale,
    Stuck,
    UnknownState,
}

impl Why {
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::BeingReplaced => "being-replaced",
            Self::Deploying => "deploying",
            Self::Failed => "failed",
            Self::NotCommitted => "not-committed",
            Self::Replaced => "replaced",
            Self::Stale => "stale",
            Self::Stuck => "stuck",
            Self::UnknownState => "unknown-state",
        }
    }

    pub(super) const fn heals(self) -> bool {
        matches!(self, Self::Deploying)
    }
}

/// What is wrong in a region.
pub(super) struct Found {
    pub(super) cause: Why,
    pub(super) expected: &'static str,
    pub(super) observed: String,
    pub(super) message: String,
}

impl Found {
    fn new(cause: Why, expected: &'static str, observed: impl Into<String>) -> Self {
        Self {
            cause,
            expected,
            observed: observed.into(),
            message: String::new(),
        }
    }
}

const COMMITTED: &str = "a deployment with this configuration";

impl Region {
    /// What is wrong here, if anything.
    pub(super) fn wrong(&self, configured: &Configuration, now: Timestamp) -> Option<Found> {
        let Some(deployment) = &self.deployment else {
            return Some(Found::new(Why::NotCommitted, COMMITTED, "never committed"));
        };
        let status = deployment.deployment_status.trim();
        let is_ours = any(&deployment.configuration_ids, &configured.id);
        match (status.to_ascii_lowercase().as_str(), is_ours) {
            ("failed", _) => Some(self.failed(configured)),
            ("deployed", true) => self.compare(configured, now),
            ("deployed", false) => Some(self.without_ours(Why::Replaced, "")),
            ("deploying" | "notstarted", true) => {
                Some(Found::new(self.unfinished(now), "Deployed", status))
            }
            ("deploying" | "notstarted", false) => {
                let note = format!(", {status}");
                Some(self.without_ours(Why::BeingReplaced, &note))
            }
            ("", _) => Some(Found::new(Why::UnknownState, "Deployed", "no state")),
            _ => Some(Found::new(Why::UnknownState, "Deployed", status)),
        }
    }

    /// The configuration as it is active here.
    fn active(&self, id: &str) -> Option<&Configuration> {
        self.active.iter().find(|own| same(&own.id, id))
    }

    /// A commit that is not in force yet: one that still may be, or one that waits for nothing.
    fn unfinished(&self, now: Timestamp) -> Why {
        let committed = self.deployment.as_ref().map(|own| &own.commit_time);
        let committed = committed.and_then(|time| Timestamp::parse(time).ok());
        match committed.is_some_and(|time| now.since(time) > APPLIED_WITHIN) {
            true => Why::Stuck,
            false => Why::Deploying,
        }
    }

    /// The last commit names others, or nothing.
    fn without_ours(&self, cause: Why, note: &str) -> Found {
        let others = self
            .deployment
            .iter()
            .flat_map(|own| &own.configuration_ids);
        match (others.clone().next(), cause) {
            (None, Why::Replaced) => {
                Found::new(Why::NotCommitted, COMMITTED, "nothing is deployed")
            }
            _ => Found::new(cause, COMMITTED, format!("{}{note}", list_of(others))),
        }
    }

    /// Azure's words, and what the failure left in force: that of the commit before.
    fn failed(&self, configured: &Configuration) -> Found {
        let message = self
            .deployment
            .iter()
            .map(|own| own.message())
            .collect::<String>();
        let left = match self.active(&configured.id) {
            Some(_) => "what was deployed before is still active",
            None => "this configuration is not active",
        };
        Found {
            message: message.clone(),
            ..Found::new(
                Why::Failed,
                "Deployed",
                format!("Failed: {message}; {left}"),
            )
        }
    }

    /// What is active must be what is configured.
    fn compare(&self, configured: &Configuration, now: Timestamp) -> Option<Found> {
        let Some(active) = self.active(&configured.id) else {
            let observed = "Deployed, and not among what is active";
            return Some(Found::new(
                self.unfinished(now),
                "active in the region",
                observed,
            ));
        };
        let differences = configured.differences(active);
        let stale = || Found::new(Why::Stale, "what is configured", differences.join(", "));
        (!differences.is_empty()).then(stale)
    }
}
