//! Who is in which subnet: ip configurations of private endpoints' interfaces, of other interfaces, of gateways. And which
//! subnets and interfaces use which security group or route table.

use std::collections::BTreeMap;

use serde_json::Value;

use super::network_manager::key;
use super::private_endpoint::{Address, Endpoint, Endpoints, derived_guid};
use crate::store::{Resource, SUBNETS, State};

/// ARM type of network interfaces.
pub const INTERFACES: &str = "Microsoft.Network/networkInterfaces";
/// ARM type of gateways.
pub const GATEWAYS: &str = "Microsoft.Network/virtualNetworkGateways";

/// Somebody in a subnet.
#[derive(Clone, Debug)]
pub struct User {
    /// Id of the ip configuration.
    pub configuration: String,
    /// Id of the private endpoint that brought it.
    pub endpoint: Option<String>,
}

/// By key of the subnet, security group or route table.
#[derive(Clone, Debug, Default)]
pub struct Users {
    inside: BTreeMap<String, Vec<User>>,
    of: BTreeMap<String, Vec<String>>,
}

impl Users {
    /// Derives them.
    pub fn of(state: &State, endpoints: &Endpoints) -> Self {
        let mut users = Self::default();
        for endpoint in endpoints.iter() {
            for address in &endpoint.addresses {
                let configuration = configuration_id(endpoint, address);
                let endpoint_id = Some(endpoint.id.clone());
                users.add(&endpoint.subnet, configuration, endpoint_id);
            }
        }
        for kind in [INTERFACES, GATEWAYS] {
            for resource in state.resources_of_type(kind) {
                for (name, subnet) in configurations(resource) {
                    let configuration = format!("{}/ipConfigurations/{name}", resource.id);
                    users.add(subnet, configuration, None);
                }
            }
        }
        for kind in [SUBNETS, INTERFACES] {
            for resource in state.resources_of_type(kind) {
                users.refer(resource);
            }
        }
        users
    }

    fn refer(&mut self, resource: &Resource) {
        for property in ["/networkSecurityGroup/id", "/routeTable/id"] {
            if let Some(used) = resource.property(property).and_then(Value::as_str) {
                let users = self.of.entry(key(used)).or_default();
                users.push(resource.id.clone());
            }
        }
    }

    fn add(&mut self, subnet: &str, configuration: String, endpoint: Option<String>) {
        self.inside.entry(key(subnet)).or_default().push(User {
            configuration,
            endpoint,
        });
    }

    /// Those in a subnet.
    pub fn in_subnet(&self, subnet: &str) -> &[User] {
        self.inside.get(&key(subnet)).map_or(&[], Vec::as_slice)
    }

    /// Ids of the subnets and interfaces that use a security group or a route table.
    pub fn of_resource(&self, id: &str) -> &[String] {
        self.of.get(&key(id)).map_or(&[], Vec::as_slice)
    }
}

/// Name and subnet of each ip configuration of a resource.
fn configurations(resource: &Resource) -> impl Iterator<Item = (&str, &str)> {
    let all = resource.property("/ipConfigurations");
    let all = all.and_then(Value::as_array).into_iter().flatten();
    all.filter_map(|it| {
        let name = it.get("name").and_then(Value::as_str).unwrap_or_default();
        Some((name, it.pointer("/properties/subnet/id")?.as_str()?))
    })
}

/// The name of the ip configuration that Azure makes for an address of an endpoint.
pub fn configuration_name(endpoint: &Endpoint, address: &Address) -> String {
    let guid = derived_guid(
        &format!("{}/{}/{}", endpoint.id, address.group, address.member),
        "ip-configuration",
    );
    format!("privateEndpointIpConfig.{guid}")
}

/// Its id.
pub fn configuration_id(endpoint: &Endpoint, address: &Address) -> String {
    let interface = endpoint.interface_id();
    let name = configuration_name(endpoint, address);
    format!("{interface}/ipConfigurations/{name}")
}
