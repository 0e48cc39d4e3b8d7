//! What was typed: one file per command, and the one place that reads the environment.
//!
//! - `run`: load, plan, ask, report
//! - `list`: what would run
//! - `load`: which scenarios are meant, with which values, and what of them
//! - `permissions`: the least rights that identities need
//! - `report`: a report or a journal, rendered again
//! - `checks`: the catalogue
//! - `completions`: scripts for shells
//! - `drill`: break the world in every known way
//! - `schema`: JSON Schemas of what people write and what reports hold
//! - `mock`: serve the mock
//! - `output`: where reports go; `stdout`: when nobody reads them; `verdict`: what counts how
//! - `signals`: ending early
//! - `target`: which target a scenario and the command line mean

mod checks;
mod completions;
mod drill;
mod list;
pub(crate) mod load;
mod mock;
mod output;
mod permissions;
mod report;
mod run;
mod schema;
mod signals;
mod stdout;
pub(crate) mod target;
mod verdict;

use std::ffi::OsString;
use std::io::{self, Write};
use std::panic::AssertUnwindSafe;

use clap::{Parser, Subcommand};

use crate::exit_code::ExitCode;

/// Proves, link by link, that a connection between two Microsoft Entra tenants works.
///
/// When it does not, it says which link broke first, why, who has to act, and what to type.
#[derive(Debug, Parser)]
#[command(name = "xtenant", version, about, long_about, max_term_width = 110)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check every link of one or more scenarios.
    Run(run::Arguments),
    /// Show what would run: order, identities, requests. Asks nothing.
    List(list::Arguments),
    /// Show the least rights that the identities of a scenario need. Asks nothing.
    Permissions(permissions::Arguments),
    /// Break the mock's world in every known way: does the scenario notice?
    Drill(drill::Arguments),
    /// Render a report, or the journal of a run, again.
    Report(report::Arguments),
    /// List the checks, or show one check's page.
    Checks(checks::Arguments),
    /// Serve the mock: two tenants that answer like Azure, on loopback.
    Mock(mock::Arguments),
    /// Print a JSON Schema.
    Schema(schema::Arguments),
    /// Print a script with which a shell completes commands and flags.
    Completions(completions::Arguments),
}

/// Runs the command line and says how the process ends.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let written = error.print();
            return if error.use_stderr() || written.is_err() {
                ExitCode::Usage
            } else {
                ExitCode::Good
            };
        }
    };
    // One provider for every TLS connection of the process; a second installation changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // The default hook would print what a panic says, and that may hold values; the place is what we need.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        let _ = writeln!(io::stderr(), "internal error at {place}; please report it");
    }));
    let command = AssertUnwindSafe(|| arguments.command.run());
    let ended = std::panic::catch_unwind(command).unwrap_or(Ok(ExitCode::Internal));
    ended.unwrap_or_else(|failure| {
        failure.tell();
        failure.code
    })
}

impl Command {
    fn run(self) -> Ended {
        match self {
            Self::Run(arguments) => block_on(run::run(arguments)),
            Self::List(arguments) => list::run(&arguments),
            Self::Permissions(arguments) => permissions::run(&arguments),
            Self::Drill(arguments) => block_on(drill::run(arguments)),
            Self::Report(arguments) => report::run(&arguments),
            Self::Checks(arguments) => checks::run(&arguments),
            Self::Mock(arguments) => block_on(mock::run(arguments)),
            Self::Schema(arguments) => schema::run(&arguments),
            Self::Completions(arguments) => completions::run(&arguments),
        }
    }
}

/// Why a command ended without doing its work.
#[derive(Debug)]
pub(crate) struct Failure {
    code: ExitCode,
    message: String,
}

impl Failure {
    /// The command line, or something it names, cannot be used.
    fn usage(message: impl ToString) -> Self {
        Self {
            code: ExitCode::Usage,
            message: format!("error: {}", message.to_string()),
        }
    }

    /// How the process ends.
    pub(crate) const fn code(&self) -> ExitCode {
        self.code
    }

    /// The message, for whoever tells it in another way.
    pub(crate) fn message(&self) -> &str {
        self.message.trim_end()
    }

    /// Prints the message on standard error; when that is closed there is nobody to tell.
    pub(crate) fn tell(&self) {
        let _ = writeln!(io::stderr(), "{}", self.message());
    }
}

/// What a command came to.
type Ended = Result<ExitCode, Failure>;

fn block_on(command: impl Future<Output = Ended>) -> Ended {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| Failure {
        code: ExitCode::Internal,
        message: format!("error: the runtime could not start: {error}"),
    })?;
    let ended = runtime.block_on(command);
    // What still runs in the background was dropped on purpose; nobody waits for it.
    runtime.shutdown_background();
    ended
}

/// Writes a whole text to standard output.
fn print(text: &str) -> Ended {
    stdout::write(text.as_bytes()).map(|()| ExitCode::Good)
}
