//! `Microsoft.Network/privateDnsZones`: zones, virtual network links, record sets.
//!
//! - `zones`, `links` what may be written · `records` record sets of all types · `record_types` what may be in them
//!
//! A records are those of `services/private_dns/zone`: written by hand or by a zone group. Missing on purpose: records that
//! machines register themselves.

mod links;
mod record_types;
mod records;
mod zones;

#[cfg(test)]
mod tests;

use http::Method;
use serde_json::{Value, json};

use super::{built, children, delete, get, list, patch, provider, put, read, shape};
use crate::services::private_dns::{A_RECORDS, Link, Record, Zone};
use crate::services::private_endpoint::derived_guid;
use crate::services::{Operation, Service};
use crate::store::{Resource, State};
use links::{Links, MOST, MOST_WITH_REGISTRATION};
use zones::Zones;

const SPEC: &str = "privatedns/2024-06-01/privatedns.json";
const READ: &str = "Microsoft.Network/privateDnsZones/read";
const WRITE: &str = "Microsoft.Network/privateDnsZones/write";
const READ_LINKS: &str = "Microsoft.Network/privateDnsZones/virtualNetworkLinks/read";
const WRITE_LINKS: &str = "Microsoft.Network/privateDnsZones/virtualNetworkLinks/write";
/// What stands in the path of a list of all types.
const RECORDS_ALL: &str = "ALL";
const ONE: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}";
const LINK: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}";

/// Zones and links.
pub const SERVICE: Service = provider(
    "arm-private-dns",
    "private DNS zones and their links to networks",
    OPERATIONS,
);

/// Record sets: each type has rights of its own.
pub const RECORDS: Service = provider(
    "arm-private-dns-records",
    "record sets of private DNS zones",
    RECORD_OPERATIONS,
);

const OPERATIONS: &[Operation] = &[
    get::<Zones>("PrivateZones_Get", ONE, READ, SPEC),
    list::<Zones>(
        "PrivateZones_List",
        "/subscriptions/{subscriptionId}/providers/Microsoft.Network/privateDnsZones",
        READ,
        SPEC,
    ),
    list::<Zones>(
        "PrivateZones_ListByResourceGroup",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones",
        READ,
        SPEC,
    ),
    put::<Zones>("PrivateZones_CreateOrUpdate", ONE, WRITE, SPEC),
    patch::<Zones>("PrivateZones_Update", ONE, WRITE, SPEC),
    delete::<Zones>(
        "PrivateZones_Delete",
        ONE,
        "Microsoft.Network/privateDnsZones/delete",
        SPEC,
    ),
    get::<Links>("VirtualNetworkLinks_Get", LINK, READ_LINKS, SPEC),
    children::<Links>(
        "VirtualNetworkLinks_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}/virtualNetworkLinks",
        READ_LINKS,
        SPEC,
    ),
    put::<Links>(
        "VirtualNetworkLinks_CreateOrUpdate",
        LINK,
        WRITE_LINKS,
        SPEC,
    ),
    patch::<Links>("VirtualNetworkLinks_Update", LINK, WRITE_LINKS, SPEC),
    delete::<Links>(
        "VirtualNetworkLinks_Delete",
        LINK,
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks/delete",
        SPEC,
    ),
];

/// The rows of each type of record sets.
macro_rules! record_operations {
    ($($kind:literal),*) => {
        &[
            $(
                read("RecordSets_Get", one!($kind), action!($kind, "read"), SPEC, records::get),
                read("RecordSets_ListByType", of_type!($kind), action!($kind, "read"), SPEC, records::list),
                built("RecordSets_CreateOrUpdate", Method::PUT, one!($kind), action!($kind, "write"), SPEC, records::put),
                built("RecordSets_Update", Method::PATCH, one!($kind), action!($kind, "write"), SPEC, records::patch),
                built("RecordSets_Delete", Method::DELETE, one!($kind), action!($kind, "delete"), SPEC, records::delete),
            )*
            read("RecordSets_List", of_type!("ALL"), action!("ALL", "read"), SPEC, records::list),
        ]
    };
}

macro_rules! of_type {
    ($kind:literal) => {
        concat!(
            "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}/",
            $kind
        )
    };
}

macro_rules! one {
    ($kind:literal) => {
        concat!(
            "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}/",
            $kind,
            "/{relativeRecordSetName}"
        )
    };
}

macro_rules! action {
    ($kind:literal, $right:literal) => {
        concat!("Microsoft.Network/privateDnsZones/", $kind, "/", $right)
    };
}

const RECORD_OPERATIONS: &[Operation] =
    record_operations!("A", "AAAA", "CNAME", "MX", "PTR", "SOA", "SRV", "TXT");

fn zone(state: &State, given: &Resource) -> Value {
    let mut body = shape::resource(given);
    let derived = state.derived().zones.get(&given.id);
    let links = derived.map_or(&[][..], |zone| zone.links.as_slice());
    let records = derived.map_or(0, |zone| {
        zone.records.len() + zone.aliases.len() + zone.others.values().sum::<usize>()
    });
    let counted = [
        ("maxNumberOfRecordSets", json!(25000)),
        ("numberOfRecordSets", json!(records + 1)),
        ("maxNumberOfVirtualNetworkLinks", json!(MOST)),
        ("numberOfVirtualNetworkLinks", json!(links.len())),
        (
            "maxNumberOfVirtualNetworkLinksWithRegistration",
            json!(MOST_WITH_REGISTRATION),
        ),
        (
            "numberOfVirtualNetworkLinksWithRegistration",
            json!(links.iter().filter(|link| link.registration).count()),
        ),
    ];
    let etag = shape::tag(given, &body);
    for (name, value) in counted {
        shape::derive(&mut body, name, value);
    }
    body["etag"] = json!(etag);
    body
}

fn link(given: &Resource) -> Value {
    let mut body = shape::resource(given);
    let derived = Link::of(given);
    shape::derive(
        &mut body,
        "registrationEnabled",
        json!(derived.registration),
    );
    shape::derive(&mut body, "virtualNetworkLinkState", json!(derived.state));
    shape::default(&mut body, "resolutionPolicy", json!("Default"));
    body["etag"] = json!(shape::tag(given, &body));
    body
}

fn record(zone: &Zone, record: &Record) -> Value {
    let id = format!("{}/A/{}", zone.id, record.name);
    let addresses: Vec<Value> = record
        .addresses
        .iter()
        .map(|address| json!({"ipv4Address": address}))
        .collect();
    let fqdn = records::fqdn(&record.name, &zone.name);
    let mut properties =
        json!({"ttl": record.ttl, "fqdn": fqdn, "isAutoRegistered": false, "aRecords": addresses});
    if let Some(metadata) = &record.metadata {
        properties["metadata"] = metadata.clone();
    }
    json!({
        "id": id,
        "name": record.name,
        "type": A_RECORDS,
        "etag": derived_guid(&format!("{id} {record:?}"), "etag"),
        "properties": properties,
    })
}
