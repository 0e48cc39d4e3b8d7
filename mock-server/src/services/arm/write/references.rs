//! What a body may refer to in any type: identities, and resources of which the mock knows no more than their ids.
//!
//! Types look for themselves at what they need (subnets, zones, remote networks). For the rest it is enough that the caller
//! has the right to join it, in its own tenant: an id of another tenant needs that tenant's token. Only what the request
//! says is asked for, not what is there already.

use serde_json::{Map, Value};

use super::{Body, Write, fields, linked};
use crate::ids::ResourceId;
use crate::request::Reply;
use crate::services::arm::errors::bad_request;

/// Properties that hold an id, `{id}`, or an array of those, and the right that is needed there (azure-docs,
/// `role-based-access-control/permissions/networking.md`, `web-and-mobile.md`). Whether they exist is not asked here: of
/// these types the mock has plans, which apps look for themselves.
const JOINED: &[(&str, &str)] = &[
    (
        "applicationSecurityGroups",
        "Microsoft.Network/applicationSecurityGroups/joinIpConfiguration/action",
    ),
    (
        "ddosProtectionPlan",
        "Microsoft.Network/ddosProtectionPlans/join/action",
    ),
    (
        "destinationApplicationSecurityGroups",
        "Microsoft.Network/applicationSecurityGroups/joinNetworkSecurityRule/action",
    ),
    (
        "loadBalancerBackendAddressPools",
        "Microsoft.Network/loadBalancers/backendAddressPools/join/action",
    ),
    ("natGateway", "Microsoft.Network/natGateways/join/action"),
    (
        "publicIPAddress",
        "Microsoft.Network/publicIPAddresses/join/action",
    ),
    ("serverFarmId", "Microsoft.Web/serverFarms/join/action"),
    (
        "serviceEndpointPolicies",
        "Microsoft.Network/serviceEndpointPolicies/join/action",
    ),
    (
        "sourceApplicationSecurityGroups",
        "Microsoft.Network/applicationSecurityGroups/joinNetworkSecurityRule/action",
    ),
];
/// The right to attach an identity.
const ASSIGN: &str = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";
/// Most resources that a body may refer to: rights are asked for each. Ours.
const MOST: usize = 1000;

/// Checks what the body of a request refers to.
///
/// # Errors
/// Those of [`linked::require`], and 400 for an identity that does not exist.
pub(super) fn check(write: &Write<'_>, given: &Body) -> Result<(), Reply> {
    identities(write, given)?;
    let mut found = Vec::new();
    if let Some(properties) = given.get("properties").and_then(Value::as_object) {
        collect(properties, &mut found);
    }
    if found.len() > MOST {
        let message = format!(
            "{} refers to {} resources, {MOST} at most",
            write.id,
            found.len()
        );
        return Err(bad_request("LinkedInvalidPropertyId", &message));
    }
    // What names a subscription but no resource in it leads nowhere; an official example has one
    // (`PrivateEndpointCreateWithASG.json`).
    let leads_nowhere =
        |id: &str| id.starts_with("/subscriptions/") && ResourceId::parse(id).is_err();
    let named = found.into_iter().filter(|(_, id, _)| !leads_nowhere(id));
    for (property, id, action) in named {
        linked::require(write, property, id, action)?;
    }
    Ok(())
}

/// Who attaches an identity must be allowed to assign it; one that is taken away is `null`.
fn identities(write: &Write<'_>, given: &Body) -> Result<(), Reply> {
    let assigned = fields::object(given, "/identity/userAssignedIdentities")?;
    let assigned = assigned.into_iter().flatten();
    for (id, _) in assigned.filter(|(_, it)| !it.is_null()) {
        write.linked("identity.userAssignedIdentities", id, ASSIGN)?;
        if write.state.resource(id).is_none() {
            return Err(linked::not_there(write, id));
        }
    }
    Ok(())
}

type Reference<'b> = (&'static str, &'b str, &'static str);

fn collect<'b>(object: &'b Map<String, Value>, found: &mut Vec<Reference<'b>>) {
    for (name, value) in object {
        match JOINED.iter().find(|(it, _)| it == name) {
            Some((name, action)) => ids(value, name, action, found),
            None => inside(value, found),
        }
    }
}

fn inside<'b>(value: &'b Value, found: &mut Vec<Reference<'b>>) {
    match value {
        Value::Object(object) => collect(object, found),
        Value::Array(items) => items.iter().for_each(|it| inside(it, found)),
        _ => {}
    }
}

fn ids<'b>(
    value: &'b Value,
    name: &'static str,
    action: &'static str,
    found: &mut Vec<Reference<'b>>,
) {
    match value {
        Value::Array(items) => items.iter().for_each(|it| ids(it, name, action, found)),
        Value::Object(object) => {
            let id = object.get("id").and_then(Value::as_str);
            found.extend(id.map(|id| (name, id, action)));
        }
        Value::String(id) if !id.is_empty() => found.push((name, id, action)),
        _ => {}
    }
}
