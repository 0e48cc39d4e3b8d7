//! Private endpoints with everything that Azure makes of them.
//!
//! The network interface of an endpoint is `<endpoint>.nic.<guid>` (or `customNetworkInterfaceName`) in the endpoint's own
//! resource group, with one ip configuration per required member. The interface has its addresses from the beginning; the
//! public names that they serve (`fqdns`, `customDnsConfigs`) are known only once the owner approved, as for manual
//! connections of Azure.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use super::address::{Allocator, subnet_of};
use super::connection::{Approvals, Asked, Connection};
use super::groups::Member;
use super::{PRIVATE_ENDPOINTS, derived_guid};
use crate::ids::ResourceId;
use crate::store::{Resource, State};

/// An endpoint, derived.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Its id, as written.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Id of its subnet, as written; empty when it has none.
    pub subnet: String,
    /// What it asked for, when it asks for anything.
    pub connection: Option<Connection>,
    /// Its addresses.
    pub addresses: Vec<Address>,
    /// Name of its network interface.
    pub interface_name: String,
}

/// One address of an endpoint: one required member of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Group id.
    pub group: String,
    /// Required member name.
    pub member: String,
    /// The address; none when the subnet has none to give.
    pub address: Option<Ipv4Addr>,
    /// Public names that it serves; empty until the connection is approved.
    pub fqdns: Vec<String>,
}

impl Endpoint {
    /// Is its connection approved?
    pub fn is_approved(&self) -> bool {
        self.connection
            .as_ref()
            .is_some_and(Connection::is_approved)
    }

    /// Does its connection ask for this resource, and for this of its groups?
    pub fn is_to(&self, resource: &str, group: &str) -> bool {
        let asks = |it: &Connection| {
            it.is_to(resource)
                && it
                    .asked
                    .groups
                    .iter()
                    .any(|it| it.eq_ignore_ascii_case(group))
        };
        self.connection.as_ref().is_some_and(asks)
    }

    /// Id of the network it stands in, as written.
    pub fn network(&self) -> Option<String> {
        ResourceId::parse(&self.subnet)
            .ok()?
            .parent()
            .map(str::to_owned)
    }

    /// Id of its network interface.
    pub fn interface_id(&self) -> String {
        let id = ResourceId::parse(&self.id).ok();
        let group = id.as_ref().and_then(ResourceId::parent).unwrap_or_default();
        format!(
            "{group}/providers/Microsoft.Network/networkInterfaces/{}",
            self.interface_name
        )
    }
}

/// All endpoints of a state.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    by_id: BTreeMap<String, Endpoint>,
    by_interface: BTreeMap<String, String>,
    by_target: BTreeMap<String, Vec<String>>,
    by_address: BTreeMap<Ipv4Addr, Vec<String>>,
}

impl Endpoints {
    /// Derives them.
    pub fn of(state: &State) -> Self {
        let mut resources: Vec<&Resource> = state.resources_of_type(PRIVATE_ENDPOINTS).collect();
        resources.sort_by_key(|endpoint| endpoint.order);
        let approvals = Approvals::of(state);
        let mut allocator = Allocator::of(state, &resources);
        let mut endpoints = Self::default();
        for resource in resources {
            let given = allocator.give(state, resource);
            endpoints.add(derive(state, resource, &approvals, given));
        }
        endpoints
    }

    fn add(&mut self, endpoint: Endpoint) {
        let key = endpoint.id.to_ascii_lowercase();
        self.by_interface
            .insert(endpoint.interface_id().to_ascii_lowercase(), key.clone());
        if let Some(connection) = &endpoint.connection {
            let target = connection.asked.target.to_ascii_lowercase();
            self.by_target.entry(target).or_default().push(key.clone());
        }
        for address in endpoint.addresses.iter().filter_map(|it| it.address) {
            self.by_address
                .entry(address)
                .or_default()
                .push(key.clone());
        }
        self.by_id.insert(key, endpoint);
    }

    /// An endpoint by id.
    pub fn get(&self, id: &str) -> Option<&Endpoint> {
        self.by_id.get(&id.to_ascii_lowercase())
    }

    /// The endpoint whose network interface has this id.
    pub fn by_interface(&self, id: &str) -> Option<&Endpoint> {
        self.by_interface
            .get(&id.to_ascii_lowercase())
            .and_then(|key| self.by_id.get(key))
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Endpoint> {
        self.by_id.values()
    }

    /// Those that ask for a resource, in the order in which they were made.
    pub fn to<'a>(&'a self, resource: &str) -> impl Iterator<Item = &'a Endpoint> + use<'a> {
        let keys = self.by_target.get(&resource.to_ascii_lowercase());
        keys.into_iter()
            .flatten()
            .filter_map(|key| self.by_id.get(key))
    }

    /// The endpoint that has this address. `networks` are those that the asker can reach, nearest first; address spaces
    /// may overlap, so an address means little without them. With no networks named: the first endpoint of that address.
    pub fn at(&self, address: IpAddr, networks: &[&str]) -> Option<&Endpoint> {
        let IpAddr::V4(address) = address else {
            return None;
        };
        let rank = |endpoint: &Endpoint| {
            let network = endpoint.network()?;
            networks
                .iter()
                .position(|candidate| candidate.eq_ignore_ascii_case(&network))
        };
        let keys = self.by_address.get(&address)?;
        let mut all = keys.iter().filter_map(|key| self.by_id.get(key));
        if networks.is_empty() {
            return all.next();
        }
        all.filter_map(|endpoint| Some((rank(endpoint)?, endpoint)))
            .min_by_key(|(rank, _)| *rank)
            .map(|(_, it)| it)
    }
}

fn derive(
    state: &State,
    resource: &Resource,
    approvals: &Approvals<'_>,
    given: Vec<Option<Ipv4Addr>>,
) -> Endpoint {
    let connection = Asked::by(resource).map(|asked| approvals.connection(resource, asked));
    let approved = connection.as_ref().is_some_and(Connection::is_approved);
    let members = connection
        .as_ref()
        .map(|connection| connection.asked.members(state))
        .unwrap_or_default();
    let address = |((group, member), address): ((String, Member), Option<Ipv4Addr>)| Address {
        group,
        member: member.name,
        address,
        fqdns: if approved { member.fqdns } else { Vec::new() },
    };
    Endpoint {
        id: resource.id.clone(),
        name: resource.name.clone(),
        subnet: subnet_of(resource).unwrap_or_default().to_owned(),
        connection,
        addresses: members.into_iter().zip(given).map(address).collect(),
        interface_name: interface_name(resource),
    }
}

fn interface_name(resource: &Resource) -> String {
    let custom = resource
        .property("/customNetworkInterfaceName")
        .and_then(serde_json::Value::as_str);
    let derived = || {
        format!(
            "{}.nic.{}",
            resource.name,
            derived_guid(&resource.id, "network-interface")
        )
    };
    custom
        .filter(|name| !name.is_empty())
        .map_or_else(derived, str::to_owned)
}
