//! `effectiveRouteTable` of a network interface: what its packets follow.
//!
//! - its network's own prefixes (`VnetLocal`), those of peered networks (`VNetPeering`, in another region
//!   `VNetGlobalPeering`) and of the connected groups that are deployed (`ConnectedGroup`)
//! - a /32 for each private endpoint there (`InterfaceEndpoint`), as far as its network carries traffic to it
//! - what Azure has for everything else (`Internet`, and `None` for private ranges; the official example)
//! - the routes of the subnet's own table (`User`), which make others of the same prefix `Invalid`
//!
//! The names of next hops that the specification lacks are explained in API.md §3; that of peerings with another region has
//! no source beyond the documentation's.

use http::StatusCode;
use serde_json::{Value, json};

use super::{interfaces, prefix, subnets};
use crate::auth::Caller;
use crate::context::Context;
use crate::lro::Ending;
use crate::request::{Reply, Request};
use crate::services::arm::errors::bad_request;
use crate::services::arm::operations::{self, Style};
use crate::services::arm::write::linked::Callers;
use crate::services::arm::{found, machines};
use crate::services::network_manager::{key, region_of};
use crate::store::{ROUTES, Resource, State};
use crate::world::MeshPrivateEndpoints;

/// Where packets go that nothing else says anything about.
const OTHERWISE: &[(&str, &str)] = &[
    ("0.0.0.0/0", "Internet"),
    ("10.0.0.0/8", "None"),
    ("100.64.0.0/10", "None"),
    ("172.16.0.0/12", "None"),
    ("192.168.0.0/16", "None"),
];

/// `NetworkInterfaces_GetEffectiveRouteTable`.
pub(super) fn effective(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let begun = || {
        let callers = Callers::of(context, request, caller)?;
        let mut state = context.state_mut();
        let path = request.path.rsplit_once('/').map_or("", |(head, _)| head);
        let interface = interfaces::shown(&state, &found::parse(path)?)?;
        let id = interface["id"].as_str().unwrap_or_default().to_owned();
        let machine = interface.pointer("/properties/virtualMachine/id");
        if let Some(machine) = machine.and_then(Value::as_str)
            && !machines::runs(&state, machine)
        {
            return Err(not_running(&id, machine));
        }
        let finish = Box::new(move |state: &mut State| {
            Ending::Succeeded(Some(json!({"value": table(state, &interface)})))
        });
        let of = format!("{id}/effectiveRoutes/now");
        let begun = operations::begin(context, &mut state, &callers, &of, finish);
        let accepted = Reply::empty(StatusCode::ACCEPTED);
        Ok(begun.announce(request, Style::Both, accepted))
    };
    begun().unwrap_or_else(|refused: Reply| refused)
}

/// Azure answers for interfaces of running machines only (azure-docs, `virtual-network/diagnose-network-routing-
/// problem.md`); code and text are ours.
fn not_running(interface: &str, machine: &str) -> Reply {
    let message = format!(
        "The effective routes of network interface {interface} are not available: virtual machine {machine} is not running."
    );
    bad_request("NetworkInterfaceNotInUseByRunningVirtualMachine", &message)
}

/// The routes of an interface as it is shown.
pub(super) fn table(state: &State, interface: &Value) -> Vec<Value> {
    let subnet = interface
        .pointer("/properties/ipConfigurations/0/properties/subnet/id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let network = subnets::network_of(subnet).and_then(|it| state.resource(&it));
    let mut routes = network.map_or_else(Vec::new, |it| derived(state, it));
    routes.extend(otherwise(network));
    for route in own(state, subnet) {
        for other in &mut routes {
            if other["addressPrefix"] == route["addressPrefix"] {
                other["state"] = json!("Invalid");
            }
        }
        routes.push(route);
    }
    routes
}

fn derived(state: &State, network: &Resource) -> Vec<Value> {
    let mut routes = to(network, "VnetLocal");
    let mut endpoints = vec![key(&network.id)];
    let connectivity = &state.derived().connectivity;
    for id in connectivity.peerings.reached_from(&network.id) {
        let Some(remote) = state.resource(&id) else {
            continue;
        };
        let near = region_of(remote) == region_of(network);
        let hop = if near {
            "VNetPeering"
        } else {
            "VNetGlobalPeering"
        };
        routes.extend(to(remote, hop));
        endpoints.push(id);
    }
    for (id, group) in connectivity.connected_groups.reached_from(&network.id) {
        let Some(remote) = state.resource(id) else {
            continue;
        };
        routes.extend(to(remote, "ConnectedGroup"));
        let reachable = state.mesh_private_endpoints == MeshPrivateEndpoints::Reachable;
        if reachable || group.scales_private_endpoints {
            endpoints.push(id.to_owned());
        }
    }
    routes.dedup();
    routes.extend(to_endpoints(state, &endpoints));
    routes
}

fn to(network: &Resource, hop: &str) -> Vec<Value> {
    let spaces = prefix::spaces(network.properties());
    spaces.into_iter().map(|it| default(it, hop)).collect()
}

fn to_endpoints(state: &State, networks: &[String]) -> Vec<Value> {
    let all = state.derived().endpoints.iter();
    let near = all.filter(|it| {
        let network = it.network();
        network.is_some_and(|it| networks.contains(&key(&it)))
    });
    let addresses = near.flat_map(|it| it.addresses.iter().filter_map(|it| it.address));
    addresses
        .map(|it| default(&format!("{it}/32"), "InterfaceEndpoint"))
        .collect()
}

fn otherwise(network: Option<&Resource>) -> Vec<Value> {
    let spaces = network.map_or_else(Vec::new, |it| prefix::spaces(it.properties()));
    let rest = OTHERWISE.iter().filter(|(it, _)| !spaces.contains(it));
    rest.map(|(prefix, hop)| default(prefix, hop)).collect()
}

/// The routes of the subnet's table.
fn own(state: &State, subnet: &str) -> Vec<Value> {
    let table = state.resource(subnet);
    let table = table.and_then(|it| it.property("/routeTable/id"));
    let table = table.and_then(|it| state.resource(it.as_str()?));
    let routes = table.map_or_else(Vec::new, |it| state.in_order(&it.id, ROUTES));
    let shown = |it: &Resource| {
        let properties = it.properties();
        let next = properties["nextHopIpAddress"].as_str();
        json!({
            "name": it.name,
            "source": "User",
            "state": "Active",
            "addressPrefix": [properties["addressPrefix"]],
            "nextHopType": properties["nextHopType"],
            "nextHopIpAddress": next.into_iter().collect::<Vec<_>>(),
        })
    };
    routes.into_iter().map(shown).collect()
}

fn default(prefix: &str, hop: &str) -> Value {
    json!({
        "source": "Default",
        "state": "Active",
        "addressPrefix": [prefix],
        "nextHopType": hop,
        "nextHopIpAddress": [],
    })
}
