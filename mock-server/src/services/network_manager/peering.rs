//! Which peerings does a network have, and do they carry traffic?
//!
//! Those that people made (resources), and those that a deployed hub-and-spoke makes in both directions: the
//! spoke's by the commit of its region, the hub's by that of its own. A peering is `Connected` when the other network
//! points back, else `Initiated`, or `Disconnected`
//! when it did before (API.md §3), which a world says by `peeringState: Disconnected`. With `useHubGateway` and no gateway in the hub, the spoke's cannot be made
//! (azure-docs, `virtual-network-manager/concept-connectivity-configuration.md`, "Use hub as a gateway"; PITFALLS A20).
//! A mesh makes none (A17). Peerings are not transitive.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::deployment::Active;
use super::effective::{self, Touched, is_hub_and_spoke};
use super::{PEERINGS, is_true, key};
use crate::ids::ResourceId;
use crate::services::private_endpoint::derived_guid;
use crate::store::{Resource, State};

/// Subnet of a hub that has a gateway.
const GATEWAY_SUBNET: &str = "GatewaySubnet";
/// ARM type of gateways.
const GATEWAYS: &str = "Microsoft.Network/virtualNetworkGateways";

/// One direction.
#[derive(Clone, Debug)]
pub struct Peering {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Id of the other network, as written.
    pub remote: String,
    /// Does the other network point back?
    pub connected: bool,
    /// Did it until its half was deleted?
    pub disconnected: bool,
    /// Properties as given; of derived ones those that hub-and-spoke sets.
    pub given: Value,
}

/// Peerings by network.
#[derive(Clone, Debug, Default)]
pub struct Peerings(BTreeMap<String, Vec<Peering>>);

impl Peerings {
    /// Derives them.
    pub fn of(state: &State, active: &[Active], touched: &[Touched]) -> Self {
        let mut found = Self::default();
        for resource in state.resources_of_type(PEERINGS) {
            found.given(resource);
        }
        for made in made(state, active, touched) {
            found.make(state, &made);
        }
        found.connect(state);
        found
    }

    /// One that is a resource of its own.
    fn given(&mut self, resource: &Resource) {
        let id = ResourceId::parse(&resource.id).ok();
        if let Some(network) = id.as_ref().and_then(ResourceId::parent) {
            self.add(
                network,
                resource.id.clone(),
                &resource.name,
                resource.properties(),
            );
        }
    }

    fn add(&mut self, network: &str, id: String, name: &str, properties: &Value) {
        let remote = properties
            .pointer("/remoteVirtualNetwork/id")
            .and_then(Value::as_str);
        if let Some(remote) = remote {
            self.0.entry(key(network)).or_default().push(Peering {
                id,
                name: name.to_owned(),
                remote: remote.to_owned(),
                connected: false,
                disconnected: false,
                given: properties.clone(),
            });
        }
    }

    /// Keeps a peering that exists between the two already.
    fn make(&mut self, state: &State, made: &Made) {
        let (Some(from), Some(to)) = (state.resource(&made.from), state.resource(&made.to)) else {
            return;
        };
        let peerings = self.0.entry(made.from.clone()).or_default();
        if peerings.iter().any(|it| key(&it.remote) == made.to) {
            return;
        }
        let guid = derived_guid(&format!("{}|{}", made.from, made.to), "peering");
        let name = format!("ANM_{}", guid.replace('-', "").to_ascii_uppercase());
        peerings.push(Peering {
            id: format!("{}/virtualNetworkPeerings/{name}", from.id),
            name,
            remote: to.id.clone(),
            connected: false,
            disconnected: false,
            given: json!({
                "allowForwardedTraffic": true,
                "allowGatewayTransit": made.offers_gateway,
                "useRemoteGateways": made.uses_gateway,
            }),
        });
    }

    fn connect(&mut self, state: &State) {
        let pairs: BTreeSet<(String, String)> = self
            .0
            .iter()
            .flat_map(|(from, all)| all.iter().map(|it| (from.clone(), key(&it.remote))))
            .collect();
        for (from, peerings) in &mut self.0 {
            for peering in peerings {
                let back = (key(&peering.remote), from.clone());
                peering.connected = pairs.contains(&back);
                let was = state.was_peered(from, &back.0) || was_connected(&peering.given);
                peering.disconnected = !peering.connected && was;
            }
        }
    }

    /// Those of a network.
    pub fn of_network(&self, network: &str) -> &[Peering] {
        self.0.get(&key(network)).map_or(&[], Vec::as_slice)
    }

    /// Keys of the networks that a network reaches.
    pub fn reached_from(&self, network: &str) -> impl Iterator<Item = String> {
        let peerings = self.of_network(network).iter().filter(|it| it.connected);
        peerings.map(|it| key(&it.remote))
    }
}

/// Does the world say that the other half was deleted?
fn was_connected(given: &Value) -> bool {
    let state = effective::text(given, "peeringState");
    state.is_some_and(|it| it.eq_ignore_ascii_case("Disconnected"))
}

/// One direction that hub-and-spoke makes.
struct Made {
    from: String,
    to: String,
    uses_gateway: bool,
    offers_gateway: bool,
}

fn made(state: &State, active: &[Active], touched: &[Touched]) -> Vec<Made> {
    let mut made = Vec::new();
    let acting = active
        .iter()
        .zip(touched)
        .filter(|(it, _)| is_hub_and_spoke(it));
    for (own, touches) in acting.clone() {
        let same = |it: &&Active| key(&it.configuration) == key(&own.configuration);
        let all: Vec<&Touched> = acting
            .clone()
            .filter(|(it, _)| same(it))
            .map(|(_, touches)| touches)
            .collect();
        for hub in all.iter().flat_map(|it| &it.hubs) {
            for (spoke, wants) in spokes(touches).filter(|(spoke, _)| *spoke != hub) {
                if !wants || has_gateway(state, hub) {
                    made.push(direction(spoke, hub, wants, false));
                }
            }
        }
        for hub in &touches.hubs {
            for (spoke, wants) in all.iter().flat_map(|it| spokes(it)) {
                if spoke != hub {
                    made.push(direction(hub, spoke, false, wants));
                }
            }
        }
    }
    made
}

fn direction(from: &str, to: &str, uses_gateway: bool, offers_gateway: bool) -> Made {
    Made {
        from: from.to_owned(),
        to: to.to_owned(),
        uses_gateway,
        offers_gateway,
    }
}

/// Members, and whether they want the hub's gateway.
fn spokes(touched: &Touched) -> impl Iterator<Item = (&String, bool)> {
    touched.groups.iter().flat_map(|group| {
        let wants = is_true(group.item.get("useHubGateway"));
        group.members.iter().map(move |member| (member, wants))
    })
}

/// Has a network a gateway?
pub fn has_gateway(state: &State, hub: &str) -> bool {
    let subnet = key(&format!("{hub}/subnets/{GATEWAY_SUBNET}"));
    state.resources_of_type(GATEWAYS).any(|gateway| {
        let configurations = gateway
            .property("/ipConfigurations")
            .and_then(Value::as_array);
        let mut subnets = configurations.into_iter().flatten().filter_map(|it| {
            it.pointer("/properties/subnet")
                .and_then(|it| effective::text(it, "id"))
        });
        subnets.any(|id| key(id) == subnet)
    })
}
