//! `Microsoft.Network/privateDnsZones`: zones, virtual network links, A record sets.
//!
//! Records are those of `services/private_dns/zone`: written by hand or by a zone group. Missing on purpose: the SOA record
//! set that every zone of Azure has (so `ALL` lists A only, and `numberOfRecordSets` counts it nevertheless), other record
//! types, which answer an empty list, and writes.

use http::Method;
use serde_json::{Value, json};

use super::{errors, found, not_built, page, provider, read, resource_page, shape, simplified};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::private_dns::{A_RECORDS, LINKS, Link, Record, ZONES, Zone};
use crate::services::private_endpoint::derived_guid;
use crate::services::{Operation, Service};
use crate::store::{Resource, State};

const SPEC: &str = "privatedns/2024-06-01/privatedns.json";
const READ: &str = "Microsoft.Network/privateDnsZones/read";
const READ_LINKS: &str = "Microsoft.Network/privateDnsZones/virtualNetworkLinks/read";
const READ_A: &str = "Microsoft.Network/privateDnsZones/A/read";
const READ_ALL: &str = "Microsoft.Network/privateDnsZones/ALL/read";
const ONE: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}";
const LINK: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}";
const RECORD: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}/A/{relativeRecordSetName}";

/// The service.
pub const SERVICE: Service = provider(
    "arm-private-dns",
    "private DNS zones, links and A record sets",
    OPERATIONS,
);

const OPERATIONS: &[Operation] = &[
    read("PrivateZones_Get", ONE, READ, SPEC, get_zone),
    read(
        "PrivateZones_List",
        "/subscriptions/{subscriptionId}/providers/Microsoft.Network/privateDnsZones",
        READ,
        SPEC,
        list_zones,
    ),
    read(
        "PrivateZones_ListByResourceGroup",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones",
        READ,
        SPEC,
        list_zones,
    ),
    not_built(
        "PrivateZones_CreateOrUpdate",
        Method::PUT,
        ONE,
        "Microsoft.Network/privateDnsZones/write",
        SPEC,
    ),
    not_built(
        "PrivateZones_Update",
        Method::PATCH,
        ONE,
        "Microsoft.Network/privateDnsZones/write",
        SPEC,
    ),
    not_built(
        "PrivateZones_Delete",
        Method::DELETE,
        ONE,
        "Microsoft.Network/privateDnsZones/delete",
        SPEC,
    ),
    read("VirtualNetworkLinks_Get", LINK, READ_LINKS, SPEC, get_link),
    read(
        "VirtualNetworkLinks_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}/virtualNetworkLinks",
        READ_LINKS,
        SPEC,
        list_links,
    ),
    not_built(
        "VirtualNetworkLinks_CreateOrUpdate",
        Method::PUT,
        LINK,
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks/write",
        SPEC,
    ),
    not_built(
        "VirtualNetworkLinks_Update",
        Method::PATCH,
        LINK,
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks/write",
        SPEC,
    ),
    not_built(
        "VirtualNetworkLinks_Delete",
        Method::DELETE,
        LINK,
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks/delete",
        SPEC,
    ),
    read("RecordSets_Get", RECORD, READ_A, SPEC, get_record),
    read(
        "RecordSets_ListByType",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}/A",
        READ_A,
        SPEC,
        list_records,
    ),
    simplified(
        read(
            "RecordSets_List",
            "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}/ALL",
            READ_ALL,
            SPEC,
            list_records,
        ),
        "A record sets only: the SOA record set is left out",
    ),
    not_built(
        "RecordSets_CreateOrUpdate",
        Method::PUT,
        RECORD,
        "Microsoft.Network/privateDnsZones/A/write",
        SPEC,
    ),
    not_built(
        "RecordSets_Update",
        Method::PATCH,
        RECORD,
        "Microsoft.Network/privateDnsZones/A/write",
        SPEC,
    ),
    not_built(
        "RecordSets_Delete",
        Method::DELETE,
        RECORD,
        "Microsoft.Network/privateDnsZones/A/delete",
        SPEC,
    ),
];

fn get_zone(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::resource(&state, request).map_or_else(|reply| reply, |it| Reply::ok(&zone(&state, it)))
}

fn list_zones(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    resource_page::reply_with_top(&state, request, ZONES, |it| zone(&state, it))
}

fn get_link(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::resource(&state, request).map_or_else(|reply| reply, |it| Reply::ok(&link(it)))
}

fn list_links(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    match found::parent(&state, request) {
        Ok(parent) => page::reply_with_top(
            request,
            state.children(&parent.id, LINKS).map(link).collect(),
        ),
        Err(reply) => reply,
    }
}

fn get_record(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let id = match found::parse(&request.path) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    let Some(zone) = id.parent().and_then(|zone| state.derived().zones.get(zone)) else {
        return found::missing(&state, &id);
    };
    match zone.records.get(&id.name.to_ascii_lowercase()) {
        Some(found) => Reply::ok(&record(zone, found)),
        None => errors::resource_not_found(&id),
    }
}

fn list_records(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let parent = match found::parent(&state, request) {
        Ok(parent) => parent,
        Err(reply) => return reply,
    };
    let zone = state.derived().zones.get(&parent.id);
    let records = zone
        .into_iter()
        .flat_map(|zone| zone.records.values().map(|it| record(zone, it)));
    page::reply_with_top(request, records.collect())
}

fn zone(state: &State, given: &Resource) -> Value {
    let mut body = shape::resource(given);
    let derived = state.derived().zones.get(&given.id);
    let links = derived.map_or(&[][..], |zone| zone.links.as_slice());
    let records = derived.map_or(0, |zone| zone.records.len());
    let counted = [
        ("maxNumberOfRecordSets", json!(25000)),
        ("numberOfRecordSets", json!(records + 1)),
        ("maxNumberOfVirtualNetworkLinks", json!(1000)),
        ("numberOfVirtualNetworkLinks", json!(links.len())),
        ("maxNumberOfVirtualNetworkLinksWithRegistration", json!(100)),
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
    let fqdn = if record.name == "@" {
        format!("{}.", zone.name)
    } else {
        format!("{}.{}.", record.name, zone.name)
    };
    let mut properties =
        json!({"ttl": record.ttl, "fqdn": fqdn, "isAutoRegistered": false, "aRecords": addresses});
    if let Some(metadata) = &record.metadata {
        properties["metadata"] = metadata.clone();
    }
    json!({
        "id": id,
        "name": record.name,
        "type": A_RECORDS,
        "etag": derived_guid(&format!("{id} {:?}", record.addresses), "etag"),
        "properties": properties,
    })
}
