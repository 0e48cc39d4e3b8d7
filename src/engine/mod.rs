//! How it runs: one chain, from preflight to the finished report.
//!
//! - [`schedule`]: which link is asked when; waiting, blocking, the order of events
//! - [`attempt`]: one try of one link: parameters with facts, observe, judge
//! - [`settle`]: what became of a try: the one place that makes outcomes
//! - [`ground`]: what `settle` needs to know about the scenario
//! - [`words`]: sentences and commands with their values
//!
//! The engine knows no check, no client and no report by name.

mod attempt;
mod ground;
mod schedule;
mod settle;
mod words;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::ask::{SharedSession, preflight};
use crate::diagnosis;
use crate::event::{RunEvent, RunListener};
use crate::outcome::run::{ChainReport, IdentityReport, VantageReport};
use crate::plan::Plan;

pub use settle::{NOT_DENIED, anchor};
pub use words::placeholders;

/// How a chain is run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Links asked at the same time, at most.
    pub jobs: usize,
    /// How long to ask again while a cause may heal; a link's own `within` may be longer.
    pub wait: Duration,
    /// Ask also what needs a red link.
    pub keep_going: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            jobs: 16,
            wait: Duration::ZERO,
            keep_going: false,
        }
    }
}

/// Runs a chain to its end.
pub async fn run(
    plan: &Plan,
    session: &SharedSession,
    options: Options,
    listener: &mut dyn RunListener,
) -> ChainReport {
    let clock = &session.target().clock;
    let started = clock.now();
    listener.event(&RunEvent::ChainStarted {
        scenario: &plan.scenario,
        links: plan.links.len(),
    });
    let identities = preflight(plan, session).await;
    let (vantages, sides) = vantages(plan, session);
    let mut links = schedule::Schedule::new(plan, session, options, &identities, sides)
        .run(listener)
        .await;
    diagnosis::imply(&mut links);
    listener.event(&RunEvent::ChainFinished {
        scenario: &plan.scenario,
    });
    let failed = identities
        .iter()
        .find(|identity| identity.failure.is_some());
    ChainReport {
        scenario: plan.scenario.clone(),
        file: plan.file.clone(),
        about: plan.about.clone(),
        digest: plan.digest.clone(),
        target: session.target().name.clone(),
        vantages,
        tenants: plan.tenants.clone(),
        started,
        milliseconds: u64::try_from(clock.now().since(started).as_millis()).unwrap_or(u64::MAX),
        first_cause: match failed {
            Some(identity) => Some(identity_link(&identity.name)),
            None => diagnosis::first_cause(&links).map(str::to_owned),
        },
        identities,
        links,
    }
}

/// The pseudo-link that a failed auditor is.
pub fn identity_link(name: &str) -> String {
    format!("identity/{name}")
}

/// Who reads which tenant: every auditor that a planned link reads as is asked who it is.
async fn preflight(plan: &Plan, session: &SharedSession) -> Vec<IdentityReport> {
    let mut reports = Vec::new();
    for tenant in session.tenants() {
        let Some(reader) = tenant.reader.as_deref() else {
            continue;
        };
        let reads = |link: &&crate::plan::PlannedLink| {
            link.skip.is_none()
                && link.reader.as_deref() == Some(reader)
                && link.tenant.as_ref() == Some(&tenant.tenant)
        };
        if plan.links.iter().any(|link| reads(&link)) {
            reports.push(preflight::auditor(session, tenant, reader).await);
        }
    }
    reports
}

/// The vantages of the plan, and the target's name for each, or why it has none.
fn vantages(
    plan: &Plan,
    session: &SharedSession,
) -> (Vec<VantageReport>, BTreeMap<String, Result<String, String>>) {
    let mut reports = Vec::new();
    let mut sides = BTreeMap::new();
    for vantage in &plan.vantages {
        let network = vantage.network.as_ref().map(ToString::to_string);
        let found = session
            .target()
            .network
            .vantage(&vantage.name, network.as_deref());
        let (proof, side) = match found {
            Ok(found) => (found.proof, Ok(found.name)),
            Err(why) => (format!("not to be had: {why}"), Err(why)),
        };
        sides.insert(vantage.name.clone(), side);
        reports.push(VantageReport {
            name: vantage.name.clone(),
            network,
            proof,
        });
    }
    (reports, sides)
}
