//! What happened, line by line, as it happens: a run that dies leaves its journal, and a report can be made of it.
//!
//! - [`write`]: a listener that appends a line for each event
//! - [`read`]: lines back into a run, also when the last one is cut off
//!
//! One JSON object per line, `event` says which. Reports stand in it as the JSON report writes them, so nothing is in a
//! journal that would not be in a report.

mod read;
mod write;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::outcome::LinkReport;
use crate::outcome::run::{ChainReport, IdentityReport, VantageReport};
use crate::timestamp::Timestamp;

pub use read::{Journalled, is_journal, read};
pub use write::Journal;

/// One line: when, of which chain, and what.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Line<'a> {
    /// By the clock of the target that is asked.
    at: Timestamp,
    /// Position of the chain in the run, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chain: Option<usize>,
    #[serde(flatten)]
    record: Record<'a>,
}

/// What happened.
#[derive(Serialize, Deserialize)]
#[serde(
    tag = "event",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
enum Record<'a> {
    /// A run began: every chain as it would be told if nothing more happened.
    RunStarted {
        format: u32,
        xtenant: String,
        chains: Cow<'a, [ChainReport]>,
    },
    /// A chain began.
    ChainStarted { report: Cow<'a, ChainReport> },
    /// Who reads and from where is known.
    PreflightEnded {
        identities: Cow<'a, [IdentityReport]>,
        vantages: Cow<'a, [VantageReport]>,
    },
    /// A link is asked.
    LinkStarted { id: Cow<'a, str> },
    /// A link will be asked again.
    LinkRetried {
        id: Cow<'a, str>,
        observed: Cow<'a, str>,
        again: Timestamp,
        /// What its last try came to; missing in journals of versions before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        report: Option<Cow<'a, LinkReport>>,
    },
    /// A link has an outcome.
    LinkFinished { report: Cow<'a, LinkReport> },
    /// A chain ended.
    ChainFinished { milliseconds: u64 },
    /// The run ended, in time or early.
    RunFinished { interrupted: bool },
    /// What a later version writes.
    #[serde(other)]
    Unknown,
}
