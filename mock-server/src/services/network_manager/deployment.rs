//! What did the commits leave in each region?
//!
//! A commit is the whole goal state of its region and type: the last one of a manager, region and type says what the
//! deployment is like, and the last one that was `Deployed` what is active (azure-docs, `virtual-network-manager/
//! concept-deployments.md`, "Goal state model"; PITFALLS A10–A14). What is active has the properties of the commit:
//! changing a configuration changes nothing until it is committed again.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{key, region};
use crate::store::State;
use crate::world::{Commit, CommitType, CommittedConfiguration, DeploymentStatus};

/// A connectivity configuration that is in force in a region.
#[derive(Clone, Debug)]
pub struct Active {
    /// Key of the manager.
    pub manager: String,
    /// The region.
    pub region: String,
    /// Id of the configuration, as it was made.
    pub configuration: String,
    /// Its properties as they were committed.
    pub properties: Value,
    /// When that was, RFC 3339; nothing for long ago.
    pub at: Option<String>,
}

/// The last commit of each region and type of a manager, in the order of the world.
pub fn latest<'a>(state: &'a State, manager: &str) -> Vec<&'a Commit> {
    let manager = key(manager);
    let of_manager = |commit: &&Commit| key(&commit.network_manager) == manager;
    last_of_each(state.commits().iter().filter(of_manager))
}

/// Everything that is active, in the order of the commits.
pub fn active(state: &State) -> Vec<Active> {
    let deployed = |commit: &&Commit| {
        commit.kind == CommitType::Connectivity && commit.status == DeploymentStatus::Deployed
    };
    let commits = last_of_each(state.commits().iter().filter(deployed));
    let mut active = Vec::new();
    for commit in commits {
        let of_commit = |it: &CommittedConfiguration| in_force(state, commit, it);
        active.extend(commit.configurations.iter().filter_map(of_commit));
    }
    active
}

fn last_of_each<'a>(commits: impl Iterator<Item = &'a Commit>) -> Vec<&'a Commit> {
    let mut last = BTreeMap::new();
    for (row, commit) in commits.enumerate() {
        let goal = (
            key(&commit.network_manager),
            region(&commit.region),
            commit.kind,
        );
        last.insert(goal, (row, commit));
    }
    let mut rows: Vec<_> = last.into_values().collect();
    rows.sort_by_key(|(row, _)| *row);
    rows.into_iter().map(|(_, commit)| commit).collect()
}

/// Nothing of a manager that is gone, and nothing of a configuration of which nobody knows what it was.
fn in_force(state: &State, commit: &Commit, committed: &CommittedConfiguration) -> Option<Active> {
    let manager = state.resource(&key(&commit.network_manager))?;
    let now = state.resource(&key(&committed.id));
    let properties = match &committed.properties {
        Some(then) => Value::Object(then.clone()),
        None => now?.properties().clone(),
    };
    Some(Active {
        manager: key(&manager.id),
        region: region(&commit.region),
        configuration: now.map_or(&committed.id, |it| &it.id).clone(),
        properties,
        at: commit.at.clone(),
    })
}
