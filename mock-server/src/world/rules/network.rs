//! Networks: prefixes, subnets, vantages, DNS servers.

use std::net::Ipv4Addr;

use serde_json::Value;

use super::Rules;
use super::place::{Step, below};
use crate::directory::USER_ASSIGNED_IDENTITY;
use crate::ids::ResourceId;
use crate::services::private_endpoint::address::range;
use crate::world::{Resource, Vantage};

/// ARM type of subnets, which are usually written inside their networks.
pub(super) const SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets";
const NETWORK: &str = "Microsoft.Network/virtualNetworks";
/// One egress address each, from a documentation network.
const VANTAGES_LIMIT: usize = 250;

/// Names of the subnets that are written inside a network.
pub(super) fn subnets(resource: &Resource) -> impl Iterator<Item = &str> {
    let subnets = resource
        .properties()
        .get("subnets")
        .and_then(Value::as_array);
    subnets
        .into_iter()
        .flatten()
        .filter_map(|subnet| subnet.get("name")?.as_str())
}

impl Rules<'_> {
    pub(super) fn network(&mut self) {
        let world = self.world;
        for (index, resource) in world.resources.iter().enumerate() {
            let is_network = ResourceId::parse(resource.id())
                .is_ok_and(|id| id.resource_type.eq_ignore_ascii_case(NETWORK));
            if is_network {
                self.prefixes(index, resource);
            }
        }
        if world.vantages.len() > VANTAGES_LIMIT {
            self.problem(&["vantages".into()], "too many vantages", "at most 250", "");
        }
        for (name, vantage) in &world.vantages {
            self.vantage(name, vantage);
        }
        for (index, server) in world.dns_servers.iter().enumerate() {
            self.points_at(
                &["dns-servers".into(), index.into(), "network".into()],
                &server.network,
                NETWORK,
            );
        }
    }

    fn prefixes(&mut self, index: usize, network: &Resource) {
        let place = ["resources".into(), index.into(), "properties".into()];
        let spaces = spaces(network);
        if spaces.is_empty() {
            let place = below(&place, &["addressSpace".into(), "addressPrefixes".into()]);
            self.problem(
                &place,
                "the network has no address space",
                "at least one prefix such as 10.1.0.0/16",
                "",
            );
        }
        for (position, prefix) in spaces.iter().enumerate() {
            let place = below(
                &place,
                &[
                    "addressSpace".into(),
                    "addressPrefixes".into(),
                    position.into(),
                ],
            );
            self.prefix(&place, prefix);
        }
        let subnets = network
            .properties()
            .get("subnets")
            .and_then(Value::as_array);
        let mut taken: Vec<(&str, (u32, u32))> = Vec::new();
        for (position, subnet) in subnets.into_iter().flatten().enumerate() {
            let place = below(&place, &["subnets".into(), position.into()]);
            let Some(name) = subnet.get("name").and_then(Value::as_str) else {
                self.problem(
                    &below(&place, &["name".into()]),
                    "the subnet has no name",
                    "a name",
                    "",
                );
                continue;
            };
            let place = below(&place, &["properties".into(), "addressPrefix".into()]);
            let Some(prefix) = subnet
                .pointer("/properties/addressPrefix")
                .and_then(Value::as_str)
            else {
                continue;
            };
            let Some((first, last)) = self.prefix(&place, prefix) else {
                continue;
            };
            if !is_inside(&spaces, first, last) {
                let title = format!("{prefix} is outside the network's address space");
                self.problem(
                    &place,
                    title,
                    &format!("a prefix inside {}", spaces.join(", ")),
                    "",
                );
            }
            if let Some((other, _)) = taken
                .iter()
                .find(|(_, range)| range.0 <= last && first <= range.1)
            {
                self.problem(
                    &place,
                    format!("{prefix} overlaps the subnet {other}"),
                    "subnets that do not overlap",
                    "",
                );
            }
            taken.push((name, (first, last)));
        }
    }

    fn prefix(&mut self, place: &[Step<'_>], prefix: &str) -> Option<(u32, u32)> {
        let found = range(prefix);
        if found.is_none() {
            self.problem(
                place,
                format!("not an address prefix: {prefix}"),
                "IPv4 in CIDR form, such as 10.1.0.0/16",
                "",
            );
        }
        found
    }

    fn vantage(&mut self, name: &str, vantage: &Vantage) {
        let place = ["vantages".into(), name.into()];
        if name == "internet" {
            let hint = "it exists in every world; leave it out";
            self.key_problem(
                &["vantages".into()],
                name,
                "the vantage internet cannot be written",
                "another name",
                hint,
            );
        }
        if let Some(network) = &vantage.network
            && !self.comes_later(vantage, network)
        {
            self.points_at(&below(&place, &["network".into()]), network, NETWORK);
        }
        for (index, identity) in vantage.identities.iter().enumerate() {
            if !self.comes_later(vantage, identity) {
                let place = below(&place, &["identities".into(), index.into()]);
                self.points_at(&place, identity, USER_ASSIGNED_IDENTITY);
            }
        }
        self.vantage_address(&place, vantage);
        if vantage.system_identity && vantage.network.is_none() {
            let expected = "a network: its tenant is the identity's";
            self.problem(
                &below(&place, &["system-identity".into()]),
                "a system identity without a network",
                expected,
                "",
            );
        }
    }

    /// What a planned vantage names may be made by clients; that it is an id of something is certain.
    fn comes_later(&self, vantage: &Vantage, id: &str) -> bool {
        let is_known = self.known.contains_key(&id.to_ascii_lowercase());
        vantage.planned && !is_known && ResourceId::parse(id).is_ok()
    }

    fn vantage_address(&mut self, place: &[Step<'_>], vantage: &Vantage) {
        match (vantage.network.as_deref(), vantage.address) {
            (Some(_), None) => {
                self.problem(
                    place,
                    "the vantage has a network but no address in it",
                    "address: an IPv4 address",
                    "",
                );
            }
            (None, Some(_)) => {
                let place = below(place, &["address".into()]);
                self.problem(
                    &place,
                    "an address without a network",
                    "network: the id of a virtual network",
                    "",
                );
            }
            (Some(network), Some(address)) => {
                self.inside(&below(place, &["address".into()]), network, address)
            }
            (None, None) => {}
        }
    }

    fn inside(&mut self, place: &[Step<'_>], network: &str, address: Ipv4Addr) {
        let known = self.known.get(&network.to_ascii_lowercase());
        let index = known.and_then(|known| known.index);
        let Some(network) = index.and_then(|index| self.world.resources.get(index)) else {
            return;
        };
        let spaces = spaces(network);
        let number = u32::from(address);
        if !is_inside(&spaces, number, number) {
            let title = format!("{address} is outside the network's address space");
            self.problem(
                place,
                title,
                &format!("an address inside {}", spaces.join(", ")),
                "",
            );
        }
    }
}

/// Whether addresses are inside one of the prefixes, or may be: one that cannot be read was told itself.
fn is_inside(spaces: &[&str], first: u32, last: u32) -> bool {
    let mut spaces = spaces.iter().map(|space| range(space));
    spaces.any(|space| space.is_none_or(|space| space.0 <= first && last <= space.1))
}

fn spaces(network: &Resource) -> Vec<&str> {
    let spaces = network
        .properties()
        .pointer("/addressSpace/addressPrefixes")
        .and_then(Value::as_array);
    spaces
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}
