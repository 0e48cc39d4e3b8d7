//! Which address of its subnet does each member of a private endpoint get?
//!
//! Azure keeps the first four addresses of a subnet and the last (azure-docs, `virtual-network/virtual-networks-faq.md`)
//! and gives out the rest from below. Endpoints are served in the order in which they were made; addresses that an
//! endpoint asks for (`ipConfigurations`), that a vantage of the same network has, or that a network interface of the
//! world has in it, are not given to others. A subnet that is full, or that does not exist, gives none. Missing on
//! purpose: IPv6, and several prefixes per subnet.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use serde_json::Value;

use super::connection::Asked;
use crate::ids::ResourceId;
use crate::store::{Resource, State};

/// First and last address of a prefix `10.1.0.0/24`, as numbers.
pub fn range(prefix: &str) -> Option<(u32, u32)> {
    let (address, length) = prefix.split_once('/')?;
    let address: u32 = address.parse::<Ipv4Addr>().ok()?.into();
    let length: u32 = length.parse().ok().filter(|length| *length <= 32)?;
    let size = u32::MAX.checked_shr(length).unwrap_or(0);
    Some((address & !size, address | size))
}

/// The prefix of a subnet.
pub fn subnet_prefix<'a>(state: &'a State, subnet: &str) -> Option<&'a str> {
    let properties = state.resource(subnet)?.properties();
    properties
        .get("addressPrefix")
        .or_else(|| properties.pointer("/addressPrefixes/0"))
        .and_then(Value::as_str)
}

/// The subnet of an endpoint.
pub fn subnet_of(endpoint: &Resource) -> Option<&str> {
    endpoint.property("/subnet/id").and_then(Value::as_str)
}

/// Gives addresses to the members of endpoints, which must come in the order in which they were made.
pub struct Allocator {
    taken: BTreeMap<String, BTreeSet<u32>>,
    next: BTreeMap<String, u32>,
}

impl Allocator {
    /// An allocator that knows who has an address already.
    pub fn of(state: &State, endpoints: &[&Resource]) -> Self {
        let mut allocator = Self {
            taken: BTreeMap::new(),
            next: BTreeMap::new(),
        };
        for vantage in state.vantages.values() {
            if let (Some(network), Some(address)) = (&vantage.network, vantage.address) {
                allocator.take(network, address);
            }
        }
        for (network, address) in interfaces(state) {
            allocator.take(&network, address);
        }
        for endpoint in endpoints {
            for address in wanted(state, endpoint).into_iter().flatten() {
                allocator.take(&network_of(endpoint), address);
            }
        }
        allocator
    }

    /// One address per member that the endpoint asks for.
    pub fn give(&mut self, state: &State, endpoint: &Resource) -> Vec<Option<Ipv4Addr>> {
        let wanted = wanted(state, endpoint);
        wanted
            .into_iter()
            .map(|fixed| fixed.or_else(|| self.free(state, endpoint)))
            .collect()
    }

    /// Has somebody this address of a network?
    pub fn is_taken(&self, network: &str, address: u32) -> bool {
        let taken = self.taken.get(&network.to_ascii_lowercase());
        taken.is_some_and(|taken| taken.contains(&address))
    }

    fn take(&mut self, network: &str, address: Ipv4Addr) {
        self.taken
            .entry(network.to_ascii_lowercase())
            .or_default()
            .insert(address.into());
    }

    fn free(&mut self, state: &State, endpoint: &Resource) -> Option<Ipv4Addr> {
        let subnet = subnet_of(endpoint)?;
        let (first, last) = subnet_prefix(state, subnet).and_then(range)?;
        let taken = self.taken.get(&network_of(endpoint).to_ascii_lowercase());
        let is_taken = |candidate: u32| taken.is_some_and(|taken| taken.contains(&candidate));
        let next = self
            .next
            .entry(subnet.to_ascii_lowercase())
            .or_insert_with(|| first.saturating_add(4));
        while *next < last && is_taken(*next) {
            *next += 1;
        }
        if *next >= last {
            return None;
        }
        *next += 1;
        Some(Ipv4Addr::from(*next - 1))
    }
}

/// For each member the address that the endpoint asks for, or was given already.
fn wanted(state: &State, endpoint: &Resource) -> Vec<Option<Ipv4Addr>> {
    let Some(asked) = Asked::by(endpoint) else {
        return Vec::new();
    };
    asked
        .members(state)
        .iter()
        .map(|(group, member)| {
            let kept = || state.given_address(&endpoint.id, group, &member.name);
            fixed(endpoint, group, &member.name).or_else(kept)
        })
        .collect()
}

fn fixed(endpoint: &Resource, group: &str, member: &str) -> Option<Ipv4Addr> {
    let configurations = endpoint.property("/ipConfigurations")?.as_array()?;
    let text = |item: &Value, name: &str| {
        item.pointer(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let concerns = |item: &&Value| {
        text(item, "/properties/groupId").eq_ignore_ascii_case(group)
            && text(item, "/properties/memberName").eq_ignore_ascii_case(member)
    };
    text(
        configurations.iter().find(concerns)?,
        "/properties/privateIPAddress",
    )
    .parse()
    .ok()
}

/// Id of the network of an endpoint.
pub fn network_of(endpoint: &Resource) -> String {
    subnet_of(endpoint).and_then(parent_of).unwrap_or_default()
}

fn parent_of(id: &str) -> Option<String> {
    ResourceId::parse(id).ok()?.parent().map(str::to_owned)
}

/// Network and address of the network interfaces that the world gives.
fn interfaces(state: &State) -> impl Iterator<Item = (String, Ipv4Addr)> {
    let configurations = state
        .resources_of_type("Microsoft.Network/networkInterfaces")
        .filter_map(|interface| {
            interface
                .property("/ipConfigurations")
                .and_then(Value::as_array)
        })
        .flatten();
    configurations.filter_map(|it| {
        let address = it
            .pointer("/properties/privateIPAddress")?
            .as_str()?
            .parse()
            .ok()?;
        Some((
            parent_of(it.pointer("/properties/subnet/id")?.as_str()?)?,
            address,
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn a_prefix_has_a_first_and_a_last_address() {
        assert_eq!(range("10.1.0.0/24"), Some((0x0a01_0000, 0x0a01_00ff)));
        assert_eq!(range("10.1.0.7/32"), Some((0x0a01_0007, 0x0a01_0007)));
        assert_eq!(range("0.0.0.0/0"), Some((0, u32::MAX)));
        for wrong in ["10.1.0.0", "10.1.0.0/33", "10.1.0/24", "::/0"] {
            assert_eq!(range(wrong), None, "{wrong}");
        }
    }
}
