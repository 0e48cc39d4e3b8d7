//! A failure that is let be for a while, by somebody, for a reason.

use serde::{Deserialize, Serialize};

use super::link::Place;

/// A waiver that was given for a chain, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Waiver {
    /// Id of the link.
    pub link: String,
    /// Code of the finding that is let be: `<check>.<cause>`.
    pub cause: String,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds, in UTC, such as 2026-12-31.
    pub expires: String,
    /// Where it stands.
    pub place: Place,
    /// What became of it.
    pub state: WaiverState,
}

/// What became of a waiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WaiverState {
    /// Its last day is over; it holds no more.
    Expired,
    /// The link was not asked, or gave no answer, so nobody knows.
    Open,
    /// The link was asked, and did not fail for this cause.
    Unused,
    /// The link failed for this cause, and that is let be.
    Used,
}

impl WaiverState {
    /// Whether it should be removed or renewed.
    pub const fn is_stale(self) -> bool {
        matches!(self, Self::Expired | Self::Unused)
    }
}

impl Waiver {
    /// Why its link is skipped.
    pub fn words(&self) -> String {
        let Self {
            reason,
            owner,
            expires,
            ..
        } = self;
        format!("waived until {expires} by {owner}: {reason}")
    }
}
