//! What Azure derives from network managers and peerings: who agreed with whom, what is in force where, which networks
//! are connected.
//!
//! - [`connection`] states of scope connections and network manager connections, from both sides and their past
//! - [`scope`] which networks a manager may manage
//! - [`deployment`] what commits left: the last one of each region, and what is active
//! - [`effective`] which active configurations act on a network
//! - [`connected_group`] who is in a mesh with whom · [`peering`] given peerings and those of hub-and-spoke
//!
//! Computed from what was given, once per state of the world; nothing here is stored. ARM's shapes are in `services/arm`.
//! Missing on purpose: members that Azure Policy adds (those of other tenants never are: PITFALLS A08), the limits of 250
//! networks and 1,000 peerings, `connectedGroupAddressOverlap`, security admin rules, routing.

pub mod connected_group;
pub mod connection;
pub mod deployment;
pub mod effective;
pub mod peering;
pub mod scope;

#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod tests;

use serde_json::Value;

pub use connected_group::ConnectedGroup;
pub use connection::{ConnectionState, Connections};
pub use deployment::Active;
pub use effective::Effective;
pub use peering::Peering;

use crate::store::{Resource, State};

/// ARM type of network managers.
pub const NETWORK_MANAGERS: &str = "Microsoft.Network/networkManagers";
/// ARM type of the manager's side of a connection to another tenant.
pub const SCOPE_CONNECTIONS: &str = "Microsoft.Network/networkManagers/scopeConnections";
/// ARM type of the other tenant's side.
pub const MANAGER_CONNECTIONS: &str = "Microsoft.Network/networkManagerConnections";
/// ARM type of network groups.
pub const NETWORK_GROUPS: &str = "Microsoft.Network/networkManagers/networkGroups";
/// ARM type of their static members.
pub const STATIC_MEMBERS: &str = "Microsoft.Network/networkManagers/networkGroups/staticMembers";
/// ARM type of connectivity configurations.
pub const CONFIGURATIONS: &str = "Microsoft.Network/networkManagers/connectivityConfigurations";
/// ARM type of virtual networks.
pub const NETWORKS: &str = "Microsoft.Network/virtualNetworks";
/// ARM type of peerings.
pub const PEERINGS: &str = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings";

/// Everything that network managers and peerings bring about.
#[derive(Clone, Debug, Default)]
pub struct Connectivity {
    /// States of connections between managers and other tenants.
    pub connections: Connections,
    /// Active connectivity configurations, in the order of their commits.
    pub active: Vec<Active>,
    /// Which of them act on which network.
    pub effective: effective::ByNetwork,
    /// Connected groups: of meshes, and of direct connectivity.
    pub connected_groups: connected_group::ConnectedGroups,
    /// Peerings by network, given and made by hub-and-spoke.
    pub peerings: peering::Peerings,
}

impl Connectivity {
    /// Derives it.
    pub fn of(state: &State) -> Self {
        let connections = Connections::of(state);
        let active = deployment::active(state);
        let touched = effective::touched(state, &connections, &active);
        let connected_groups = connected_group::ConnectedGroups::of(&active, &touched);
        let peerings = peering::Peerings::of(state, &active, &touched);
        let effective = effective::ByNetwork::of(&active, touched, &connected_groups);
        Self {
            connections,
            active,
            effective,
            connected_groups,
            peerings,
        }
    }
}

/// An id as key: lower case, with the `/` in front that official examples sometimes lack.
pub(crate) fn key(id: &str) -> String {
    format!("/{}", id.trim().trim_matches('/')).to_ascii_lowercase()
}

/// A region as key: `Japan East` and `japaneast` are one.
pub fn region(text: &str) -> String {
    let mut text = text.to_ascii_lowercase();
    text.retain(|c| !c.is_whitespace());
    text
}

/// The region of a resource; empty when it has none.
pub(crate) fn region_of(resource: &Resource) -> String {
    let location = resource.body.get("location").and_then(Value::as_str);
    region(location.unwrap_or_default())
}

/// Network manager's booleans are texts: `"True"` and `"False"` (API.md, general rule 3).
pub(crate) fn is_true(value: Option<&Value>) -> bool {
    value
        .and_then(Value::as_str)
        .is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

/// The texts of a list below `properties`.
pub(crate) fn texts<'r>(
    resource: &'r Resource,
    pointer: &str,
) -> impl Iterator<Item = &'r str> + use<'r> {
    let items = resource.property(pointer).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str)
}
