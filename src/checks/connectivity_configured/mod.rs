//! Does the connectivity configuration say what is meant: topology, group, hub, and across regions?
//!
//! Asks ARM for the configuration as the home tenant's auditor, and for the hub when the spokes are to use its gateway.
//! What is configured changes nothing until it is committed; `connectivity-deployed` asks about that.
//!
//! - [`causes`]: why a configuration does not connect what it should

mod causes;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Check;
use super::network_manager::configuration::{Configuration, Group, Properties};
use super::network_manager::ids::{self, any};
use super::typed_id::{ConnectivityConfiguration, IdOf, NetworkGroup, VirtualNetwork};
use super::wire::{Resource, explaining, lenient, list_of};
use crate::ask::Ask;
use crate::ids::ResourceId;
use crate::outcome::{
    Asks, At, Card, Claim, FactSpec, FactType, Facts, Input, NoAnswer, Permission, Plane, Reason,
    Regions, Verdict,
};
use crate::timestamp::Timestamp;

/// The subnet without which a network has no gateway (Azure reserves the name).
const GATEWAY_SUBNET: &str = "GatewaySubnet";

/// The connectivity configuration connects the network group in this topology.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ConnectivityConfigured {
    /// The connectivity configuration.
    configuration: IdOf<ConnectivityConfiguration>,
    /// How networks are connected.
    topology: Topology,
    /// The network group that it must be applied to.
    network_group: Input<IdOf<NetworkGroup>>,
    /// The hub, a virtual network.
    hub: Option<IdOf<VirtualNetwork>>,
    /// The regions of the members: with more than one, networks must be connected across regions.
    regions: Option<Input<Regions>>,
}

/// How networks are connected (`ConnectivityTopology`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
enum Topology {
    /// Each with a hub.
    HubAndSpoke,
    /// Each with each other.
    Mesh,
}

impl Topology {
    const fn name(self) -> &'static str {
        match self {
            Self::HubAndSpoke => "HubAndSpoke",
            Self::Mesh => "Mesh",
        }
    }
}

/// The configuration, if there is one.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    configuration: Option<Configuration>,
    /// Hubs that spokes are to use as gateway and that have none.
    hubs_without_gateway: Vec<HubWithoutGateway>,
}

/// A hub that has no gateway.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct HubWithoutGateway {
    id: String,
    /// Whether there is a subnet for one.
    has_subnet: bool,
}

impl Check for ConnectivityConfigured {
    const CARD: Card = Card {
        id: "connectivity-configured",
        sentence: "the connectivity configuration connects the network group",
        about: "Reads the connectivity configuration: its topology, the network group it is applied to, the hub where there is one, \
                and, when the members lie in several regions, that it connects across them. Whether it acts is \
                `connectivity-deployed`'s question.",
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
            // Whether a hub has a gateway.
            Permission::action("Microsoft.Network/virtualNetworks/read", At::Id("hub")).explains(),
        ],
        causes: causes::CAUSES,
        warnings: causes::WARNINGS,
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let read = ask.arm::<Resource<Properties>>(&self.configuration).await?;
        let configuration = read.map(Configuration::from);
        let uses_gateway = configuration.iter().any(|own| {
            own.group(self.network_group.as_str())
                .is_some_and(|group| group.uses_hub_gateway)
        });
        let mut hubs_without_gateway = Vec::new();
        if let (true, Some(own)) = (uses_gateway, &configuration) {
            for hub in &own.hubs {
                hubs_without_gateway.extend(without_gateway(ask, hub).await);
            }
        }
        Ok(Seen {
            configuration,
            hubs_without_gateway,
        })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let Some(configuration) = &seen.configuration else {
            return Reason::new("missing")
                .expected(&self.configuration)
                .observed("no such resource")
                .with("configuration-json", self.body(&Configuration::default()))
                .into();
        };
        match self.judge_configuration(configuration, &seen.hubs_without_gateway) {
            Err(reason) => reason.into(),
            Ok(()) => Verdict::holds_but(warnings(configuration)),
        }
    }

    fn facts(&self, _seen: &Seen) -> Facts {
        Facts::none().with("configuration", &self.configuration)
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(Self::CARD.id, None, &self.configuration)]
    }
}

impl ConnectivityConfigured {
    /// The first thing that is wrong.
    fn judge_configuration(
        &self,
        configuration: &Configuration,
        hubs_without_gateway: &[HubWithoutGateway],
    ) -> Result<(), Reason> {
        let mend = |reason: Reason| reason.with("configuration-json", self.body(configuration));
        if let Some(cause) = unprovisioned(configuration) {
            let reason = Reason::new(cause).expected("Succeeded");
            return Err(mend(reason.observed(&configuration.provisioning_state)));
        }
        if !configuration.is(self.topology.name()) {
            let reason = Reason::new("other-topology").expected(self.topology.name());
            return Err(mend(reason.observed(&configuration.topology)));
        }
        let Some(group) = configuration.group(self.network_group.as_str()) else {
            let applied = configuration.groups.iter().map(|group| &group.id);
            let reason = Reason::new("group-not-applied").expected(&*self.network_group);
            let others: Vec<&String> = applied.clone().collect();
            let others = match others.is_empty() {
                true => String::new(),
                false => list_of(others),
            };
            return Err(mend(
                reason
                    .observed(list_of(applied))
                    .with("other-groups", others),
            ));
        };
        if let Some(hub) = self
            .hub
            .as_ref()
            .filter(|hub| !configuration.has_hub(hub.as_str()))
        {
            let reason = Reason::new("other-hub").expected(hub);
            return Err(mend(
                reason
                    .observed(list_of(&configuration.hubs))
                    .with("hub", hub),
            ));
        }
        if let Some(hub) = hubs_without_gateway.first() {
            return Err(mend(self.lacks_gateway(configuration, hub)));
        }
        match self.stays_in_region(configuration, group) {
            Some(reason) => Err(mend(reason)),
            None => Ok(()),
        }
    }

    fn lacks_gateway(&self, configuration: &Configuration, hub: &HubWithoutGateway) -> Reason {
        let (observed, subnetless) = match hub.has_subnet {
            true => ("the subnet, and no gateway in it", ""),
            false => ("no such subnet", hub.id.as_str()),
        };
        let mut without = configuration.clone();
        for group in &mut without.groups {
            group.uses_hub_gateway &= !ids::same(&group.id, self.network_group.as_str());
        }
        Reason::new("hub-without-gateway")
            .expected(format!(
                "a gateway in the subnet {GATEWAY_SUBNET} of {}",
                hub.id
            ))
            .observed(observed)
            .with("gateway-hub", &hub.id)
            .with("subnetless-hub", subnetless)
            .with("without-gateway-json", ids::body(without.properties()))
    }

    /// A mesh, and spokes that are connected directly, reach across regions only when that is said (A15).
    fn stays_in_region(&self, configuration: &Configuration, group: &Group) -> Option<Reason> {
        let regions = self.regions.as_ref().filter(|regions| regions.len() > 1)?;
        let is_global = match self.topology {
            Topology::Mesh => configuration.is_global,
            Topology::HubAndSpoke => group.is_global || !group.is_directly_connected(),
        };
        let reason = Reason::new("not-global")
            .expected(format!(
                "isGlobal True: members lie in {}",
                list_of(regions.iter())
            ))
            .observed("isGlobal is not True");
        (!is_global).then_some(reason)
    }

    /// The configuration as it should be, keeping what is not wrong.
    fn body(&self, configuration: &Configuration) -> String {
        let mut right = configuration.clone();
        let across = self
            .regions
            .as_ref()
            .is_some_and(|regions| regions.len() > 1);
        right.topology = self.topology.name().to_owned();
        if right.group(self.network_group.as_str()).is_none() {
            right.groups.push(Group {
                id: self.network_group.to_string(),
                connectivity: "None".to_owned(),
                ..Group::default()
            });
        }
        match self.topology {
            Topology::Mesh => {
                right.is_global |= across;
                right.hubs.clear();
                // What is said of spokes has no place in a mesh.
                for group in &mut right.groups {
                    group.connectivity = "None".to_owned();
                    (group.is_global, group.uses_hub_gateway) = (false, false);
                }
            }
            Topology::HubAndSpoke => {
                for group in &mut right.groups {
                    group.is_global |= across && group.is_directly_connected();
                }
                if let Some(hub) = &self.hub
                    && !any(&right.hubs, hub.as_str())
                {
                    right.hubs = vec![hub.to_string()];
                }
            }
        }
        ids::body(right.properties())
    }
}

fn warnings(configuration: &Configuration) -> Vec<Reason> {
    let keeping = Configuration {
        deletes_peerings: false,
        ..configuration.clone()
    };
    let reason = Reason::new("deletes-peerings")
        .expected("deleteExistingPeering False")
        .observed("deleteExistingPeering True")
        .with("keeping-json", ids::body(keeping.properties()));
    configuration
        .deletes_peerings
        .then_some(reason)
        .into_iter()
        .collect()
}

/// A state that is new to us is no finding.
fn unprovisioned(configuration: &Configuration) -> Option<&'static str> {
    let state = configuration.provisioning_state.to_ascii_lowercase();
    match state.as_str() {
        "failed" | "canceled" => Some("provisioning-failed"),
        "creating" | "updating" | "deleting" => Some("not-provisioned"),
        _ => None,
    }
}

/// The hub, when nothing stands in its gateway subnet; nothing when it may not be read.
async fn without_gateway(ask: &Ask, hub: &str) -> Option<HubWithoutGateway> {
    let id = ids::slashed(hub).parse::<ResourceId>().ok()?;
    let read = ask.arm::<Resource<NetworkProperties>>(&id).await;
    let subnets = explaining(read)?.properties.subnets;
    let subnet = subnets
        .iter()
        .find(|subnet| subnet.name.eq_ignore_ascii_case(GATEWAY_SUBNET));
    let is_empty = subnet.is_none_or(|own| own.properties.ip_configurations.is_empty());
    is_empty.then(|| HubWithoutGateway {
        id: id.to_string(),
        has_subnet: subnet.is_some(),
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NetworkProperties {
    #[serde(deserialize_with = "lenient")]
    subnets: Vec<Resource<SubnetProperties>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SubnetProperties {
    /// What stands in the subnet: of a gateway, its configurations.
    #[serde(deserialize_with = "lenient")]
    ip_configurations: Vec<serde_json::Value>,
}
