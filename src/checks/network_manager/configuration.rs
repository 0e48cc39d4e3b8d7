//! A connectivity configuration: as it is configured, active in a region, or effective on a network; ARM answers all
//! three in one shape (`specs/network/2024-01-01/networkManagerConnectivityConfiguration.json`).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ids::{any, key, same};
use crate::checks::wire::{Resource, lenient, list_of};

/// Spokes that reach each other, too (`GroupConnectivity`).
const DIRECTLY_CONNECTED: &str = "DirectlyConnected";

/// A connectivity configuration, as far as it matters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::checks) struct Configuration {
    pub(in crate::checks) id: String,
    pub(in crate::checks) description: String,
    pub(in crate::checks) provisioning_state: String,
    pub(in crate::checks) topology: String,
    pub(in crate::checks) is_global: bool,
    pub(in crate::checks) deletes_peerings: bool,
    pub(in crate::checks) hubs: Vec<String>,
    pub(in crate::checks) groups: Vec<Group>,
    /// `connectivityCapabilities`, which newer versions have; kept as it is, so that a PUT does not drop it.
    #[serde(default)]
    pub(in crate::checks) capabilities: Option<Value>,
}

/// A network group that a configuration is applied to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::checks) struct Group {
    pub(in crate::checks) id: String,
    pub(in crate::checks) connectivity: String,
    pub(in crate::checks) is_global: bool,
    pub(in crate::checks) uses_hub_gateway: bool,
}

impl Group {
    /// Whether the networks of the group reach each other beside the hub.
    pub(in crate::checks) fn is_directly_connected(&self) -> bool {
        self.connectivity.eq_ignore_ascii_case(DIRECTLY_CONNECTED)
    }
}

impl Configuration {
    /// Whether the topology is this one; the values are an open list.
    pub(in crate::checks) fn is(&self, topology: &str) -> bool {
        self.topology.trim().eq_ignore_ascii_case(topology)
    }

    /// Whether it is a mesh: its networks form a connected group.
    pub(in crate::checks) fn is_mesh(&self) -> bool {
        self.is("Mesh")
    }

    /// The item for this network group.
    pub(in crate::checks) fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| same(&group.id, id))
    }

    /// Whether this network is a hub.
    pub(in crate::checks) fn has_hub(&self, id: &str) -> bool {
        any(&self.hubs, id)
    }

    /// What differs from another state of the same configuration, in words: configured, then active.
    pub(in crate::checks) fn differences(&self, active: &Self) -> Vec<String> {
        let mut found = Vec::new();
        let mut compare = |what: &str, configured: String, active: String| {
            if configured != active {
                found.push(format!(
                    "{what}: {configured} is configured, {active} is active"
                ));
            }
        };
        compare(
            "topology",
            self.topology.to_ascii_lowercase(),
            active.topology.to_ascii_lowercase(),
        );
        // Beside hubs nothing reads it: there the groups say whether they reach across regions.
        let is_mesh = self.is_mesh() && active.is_mesh();
        if is_mesh {
            compare("global", word(self.is_global), word(active.is_global));
        }
        compare(
            "deletes peerings",
            word(self.deletes_peerings),
            word(active.deletes_peerings),
        );
        compare("hubs", names(&self.hubs), names(&active.hubs));
        compare(
            "groups",
            self.group_names(is_mesh),
            active.group_names(is_mesh),
        );
        found
    }

    /// The groups with their settings, in one text that compares.
    fn group_names(&self, is_mesh: bool) -> String {
        let names = self.groups.iter().map(|group| {
            let id = key(&group.id);
            let mut name = last(&group.id);
            // A mesh connects everybody with everybody: what is said of spokes changes nothing there.
            let of_spokes = match is_mesh {
                true => Group::default(),
                false => group.clone(),
            };
            let group = &of_spokes;
            for (set, says) in [
                (group.is_directly_connected(), "direct"),
                (group.is_global, "global"),
                (group.uses_hub_gateway, "hub gateway"),
            ] {
                if set {
                    name.push_str(&format!(" ({says})"));
                }
            }
            (id, name)
        });
        let sorted: BTreeSet<(String, String)> = names.collect();
        list_of(sorted.into_iter().map(|(_, name)| name))
    }

    /// The configuration as a PUT takes it.
    pub(in crate::checks) fn properties(&self) -> Value {
        let groups = self.groups.iter().map(|group| {
            json!({
                "networkGroupId": group.id,
                "groupConnectivity": group.connectivity,
                "isGlobal": azure_bool(group.is_global),
                "useHubGateway": azure_bool(group.uses_hub_gateway),
            })
        });
        let hubs = self.hubs.iter().map(
            |hub| json!({"resourceId": hub, "resourceType": "Microsoft.Network/virtualNetworks"}),
        );
        let mut properties = json!({
            "connectivityTopology": self.topology,
            "isGlobal": azure_bool(self.is_global),
            "deleteExistingPeering": azure_bool(self.deletes_peerings),
            "hubs": hubs.collect::<Vec<_>>(),
            "appliesToGroups": groups.collect::<Vec<_>>(),
        });
        if let Some(capabilities) = &self.capabilities {
            properties["connectivityCapabilities"] = capabilities.clone();
        }
        if !self.description.is_empty() {
            properties["description"] = json!(self.description);
        }
        properties
    }
}

/// The last segments of ids, in an order that compares.
fn names(ids: &[String]) -> String {
    let sorted: BTreeSet<(String, String)> = ids.iter().map(|id| (key(id), last(id))).collect();
    list_of(sorted.into_iter().map(|(_, name)| name))
}

fn last(id: &str) -> String {
    let key = key(id);
    key.rsplit('/').next().unwrap_or_default().to_owned()
}

fn word(set: bool) -> String {
    if set { "yes" } else { "no" }.to_owned()
}

/// Booleans of network managers are texts (`API.md`, general rule 3).
fn azure_bool(set: bool) -> &'static str {
    if set { "True" } else { "False" }
}

fn is_true(text: &str) -> bool {
    text.trim().eq_ignore_ascii_case("true")
}

/// The properties as ARM answers them.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::checks) struct Properties {
    #[serde(deserialize_with = "lenient")]
    description: String,
    #[serde(deserialize_with = "lenient")]
    connectivity_topology: String,
    #[serde(deserialize_with = "lenient")]
    is_global: String,
    #[serde(deserialize_with = "lenient")]
    delete_existing_peering: String,
    #[serde(deserialize_with = "lenient")]
    hubs: Vec<Hub>,
    #[serde(deserialize_with = "lenient")]
    applies_to_groups: Vec<GroupItem>,
    connectivity_capabilities: Option<Value>,
    #[serde(deserialize_with = "lenient")]
    provisioning_state: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Hub {
    #[serde(deserialize_with = "lenient")]
    resource_id: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct GroupItem {
    #[serde(deserialize_with = "lenient")]
    network_group_id: String,
    #[serde(deserialize_with = "lenient")]
    group_connectivity: String,
    #[serde(deserialize_with = "lenient")]
    is_global: String,
    #[serde(deserialize_with = "lenient")]
    use_hub_gateway: String,
}

impl From<Resource<Properties>> for Configuration {
    fn from(read: Resource<Properties>) -> Self {
        Self::new(read.id, read.properties)
    }
}

impl Configuration {
    /// The configuration of an id and its properties.
    pub(in crate::checks) fn new(id: String, read: Properties) -> Self {
        let groups = read.applies_to_groups.into_iter().map(|item| Group {
            id: item.network_group_id,
            connectivity: item.group_connectivity,
            is_global: is_true(&item.is_global),
            uses_hub_gateway: is_true(&item.use_hub_gateway),
        });
        Self {
            id,
            description: read.description,
            provisioning_state: read.provisioning_state,
            topology: read.connectivity_topology,
            is_global: is_true(&read.is_global),
            deletes_peerings: is_true(&read.delete_existing_peering),
            hubs: read.hubs.into_iter().map(|hub| hub.resource_id).collect(),
            groups: groups.collect(),
            capabilities: read.connectivity_capabilities,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(properties: Value) -> Configuration {
        let read: Resource<Properties> =
            serde_json::from_value(json!({"id": "/c", "properties": properties})).unwrap();
        Configuration::from(read)
    }

    #[test]
    fn what_is_spelled_differently_does_not_differ() {
        let configured = read(json!({
            "connectivityTopology": "Mesh", "isGlobal": "True", "hubs": null,
            "appliesToGroups": [
                {"networkGroupId": "/subscriptions/0/networkGroups/a", "groupConnectivity": "None"},
                {"networkGroupId": "/subscriptions/0/networkGroups/b", "groupConnectivity": "None", "isGlobal": "False"}
            ]
        }));
        let active = read(json!({
            "connectivityTopology": "mesh", "isGlobal": "true", "newer": 1,
            "appliesToGroups": [
                {"networkGroupId": "subscriptions/0/networkgroups/B", "groupConnectivity": "None"},
                {"networkGroupId": "/subscriptions/0/networkGroups/a", "groupConnectivity": "None"}
            ]
        }));
        assert_eq!(configured.differences(&active), Vec::<String>::new());
        assert!(active.is_mesh() && active.group("/subscriptions/0/networkGroups/b").is_some());
    }

    #[test]
    fn every_setting_that_acts_is_compared() {
        let base = json!({
            "connectivityTopology": "HubAndSpoke", "isGlobal": "True",
            "hubs": [{"resourceId": "/hub"}],
            "appliesToGroups": [{"networkGroupId": "/g", "groupConnectivity": "DirectlyConnected"}]
        });
        let configured = read(base.clone());
        for (change, says) in [
            (json!({"connectivityTopology": "Mesh"}), "topology"),
            (
                json!({"deleteExistingPeering": "True"}),
                "deletes peerings: no",
            ),
            (json!({"hubs": []}), "hubs: hub is"),
            (json!({"appliesToGroups": []}), "groups: g (direct)"),
        ] {
            let mut other = base.clone();
            let (name, value) = change.as_object().unwrap().iter().next().unwrap();
            other[name] = value.clone();
            let found = configured.differences(&read(other));
            assert!(found.len() == 1 && found[0].starts_with(says), "{found:?}");
        }
    }

    #[test]
    fn what_changes_nothing_in_a_topology_does_not_differ() {
        let of = |topology: &str, global: &str, item: Value| {
            read(json!({
                "connectivityTopology": topology, "isGlobal": global, "appliesToGroups": [item]
            }))
        };
        let plain = || json!({"networkGroupId": "/g", "groupConnectivity": "None"});
        let spokes = |global| of("HubAndSpoke", global, plain());
        assert!(spokes("True").differences(&spokes("False")).is_empty());
        let direct = json!({"networkGroupId": "/g", "groupConnectivity": "DirectlyConnected"});
        let mesh = |global, item| of("Mesh", global, item);
        assert!(
            mesh("True", direct)
                .differences(&mesh("True", plain()))
                .is_empty()
        );
        let local = mesh("False", plain());
        assert_eq!(mesh("True", plain()).differences(&local).len(), 1);
    }

    #[test]
    fn a_configuration_can_be_put_back() {
        let properties = json!({
            "connectivityTopology": "Mesh", "isGlobal": "True", "deleteExistingPeering": "False",
            "hubs": [], "description": "ours",
            "connectivityCapabilities": {"connectedGroupAddressOverlap": "Disallowed"},
            "appliesToGroups": [{
                "networkGroupId": "/g", "groupConnectivity": "None", "isGlobal": "False",
                "useHubGateway": "False"
            }]
        });
        assert_eq!(read(properties.clone()).properties(), properties);
    }
}
