//! Network security groups and route tables, as far as other things refer to them: rules and routes are kept and shown.
//!
//! What is on a subnet or an interface cannot be deleted. Rules and routes are written with their group or table, not one
//! by one.

use serde_json::{Map, Value, json};

use super::networks::items;
use super::prefix;
use crate::request::Reply;
use crate::services::arm::errors::bad_request;
use crate::services::arm::operations::Style;
use crate::services::arm::shape;
use crate::services::arm::write::{Body, Kind, Location, Manner, Write, body, fields};
use crate::services::private_endpoint::derived_guid;
use crate::services::subnets::INTERFACES;
use crate::store::{Resource, State};

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
        let mut taken: Vec<(String, i64)> = Vec::new();
        let rules = written(body, "securityRules", RULE, |rule, at| {
            for (name, known) in [
                ("access", ["Allow", "Deny"]),
                ("direction", ["Inbound", "Outbound"]),
            ] {
                spell(rule, at, name, &known)?;
            }
            let priority = rule.get("priority").and_then(Value::as_i64);
            let priority = priority.filter(|it| (100..=4096).contains(it));
            let priority =
                priority.ok_or_else(|| wrong(at, "priority", "a number from 100 to 4096"))?;
            rule.get("protocol")
                .and_then(Value::as_str)
                .ok_or_else(|| wrong(at, "protocol", "a protocol"))?;
            let direction = rule
                .get("direction")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let own = (direction.to_owned(), priority);
            if taken.contains(&own) {
                let message = format!(
                    "Security rule {at} conflicts with another: rules of one direction have different priorities."
                );
                return Err(bad_request("SecurityRuleConflict", &message));
            }
            taken.push(own);
            Ok(())
        })?;
        fields::set(body, "securityRules", rules);
        Ok(())
    }

    fn show(state: &State, given: &Resource) -> Value {
        let mut body = shape::resource(given);
        shape::default(
            &mut body,
            "resourceGuid",
            json!(derived_guid(&given.id, "resource")),
        );
        shape::default(&mut body, "securityRules", json!([]));
        parts(&mut body, given, "securityRules");
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
        let routes = written(body, "routes", ROUTE, |route, at| {
            spell(route, at, "nextHopType", HOPS)?;
            let prefix = route.get("addressPrefix").and_then(Value::as_str);
            let prefix = prefix.ok_or_else(|| wrong(at, "addressPrefix", "an address prefix"))?;
            // A service tag is no prefix.
            if prefix.contains('/') {
                prefix::check(prefix, write.id.as_str())?;
            }
            Ok(())
        })?;
        fields::set(body, "routes", routes);
        Ok(())
    }

    fn show(state: &State, given: &Resource) -> Value {
        let mut body = shape::resource(given);
        shape::default(
            &mut body,
            "resourceGuid",
            json!(derived_guid(&given.id, "resource")),
        );
        shape::default(&mut body, "disableBgpRoutePropagation", json!(false));
        shape::default(&mut body, "routes", json!([]));
        parts(&mut body, given, "routes");
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

/// The items of a list, each checked.
fn written(
    body: &Body,
    list: &str,
    known: &[&str],
    mut check: impl FnMut(&mut Map<String, Value>, &str) -> Result<(), Reply>,
) -> Result<Vec<Value>, Reply> {
    let mut all = Vec::new();
    for (name, mut properties) in items(body, list, known)? {
        check(&mut properties, &name)?;
        all.push(json!({"name": name, "properties": properties}));
    }
    Ok(all)
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

/// Ids and states of the items of a list.
fn parts(body: &mut Value, given: &Resource, list: &str) {
    let all = body["properties"][list].as_array_mut();
    for item in all.into_iter().flatten() {
        let name = item["name"].as_str().unwrap_or_default();
        let id = format!("{}/{list}/{name}", given.id);
        shape::default(item, "provisioningState", json!("Succeeded"));
        item["type"] = json!(format!("{}/{list}", given.resource_type));
        item["etag"] = shape::derived_etag(&id, item);
        item["id"] = json!(id);
    }
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

fn defaults(given: &Resource) -> Vec<Value> {
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
