//! `xtenant run`: load, plan, ask, report.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::load::{self, Chosen, Planned};
use super::verdict::Verdict;
use super::{Ended, Failure, output, signals};
use crate::chain;
use crate::engine::{self, Options};
use crate::event::{RunEvent, RunListener};
use crate::exit_code::ExitCode;
use crate::journal::Journal;
use crate::outcome::FinishedRun;
use crate::outcome::run::{ChainReport, FORMAT_VERSION};
use crate::report::{FORMATS, shown};
use crate::scenario;
use crate::target::{ApiVersions, Clock, live};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    chosen: Chosen,
    /// World of the mock in the process; without it, world.yaml beside the scenario.
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,
    /// Plant a fault in the mock in the process first, to see what would be told; may be repeated.
    #[arg(long, value_name = "FAULT@PLACE")]
    fault: Vec<String>,
    /// Links asked at the same time, at most.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: u16,
    /// How long to ask again while a cause may heal, such as 10m; a link's own `within` may be longer.
    #[arg(long, default_value = "0s", value_parser = wait)]
    wait: Duration,
    /// Ask also what needs a red link.
    #[arg(long)]
    keep_going: bool,
    #[command(flatten)]
    verdict: Verdict,
    /// Ask ARM with another api-version, such as Microsoft.KeyVault/vaults=2023-07-01; may be repeated.
    #[arg(long, value_name = "TYPE=VERSION")]
    api_version: Vec<String>,
    /// Write what happens to this file, line by line; `xtenant report` makes a report of it, also after a crash. What the
    /// file held before is replaced.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Report: FORMAT to standard output, or FORMAT:FILE; may be repeated. Formats: console (default), json, junit.
    #[arg(short, long, value_name = "FORMAT[:FILE]")]
    output: Vec<String>,
}

fn wait(text: &str) -> Result<Duration, String> {
    if matches!(text, "0" | "0s") {
        return Ok(Duration::ZERO);
    }
    scenario::duration(text)
}

pub(super) async fn run(arguments: Arguments) -> Ended {
    let cancel = signals::listen();
    let api_versions = arguments
        .api_version
        .iter()
        .try_fold(ApiVersions::default(), |versions, text| {
            versions.with_override(text)
        });
    let api_versions = api_versions.map_err(Failure::usage)?;
    if let Some(world) = &arguments.world {
        load::readable(world)?;
    }
    let mut planned = arguments.chosen.plan_all()?;
    planned.retain(|planned| !planned.plan.is_empty());
    let outputs = output::open(&arguments.output, FORMATS)?;
    let mut running = Running {
        run: draft(&planned)?,
        reported: 0,
        told: Told::open(arguments.journal.clone())?,
        options: Options {
            jobs: arguments.jobs.into(),
            wait: arguments.wait,
            keep_going: arguments.keep_going,
            cancel,
        },
        api_versions,
        arguments,
    };
    let failed = running.all(&planned).await;
    if running.reported > 0 || failed.is_ok() {
        let written = output::write_all(&outputs, &running.run);
        if !running.options.cancel.is_cancelled() {
            failed.and(written)?;
            running.told.whole()?;
        } else if let Err(failure) = failed.and(written) {
            failure.tell();
        }
    } else {
        failed?;
    }
    if running.options.cancel.is_cancelled() {
        return Ok(ExitCode::Interrupted);
    }
    let strictness = running.arguments.verdict.strictness();
    Ok(ExitCode::of(&running.run, strictness))
}

/// What would be told if nothing were asked at all.
fn draft(planned: &[Planned]) -> Result<FinishedRun, Failure> {
    let now = live::clock().now();
    let chains = planned.iter().map(|planned| {
        let target = planned.target()?.to_string();
        Ok(engine::draft(&planned.plan, &target, now))
    });
    Ok(FinishedRun {
        format: FORMAT_VERSION,
        xtenant: env!("CARGO_PKG_VERSION").to_owned(),
        interrupted: false,
        chains: chains.collect::<Result<_, _>>()?,
    })
}

/// A run on its way.
struct Running {
    arguments: Arguments,
    api_versions: ApiVersions,
    options: Options,
    /// Chains that were not begun are drafts.
    run: FinishedRun,
    /// Chains that are no drafts any more.
    reported: usize,
    told: Told,
}

impl Running {
    /// Runs chain after chain, until the run is cancelled or something fails that is not Azure's.
    async fn all(&mut self, planned: &[Planned]) -> Result<(), Failure> {
        let clock = live::clock();
        self.told
            .write(|journal| journal.run_started(clock.now(), &self.run));
        let mut failed = Ok(());
        for (at, planned) in planned.iter().enumerate() {
            match self.one(at, planned).await {
                Ok(Some(report)) => {
                    self.run.chains[at] = report;
                    self.reported += 1;
                }
                Ok(None) => {}
                Err(failure) => {
                    failed = Err(failure);
                    break;
                }
            }
            if self.options.cancel.is_cancelled() {
                break;
            }
        }
        self.run.interrupted = self.options.cancel.is_cancelled() || failed.is_err();
        self.told
            .write(|journal| journal.run_finished(clock.now(), &self.run));
        failed
    }

    /// Runs one chain; nothing when the run was cancelled before it began.
    async fn one(&mut self, at: usize, planned: &Planned) -> Result<Option<ChainReport>, Failure> {
        let (world, faults) = (self.arguments.world.as_ref(), &self.arguments.fault);
        let opening = planned.target()?.open(&planned.path, world, faults);
        let Some(opened) = self.options.cancel.unless(opening).await else {
            return Ok(None);
        };
        let opened = opened?;
        let mut listener = Listener {
            chain: at,
            clock: Arc::clone(&opened.target().clock),
            told: &mut self.told,
        };
        let report = chain::run(
            &planned.scenario,
            &planned.plan,
            opened.target(),
            self.api_versions.clone(),
            self.options.clone(),
            &mut listener,
        );
        report.await.map(Some).map_err(|message| Failure {
            code: ExitCode::Internal,
            message,
        })
    }
}

/// The journal, when one was asked for.
struct Told {
    path: PathBuf,
    journal: Option<Journal>,
}

impl Told {
    fn open(path: Option<PathBuf>) -> Result<Self, Failure> {
        let journal = path.as_deref().map(Journal::create).transpose();
        let path = path.unwrap_or_default();
        let journal = journal.map_err(|error| {
            Failure::usage(format!(
                "the journal {} cannot be written: {error}",
                path.display()
            ))
        })?;
        Ok(Self { path, journal })
    }

    /// Writes; the first failure is told at once, because the run goes on.
    fn write(&mut self, write: impl FnOnce(&mut Journal) -> bool) {
        if let Some(journal) = &mut self.journal
            && !write(journal)
            && let Some(error) = journal.failure()
        {
            let path = self.path.display();
            let _ = writeln!(
                io::stderr(),
                "the journal {path} cannot be written any more: {error}; the run goes on without it"
            );
        }
    }

    /// That the journal holds everything.
    fn whole(&self) -> Result<(), Failure> {
        match self.journal.as_ref().and_then(Journal::failure) {
            None => Ok(()),
            Some(error) => Err(Failure::usage(format!(
                "the journal {} is not whole: {error}; the reports are",
                self.path.display()
            ))),
        }
    }
}

/// Writes the journal, and tells on a terminal's standard error that a link is being waited for: the one thing that
/// takes long.
struct Listener<'a> {
    chain: usize,
    clock: Arc<dyn Clock>,
    told: &'a mut Told,
}

impl RunListener for Listener<'_> {
    fn event(&mut self, event: &RunEvent<'_>) {
        let (now, chain) = (self.clock.now(), self.chain);
        self.told.write(|journal| journal.event(now, chain, event));
        if let RunEvent::LinkRetried {
            report,
            observed,
            again,
        } = event
        {
            let id = &report.id;
            let mut out = io::stderr();
            if out.is_terminal() {
                let _ = writeln!(out, "waiting for {id} until {again}: {}", shown(observed));
            }
        }
    }
}
