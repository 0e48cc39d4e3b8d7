//! Is what is configured also what acts, in every region of the members?
//!
//! Asks ARM, as the home tenant's auditor, for the last deployment of each region, for what is active there, and for
//! the configuration as it stands now. A commit is the whole goal state of a region: this configuration must be part of
//! it, `Deployed`, and what is active must equal what is configured in topology, reach, hubs and groups.
//!
//! - [`causes`]: why a configuration does not act
//! - [`shapes`]: what ARM says

mod causes;
mod shapes;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::shapes::{Active, Deployment};
use super::Check;
use super::network_manager::configuration::{Configuration, Properties};
use super::network_manager::ids::{any, same};
use super::typed_id::{ConnectivityConfiguration, IdOf};
use super::wire::{Resource, list_of};
use crate::ask::{Ask, ReadAction};
use crate::outcome::{
    Asks, Card, Claim, FactSpec, FactType, Facts, Input, NoAnswer, Permission, Plane, Reason,
    Regions, Verdict,
};
use crate::timestamp::Timestamp;

/// What a deployment is of when it is about connectivity (`ConfigurationType`).
const CONNECTIVITY: &str = "Connectivity";

/// The connectivity configuration is deployed as it is configured, in every region.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ConnectivityDeployed {
    /// The connectivity configuration.
    configuration: IdOf<ConnectivityConfiguration>,
    /// The regions of the members: the fact of the network group, or a list.
    regions: Input<Regions>,
}

/// The configuration, if there is one, and what each region has of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    configured: Option<Configuration>,
    regions: Vec<Region>,
}

/// What a region has.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Region {
    name: String,
    /// The last deployment of connectivity there; absent when there never was one.
    deployment: Option<Deployment>,
    /// The configuration as it is active there.
    active: Option<Configuration>,
}

impl Check for ConnectivityDeployed {
    const CARD: Card = Card {
        id: "connectivity-deployed",
        sentence: "the connectivity configuration is deployed in every region of its members",
        about: "Reads the last deployment of each region and what is active there. The configuration must be part of the \
                deployment, the deployment must be `Deployed`, and topology, reach across regions, hubs and groups that are \
                active must equal what is configured now. A configuration that was not committed changes nothing.",
        asks: Asks::Arm("configuration"),
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &[],
        homes: &[],
        facts: &[FactSpec {
            name: "configuration",
            fact_type: FactType::ResourceId,
            about: "the connectivity configuration itself",
        }],
        permissions: &[
            Permission::Action("Microsoft.Network/networkManagers/connectivityConfigurations/read"),
            Permission::Action("Microsoft.Network/networkManagers/listDeploymentStatus/action"),
            Permission::Action(
                "Microsoft.Network/networkManagers/listActiveConnectivityConfigurations/action",
            ),
        ],
        causes: causes::CAUSES,
        warnings: &[],
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        if self.regions.is_empty() {
            return Err(NoAnswer::Unusable(
                "there is no region to look at: the network group has no members".to_owned(),
            ));
        }
        let read = ask.arm::<Resource<Properties>>(&self.configuration).await?;
        let manager = self.configuration.parent().filter(|_| read.is_some());
        let (Some(configured), Some(manager)) = (read.map(Configuration::from), manager) else {
            return Ok(Seen {
                configured: None,
                regions: Vec::new(),
            });
        };
        let names: Vec<&str> = self.regions.iter().collect();
        let body = json!({"regions": names, "deploymentTypes": [CONNECTIVITY]});
        let deployments = ask
            .arm_action::<Deployment>(&manager, ReadAction::ListDeploymentStatus, &body)
            .await?
            .unwrap_or_default();
        let action = ReadAction::ListActiveConnectivityConfigurations;
        let active = ask
            .arm_action::<Active>(&manager, action, &json!({"regions": names}))
            .await?
            .unwrap_or_default();
        let ours = active
            .into_iter()
            .filter(|item| same(&item.id, self.configuration.as_str()));
        let active: Vec<(String, Configuration)> = ours
            .map(|item| {
                (
                    Regions::name(&item.region),
                    Configuration::new(item.id, item.properties),
                )
            })
            .collect();
        let regions = names.iter().map(|name| region(name, &deployments, &active));
        Ok(Seen {
            configured: Some(configured),
            regions: regions.collect(),
        })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let Some(configured) = &seen.configured else {
            return Reason::new("missing")
                .expected(&self.configuration)
                .observed("no such resource")
                .into();
        };
        let wrong = seen.regions.iter().filter_map(|region| {
            let found = self.wrong(configured, region)?;
            Some((region, found))
        });
        let wrong: Vec<(&Region, Found)> = wrong.collect();
        // What stays comes before what may heal: a deployment that still runs in one region hides nothing in another.
        let Some((region, found)) = wrong.iter().min_by_key(|(_, found)| found.cause.heals())
        else {
            return Verdict::Holds;
        };
        let alike = wrong.iter().filter(|(other, also)| {
            also.cause == found.cause && self.goal(other) == self.goal(region)
        });
        let alike: Vec<&str> = alike.map(|(region, _)| region.name.as_str()).collect();
        let told = wrong
            .iter()
            .map(|(region, found)| format!("{}: {}", region.name, found.observed));
        Reason::new(found.cause.id())
            .expected(found.expected.as_str())
            .observed(told.collect::<Vec<_>>().join("; "))
            .with("regions", list_of(&alike))
            .with("network-manager", self.manager())
            .with("error-message", &found.message)
            .with("commit-json", self.commit(&alike, region))
            .with(
                "status-json",
                json!({"regions": alike, "deploymentTypes": [CONNECTIVITY]}),
            )
            .into()
    }

    fn facts(&self, _seen: &Seen) -> Facts {
        Facts::none().with("configuration", &self.configuration)
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(Self::CARD.id, None, &self.configuration)]
    }
}

/// Why a region does not have the configuration as it is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    Deploying,
    Failed,
    NotCommitted,
    Replaced,
    Stale,
    UnknownState,
}

impl Why {
    const fn id(self) -> &'static str {
        match self {
            Self::Deploying => "deploying",
            Self::Failed => "failed",
            Self::NotCommitted => "not-committed",
            Self::Replaced => "replaced",
            Self::Stale => "stale",
            Self::UnknownState => "unknown-state",
        }
    }

    const fn heals(self) -> bool {
        matches!(self, Self::Deploying)
    }
}

/// What is wrong in a region.
struct Found {
    cause: Why,
    expected: String,
    observed: String,
    message: String,
}

impl Found {
    fn new(cause: Why, expected: &str, observed: impl Into<String>) -> Self {
        Self {
            cause,
            expected: expected.to_owned(),
            observed: observed.into(),
            message: String::new(),
        }
    }
}

impl ConnectivityDeployed {
    fn manager(&self) -> String {
        let manager = self.configuration.parent();
        manager.map_or_else(String::new, |id| id.to_string())
    }

    /// What is wrong in a region, if anything.
    fn wrong(&self, configured: &Configuration, region: &Region) -> Option<Found> {
        let committed = "a deployment with this configuration";
        let Some(deployment) = &region.deployment else {
            return Some(Found::new(Why::NotCommitted, committed, "never committed"));
        };
        if !any(&deployment.configuration_ids, self.configuration.as_str()) {
            let others = &deployment.configuration_ids;
            return Some(match others.is_empty() {
                true => Found::new(Why::NotCommitted, committed, "nothing is deployed"),
                false => Found::new(Why::Replaced, committed, list_of(others)),
            });
        }
        let status = deployment.deployment_status.trim();
        match status.to_ascii_lowercase().as_str() {
            "deployed" => self.compare(configured, region),
            "deploying" | "notstarted" => Some(Found::new(Why::Deploying, "Deployed", status)),
            "failed" => Some(Found {
                message: deployment.message(),
                ..Found::new(
                    Why::Failed,
                    "Deployed",
                    format!("Failed: {}", deployment.message()),
                )
            }),
            _ => Some(Found::new(
                Why::UnknownState,
                "Deployed",
                if status.is_empty() {
                    "no state"
                } else {
                    status
                },
            )),
        }
    }

    /// What is active must be what is configured.
    fn compare(&self, configured: &Configuration, region: &Region) -> Option<Found> {
        let Some(active) = &region.active else {
            return Some(Found::new(
                Why::Deploying,
                "active in the region",
                "Deployed, and not among what is active",
            ));
        };
        let differences = configured.differences(active);
        let stale = || Found::new(Why::Stale, "what is configured", differences.join(", "));
        (!differences.is_empty()).then(stale)
    }

    /// The whole goal state that a commit must name so that a region keeps what it has and gets this (A12).
    fn goal(&self, region: &Region) -> Vec<String> {
        let mut goal = region
            .deployment
            .as_ref()
            .map(|deployment| deployment.configuration_ids.clone())
            .unwrap_or_default();
        if !any(&goal, self.configuration.as_str()) {
            goal.push(self.configuration.to_string());
        }
        goal
    }

    fn commit(&self, regions: &[&str], like: &Region) -> String {
        json!({
            "targetLocations": regions,
            "configurationIds": self.goal(like),
            "commitType": CONNECTIVITY,
        })
        .to_string()
    }
}

/// What is said of one region.
fn region(name: &str, deployments: &[Deployment], active: &[(String, Configuration)]) -> Region {
    let here = |deployment: &&Deployment| {
        Regions::name(&deployment.region) == name
            && deployment
                .deployment_type
                .eq_ignore_ascii_case(CONNECTIVITY)
    };
    // Times of one service in one format compare as texts.
    let last = deployments
        .iter()
        .filter(here)
        .max_by_key(|deployment| &deployment.commit_time);
    let ours = active.iter().find(|(region, _)| region == name);
    Region {
        name: name.to_owned(),
        deployment: last.cloned(),
        active: ours.map(|(_, configuration)| configuration.clone()),
    }
}
