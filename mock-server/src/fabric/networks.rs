//! Where does a packet go that a machine of a network sends to a private address?
//!
//! To its own network when that has the address; else to the one connected network that has it: by a connected peering,
//! or by a connected group that is deployed. When two networks of its connected groups have it, the packet is dropped
//! (PITFALLS A16). Names are not carried by any of this: a private zone is seen where it is linked.

use std::net::Ipv4Addr;

use serde_json::Value;

use crate::services::network_manager::NETWORKS;
use crate::services::private_endpoint::address::range;
use crate::store::{Resource, State};
use crate::world::MeshPrivateEndpoints;

/// Where a packet goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hop {
    /// Into the network of this id.
    Network {
        /// Its id.
        id: String,
        /// Can private endpoints of that network be reached this way (PITFALLS A26)?
        private_endpoints: bool,
    },
    /// Nowhere: a sentence fragment says why.
    Dropped(String),
}

/// Where a packet from a network to an address goes.
pub fn hop(state: &State, network: &str, address: Ipv4Addr) -> Hop {
    let own = || Hop::Network {
        id: network.to_owned(),
        private_endpoints: true,
    };
    let Some(from) = state.resource(network) else {
        return own();
    };
    if has(from, address) {
        return own();
    }
    let connectivity = &state.derived().connectivity;
    let peered = connectivity
        .peerings
        .reached_from(network)
        .collect::<Vec<_>>();
    let mut peered = peered
        .iter()
        .filter_map(|id| with_address(state, id, address));
    if let Some(found) = peered.next() {
        return Hop::Network {
            id: found.id.clone(),
            private_endpoints: true,
        };
    }
    let mut ids: Vec<(&str, bool)> = Vec::new();
    for (id, group) in connectivity.connected_groups.reached_from(network) {
        let carried = group.scales_private_endpoints
            || state.mesh_private_endpoints == MeshPrivateEndpoints::Reachable;
        match ids.iter_mut().find(|(known, _)| *known == id) {
            Some((_, known)) => *known |= carried,
            None => ids.push((id, carried)),
        }
    }
    let having = |(id, carried): &(&str, bool)| Some((with_address(state, id, address)?, *carried));
    let found: Vec<(&Resource, bool)> = ids.iter().filter_map(having).collect();
    match found.as_slice() {
        [] => Hop::Dropped(nobody(state, network, address)),
        [(network, private_endpoints)] => Hop::Network {
            id: network.id.clone(),
            private_endpoints: *private_endpoints,
        },
        [(one, _), (other, _), ..] => Hop::Dropped(format!(
            "networks {} and {} of its connected group overlap at {address}",
            one.name, other.name
        )),
    }
}

/// Says which network has the address when there is one, since "not connected" and "no such address" are told apart.
fn nobody(state: &State, from: &str, address: Ipv4Addr) -> String {
    let from = from.rsplit('/').next().unwrap_or_default();
    let mut all = state.resources_of_type(NETWORKS);
    match all.find(|network| has(network, address)) {
        Some(network) => format!(
            "network {} has the address {address}, and nothing that is deployed connects network {from} with it",
            network.name
        ),
        None => {
            format!("no network that network {from} is connected with has the address {address}")
        }
    }
}

fn with_address<'a>(state: &'a State, id: &str, address: Ipv4Addr) -> Option<&'a Resource> {
    state.resource(id).filter(|network| has(network, address))
}

/// Is the address in the network's address space?
fn has(network: &Resource, address: Ipv4Addr) -> bool {
    let spaces = network
        .property("/addressSpace/addressPrefixes")
        .and_then(Value::as_array);
    let mut ranges = spaces
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter_map(range);
    ranges.any(|(first, last)| (first..=last).contains(&u32::from(address)))
}
