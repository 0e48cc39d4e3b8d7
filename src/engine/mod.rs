//! How it runs: one chain, from preflight to the finished report.
//!
//! - `schedule`: which link is asked when; waiting, blocking, the order of events
//! - `queue`: which link may be begun next
//! - `attempt`: one try of one link: parameters with facts, observe, judge
//! - `settle`: what became of a try: the one place that makes outcomes
//! - `budget`: right, but too slow
//! - `retiring`: api-versions that Azure will take away
//! - `cancel`: ending a run early; [`draft`]: what a report says before anything is asked
//! - `ground`: what `settle` needs to know about the scenario
//! - `typists`: whose turn it is to type a command
//! - `words`: sentences and commands with their values
//!
//! The engine knows no check, no client and no report by name.

mod attempt;
mod budget;
mod cancel;
mod draft;
mod ground;
mod queue;
mod retiring;
mod schedule;
mod settle;
mod typists;
mod words;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::ask::{SharedSession, preflight};
use crate::diagnosis;
use crate::event::{RunEvent, RunListener};
use crate::outcome::run::{ChainReport, IdentityReport, VantageReport, identity_link};
use crate::plan::Plan;

pub use cancel::{Cancel, Canceller};
pub use draft::draft;
pub use settle::anchor;
pub use words::placeholders;

/// How a chain is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Links asked at the same time, at most.
    pub jobs: usize,
    /// How long to ask again while a cause may heal; a link's own `within` may be longer.
    pub wait: Duration,
    /// Ask also what needs a red link.
    pub keep_going: bool,
    /// Hears that the run shall end early.
    pub cancel: Cancel,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            jobs: 16,
            wait: Duration::ZERO,
            keep_going: false,
            cancel: Cancel::default(),
        }
    }
}

/// Runs a chain to its end, or until it is cancelled: links without an outcome are skipped then.
pub async fn run(
    plan: &Plan,
    session: &SharedSession,
    options: Options,
    listener: &mut dyn RunListener,
) -> ChainReport {
    let clock = &session.target().clock;
    let mut report = draft(plan, &session.target().name, clock.now());
    listener.event(&RunEvent::ChainStarted { report: &report });
    if let Some(identities) = options.cancel.unless(preflight(plan, session)).await {
        let (vantages, sides) = vantages(plan, session);
        listener.event(&RunEvent::PreflightEnded {
            identities: &identities,
            vantages: &vantages,
        });
        let ground = diagnosis::Ground::of(&vantages, &report.workloads);
        report.links = schedule::Schedule::new(plan, session, options, &identities, sides, ground)
            .run(listener)
            .await;
        (report.identities, report.vantages) = (identities, vantages);
    }
    report.milliseconds = milliseconds(clock.now().since(report.started));
    diagnosis::conclude(&mut report);
    listener.event(&RunEvent::ChainFinished { report: &report });
    report
}

/// A span as reports write it.
fn milliseconds(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// Who reads which tenant: every auditor that a planned link reads as is asked who it is.
async fn preflight(plan: &Plan, session: &SharedSession) -> Vec<IdentityReport> {
    let mut reports = Vec::new();
    for tenant in session.tenants() {
        let Some(reader) = tenant.reader.as_deref() else {
            continue;
        };
        let reads = |link: &&crate::plan::PlannedLink| {
            link.skip.is_none() && link.reads(&tenant.tenant, reader)
        };
        if plan.links.iter().any(|link| reads(&link)) {
            reports.push(preflight::auditor(session, tenant, reader).await);
        }
        if reports.last().is_some_and(IdentityReport::is_of_target) {
            // The others would only tell the same.
            break;
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
