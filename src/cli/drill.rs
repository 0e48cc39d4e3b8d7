//! `xtenant drill`: break the world in every known way, and see whether the scenario notices.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use super::load::{self, Chosen, Planned};
use super::{Ended, Failure, output, signals};
use crate::drill::file::DRILL_NAME;
use crate::drill::rehearsal::NotDrilled;
use crate::drill::report::FORMATS;
use crate::drill::score::FORMAT_VERSION;
use crate::drill::{Drill, DrillFile, Meant, Rehearsal, rehearse};
use crate::engine::Cancel;
use crate::exit_code::ExitCode;
use crate::source::did_you_mean;
use crate::target::mock::{fault_ids, faults};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  xtenant drill scenarios/cross-tenant-vault           every fault, one at a time
  xtenant drill mine/scenario.yaml --world world.yaml  a scenario of one's own
  xtenant drill scenarios -o json:drill.json -o table  every trial, twice
  xtenant drill scenarios --pairs 40 --seed 7          two faults at once, too

Exit codes: 0 the score is good enough, 1 it is not, 2 usage, 3 a file is invalid, 4 nothing was drilled.")]
pub(super) struct Arguments {
    /// Scenario files, or folders that are searched for files named scenario.yaml.
    #[arg(required_unless_present = "list")]
    paths: Vec<PathBuf>,
    /// World that is broken; without it, world.yaml beside the scenario.
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,
    /// Values of variables, as of `run`; may be repeated.
    #[arg(long, value_name = "FILE")]
    vars: Vec<PathBuf>,
    /// Value of one variable; may be repeated.
    #[arg(long, value_name = "NAME=VALUE", value_parser = load::pair)]
    var: Vec<(String, String)>,
    /// Try only this fault, wherever it applies or at one place; may be repeated.
    #[arg(long, value_name = "FAULT[@PLACE]")]
    fault: Vec<String>,
    /// Try also so many pairs of faults that were caught alone.
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pairs: usize,
    /// Decides which pairs: the same number draws the same ones.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Lowest score in per cent that is good enough.
    #[arg(long, value_name = "PERCENT", default_value_t = 100, value_parser = clap::value_parser!(u8).range(0..=100))]
    min_score: u8,
    /// Mocks at the same time; without it, one for each processor.
    #[arg(long)]
    jobs: Option<NonZeroUsize>,
    /// List the faults of the catalogue, and try none.
    #[arg(long)]
    list: bool,
    /// Report: FORMAT to standard output, or FORMAT:FILE; may be repeated. Formats: console (default), json, table.
    #[arg(short, long, value_name = "FORMAT[:FILE]")]
    output: Vec<String>,
}

pub(super) async fn run(arguments: Arguments) -> Ended {
    if arguments.list {
        let lines = faults().map(|(id, about)| format!("{id:<44} {about}\n"));
        return super::print(&lines.collect::<String>());
    }
    let cancel = signals::listen();
    let meant = arguments.meant(cancel.clone())?;
    if let Some(world) = &arguments.world {
        load::readable(world)?;
    }
    let chosen = Chosen::on_mock(&arguments.paths, &arguments.vars, &arguments.var);
    let planned = chosen.plan_all()?;
    let rehearsals: Vec<Rehearsal> = planned
        .into_iter()
        .filter(|planned| !planned.plan.is_empty())
        .map(|planned| arguments.rehearsal(planned))
        .collect::<Result<_, _>>()?;
    let outputs = output::open(&arguments.output, FORMATS)?;
    let mut drill = Drill {
        format: FORMAT_VERSION,
        xtenant: env!("CARGO_PKG_VERSION").to_owned(),
        interrupted: false,
        chains: Vec::new(),
    };
    for rehearsal in rehearsals {
        let file = rehearsal.plan.file.clone();
        let chain = rehearse(rehearsal, &meant).await;
        drill.chains.push(chain.map_err(|why| failure(&file, why))?);
        if cancel.is_cancelled() {
            drill.interrupted = true;
            break;
        }
    }
    output::write_all(&outputs, &drill)?;
    Ok(code(&drill, arguments.min_score))
}

fn code(drill: &Drill, min_score: u8) -> ExitCode {
    match drill.score().percent() {
        _ if drill.interrupted => ExitCode::Interrupted,
        None => ExitCode::NothingRan,
        Some(percent) if percent < f64::from(min_score) => ExitCode::Red,
        Some(_) => ExitCode::Good,
    }
}

impl Arguments {
    fn meant(&self, cancel: Cancel) -> Result<Meant, Failure> {
        let faults = self.fault.iter().map(|text| meant(text));
        let processors = std::thread::available_parallelism();
        let workers = self.jobs.or(processors.ok());
        Ok(Meant {
            faults: faults.collect::<Result<_, _>>()?,
            pairs: self.pairs,
            seed: self.seed,
            workers: workers.map_or(1, NonZeroUsize::get),
            cancel,
        })
    }

    /// The chain with its world and its rows.
    fn rehearsal(&self, planned: Planned) -> Result<Rehearsal, Failure> {
        let beside = || planned.path.with_file_name("world.yaml");
        let world = self.world.clone().unwrap_or_else(beside);
        if !world.exists() {
            return Err(Failure::usage(format!(
                "there is no world to break: {} does not exist; give one by --world FILE",
                world.display()
            )));
        }
        let rows = match self.world.is_none() {
            true => rows(&planned)?,
            // The rows beside a scenario are those of the world beside it.
            false => None,
        };
        Ok(Rehearsal {
            scenario: planned.scenario,
            plan: planned.plan,
            world,
            rows,
        })
    }
}

/// `drill.yaml` beside the scenario, if there is one.
fn rows(planned: &Planned) -> Result<Option<DrillFile>, Failure> {
    let path = planned.path.with_file_name(DRILL_NAME);
    if !path.is_file() {
        return Ok(None);
    }
    let invalid = |problems: Vec<_>| load::problems(ExitCode::Invalid, &problems);
    let file = DrillFile::read(&path).map_err(invalid)?;
    let name = planned.path.file_name().and_then(|name| name.to_str());
    let strange = file.check(name.unwrap_or_default(), &planned.scenario);
    if strange.is_empty() {
        Ok(Some(file))
    } else {
        Err(invalid(strange))
    }
}

/// Reads `FAULT` or `FAULT@PLACE`.
fn meant(text: &str) -> Result<(String, Option<String>), Failure> {
    let (fault, at) = text
        .split_once('@')
        .map_or((text, None), |(fault, at)| (fault, Some(at.to_owned())));
    if fault_ids().any(|id| id == fault) {
        return Ok((fault.to_owned(), at));
    }
    let near = did_you_mean(fault, fault_ids());
    let near = near.map(|near| format!("; did you mean `{near}`?"));
    Err(Failure::usage(format!(
        "there is no fault `{fault}`{}\n`xtenant drill --list` lists all",
        near.unwrap_or_default()
    )))
}

fn failure(file: &str, why: NotDrilled) -> Failure {
    let named = |code, message: String| Failure {
        code,
        message: format!("error: {file}: {message}"),
    };
    match why {
        NotDrilled::Stage(error) if error.is_world => Failure {
            code: ExitCode::Invalid,
            message: error.message,
        },
        NotDrilled::Stage(error) => named(ExitCode::Usage, error.message),
        NotDrilled::Unhealthy(why) => named(
            ExitCode::Red,
            format!(
                "the chain is not green in its world: {why}; what a fault does could not be told from that; see `xtenant run {file}`"
            ),
        ),
        NotDrilled::Nothing(why) => named(ExitCode::NothingRan, why),
        NotDrilled::Failed(why) => named(ExitCode::Internal, why),
    }
}
