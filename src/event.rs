//! What crosses from the engine to whoever watches: events, in one linear order.

use crate::outcome::LinkReport;
use crate::outcome::run::{ChainReport, IdentityReport, VantageReport};
use crate::timestamp::Timestamp;

/// Something happened in a run.
#[derive(Clone, Debug)]
pub enum RunEvent<'a> {
    /// A chain begins.
    ChainStarted {
        /// What would be told if the run ended now: every link is skipped.
        report: &'a ChainReport,
    },
    /// Who reads, and where is asked from, is known.
    PreflightEnded {
        /// The identities that read.
        identities: &'a [IdentityReport],
        /// The vantages.
        vantages: &'a [VantageReport],
    },
    /// A link is being asked.
    LinkStarted {
        /// Its id.
        id: &'a str,
    },
    /// A link's answer may still change, so it is asked again.
    LinkRetried {
        /// What would be told of it if the run ended now: what its last try came to.
        report: &'a LinkReport,
        /// What was seen.
        observed: &'a str,
        /// When it will be asked again, by the engine's clock.
        again: Timestamp,
    },
    /// A link has an outcome.
    LinkFinished {
        /// What became of it.
        report: &'a LinkReport,
    },
    /// The chain ended.
    ChainFinished {
        /// What became of it.
        report: &'a ChainReport,
    },
}

/// Somebody who watches a run. Called in one order, never from two tasks at once.
pub trait RunListener: Send {
    /// Takes notice of an event.
    fn event(&mut self, event: &RunEvent<'_>);
}
