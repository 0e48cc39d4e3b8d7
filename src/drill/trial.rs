//! One run of a chain under faults.

use super::score::Planted;
use crate::chain;
use crate::engine::{Cancel, Options};
use crate::event::{RunEvent, RunListener};
use crate::outcome::run::ChainReport;
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::target::ApiVersions;
use crate::target::mock::Stage;

/// Nobody watches: what counts is the report.
struct Nobody;

impl RunListener for Nobody {
    fn event(&mut self, _: &RunEvent<'_>) {}
}

/// Why there was no trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoTrial {
    /// A fault does not apply, or not beside the others.
    NotPlanted(String),
    /// A mistake of ours, or of the system.
    Failed(String),
}

/// Runs the chain in the world with these faults.
///
/// # Errors
/// The faults do not go together, or the system gives no random bytes.
pub async fn try_under(
    stage: &Stage,
    scenario: &Scenario,
    plan: &Plan,
    faults: &[Planted],
    cancel: Cancel,
) -> Result<ChainReport, NoTrial> {
    let named: Vec<(&str, &str)> = faults
        .iter()
        .map(|own| (own.fault.as_str(), own.at.as_str()))
        .collect();
    let target = stage.set(&named).await.map_err(NoTrial::NotPlanted)?;
    let options = Options {
        cancel,
        ..Options::default()
    };
    let versions = ApiVersions::default();
    let report = chain::run(scenario, plan, &target, versions, options, &mut Nobody).await;
    report.map_err(NoTrial::Failed)
}
