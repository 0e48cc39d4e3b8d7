//! Which records does a zone group write, and into which zone?
//!
//! Per zone configuration: one A record per public name of the endpoint that belongs to that zone, named as the bare
//! resource, with a TTL of 10 seconds. A zone that no group of the table has (a misnamed one) gets all of the endpoint's
//! names: that is what people see when they point a zone group at the wrong zone. Records are written only while the
//! connection is `Approved`: before the owner agreed Azure knows no names to write, and a zone group of a cross-tenant
//! endpoint has to come after the approval (PITFALLS B05). After a rejection or a removal the mock writes none either;
//! Azure may leave the old record behind, but the public alias that leads to it is gone then.

use std::net::Ipv4Addr;

use serde_json::Value;

use super::endpoint::{Address, Endpoint, Endpoints};
use super::groups::{record_name, zone};
use crate::ids::ResourceId;
use crate::store::Resource;

/// TTL of the records of zone groups, in seconds (azure-docs, `private-link/private-endpoint-dns.md`: 10).
pub const TTL: u32 = 10;

/// One zone configuration of a zone group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneConfig {
    /// Its name.
    pub name: String,
    /// Id of the zone, as written.
    pub zone: String,
    /// What it writes.
    pub records: Vec<WrittenRecord>,
}

/// An A record set that a zone group writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenRecord {
    /// Name relative to the zone.
    pub name: String,
    /// Addresses.
    pub addresses: Vec<Ipv4Addr>,
}

/// The endpoint that a zone group belongs to.
pub fn endpoint_of<'a>(endpoints: &'a Endpoints, group: &Resource) -> Option<&'a Endpoint> {
    endpoints.get(ResourceId::parse(&group.id).ok()?.parent()?)
}

/// A zone group's configurations with what they write.
pub fn configs(endpoints: &Endpoints, group: &Resource) -> Vec<ZoneConfig> {
    let Some(endpoint) = endpoint_of(endpoints, group) else {
        return Vec::new();
    };
    let items = group
        .property("/privateDnsZoneConfigs")
        .and_then(Value::as_array);
    items
        .into_iter()
        .flatten()
        .map(|item| config(item, endpoint))
        .collect()
}

fn config(item: &Value, endpoint: &Endpoint) -> ZoneConfig {
    let text = |pointer: &str| {
        item.pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let zone_id = text("/properties/privateDnsZoneId");
    let zone_name = ResourceId::parse(&zone_id)
        .map(|id| id.name)
        .unwrap_or_default();
    let target = endpoint
        .connection
        .as_ref()
        .and_then(|connection| ResourceId::parse(&connection.asked.target).ok());
    let target_type = target.map(|id| id.resource_type).unwrap_or_default();
    let is_its_zone = |it: &Address| {
        zone(&target_type, &it.group).is_some_and(|zone| zone.eq_ignore_ascii_case(&zone_name))
    };
    let foreign_zone = !endpoint.addresses.iter().any(is_its_zone);
    let addresses = endpoint
        .addresses
        .iter()
        .filter(|it| foreign_zone || is_its_zone(it));
    ZoneConfig {
        name: text("/name"),
        zone: zone_id,
        records: addresses.flat_map(records_of).collect(),
    }
}

fn records_of(address: &Address) -> Vec<WrittenRecord> {
    let Some(given) = address.address else {
        return Vec::new();
    };
    let written = |fqdn: &String| WrittenRecord {
        name: record_name(fqdn).to_owned(),
        addresses: vec![given],
    };
    address.fqdns.iter().map(written).collect()
}
