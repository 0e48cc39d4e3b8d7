//! What does a name server answer at a vantage? (API.md "CNAME chain of a private-link name")
//!
//! A vantage in a network asks Azure's DNS of that network, or the custom servers that `dhcpOptions.dnsServers` names; a
//! vantage without one asks the public DNS. Azure's DNS first looks into the private zones linked to the network (the
//! longest matching name decides), then into the public DNS, again for every alias it follows. A zone that is linked
//! answers for all of its names: what it does not hold does not exist, unless the link has `NxDomainRedirect`. Pure: no
//! sockets, no time. Missing on purpose: wildcard records, SOA records in negative answers, reverse zones.

use std::net::Ipv4Addr;

use serde_json::Value;

use super::addresses::AZURE_DNS;
use super::public_names::{self, Public};
use crate::services::private_dns::Zone;
use crate::store::State;
use crate::world::Forwarding;

/// Response codes that the mock's DNS gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rcode {
    /// The name exists (perhaps without a record of the type that was asked).
    NoError,
    /// The name does not exist.
    NxDomain,
}

/// What a record holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// Another name.
    Cname(String),
    /// An address.
    A(Ipv4Addr),
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Owner name, without a trailing dot.
    pub name: String,
    /// Seconds.
    pub ttl: u32,
    /// What it holds.
    pub data: Data,
}

/// The answer to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DnsAnswer {
    /// A response.
    Records {
        /// Response code.
        rcode: Rcode,
        /// The answer section, in order.
        answers: Vec<Record>,
    },
    /// Nothing comes back: the network's DNS server does not answer from here.
    NoAnswer,
}

/// More aliases than any chain of Azure has: a loop between a private record and the public DNS ends here.
const LONGEST_CHAIN: usize = 8;

/// Answers a question as the DNS of that vantage would.
pub fn answer(state: &State, vantage: &str, name: &str, record_type: &str) -> DnsAnswer {
    match view(state, vantage) {
        View::Silent => DnsAnswer::NoAnswer,
        View::Public => resolve(state, None, name, record_type),
        View::Network(network) => resolve(state, Some(&network), name, record_type),
    }
}

/// Answers a question as the DNS of a network would.
pub fn answer_in(state: &State, network: &str, name: &str, record_type: &str) -> DnsAnswer {
    match view_of(state, network) {
        View::Silent => DnsAnswer::NoAnswer,
        View::Public => resolve(state, None, name, record_type),
        View::Network(network) => resolve(state, Some(&network), name, record_type),
    }
}

/// The address of the server that a vantage is configured to ask; nothing outside of a network, where somebody else's
/// resolver answers. Of a planned vantage as it will be.
pub fn name_server(state: &State, vantage: &str) -> Option<String> {
    let network = state.vantages.get(vantage)?.network.as_ref()?;
    let first = named_servers(state, network).first().copied();
    Some(first.map_or_else(|| AZURE_DNS.to_string(), str::to_owned))
}

/// Whose eyes a question is seen with.
enum View {
    /// Azure's DNS of a network.
    Network(String),
    /// The public DNS.
    Public,
    /// Nobody answers.
    Silent,
}

fn view(state: &State, vantage: &str) -> View {
    let Some(vantage) = state.vantage(vantage) else {
        return View::Silent;
    };
    let Some(network) = &vantage.network else {
        return if vantage.internet {
            View::Public
        } else {
            View::Silent
        };
    };
    view_of(state, network)
}

fn view_of(state: &State, network: &str) -> View {
    let servers = named_servers(state, network);
    if servers.is_empty() {
        return View::Network(network.to_owned());
    }
    servers
        .into_iter()
        .find_map(|server| custom(state, network, server))
        .unwrap_or(View::Silent)
}

/// The servers of `dhcpOptions.dnsServers`.
fn named_servers<'a>(state: &'a State, network: &str) -> Vec<&'a str> {
    let servers = state
        .resource(network)
        .and_then(|network| network.property("/dhcpOptions/dnsServers")?.as_array());
    servers
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// The view of a server that a network names; nothing when no such server exists, so the next one is asked.
fn custom(state: &State, network: &str, server: &str) -> Option<View> {
    let address: Ipv4Addr = server.parse().ok()?;
    if address == AZURE_DNS {
        return Some(View::Network(network.to_owned()));
    }
    let row = state
        .dns_servers
        .iter()
        .find(|row| row.address == address)?;
    Some(match row.forwards_to {
        Forwarding::Azure => View::Network(row.network.clone()),
        Forwarding::Public => View::Public,
    })
}

fn resolve(state: &State, network: Option<&str>, name: &str, record_type: &str) -> DnsAnswer {
    let mut name = name.trim_end_matches('.').to_ascii_lowercase();
    let mut answers = Vec::new();
    for _ in 0..LONGEST_CHAIN {
        let (found, alias) = match look_up(state, network, &name) {
            Found::Nothing => {
                return DnsAnswer::Records {
                    rcode: Rcode::NxDomain,
                    answers,
                };
            }
            Found::Addresses(addresses, ttl) => (
                addresses.into_iter().map(|it| (Data::A(it), ttl)).collect(),
                None,
            ),
            Found::Alias(target, ttl) => (vec![(Data::Cname(target.clone()), ttl)], Some(target)),
        };
        let wanted =
            |data: &Data| matches!(data, Data::Cname(_)) || record_type.eq_ignore_ascii_case("A");
        let records = found.into_iter().filter(|(data, _)| wanted(data));
        answers.extend(records.map(|(data, ttl)| Record {
            name: name.clone(),
            ttl,
            data,
        }));
        match alias {
            Some(target) if !record_type.eq_ignore_ascii_case("CNAME") => name = target,
            _ => break,
        }
    }
    DnsAnswer::Records {
        rcode: Rcode::NoError,
        answers,
    }
}

/// What one look-up finds. A name without records of its own (a zone's apex) has no addresses.
enum Found {
    Addresses(Vec<Ipv4Addr>, u32),
    Alias(String, u32),
    Nothing,
}

fn look_up(state: &State, network: Option<&str>, name: &str) -> Found {
    let zone = network.and_then(|network| authoritative(state, network, name));
    let Some((zone, redirects)) = zone else {
        return look_up_publicly(state, name);
    };
    let relative = name
        .strip_suffix(&zone.name)
        .map_or("", |head| head.trim_end_matches('.'));
    let key = if relative.is_empty() { "@" } else { relative };
    let key = &owner(zone, key);
    if let Some(alias) = zone.aliases.get(key) {
        return Found::Alias(alias.target.clone(), alias.ttl);
    }
    let is_heard_of = |_: &&crate::services::private_dns::Record| {
        !state.is_unheard(&format!("{}/A/{key}", zone.id))
    };
    match zone.records.get(key).filter(is_heard_of) {
        Some(record) => Found::Addresses(record.addresses.clone(), record.ttl),
        None if relative.is_empty() || zone.others.contains_key(key) => {
            Found::Addresses(Vec::new(), 0)
        }
        None if redirects => look_up_publicly(state, name),
        None => Found::Nothing,
    }
}

/// The name whose record sets answer for a name: its own, or the nearest wildcard above it (RFC 4592 §3.3).
fn owner(zone: &Zone, name: &str) -> String {
    let has = |name: &str| {
        zone.records.contains_key(name)
            || zone.aliases.contains_key(name)
            || zone.others.contains_key(name)
    };
    let mut above = name;
    while name != "@" && !has(above) {
        let Some((_, rest)) = above.split_once('.') else {
            return if has("*") { "*" } else { name }.to_owned();
        };
        let wildcard = format!("*.{rest}");
        if has(&wildcard) {
            return wildcard;
        }
        above = rest;
    }
    name.to_owned()
}

fn look_up_publicly(state: &State, name: &str) -> Found {
    match public_names::look_up(state, name) {
        Some(Public::Address(address, ttl)) => Found::Addresses(vec![address], ttl),
        Some(Public::Alias(target, ttl)) => Found::Alias(target, ttl),
        None => Found::Nothing,
    }
}

/// The linked zone that answers for a name: of several the longest.
fn authoritative<'a>(state: &'a State, network: &str, name: &str) -> Option<(&'a Zone, bool)> {
    let holds = |zone: &Zone| {
        name.strip_suffix(&zone.name)
            .is_some_and(|head| head.is_empty() || head.ends_with('.'))
    };
    state
        .derived()
        .zones
        .seen_from(network)
        .filter(|(zone, _)| holds(zone))
        .max_by_key(|(zone, _)| zone.name.len())
}
