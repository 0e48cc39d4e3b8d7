//! Which resource does the path of a request name, and if none: which 404 is it?
//!
//! Azure says which part is missing: the resource group, the parent, or the resource itself.

use crate::ids::ResourceId;
use crate::request::{Reply, Request};
use crate::store::{Resource, State};

use super::errors::{bad_request, parent_not_found, resource_group_not_found, resource_not_found};

/// The resource that the path names.
///
/// # Errors
/// The 404 that Azure would answer.
pub fn resource<'a>(state: &'a State, request: &Request) -> Result<&'a Resource, Reply> {
    let id = parse(&request.path)?;
    state
        .resource(id.as_str())
        .ok_or_else(|| missing(state, &id))
}

/// The resource whose collection the path names: `…/vaults/kv/privateEndpointConnections` → the vault.
///
/// # Errors
/// The 404 that Azure would answer.
pub fn parent<'a>(state: &'a State, request: &Request) -> Result<&'a Resource, Reply> {
    let path = request
        .path
        .rsplit_once('/')
        .map_or(request.path.as_str(), |(head, _)| head);
    let id = parse(path)?;
    state
        .resource(id.as_str())
        .ok_or_else(|| missing(state, &id))
}

/// Resources of a type in the subscription, or in the resource group, that the path names.
///
/// # Errors
/// 404 when the resource group does not exist.
pub fn listed<'a>(
    state: &'a State,
    request: &Request,
    resource_type: &str,
) -> Result<Vec<&'a Resource>, Reply> {
    let subscription = request.parameter("subscriptionId");
    let group = request.parameter("resourceGroupName");
    if !group.is_empty() && state.resource_group(subscription, group).is_none() {
        return Err(resource_group_not_found(group));
    }
    if group.is_empty() {
        return Ok(state.in_subscription(subscription, resource_type).collect());
    }
    Ok(state.in_group(subscription, group, resource_type).collect())
}

/// Reads an id out of a path.
///
/// # Errors
/// 400, saying what is wrong with it.
pub fn parse(path: &str) -> Result<ResourceId, Reply> {
    ResourceId::parse(path).map_err(|why| {
        bad_request(
            "InvalidResourceId",
            &format!("the resource id {path} {why}"),
        )
    })
}

/// Which 404 a missing resource is.
pub fn missing(state: &State, id: &ResourceId) -> Reply {
    if let (Some(subscription), Some(group)) = (&id.subscription, &id.resource_group)
        && state.resource_group(subscription, group).is_none()
    {
        return resource_group_not_found(group);
    }
    let parent = id
        .parent()
        .and_then(|parent| ResourceId::parse(parent).ok());
    match parent {
        Some(parent) if is_resource(&parent) && state.resource(parent.as_str()).is_none() => {
            parent_not_found(id, &parent)
        }
        _ => resource_not_found(id),
    }
}

/// Not a subscription, which is none, or a resource group, which has a 404 of its own.
fn is_resource(id: &ResourceId) -> bool {
    !id.resource_type.starts_with("Microsoft.Resources/")
}
