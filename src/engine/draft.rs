//! What a report says before anything is asked: what would be told if the run ended now.

use crate::outcome::run::{ChainReport, WorkloadReport};
use crate::outcome::{Evidence, Facts, LinkReport, Outcome};
use crate::plan::{Plan, PlannedLink};
use crate::timestamp::Timestamp;

/// Why a link has no outcome of its own when a run ends early.
pub(super) const INTERRUPTED: &str = "interrupted before it had an outcome";
/// What a link adds to its last try when a run ends before the next one.
pub(super) const NOT_ASKED_AGAIN: &str = "the run ended before it was asked again";

/// The report of a chain of which no link has been asked.
pub fn draft(plan: &Plan, target: &str, started: Timestamp) -> ChainReport {
    let links = plan.links.iter().map(|link| {
        let reason = link.skip.clone();
        let reason = reason.unwrap_or_else(|| INTERRUPTED.to_owned());
        link_draft(plan, link, Outcome::Skipped, Some(reason))
    });
    ChainReport {
        scenario: plan.scenario.clone(),
        file: plan.file.clone(),
        about: plan.about.clone(),
        digest: plan.digest.clone(),
        target: target.to_owned(),
        vantages: Vec::new(),
        tenants: plan.tenants.clone(),
        workloads: workloads(plan),
        identities: Vec::new(),
        started,
        milliseconds: 0,
        links: links.collect(),
        waivers: plan.waivers.clone(),
        first_cause: None,
    }
}

/// The identities under test of the links, each once.
fn workloads(plan: &Plan) -> Vec<WorkloadReport> {
    let mut found: Vec<WorkloadReport> = Vec::new();
    for workload in plan.links.iter().filter_map(|link| link.workload.as_ref()) {
        if found.iter().all(|own| own.name != workload.name) {
            found.push(WorkloadReport {
                name: workload.name.clone(),
                tenant: workload.tenant.clone(),
                application: workload.application.as_ref().map(ToString::to_string),
                managed_identity: workload.managed_identity.as_ref().map(ToString::to_string),
            });
        }
    }
    found
}

/// A report that says nothing but what the plan says.
pub(super) fn link_draft(
    plan: &Plan,
    link: &PlannedLink,
    outcome: Outcome,
    reason: Option<String>,
) -> LinkReport {
    let card = link.kind.card;
    let workload = link.workload.as_ref().map(|workload| workload.name.clone());
    LinkReport {
        id: link.id.clone(),
        check: card.id.to_owned(),
        sentence: link
            .about
            .clone()
            .unwrap_or_else(|| card.sentence.to_owned()),
        plane: card.plane.into(),
        place: link.place.clone(),
        tenant: link.tenant.clone(),
        at: link.vantage.clone(),
        identity: workload.or_else(|| link.reader.clone()),
        needs: link
            .needs
            .iter()
            .map(|need| plan.links[*need].id.clone())
            .collect(),
        tags: link.tags.clone(),
        parameters: link.parameters.to_json(),
        outcome,
        reason,
        waived: false,
        findings: Vec::new(),
        explained_by: Vec::new(),
        seen: None,
        no_answer: None,
        facts: Facts::none(),
        claims: Vec::new(),
        proves: Vec::new(),
        tries: 0,
        failed_tries: 0,
        still_healing: false,
        started: None,
        milliseconds: 0,
        last_try_milliseconds: 0,
        evidence: Evidence::default(),
    }
}
