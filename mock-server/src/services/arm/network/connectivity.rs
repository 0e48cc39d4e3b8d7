//! `connectivityCheck`: would a connection from here get there?
//!
//! The fabric is asked where a packet of the source goes; nothing is sent. A source is a network interface, or a virtual
//! machine that has one; a machine whose name is that of a vantage stands for the vantage. A private endpoint takes port
//! 443 once it is approved, the front doors of public services too; a machine takes any port. An agent that does not answer
//! tries nothing; the security rules of both interfaces and the table of the source's subnet are looked at where there are
//! interfaces. Latencies are made up; which type of issue Azure would name is not documented in full: what the fabric drops
//! is `Platform`, what nobody answers is `Unknown`.

use std::net::Ipv4Addr;

use http::StatusCode;
use serde_json::{Value, json};

use super::{flow, interfaces, next_hop, subnets, watchers};
use crate::auth::Caller;
use crate::context::Context;
use crate::fabric::addresses::is_front_door;
use crate::fabric::dns::{self, Data, DnsAnswer};
use crate::fabric::networks::{Hop, hop};
use crate::ids::ResourceId;
use crate::lro::Ending;
use crate::request::{Reply, Request};
use crate::services::arm::errors::{bad_request, error};
use crate::services::arm::machines;
use crate::services::arm::operations::{self, Style};
use crate::services::arm::write::linked::{self, Callers};
use crate::services::arm::write::{Body, body, fields};
use crate::services::network_manager::key;
use crate::services::private_endpoint::derived_guid;
use crate::services::subnets::INTERFACES;
use crate::store::{Resource, State};

/// How often a check tries (`NetworkWatcherConnectivityCheck.json`).
const PROBES: u32 = 100;
const HTTPS: i64 = 443;
const MACHINES: &str = "Microsoft.Compute/virtualMachines";
const RULE: &str = "NetworkSecurityRule";
const ROUTE: &str = "UserDefinedRoute";

/// `NetworkWatchers_CheckConnectivity`.
pub(super) fn check(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    try_check(context, request, caller).unwrap_or_else(|refused| refused)
}

fn try_check(
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
    let known = ["Tcp", "Http", "Https", "Icmp"];
    fields::one_of(&body, "/protocol", &known)?;
    let source = source(&state, &body, &callers)?;
    let port = fields::number(&body, "/destination/port")?;
    if port.is_some_and(|it| !(0..=65535).contains(&it)) {
        return Err(bad_request(
            "BadRequest",
            "The destination's port is not one from 0 to 65535.",
        ));
    }
    let target = Target::of(&state, &body, port, &callers)?;
    let finish =
        Box::new(move |state: &mut State| Ending::Succeeded(Some(answer(state, &source, &target))));
    let of = format!("{watcher}/connectivityChecks/now");
    let begun = operations::begin(context, &mut state, &callers, &of, finish);
    // The 202 is described with a body (`networkWatcher.json`), so its type is said, though there is nothing to say yet.
    let accepted =
        Reply::empty(StatusCode::ACCEPTED).with("content-type", "application/json; charset=utf-8");
    Ok(begun.announce(request, Style::Both, accepted))
}

/// Where a check begins or ends.
struct Place {
    id: String,
    /// The machine that the connection is tried from, when it is known.
    machine: Option<String>,
    /// Whether it is an interface, whose rules and routes are known.
    is_interface: bool,
    network: String,
    address: Ipv4Addr,
    internet: bool,
}

fn source(state: &State, body: &Body, callers: &Callers) -> Result<Place, Reply> {
    let id = fields::required_text(body, "/source/resourceId")?;
    place(state, "source.resourceId", id, callers)
}

/// The machine or interface of an id.
fn place(state: &State, property: &str, id: &str, callers: &Callers) -> Result<Place, Reply> {
    let parsed = linked::read(property, id)?;
    if state.tenant_of_scope(id) != Some(callers.main.tenant_id.as_str()) {
        return Err(foreign(&parsed, "connectivityCheck", callers));
    }
    let interface = state.resources_of_type(INTERFACES).find(|it| {
        let machine = it.property("/virtualMachine/id").and_then(Value::as_str);
        key(&it.id) == key(id) || machine.is_some_and(|it| key(it) == key(id))
    });
    let of_interface = interface.and_then(of_interface);
    let found = of_interface.or_else(|| vantage(state, &parsed));
    found.ok_or_else(|| {
        let message =
            format!("The resource '{id:.300}' at '{property}' has no address in a network.");
        bad_request("ReferencedResourceNotFound", &message)
    })
}

fn of_interface(interface: &Resource) -> Option<Place> {
    let (subnet, address) = interfaces::addresses(interface).next()?;
    let machine = interface.property("/virtualMachine/id");
    Some(Place {
        id: interface.id.clone(),
        machine: machine.and_then(Value::as_str).map(str::to_owned),
        is_interface: true,
        network: subnets::network_of(subnet)?,
        address,
        internet: true,
    })
}

fn vantage(state: &State, id: &ResourceId) -> Option<Place> {
    let vantage = state.vantage(&id.name)?;
    let is_machine = id.resource_type.eq_ignore_ascii_case(MACHINES);
    is_machine.then_some(Place {
        id: id.as_str().to_owned(),
        machine: None,
        is_interface: false,
        network: vantage.network.clone()?,
        address: vantage.address?,
        internet: vantage.internet,
    })
}

/// The form of the text is ARM's; see `write::linked`.
pub(super) fn foreign(id: &ResourceId, action: &str, callers: &Callers) -> Reply {
    let subscription = id.subscription.as_deref().unwrap_or(id.as_str());
    let message = format!(
        "The client has permission to perform action 'Microsoft.Network/networkWatchers/{action}/action', however the current tenant '{}' is not authorized to access linked subscription '{subscription}'.",
        callers.main.tenant_id
    );
    error(StatusCode::FORBIDDEN, "LinkedAuthorizationFailed", &message)
}

/// What is asked for.
struct Target {
    name: String,
    address: Option<Ipv4Addr>,
    port: Option<i64>,
}

impl Target {
    fn of(state: &State, body: &Body, port: Option<i64>, callers: &Callers) -> Result<Self, Reply> {
        if let Some(id) = fields::text(body, "/destination/resourceId")? {
            let place = place(state, "destination.resourceId", id, callers)?;
            let name = place.address.to_string();
            return Ok(Self {
                name,
                address: Some(place.address),
                port,
            });
        }
        let given = fields::required_text(body, "/destination/address")?;
        let host = given.split_once("://").map_or(given, |(_, rest)| rest);
        let host = host.split(['/', '?']).next().unwrap_or_default();
        let (host, in_name) = match host.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().ok()),
            None => (host, None),
        };
        let by_scheme = given
            .to_ascii_lowercase()
            .starts_with("https://")
            .then_some(HTTPS);
        Ok(Self {
            name: host.to_owned(),
            address: host.parse().ok(),
            port: port.or(in_name).or(by_scheme),
        })
    }
}

/// Why there is no connection: a type of the specification's `IssueType`, and a fragment or the name of a rule.
type Issue = (&'static str, String);

/// What stands in the way of a source's packets before they leave it.
fn leaves(
    state: &State,
    source: &Place,
    address: Ipv4Addr,
    port: Option<u16>,
) -> Result<(), Issue> {
    let Some(interface) = shown(state, source) else {
        return Ok(());
    };
    let local = (source.address, None);
    if let Some(rule) = flow::denies(state, &interface, false, local, (address, port)) {
        return Err((RULE, rule));
    }
    let route = next_hop::diverts(state, &interface, address);
    route.map_or(Ok(()), |route| Err((ROUTE, route)))
}

/// What keeps packets from coming in where they go.
fn enters(
    state: &State,
    source: &Place,
    target: &str,
    address: Ipv4Addr,
    port: Option<u16>,
) -> Result<(), Issue> {
    let id = ResourceId::parse(target).ok();
    let interface = id.and_then(|id| interfaces::shown(state, &id).ok());
    let rule = interface
        .filter(|it| it["type"] == INTERFACES)
        .and_then(|it| flow::denies(state, &it, true, (address, port), (source.address, None)));
    rule.map_or(Ok(()), |rule| Err((RULE, rule)))
}

fn shown(state: &State, place: &Place) -> Option<Value> {
    let id = ResourceId::parse(&place.id)
        .ok()
        .filter(|_| place.is_interface)?;
    interfaces::shown(state, &id).ok()
}

fn answer(state: &State, source: &Place, target: &Target) -> Value {
    let agent = source.machine.as_deref();
    let tried = match agent.is_none_or(|it| machines::agent_answers(state, it)) {
        true => Ok(()),
        false => Err(("AgentStopped", "the agent does not answer".to_owned())),
    };
    let address = tried.and_then(|()| {
        let named = target.address;
        named.map_or_else(|| look_up(state, source, &target.name), Ok)
    });
    let port = target.port.and_then(|port| u16::try_from(port).ok());
    let arrived = address.clone().and_then(|address| {
        leaves(state, source, address, port)?;
        arrive(state, source, address, target.port)
    });
    let entered = match (&arrived, &address) {
        (Ok((_, resource)), Ok(address)) => enters(state, source, resource, *address, port),
        _ => Ok(()),
    };
    let refused = entered
        .as_ref()
        .err()
        .map(|(issue, why)| issues("Inbound", issue, why));
    let first = derived_guid(&source.id, "hop");
    let next = derived_guid(&format!("{}>{}", source.id, target.name), "hop");
    let failed = arrived.is_err() || refused.is_some();
    let (kind, resource, issues) = match arrived {
        Ok((kind, resource)) => (kind, resource, json!([])),
        Err((issue, why)) => ("Unknown", String::new(), issues("Outbound", issue, &why)),
    };
    let mut body = json!({
        "hops": [
            {
                "type": "Source",
                "id": first,
                "address": source.address,
                "resourceId": source.id,
                "nextHopIds": [next],
                "issues": issues,
            },
            {
                "type": kind,
                "id": next,
                "address": address.map_or_else(|_| target.name.clone(), |it| it.to_string()),
                "resourceId": resource,
                "nextHopIds": [],
                "issues": refused.unwrap_or_else(|| json!([])),
            },
        ],
        "connectionStatus": if failed { "Disconnected" } else { "Connected" },
        "probesSent": PROBES,
        "probesFailed": if failed { PROBES } else { 0 },
    });
    if !failed {
        for (name, latency) in [
            ("avgLatencyInMs", 1),
            ("minLatencyInMs", 1),
            ("maxLatencyInMs", 4),
        ] {
            body[name] = json!(latency);
        }
    }
    body
}

/// The keys of rules and routes are those of public examples (azure-docs, `network-watcher-connectivity-rest.md`).
fn issues(origin: &str, issue: &str, why: &str) -> Value {
    let key = match issue {
        RULE => "RuleName",
        ROUTE => "RouteName",
        _ => "reason",
    };
    json!([{
        "origin": origin,
        "severity": "Error",
        "type": issue,
        "context": [{"key": key, "value": why}],
    }])
}

fn look_up(state: &State, source: &Place, name: &str) -> Result<Ipv4Addr, Issue> {
    let found = match dns::answer_in(state, &source.network, name, "A") {
        DnsAnswer::Records { answers, .. } => answers.into_iter().find_map(|it| match it.data {
            Data::A(address) => Some(address),
            Data::Cname(_) => None,
        }),
        DnsAnswer::NoAnswer => None,
    };
    found.ok_or_else(|| {
        (
            "DnsResolution",
            format!("the name {name:.200} has no address"),
        )
    })
}

/// What is at the other end: the type of the hop, and a resource.
fn arrive(
    state: &State,
    source: &Place,
    address: Ipv4Addr,
    port: Option<i64>,
) -> Result<(&'static str, String), Issue> {
    let takes = || match port {
        None | Some(HTTPS) => Ok(()),
        Some(port) => Err((
            "Unknown",
            format!("nobody listens on port {port} of {address}"),
        )),
    };
    if is_front_door(address) {
        if !source.internet {
            return Err((
                "Platform",
                "the source has no way to the Internet".to_owned(),
            ));
        }
        return takes().map(|()| ("Internet", String::new()));
    }
    let (network, carried) = match hop(state, &source.network, address) {
        Hop::Network {
            id,
            private_endpoints,
        } => (id, private_endpoints),
        Hop::Dropped(why) => return Err(("Platform", why)),
    };
    let endpoints = &state.derived().endpoints;
    if let Some(endpoint) = endpoints.at(address.into(), &[network.as_str()]) {
        if !carried || !endpoint.is_approved() {
            let why = format!(
                "private endpoint {} does not take this connection",
                endpoint.name
            );
            return Err(("Platform", why));
        }
        return takes().map(|()| ("PrivateEndpoint", endpoint.id.clone()));
    }
    machine(state, &network, address)
        .map(|id| ("VirtualNetwork", id))
        .ok_or_else(|| ("Unknown", format!("nobody has the address {address}")))
}

fn machine(state: &State, network: &str, address: Ipv4Addr) -> Option<String> {
    let network = key(network);
    let of_it = |subnet: &str| subnets::network_of(subnet).is_some_and(|it| key(&it) == network);
    let interface = state
        .resources_of_type(INTERFACES)
        .find(|it| interfaces::addresses(it).any(|(subnet, own)| own == address && of_it(subnet)));
    if let Some(interface) = interface {
        return Some(interface.id.clone());
    }
    let mut vantages = state.vantages.values();
    let is_there = vantages.any(|it| {
        it.address == Some(address) && it.network.as_ref().is_some_and(|it| key(it) == network)
    });
    is_there.then(String::new)
}
