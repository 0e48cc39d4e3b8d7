//! Which scenarios are meant, with which values, and what of them: loaded and planned before anything is asked.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use super::Failure;
use super::target::TargetName;
use crate::exit_code::ExitCode;
use crate::plan::{Plan, Selection};
use crate::scenario::{self, Environment, Scenario, Sources, Waivers};
use crate::source::{Problem, did_you_mean, render};

#[derive(Debug, Default, clap::Args)]
pub(crate) struct Chosen {
    /// Scenario files, or folders that are searched for files named scenario.yaml.
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Where to ask: `mock` starts a mock in the process, `mock@HOST:PORT` asks a running one by its control address;
    /// `azure`, `usgov` and `china` are the live clouds; without it, the scenario's own target.
    #[arg(long)]
    target: Option<String>,
    /// Values of variables: a YAML or JSON mapping, a dotenv file, or outputs of Terraform, ARM or Bicep as JSON; may be
    /// repeated, later files win.
    #[arg(long, value_name = "FILE")]
    vars: Vec<PathBuf>,
    /// Value of one variable; wins over files and over the rows of a matrix.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    var: Vec<(String, String)>,
    /// Failures that are let be for a while; without it, waivers.yaml beside the scenario, if there is one.
    #[arg(long, value_name = "FILE")]
    waivers: Option<PathBuf>,
    /// Ask only links with this tag, and what they need; may be repeated.
    #[arg(long)]
    tag: Vec<String>,
    /// Ask only this link, and what it needs; may be repeated.
    #[arg(long)]
    link: Vec<String>,
}

pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    // What was typed may be a secret without its name: it is not repeated.
    let (name, value) = text
        .split_once('=')
        .ok_or("expected NAME=VALUE, found a text without `=`")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// A scenario and what of it will run.
pub(crate) struct Planned {
    pub(crate) path: PathBuf,
    pub(crate) scenario: Scenario,
    pub(crate) plan: Plan,
    /// Where to ask; absent when nobody says.
    target: Option<TargetName>,
}

impl Planned {
    /// Where to ask.
    pub(crate) fn target(&self) -> Result<&TargetName, Failure> {
        self.target.as_ref().ok_or_else(|| {
            Failure::usage(format!(
                "{} does not say where to ask, and there is no silent default: add `target: mock` to it, or give --target",
                self.path.display()
            ))
        })
    }
}

impl Chosen {
    /// Everything below a folder, with the values that the scenarios have by themselves.
    pub(crate) fn below(folder: &Path) -> Self {
        Self {
            paths: vec![folder.to_owned()],
            ..Self::default()
        }
    }

    /// On the mock, with these values.
    pub(super) fn on_mock(paths: &[PathBuf], vars: &[PathBuf], var: &[(String, String)]) -> Self {
        Self {
            paths: paths.to_vec(),
            target: Some("mock".to_owned()),
            vars: vars.to_vec(),
            var: var.to_vec(),
            ..Self::default()
        }
    }

    /// Every chain that is meant. An invalid scenario stops everything, with all problems of all files.
    pub(crate) fn plan_all(&self) -> Result<Vec<Planned>, Failure> {
        self.vars.iter().try_for_each(|path| readable(path))?;
        let given = self.target.as_deref().map(TargetName::parse).transpose()?;
        let scenarios = self.load_all()?;
        let all: Vec<&Scenario> = scenarios.iter().map(|(_, scenario)| scenario).collect();
        self.refuse_undeclared(&all)?;
        let selection = Selection {
            links: self.link.clone(),
            tags: self.tag.clone(),
        };
        selection.check(&all).map_err(Failure::usage)?;
        let waivers = self.waivers(&scenarios)?;
        scenarios
            .into_iter()
            .map(|(path, scenario)| {
                let mut plan = Plan::of(&scenario, &selection);
                let own = waivers.iter().filter(|(file, _)| self.is_for(file, &path));
                plan.waivers = own.flat_map(|(_, waivers)| waivers.of(&scenario)).collect();
                let written = scenario.target.as_deref().map(TargetName::parse);
                Ok(Planned {
                    target: match &given {
                        Some(given) => Some(given.clone()),
                        None => written.transpose()?,
                    },
                    path,
                    scenario,
                    plan,
                })
            })
            .collect()
    }

    fn load_all(&self) -> Result<Vec<(PathBuf, Scenario)>, Failure> {
        let files =
            scenario::find(&self.paths).map_err(|problem| problems(ExitCode::Usage, &[problem]))?;
        let (mut scenarios, mut wrong) = (Vec::new(), Vec::new());
        for path in files {
            match self.load(&path) {
                Ok(chains) => scenarios.extend(chains.into_iter().map(|own| (path.clone(), own))),
                Err(own) => wrong.extend(own),
            }
        }
        if wrong.is_empty() {
            Ok(scenarios)
        } else {
            Err(problems(ExitCode::Invalid, &wrong))
        }
    }

    /// The chains of one file. A value that none of the files declares is a mistake of the command line;
    /// [`Chosen::refuse_undeclared`] tells it.
    fn load(&self, path: &Path) -> Result<Vec<Scenario>, Vec<Problem>> {
        let is_live = self.asks_live(path);
        let sources = Sources {
            environment: is_live.then(|| -> Environment { Box::new(environment) }),
            files: self.vars.clone(),
            pairs: self.var.clone(),
            is_shared: true,
        };
        scenario::load_all(path, &sources)
    }

    /// Whether a file's scenario will ask a live cloud; on the mock the real environment is never consulted.
    fn asks_live(&self, path: &Path) -> bool {
        let named = self.target.clone().or_else(|| scenario::target_named(path));
        named.is_some_and(|name| TargetName::parse(&name).is_ok_and(|target| target.is_live()))
    }

    /// Every `--var` must be declared by one of the scenarios.
    fn refuse_undeclared(&self, scenarios: &[&Scenario]) -> Result<(), Failure> {
        let names = || {
            let declared = scenarios.iter().flat_map(|scenario| &scenario.variables);
            declared.map(String::as_str)
        };
        for (name, _) in &self.var {
            if !names().any(|own| own == name) {
                let near = did_you_mean(name, names());
                let near = near.map(|near| format!("; did you mean `{near}`?"));
                let near = near.unwrap_or_default();
                return Err(Failure::usage(format!(
                    "--var {name}: no scenario declares such a variable{near}"
                )));
            }
        }
        Ok(())
    }

    /// The waivers of all scenarios, each file once; what they name must exist.
    fn waivers(
        &self,
        scenarios: &[(PathBuf, Scenario)],
    ) -> Result<Vec<(PathBuf, Waivers)>, Failure> {
        let beside = scenarios.iter().map(|(path, _)| beside(path));
        self.waivers.iter().try_for_each(|path| readable(path))?;
        let files: BTreeSet<PathBuf> = match &self.waivers {
            Some(given) => BTreeSet::from([given.clone()]),
            None => beside.filter(|path| path.is_file()).collect(),
        };
        let (mut found, mut wrong) = (Vec::new(), Vec::new());
        for file in files {
            let own: Vec<&Scenario> = scenarios
                .iter()
                .filter(|(path, _)| self.is_for(&file, path))
                .map(|(_, scenario)| scenario)
                .collect();
            match scenario::waivers(&file) {
                Ok(waivers) => {
                    wrong.extend(waivers.check(&own));
                    found.push((file, waivers));
                }
                Err(problems) => wrong.extend(problems),
            }
        }
        if wrong.is_empty() {
            Ok(found)
        } else {
            Err(problems(ExitCode::Invalid, &wrong))
        }
    }

    /// Whether a file of waivers is for a scenario file.
    fn is_for(&self, waivers: &Path, scenario: &Path) -> bool {
        self.waivers.is_some() || beside(scenario) == waivers
    }
}

/// A file that the command line names must be there.
pub(crate) fn readable(path: &Path) -> Result<(), Failure> {
    std::fs::metadata(path)
        .map(|_| ())
        .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", path.display())))
}

fn beside(scenario: &Path) -> PathBuf {
    scenario.with_file_name(scenario::WAIVERS_NAME)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads variables of the environment"
)]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

pub(super) fn problems(code: ExitCode, problems: &[Problem]) -> Failure {
    let colour = io::stderr().is_terminal()
        && anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
    Failure {
        code,
        message: render(problems, colour),
    }
}
