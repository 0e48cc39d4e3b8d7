//! `Microsoft.Network/virtualNetworks/virtualNetworkPeerings`: given ones, and those that a deployed hub-and-spoke makes.
//!
//! State and address space of the other side are derived. Missing on purpose: peerings of single subnets, a sync level
//! other than `FullyInSync`, writes.

use http::Method;
use serde_json::{Value, json};

use super::{found, not_built, page, provider, read, shape};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::network_manager::{PEERINGS, Peering, key};
use crate::services::private_endpoint::derived_guid;
use crate::services::{Operation, Service};
use crate::store::State;

const SPEC: &str = "network/2024-01-01/virtualNetwork.json";
const READ: &str = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/read";
const ONE: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/virtualNetworkPeerings/{virtualNetworkPeeringName}";

/// The service.
pub const SERVICE: Service = provider("arm-peering", "peerings of virtual networks", OPERATIONS);

const OPERATIONS: &[Operation] = &[
    read("VirtualNetworkPeerings_Get", ONE, READ, SPEC, get),
    read(
        "VirtualNetworkPeerings_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/virtualNetworkPeerings",
        READ,
        SPEC,
        list,
    ),
    not_built(
        "VirtualNetworkPeerings_CreateOrUpdate",
        Method::PUT,
        ONE,
        "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write",
        SPEC,
    ),
    not_built(
        "VirtualNetworkPeerings_Delete",
        Method::DELETE,
        ONE,
        "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/delete",
        SPEC,
    ),
];

fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let id = match found::parse(&request.path) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    let all = id
        .parent()
        .map(|network| state.derived().connectivity.peerings.of_network(network));
    let named = all
        .unwrap_or_default()
        .iter()
        .find(|it| key(&it.id) == id.key());
    named.map_or_else(
        || found::missing(&state, &id),
        |it| Reply::ok(&peering(&state, it)),
    )
}

fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::parent(&state, request).map_or_else(
        |reply| reply,
        |network| page::reply(request, of_network(&state, &network.id)),
    )
}

/// The peerings of a network: its list, and `virtualNetworkPeerings` of the network itself.
pub(super) fn of_network(state: &State, network: &str) -> Vec<Value> {
    let all = state.derived().connectivity.peerings.of_network(network);
    all.iter().map(|it| peering(state, it)).collect()
}

fn peering(state: &State, peering: &Peering) -> Value {
    let mut body = json!({
        "id": peering.id,
        "name": peering.name,
        "type": PEERINGS,
        "properties": peering.given,
    });
    for (property, default) in [
        ("allowVirtualNetworkAccess", true),
        ("allowForwardedTraffic", false),
        ("allowGatewayTransit", false),
        ("useRemoteGateways", false),
    ] {
        shape::default(&mut body, property, json!(default));
    }
    let remote = state.resource(&key(&peering.remote));
    if let Some(space) = remote.and_then(|it| it.property("/addressSpace")) {
        shape::default(&mut body, "remoteAddressSpace", space.clone());
        shape::derive(&mut body, "remoteVirtualNetworkAddressSpace", space.clone());
    }
    let connected = if peering.connected {
        "Connected"
    } else {
        "Initiated"
    };
    shape::derive(
        &mut body,
        "remoteVirtualNetwork",
        json!({"id": peering.remote}),
    );
    shape::default(&mut body, "peeringState", json!(connected));
    shape::default(&mut body, "peeringSyncLevel", json!("FullyInSync"));
    shape::default(&mut body, "provisioningState", json!("Succeeded"));
    shape::default(
        &mut body,
        "resourceGuid",
        json!(derived_guid(&peering.id, "resource")),
    );
    body["etag"] = shape::derived_etag(&peering.id, &body);
    body
}
