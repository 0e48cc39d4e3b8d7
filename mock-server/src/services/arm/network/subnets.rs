//! Subnets: where they may be in their network, who uses them, what shows.
//!
//! A subnet is inside its network's address space and apart from the others. While something is in it (a private
//! endpoint, an interface, a gateway), it cannot go, and neither can its prefix; nor can its network.

use serde_json::{Map, Value, json};

use super::networks::items;
use super::{JOIN_GROUP, JOIN_TABLE, prefix};
use crate::auth::Caller;
use crate::context::Context;
use crate::ids::ResourceId;
use crate::request::{Reply, Request};
use crate::services::arm::errors::bad_request;
use crate::services::arm::operations::Style;
use crate::services::arm::write::{Body, Kind, Manner, Write, fields, linked, names};
use crate::services::arm::{found, page, shape};
use crate::store::{Resource, SUBNETS, State};

/// What a client may say of a subnet (`virtualNetwork.json`, `SubnetPropertiesFormat`).
const KNOWN: &[&str] = &[
    "addressPrefix",
    "addressPrefixes",
    "defaultOutboundAccess",
    "delegations",
    "ipAllocations",
    "natGateway",
    "networkSecurityGroup",
    "privateEndpointNetworkPolicies",
    "privateLinkServiceNetworkPolicies",
    "routeTable",
    "serviceEndpointPolicies",
    "serviceEndpoints",
    "sharingScope",
];
/// Values of `privateEndpointNetworkPolicies`.
const POLICIES: &[&str] = &[
    "Disabled",
    "Enabled",
    "NetworkSecurityGroupEnabled",
    "RouteTableEnabled",
];

/// Subnets.
pub(super) struct Subnets;

impl Kind for Subnets {
    const TYPE: &'static str = SUBNETS;
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
        let siblings = write.state.children(&network.id, SUBNETS);
        let siblings = siblings.filter(|it| !it.id.eq_ignore_ascii_case(write.id.as_str()));
        let siblings: Vec<(&str, &Value)> = siblings
            .map(|it| (it.name.as_str(), it.properties()))
            .collect();
        let name = &write.id.name;
        let properties = check(write, name, properties, network, &siblings)?;
        body.insert("properties".to_owned(), Value::Object(properties));
        Ok(())
    }

    fn show(state: &State, given: &Resource) -> Value {
        subnet(state, given)
    }

    fn may_delete(write: &Write<'_>) -> Result<(), Reply> {
        let it = write.existing;
        it.map_or(Ok(()), |subnet| free(write.state, subnet))
    }
}

/// Checks the subnets in the body of a network, and that those it leaves out or changes are free to be.
///
/// # Errors
/// 400 for the first that is wrong.
pub(super) fn prepare_all(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
    let id = write.id.as_str();
    let after = Resource {
        id: id.to_owned(),
        tenant: String::new(),
        resource_type: write.id.resource_type.clone(),
        name: write.id.name.clone(),
        body: body.clone(),
        order: 0,
        version: 0,
    };
    let given = body.get("properties").and_then(|it| it.get("subnets"));
    if given.is_none_or(Value::is_null) {
        return stay_inside(write, &after);
    }
    let mut checked: Vec<(String, Value)> = Vec::new();
    for (name, properties) in items(body, "subnets", KNOWN)? {
        names::check(names::NETWORK, &name)?;
        let siblings: Vec<(&str, &Value)> =
            checked.iter().map(|it| (it.0.as_str(), &it.1)).collect();
        let properties = check(write, &name, properties, &after, &siblings)?;
        checked.push((name, Value::Object(properties)));
    }
    for gone in write.state.children(id, SUBNETS) {
        let stays = |it: &(String, Value)| it.0.eq_ignore_ascii_case(&gone.name);
        if !checked.iter().any(stays) {
            free(write.state, gone)?;
        }
    }
    let all: Vec<Value> = checked
        .into_iter()
        .map(|(name, properties)| json!({"name": name, "properties": properties}))
        .collect();
    fields::set(body, "subnets", all);
    Ok(())
}

/// Subnets that the body does not name are still inside the address space.
fn stay_inside(write: &Write<'_>, network: &Resource) -> Result<(), Reply> {
    for subnet in write.state.children(&network.id, SUBNETS) {
        inside(&subnet.name, subnet.properties(), network)?;
    }
    Ok(())
}

/// What of a subnet is kept, when nothing is wrong with it.
fn check(
    write: &Write<'_>,
    name: &str,
    mut properties: Map<String, Value>,
    network: &Resource,
    siblings: &[(&str, &Value)],
) -> Result<Map<String, Value>, Reply> {
    let id = format!("{}/subnets/{name}", network.id);
    let held = Body::from_iter([("properties".to_owned(), Value::Object(properties.clone()))]);
    fields::text(&held, "/properties/addressPrefix")?;
    fields::texts(&held, "/properties/addressPrefixes")?;
    let at = "/properties/privateEndpointNetworkPolicies";
    if let Some(word) = fields::one_of(&held, at, POLICIES)? {
        properties.insert("privateEndpointNetworkPolicies".to_owned(), json!(word));
    }
    for (property, action) in [
        ("networkSecurityGroup", JOIN_GROUP),
        ("routeTable", JOIN_TABLE),
    ] {
        if let Some(reference) = fields::text(&held, &format!("/properties/{property}/id"))? {
            let found = write.linked(&format!("properties.{property}.id"), reference, action)?;
            if write.state.resource(found.as_str()).is_none() {
                return Err(linked::not_there(write, reference));
            }
        }
    }
    let now = Value::Object(properties);
    let own = prefix::of_subnet(&now);
    if own.is_empty() {
        return Err(fields::missing("/properties/addressPrefix"));
    }
    own.iter().try_for_each(|it| prefix::check(it, &id))?;
    inside(name, &now, network)?;
    for (sibling, theirs) in siblings {
        apart(name, &own, sibling, &prefix::of_subnet(theirs), network)?;
    }
    keeps_used(write.state, &id, &own)?;
    match now {
        Value::Object(properties) => Ok(properties),
        _ => Ok(Map::new()),
    }
}

/// Code and text are those of captured answers (hashicorp/terraform-provider-azurerm, issues about subnets).
fn inside(name: &str, properties: &Value, network: &Resource) -> Result<(), Reply> {
    let spaces = prefix::spaces(network.properties());
    let own = prefix::of_subnet(properties);
    if own.iter().all(|it| prefix::is_inside(it, &spaces)) {
        return Ok(());
    }
    let network = &network.name;
    let message = format!("Subnet '{name}' is not valid in virtual network '{network}'.");
    Err(bad_request("NetcfgInvalidSubnet", &message))
}

fn apart(
    name: &str,
    own: &[&str],
    sibling: &str,
    theirs: &[&str],
    network: &Resource,
) -> Result<(), Reply> {
    let network = &network.name;
    if name.eq_ignore_ascii_case(sibling) {
        let message = format!("The network '{network}' has more than one subnet '{name}'.");
        return Err(bad_request("DuplicateResourceName", &message));
    }
    let overlaps = |it: &&str| theirs.iter().any(|other| prefix::overlap(it, other));
    if !own.iter().any(overlaps) {
        return Ok(());
    }
    let message = format!(
        "Subnet '{name}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '{network}'."
    );
    Err(bad_request("NetcfgSubnetRangesOverlap", &message))
}

/// A prefix that is in use stays.
fn keeps_used(state: &State, id: &str, own: &[&str]) -> Result<(), Reply> {
    let Some(existing) = state.resource(id) else {
        return Ok(());
    };
    let before = prefix::of_subnet(existing.properties());
    let gone = before.iter().find(|it| !own.contains(it));
    let users = state.derived().subnets.in_subnet(id);
    match gone.filter(|_| !users.is_empty()) {
        None => Ok(()),
        Some(prefix) => {
            let name = &existing.name;
            let message = format!(
                "IpPrefix {prefix} on Subnet {name} has active allocations and cannot be deleted."
            );
            Err(bad_request("InUsePrefixCannotBeDeleted", &message))
        }
    }
}

/// Nothing is in the subnet. The text is that of captured answers (microsoft/nav-arm-templates #161,
/// kubernetes-sigs/cluster-api-provider-azure #172).
///
/// # Errors
/// 400 `InUseSubnetCannotBeDeleted`, naming what is.
pub(super) fn free(state: &State, subnet: &Resource) -> Result<(), Reply> {
    let users = state.derived().subnets.in_subnet(&subnet.id);
    if users.is_empty() {
        return Ok(());
    }
    let users: Vec<&str> = users.iter().map(|it| it.configuration.as_str()).collect();
    let message = format!(
        "Subnet {} is in use by {} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.",
        subnet.name,
        users.join(" and ")
    );
    Err(bad_request("InUseSubnetCannotBeDeleted", &message))
}

/// The subnets of a network, in the order in which they were made.
pub(super) fn of(state: &State, network: &Resource) -> Vec<Value> {
    let all = state.in_order(&network.id, SUBNETS).into_iter();
    all.map(|it| subnet(state, it)).collect()
}

fn subnet(state: &State, given: &Resource) -> Value {
    let mut body = shape::resource(given);
    shape::default(&mut body, "delegations", json!([]));
    for (property, default) in [
        ("privateEndpointNetworkPolicies", "Disabled"),
        ("privateLinkServiceNetworkPolicies", "Enabled"),
    ] {
        shape::default(&mut body, property, json!(default));
    }
    let users = state.derived().subnets.in_subnet(&given.id);
    if !users.is_empty() {
        let ids = users.iter().map(|it| json!({"id": it.configuration}));
        let ids: Vec<Value> = ids.collect();
        shape::derive(&mut body, "ipConfigurations", json!(ids));
    }
    let mut endpoints: Vec<&String> = users.iter().filter_map(|it| it.endpoint.as_ref()).collect();
    endpoints.dedup();
    let endpoints: Vec<Value> = endpoints.iter().map(|id| json!({"id": id})).collect();
    if !endpoints.is_empty() {
        shape::derive(&mut body, "privateEndpoints", json!(endpoints));
    }
    body["etag"] = shape::etag(given, &body);
    body
}

/// `Subnets_List`.
pub(super) fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let network = found::parent(&state, request);
    network.map_or_else(|reply| reply, |it| page::reply(request, of(&state, it)))
}

/// The network that a subnet is in.
pub(super) fn network_of(subnet: &str) -> Option<String> {
    ResourceId::parse(subnet).ok()?.parent().map(str::to_owned)
}
