//! What security groups do to packets: `ipFlowVerify` asks of one packet, `effectiveNetworkSecurityGroups` of all.
//!
//! A packet that comes in meets the group of the subnet first, then that of the interface; one that goes out meets them the
//! other way round, and each must allow it (azure-docs, `network-security-group-how-it-works.md`). In a group the matching
//! rule with the lowest priority decides. The tags `VirtualNetwork`, `Internet` and `AzureLoadBalancer` are understood;
//! others and application security groups stand for no address. Shapes: `NetworkWatcherIpFlowVerify.json`,
//! `NetworkInterfaceEffectiveNSGList.json`; names of rules as in azure-docs' `diagnose-vm-network-traffic-filtering-problem.md`.
//! What Azure names where no group is, is not documented: here it is nothing.

use std::net::Ipv4Addr;

use http::StatusCode;
use serde_json::{Value, json};

use super::next_hop::{address, asked_interface, has};
use super::rules::Groups;
use super::{interfaces, routes, watchers};
use crate::auth::Caller;
use crate::context::Context;
use crate::fabric::addresses::AZURE_DNS;
use crate::lro::Ending;
use crate::request::{Reply, Request};
use crate::services::arm::errors::bad_request;
use crate::services::arm::found;
use crate::services::arm::operations::{self, Style};
use crate::services::arm::write::linked::Callers;
use crate::services::arm::write::{Body, Kind, body, fields};
use crate::services::private_endpoint::address::range;
use crate::store::State;

/// Hops of what the tag `VirtualNetwork` stands for.
const NEAR: &[&str] = &[
    "VnetLocal",
    "VNetPeering",
    "VNetGlobalPeering",
    "ConnectedGroup",
];
/// Addresses that are nobody's on the Internet.
const PRIVATE: &[&str] = &[
    "10.0.0.0/8",
    "100.64.0.0/10",
    "172.16.0.0/12",
    "192.168.0.0/16",
];

/// `NetworkWatchers_VerifyIPFlow`.
pub(super) fn verify(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    try_verify(context, request, caller).unwrap_or_else(|refused| refused)
}

fn try_verify(
    context: &Context,
    request: &Request,
    caller: Option<&Caller>,
) -> Result<Reply, Reply> {
    let body = body::object(request)?;
    let callers = Callers::of(context, request, caller)?;
    let mut state = context.state_mut();
    let path = request.path.rsplit_once('/').map_or("", |(head, _)| head);
    let watcher = watchers::found(&state, request, path)?;
    let watcher = watcher["id"].as_str().unwrap_or_default().to_owned();
    let interface = asked_interface(&state, &body, "ipFlowVerify", &callers)?;
    let packet = Packet::of(&body)?;
    if !has(&interface, packet.local) {
        let message = format!(
            "The local IP address {} is none of the target's.",
            packet.local
        );
        return Err(bad_request("LocalIPAddressNotFound", &message));
    }
    let finish = Box::new(move |state: &mut State| {
        Ending::Succeeded(Some(judged(state, &interface, &packet)))
    });
    let of = format!("{watcher}/ipFlowVerify/now");
    let begun = operations::begin(context, &mut state, &callers, &of, finish);
    Ok(begun.announce(request, Style::Both, Reply::empty(StatusCode::ACCEPTED)))
}

/// `NetworkInterfaces_ListEffectiveNetworkSecurityGroups`.
pub(super) fn effective(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let begun = || {
        let callers = Callers::of(context, request, caller)?;
        let mut state = context.state_mut();
        let path = request.path.rsplit_once('/').map_or("", |(head, _)| head);
        let interface = interfaces::shown(&state, &found::parse(path)?)?;
        let id = interface["id"].as_str().unwrap_or_default().to_owned();
        let finish = Box::new(move |state: &mut State| {
            Ending::Succeeded(Some(json!({"value": shown(state, &interface)})))
        });
        let of = format!("{id}/effectiveNetworkSecurityGroups/now");
        let begun = operations::begin(context, &mut state, &callers, &of, finish);
        let accepted = Reply::empty(StatusCode::ACCEPTED);
        Ok(begun.announce(request, Style::Both, accepted))
    };
    begun().unwrap_or_else(|refused: Reply| refused)
}

/// The packet that is asked about; no port is any.
struct Packet {
    inbound: bool,
    protocol: &'static str,
    local: Ipv4Addr,
    local_port: Option<u16>,
    remote: Ipv4Addr,
    remote_port: Option<u16>,
}

impl Packet {
    fn of(body: &Body) -> Result<Self, Reply> {
        let word = |at: &str, known: &[&'static str]| {
            let word = fields::one_of(body, at, known)?;
            word.ok_or_else(|| fields::missing(at))
        };
        Ok(Self {
            inbound: word("/direction", &["Inbound", "Outbound"])? == "Inbound",
            protocol: word("/protocol", &["TCP", "UDP"])?,
            local: address(body, "/localIPAddress")?,
            local_port: port(body, "/localPort")?,
            remote: address(body, "/remoteIPAddress")?,
            remote_port: port(body, "/remotePort")?,
        })
    }
}

fn port(body: &Body, at: &str) -> Result<Option<u16>, Reply> {
    let text = fields::required_text(body, at)?;
    if text == "*" {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| {
        let message = format!(
            "'{}' is no port from 0 to 65535: {text:.50}",
            fields::dotted(at)
        );
        bad_request("InvalidPort", &message)
    })
}

/// A security group of an interface, by itself or by its subnet.
struct Applied {
    /// As GET shows it.
    group: Value,
    of_subnet: bool,
}

impl Applied {
    /// Its rules, the default ones too: name with its kind, and properties.
    fn rules(&self) -> impl Iterator<Item = (String, &Value)> {
        let kinds = ["securityRules", "defaultSecurityRules"];
        kinds.into_iter().flat_map(|kind| {
            let all = self.group["properties"][kind].as_array();
            let named =
                move |rule: &Value| format!("{kind}/{}", rule["name"].as_str().unwrap_or_default());
            let all = all.into_iter().flatten();
            all.map(move |rule| (named(rule), &rule["properties"]))
        })
    }
}

/// In the order in which a packet that comes in meets them.
fn applied(state: &State, interface: &Value) -> Vec<Applied> {
    let text = |at: &str| interface.pointer(at).and_then(Value::as_str);
    let subnet = text("/properties/ipConfigurations/0/properties/subnet/id");
    let subnet = subnet.and_then(|it| state.resource(it));
    let of_subnet = subnet.and_then(|it| it.property("/networkSecurityGroup/id")?.as_str());
    let own = text("/properties/networkSecurityGroup/id");
    let found = [(of_subnet, true), (own, false)].into_iter();
    let found = found.filter_map(|(id, of_subnet)| {
        let group = Groups::show(state, state.resource(id?)?);
        Some(Applied { group, of_subnet })
    });
    found.collect()
}

/// The rule that keeps a connection by TCP between an interface and an address from being made, if one does.
pub(super) fn denies(
    state: &State,
    interface: &Value,
    inbound: bool,
    local: (Ipv4Addr, Option<u16>),
    remote: (Ipv4Addr, Option<u16>),
) -> Option<String> {
    let packet = Packet {
        inbound,
        protocol: "TCP",
        local: local.0,
        local_port: local.1,
        remote: remote.0,
        remote_port: remote.1,
    };
    let verdict = judged(state, interface, &packet);
    let rule = verdict["ruleName"].as_str().unwrap_or_default();
    (verdict["access"] == "Deny").then(|| rule.to_owned())
}

fn judged(state: &State, interface: &Value, packet: &Packet) -> Value {
    let near = near(state, interface);
    let mut groups = applied(state, interface);
    if !packet.inbound {
        groups.reverse();
    }
    let mut last = String::new();
    for applied in &groups {
        let matching = applied
            .rules()
            .filter(|(_, rule)| takes(rule, packet, &near));
        let first = matching.min_by_key(|(_, rule)| rule["priority"].as_u64());
        let Some((name, rule)) = first else { continue };
        if rule["access"] == "Deny" {
            return json!({"access": "Deny", "ruleName": name});
        }
        last = name;
    }
    json!({"access": "Allow", "ruleName": last})
}

/// Prefixes of the tag `VirtualNetwork`.
fn near(state: &State, interface: &Value) -> Vec<String> {
    let table = routes::table(state, interface);
    let is_near = |it: &&Value| NEAR.iter().any(|hop| it["nextHopType"] == *hop);
    let prefixes = table.iter().filter(is_near);
    let prefixes = prefixes.filter_map(|it| it["addressPrefix"][0].as_str());
    prefixes.map(str::to_owned).collect()
}

fn takes(rule: &Value, packet: &Packet, near: &[String]) -> bool {
    let direction = if packet.inbound {
        "Inbound"
    } else {
        "Outbound"
    };
    let protocol = rule["protocol"].as_str().unwrap_or_default();
    let ((from, from_port), (to, to_port)) = {
        let local = (packet.local, packet.local_port);
        let remote = (packet.remote, packet.remote_port);
        if packet.inbound {
            (remote, local)
        } else {
            (local, remote)
        }
    };
    let addresses = |name: &str, it: Ipv4Addr| values(rule, name).any(|text| holds(text, it, near));
    let ports = |name: &str, it: Option<u16>| values(rule, name).any(|text| spans(text, it));
    rule["direction"] == direction
        && (protocol == "*" || protocol.eq_ignore_ascii_case(packet.protocol))
        && addresses("sourceAddressPrefix", from)
        && addresses("destinationAddressPrefix", to)
        && ports("sourcePortRange", from_port)
        && ports("destinationPortRange", to_port)
}

/// A property that is written as one text, or in the plural as a list.
fn values<'r>(rule: &'r Value, name: &str) -> impl Iterator<Item = &'r str> + use<'r> {
    let plural = if name.ends_with('x') { "es" } else { "s" };
    let list = rule[format!("{name}{plural}")].as_array();
    let one = rule[name].as_str().filter(|text| !text.is_empty());
    let list = list.into_iter().flatten().filter_map(Value::as_str);
    one.into_iter().chain(list)
}

fn holds(prefix: &str, address: Ipv4Addr, near: &[String]) -> bool {
    let inside = |prefix: &str| {
        let number = u32::from(address);
        range(prefix).is_some_and(|(first, last)| (first..=last).contains(&number))
    };
    let is_near = || near.iter().any(|it| inside(it));
    match prefix.to_ascii_lowercase().as_str() {
        "*" => true,
        "virtualnetwork" => is_near(),
        "azureloadbalancer" => address == AZURE_DNS,
        "internet" => !is_near() && !PRIVATE.iter().any(|it| inside(it)),
        other => other.parse() == Ok(address) || inside(other),
    }
}

fn spans(range: &str, port: Option<u16>) -> bool {
    let Some(port) = port.filter(|_| range != "*") else {
        return true;
    };
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    let bounds = first.parse::<u16>().ok().zip(last.parse::<u16>().ok());
    bounds.is_some_and(|(first, last)| (first..=last).contains(&port))
}

fn shown(state: &State, interface: &Value) -> Vec<Value> {
    let near = near(state, interface);
    let subnet = interface.pointer("/properties/ipConfigurations/0/properties/subnet/id");
    let one = |applied: Applied| {
        let association = if applied.of_subnet {
            json!({"subnet": {"id": subnet}})
        } else {
            json!({"networkInterface": {"id": interface["id"]}})
        };
        let rules = applied.rules().map(|(name, rule)| flat(&name, rule, &near));
        json!({
            "networkSecurityGroup": {"id": applied.group["id"]},
            "association": association,
            "effectiveSecurityRules": rules.collect::<Vec<_>>(),
        })
    };
    applied(state, interface).into_iter().map(one).collect()
}

/// A rule in the form of the official example: ports as ranges, `All` for any protocol, prefixes with their length.
fn flat(name: &str, rule: &Value, near: &[String]) -> Value {
    let protocol = match rule["protocol"].as_str().unwrap_or_default() {
        "*" => "All",
        other => other,
    };
    let mut body = json!({
        "name": name,
        "protocol": protocol,
        "access": rule["access"],
        "priority": rule["priority"],
        "direction": rule["direction"],
    });
    for (property, plural, expanded) in [
        (
            "sourceAddressPrefix",
            "sourceAddressPrefixes",
            "expandedSourceAddressPrefix",
        ),
        (
            "destinationAddressPrefix",
            "destinationAddressPrefixes",
            "expandedDestinationAddressPrefix",
        ),
    ] {
        let all: Vec<String> = values(rule, property).map(with_length).collect();
        if all.iter().any(|it| it == "VirtualNetwork") {
            body[expanded] = json!(near);
        }
        body[property] = json!(all.first());
        body[plural] = json!(all);
    }
    for (property, plural) in [
        ("sourcePortRange", "sourcePortRanges"),
        ("destinationPortRange", "destinationPortRanges"),
    ] {
        let all: Vec<String> = values(rule, property).map(as_range).collect();
        body[property] = json!(all.first());
        body[plural] = json!(all);
    }
    body
}

fn with_length(prefix: &str) -> String {
    match prefix {
        "*" => "0.0.0.0/0".to_owned(),
        one if one.parse::<Ipv4Addr>().is_ok() => format!("{one}/32"),
        other => other.to_owned(),
    }
}

fn as_range(ports: &str) -> String {
    match ports {
        "*" => "0-65535".to_owned(),
        one if !one.contains('-') => format!("{one}-{one}"),
        other => other.to_owned(),
    }
}
