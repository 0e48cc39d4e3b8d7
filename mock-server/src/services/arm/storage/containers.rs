//! Containers of an account, as ARM shows them: those of the data plane.
//!
//! A container that is there is left as it is by another PUT, which changes its metadata only. Anonymous access is not
//! built: accounts refuse it, as those do that do not allow it.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::ids::ResourceId;
use crate::request::{Reply, Request};
use crate::services::arm::errors::{bad_request, conflict, error};
use crate::services::arm::write::place::require_above;
use crate::services::arm::write::{Body, Verb, body, fields};
use crate::services::arm::{found, page};
use crate::store::{Container, Resource, State};

const TYPE: &str = "Microsoft.Storage/storageAccounts/blobServices/containers";

pub(super) fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let account = match account_of(&state, request) {
        Ok(account) => account,
        Err(reply) => return reply,
    };
    let prefix = request.query("$filter").unwrap_or_default();
    let found = state.containers(&account.name, prefix);
    let found = found.take_while(|(name, _)| name.starts_with(prefix));
    let shown = found.map(|(name, container)| show(account, name, container));
    page::reply(request, shown.collect())
}

pub(super) fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let answer = || -> Result<Reply, Reply> {
        let account = account_of(&state, request)?;
        let name = request.parameter("containerName");
        let container = state.container(&account.name, name);
        let container = container.ok_or_else(not_found)?;
        Ok(Reply::ok(&show(account, name, container)))
    };
    answer().unwrap_or_else(|reply| reply)
}

pub(super) fn put(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    write(context, request, Verb::Put).unwrap_or_else(|reply| reply)
}

pub(super) fn patch(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    write(context, request, Verb::Patch).unwrap_or_else(|reply| reply)
}

/// 200, or 204 when there is none (specification).
pub(super) fn delete(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let mut state = context.state_mut();
    let account = match account_of(&state, request) {
        Ok(account) => account.name.clone(),
        Err(reply) => return reply,
    };
    let removed = state.remove_container(&account, request.parameter("containerName"));
    Reply::empty(if removed {
        StatusCode::OK
    } else {
        StatusCode::NO_CONTENT
    })
}

fn write(context: &Context, request: &Request, verb: Verb) -> Result<Reply, Reply> {
    let given = body::object(request)?;
    let name = request.parameter("containerName");
    check_name(name)?;
    let metadata = metadata(&given)?;
    let access = fields::one_of(
        &given,
        "/properties/publicAccess",
        &["None", "Blob", "Container"],
    )?;
    if access.is_some_and(|it| it != "None") {
        let message = "Public access is not permitted on this storage account.";
        return Err(conflict("PublicAccessNotPermitted", message));
    }
    let mut state = context.state_mut();
    let account = account_of(&state, request)?.clone();
    let mark = state.next_mark(context.clock.now());
    let known = state.container(&account.name, name).is_some();
    if !known && verb == Verb::Patch {
        return Err(not_found());
    }
    match state.container_mut(&account.name, name) {
        Some(container) => {
            if let Some(metadata) = metadata {
                container.metadata = metadata;
                container.mark = mark;
            }
        }
        None => {
            let container = Container::new(mark, metadata.unwrap_or_default());
            state.put_container(&account.name, name, container);
        }
    }
    let status = if known {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let shown = state
        .container(&account.name, name)
        .map(|it| show(&account, name, it));
    Ok(Reply::json(status, &shown.unwrap_or_default()))
}

fn metadata(given: &Body) -> Result<Option<BTreeMap<String, String>>, Reply> {
    let Some(metadata) = fields::object(given, "/properties/metadata")? else {
        return Ok(None);
    };
    let read = metadata.iter().map(|(name, value)| {
        let at = fields::join("properties.metadata", name);
        let value = value
            .as_str()
            .ok_or_else(|| body::invalid(&format!("a string is expected at '{at}'")))?;
        Ok((name.to_ascii_lowercase(), value.to_owned()))
    });
    read.collect::<Result<_, Reply>>().map(Some)
}

/// 3 to 63 lower-case letters, digits and hyphens, no hyphen at an end or beside another (azure-docs,
/// `resource-name-rules.md`); `$root`, `$web` and `$logs` too. The text is ours.
fn check_name(name: &str) -> Result<(), Reply> {
    let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    let fits = (3..=63).contains(&name.len())
        && name.chars().all(plain)
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.contains("--");
    if fits || ["$root", "$web", "$logs"].contains(&name) {
        return Ok(());
    }
    let message = format!("the container name '{name:.100}' is invalid");
    Err(bad_request("InvalidContainerName", &message))
}

pub(super) fn account_of<'a>(state: &'a State, request: &Request) -> Result<&'a Resource, Reply> {
    let id = format!(
        "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Storage/storageAccounts/{}",
        request.parameter("subscriptionId"),
        request.parameter("resourceGroupName"),
        request.parameter("accountName"),
    );
    let id: ResourceId = found::parse(&id)?;
    require_above(state, &id)?;
    state
        .resource(id.as_str())
        .ok_or_else(|| found::missing(state, &id))
}

/// As the data plane says it.
fn not_found() -> Reply {
    error(
        StatusCode::NOT_FOUND,
        "ContainerNotFound",
        "The specified container does not exist.",
    )
}

fn show(account: &Resource, name: &str, container: &Container) -> Value {
    let modified: OffsetDateTime = container.mark.modified;
    let mut properties = json!({
        "publicAccess": "None",
        "leaseStatus": "Unlocked",
        "leaseState": "Available",
        "lastModifiedTime": rfc3339(modified),
        "hasImmutabilityPolicy": false,
        "hasLegalHold": false,
    });
    if !container.metadata.is_empty() {
        properties["metadata"] = json!(container.metadata);
    }
    json!({
        "id": format!("{}/blobServices/default/containers/{name}", account.id),
        "name": name,
        "type": TYPE,
        "etag": container.mark.etag,
        "properties": properties,
    })
}
