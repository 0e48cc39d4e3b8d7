//! From a journal to the run that it tells of, as far as it tells.

use std::collections::HashMap;

use super::{Line, Record};
use crate::diagnosis;
use crate::outcome::FinishedRun;
use crate::outcome::run::{ChainReport, FORMAT_VERSION};

/// A run out of a journal.
#[derive(Debug)]
pub struct Journalled {
    /// The run; interrupted when its end is missing.
    pub run: FinishedRun,
    /// What should be told about the journal itself.
    pub notes: Vec<String>,
}

/// Whether a file is a journal: its first line tells an event. An empty one is a journal of nothing.
pub fn is_journal(bytes: &[u8]) -> bool {
    let first = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let begin = first.trim_ascii_start();
    begin.starts_with(b"{\"at\":") || bytes.trim_ascii().is_empty()
}

/// Reads a journal.
///
/// # Errors
/// Names the line that is none of a journal. A last line that is cut off is tolerated, and told.
pub fn read(bytes: &[u8]) -> Result<Journalled, String> {
    let mut told = Journalled {
        run: FinishedRun {
            format: FORMAT_VERSION,
            xtenant: String::new(),
            interrupted: true,
            chains: Vec::new(),
        },
        notes: Vec::new(),
    };
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let mut places = Places::default();
    for (at, line) in lines.enumerate() {
        let number = at + 1;
        match serde_json::from_slice::<Line<'_>>(line) {
            Ok(line) => told
                .take(line, &mut places)
                .map_err(|why| format!("line {number}: {why}"))?,
            Err(_) if !line.ends_with(b"\n") => {
                told.notes.push(format!(
                    "line {number}, the last one, is cut off: what it told is lost"
                ));
            }
            Err(error) => {
                return Err(format!("line {number} is no line of a journal: {error}"));
            }
        }
    }
    told.end();
    Ok(told)
}

impl Journalled {
    fn take(&mut self, line: Line<'_>, places: &mut Places) -> Result<(), String> {
        match line.record {
            Record::RunStarted {
                format,
                xtenant,
                chains,
            } => {
                self.run.format = format;
                self.run.xtenant = xtenant;
                self.run.chains = chains.into_owned();
                places.clear();
            }
            Record::RunFinished { interrupted } => self.run.interrupted = interrupted,
            Record::Unknown => {
                let note = "it tells events that this version does not know; they are passed over";
                if !self.notes.iter().any(|own| own == note) {
                    self.notes.push(note.to_owned());
                }
            }
            record => {
                let none = "it is of a chain that the run does not have";
                let at = line.chain.ok_or(none)?;
                let chain = self.run.chains.get_mut(at).ok_or(none)?;
                tell(chain, record, places.entry(at).or_default())?;
                let spent = line.at.since(chain.started).as_millis();
                chain.milliseconds = u64::try_from(spent).unwrap_or(u64::MAX);
            }
        }
        Ok(())
    }

    fn end(&mut self) {
        self.run.chains.iter_mut().for_each(diagnosis::conclude);
        if self.run.chains.is_empty() {
            self.notes
                .push("it is empty: the run ended before it began".to_owned());
        } else if self.run.interrupted {
            self.notes
                .push("the run ended early: the report is partial".to_owned());
        }
    }
}

/// For each chain the positions of its links, once they were asked for: a long chain has a line for each.
type Places = HashMap<usize, HashMap<String, usize>>;

/// What happened in a chain.
fn tell(
    chain: &mut ChainReport,
    record: Record<'_>,
    places: &mut HashMap<String, usize>,
) -> Result<(), String> {
    match record {
        Record::ChainStarted { report } => {
            *chain = report.into_owned();
            places.clear();
        }
        Record::PreflightEnded {
            identities,
            vantages,
        } => {
            chain.identities = identities.into_owned();
            chain.vantages = vantages.into_owned();
        }
        Record::LinkFinished { report }
        | Record::LinkRetried {
            report: Some(report),
            ..
        } => {
            if places.is_empty() {
                let links = chain.links.iter().enumerate();
                places.extend(links.map(|(at, link)| (link.id.clone(), at)));
            }
            let at = places.get(&report.id);
            let own = at.and_then(|at| chain.links.get_mut(*at));
            let own = own.ok_or_else(|| format!("the chain has no link `{}`", report.id))?;
            *own = report.into_owned();
        }
        _ => {}
    }
    Ok(())
}
