//! What ARM says of zones, links, records, endpoints and zone groups, as far as it matters.

use serde::Deserialize;

use super::{Link, Record, ZoneGroup};
use crate::checks::wire::{Pointer, Resource, lenient};

/// Properties that do not matter.
#[derive(Default, Deserialize)]
pub(super) struct Unread {}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct LinkProperties {
    #[serde(deserialize_with = "lenient")]
    pub(super) virtual_network: Pointer,
    #[serde(deserialize_with = "lenient")]
    pub(super) virtual_network_link_state: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) provisioning_state: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RecordProperties {
    pub(super) ttl: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(super) a_records: Vec<ARecord>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ARecord {
    #[serde(deserialize_with = "lenient")]
    pub(super) ipv4_address: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct EndpointProperties {
    #[serde(deserialize_with = "lenient")]
    pub(super) private_link_service_connections: Vec<Resource<ConnectionProperties>>,
    #[serde(deserialize_with = "lenient")]
    pub(super) manual_private_link_service_connections: Vec<Resource<ConnectionProperties>>,
}

impl EndpointProperties {
    pub(super) fn targets(&self) -> Vec<String> {
        let both = self
            .manual_private_link_service_connections
            .iter()
            .chain(&self.private_link_service_connections);
        both.map(|connection| connection.properties.private_link_service_id.clone())
            .filter(|id| !id.is_empty())
            .collect()
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ConnectionProperties {
    #[serde(deserialize_with = "lenient")]
    pub(super) private_link_service_id: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ZoneGroupProperties {
    #[serde(deserialize_with = "lenient")]
    pub(super) private_dns_zone_configs: Vec<Resource<ZoneConfigProperties>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ZoneConfigProperties {
    #[serde(deserialize_with = "lenient")]
    pub(super) private_dns_zone_id: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) record_sets: Vec<RecordSet>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RecordSet {
    #[serde(deserialize_with = "lenient")]
    pub(super) ip_addresses: Vec<String>,
}

impl From<Resource<LinkProperties>> for Link {
    fn from(read: Resource<LinkProperties>) -> Self {
        let LinkProperties {
            virtual_network,
            virtual_network_link_state,
            provisioning_state,
        } = read.properties;
        Self {
            id: read.id,
            network: virtual_network.id,
            state: virtual_network_link_state,
            provisioning_state,
        }
    }
}

impl From<Resource<RecordProperties>> for Record {
    fn from(read: Resource<RecordProperties>) -> Self {
        let addresses = read
            .properties
            .a_records
            .iter()
            .filter_map(|record| record.ipv4_address.parse().ok())
            .collect();
        let name = if read.name.is_empty() {
            read.id.rsplit('/').next().unwrap_or_default().to_owned()
        } else {
            read.name
        };
        Self {
            name,
            ttl: read.properties.ttl,
            addresses,
        }
    }
}

impl From<&Resource<ZoneGroupProperties>> for ZoneGroup {
    fn from(read: &Resource<ZoneGroupProperties>) -> Self {
        let configs = read.properties.private_dns_zone_configs.iter();
        Self {
            id: read.id.clone(),
            zones: configs
                .map(|config| config.properties.private_dns_zone_id.clone())
                .collect(),
        }
    }
}
