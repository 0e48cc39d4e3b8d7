//! What crosses from the engine to whoever watches: events, in one linear order.

use crate::outcome::LinkReport;
use crate::timestamp::Timestamp;

/// Something happened in a run.
#[derive(Clone, Debug)]
pub enum RunEvent<'a> {
    /// A chain begins.
    ChainStarted {
        /// The scenario's name.
        scenario: &'a str,
        /// How many links it has.
        links: usize,
    },
    /// A link is being asked.
    LinkStarted {
        /// Its id.
        id: &'a str,
    },
    /// A link's answer may still change, so it is asked again.
    LinkRetried {
        /// Its id.
        id: &'a str,
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
        /// The scenario's name.
        scenario: &'a str,
    },
}

/// Somebody who watches a run. Called in one order, never from two tasks at once.
pub trait RunListener: Send {
    /// Takes notice of an event.
    fn event(&mut self, event: &RunEvent<'_>);
}
