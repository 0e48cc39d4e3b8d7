//! What is part of a deployed configuration goes only by `force=true`: then a cleanup deployment takes it out first
//! (`networkManager.json`, `ForceDeleteParameter`).

use time::OffsetDateTime;

use crate::clock::rfc3339;
use crate::request::{Reply, Request};
use crate::services::arm::errors::bad_request;
use crate::services::arm::write::Write;
use crate::services::network_manager::{Active, key};
use crate::store::State;
use crate::world::{Commit, CommittedConfiguration, DeploymentStatus};

/// Does the request say `force=true`?
pub(super) fn forced(request: &Request) -> bool {
    request
        .query("force")
        .is_some_and(|it| it.eq_ignore_ascii_case("true"))
}

/// Refuses to delete what is in force somewhere. Code and text are ours.
///
/// # Errors
/// 400, naming the regions.
pub(super) fn refuse_unless(
    force: bool,
    write: &Write<'_>,
    concerns: impl Fn(&Active) -> bool,
) -> Result<(), Reply> {
    let active = write.state.derived().connectivity.active.iter();
    let regions = active
        .filter(|it| concerns(it))
        .map(|it| it.region.as_str());
    let mut regions: Vec<&str> = regions.collect();
    regions.dedup();
    if force || regions.is_empty() {
        return Ok(());
    }
    let message = format!(
        "The resource '{}' is part of a configuration that is deployed to {}. Undeploy it first, or delete it with force=true.",
        write.id,
        regions.join(", ")
    );
    Err(bad_request("BadRequest", &message))
}

/// The cleanup deployment: goal states without this configuration.
pub(super) fn take_out(state: &mut State, configuration: &str, now: OffsetDateTime) {
    let wanted = key(configuration);
    let active = state.derived().connectivity.active.iter();
    let of_it = active.filter(|it| key(&it.configuration) == wanted);
    let goals: Vec<(String, String)> = of_it
        .map(|it| (it.manager.clone(), it.region.clone()))
        .collect();
    for (manager, region) in goals {
        let active = state.derived().connectivity.active.iter();
        let others = active.filter(|it| {
            it.manager == manager && it.region == region && key(&it.configuration) != wanted
        });
        let configurations = others
            .map(|it| CommittedConfiguration {
                id: it.configuration.clone(),
                properties: it.properties.as_object().cloned(),
            })
            .collect();
        state.add_commit(Commit {
            network_manager: manager,
            region,
            kind: crate::world::CommitType::Connectivity,
            configurations,
            at: Some(rfc3339(now)),
            status: DeploymentStatus::Deployed,
            error: None,
        });
    }
}
