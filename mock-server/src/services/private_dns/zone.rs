//! Private DNS zones and the A and CNAME record sets in them.
//!
//! A record set is written by hand (a resource of the world) or by the zone group of an endpoint. Both write to the same
//! place: for one name the later writer wins, in the order in which the resources were written, as in Azure where the record
//! of a second endpoint replaces that of the first (PITFALLS B13). Other record sets are written by hand only; DNS answers
//! CNAME and A, and knows that the names of the others exist. Missing on purpose: records of auto-registration.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::{A_RECORDS, CNAME_RECORDS, LINKS, Link, OTHER_RECORDS, ZONES};
use crate::ids::ResourceId;
use crate::services::private_endpoint::zone_group::{self, TTL, WrittenRecord};
use crate::services::private_endpoint::{Endpoints, ZONE_GROUPS, derived_guid};
use crate::store::{Resource, State};

/// TTL of a hand-written record set that names none, in seconds.
const DEFAULT_TTL: u32 = 3600;

/// An A record set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Name relative to the zone; `@` for the zone itself.
    pub name: String,
    /// TTL in seconds.
    pub ttl: u32,
    /// Addresses.
    pub addresses: Vec<Ipv4Addr>,
    /// `metadata`: zone groups say here who they are.
    pub metadata: Option<Value>,
    /// Version of the resource that wrote it.
    pub version: usize,
}

/// A CNAME record set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The name that it leads to, lower case.
    pub target: String,
    /// TTL in seconds.
    pub ttl: u32,
}

/// A zone.
#[derive(Clone, Debug)]
pub struct Zone {
    /// Its id, as written.
    pub id: String,
    /// Its name, lower case.
    pub name: String,
    /// Its A record sets by name, lower case.
    pub records: BTreeMap<String, Record>,
    /// Its CNAME record sets by name, lower case.
    pub aliases: BTreeMap<String, Alias>,
    /// How many record sets of other types each name has, lower case.
    pub others: BTreeMap<String, usize>,
    /// Its links.
    pub links: Vec<Link>,
}

/// All zones of a state.
#[derive(Clone, Debug, Default)]
pub struct Zones {
    by_id: BTreeMap<String, Zone>,
    /// Network → zone and whether the link redirects, for links that work.
    by_network: BTreeMap<String, Vec<(String, bool)>>,
}

impl Zones {
    /// Derives them.
    pub fn of(state: &State, endpoints: &Endpoints) -> Self {
        let mut zones = Self::default();
        for resource in state.resources_of_type(ZONES) {
            zones
                .by_id
                .insert(resource.id.to_ascii_lowercase(), Zone::empty(resource));
        }
        for resource in in_order(state, &[LINKS]) {
            zones.link(resource);
        }
        let mut writers = in_order(state, &[A_RECORDS, ZONE_GROUPS]);
        writers.sort_by_key(|resource| resource.version);
        for resource in writers {
            if resource.is_a(A_RECORDS) {
                zones.write_by_hand(resource);
            } else {
                zones.write_by_group(state, resource, endpoints);
            }
        }
        for resource in in_order(state, OTHER_RECORDS) {
            zones.name(resource);
        }
        for resource in in_order(state, &[CNAME_RECORDS]) {
            zones.lead_on(resource);
        }
        zones
    }

    /// A zone by id.
    pub fn get(&self, id: &str) -> Option<&Zone> {
        self.by_id.get(&id.to_ascii_lowercase())
    }

    /// The zones that questions from a network see, each with whether unknown names are asked of the public DNS.
    pub fn seen_from<'a>(
        &'a self,
        network: &str,
    ) -> impl Iterator<Item = (&'a Zone, bool)> + use<'a> {
        let linked = self
            .by_network
            .get(&network.to_ascii_lowercase())
            .into_iter()
            .flatten();
        linked.filter_map(|(zone, redirects)| Some((self.by_id.get(zone)?, *redirects)))
    }

    fn link(&mut self, resource: &Resource) {
        let Some(zone) = parent(resource) else { return };
        let link = Link::of(resource);
        if let Some(found) = self.by_id.get_mut(&zone) {
            if link.works() {
                self.by_network
                    .entry(link.network.to_ascii_lowercase())
                    .or_default()
                    .push((zone, link.redirects));
            }
            found.links.push(link);
        }
    }

    fn write_by_hand(&mut self, resource: &Resource) {
        if let Some(zone) = parent(resource).and_then(|zone| self.by_id.get_mut(&zone)) {
            zone.write(Record::by_hand(resource));
        }
    }

    fn lead_on(&mut self, resource: &Resource) {
        let target = resource.property("/cnameRecord/cname");
        if let (Some(zone), Some(target)) = (
            parent(resource).and_then(|zone| self.by_id.get_mut(&zone)),
            target.and_then(Value::as_str),
        ) {
            let alias = Alias {
                target: target.trim_end_matches('.').to_ascii_lowercase(),
                ttl: ttl_of(resource),
            };
            zone.aliases
                .insert(resource.name.to_ascii_lowercase(), alias);
        }
    }

    fn name(&mut self, resource: &Resource) {
        if let Some(zone) = parent(resource).and_then(|zone| self.by_id.get_mut(&zone)) {
            let name = resource.name.to_ascii_lowercase();
            *zone.others.entry(name).or_default() += 1;
        }
    }

    fn write_by_group(&mut self, state: &State, group: &Resource, endpoints: &Endpoints) {
        let Some(endpoint) = zone_group::endpoint_of(endpoints, group) else {
            return;
        };
        let guid = derived_guid(&endpoint.id, "private-endpoint");
        let creator = format!(
            "created by private endpoint {} with resource guid {guid}",
            endpoint.name
        );
        for config in zone_group::configs(endpoints, group) {
            if let Some(zone) = self.by_id.get_mut(&config.zone.to_ascii_lowercase()) {
                for record in config.records {
                    if !state.is_erased(&zone.id, &record.name, group.version) {
                        zone.write(Record::by_group(record, &creator, group.version));
                    }
                }
            }
        }
    }
}

impl Zone {
    fn empty(resource: &Resource) -> Self {
        Self {
            id: resource.id.clone(),
            name: resource.name.to_ascii_lowercase(),
            records: BTreeMap::new(),
            aliases: BTreeMap::new(),
            others: BTreeMap::new(),
            links: Vec::new(),
        }
    }

    fn write(&mut self, record: Record) {
        self.records
            .insert(record.name.to_ascii_lowercase(), record);
    }
}

impl Record {
    fn by_hand(resource: &Resource) -> Self {
        let records = resource.property("/aRecords").and_then(Value::as_array);
        let address = |record: &Value| record.get("ipv4Address")?.as_str()?.parse().ok();
        Self {
            name: resource.name.clone(),
            ttl: ttl_of(resource),
            addresses: records.into_iter().flatten().filter_map(address).collect(),
            metadata: resource.property("/metadata").cloned(),
            version: resource.version,
        }
    }

    fn by_group(record: WrittenRecord, creator: &str, version: usize) -> Self {
        let metadata = Some(json!({"creator": creator}));
        Self {
            name: record.name,
            ttl: TTL,
            addresses: record.addresses,
            metadata,
            version,
        }
    }
}

fn ttl_of(resource: &Resource) -> u32 {
    let given = resource.property("/ttl").and_then(Value::as_u64);
    given
        .and_then(|ttl| u32::try_from(ttl).ok())
        .unwrap_or(DEFAULT_TTL)
}

fn in_order<'a>(state: &'a State, types: &[&str]) -> Vec<&'a Resource> {
    let mut all: Vec<_> = types
        .iter()
        .flat_map(|resource_type| state.resources_of_type(resource_type))
        .collect();
    all.sort_by_key(|resource| resource.order);
    all
}

fn parent(resource: &Resource) -> Option<String> {
    ResourceId::parse(&resource.id)
        .ok()?
        .parent()
        .map(str::to_ascii_lowercase)
}
