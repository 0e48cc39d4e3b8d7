//! Network security groups and route tables, as far as other things refer to them: rules and routes are kept and shown.
//!
//! What is on a subnet or an interface cannot be deleted. Rules and routes are written with their group or table, or one by
//! one.

use serde_json::{Map, Value, json};

use super::networks::items;
use super::prefix;
use crate::request::Reply;
use crate::services::arm::errors::bad_request;
use crate::services::arm::operations::Style;
use crate::services::arm::shape;
use crate::services::arm::write::{Body, Kind, Location, Manner, Write, body, fields, names};
use crate::services::private_endpoint::derived_guid;
use crate::services::subnets::INTERFACES;
use crate::store::{ROUTES, Resource, SECURITY_RULES, State};

/// What a client may say of a rule (`networkSecurityGroup.json`, `SecurityRulePropertiesFormat`).
const RULE: &[&str] = &[
    "access",
    "description",
    "destinationAddressPrefix",
    "destinationAddressPrefixes",
    "destinationApplicationSecurityGroups",
    "destinationPortRange",
    "destinationPortRanges",
    "direction",
    "priority",
    "protocol",
    "sourceAddressPrefix",
    "sourceAddressPrefixes",
    "sourceApplicationSecurityGroups",
    "sourcePortRange",
    "sourcePortRanges",
];
const ROUTE: &[&str] = &["addressPrefix", "nextHopIpAddress", "nextHopType"];
/// `routeTable.json`, `RouteNextHopType`.
const HOPS: &[&str] = &[
    "VirtualNetworkGateway",
    "VnetLocal",
    "Internet",
    "VirtualAppliance",
    "None",
];
/// Rules that every group has: name, direction, from, to, access, priority (`NetworkSecurityGroupGet.json`).
const DEFAULTS: &[(&str, &str, &str, &str, &str, u32)] = &[
    (
        "AllowVnetInBound",
        "Inbound",
        "VirtualNetwork",
        "VirtualNetwork",
        "Allow",
        65000,
    ),
    (
        "AllowAzureLoadBalancerInBound",
        "Inbound",
        "AzureLoadBalancer",
        "*",
        "Allow",
        65001,
    ),
    ("DenyAllInBound", "Inbound", "*", "*", "Deny", 65500),
    (
        "AllowVnetOutBound",
        "Outbound",
        "VirtualNetwork",
        "VirtualNetwork",
        "Allow",
        65000,
    ),
    (
        "AllowInternetOutBound",
        "Outbound",
        "*",
        "Internet",
        "Allow",
        65001,
    ),
    ("DenyAllOutBound", "Outbound", "*", "*", "Deny", 65500),
];

/// Network security groups.
pub(super) struct Groups;

impl Kind for Groups {
    const TYPE: &'static str = "Microsoft.Network/networkSecurityGroups";
    const LOCATION: Location = Location::Required;
    const PUT: Manner = Manner::Operation(Style::AzureAsyncOperation);
    const DELETE: Manner = Manner::Operation(Style::Both);

    fn prepare(_: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(body, &["flushConnection", "securityRules"]);
        let mut taken: Vec<Slot> = Vec::new();
        written(body, "securityRules", RULE, |rule, name| {
            check_rule(rule, name, &mut taken)
        })
    }

    fn stored(state: &mut State, id: &str) {
        state.unfold_written(id);
    }

    fn show(state: &State, given: &Resource) -> Value {
        let mut body = shape::resource(given);
        shape::default(
            &mut body,
            "resourceGuid",
            json!(derived_guid(&given.id, "resource")),
        );
        let parts = parts(state, given, SECURITY_RULES);
        shape::derive(&mut body, "securityRules", json!(parts));
        shape::derive(&mut body, "defaultSecurityRules", json!(defaults(given)));
        users(state, &mut body, given);
        body["etag"] = shape::etag(given, &body);
        body
    }

    /// The text is that of a captured answer (DataBiosphere/terra-workspace-manager #502).
    fn may_delete(write: &Write<'_>) -> Result<(), Reply> {
        let users = write.state.derived().subnets.of_resource(write.id.as_str());
        if users.is_empty() {
            return Ok(());
        }
        let message = format!(
            "Network security group {} cannot be deleted because it is in use by the following resources: {}. In order to delete the Network security group, remove the association with the resource(s).",
            write.id,
            users.join(", ")
        );
        Err(bad_request(
            "InUseNetworkSecurityGroupCannotBeDeleted",
            &message,
        ))
    }
}

/// Route tables.
pub(super) struct Tables;

impl Kind for Tables {
    const TYPE: &'static str = "Microsoft.Network/routeTables";
    const LOCATION: Location = Location::Required;
    const PUT: Manner = Manner::Operation(Style::AzureAsyncOperation);
    const DELETE: Manner = Manner::Operation(Style::Both);

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(body, &["disableBgpRoutePropagation", "routes"]);
        fields::flag(body, "/properties/disableBgpRoutePropagation")?;
        let table = write.id.as_str();
        written(body, "routes", ROUTE, |route, name| {
            check_route(route, name, table)
        })
    }

    fn stored(state: &mut State, id: &str) {
        state.unfold_written(id);
    }

    fn show(state: &State, given: &Resource) -> Value {
        let mut body = shape::resource(given);
        shape::default(
            &mut body,
            "resourceGuid",
            json!(derived_guid(&given.id, "resource")),
        );
        shape::default(&mut body, "disableBgpRoutePropagation", json!(false));
        let parts = parts(state, given, ROUTES);
        shape::derive(&mut body, "routes", json!(parts));
        users(state, &mut body, given);
        body["etag"] = shape::etag(given, &body);
        body
    }

    /// The text is ours.
    fn may_delete(write: &Write<'_>) -> Result<(), Reply> {
        let users = write.state.derived().subnets.of_resource(write.id.as_str());
        if users.is_empty() {
            return Ok(());
        }
        let (id, users) = (write.id, users.join(", "));
        let message = format!("Route table {id} is in use by {users} and cannot be deleted.");
        Err(bad_request("InUseRouteTableCannotBeDeleted", &message))
    }
}

/// Direction and priority: two rules of a group have not both the same.
type Slot = (String, i64);

/// Security rules.
pub(super) struct Rules;

impl Kind for Rules {
    const TYPE: &'static str = SECURITY_RULES;
    const PUT: Manner = Manner::Operation(Style::AzureAsyncOperation);
    const DELETE: Manner = Manner::Operation(Style::Both);

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        let group = write.id.parent().unwrap_or_default();
        let others = write.state.children(group, SECURITY_RULES);
        let others = others.filter(|it| !it.id.eq_ignore_ascii_case(write.id.as_str()));
        let slot = |it: &Resource| {
            let direction = it.property("/direction")?.as_str()?.to_owned();
            Some((direction, it.property("/priority")?.as_i64()?))
        };
        let mut taken: Vec<Slot> = others.filter_map(slot).collect();
        alone(body, RULE, |rule| {
            check_rule(rule, &write.id.name, &mut taken)
        })
    }

    fn show(_: &State, given: &Resource) -> Value {
        part(given)
    }
}

/// Routes.
pub(super) struct Routes;

impl Kind for Routes {
    const TYPE: &'static str = ROUTES;
    const PUT: Manner = Manner::Operation(Style::AzureAsyncOperation);
    const DELETE: Manner = Manner::Operation(Style::Both);

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        let table = write.id.parent().unwrap_or_default();
        alone(body, ROUTE, |route| {
            check_route(route, &write.id.name, table)
        })
    }

    fn show(_: &State, given: &Resource) -> Value {
        part(given)
    }
}

fn check_rule(rule: &mut Map<String, Value>, at: &str, taken: &mut Vec<Slot>) -> Result<(), Reply> {
    spell(rule, at, "access", &["Allow", "Deny"])?;
    spell(rule, at, "direction", &["Inbound", "Outbound"])?;
    let priority = rule.get("priority").and_then(Value::as_i64);
    let priority = priority.filter(|it| (100..=4096).contains(it));
    let priority = priority.ok_or_else(|| wrong(at, "priority", "a number from 100 to 4096"))?;
    let protocol = rule.get("protocol").and_then(Value::as_str);
    protocol.ok_or_else(|| wrong(at, "protocol", "a protocol"))?;
    let direction = rule.get("direction").and_then(Value::as_str);
    let own = (direction.unwrap_or_default().to_owned(), priority);
    if taken.contains(&own) {
        let message = format!(
            "Security rule {at} conflicts with another: rules of one direction have different priorities."
        );
        return Err(bad_request("SecurityRuleConflict", &message));
    }
    taken.push(own);
    Ok(())
}

fn check_route(route: &mut Map<String, Value>, at: &str, table: &str) -> Result<(), Reply> {
    spell(route, at, "nextHopType", HOPS)?;
    let prefix = route.get("addressPrefix").and_then(Value::as_str);
    let prefix = prefix.ok_or_else(|| wrong(at, "addressPrefix", "an address prefix"))?;
    // A service tag is no prefix.
    if prefix.contains('/') {
        prefix::check(prefix, table)?;
    }
    Ok(())
}

/// The items of a list, each checked; a body without the list keeps none.
fn written(
    body: &mut Body,
    list: &str,
    known: &[&str],
    mut check: impl FnMut(&mut Map<String, Value>, &str) -> Result<(), Reply>,
) -> Result<(), Reply> {
    let given = body.get("properties").and_then(|it| it.get(list));
    if given.is_none() {
        return Ok(());
    }
    let mut all = Vec::new();
    for (name, mut properties) in items(body, list, known)? {
        names::check(names::NETWORK, &name)?;
        check(&mut properties, &name)?;
        all.push(json!({"name": name, "properties": properties}));
    }
    fields::set(body, list, all);
    Ok(())
}

/// A rule or a route that is written on its own.
fn alone(
    body: &mut Body,
    known: &[&str],
    check: impl FnOnce(&mut Map<String, Value>) -> Result<(), Reply>,
) -> Result<(), Reply> {
    fields::keep_only(body, known);
    let properties = body.get_mut("properties").and_then(Value::as_object_mut);
    properties.map_or(Ok(()), check)
}

fn spell(
    item: &mut Map<String, Value>,
    at: &str,
    name: &str,
    known: &[&'static str],
) -> Result<(), Reply> {
    let given = item.get(name).and_then(Value::as_str).unwrap_or_default();
    let word = known.iter().find(|it| it.eq_ignore_ascii_case(given));
    let word = word.ok_or_else(|| wrong(at, name, &known.join(" or ")))?;
    item.insert(name.to_owned(), json!(word));
    Ok(())
}

fn wrong(item: &str, name: &str, expected: &str) -> Reply {
    body::invalid(&format!("{expected} is expected at '{name}' of '{item}'"))
}

fn parts(state: &State, given: &Resource, kind: &str) -> Vec<Value> {
    let all = state.in_order(&given.id, kind).into_iter();
    all.map(part).collect()
}

fn part(given: &Resource) -> Value {
    let mut body = shape::resource(given);
    body["etag"] = shape::etag(given, &body);
    body
}

fn users(state: &State, body: &mut Value, given: &Resource) {
    let users = state.derived().subnets.of_resource(&given.id);
    let interfaces = format!("/{INTERFACES}/").to_ascii_lowercase();
    let is_interface = |id: &&String| id.to_ascii_lowercase().contains(&interfaces);
    let shown = |wanted: bool| {
        let some = users.iter().filter(|it| is_interface(it) == wanted);
        some.map(|id| json!({"id": id})).collect::<Vec<_>>()
    };
    for (property, users) in [
        ("networkInterfaces", shown(true)),
        ("subnets", shown(false)),
    ] {
        if !users.is_empty() {
            shape::derive(body, property, json!(users));
        }
    }
}

pub(super) fn defaults(given: &Resource) -> Vec<Value> {
    let rule =
        |(name, direction, from, to, access, priority): &(&str, &str, &str, &str, &str, u32)| {
            json!({
                "name": name,
                "id": format!("{}/defaultSecurityRules/{name}", given.id),
                "properties": {
                    "provisioningState": "Succeeded",
                    "protocol": "*",
                    "sourcePortRange": "*",
                    "destinationPortRange": "*",
                    "sourceAddressPrefix": from,
                    "destinationAddressPrefix": to,
                    "access": access,
                    "priority": priority,
                    "direction": direction,
                },
            })
        };
    DEFAULTS.iter().map(rule).collect()
}
