//! `xtenant run`: load, plan, ask, report.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;

use super::target::TargetName;
use super::{Ended, Failure, output};
use crate::chain;
use crate::engine::Options;
use crate::event::{RunEvent, RunListener};
use crate::exit_code::{ExitCode, Strictness};
use crate::outcome::FinishedRun;
use crate::outcome::run::FORMAT_VERSION;
use crate::plan::{Plan, Selection};
use crate::scenario::{self, Scenario, Sources};
use crate::source::{Problem, did_you_mean, render};
use crate::target::ApiVersions;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Scenario files, or folders that are searched for files named scenario.yaml.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Where to ask: `mock` starts a mock in the process, `mock@HOST:PORT` asks a running one by its control address;
    /// without it, the scenario's own target.
    #[arg(long)]
    target: Option<String>,
    /// World of the mock in the process; without it, world.yaml beside the scenario.
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,
    /// Plant a fault in the mock in the process first, to see what would be told; may be repeated.
    #[arg(long, value_name = "FAULT@PLACE")]
    fault: Vec<String>,
    /// Values of variables: a YAML or JSON mapping; may be repeated, later files win.
    #[arg(long, value_name = "FILE")]
    vars: Vec<PathBuf>,
    /// Value of one variable; wins over files.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    var: Vec<(String, String)>,
    /// Ask only links with this tag, and what they need; may be repeated.
    #[arg(long)]
    tag: Vec<String>,
    /// Ask only this link, and what it needs; may be repeated.
    #[arg(long)]
    link: Vec<String>,
    /// Links asked at the same time, at most.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: u16,
    /// How long to ask again while a cause may heal, such as 10m; a link's own `within` may be longer.
    #[arg(long, default_value = "0s", value_parser = wait)]
    wait: Duration,
    /// Ask also what needs a red link.
    #[arg(long)]
    keep_going: bool,
    /// Warnings fail the run.
    #[arg(long)]
    strict: bool,
    /// What a run means that is not red, but could not look at something.
    #[arg(long, value_enum, default_value_t = Inconclusive::Fail)]
    inconclusive: Inconclusive,
    /// Ask ARM with another api-version, such as Microsoft.KeyVault/vaults=2023-07-01; may be repeated.
    #[arg(long, value_name = "TYPE=VERSION")]
    api_version: Vec<String>,
    /// Report: FORMAT to standard output, or FORMAT:FILE; may be repeated. Formats: console (default), json.
    #[arg(short, long, value_name = "FORMAT[:FILE]")]
    output: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Inconclusive {
    /// Exit code 5.
    Fail,
    /// Exit code 0; still printed.
    Ok,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| format!("expected NAME=VALUE, found `{text}`"))?;
    Ok((name.to_owned(), value.to_owned()))
}

fn wait(text: &str) -> Result<Duration, String> {
    if matches!(text, "0" | "0s") {
        return Ok(Duration::ZERO);
    }
    scenario::duration(text)
}

/// A scenario and what of it will run.
struct Planned {
    path: PathBuf,
    scenario: Scenario,
    plan: Plan,
    target: TargetName,
}

pub(super) async fn run(arguments: Arguments) -> Ended {
    let api_versions = arguments
        .api_version
        .iter()
        .try_fold(ApiVersions::default(), |versions, text| {
            versions.with_override(text)
        });
    let api_versions = api_versions.map_err(Failure::usage)?;
    let planned = plan_all(&arguments)?;
    let outputs = output::open(&arguments.output)?;
    let options = Options {
        jobs: arguments.jobs.into(),
        wait: arguments.wait,
        keep_going: arguments.keep_going,
    };
    let mut run = FinishedRun {
        format: FORMAT_VERSION,
        xtenant: env!("CARGO_PKG_VERSION").to_owned(),
        chains: Vec::new(),
    };
    for planned in planned.iter().filter(|planned| !planned.plan.is_empty()) {
        let opened = planned
            .target
            .open(&planned.path, arguments.world.as_ref(), &arguments.fault)
            .await?;
        let versions = api_versions.clone();
        let report = chain::run(
            &planned.scenario,
            &planned.plan,
            &opened.target,
            versions,
            options,
            &mut Waits,
        )
        .await;
        run.chains.push(report.map_err(|message| Failure {
            code: ExitCode::Internal,
            message,
        })?);
    }
    for output in outputs {
        output.write(&run)?;
    }
    let strictness = Strictness {
        strict: arguments.strict,
        inconclusive_ok: arguments.inconclusive == Inconclusive::Ok,
    };
    Ok(ExitCode::of(&run, strictness))
}

/// Loads and plans everything before anything is asked: an invalid scenario stops the run, with all its problems.
fn plan_all(arguments: &Arguments) -> Result<Vec<Planned>, Failure> {
    let given = arguments
        .target
        .as_deref()
        .map(TargetName::parse)
        .transpose()?;
    let files = scenario::find(&arguments.paths)
        .map_err(|problem| problems(ExitCode::Usage, &[problem]))?;
    let is_shared = files.len() > 1;
    let (mut scenarios, mut wrong) = (Vec::new(), Vec::new());
    for path in files {
        match load(&path, is_shared, arguments) {
            Ok(scenario) => scenarios.push((path, scenario)),
            Err(own) => wrong.extend(own),
        }
    }
    if !wrong.is_empty() {
        return Err(problems(ExitCode::Invalid, &wrong));
    }
    let selection = Selection {
        links: arguments.link.clone(),
        tags: arguments.tag.clone(),
    };
    let all: Vec<&Scenario> = scenarios.iter().map(|(_, scenario)| scenario).collect();
    declared(arguments, &all)?;
    selection.check(&all).map_err(Failure::usage)?;
    scenarios
        .into_iter()
        .map(|(path, scenario)| plan(path, scenario, &selection, given.as_ref()))
        .collect()
}

/// Loads one of the files. A value that is for another of them is no mistake here; [`declared`] sees to the rest.
fn load(path: &Path, is_shared: bool, arguments: &Arguments) -> Result<Scenario, Vec<Problem>> {
    // Every target of this version is a mock, and there the real environment is never consulted.
    let sources = Sources {
        environment: None,
        files: arguments.vars.clone(),
        pairs: arguments.var.clone(),
        is_shared,
    };
    scenario::load(path, &sources)
}

/// Every `--var` must be declared by one of the scenarios.
fn declared(arguments: &Arguments, scenarios: &[&Scenario]) -> Result<(), Failure> {
    let names = || {
        let declared = scenarios.iter().flat_map(|scenario| &scenario.variables);
        declared.map(String::as_str)
    };
    for (name, _) in &arguments.var {
        if !names().any(|own| own == name) {
            let near = did_you_mean(name, names()).map(|near| format!("; did you mean `{near}`?"));
            let near = near.unwrap_or_default();
            return Err(Failure::usage(format!(
                "--var {name}: no scenario declares such a variable{near}"
            )));
        }
    }
    Ok(())
}

fn plan(
    path: PathBuf,
    scenario: Scenario,
    selection: &Selection,
    given: Option<&TargetName>,
) -> Result<Planned, Failure> {
    let plan = Plan::of(&scenario, selection);
    let target = match (given, &scenario.target) {
        (Some(target), _) => target.clone(),
        (None, Some(target)) => TargetName::parse(target)?,
        (None, None) => {
            return Err(Failure::usage(format!(
                "{} does not say where to ask, and there is no silent default: add `target: mock` to it, or give --target",
                path.display()
            )));
        }
    };
    Ok(Planned {
        path,
        scenario,
        plan,
        target,
    })
}

fn problems(code: ExitCode, problems: &[Problem]) -> Failure {
    let colour = io::stderr().is_terminal()
        && anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
    Failure {
        code,
        message: render(problems, colour),
    }
}

/// Tells on a terminal's standard error that a link is being waited for: the one thing that takes long.
struct Waits;

impl RunListener for Waits {
    fn event(&mut self, event: &RunEvent<'_>) {
        if let RunEvent::LinkRetried {
            id,
            observed,
            again,
        } = event
        {
            let mut out = io::stderr();
            if out.is_terminal() {
                let _ = writeln!(out, "waiting for {id} until {again}: {observed}");
            }
        }
    }
}
