//! What may a private endpoint ask for, and where may it stand?
//!
//! It asks one resource for one of its groups. In the array `privateLinkServiceConnections` it connects at once, so whoever
//! writes it must be allowed to approve there; in `manualPrivateLinkServiceConnections` it asks for approval and needs no
//! right at the target, which may be in another tenant (PITFALLS B01). It stands in the region of its network (B25).
//! Where it stands and what it asks for is settled when it is created; tags and application security groups can be
//! changed. Texts are those of the threads named beside them; the others are ours.

use std::net::Ipv4Addr;

use serde_json::{Map, Value, json};

use super::endpoint;
use crate::ids::ResourceId;
use crate::request::Reply;
use crate::services::arm::errors::bad_request;
use crate::services::arm::operations::Style;
use crate::services::arm::write::body::invalid;
use crate::services::arm::write::linked::{self, not_there};
use crate::services::arm::write::{Body, Kind, Location, Manner, Write, fields, names};
use crate::services::private_endpoint::PRIVATE_ENDPOINTS;
use crate::services::private_endpoint::address::{
    Allocator, network_of, range, subnet_of, subnet_prefix,
};
use crate::services::private_endpoint::connection::Asked;
use crate::services::private_endpoint::groups::group_ids;
use crate::store::{Resource, State};

/// Most characters of a request message (specification, `requestMessage`).
const LONGEST_MESSAGE: usize = 140;
const AUTOMATIC: &str = "privateLinkServiceConnections";
const MANUAL: &str = "manualPrivateLinkServiceConnections";
const KNOWN: &[&str] = &[
    "subnet",
    AUTOMATIC,
    MANUAL,
    "applicationSecurityGroups",
    "ipConfigurations",
    "customNetworkInterfaceName",
    "ipVersionType",
];

/// Private endpoints.
pub(super) struct Endpoints;

impl Kind for Endpoints {
    const TYPE: &'static str = PRIVATE_ENDPOINTS;
    const LOCATION: Location = Location::Required;
    const PUT: Manner = Manner::Operation(Style::AzureAsyncOperation);
    const DELETE: Manner = Manner::Operation(Style::Both);

    fn show(state: &State, given: &Resource) -> Value {
        endpoint(state, given)
    }

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(body, KNOWN);
        misplaced_message(write, body)?;
        connection(write, body)?;
        subnet(write, body)?;
        let draft = draft(write, body);
        unchanged(write, &draft)?;
        if let Some(name) = fields::text(body, "/properties/customNetworkInterfaceName")?
            && !name.is_empty()
        {
            names::check(names::NETWORK, name)?;
        }
        addresses(write, body, &draft)
    }

    fn stored(state: &mut State, id: &str) {
        state.endpoint_written(id);
    }
}

/// The Azure CLI changes the message of a manual connection by an entry of [`AUTOMATIC`] that holds nothing but the message,
/// beside the connection itself (azure-cli, `PrivateEndpointUpdate` in `network/custom.py`). Such an entry is no connection:
/// its message is that of the one that the endpoint has. What Azure does with it is not documented.
fn misplaced_message(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
    let automatic = fields::array(body, &format!("/properties/{AUTOMATIC}"))?;
    let manual = fields::array(body, &format!("/properties/{MANUAL}"))?;
    let ([only], [_], Some(_)) = (automatic, manual, write.existing) else {
        return Ok(());
    };
    let Some(message) = bare_message(only).cloned() else {
        return Ok(());
    };
    fields::set(body, AUTOMATIC, json!([]));
    let properties = body.get_mut("properties");
    let connection = properties.and_then(|it| it.pointer_mut(&format!("/{MANUAL}/0/properties")));
    if let Some(connection) = connection.and_then(Value::as_object_mut) {
        connection.insert("requestMessage".to_owned(), message);
    }
    Ok(())
}

/// The message of an entry that says nothing else.
fn bare_message(entry: &Value) -> Option<&Value> {
    let entry = entry.as_object()?;
    let properties = entry.get("properties")?.as_object()?;
    let alone = entry.len() == 1 && properties.len() == 1;
    properties.get("requestMessage").filter(|_| alone)
}

/// Reads the one connection that is asked for, checks it, and keeps of it what a client says.
fn connection(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
    let automatic = fields::array(body, &format!("/properties/{AUTOMATIC}"))?;
    let manual = fields::array(body, &format!("/properties/{MANUAL}"))?;
    if automatic.len() + manual.len() != 1 {
        let found = automatic.len() + manual.len();
        let message = format!(
            "a private endpoint has exactly one connection in {AUTOMATIC} or {MANUAL}, {found} were given"
        );
        return Err(bad_request("InvalidPrivateEndpointConnections", &message));
    }
    let array = if manual.is_empty() { AUTOMATIC } else { MANUAL };
    let other = if manual.is_empty() { MANUAL } else { AUTOMATIC };
    let at = |inside: &str| format!("/properties/{array}/0{inside}");
    fields::object(body, &at(""))?;
    let name = fields::text(body, &at("/name"))?.unwrap_or(&write.id.name);
    let target = fields::required_text(body, &at("/properties/privateLinkServiceId"))?;
    let groups = fields::texts(body, &at("/properties/groupIds"))?;
    let message = fields::text(body, &at("/properties/requestMessage"))?;
    if message.is_some_and(|it| it.chars().count() > LONGEST_MESSAGE) {
        return Err(invalid(&format!(
            "a request message has at most {LONGEST_MESSAGE} characters"
        )));
    }
    let property = format!("properties.{array}[0].properties.privateLinkServiceId");
    let id = linked::read(&property, target)?;
    let connection_id = format!("{}/{array}/{name}", write.id);
    check_groups(&connection_id, &id, &groups)?;
    if array == AUTOMATIC {
        let action = format!(
            "{}/privateEndpointConnectionsApproval/action",
            id.resource_type
        );
        write.linked(&property, target, &action)?;
    }
    if write.existing.is_none() && write.state.resource(target).is_none() {
        return Err(not_there(write, target));
    }
    let mut properties = Map::new();
    properties.insert("privateLinkServiceId".to_owned(), json!(target));
    properties.insert("groupIds".to_owned(), json!(groups));
    if let Some(message) = message {
        properties.insert("requestMessage".to_owned(), json!(message));
    }
    let kept = json!([{"name": name, "properties": properties}]);
    fields::set(body, array, kept);
    if let Some(properties) = body.get_mut("properties").and_then(Value::as_object_mut) {
        properties.shift_remove(other);
    }
    Ok(())
}

/// Texts: Azure/azure-cli #15136, DFE-Digital/terraform-azurerm-container-apps-hosting #352; the last is ours. Types of which
/// the mock knows no groups take any.
fn check_groups(connection: &str, target: &ResourceId, groups: &[&str]) -> Result<(), Reply> {
    let known: Vec<&str> = group_ids(&target.resource_type).collect();
    let (code, message) = match groups {
        _ if known.is_empty() => return Ok(()),
        [] => (
            "MissingParameterOnPrivateLinkServiceConnection",
            format!(
                "Private link service connection {connection} is missing required parameter 'group Id'."
            ),
        ),
        [group] if known.iter().any(|it| it.eq_ignore_ascii_case(group)) => return Ok(()),
        [group] => (
            "InvalidGroupId",
            format!(
                "Call to {} failed. Error message: Invalid groupId '{group}': it is none of {}.",
                target.resource_type,
                known.join(", ")
            ),
        ),
        several => (
            "OnlyOneGroupIdPermitted",
            format!(
                "Private link service connection {connection} has the following group Ids: {}. Only one group Id is permitted when connecting to a first-party resource ({target}).",
                several.join(", ")
            ),
        ),
    };
    Err(bad_request(code, &message))
}

/// The subnet exists, in the endpoint's region, and the caller may join it.
fn subnet(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
    let given = fields::required_text(body, "/properties/subnet/id")?.to_owned();
    let action = "Microsoft.Network/virtualNetworks/subnets/join/action";
    let id = write.linked("properties.subnet.id", &given, action)?;
    let network = id.parent().and_then(|it| write.state.resource(it));
    let region = |value: Option<&Value>| {
        let text = value.and_then(Value::as_str).unwrap_or_default();
        text.replace(' ', "").to_ascii_lowercase()
    };
    let same_region =
        network.is_some_and(|it| region(it.body.get("location")) == region(body.get("location")));
    if subnet_prefix(write.state, &given).is_none() || !same_region {
        return Err(not_there(write, &given));
    }
    fields::set(body, "subnet", json!({"id": given}));
    Ok(())
}

/// The endpoint as it would be.
fn draft(write: &Write<'_>, body: &Body) -> Resource {
    Resource {
        id: write.id.as_str().to_owned(),
        tenant: String::new(),
        resource_type: PRIVATE_ENDPOINTS.to_owned(),
        name: write.id.name.clone(),
        body: body.clone(),
        order: usize::MAX,
        version: usize::MAX,
    }
}

/// Subnet, target and groups of an endpoint stay what they were.
fn unchanged(write: &Write<'_>, draft: &Resource) -> Result<(), Reply> {
    let Some(before) = write.existing else {
        return Ok(());
    };
    let said = |it: &Resource| {
        let asked = Asked::by(it);
        let text = asked.map(|it| format!("{} {} {:?}", it.manual, it.target, it.groups));
        let subnet = subnet_of(it).unwrap_or_default();
        format!("{} {subnet}", text.unwrap_or_default()).to_ascii_lowercase()
    };
    if said(before) == said(draft) {
        return Ok(());
    }
    let message = format!(
        "The subnet and the connection of private endpoint {} cannot be changed; delete and recreate it.",
        write.id
    );
    Err(bad_request("PrivateEndpointCannotBeChanged", &message))
}

/// Every member gets an address: the one that is asked for, or a free one.
fn addresses(write: &Write<'_>, body: &Body, draft: &Resource) -> Result<(), Reply> {
    let asked = Asked::by(draft);
    let members = asked.map(|it| it.members(write.state)).unwrap_or_default();
    let configurations = fields::array(body, "/properties/ipConfigurations")?;
    for index in 0..configurations.len() {
        let at = |name: &str| format!("/properties/ipConfigurations/{index}/properties/{name}");
        let address = fields::required_text(body, &at("privateIPAddress"))?;
        let group = fields::text(body, &at("groupId"))?.unwrap_or_default();
        let member = fields::text(body, &at("memberName"))?.unwrap_or_default();
        let is_it = |(of, it): &(String, _)| of.eq_ignore_ascii_case(group) && named(it, member);
        if !members.is_empty() && !members.iter().any(is_it) {
            return Err(invalid(&format!(
                "'{}' names no member of the connection: {group}/{member}",
                fields::dotted(&at("memberName"))
            )));
        }
        check_address(write, draft, address)?;
    }
    if write.existing.is_none() && is_full(write.state, draft) {
        let subnet = subnet_of(draft).unwrap_or_default();
        let message = format!(
            "Subnet {subnet} does not have enough free addresses for {}.",
            write.id
        );
        return Err(bad_request("SubnetIsFull", &message));
    }
    Ok(())
}

fn named(member: &crate::services::private_endpoint::groups::Member, name: &str) -> bool {
    member.name.eq_ignore_ascii_case(name)
}

/// An address that is asked for is in the subnet, not reserved, and nobody else's.
fn check_address(write: &Write<'_>, draft: &Resource, address: &str) -> Result<(), Reply> {
    let subnet = subnet_of(draft).unwrap_or_default();
    let bounds = subnet_prefix(write.state, subnet).and_then(range);
    let number = address.parse::<Ipv4Addr>().ok().map(u32::from);
    let (Some((first, last)), Some(number)) = (bounds, number) else {
        return Err(invalid(&format!("{address:.50} is no IPv4 address")));
    };
    if number < first.saturating_add(4) || number >= last {
        let message = format!("the private IP address {address} is not free in subnet {subnet}");
        return Err(bad_request("PrivateIPAddressNotInSubnet", &message));
    }
    let network = network_of(draft);
    let endpoints = &write.state.derived().endpoints;
    let other = endpoints.at(Ipv4Addr::from(number).into(), &[&network]);
    let by_endpoint = other.is_some_and(|it| !it.id.eq_ignore_ascii_case(write.id.as_str()));
    let by_machine = Allocator::of(write.state, &[]).is_taken(&network, number);
    if by_endpoint || by_machine {
        let message = format!("the private IP address {address} is already allocated");
        return Err(bad_request("PrivateIPAddressIsAllocated", &message));
    }
    Ok(())
}

fn is_full(state: &State, draft: &Resource) -> bool {
    let mut all: Vec<&Resource> = state.resources_of_type(PRIVATE_ENDPOINTS).collect();
    all.sort_by_key(|it| it.order);
    let mut allocator = Allocator::of(state, &all);
    for it in &all {
        allocator.give(state, it);
    }
    allocator.give(state, draft).iter().any(Option::is_none)
}
