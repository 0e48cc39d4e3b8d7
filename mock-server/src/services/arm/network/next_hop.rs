//! `nextHop`: where do packets of a machine go that are for an address?
//!
//! The most specific route of those that `effectiveRouteTable` shows decides; the route of a table is preferred. Shapes:
//! `NetworkWatcherNextHopGet.json`; `System Route` and the names of hops that the specification lacks are azure-docs'
//! (`network-watcher-next-hop-overview.md`).

use std::net::Ipv4Addr;

use http::StatusCode;
use serde_json::{Value, json};

use super::connectivity::foreign;
use super::{interfaces, routes, watchers};
use crate::auth::Caller;
use crate::context::Context;
use crate::lro::Ending;
use crate::request::{Reply, Request};
use crate::services::arm::errors::bad_request;
use crate::services::arm::operations::{self, Style};
use crate::services::arm::write::linked::{self, Callers};
use crate::services::arm::write::{Body, body, fields};
use crate::services::network_manager::key;
use crate::services::private_endpoint::address::range;
use crate::services::subnets::INTERFACES;
use crate::store::State;

/// `NetworkWatchers_GetNextHop`.
pub(super) fn get(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    try_get(context, request, caller).unwrap_or_else(|refused| refused)
}

fn try_get(context: &Context, request: &Request, caller: Option<&Caller>) -> Result<Reply, Reply> {
    let body = body::object(request)?;
    let callers = Callers::of(context, request, caller)?;
    let mut state = context.state_mut();
    let path = request.path.rsplit_once('/').map_or("", |(head, _)| head);
    let watcher = watchers::found(&state, request, path)?;
    let watcher = watcher["id"].as_str().unwrap_or_default().to_owned();
    let interface = asked_interface(&state, &body, "nextHop", &callers)?;
    let source = address(&body, "/sourceIPAddress")?;
    let destination = address(&body, "/destinationIPAddress")?;
    if !has(&interface, source) {
        let message = format!("The source IP address {source} is none of the target's.");
        return Err(bad_request("SourceIPAddressNotFound", &message));
    }
    let finish = Box::new(move |state: &mut State| {
        Ending::Succeeded(Some(hop(state, &interface, destination)))
    });
    let of = format!("{watcher}/nextHop/now");
    let begun = operations::begin(context, &mut state, &callers, &of, finish);
    Ok(begun.announce(request, Style::Both, Reply::empty(StatusCode::ACCEPTED)))
}

/// The interface that a body asks about: the one that is named, or that of the machine.
pub(super) fn asked_interface(
    state: &State,
    body: &Body,
    action: &str,
    callers: &Callers,
) -> Result<Value, Reply> {
    let target = fields::required_text(body, "/targetResourceId")?;
    let named = fields::text(body, "/targetNicResourceId")?;
    let (at, id) = match named {
        Some(named) => ("targetNicResourceId", named),
        None => ("targetResourceId", target),
    };
    let parsed = linked::read(at, id)?;
    if state.tenant_of_scope(id) != Some(callers.main.tenant_id.as_str()) {
        return Err(foreign(&parsed, action, callers));
    }
    let of_machine = state.resources_of_type(INTERFACES).find(|it| {
        let machine = it.property("/virtualMachine/id").and_then(Value::as_str);
        machine.is_some_and(|it| key(it) == key(id))
    });
    let id = match of_machine {
        Some(interface) => linked::read(at, &interface.id)?,
        None => parsed,
    };
    interfaces::shown(state, &id)
}

pub(super) fn address(body: &Body, at: &str) -> Result<Ipv4Addr, Reply> {
    let text = fields::required_text(body, at)?;
    text.parse().map_err(|_| {
        let message = format!("'{}' is no IPv4 address: {text:.50}", fields::dotted(at));
        bad_request("InvalidIPAddress", &message)
    })
}

pub(super) fn has(interface: &Value, address: Ipv4Addr) -> bool {
    let all = interface["properties"]["ipConfigurations"].as_array();
    let text = address.to_string();
    let own = |it: &Value| it["properties"]["privateIPAddress"] == text.as_str();
    all.is_some_and(|all| all.iter().any(own))
}

/// The most specific of the active routes, that of a table before one of Azure's.
fn deciding(state: &State, interface: &Value, destination: Ipv4Addr) -> Option<Value> {
    let number = u32::from(destination);
    let size = |route: &Value| {
        let (first, last) = range(route["addressPrefix"][0].as_str()?)?;
        (first <= number && number <= last).then(|| last - first)
    };
    let table = routes::table(state, interface).into_iter();
    let active = table.filter(|it| it["state"] == "Active");
    let sized = active.filter_map(|it| Some((size(&it)?, it["source"] != "User", it)));
    let best = sized.min_by_key(|(size, is_default, _)| (*size, *is_default));
    best.map(|(_, _, route)| route)
}

/// The name of the table's route that sends packets for an address somewhere else, if one does.
pub(super) fn diverts(state: &State, interface: &Value, destination: Ipv4Addr) -> Option<String> {
    let route = deciding(state, interface, destination)?;
    let stays = ["VnetLocal", "Internet"]
        .iter()
        .any(|hop| route["nextHopType"] == *hop);
    let is_own = route["source"] == "User" && !stays;
    is_own.then(|| route["name"].as_str().unwrap_or_default().to_owned())
}

fn hop(state: &State, interface: &Value, destination: Ipv4Addr) -> Value {
    let Some(route) = deciding(state, interface, destination) else {
        return json!({"nextHopType": "None", "routeTableId": "System Route"});
    };
    let is_default = route["source"] != "User";
    let subnet = interface.pointer("/properties/ipConfigurations/0/properties/subnet/id");
    let subnet = subnet
        .and_then(Value::as_str)
        .and_then(|it| state.resource(it));
    let of = subnet.and_then(|it| it.property("/routeTable/id")?.as_str());
    let mut body = json!({
        "nextHopType": route["nextHopType"],
        "routeTableId": of.filter(|_| !is_default).unwrap_or("System Route"),
    });
    if let Some(address) = route["nextHopIpAddress"].get(0) {
        body["nextHopIpAddress"] = address.clone();
    }
    body
}
