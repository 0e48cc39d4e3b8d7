//! `Microsoft.Network/virtualNetworks/virtualNetworkPeerings`: given ones, and those that a deployed hub-and-spoke makes.
//!
//! State and address space of the other side are derived. A peering remembers the other side's address space as it was when
//! it was made or written with `syncRemoteAddressSpace=true`: what differs from it now is the sync level. Which of the two
//! sides Azure calls `LocalNotInSync` is not documented; here it is the one whose own memory is old. Missing on purpose:
//! peerings of single subnets, which are kept and act like whole ones.

use http::Method;
use serde_json::{Map, Value, json};

use super::write::{self, Body, Kind, Manner, Write, fields, linked};
use super::{built, delete, errors, found, page, provider, read, shape};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::operations::Style;
use crate::services::network_manager::{NETWORKS, PEERINGS, Peering, key, peering::has_gateway};
use crate::services::private_endpoint::address::range;
use crate::services::private_endpoint::derived_guid;
use crate::services::{Operation, Service};
use crate::store::{Resource, State};

const SPEC: &str = "network/2024-01-01/virtualNetwork.json";
const READ: &str = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/read";
const ONE: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/virtualNetworkPeerings/{virtualNetworkPeeringName}";
/// The right at the other network (hashicorp/terraform-provider-azurerm #4546).
const PEER: &str = "Microsoft.Network/virtualNetworks/peer/action";

/// What a client may say of a peering (`virtualNetwork.json`).
const KNOWN: &[&str] = &[
    "allowForwardedTraffic",
    "allowGatewayTransit",
    "allowVirtualNetworkAccess",
    "doNotVerifyRemoteGateways",
    "enableOnlyIPv6Peering",
    "localSubnetNames",
    "peerCompleteVnets",
    "remoteSubnetNames",
    "remoteVirtualNetwork",
    "useRemoteGateways",
];

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
    built(
        "VirtualNetworkPeerings_CreateOrUpdate",
        Method::PUT,
        ONE,
        "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write",
        SPEC,
        put,
    ),
    delete::<Given<false>>(
        "VirtualNetworkPeerings_Delete",
        ONE,
        "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/delete",
        SPEC,
    ),
];

/// Peerings that people make; written with or without `syncRemoteAddressSpace=true`.
struct Given<const SYNC: bool>;

impl<const SYNC: bool> Kind for Given<SYNC> {
    const TYPE: &'static str = PEERINGS;
    const PUT: Manner = Manner::Operation(Style::AzureAsyncOperation);
    const DELETE: Manner = Manner::Operation(Style::Both);

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(body, KNOWN);
        let network = write.id.parent().and_then(|it| write.state.resource(it));
        let Some(network) = network else {
            return Err(linked::not_there(write, write.id.as_str()));
        };
        let properties = body.get("properties").and_then(Value::as_object);
        let properties = properties.cloned().unwrap_or_default();
        let spaces = network.properties().clone();
        let kept = check(write, write.id.as_str(), properties, &spaces, SYNC)?;
        body.insert("properties".to_owned(), Value::Object(kept));
        Ok(())
    }

    fn show(state: &State, given: &Resource) -> Value {
        one(state, &given.id).unwrap_or_default()
    }
}

fn put(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let sync = request.query("syncRemoteAddressSpace");
    if sync.is_some_and(|it| it.eq_ignore_ascii_case("true")) {
        write::put::<Given<true>>(context, request, caller)
    } else {
        write::put::<Given<false>>(context, request, caller)
    }
}

/// Checks the peerings in the body of a network; those of hub-and-spoke, which nobody writes, are taken out of it.
///
/// # Errors
/// The refusal of the first that is wrong.
pub(super) fn prepare_all(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
    let given = super::network::items(body, "virtualNetworkPeerings", KNOWN)?;
    if given.is_empty() {
        if let Some(properties) = body.get_mut("properties").and_then(Value::as_object_mut) {
            properties.shift_remove("virtualNetworkPeerings");
        }
        return Ok(());
    }
    let network = write.id.as_str();
    let spaces = body.get("properties").cloned().unwrap_or_default();
    let mut kept = Vec::new();
    for (name, properties) in given {
        let id = format!("{network}/virtualNetworkPeerings/{name}");
        let existing = write.state.resource(&id);
        if existing.is_none() && one(write.state, &id).is_some() {
            continue;
        }
        let properties = match existing.filter(|it| same_remote(it, &properties)) {
            Some(existing) => changed(existing, properties),
            None => check(write, &id, properties, &spaces, false)?,
        };
        kept.push(json!({"name": name, "properties": properties}));
    }
    fields::set(body, "virtualNetworkPeerings", kept);
    Ok(())
}

fn same_remote(existing: &Resource, properties: &Map<String, Value>) -> bool {
    let now = existing
        .property("/remoteVirtualNetwork/id")
        .and_then(Value::as_str);
    let given = properties.get("remoteVirtualNetwork");
    let given = given.and_then(|it| it.get("id")?.as_str());
    now.zip(given)
        .is_some_and(|(now, given)| key(now) == key(given))
}

/// A peering that a client sends back with its network: no right at the other network is asked for again.
fn changed(existing: &Resource, mut given: Map<String, Value>) -> Map<String, Value> {
    given.shift_remove("remoteVirtualNetwork");
    let now = existing.properties().as_object().cloned();
    let mut properties = now.unwrap_or_default();
    properties.shift_remove("provisioningState");
    properties.extend(given);
    properties
}

/// What of a peering is kept, when nothing is wrong with it. `own` has the network's address space.
fn check(
    write: &Write<'_>,
    id: &str,
    mut properties: Map<String, Value>,
    own: &Value,
    sync: bool,
) -> Result<Map<String, Value>, Reply> {
    let held = Body::from_iter([("properties".to_owned(), Value::Object(properties.clone()))]);
    for flag in [
        "allowForwardedTraffic",
        "allowGatewayTransit",
        "allowVirtualNetworkAccess",
        "useRemoteGateways",
    ] {
        fields::flag(&held, &format!("/properties/{flag}"))?;
    }
    let at = "/properties/remoteVirtualNetwork/id";
    let remote = fields::required_text(&held, at)?;
    write.linked(&fields::dotted(at), remote, PEER)?;
    let remote = write.state.resource(remote).filter(|it| it.is_a(NETWORKS));
    let Some(remote) = remote else {
        let given = fields::required_text(&held, at)?;
        return Err(linked::not_there(write, given));
    };
    let existing = write.state.resource(id);
    let parts = Parts { id, remote, own };
    parts.check(write.state, existing, &held)?;
    properties.insert("remoteVirtualNetwork".to_owned(), json!({"id": remote.id}));
    let space = remote.property("/addressSpace").cloned();
    let before = existing
        .and_then(|it| it.property("/remoteAddressSpace"))
        .cloned();
    let remembered = if sync { space } else { before.or(space) };
    properties.extend(remembered.map(|it| ("remoteAddressSpace".to_owned(), it)));
    Ok(properties)
}

/// A peering that is checked.
struct Parts<'a> {
    id: &'a str,
    remote: &'a Resource,
    own: &'a Value,
}

impl Parts<'_> {
    fn network(&self) -> &str {
        let head = self.id.rsplit_once("/virtualNetworkPeerings/");
        head.map_or(self.id, |(network, _)| network)
    }

    /// Codes are Azure's as users report them; of the texts that of a disconnected one is (hashicorp/
    /// terraform-provider-azurerm #14051), the others are ours.
    fn check(&self, state: &State, existing: Option<&Resource>, body: &Body) -> Result<(), Reply> {
        let (id, network, remote) = (self.id, self.network(), &self.remote.id);
        let refuse = |code: &str, why: &str| {
            let message = format!("Cannot create or update peering {id}{why}");
            Err(errors::bad_request(code, &message))
        };
        if key(network) == key(remote) {
            return refuse(
                "InvalidRemoteVirtualNetwork",
                ": a virtual network cannot be peered with itself.",
            );
        }
        let before = existing.and_then(|it| it.property("/remoteVirtualNetwork/id")?.as_str());
        if before.is_some_and(|it| key(it) != key(remote)) {
            return refuse(
                "ChangingRemoteVirtualNetworkNotAllowed",
                ": its remote virtual network cannot be changed.",
            );
        }
        let peerings = &state.derived().connectivity.peerings;
        let mut own = peerings.of_network(network).iter();
        if let Some(other) = own.find(|it| key(&it.remote) == key(remote) && key(&it.id) != key(id))
        {
            let why = format!(
                ". Already another peering {} references the remote virtual network {remote}.",
                other.id
            );
            return refuse("AnotherPeeringAlreadyReferencesRemoteVnet", &why);
        }
        let mut theirs = peerings.of_network(remote).iter();
        if let Some(back) = theirs.find(|it| key(&it.remote) == key(network) && it.disconnected) {
            let why = format!(
                " because remote peering {} referencing parent virtual network {network} is in Disconnected state. Update or re-create the remote peering to get it back to Initiated state. Peering gets Disconnected when remote vnet or remote peering is deleted and re-created.",
                back.id
            );
            return refuse("RemotePeeringIsDisconnected", &why);
        }
        if let Some(overlap) = self.overlap() {
            let why = format!(
                ". Virtual networks {network} and {remote} cannot be peered because their address spaces overlap. Overlapping address prefixes: {overlap}"
            );
            return refuse("VnetAddressSpacesOverlap", &why);
        }
        let uses = fields::flag(body, "/properties/useRemoteGateways")? == Some(true);
        if uses && !has_gateway(state, remote) {
            let why = format!(
                ": UseRemoteGateways cannot be true because remote virtual network {remote} has no gateways."
            );
            return refuse("RemoteVnetHasNoGateways", &why);
        }
        Ok(())
    }

    fn overlap(&self) -> Option<String> {
        let theirs = prefixes(self.remote.properties());
        let mut own = prefixes(self.own).into_iter();
        own.find_map(|own| {
            let (first, last) = range(own)?;
            let overlaps = |it: &&str| range(it).is_some_and(|it| it.0 <= last && first <= it.1);
            theirs
                .iter()
                .find(|it| overlaps(it))
                .map(|it| format!("{own}, {it}"))
        })
    }
}

fn prefixes(properties: &Value) -> Vec<&str> {
    let all = properties.pointer("/addressSpace/addressPrefixes");
    let all = all.and_then(Value::as_array).into_iter().flatten();
    all.filter_map(Value::as_str).collect()
}

fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let id = match found::parse(&request.path) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    one(&state, id.as_str()).map_or_else(|| found::missing(&state, &id), |it| Reply::ok(&it))
}

/// A peering by id, given or made.
fn one(state: &State, id: &str) -> Option<Value> {
    let network = id.rsplit_once('/')?.0.rsplit_once('/')?.0;
    let all = state.derived().connectivity.peerings.of_network(network);
    let named = all.iter().find(|it| key(&it.id) == key(id));
    named.map(|it| peering(state, it))
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
    let connected = match (peering.connected, peering.disconnected) {
        (true, _) => "Connected",
        (false, true) => "Disconnected",
        (false, false) => "Initiated",
    };
    shape::derive(
        &mut body,
        "remoteVirtualNetwork",
        json!({"id": peering.remote}),
    );
    shape::derive(&mut body, "peeringState", json!(connected));
    let level = sync_level(state, peering);
    shape::default(&mut body, "peeringSyncLevel", json!(level));
    shape::default(&mut body, "provisioningState", json!("Succeeded"));
    shape::default(
        &mut body,
        "resourceGuid",
        json!(derived_guid(&peering.id, "resource")),
    );
    body["etag"] = shape::derived_etag(&peering.id, &body);
    body
}

/// Do both sides remember each other's address space as it is?
fn sync_level(state: &State, peering: &Peering) -> &'static str {
    let network = peering.id.rsplit_once("/virtualNetworkPeerings/");
    let network = network.map_or("", |(network, _)| network);
    let is_old = |remembered: &Value, of: &str| {
        let remembered = remembered.get("remoteAddressSpace");
        let now = state
            .resource(&key(of))
            .and_then(|it| it.property("/addressSpace"));
        remembered.is_some() && now.is_some() && remembered != now
    };
    let all = state
        .derived()
        .connectivity
        .peerings
        .of_network(&peering.remote);
    let back = all.iter().find(|it| key(&it.remote) == key(network));
    let local = is_old(&peering.given, &peering.remote);
    let remote = back.is_some_and(|it| is_old(&it.given, network));
    match (local, remote) {
        (false, false) => "FullyInSync",
        (true, false) => "LocalNotInSync",
        (false, true) => "RemoteNotInSync",
        (true, true) => "LocalAndRemoteNotInSync",
    }
}
