//! Network interfaces: those that clients make, and those that private endpoints bring, which are read-only.
//!
//! An interface without an address of its own choice (`Dynamic`) gets the first that is free in its subnet, and keeps it.
//! Interfaces of endpoints are written by nobody: code and text of that refusal are ours.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::networks::items;
use super::{JOIN_GROUP, JOIN_SUBNET, addresses};
use crate::auth::Caller;
use crate::context::Context;
use crate::ids::ResourceId;
use crate::request::{Reply, Request};
use crate::services::arm::errors::{bad_request, resource_not_found};
use crate::services::arm::operations::Style;
use crate::services::arm::write::{self, Body, Kind, Location, Manner, Write, fields, linked};
use crate::services::arm::{found, page, shape};
use crate::services::private_endpoint::{Address, Endpoint, derived_guid};
use crate::services::subnets::{INTERFACES, configuration_name};
use crate::store::{Resource, SUBNETS, State};

/// What a client may say of an interface (`networkInterface.json`).
const KNOWN: &[&str] = &[
    "auxiliaryMode",
    "auxiliarySku",
    "disableTcpStateTracking",
    "dnsSettings",
    "enableAcceleratedNetworking",
    "enableIPForwarding",
    "ipConfigurations",
    "networkSecurityGroup",
    "nicType",
    "workloadType",
];
const CONFIGURATION: &[&str] = &[
    "applicationSecurityGroups",
    "loadBalancerBackendAddressPools",
    "primary",
    "privateIPAddress",
    "privateIPAddressVersion",
    "privateIPAllocationMethod",
    "publicIPAddress",
    "subnet",
];

/// Most ip configurations of an interface (azure-docs, `azure-resource-manager/management/azure-subscription-service-
/// limits.md`, "Networking limits").
const MOST_CONFIGURATIONS: usize = 256;

/// Interfaces that clients make.
pub(super) struct Interfaces;

impl Kind for Interfaces {
    const TYPE: &'static str = INTERFACES;
    const LOCATION: Location = Location::Required;
    const PUT: Manner = Manner::Operation(Style::AzureAsyncOperation);
    const DELETE: Manner = Manner::Operation(Style::Both);

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(body, KNOWN);
        let group = fields::text(body, "/properties/networkSecurityGroup/id")?;
        if let Some(group) = group {
            write.linked("properties.networkSecurityGroup.id", group, JOIN_GROUP)?;
            if write.state.resource(group).is_none() {
                return Err(linked::not_there(write, group));
            }
        }
        let mut configurations = Vec::new();
        let mut given = Vec::new();
        let items = items(body, "ipConfigurations", CONFIGURATION)?;
        if items.len() > MOST_CONFIGURATIONS {
            let message =
                format!("An interface has at most {MOST_CONFIGURATIONS} ip configurations.");
            return Err(bad_request("BadRequest", &message));
        }
        for (name, properties) in items {
            let at = format!("properties.ipConfigurations['{name}'].properties.subnet.id");
            let mut item = json!({"name": name, "properties": properties});
            let subnet = subnet(write, &item, &at)?;
            let address = address(write, &item, subnet, &given)?;
            given.push(address);
            let properties = &mut item["properties"];
            properties["privateIPAddress"] = json!(address);
            properties["subnet"] = json!({"id": subnet.id});
            configurations.push(item);
        }
        if configurations.is_empty() {
            return Err(fields::missing("/properties/ipConfigurations"));
        }
        fields::set(body, "ipConfigurations", configurations);
        Ok(())
    }

    fn show(_: &State, given: &Resource) -> Value {
        given_interface(given)
    }
}

fn subnet<'w>(write: &Write<'w>, item: &Value, at: &str) -> Result<&'w Resource, Reply> {
    let id = item
        .pointer("/properties/subnet/id")
        .and_then(Value::as_str);
    let id = id.ok_or_else(|| fields::missing(at))?;
    write.linked(at, id, JOIN_SUBNET)?;
    let found = write.state.resource(id).filter(|it| it.is_a(SUBNETS));
    found.ok_or_else(|| linked::not_there(write, id))
}

/// The address that is asked for, the one that the interface has, or a free one. Texts are those of captured answers
/// (hashicorp/terraform-provider-azurerm, issues about network interfaces) as far as codes go.
fn address(
    write: &Write<'_>,
    item: &Value,
    subnet: &Resource,
    given: &[Ipv4Addr],
) -> Result<Ipv4Addr, Reply> {
    let text = |pointer: &str| item.pointer(pointer).and_then(Value::as_str);
    let is_static = text("/properties/privateIPAllocationMethod")
        .is_some_and(|it| it.eq_ignore_ascii_case("Static"));
    let asked = text("/properties/privateIPAddress").filter(|it| !it.is_empty());
    let name = text("/name").unwrap_or_default();
    let kept = write.existing.and_then(|it| kept(it, name, &subnet.id));
    let Some(asked) = asked.filter(|_| is_static) else {
        let free = kept.or_else(|| addresses::first_free(write.state, subnet, given));
        return free.ok_or_else(|| {
            let message = format!(
                "Subnet {} does not have enough capacity for 1 IP addresses.",
                subnet.name
            );
            bad_request("SubnetIsFull", &message)
        });
    };
    let address: Ipv4Addr = asked.parse().map_err(|_| {
        bad_request(
            "InvalidIPAddressFormat",
            &format!("The IP address {asked:.100} is not formatted correctly."),
        )
    })?;
    let own = write.id.as_str();
    if given.contains(&address) || !addresses::is_free(write.state, subnet, address, own) {
        let message = format!(
            "Private static IP address {address} is not available in subnet {}.",
            subnet.id
        );
        return Err(bad_request("PrivateIPAddressNotAvailable", &message));
    }
    Ok(address)
}

/// The address that a configuration of an interface has in this subnet.
fn kept(interface: &Resource, name: &str, subnet: &str) -> Option<Ipv4Addr> {
    let all = interface.property("/ipConfigurations")?.as_array()?;
    let text = |it: &Value, pointer: &str| {
        it.pointer(pointer)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let found = all.iter().find(|it| {
        text(it, "/name").is_some_and(|it| it.eq_ignore_ascii_case(name))
            && text(it, "/properties/subnet/id").is_some_and(|it| it.eq_ignore_ascii_case(subnet))
    })?;
    text(found, "/properties/privateIPAddress")?.parse().ok()
}

/// Subnet and address of each configuration of an interface that was given.
pub(super) fn addresses(interface: &Resource) -> impl Iterator<Item = (&str, Ipv4Addr)> {
    let all = interface.property("/ipConfigurations");
    let all = all.and_then(Value::as_array).into_iter().flatten();
    all.filter_map(|it| {
        let subnet = it.pointer("/properties/subnet/id")?.as_str()?;
        let address = it.pointer("/properties/privateIPAddress")?.as_str()?;
        Some((subnet, address.parse().ok()?))
    })
}

/// PUT, unless a private endpoint has the interface.
pub(super) fn put(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let owned = owned(context, request);
    owned.unwrap_or_else(|| write::put::<Interfaces>(context, request, caller))
}

/// PATCH, unless a private endpoint has the interface.
pub(super) fn patch(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let owned = owned(context, request);
    owned.unwrap_or_else(|| write::patch::<Interfaces>(context, request, caller))
}

/// DELETE, unless a private endpoint has the interface.
pub(super) fn delete(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let owned = owned(context, request);
    owned.unwrap_or_else(|| write::delete::<Interfaces>(context, request, caller))
}

fn owned(context: &Context, request: &Request) -> Option<Reply> {
    let state = context.state();
    let endpoint = state.derived().endpoints.by_interface(&request.path)?;
    let message = format!(
        "The network interface {} belongs to the private endpoint {} and cannot be changed or deleted on its own.",
        endpoint.interface_id(),
        endpoint.id
    );
    Some(bad_request("NetworkInterfaceOfPrivateEndpoint", &message))
}

/// `NetworkInterfaceIPConfigurations_List`.
pub(super) fn list_configurations(
    context: &Context,
    request: &Request,
    _: Option<&Caller>,
) -> Reply {
    let state = context.state();
    let path = request.path.rsplit_once('/').map_or("", |(head, _)| head);
    match configurations(&state, path) {
        Ok(all) => page::reply(request, all),
        Err(reply) => reply,
    }
}

/// `NetworkInterfaceIPConfigurations_Get`.
pub(super) fn get_configuration(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let one = || {
        let id = found::parse(&request.path)?;
        let all = configurations(&state, id.parent().unwrap_or_default())?;
        let named = |it: &Value| {
            it["name"]
                .as_str()
                .is_some_and(|name| name.eq_ignore_ascii_case(&id.name))
        };
        all.into_iter()
            .find(named)
            .ok_or_else(|| resource_not_found(&id))
    };
    one().map_or_else(|reply| reply, |it| Reply::ok(&it))
}

fn configurations(state: &State, interface: &str) -> Result<Vec<Value>, Reply> {
    let shown = shown(state, &found::parse(interface)?)?;
    let all = shown["properties"]["ipConfigurations"].as_array();
    Ok(all.cloned().unwrap_or_default())
}

/// An interface of either sort, as GET answers it.
///
/// # Errors
/// The 404 that Azure would answer.
pub(super) fn shown(state: &State, id: &ResourceId) -> Result<Value, Reply> {
    if let Some(endpoint) = state.derived().endpoints.by_interface(id.as_str()) {
        return Ok(endpoint_interface(state, endpoint));
    }
    let found = state.resource(id.as_str());
    found
        .map(given_interface)
        .ok_or_else(|| found::missing(state, id))
}

/// `NetworkInterfaces_Get`.
pub(super) fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let one = found::parse(&request.path).and_then(|id| shown(&state, &id));
    one.map_or_else(|reply| reply, |it| Reply::ok(&it))
}

/// `NetworkInterfaces_List` and `NetworkInterfaces_ListAll`.
pub(super) fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let given = match found::listed(&state, request, INTERFACES) {
        Ok(given) => given,
        Err(reply) => return reply,
    };
    let prefix = request.path.to_ascii_lowercase();
    let group = request.parameter("resourceGroupName").to_ascii_lowercase();
    let subscription = format!(
        "/subscriptions/{}/",
        request.parameter("subscriptionId").to_ascii_lowercase()
    );
    let listed = |endpoint: &&Endpoint| {
        let id = endpoint.interface_id().to_ascii_lowercase();
        if group.is_empty() {
            id.starts_with(&subscription)
        } else {
            id.starts_with(&format!("{prefix}/"))
        }
    };
    let derived = state
        .derived()
        .endpoints
        .iter()
        .filter(listed)
        .map(|endpoint| endpoint_interface(&state, endpoint));
    page::reply(
        request,
        given
            .into_iter()
            .map(given_interface)
            .chain(derived)
            .collect(),
    )
}

fn given_interface(given: &Resource) -> Value {
    let mut body = shape::resource(given);
    let guid = derived_guid(&given.id, "resource");
    shape::default(&mut body, "resourceGuid", json!(guid));
    shape::default(
        &mut body,
        "dnsSettings",
        json!({"dnsServers": [], "appliedDnsServers": []}),
    );
    for property in ["enableAcceleratedNetworking", "enableIPForwarding"] {
        shape::default(&mut body, property, json!(false));
    }
    shape::default(&mut body, "nicType", json!("Standard"));
    let all = body["properties"]["ipConfigurations"].as_array_mut();
    for (index, item) in all.into_iter().flatten().enumerate() {
        given_configuration(&given.id, item, index == 0);
    }
    body["etag"] = shape::etag(given, &body);
    body
}

fn given_configuration(interface: &str, item: &mut Value, primary: bool) {
    let name = item["name"].as_str().unwrap_or_default().to_owned();
    let id = format!("{interface}/ipConfigurations/{name}");
    for (property, default) in [
        ("provisioningState", json!("Succeeded")),
        ("privateIPAllocationMethod", json!("Dynamic")),
        ("privateIPAddressVersion", json!("IPv4")),
        ("primary", json!(primary)),
    ] {
        shape::default(item, property, default);
    }
    item["type"] = json!("Microsoft.Network/networkInterfaces/ipConfigurations");
    item["etag"] = shape::derived_etag(&id, item);
    item["id"] = json!(id);
}

/// The interface that Azure makes for an endpoint.
fn endpoint_interface(state: &State, endpoint: &Endpoint) -> Value {
    let id = endpoint.interface_id();
    let location = state
        .resource(&endpoint.id)
        .and_then(|it| it.body.get("location").cloned())
        .unwrap_or_default();
    let configurations: Vec<Value> = endpoint
        .addresses
        .iter()
        .enumerate()
        .map(|(index, address)| configuration(endpoint, address, index == 0))
        .collect();
    let mut body = json!({
        "name": endpoint.interface_name,
        "id": id,
        "location": location,
        "properties": {
            "provisioningState": "Succeeded",
            "resourceGuid": derived_guid(&id, "resource"),
            "ipConfigurations": configurations,
            "dnsSettings": {"dnsServers": [], "appliedDnsServers": []},
            "enableAcceleratedNetworking": false,
            "enableIPForwarding": false,
            "hostedWorkloads": [],
            "tapConfigurations": [],
            "privateEndpoint": {"id": endpoint.id},
            "nicType": "Standard",
        },
        "type": INTERFACES,
    });
    body["etag"] = shape::derived_etag(&id, &body);
    body
}

fn configuration(endpoint: &Endpoint, address: &Address, primary: bool) -> Value {
    let name = configuration_name(endpoint, address);
    let id = format!("{}/ipConfigurations/{name}", endpoint.interface_id());
    let mut body = json!({
        "name": name,
        "id": id,
        "type": "Microsoft.Network/networkInterfaces/ipConfigurations",
        "properties": {
            "provisioningState": "Succeeded",
            "privateIPAddress": address.address,
            "privateIPAllocationMethod": "Dynamic",
            "subnet": {"id": endpoint.subnet},
            "primary": primary,
            "privateIPAddressVersion": "IPv4",
            "privateLinkConnectionProperties": {
                "groupId": address.group,
                "requiredMemberName": address.member,
                "fqdns": address.fqdns,
            },
        },
    });
    body["etag"] = shape::derived_etag(&id, &body);
    body
}
