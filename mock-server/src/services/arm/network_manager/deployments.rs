//! What was deployed to which region, and what is active there.
//!
//! Both are filtered by `regions`, the status by `deploymentTypes` too. A commit without a time was made thirty days before
//! the mock's clock began.

use serde_json::{Value, json};

use super::token_page::Question;
use crate::auth::Caller;
use crate::clock::{Clock, rfc3339};
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::found;
use crate::services::network_manager::{Active, deployment, effective, key, region};
use crate::store::{Resource, State};
use crate::world::{Commit, DeploymentStatus};

/// Age of a commit that has no time.
const LONG_AGO: time::Duration = time::Duration::days(30);

/// `NetworkManagerDeploymentStatus_List`.
pub(super) fn status(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    answer(&state, request, |question, manager| {
        let regions = question.filter("regions")?;
        let types = question.filter("deploymentTypes")?;
        let commits = deployment::latest(&state, &manager.id);
        let wanted = commits.into_iter().filter(|commit| {
            is_one_of(&regions, &commit.region)
                && (types.is_empty()
                    || types
                        .iter()
                        .any(|it| it.eq_ignore_ascii_case(commit.kind.as_str())))
        });
        Ok(wanted
            .map(|commit| deployed(&context.clock, commit))
            .collect())
    })
}

/// `ListActiveConnectivityConfigurations`.
pub(super) fn active(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    answer(&state, request, |question, manager| {
        let regions = question.filter("regions")?;
        let of_manager = |it: &&Active| it.manager == key(&manager.id);
        let all = state
            .derived()
            .connectivity
            .active
            .iter()
            .filter(of_manager);
        let wanted = all.filter(|it| is_one_of(&regions, &it.region));
        Ok(wanted
            .map(|it| in_force(&state, &context.clock, it))
            .collect())
    })
}

fn answer(
    state: &State,
    request: &Request,
    items: impl FnOnce(&Question, &Resource) -> Result<Vec<Value>, Reply>,
) -> Reply {
    let listed = || {
        let manager = found::parent(state, request)?;
        let question = Question::of(request)?;
        let items = items(&question, manager)?;
        Ok(question.page(request, items))
    };
    listed().unwrap_or_else(|reply| reply)
}

fn is_one_of(regions: &[&str], wanted: &str) -> bool {
    regions.is_empty() || regions.iter().any(|it| region(it) == region(wanted))
}

fn deployed(clock: &Clock, commit: &Commit) -> Value {
    let ids: Vec<&str> = commit
        .configurations
        .iter()
        .map(|it| it.id.as_str())
        .collect();
    let failed = commit.status == DeploymentStatus::Failed;
    let why = commit
        .error
        .as_deref()
        .filter(|_| failed)
        .unwrap_or_default();
    json!({
        "commitTime": match (commit.status, &commit.at) {
            // What is still being applied was committed just now.
            (DeploymentStatus::Deploying | DeploymentStatus::NotStarted, None) => rfc3339(clock.start()),
            (_, at) => time_of(clock, at.as_deref()),
        },
        "region": region(&commit.region),
        "deploymentStatus": commit.status.as_str(),
        "configurationIds": ids,
        "deploymentType": commit.kind.as_str(),
        "errorMessage": why,
    })
}

fn in_force(state: &State, clock: &Clock, active: &Active) -> Value {
    let items = effective::list(&active.properties, "appliesToGroups");
    let groups = items.filter_map(|item| effective::text(item, "networkGroupId"));
    let mut body = super::effective::configuration(state, active, groups);
    body["commitTime"] = json!(time_of(clock, active.at.as_deref()));
    body["region"] = json!(active.region);
    body
}

fn time_of(clock: &Clock, at: Option<&str>) -> String {
    at.map_or_else(|| rfc3339(clock.start() - LONG_AGO), str::to_owned)
}
