//! Writes of custom roles: what must hold of a role before it may be assigned?
//!
//! Rules: azure-docs, `role-based-access-control/custom-roles.md` (name and description lengths, names unique in the
//! tenant, at least one assignable scope, one management group at most, the right to write or delete at every assignable
//! scope) and `troubleshooting.md` (`RoleDefinitionHasAssignments`, `RoleDefinitionLimitExceeded`, and
//! `LinkedAuthorizationFailed` for assignable scopes). `InvalidActionOrNotAction` and `InvalidDataActionOrNotDataAction` are
//! Azure's; which operations providers have is not known here, so only the form of an action is looked at. Where a text
//! below has no source it is ours.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::definitions::shown;
use super::principal::compact;
use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::ids::{ResourceId, is_guid};
use crate::rbac::assignment::{
    Assignment, ROLE_ASSIGNMENTS, ROLE_DEFINITIONS, custom_role, tenant_of,
};
use crate::rbac::built_in::BUILT_IN;
use crate::rbac::definition::Definition;
use crate::request::{Reply, Request};
use crate::services::arm::errors::{bad_request, conflict};
use crate::services::arm::management_groups::GROUPS;
use crate::services::arm::write::linked::Callers;
use crate::services::arm::write::{Body, Verb, Write, body, fields};
use crate::services::arm::{found, scope_exists};
use crate::store::{Resource, State};

/// Most custom roles of a tenant (MORE.md §4).
const MOST: usize = 5000;
const LONGEST_NAME: usize = 512;
const LONGEST_DESCRIPTION: usize = 2048;

pub(super) fn put(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    try_put(context, request, caller).unwrap_or_else(|refused| refused)
}

pub(super) fn delete(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    try_delete(context, request, caller).unwrap_or_else(|refused| refused)
}

fn try_put(context: &Context, request: &Request, caller: Option<&Caller>) -> Result<Reply, Reply> {
    let given = body::object(request)?;
    let callers = alone(context, request, caller)?;
    let id = found::parse(&request.path)?;
    require_custom(&id.name)?;
    let mut state = context.state_mut();
    let scope = scope_exists::spelled(&state, id.parent().unwrap_or_default())?;
    let tenant = callers.main.tenant_id.clone();
    let existing = custom_role(&state, &tenant, &id.name);
    let role = Role::read(&given)?;
    require_right(context, &state, &callers, &id, Verb::Put, &role.scopes)?;
    require_right(
        context,
        &state,
        &callers,
        &id,
        Verb::Put,
        &scopes_of(existing),
    )?;
    role.check(&state, &tenant, existing)?;
    let now = rfc3339(context.clock.now());
    let body = role.body(existing, &callers.main, &now);
    let at = existing.map_or_else(
        || {
            format!(
                "{}/providers/{ROLE_DEFINITIONS}/{}",
                home(&scope),
                id.name.to_ascii_lowercase()
            )
        },
        |it| it.id.clone(),
    );
    state
        .put_resource(&at, body)
        .map_err(|why| bad_request("InvalidResourceId", &why))?;
    let stored = state.resource(&at).map(|it| shown(it, &scope));
    Ok(Reply::json(
        StatusCode::CREATED,
        &stored.unwrap_or_default(),
    ))
}

fn try_delete(
    context: &Context,
    request: &Request,
    caller: Option<&Caller>,
) -> Result<Reply, Reply> {
    let callers = alone(context, request, caller)?;
    let id = found::parse(&request.path)?;
    require_custom(&id.name)?;
    let mut state = context.state_mut();
    let tenant = callers.main.tenant_id.clone();
    let Some(role) = custom_role(&state, &tenant, &id.name) else {
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    };
    let scopes = scopes_of(Some(role));
    require_right(context, &state, &callers, &id, Verb::Delete, &scopes)?;
    if is_assigned(&state, &tenant, role) {
        return Err(bad_request(
            "RoleDefinitionHasAssignments",
            "There are existing role assignments referencing role.",
        ));
    }
    let body = shown(role, id.parent().unwrap_or_default());
    let at = role.id.clone();
    state.remove_resource(&at);
    Ok(Reply::ok(&body))
}

fn is_assigned(state: &State, tenant: &str, role: &Resource) -> bool {
    let all = state.resources_of_type(ROLE_ASSIGNMENTS);
    let mut all = all.map(|resource| Assignment { resource });
    all.any(|it| {
        let name = it.role().rsplit('/').next().unwrap_or_default();
        name.eq_ignore_ascii_case(&role.name) && tenant_of(state, it.resource) == tenant
    })
}

/// A role is of one tenant: what the caller may do in others does not count.
fn alone(context: &Context, request: &Request, caller: Option<&Caller>) -> Result<Callers, Reply> {
    let mut callers = Callers::of(context, request, caller)?;
    callers.auxiliary.clear();
    Ok(callers)
}

fn require_custom(name: &str) -> Result<(), Reply> {
    if !is_guid(name) {
        return Err(bad_request(
            "InvalidRoleDefinitionId",
            &format!(
                "The role definition ID '{name}' is not valid. The role definition ID must be a GUID."
            ),
        ));
    }
    if Definition::built_in(name).is_some() {
        return Err(bad_request(
            "BuiltInRoleUpdateNotPermitted",
            &format!("The role definition '{}' is a built-in one.", compact(name)),
        ));
    }
    Ok(())
}

/// The right to write or delete the role at every assignable scope, in the words of linked access.
fn require_right(
    context: &Context,
    state: &State,
    callers: &Callers,
    id: &ResourceId,
    verb: Verb,
    scopes: &[String],
) -> Result<(), Reply> {
    let right = match verb {
        Verb::Delete => "delete",
        Verb::Put | Verb::Patch => "write",
    };
    let action = format!("{ROLE_DEFINITIONS}/{right}");
    let write = Write {
        state,
        id,
        existing: None,
        callers,
        action: action.clone(),
        verb,
        now: context.clock.now(),
    };
    for (index, scope) in scopes.iter().enumerate() {
        let property = format!("properties.assignableScopes[{index}]");
        write.linked(&property, scope, &action)?;
    }
    Ok(())
}

fn scopes_of(role: Option<&Resource>) -> Vec<String> {
    role.map(|it| Definition::custom(&it.name, it.properties()).assignable_scopes)
        .unwrap_or_default()
}

/// Custom roles are kept at their subscription or management group.
fn home(scope: &str) -> String {
    let subscription = ResourceId::parse(scope).ok().and_then(|id| id.subscription);
    subscription.map_or_else(|| scope.to_owned(), |it| format!("/subscriptions/{it}"))
}

/// What a client wants.
struct Role {
    name: String,
    description: String,
    scopes: Vec<String>,
    permissions: Vec<Value>,
}

impl Role {
    fn read(given: &Body) -> Result<Self, Reply> {
        let name = fields::required_text(given, "/properties/roleName")?;
        let description = fields::text(given, "/properties/description")?.unwrap_or_default();
        fields::one_of(given, "/properties/type", &["CustomRole"])?;
        if name.chars().count() > LONGEST_NAME || description.chars().count() > LONGEST_DESCRIPTION
        {
            return Err(body::invalid(&format!(
                "a role's name has at most {LONGEST_NAME} characters and its description at most {LONGEST_DESCRIPTION}"
            )));
        }
        Ok(Self {
            name: name.to_owned(),
            description: description.to_owned(),
            scopes: scopes(given)?,
            permissions: permissions(given)?,
        })
    }

    fn check(&self, state: &State, tenant: &str, existing: Option<&Resource>) -> Result<(), Reply> {
        let others: Vec<&Resource> = state
            .resources_of_type(ROLE_DEFINITIONS)
            .filter(|it| tenant_of(state, it) == tenant)
            .filter(|it| existing.is_none_or(|existing| existing.id != it.id))
            .collect();
        let custom = others.iter().filter_map(|it| it.property("/roleName"));
        let mut names = custom
            .filter_map(Value::as_str)
            .chain(BUILT_IN.iter().map(|it| it.name));
        if names.any(|it| it.to_lowercase() == self.name.to_lowercase()) {
            return Err(conflict(
                "RoleDefinitionWithSameNameExists",
                "A custom role with the same name already exists in this directory. Use a different name.",
            ));
        }
        if existing.is_none() && others.len() >= MOST {
            return Err(bad_request(
                "RoleDefinitionLimitExceeded",
                "Role definition limit exceeded. No more role definitions can be created.",
            ));
        }
        Ok(())
    }

    fn body(&self, existing: Option<&Resource>, caller: &Caller, now: &str) -> Body {
        let before = |name: &str, new: &str| {
            let before = existing.and_then(|it| it.properties().get(name)).cloned();
            before.unwrap_or_else(|| json!(new))
        };
        let properties = json!({
            "roleName": self.name,
            "type": "CustomRole",
            "description": self.description,
            "assignableScopes": self.scopes,
            "permissions": self.permissions,
            "createdOn": before("createdOn", now),
            "updatedOn": now,
            "createdBy": before("createdBy", &caller.object_id),
            "updatedBy": caller.object_id,
        });
        Map::from_iter([("properties".to_owned(), properties)])
    }
}

fn scopes(given: &Body) -> Result<Vec<String>, Reply> {
    let scopes = fields::texts(given, "/properties/assignableScopes")?;
    if scopes.is_empty() {
        return Err(fields::missing("/properties/assignableScopes"));
    }
    let group = format!("/providers/{GROUPS}/").to_ascii_lowercase();
    let groups = scopes
        .iter()
        .filter(|it| it.to_ascii_lowercase().starts_with(&group));
    if groups.count() > 1 {
        return Err(bad_request(
            "InvalidAssignableScopes",
            "a custom role has at most one management group among its assignable scopes",
        ));
    }
    let trimmed = scopes.into_iter().map(|it| it.trim_end_matches('/'));
    Ok(trimmed.map(str::to_owned).collect())
}

/// Each item with its four lists.
fn permissions(given: &Body) -> Result<Vec<Value>, Reply> {
    let items = fields::array(given, "/properties/permissions")?;
    if items.is_empty() {
        return Err(fields::missing("/properties/permissions"));
    }
    let item = |index| {
        let mut item = Map::new();
        for (name, code) in [
            ("actions", "InvalidActionOrNotAction"),
            ("notActions", "InvalidActionOrNotAction"),
            ("dataActions", "InvalidDataActionOrNotDataAction"),
            ("notDataActions", "InvalidDataActionOrNotDataAction"),
        ] {
            let actions = fields::texts(given, &format!("/properties/permissions/{index}/{name}"))?;
            if let Some(bad) = actions.iter().find(|it| !is_action(it)) {
                return Err(bad_request(
                    code,
                    &format!(
                        "'{bad:.300}' does not match any of the actions supported by the providers."
                    ),
                ));
            }
            item.insert(name.to_owned(), json!(actions));
        }
        Ok(Value::Object(item))
    };
    (0..items.len()).map(item).collect()
}

/// `*`, `*/read`, `Microsoft.KeyVault/vaults/read`.
fn is_action(action: &str) -> bool {
    let plain = |it: char| it.is_ascii_alphanumeric() || "*./-_$".contains(it);
    let (provider, rest) = action.split_once('/').unwrap_or((action, "*"));
    let has_provider = provider == "*" || (provider.contains('.') && action.contains('/'));
    action.chars().all(plain) && has_provider && rest.split('/').all(|it| !it.is_empty())
}
