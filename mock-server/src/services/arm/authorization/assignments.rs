//! Role assignments at a scope: at it, above it, and below it unless `atScope()` says otherwise.

use http::StatusCode;
use serde_json::{Value, json};

use super::filter::{Filter, Whose};
use crate::auth::Caller;
use crate::context::Context;
use crate::ids::ResourceId;
use crate::rbac::assignment::{Assignment, ROLE_ASSIGNMENTS, at_or_above, below, holders};
use crate::request::{Reply, Request};
use crate::services::arm::{errors, page};
use crate::store::State;

pub(super) fn list(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    let scope = format!("/{}", request.parameter("scope"));
    let Some(filter) = Filter::parse(request.query("$filter").unwrap_or_default()) else {
        return errors::bad_request(
            "UnsupportedFilter",
            "the $filter is none of atScope(), principalId eq, assignedTo()",
        );
    };
    let tenant = caller
        .map(|caller| caller.tenant_id.as_str())
        .unwrap_or_default();
    let principals = match principals(&state, &filter, tenant) {
        Ok(principals) => principals,
        Err(reply) => return reply,
    };
    let mut found = at_or_above(&state, &scope);
    if !filter.at_scope {
        found.extend(below(&state, &scope));
    }
    let wanted = |assignment: &Assignment<'_>| {
        let principal = assignment.principal().to_ascii_lowercase();
        principals
            .as_ref()
            .is_none_or(|principals| principals.contains(&principal))
    };
    let items = found
        .into_iter()
        .filter(wanted)
        .map(|assignment| shown(&state, assignment))
        .collect();
    page::reply(request, items)
}

pub(super) fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let found = state
        .resource(&request.path)
        .filter(|resource| resource.is_a(ROLE_ASSIGNMENTS));
    match found {
        Some(resource) => Reply::ok(&shown(&state, Assignment { resource })),
        None => {
            let message = format!(
                "The role assignment '{}' is not found.",
                request.parameter("roleAssignmentName")
            );
            errors::error(StatusCode::NOT_FOUND, "RoleAssignmentNotFound", &message)
        }
    }
}

/// Object ids (lower case) whose assignments are wanted; nothing for everybody's.
fn principals(state: &State, filter: &Filter, tenant: &str) -> Result<Option<Vec<String>>, Reply> {
    match &filter.principal {
        Whose::Anybody => Ok(None),
        Whose::Exactly(id) => Ok(Some(vec![id.to_ascii_lowercase()])),
        Whose::AssignedTo(id) if state.directory.group(tenant, id).is_some() => {
            Err(errors::bad_request(
                "BadRequestFormat",
                "assignedTo() takes a user or a service principal, not a group",
            ))
        }
        Whose::AssignedTo(id) => Ok(Some(holders(state, id).into_iter().collect())),
    }
}

/// As Azure shows it.
pub(super) fn shown(state: &State, assignment: Assignment<'_>) -> Value {
    let resource = assignment.resource;
    let scope = assignment.scope();
    let mut properties = json!({
        "scope": scope,
        "roleDefinitionId": role_id(assignment.role(), &scope),
        "principalId": assignment.principal(),
        "principalType": principal_type(state, assignment),
        "condition": assignment.condition(),
        "conditionVersion": null,
        "description": null,
        "createdOn": null,
        "updatedOn": null,
        "createdBy": null,
        "updatedBy": null,
        "delegatedManagedIdentityResourceId": null,
    });
    for key in [
        "conditionVersion",
        "description",
        "createdOn",
        "updatedOn",
        "createdBy",
        "updatedBy",
        "delegatedManagedIdentityResourceId",
    ] {
        properties[key] = resource.properties().get(key).cloned().unwrap_or_default();
    }
    json!({"properties": properties, "id": resource.id, "type": ROLE_ASSIGNMENTS, "name": resource.name})
}

/// Azure answers with the subscription in front, whatever was sent.
fn role_id(role: &str, scope: &str) -> String {
    let subscription = ResourceId::parse(scope).ok().and_then(|id| id.subscription);
    match subscription {
        Some(subscription) if role.to_ascii_lowercase().starts_with("/providers/") => {
            format!("/subscriptions/{subscription}{role}")
        }
        _ => role.to_owned(),
    }
}

fn principal_type<'a>(state: &'a State, assignment: Assignment<'a>) -> &'a str {
    let given = assignment
        .resource
        .property("/principalType")
        .and_then(Value::as_str);
    let is_group = || {
        state
            .directory
            .group(&assignment.resource.tenant, assignment.principal())
            .is_some()
    };
    given.unwrap_or_else(|| {
        if is_group() {
            "Group"
        } else {
            "ServicePrincipal"
        }
    })
}
