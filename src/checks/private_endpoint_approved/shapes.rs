//! What ARM says of endpoints, their network interfaces and their zone groups, as far as it matters.

use std::net::IpAddr;

use serde::Deserialize;

use super::Connection;
use crate::checks::wire::{Pointer, Resource, lenient};
use crate::outcome::AddressesByName;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct EndpointProperties {
    #[serde(deserialize_with = "lenient")]
    pub(super) provisioning_state: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) private_link_service_connections: Vec<Resource<ConnectionProperties>>,
    #[serde(deserialize_with = "lenient")]
    pub(super) manual_private_link_service_connections: Vec<Resource<ConnectionProperties>>,
    #[serde(deserialize_with = "lenient")]
    pub(super) network_interfaces: Vec<Pointer>,
    #[serde(deserialize_with = "lenient")]
    pub(super) subnet: Pointer,
    #[serde(deserialize_with = "lenient")]
    pub(super) custom_dns_configs: Vec<CustomDnsConfig>,
}

impl EndpointProperties {
    /// Both arrays as one.
    pub(super) fn connections(&self) -> Vec<Connection> {
        let of = |items: &[Resource<ConnectionProperties>], manual| -> Vec<Connection> {
            let connection = |item: &Resource<ConnectionProperties>| {
                let own = &item.properties;
                Connection {
                    manual,
                    target: own.private_link_service_id.clone(),
                    groups: own.group_ids.clone(),
                    status: own
                        .private_link_service_connection_state
                        .status
                        .trim()
                        .to_owned(),
                    description: own
                        .private_link_service_connection_state
                        .description
                        .clone(),
                }
            };
            items.iter().map(connection).collect()
        };
        let mut both = of(&self.manual_private_link_service_connections, true);
        both.extend(of(&self.private_link_service_connections, false));
        both
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ConnectionProperties {
    #[serde(deserialize_with = "lenient")]
    pub(super) private_link_service_id: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) group_ids: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) private_link_service_connection_state: ConnectionState,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ConnectionState {
    #[serde(deserialize_with = "lenient")]
    pub(super) status: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) description: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct CustomDnsConfig {
    #[serde(deserialize_with = "lenient")]
    pub(super) fqdn: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) ip_addresses: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct InterfaceProperties {
    #[serde(deserialize_with = "lenient")]
    pub(super) ip_configurations: Vec<Resource<IpConfiguration>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct IpConfiguration {
    #[serde(rename = "privateIPAddress", deserialize_with = "lenient")]
    pub(super) private_ip_address: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) private_link_connection_properties: PrivateLinkConnection,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PrivateLinkConnection {
    #[serde(deserialize_with = "lenient")]
    pub(super) fqdns: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ZoneGroupProperties {
    #[serde(deserialize_with = "lenient")]
    pub(super) private_dns_zone_configs: Vec<Resource<ConfigProperties>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ConfigProperties {
    #[serde(deserialize_with = "lenient")]
    pub(super) private_dns_zone_id: String,
}

/// An interface may lack names; the endpoint then says them itself.
pub(super) fn add_custom_names(
    configs: &[CustomDnsConfig],
    addresses: &mut AddressesByName,
    nameless: &mut Vec<IpAddr>,
) {
    let has_names = !addresses.is_empty();
    for config in configs {
        let own = config
            .ip_addresses
            .iter()
            .filter_map(|text| text.parse().ok());
        for address in own.filter(|address| !has_names || nameless.contains(address)) {
            addresses.add(&config.fqdn, address);
        }
    }
    nameless.retain(|address| !addresses.all().any(|named| named == *address));
}
