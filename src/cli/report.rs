//! `xtenant report`: a finished report, or a run's journal, rendered again.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::verdict::Verdict;
use super::{Ended, Failure, output};
use crate::exit_code::ExitCode;
use crate::journal;
use crate::outcome::FinishedRun;
use crate::outcome::run::FORMAT_VERSION;
use crate::report::FORMATS;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A report as `-o json` writes it, or a journal as `--journal` writes it, also of a run that was ended early.
    file: PathBuf,
    #[command(flatten)]
    verdict: Verdict,
    /// Report: FORMAT to standard output, or FORMAT:FILE; may be repeated. Formats: console (default), json, junit.
    #[arg(short, long, value_name = "FORMAT[:FILE]")]
    output: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> Ended {
    let run = read(&arguments.file)?;
    output::write_all(&output::open(&arguments.output, FORMATS)?, &run)?;
    Ok(ExitCode::of(&run, arguments.verdict.strictness()))
}

fn read(path: &Path) -> Result<FinishedRun, Failure> {
    let shown = path.display();
    let bytes = fs::read(path)
        .map_err(|error| Failure::usage(format!("{shown} cannot be read: {error}")))?;
    if journal::is_journal(&bytes) {
        let told = journal::read(&bytes);
        let told = told.map_err(|why| Failure::usage(format!("the journal {shown}: {why}")))?;
        for note in told.notes {
            let _ = writeln!(io::stderr(), "the journal {shown}: {note}");
        }
        return Ok(told.run);
    }
    let run: FinishedRun = serde_json::from_slice(&bytes).map_err(|error| {
        Failure::usage(format!(
            "{shown} is neither a JSON report nor a journal: {error}; give what `-o json:FILE` or `--journal FILE` wrote"
        ))
    })?;
    if run.format > FORMAT_VERSION {
        return Err(Failure::usage(format!(
            "{shown} has the format {}, and this version reads up to {FORMAT_VERSION}; use the version that wrote it",
            run.format
        )));
    }
    Ok(run)
}
