//! `commit`: the whole goal state of a type, for each of the regions that are named.
//!
//! No configuration takes everything away. What is committed is kept as it is at this moment; it is `Deploying` while the
//! operation runs and `Deployed` when it ends. The result is asked for at `Location`: it says `commitType` and `commitId`
//! (CLIENTS.md, "Long-running operations"). Regions are not compared with a list of Azure's.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::ids;
use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::ids::ResourceId;
use crate::lro::Ending;
use crate::request::{Reply, Request};
use crate::services::arm::errors::bad_request;
use crate::services::arm::found;
use crate::services::arm::operations::{self, Style};
use crate::services::arm::write::linked::Callers;
use crate::services::arm::write::{body, fields};
use crate::services::network_manager::{CONFIGURATIONS, key, region};
use crate::services::private_endpoint::derived_guid;
use crate::store::State;
use crate::world::{Commit, CommitType, CommittedConfiguration, DeploymentStatus};

const SECURITY_ADMIN: &str = "Microsoft.Network/networkManagers/securityAdminConfigurations";

/// Most regions of a commit: more than Azure has.
const MOST_REGIONS: usize = 200;

/// `NetworkManagerCommits_Post`.
pub(super) fn post(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    try_post(context, request, caller).unwrap_or_else(|refused| refused)
}

fn try_post(context: &Context, request: &Request, caller: Option<&Caller>) -> Result<Reply, Reply> {
    let asked = Asked::of(request)?;
    let callers = Callers::of(context, request, caller)?;
    let mut state = context.state_mut();
    let manager = found::parent(&state, request)?.id.clone();
    let configurations = asked.configurations(&state, &manager)?;
    let mut rows = Vec::new();
    for target in &asked.regions {
        rows.push(state.add_commit(Commit {
            network_manager: manager.clone(),
            region: region(target),
            kind: asked.kind,
            configurations: configurations.clone(),
            at: Some(rfc3339(context.clock.now())),
            status: DeploymentStatus::Deploying,
            error: None,
        }));
    }
    let id = derived_guid(&format!("{manager}:{rows:?}"), "commit");
    let answer = json!({
        "commitId": id,
        "targetLocations": asked.regions,
        "configurationIds": configurations.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(),
        "commitType": asked.kind.as_str(),
    });
    let result = answer.clone();
    let finish = Box::new(move |state: &mut State| {
        rows.iter().for_each(|row| state.deployed(*row));
        Ending::Succeeded(Some(result.clone()))
    });
    // Not of the manager itself: that may be written while a commit is on its way.
    let of = format!("{manager}/commits/{id}");
    let begun = operations::begin(context, &mut state, &callers, &of, finish);
    let accepted = Reply::json(StatusCode::ACCEPTED, &answer);
    Ok(begun.announce(request, Style::Both, accepted))
}

/// What a request asks for.
struct Asked {
    kind: CommitType,
    regions: Vec<String>,
    ids: Vec<String>,
}

impl Asked {
    fn of(request: &Request) -> Result<Self, Reply> {
        let body = body::object(request)?;
        let regions = fields::texts(&body, "/targetLocations")?;
        if regions.is_empty() || regions.iter().any(|it| it.trim().is_empty()) {
            return Err(fields::missing("/targetLocations"));
        }
        if regions.len() > MOST_REGIONS {
            let message = format!("A commit goes to at most {MOST_REGIONS} regions at once.");
            return Err(bad_request("BadRequest", &message));
        }
        let ids = fields::texts(&body, "/configurationIds")?;
        let ids = ids.into_iter().map(ids::rooted).collect();
        let kinds = [CommitType::Connectivity, CommitType::SecurityAdmin];
        let known = kinds.map(CommitType::as_str);
        let word = fields::one_of(&body, "/commitType", &known)?;
        let kind = kinds.into_iter().find(|it| Some(it.as_str()) == word);
        Ok(Self {
            kind: kind.ok_or_else(|| fields::missing("/commitType"))?,
            regions: regions.into_iter().map(str::to_owned).collect(),
            ids,
        })
    }

    /// The configurations as they are now; the text about one that is not there is ours.
    fn configurations(
        &self,
        state: &State,
        manager: &str,
    ) -> Result<Vec<CommittedConfiguration>, Reply> {
        let wanted = match self.kind {
            CommitType::Connectivity => CONFIGURATIONS,
            CommitType::SecurityAdmin => SECURITY_ADMIN,
        };
        let of_manager = |id: &ResourceId| id.parent().is_some_and(|it| key(it) == key(manager));
        let read = |given: &String| {
            let id = ids::of_type("configurationIds", given, wanted)?;
            let found = state.resource(id.as_str()).filter(|_| of_manager(&id));
            let found = found.ok_or_else(|| {
                let kind = self.kind.as_str();
                let message = format!("The {kind} configuration '{id}' was not found in the network manager '{manager}'.");
                bad_request("BadRequest", &message)
            })?;
            let properties = found.properties().as_object().cloned();
            Ok(CommittedConfiguration {
                id: found.id.clone(),
                properties: properties.map(without_state),
            })
        };
        self.ids.iter().map(read).collect()
    }
}

fn without_state(mut properties: Map<String, Value>) -> Map<String, Value> {
    properties.shift_remove("provisioningState");
    properties
}
