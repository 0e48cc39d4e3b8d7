//! Scenarios as tests: `cargo test` and IDE explorers see every link.
//!
//! A test target with `harness = false` needs one line (`docs/libtest.md`):
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     xtenant::libtest::main("scenarios")
//! }
//! ```
//!
//! Every link is a test named `<scenario>::<link>`, and all links of a chain share one run of the engine, which asks what
//! the filters select and what that needs. nextest starts a process per test, so there a test is a whole chain; and as a
//! test that is skipped while it runs counts as passed there, what cannot be told whole fails.
//!
//! - `chain_run`: one run that many tests wait for
//! - `words`: what a test says when it fails

mod chain_run;
mod words;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Conclusion, Failed, FormatSetting, Trial};

use self::chain_run::ChainRun;
use crate::cli::load::{Chosen, Planned};
use crate::exit_code::{ExitCode as Code, Strictness};
use crate::outcome::run::ChainReport;
use crate::outcome::{LinkReport, Outcome};
use crate::report::shown;

/// What one test is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Each {
    /// A whole chain: for runners that start a process per test.
    Chain,
    /// A link.
    Link,
}

/// Runs every scenario below a folder as tests, with the arguments of the process. The folder is relative to the
/// package, where `cargo test` starts its tests.
pub fn main(folder: impl AsRef<Path>) -> ExitCode {
    let arguments = Arguments::from_args();
    let is_listed_by_machine = arguments.list && arguments.format == Some(FormatSetting::Terse);
    let each = if is_nextest() || is_listed_by_machine {
        Each::Chain
    } else {
        Each::Link
    };
    match run(folder.as_ref(), &arguments, each) {
        Ok(conclusion) => conclusion.exit_code(),
        Err(code) => ExitCode::from(code.number()),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how nextest says that it is the runner"
)]
fn is_nextest() -> bool {
    std::env::var_os("NEXTEST").is_some()
}

/// As [`main`], with these arguments.
///
/// # Errors
/// The exit code when the scenarios cannot be loaded; the problems were told on standard error.
pub fn run(folder: &Path, arguments: &Arguments, each: Each) -> Result<Conclusion, Code> {
    // One provider for every TLS connection of the process; a second installation changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let planned = Chosen::below(folder).plan_all();
    let planned = planned.map_err(|failure| {
        failure.tell();
        failure.code()
    })?;
    let trials = match each {
        Each::Chain => planned.into_iter().map(of_chain).collect(),
        Each::Link => planned
            .into_iter()
            .flat_map(|planned| of_links(planned, arguments))
            .collect(),
    };
    Ok(libtest_mimic::run(arguments, trials))
}

/// A whole chain as one test.
fn of_chain(planned: Planned) -> Trial {
    let name = planned.plan.scenario.clone();
    let is_empty = planned.plan.is_empty();
    let run = ChainRun::new(planned, |_| true);
    let test = move || {
        let report = run.report().map_err(Failed::from)?;
        match Code::of(&words::alone(report), Strictness::default()) {
            Code::Good => Ok(()),
            _ => Err(Failed::from(words::of_chain(report))),
        }
    };
    Trial::test(name, test).with_ignored_flag(is_empty)
}

/// The links of a chain as tests that share one run.
fn of_links(planned: Planned, arguments: &Arguments) -> Vec<Trial> {
    let scenario = planned.plan.scenario.clone();
    let name = |link: &str| format!("{scenario}::{link}");
    let is_chosen = |link: &str| {
        let probe = Trial::test(name(link), || Ok(()));
        !arguments.is_filtered_out(&probe)
    };
    let links = planned.scenario.links.iter();
    let ids: Vec<String> = links.map(|link| link.id.clone()).collect();
    let run = Arc::new(ChainRun::new(planned, is_chosen));
    let trials = ids.into_iter().map(|id| {
        let run = Arc::clone(&run);
        Trial::ignorable_test(name(&id), move || {
            let report = run.report().map_err(Failed::from)?;
            let link = report.link(&id);
            let link = link.ok_or_else(|| Failed::from("the run says nothing about the link"))?;
            told(link, report, &run)
        })
    });
    trials.collect()
}

/// What became of a link, as a test tells it.
fn told(link: &LinkReport, chain: &ChainReport, run: &ChainRun) -> Result<Completion, Failed> {
    let reason = || shown(link.reason.as_deref().unwrap_or_default());
    match link.outcome {
        Outcome::Implied | Outcome::Pass | Outcome::Warning => Ok(Completion::Completed),
        Outcome::Error | Outcome::Fail => Err(Failed::from(words::of_link(link))),
        Outcome::Skipped | Outcome::Unknown => Ok(Completion::ignored_with(reason())),
        // Somebody must fail for it: the test of the link that broke, unless it is filtered out.
        Outcome::Blocked => match broken_before(link, chain).find(|own| run.is_chosen(&own.id)) {
            Some(broken) => Ok(Completion::ignored_with(format!(
                "blocked: {}",
                broken.blocks()
            ))),
            None => Err(Failed::from(words::of_blocked(link, chain))),
        },
    }
}

/// The red or waived links that a link needs, through others too.
fn broken_before<'c>(
    link: &'c LinkReport,
    chain: &'c ChainReport,
) -> impl Iterator<Item = &'c LinkReport> {
    let mut open: Vec<&str> = link.needs.iter().map(String::as_str).collect();
    let mut seen = std::collections::HashSet::new();
    std::iter::from_fn(move || {
        while let Some(id) = open.pop() {
            if let (true, Some(need)) = (seen.insert(id), chain.link(id)) {
                open.extend(need.needs.iter().map(String::as_str));
                if need.outcome.is_red() || need.waived {
                    return Some(need);
                }
            }
        }
        None
    })
}
