//! What people did with network managers: commits, what became of connections in the past, management groups.
//!
//! The objects themselves (managers, connections, groups, configurations) are `resources:`. What follows from all of it
//! (states of connections, what is deployed, active and effective) is derived by `services/network_manager`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One commit: the whole goal state of one region and type. The last row of a manager, region and type wins; without a
/// configuration it takes everything away (the "None" deployment).
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Commit {
    /// The network manager that was told to.
    pub network_manager: String,
    /// The region: `japaneast`.
    pub region: String,
    /// Type of the configurations.
    #[serde(rename = "type")]
    pub kind: CommitType,
    /// What was committed.
    #[serde(default)]
    pub configurations: Vec<CommittedConfiguration>,
    /// When, RFC 3339; when absent, just now for what is being applied or has not begun, and long ago for the rest.
    #[serde(default)]
    pub at: Option<String>,
    /// What became of it.
    #[serde(default)]
    pub status: DeploymentStatus,
    /// Why it failed, as Azure would say it.
    #[serde(default)]
    pub error: Option<String>,
}

/// A configuration of a commit.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CommittedConfiguration {
    /// Its id.
    pub id: String,
    /// Its `properties` as they were at the commit, when they differ from what it has now.
    #[serde(default)]
    #[schemars(with = "Option<std::collections::BTreeMap<String, serde_json::Value>>")]
    pub properties: Option<Map<String, Value>>,
}

/// Type of a commit (`specs/network/2024-01-01/networkManager.json`, `ConfigurationType`).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
pub enum CommitType {
    /// Connectivity configurations.
    Connectivity,
    /// Security admin configurations.
    SecurityAdmin,
}

impl CommitType {
    /// As ARM writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connectivity => "Connectivity",
            Self::SecurityAdmin => "SecurityAdmin",
        }
    }
}

/// What became of a commit (`networkManager.json`, `NetworkManagerDeploymentStatus.deploymentStatus`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum DeploymentStatus {
    /// It is in force.
    #[default]
    Deployed,
    /// It is being applied; what was deployed before still is.
    Deploying,
    /// It was not applied; what was deployed before still is.
    Failed,
    /// It has not begun.
    NotStarted,
}

impl DeploymentStatus {
    /// As ARM writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deployed => "Deployed",
            Self::Deploying => "Deploying",
            Self::Failed => "Failed",
            Self::NotStarted => "NotStarted",
        }
    }
}

/// What became of the connection between a network manager and a scope of another tenant before now.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PastConnection {
    /// The network manager.
    pub network_manager: String,
    /// The subscription or management group of the other tenant.
    pub scope: String,
    /// What it was.
    #[serde(default)]
    pub was: PastState,
}

/// A state of the past that decides about the state of now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum PastState {
    /// Both sides agreed once: without one of them it is `Revoked` now, not `Pending`.
    #[default]
    Connected,
    /// The other tenant refused: it stays `Rejected` until both halves are gone.
    Rejected,
}

/// Can a private endpoint be reached from another network of its connected group (PITFALLS A26)?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MeshPrivateEndpoints {
    /// Yes, as since the feature left its preview.
    #[default]
    Reachable,
    /// No, as during the preview, unless the configuration names a `connectedGroupPrivateEndpointsScale`.
    Unreachable,
}

/// A management group of a tenant.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ManagementGroup {
    /// Its name, the last segment of its id: unique in the world.
    pub name: String,
    /// Display name; the name when absent.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Name of the group that it is in.
    #[serde(default)]
    pub parent: Option<String>,
    /// Ids of the subscriptions directly in it.
    #[serde(default)]
    pub subscriptions: Vec<String>,
}

impl ManagementGroup {
    /// The ARM id of a management group.
    pub fn id_of(name: &str) -> String {
        format!("/providers/Microsoft.Management/managementGroups/{name}")
    }
}
