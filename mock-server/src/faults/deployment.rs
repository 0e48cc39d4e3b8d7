//! Faults of commits: what was deployed to a region, or not (PITFALLS.md A10–A14).
//!
//! Places are `<id of the network manager>/commits/<region>`: the last commit of connectivity configurations there.

use serde_json::json;

use super::network_manager::add;
use super::{Fault, patch};
use crate::world::{Commit, CommitType, CommittedConfiguration, DeploymentStatus, World};

/// Nothing was ever committed to the region.
pub const NOT_COMMITTED: Fault = Fault {
    id: "region-not-committed",
    about: "the configurations were never committed to the region",
    places,
    plant: |world, at| {
        world.commits.retain(|commit| !is_at(commit, at));
        Ok(())
    },
};

/// The commit took everything away.
pub const COMMITTED_NOTHING: Fault = Fault {
    id: "region-committed-nothing",
    about: "a later commit to the region deployed no configuration at all, and took away what was there",
    places,
    plant: |world, at| {
        let configurations = Vec::new();
        let later = Commit {
            configurations,
            ..last(world, at)?.clone()
        };
        world.commits.push(later);
        Ok(())
    },
};

/// The commit names another configuration.
pub const COMMITTED_OTHER: Fault = Fault {
    id: "region-committed-other",
    about: "a later commit to the region deployed another configuration only, and took away what was there",
    places,
    plant: |world, at| {
        let commit = last(world, at)?.clone();
        let first = commit
            .configurations
            .first()
            .ok_or("the commit names no configuration")?;
        let properties = patch::resource(world, &first.id)?.properties().clone();
        let id = format!("{}-other", first.id);
        if patch::resource(world, &id).is_err() {
            add(world, &id, properties);
        }
        let configurations = vec![CommittedConfiguration {
            id,
            properties: None,
        }];
        world.commits.push(Commit {
            configurations,
            ..commit
        });
        Ok(())
    },
};

/// The configuration was changed after the commit.
pub const STALE: Fault = Fault {
    id: "region-commit-stale",
    about: "the configuration was changed after it had been committed to the region",
    places,
    plant: |world, at| {
        // Other faults put theirs before it.
        let own = last(world, at)?.configurations.last();
        let id = own.ok_or("the commit names no configuration")?.id.clone();
        let now = patch::resource(world, &id)?
            .properties()
            .as_object()
            .cloned();
        let then = now.ok_or("the configuration has no properties")?;
        let is_mesh = then.get("connectivityTopology") == Some(&json!("Mesh"));
        // Beside hubs `isGlobal` of the configuration changes nothing.
        let (pointer, name) = if is_mesh {
            ("", "isGlobal")
        } else {
            ("/appliesToGroups/0", "useHubGateway")
        };
        let mut whole = serde_json::Value::Object(then);
        let flipped = whole
            .pointer_mut(pointer)
            .ok_or("the configuration is applied to no group")?;
        let is_set = flipped.get(name) == Some(&json!("True"));
        flipped[name] = json!(if is_set { "False" } else { "True" });
        let then = whole.as_object().cloned();
        if let Some(committed) = last(world, at)?.configurations.last_mut() {
            committed.properties = then;
        }
        Ok(())
    },
};

/// The deployment failed.
pub const FAILED: Fault = Fault {
    id: "region-deployment-failed",
    about: "the deployment of the commit to the region failed",
    places,
    plant: |world, at| {
        let commit = last(world, at)?;
        commit.status = DeploymentStatus::Failed;
        commit.error = Some("The virtual network is locked by another operation.".to_owned());
        Ok(())
    },
};

/// The deployment is running.
pub const DEPLOYING: Fault = Fault {
    id: "region-deploying",
    about: "the commit to the region is still being applied",
    places,
    plant: |world, at| set_status(world, at, DeploymentStatus::Deploying),
};

/// The deployment has not begun.
pub const NOT_STARTED: Fault = Fault {
    id: "region-deployment-not-started",
    about: "the commit to the region has not begun to be applied",
    places,
    plant: |world, at| set_status(world, at, DeploymentStatus::NotStarted),
};

/// The deployment has not begun, and never will.
pub const STUCK: Fault = Fault {
    id: "region-deployment-stuck",
    about: "the commit to the region was made long ago and has not begun to be applied",
    places,
    plant: |world, at| {
        let commit = last(world, at)?;
        commit.status = DeploymentStatus::NotStarted;
        commit.at = Some("2020-01-01T00:00:00Z".to_owned());
        Ok(())
    },
};

/// A deployment without the configuration is running.
pub const DEPLOYING_OTHER: Fault = Fault {
    id: "region-deploying-other",
    about: "a later commit to the region, of another configuration only, is still being applied",
    places,
    plant: |world, at| {
        (COMMITTED_OTHER.plant)(world, at)?;
        set_status(world, at, DeploymentStatus::Deploying)
    },
};

fn places(world: &World) -> Vec<String> {
    let with_configurations = world
        .commits
        .iter()
        .filter(|it| it.kind == CommitType::Connectivity && !it.configurations.is_empty());
    let mut places: Vec<String> = with_configurations.map(place).collect();
    places.sort();
    places.dedup();
    places
}

fn place(commit: &Commit) -> String {
    format!("{}/commits/{}", commit.network_manager, commit.region)
}

fn is_at(commit: &Commit, at: &str) -> bool {
    commit.kind == CommitType::Connectivity && place(commit).eq_ignore_ascii_case(at)
}

fn last<'w>(world: &'w mut World, at: &str) -> Result<&'w mut Commit, String> {
    let found = world.commits.iter_mut().rfind(|commit| is_at(commit, at));
    found.ok_or_else(|| format!("there is no commit {at}"))
}

fn set_status(world: &mut World, at: &str, status: DeploymentStatus) -> Result<(), String> {
    last(world, at)?.status = status;
    Ok(())
}
