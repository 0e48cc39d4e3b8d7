//! Is what is configured also what acts, in every region of the members?
//!
//! Asks ARM, as the home tenant's auditor, for the last deployment of each region, for what is active there, and for
//! the configurations as they stand now. The regions are those of the members and, since both ends of a peering are
//! made, those of the hubs. A commit is the whole goal state of a region: this configuration must be part of it,
//! `Deployed`, and what is active must equal what is configured in topology, reach, hubs and groups.
//!
//! - [`causes`]: why a configuration does not act
//! - [`goal`]: what a commit must name so that a region loses nothing
//! - [`region`]: what is wrong in one region
//! - [`shapes`]: what ARM says

mod causes;
mod goal;
mod region;
mod shapes;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::region::Found;
use self::shapes::{Active, Deployment, Location};
use super::Check;
use super::network_manager::configuration::{Configuration, Properties};
use super::network_manager::ids::slashed;
use super::typed_id::{ConnectivityConfiguration, IdOf};
use super::wire::{Resource, explaining, list_of};
use crate::ask::{Ask, ReadAction};
use crate::ids::ResourceId;
use crate::outcome::{
    Asks, At, Card, Claim, FactSpec, FactType, Facts, Input, NoAnswer, Permission, Plane, Reason,
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
    /// Every configuration of the manager as it stands now; absent when they could not be listed.
    #[serde(default)]
    existing: Option<Vec<Configuration>>,
    regions: Vec<Region>,
}

/// What a region has.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Region {
    name: String,
    /// The last deployment of connectivity there; absent when there never was one.
    deployment: Option<Deployment>,
    /// Everything that is active there, as it was committed.
    active: Vec<Configuration>,
}

impl Check for ConnectivityDeployed {
    const CARD: Card = Card {
        id: "connectivity-deployed",
        sentence: "the connectivity configuration is deployed in every region of its members",
        about: "Reads the last deployment of each region, of the members and of the hubs, and what is active there. The \
                configuration must be part of the deployment, the deployment must be `Deployed`, and topology, reach across regions, hubs and groups that are \
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
            Permission::action(
                "Microsoft.Network/networkManagers/connectivityConfigurations/read",
                At::Id("configuration"),
            ),
            Permission::action(
                "Microsoft.Network/networkManagers/listDeploymentStatus/action",
                At::Id("configuration"),
            ),
            Permission::action(
                "Microsoft.Network/networkManagers/listActiveConnectivityConfigurations/action",
                At::Id("configuration"),
            ),
            Permission::action(
                "Microsoft.Network/virtualNetworks/read",
                At::Named("Microsoft.Network/virtualNetworks"),
            )
            .sometimes("when the configuration has hubs"),
        ],
        causes: causes::CAUSES,
        warnings: &[],
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let read = ask.arm::<Resource<Properties>>(&self.configuration).await?;
        let manager = self.configuration.parent().filter(|_| read.is_some());
        let (Some(mut configured), Some(manager)) = (read.map(Configuration::from), manager) else {
            return Ok(Seen {
                configured: None,
                existing: None,
                regions: Vec::new(),
            });
        };
        configured.id = self.configuration.to_string();
        let names = self.regions_with_hubs(ask, &configured).await?;
        let body = json!({"regions": names, "deploymentTypes": [CONNECTIVITY]});
        let deployments = ask
            .arm_action::<Deployment>(&manager, ReadAction::ListDeploymentStatus, &body)
            .await?
            .unwrap_or_default();
        let action = ReadAction::ListActiveConnectivityConfigurations;
        let active: Vec<(String, Configuration)> = ask
            .arm_action::<Active>(&manager, action, &json!({"regions": names}))
            .await?
            .unwrap_or_default()
            .into_iter()
            .map(Active::into_configuration)
            .collect();
        let regions = names.iter().map(|name| region(name, &deployments, &active));
        Ok(Seen {
            configured: Some(configured),
            existing: existing(ask, &manager).await,
            regions: regions.collect(),
        })
    }

    fn judge(&self, seen: &Seen, now: Timestamp) -> Verdict {
        let Some(configured) = &seen.configured else {
            return Reason::new("missing")
                .expected(&self.configuration)
                .observed("no such resource")
                .into();
        };
        let wrong = seen.regions.iter().filter_map(|region| {
            let found = region.wrong(configured, now)?;
            Some((region, found))
        });
        let wrong: Vec<(&Region, Found)> = wrong.collect();
        // What stays comes before what may heal: a deployment that still runs in one region hides nothing in another.
        let Some((region, found)) = wrong.iter().min_by_key(|(_, found)| found.cause.heals())
        else {
            return Verdict::Holds;
        };
        let goal = |region: &Region| region.goal(configured, seen.existing.as_deref());
        let alike = wrong
            .iter()
            .filter(|(other, also)| also.cause == found.cause && goal(other) == goal(region));
        let alike: Vec<&str> = alike.map(|(region, _)| region.name.as_str()).collect();
        let told = wrong
            .iter()
            .map(|(region, found)| format!("{}: {}", region.name, found.observed));
        Reason::new(found.cause.id())
            .expected(found.expected)
            .observed(told.collect::<Vec<_>>().join("; "))
            .with("regions", list_of(&alike))
            .with("network-manager", self.manager())
            .with("error-message", &found.message)
            .with("commit-json", commit(&alike, &goal(region)))
            .with(
                "edited",
                region.edited(configured, seen.existing.as_deref()),
            )
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

impl ConnectivityDeployed {
    fn manager(&self) -> String {
        let manager = self.configuration.parent();
        manager.map_or_else(String::new, |id| id.to_string())
    }

    /// The regions of the members, and those of the hubs as far as a tenant of the scenario lists them.
    async fn regions_with_hubs(
        &self,
        ask: &Ask,
        configured: &Configuration,
    ) -> Result<Vec<String>, NoAnswer> {
        let mut names: Vec<String> = self.regions.iter().map(str::to_owned).collect();
        let hubs = configured.hubs.iter().filter(|_| !configured.is_mesh());
        let hubs = hubs.filter_map(|hub| slashed(hub).parse::<ResourceId>().ok());
        for hub in hubs.filter(|hub| ask.tenant_of(hub).is_some()) {
            let read = ask.arm::<Location>(&hub).await?.unwrap_or_default();
            names.push(Regions::name(&read.location));
        }
        Ok(Regions::from(names).iter().map(str::to_owned).collect())
    }
}

/// Every configuration of the manager. The list explains only: without it a commit is proposed as the regions have it.
async fn existing(ask: &Ask, manager: &ResourceId) -> Option<Vec<Configuration>> {
    let collection = manager.child("connectivityConfigurations");
    let read = explaining(ask.arm_list::<Resource<Properties>>(&collection, &[]).await)?;
    Some(read.into_iter().map(Configuration::from).collect())
}

/// The whole goal state of these regions.
fn commit(regions: &[&str], goal: &[String]) -> String {
    json!({
        "targetLocations": regions,
        "configurationIds": goal,
        "commitType": CONNECTIVITY,
    })
    .to_string()
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
    let here = active.iter().filter(|(region, _)| region == name);
    Region {
        name: name.to_owned(),
        deployment: last.cloned(),
        active: here
            .map(|(_, configuration)| configuration.clone())
            .collect(),
    }
}
