//! Which active configurations act on a network, and through which of their groups?
//!
//! A configuration acts on the members of the groups that it applies to, and on its hubs, as far as they are in the region
//! of the commit and in the manager's scope, and the manager may do connectivity at all. A member without a commit in its
//! region gets nothing (PITFALLS A10), one outside of the scope neither (A23).

use std::collections::BTreeMap;

use serde_json::Value;

use super::connected_group::ConnectedGroups;
use super::connection::Connections;
use super::deployment::Active;
use super::{NETWORKS, STATIC_MEMBERS, key, region_of, scope};
use crate::store::{Resource, State};

/// What a configuration touches in its region.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    /// Keys of networks by the position of the group in `appliesToGroups`.
    pub groups: Vec<Group>,
    /// Keys of hubs.
    pub hubs: Vec<String>,
}

/// A group that a configuration applies to.
#[derive(Clone, Debug)]
pub struct Group {
    /// Id of the network group, as it was made.
    pub id: String,
    /// The item of `appliesToGroups`.
    pub item: Value,
    /// Keys of the members that get it.
    pub members: Vec<String>,
}

/// A configuration that acts on a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    /// Position in what is active.
    pub active: usize,
    /// Ids of the groups through which it does; none for a hub.
    pub groups: Vec<String>,
}

/// What each active configuration touches, in their order.
pub fn touched(state: &State, connections: &Connections, active: &[Active]) -> Vec<Touched> {
    active
        .iter()
        .map(|it| touches(state, connections, it))
        .collect()
}

fn touches(state: &State, connections: &Connections, active: &Active) -> Touched {
    let Some(manager) = state.resource(&active.manager) else {
        return Touched::default();
    };
    if !scope::has_access(manager, "Connectivity") {
        return Touched::default();
    }
    let gets_it = |network: &&Resource| {
        region_of(network) == active.region && scope::contains(state, connections, manager, network)
    };
    let items = list(&active.properties, "appliesToGroups");
    let groups = items.filter_map(|item| {
        let group = state.resource(&key(text(item, "networkGroupId")?))?;
        let members = members(state, &group.id).filter(gets_it);
        Some(Group {
            id: group.id.clone(),
            item: item.clone(),
            members: members.map(|network| key(&network.id)).collect(),
        })
    });
    let hubs = list(&active.properties, "hubs")
        .filter_map(|hub| network(state, text(hub, "resourceId")?))
        .filter(gets_it);
    let is_hub_and_spoke = is_hub_and_spoke(active);
    Touched {
        groups: groups.collect(),
        hubs: hubs
            .filter(|_| is_hub_and_spoke)
            .map(|hub| key(&hub.id))
            .collect(),
    }
}

/// Is the topology hub-and-spoke, not mesh?
pub fn is_hub_and_spoke(active: &Active) -> bool {
    text(&active.properties, "connectivityTopology")
        .is_some_and(|topology| topology.eq_ignore_ascii_case("HubAndSpoke"))
}

/// The networks that are static members of a group, as far as they exist.
pub fn members<'a>(state: &'a State, group: &str) -> impl Iterator<Item = &'a Resource> + use<'a> {
    let resource_id = |member: &'a Resource| member.property("/resourceId").and_then(Value::as_str);
    let ids = state
        .children(group, STATIC_MEMBERS)
        .filter_map(resource_id);
    ids.filter_map(|id| network(state, id))
}

/// A network of the world.
pub fn network<'a>(state: &'a State, id: &str) -> Option<&'a Resource> {
    state
        .resource(&key(id))
        .filter(|resource| resource.is_a(NETWORKS))
}

/// The items of a list in a configuration's properties.
pub fn list<'v>(properties: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    properties
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// A text of a JSON object.
pub fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}

/// Effective configurations by network.
#[derive(Clone, Debug, Default)]
pub struct ByNetwork(BTreeMap<String, Vec<Effective>>);

impl ByNetwork {
    /// Turns what configurations touch around. A mesh that a network found no room in does not act on it.
    pub fn of(active: &[Active], touched: Vec<Touched>, rooms: &ConnectedGroups) -> Self {
        let mut found: BTreeMap<String, Vec<Effective>> = BTreeMap::new();
        for (position, (touched, active)) in touched.into_iter().zip(active).enumerate() {
            let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for hub in touched.hubs {
                groups.entry(hub).or_default();
            }
            for group in touched.groups {
                for member in group.members {
                    groups.entry(member).or_default().push(group.id.clone());
                }
            }
            let configuration = key(&active.configuration);
            let acts_on = |network: &str| {
                is_hub_and_spoke(active) || rooms.is_in_mesh(network, &configuration)
            };
            groups.retain(|network, _| acts_on(network));
            for (network, groups) in groups {
                let effective = Effective {
                    active: position,
                    groups,
                };
                found.entry(network).or_default().push(effective);
            }
        }
        Self(found)
    }

    /// Those of a network, in the order of the commits.
    pub fn on(&self, network: &str) -> &[Effective] {
        self.0.get(&key(network)).map_or(&[], Vec::as_slice)
    }
}
