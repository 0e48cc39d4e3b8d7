//! Leases of blobs and containers: who may write alone, and how long.
//!
//! A lease changes by itself: what it is now follows from the clock (rest-api `storageservices/lease-blob`, "Lease
//! states").

use serde::{Deserialize, Serialize};

/// A lease that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lease {
    /// Its id, a GUID in lower case.
    pub id: String,
    /// When it was taken or renewed, in seconds since 1970.
    pub since: i64,
    /// How long it lasts, in seconds; without one, until it is released.
    pub seconds: Option<i64>,
    /// Broken, from this second on.
    pub broken_at: Option<i64>,
}

/// What a lease is at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseState {
    /// There is none.
    Available,
    /// Held.
    Leased,
    /// Held until it is broken.
    Breaking,
    /// Broken.
    Broken,
    /// Its time is over.
    Expired,
}

impl Lease {
    /// What it is at a second since 1970.
    pub fn state(&self, now: i64) -> LeaseState {
        match (self.broken_at, self.left(now)) {
            (Some(broken), _) if now < broken => LeaseState::Breaking,
            (Some(_), _) => LeaseState::Broken,
            (None, Some(0)) => LeaseState::Expired,
            (None, _) => LeaseState::Leased,
        }
    }

    /// Seconds until it expires; nothing for one that does not.
    pub fn left(&self, now: i64) -> Option<i64> {
        let until = self.since.saturating_add(self.seconds?);
        Some(until.saturating_sub(now).max(0))
    }
}

impl LeaseState {
    /// As headers and lists say it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Leased => "leased",
            Self::Breaking => "breaking",
            Self::Broken => "broken",
            Self::Expired => "expired",
        }
    }

    /// Does it keep others from writing?
    pub const fn is_locked(self) -> bool {
        matches!(self, Self::Leased | Self::Breaking)
    }
}
