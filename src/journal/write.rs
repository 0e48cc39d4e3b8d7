//! Appending events: a line each, written whole, at once.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use super::{Line, Record};
use crate::event::RunEvent;
use crate::outcome::FinishedRun;
use crate::timestamp::Timestamp;

/// A journal that is being written. After a failure nothing more is written: a journal with a hole would lie.
#[derive(Debug)]
pub struct Journal {
    file: File,
    failure: Option<io::Error>,
}

impl Journal {
    /// Begins a journal; what was in the file before is gone.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path) -> io::Result<Self> {
        Ok(Self {
            file: File::create(path)?,
            failure: None,
        })
    }

    /// The run begins; its chains are drafts.
    pub fn run_started(&mut self, at: Timestamp, run: &FinishedRun) -> bool {
        let record = Record::RunStarted {
            format: run.format,
            xtenant: run.xtenant.clone(),
            chains: Cow::Borrowed(&run.chains),
        };
        self.write(&Line {
            at,
            chain: None,
            record,
        })
    }

    /// Something happened in a chain.
    pub fn event(&mut self, at: Timestamp, chain: usize, event: &RunEvent<'_>) -> bool {
        let record = match *event {
            RunEvent::ChainStarted { report } => Record::ChainStarted {
                report: Cow::Borrowed(report),
            },
            RunEvent::PreflightEnded {
                identities,
                vantages,
            } => Record::PreflightEnded {
                identities: Cow::Borrowed(identities),
                vantages: Cow::Borrowed(vantages),
            },
            RunEvent::LinkStarted { id } => Record::LinkStarted { id: id.into() },
            RunEvent::LinkRetried {
                report,
                observed,
                again,
            } => Record::LinkRetried {
                id: report.id.as_str().into(),
                observed: observed.into(),
                again,
                report: Some(Cow::Borrowed(report)),
            },
            RunEvent::LinkFinished { report } => Record::LinkFinished {
                report: Cow::Borrowed(report),
            },
            RunEvent::ChainFinished { report } => Record::ChainFinished {
                milliseconds: report.milliseconds,
            },
        };
        self.write(&Line {
            at,
            chain: Some(chain),
            record,
        })
    }

    /// The run ended.
    pub fn run_finished(&mut self, at: Timestamp, run: &FinishedRun) -> bool {
        self.write(&Line {
            at,
            chain: None,
            record: Record::RunFinished {
                interrupted: run.interrupted,
            },
        })
    }

    /// Why the journal is not whole, if it is not.
    pub const fn failure(&self) -> Option<&io::Error> {
        self.failure.as_ref()
    }

    /// Writes a line; `false` when this is the one that failed.
    fn write(&mut self, line: &Line<'_>) -> bool {
        if self.failure.is_some() {
            return true;
        }
        let written = serde_json::to_vec(line)
            .map_err(io::Error::from)
            .and_then(|mut bytes| {
                bytes.push(b'\n');
                self.file.write_all(&bytes)
            });
        self.failure = written.err();
        self.failure.is_none()
    }
}
