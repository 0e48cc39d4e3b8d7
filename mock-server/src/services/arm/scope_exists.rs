//! Is there anything at a scope that a role is to be assigned at?
//!
//! Subscription, resource group, management group and the outermost resource must exist. What is inside a resource need not
//! be one of ARM's own: secrets of a vault and containers of an account can be scopes too, and are not looked for.

use crate::ids::ResourceId;
use crate::request::Reply;
use crate::store::{RESOURCE_GROUPS, State};

use super::found;
use super::management_groups::{GROUPS, group_not_found};

/// The scope, spelled as what is there is spelled.
///
/// # Errors
/// 400 for a malformed id, 404 for a scope that is not there.
pub fn spelled(state: &State, scope: &str) -> Result<String, Reply> {
    let id = found::parse(scope)?;
    let outermost = outermost(&id);
    if let Some(stored) = state.resource(id.as_str()) {
        return Ok(stored.id.clone());
    }
    match state.resource(outermost.as_str()) {
        Some(stored) => Ok(format!(
            "{}{}",
            stored.id,
            &scope[outermost.as_str().len()..]
        )),
        None if outermost.resource_type == "Microsoft.Resources/subscriptions" => {
            Ok(format!("/subscriptions/{}", outermost.name))
        }
        None if outermost.resource_type.eq_ignore_ascii_case(GROUPS) => {
            Err(group_not_found(&outermost.name))
        }
        None => Err(found::missing(state, &outermost)),
    }
}

/// The resource that a scope is in; a group, subscription or management group is its own.
fn outermost(id: &ResourceId) -> ResourceId {
    let parent = id.parent().and_then(|it| ResourceId::parse(it).ok());
    match parent {
        Some(parent) if id.resource_type != RESOURCE_GROUPS && is_resource(&parent) => {
            outermost(&parent)
        }
        _ => id.clone(),
    }
}

fn is_resource(id: &ResourceId) -> bool {
    !id.resource_type.starts_with("Microsoft.Resources/")
}
