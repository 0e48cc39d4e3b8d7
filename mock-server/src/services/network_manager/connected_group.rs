//! Who is in a connected group with whom?
//!
//! A mesh makes one connected group of all networks that it acts on; direct connectivity of hub-and-spoke makes one of each
//! group that has it, with the hub. Two networks of a group are connected when they are in the same region, or when the
//! group is global for both (PITFALLS A15; azure-docs, `virtual-network-manager/concept-connectivity-configuration.md`).
//! A network is in two connected groups at most; a third finds no room and does not act on it
//! (PITFALLS A25; which of three gives way is not documented: here the one that comes last in the commit).

use std::collections::{BTreeMap, BTreeSet};

use super::deployment::Active;
use super::effective::{Touched, is_hub_and_spoke, text};
use super::{is_true, key};

/// Connected groups that one network can be in (azure-docs, `virtual-network-manager/concept-limitations.md`).
const GROUPS_OF_A_NETWORK: usize = 2;

/// Networks that reach each other without peerings.
#[derive(Clone, Debug, Default)]
pub struct ConnectedGroup {
    /// Does the configuration ask for a scale of private endpoints?
    pub scales_private_endpoints: bool,
    members: BTreeMap<String, Member>,
}

/// How a network is in a group.
#[derive(Clone, Debug)]
struct Member {
    region: String,
    /// Is the group global, as committed in this member's region?
    global: bool,
}

impl ConnectedGroup {
    /// Networks that this one reaches in the group.
    fn reached_from(&self, network: &str) -> impl Iterator<Item = &str> {
        let own = self.members.get(network);
        let others = self
            .members
            .iter()
            .filter(move |(key, _)| key.as_str() != network);
        let reached = others.filter(move |(_, other)| {
            own.is_some_and(|own| own.region == other.region || (own.global && other.global))
        });
        reached.map(|(key, _)| key.as_str())
    }
}

/// Which group: the configuration, and for direct connectivity the network group.
type Name = (String, Option<String>);

/// All connected groups.
#[derive(Clone, Debug, Default)]
pub struct ConnectedGroups {
    groups: BTreeMap<Name, ConnectedGroup>,
    by_network: BTreeMap<String, BTreeSet<Name>>,
}

impl ConnectedGroups {
    /// Derives them.
    pub fn of(active: &[Active], touched: &[Touched]) -> Self {
        let mut found = Self::default();
        for (active, touched) in active.iter().zip(touched) {
            let configuration = key(&active.configuration);
            if is_hub_and_spoke(active) {
                for group in touched.groups.iter().filter(|it| is_direct(&it.item)) {
                    let name = (configuration.clone(), Some(key(&group.id)));
                    let global = is_true(group.item.get("isGlobal"));
                    for network in group.members.iter().chain(&touched.hubs) {
                        found.join(&name, network, active, global);
                    }
                }
            } else {
                let name = (configuration, None);
                let global = is_true(active.properties.get("isGlobal"));
                for network in touched.groups.iter().flat_map(|it| &it.members) {
                    found.join(&name, network, active, global);
                }
            }
        }
        found
    }

    fn join(&mut self, name: &Name, network: &str, active: &Active, global: bool) {
        let of_network = self.by_network.entry(network.to_owned()).or_default();
        if !of_network.contains(name) && of_network.len() >= GROUPS_OF_A_NETWORK {
            return;
        }
        of_network.insert(name.clone());
        let group = self.groups.entry(name.clone()).or_default();
        group.scales_private_endpoints |= active
            .properties
            .pointer("/connectivityCapabilities/connectedGroupPrivateEndpointsScale")
            .is_some();
        let region = active.region.clone();
        group
            .members
            .insert(network.to_owned(), Member { region, global });
    }

    /// Is this network in the mesh of this configuration? Both by key.
    pub fn is_in_mesh(&self, network: &str, configuration: &str) -> bool {
        let names = self.by_network.get(network).into_iter().flatten();
        let mut meshes = names.filter(|(_, group)| group.is_none());
        meshes.any(|(of, _)| of == configuration)
    }

    /// Keys of the networks that a network reaches, each with the group that connects them.
    pub fn reached_from(&self, network: &str) -> impl Iterator<Item = (&str, &ConnectedGroup)> {
        let network = key(network);
        let names = self.by_network.get(&network).into_iter().flatten();
        let groups = names.filter_map(|name| self.groups.get(name));
        let mut reached = Vec::new();
        for group in groups {
            reached.extend(group.reached_from(&network).map(|other| (other, group)));
        }
        reached.into_iter()
    }
}

fn is_direct(item: &serde_json::Value) -> bool {
    text(item, "groupConnectivity").is_some_and(|it| it.eq_ignore_ascii_case("DirectlyConnected"))
}
