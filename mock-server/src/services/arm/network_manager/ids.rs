//! Ids in bodies of network managers: official examples leave out the `/` in front, and `/providers` of management groups.

use serde_json::Value;

use crate::ids::ResourceId;
use crate::request::Reply;
use crate::services::arm::errors::bad_request;
use crate::services::arm::write::linked;

const SCOPES: [&str; 2] = [
    "Microsoft.Resources/subscriptions",
    "Microsoft.Management/managementGroups",
];

/// An id with the `/` in front.
pub(super) fn rooted(given: &str) -> String {
    let given = given.trim().trim_matches('/');
    if given
        .to_ascii_lowercase()
        .starts_with("microsoft.management/")
    {
        return format!("/providers/{given}");
    }
    format!("/{given}")
}

/// The id of a subscription or a management group.
///
/// # Errors
/// 400 when it is neither.
pub(super) fn scope(property: &str, given: &str) -> Result<String, Reply> {
    let scope = rooted(given);
    let id = linked::read(property, &scope)?;
    if SCOPES
        .iter()
        .any(|it| id.resource_type.eq_ignore_ascii_case(it))
    {
        return Ok(scope);
    }
    Err(wrong_type(
        property,
        given,
        "a subscription or a management group",
    ))
}

/// The id of a resource of a type.
///
/// # Errors
/// 400 when it is none.
pub(super) fn of_type(property: &str, given: &str, wanted: &str) -> Result<ResourceId, Reply> {
    let id = linked::read(property, &rooted(given))?;
    if id.resource_type.eq_ignore_ascii_case(wanted) {
        return Ok(id);
    }
    Err(wrong_type(property, given, wanted))
}

/// Puts a text at a place of a JSON value that is there.
pub(super) fn replace(properties: Option<&mut Value>, pointer: &str, text: &str) {
    if let Some(value) = properties.and_then(|it| it.pointer_mut(pointer)) {
        *value = Value::from(text);
    }
}

/// The text is ours.
fn wrong_type(property: &str, given: &str, wanted: &str) -> Reply {
    let message = format!("The id '{given:.300}' at '{property}' is not that of {wanted}.");
    bad_request("BadRequest", &message)
}
