//! `Microsoft.Network`: virtual networks, subnets, network interfaces.
//!
//! Subnets may be written in their network or as resources of their own; both are shown in both places. The interfaces of
//! private endpoints are derived; peerings have a file of their own. Missing on purpose: effective routes, writes.

use http::Method;
use serde_json::{Value, json};

use super::{found, not_built, page, peering, provider, read, resource_page, shape};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::private_endpoint::{Address, Endpoint, derived_guid};
use crate::services::{Operation, Service};
use crate::store::{Resource, State};

const NETWORK: &str = "network/2024-01-01/virtualNetwork.json";
const INTERFACE: &str = "network/2024-01-01/networkInterface.json";
const NETWORKS: &str = "Microsoft.Network/virtualNetworks";
const SUBNETS: &str = "Microsoft.Network/virtualNetworks/subnets";
const INTERFACES: &str = "Microsoft.Network/networkInterfaces";
const ONE: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}";

/// The service.
pub const SERVICE: Service = provider(
    "arm-network",
    "virtual networks, subnets and network interfaces",
    OPERATIONS,
);

const OPERATIONS: &[Operation] = &[
    read(
        "VirtualNetworks_Get",
        ONE,
        "Microsoft.Network/virtualNetworks/read",
        NETWORK,
        get_network,
    ),
    read(
        "VirtualNetworks_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks",
        "Microsoft.Network/virtualNetworks/read",
        NETWORK,
        list_networks,
    ),
    read(
        "VirtualNetworks_ListAll",
        "/subscriptions/{subscriptionId}/providers/Microsoft.Network/virtualNetworks",
        "Microsoft.Network/virtualNetworks/read",
        NETWORK,
        list_networks,
    ),
    not_built(
        "VirtualNetworks_CreateOrUpdate",
        Method::PUT,
        ONE,
        "Microsoft.Network/virtualNetworks/write",
        NETWORK,
    ),
    not_built(
        "VirtualNetworks_Delete",
        Method::DELETE,
        ONE,
        "Microsoft.Network/virtualNetworks/delete",
        NETWORK,
    ),
    read(
        "Subnets_Get",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
        "Microsoft.Network/virtualNetworks/subnets/read",
        NETWORK,
        get_subnet,
    ),
    read(
        "Subnets_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets",
        "Microsoft.Network/virtualNetworks/subnets/read",
        NETWORK,
        list_subnets,
    ),
    read(
        "NetworkInterfaces_Get",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/networkInterfaces/{networkInterfaceName}",
        "Microsoft.Network/networkInterfaces/read",
        INTERFACE,
        get_interface,
    ),
    read(
        "NetworkInterfaces_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/networkInterfaces",
        "Microsoft.Network/networkInterfaces/read",
        INTERFACE,
        list_interfaces,
    ),
    read(
        "NetworkInterfaces_ListAll",
        "/subscriptions/{subscriptionId}/providers/Microsoft.Network/networkInterfaces",
        "Microsoft.Network/networkInterfaces/read",
        INTERFACE,
        list_interfaces,
    ),
];

fn get_network(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::resource(&state, request)
        .map_or_else(|reply| reply, |it| Reply::ok(&network(&state, it)))
}

fn list_networks(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    resource_page::reply(&state, request, NETWORKS, |it| network(&state, it))
}

fn get_subnet(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let id = match found::parse(&request.path) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    let network = id.parent().and_then(|network| state.resource(network));
    let named = |subnet: &Value| {
        subnet["name"]
            .as_str()
            .is_some_and(|name| name.eq_ignore_ascii_case(&id.name))
    };
    let subnet = network.and_then(|network| subnets(&state, network).into_iter().find(named));
    subnet.map_or_else(|| found::missing(&state, &id), |subnet| Reply::ok(&subnet))
}

fn list_subnets(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::parent(&state, request).map_or_else(
        |reply| reply,
        |it| page::reply(request, subnets(&state, it)),
    )
}

fn get_interface(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    if let Some(endpoint) = state.derived().endpoints.by_interface(&request.path) {
        return Reply::ok(&endpoint_interface(&state, endpoint));
    }
    found::resource(&state, request)
        .map_or_else(|reply| reply, |it| Reply::ok(&given_interface(it)))
}

fn list_interfaces(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
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

fn network(state: &State, given: &Resource) -> Value {
    let mut body = shape::resource(given);
    shape::default(
        &mut body,
        "resourceGuid",
        json!(derived_guid(&given.id, "resource")),
    );
    shape::derive(&mut body, "subnets", json!(subnets(state, given)));
    let peerings = peering::of_network(state, &given.id);
    shape::derive(&mut body, "virtualNetworkPeerings", json!(peerings));
    shape::default(&mut body, "enableDdosProtection", json!(false));
    body["etag"] = shape::etag(given, &body);
    body
}

/// Subnets written in the network, then those that are resources of their own.
fn subnets(state: &State, network: &Resource) -> Vec<Value> {
    let inline = network
        .property("/subnets")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let own = state.children(&network.id, SUBNETS);
    let own = own.map(|subnet| json!({"name": subnet.name, "properties": subnet.properties()}));
    inline
        .cloned()
        .chain(own)
        .map(|subnet| self::subnet(state, network, subnet))
        .collect()
}

fn subnet(state: &State, network: &Resource, mut body: Value) -> Value {
    let id = format!(
        "{}/subnets/{}",
        network.id,
        body["name"].as_str().unwrap_or_default()
    );
    let inside: Vec<&Endpoint> = state
        .derived()
        .endpoints
        .iter()
        .filter(|endpoint| endpoint.subnet.eq_ignore_ascii_case(&id))
        .collect();
    body["type"] = json!(SUBNETS);
    shape::default(&mut body, "provisioningState", json!("Succeeded"));
    shape::default(&mut body, "delegations", json!([]));
    shape::default(
        &mut body,
        "privateEndpointNetworkPolicies",
        json!("Disabled"),
    );
    shape::default(
        &mut body,
        "privateLinkServiceNetworkPolicies",
        json!("Enabled"),
    );
    if !inside.is_empty() {
        let configurations: Vec<Value> = inside
            .iter()
            .flat_map(|endpoint| configuration_ids(endpoint))
            .map(|id| json!({"id": id}))
            .collect();
        let endpoints: Vec<Value> = inside
            .iter()
            .map(|endpoint| json!({"id": endpoint.id}))
            .collect();
        shape::derive(&mut body, "ipConfigurations", json!(configurations));
        shape::derive(&mut body, "privateEndpoints", json!(endpoints));
    }
    body["etag"] = shape::derived_etag(&id, &body);
    body["id"] = json!(id);
    body
}

fn given_interface(given: &Resource) -> Value {
    let mut body = shape::resource(given);
    body["etag"] = shape::etag(given, &body);
    body
}

fn configuration_name(endpoint: &Endpoint, address: &Address) -> String {
    let guid = derived_guid(
        &format!("{}/{}/{}", endpoint.id, address.group, address.member),
        "ip-configuration",
    );
    format!("privateEndpointIpConfig.{guid}")
}

fn configuration_ids(endpoint: &Endpoint) -> impl Iterator<Item = String> {
    let interface = endpoint.interface_id();
    let id = move |address| {
        format!(
            "{interface}/ipConfigurations/{}",
            configuration_name(endpoint, address)
        )
    };
    endpoint.addresses.iter().map(id)
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
