//! One run of a chain, begun by the first test that needs it; the others wait for it.

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::chain;
use crate::cli::load::Planned;
use crate::engine::Options;
use crate::event::{RunEvent, RunListener};
use crate::outcome::run::ChainReport;
use crate::plan::{Plan, Selection};
use crate::target::ApiVersions;

/// A chain and its only run.
pub(super) struct ChainRun {
    planned: Planned,
    chosen: HashSet<String>,
    report: OnceLock<Result<ChainReport, String>>,
}

impl ChainRun {
    /// The run of the chosen links and what they need.
    pub(super) fn new(mut planned: Planned, is_chosen: impl Fn(&str) -> bool) -> Self {
        let links = planned.scenario.links.iter().map(|link| &link.id);
        let chosen: HashSet<String> = links.filter(|id| is_chosen(id)).cloned().collect();
        let selection = Selection {
            links: chosen.iter().cloned().collect(),
            tags: Vec::new(),
        };
        let waivers = std::mem::take(&mut planned.plan.waivers);
        planned.plan = Plan::of(&planned.scenario, &selection);
        planned.plan.waivers = waivers;
        Self {
            planned,
            chosen,
            report: OnceLock::new(),
        }
    }

    /// Whether a link has a test in this run.
    pub(super) fn is_chosen(&self, link: &str) -> bool {
        self.chosen.contains(link)
    }

    /// What became of the chain.
    pub(super) fn report(&self) -> Result<&ChainReport, String> {
        let report = self.report.get_or_init(|| self.run());
        report.as_ref().map_err(Clone::clone)
    }

    fn run(&self) -> Result<ChainReport, String> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| format!("the runtime could not start: {error}"))?;
        runtime.block_on(async {
            let Planned {
                path,
                scenario,
                plan,
                ..
            } = &self.planned;
            let target = self.planned.target();
            let target = target.map_err(|failure| failure.message().to_owned())?;
            let opened = target.open(path, None, &[]).await;
            let opened = opened.map_err(|failure| failure.message().to_owned())?;
            let (versions, options) = (ApiVersions::default(), Options::default());
            chain::run(
                scenario,
                plan,
                opened.target(),
                versions,
                options,
                &mut Silent,
            )
            .await
        })
    }
}

/// Watches nothing: standard output belongs to the tests.
struct Silent;

impl RunListener for Silent {
    fn event(&mut self, _: &RunEvent<'_>) {}
}
