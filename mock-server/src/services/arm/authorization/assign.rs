//! Writes of role assignments: may this principal hold that role there?
//!
//! Codes and texts are those of captured answers: `InvalidRoleAssignmentId` (azure-rest-api-specs #1684), `BadRequestFormat`
//! (azure-cli #2458), `PrincipalNotFound` (HubAndSpokeResearchEnclave #50; ids without hyphens: azure-powershell #16551),
//! `RoleAssignmentExists` (azure-search-openai-demo #1091), `RoleAssignmentUpdateNotPermitted` (Enterprise-Scale #1747),
//! "The given role assignment condition is invalid." (azure-docs #119449, which names no code: ours), limits (azure-docs,
//! `role-based-access-control/troubleshooting.md`).
//!
//! A principal of unknown type is looked up in the directory. With `principalType` Azure trusts the caller, so that an
//! object that is not replicated yet can be assigned (same texts); not when the object is known to live in another tenant of
//! the world only, which no replication cures: that refusal is ours, as is the one of another role under an existing name.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::assignments::shown;
use super::principal::{Principal, compact};
use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::ids::{ResourceId, is_guid};
use crate::rbac::assignment::{
    Assignment, ROLE_ASSIGNMENTS, custom_role, definition, scopes_up, tenant_of,
};
use crate::rbac::condition::Condition;
use crate::request::{Reply, Request};
use crate::services::arm::errors::{bad_request, conflict};
use crate::services::arm::write::linked::Callers;
use crate::services::arm::write::{Body, body, fields};
use crate::services::arm::{found, scope_exists};
use crate::store::{Resource, State};

/// Most role assignments of a subscription, those of its groups and resources included.
const MOST: usize = 4000;
const ROLE_ID: &str = "/providers/microsoft.authorization/roledefinitions/";
const TYPES: &[&str] = &[
    "User",
    "Group",
    "ServicePrincipal",
    "ForeignGroup",
    "Device",
];

pub(super) fn create(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    try_create(context, request, caller).unwrap_or_else(|refused| refused)
}

pub(super) fn delete(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let mut state = context.state_mut();
    let found = state.shared_resource(&request.path);
    let Some(found) = found.filter(|it| it.is_a(ROLE_ASSIGNMENTS)) else {
        return Reply::empty(StatusCode::NO_CONTENT);
    };
    let body = shown(&state, Assignment { resource: &found });
    state.remove_resource(&found.id);
    Reply::ok(&body)
}

fn try_create(
    context: &Context,
    request: &Request,
    caller: Option<&Caller>,
) -> Result<Reply, Reply> {
    let given = body::object(request)?;
    let caller = Callers::of(context, request, caller)?.main;
    let id = found::parse(&request.path)?;
    if !is_guid(&id.name) {
        return Err(not_a_guid(&id.name));
    }
    body::fits(&given, &id)?;
    let mut state = context.state_mut();
    let scope = scope_exists::spelled(&state, id.parent().unwrap_or_default())?;
    let wanted = Wanted::read(&state, &given, &scope)?;
    let existing = existing(&state, &id, &scope, wanted.tenant.as_str());
    wanted.check(&state, &scope, existing)?;
    let status = match existing {
        Some(_) => StatusCode::OK,
        None => StatusCode::CREATED,
    };
    let now = rfc3339(context.clock.now());
    let body = wanted.body(existing, &caller, &now);
    let id = existing.map_or_else(
        || {
            format!(
                "{scope}/providers/{ROLE_ASSIGNMENTS}/{}",
                id.name.to_ascii_lowercase()
            )
        },
        |it| it.id.clone(),
    );
    state
        .put_resource(&id, body)
        .map_err(|why| bad_request("InvalidResourceId", &why))?;
    let stored = state.resource(&id);
    let body = stored.map(|resource| shown(&state, Assignment { resource }));
    Ok(Reply::json(status, &body.unwrap_or_default()))
}

/// The assignment of that name in the tenant: names are unique there.
fn existing<'a>(
    state: &'a State,
    id: &ResourceId,
    scope: &str,
    tenant: &str,
) -> Option<&'a Resource> {
    let here = format!("{scope}/providers/{ROLE_ASSIGNMENTS}/{}", id.name);
    let elsewhere = || {
        let mut all = state.resources_named(ROLE_ASSIGNMENTS, &id.name);
        all.find(|it| tenant_of(state, it).eq_ignore_ascii_case(tenant))
    };
    state.resource(&here).or_else(elsewhere)
}

/// What a client wants.
struct Wanted {
    tenant: String,
    role: String,
    principal: String,
    principal_type: &'static str,
    properties: Map<String, Value>,
}

impl Wanted {
    fn read(state: &State, given: &Body, scope: &str) -> Result<Self, Reply> {
        let tenant = state.tenant_of_scope(scope).unwrap_or_default().to_owned();
        let role = fields::text(given, "/properties/roleDefinitionId")?.unwrap_or_default();
        let principal = fields::text(given, "/properties/principalId")?.unwrap_or_default();
        let role_name = role_name(role).ok_or_else(bad_format)?;
        require_role(state, &tenant, role_name, scope)?;
        if !is_guid(principal) {
            return Err(bad_request(
                "InvalidPrincipalId",
                &format!(
                    "The Principal ID '{principal:.100}' is not valid. Principal ID must be a GUID."
                ),
            ));
        }
        let said = fields::one_of(given, "/properties/principalType", TYPES)?;
        let principal_type = Principal::of(state, &tenant, principal).as_said(said)?;
        Ok(Self {
            role: role.to_owned(),
            principal: principal.to_ascii_lowercase(),
            principal_type,
            properties: properties(given)?,
            tenant,
        })
    }

    /// Nothing else has the name, or what has it stays what it is; nothing else grants the same.
    fn check(&self, state: &State, scope: &str, existing: Option<&Resource>) -> Result<(), Reply> {
        let same = |it: Assignment<'_>| {
            it.principal().eq_ignore_ascii_case(&self.principal)
                && role_name(it.role()).is_some_and(|role| {
                    role_name(&self.role).is_some_and(|it| it.eq_ignore_ascii_case(role))
                })
        };
        if let Some(resource) = existing {
            let before = Assignment { resource };
            let stays = same(before) && before.scope().eq_ignore_ascii_case(scope);
            return if stays { Ok(()) } else { Err(not_updated()) };
        }
        let mut here = state.children(scope, ROLE_ASSIGNMENTS);
        if let Some(twin) = here.find(|resource| same(Assignment { resource })) {
            return Err(exists(twin));
        }
        let subscription = ResourceId::parse(scope).ok().and_then(|id| id.subscription);
        let count =
            subscription.map_or(0, |it| state.in_subscription(&it, ROLE_ASSIGNMENTS).count());
        if count >= MOST {
            return Err(bad_request(
                "RoleAssignmentLimitExceeded",
                "No more role assignments can be created.",
            ));
        }
        Ok(())
    }

    fn body(&self, existing: Option<&Resource>, caller: &Caller, now: &str) -> Body {
        let before = |name: &str, new: &str| {
            let before = existing.and_then(|it| it.properties().get(name)).cloned();
            before.unwrap_or_else(|| json!(new))
        };
        let mut properties = self.properties.clone();
        for (name, value) in [
            ("roleDefinitionId", json!(self.role)),
            ("principalId", json!(self.principal)),
            ("principalType", json!(self.principal_type)),
            ("createdOn", before("createdOn", now)),
            ("createdBy", before("createdBy", &caller.object_id)),
            ("updatedOn", json!(now)),
            ("updatedBy", json!(caller.object_id)),
        ] {
            properties.insert(name.to_owned(), value);
        }
        Map::from_iter([("properties".to_owned(), Value::Object(properties))])
    }
}

/// Description, condition, and the identity on whose behalf it is made.
fn properties(given: &Body) -> Result<Map<String, Value>, Reply> {
    let mut kept = Map::new();
    for name in ["description", "delegatedManagedIdentityResourceId"] {
        if let Some(text) = fields::text(given, &format!("/properties/{name}"))? {
            kept.insert(name.to_owned(), json!(text));
        }
    }
    let condition = fields::text(given, "/properties/condition")?.unwrap_or_default();
    let version = fields::text(given, "/properties/conditionVersion")?;
    if condition.trim().is_empty() {
        return Ok(kept);
    }
    if version.is_some_and(|version| version != "2.0") {
        return Err(bad_condition("its conditionVersion is not 2.0"));
    }
    Condition::parse(condition).map_err(|why| bad_condition(&why))?;
    kept.insert("condition".to_owned(), json!(condition));
    kept.insert("conditionVersion".to_owned(), json!("2.0"));
    Ok(kept)
}

/// The GUID of a role id; nothing when it is none.
fn role_name(role: &str) -> Option<&str> {
    let at = role.to_ascii_lowercase().rfind(ROLE_ID)?;
    let name = role.get(at + ROLE_ID.len()..)?;
    is_guid(name).then_some(name)
}

/// The role exists in the tenant and, when it is a custom one, may be assigned at the scope. Azure's answer to the latter is
/// not recorded: at that scope the role is not to be seen, so it does not exist there.
fn require_role(state: &State, tenant: &str, name: &str, scope: &str) -> Result<(), Reply> {
    let role = definition(state, tenant, name);
    let scopes = scopes_up(state, scope);
    let covers = |assignable: &String| {
        let assignable = assignable.trim_end_matches('/');
        scopes.iter().any(|it| it.eq_ignore_ascii_case(assignable))
    };
    let is_custom = custom_role(state, tenant, name).is_some();
    match role {
        Some(role) if !is_custom || role.assignable_scopes.iter().any(covers) => Ok(()),
        _ => Err(bad_request(
            "RoleDefinitionDoesNotExist",
            &format!(
                "The specified role definition with ID '{}' does not exist.",
                compact(name)
            ),
        )),
    }
}

fn not_a_guid(name: &str) -> Reply {
    bad_request(
        "InvalidRoleAssignmentId",
        &format!(
            "The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID."
        ),
    )
}

fn bad_format() -> Reply {
    bad_request("BadRequestFormat", "The request was incorrectly formatted.")
}

fn bad_condition(why: &str) -> Reply {
    bad_request(
        "InvalidCondition",
        &format!("The given role assignment condition is invalid. {why}"),
    )
}

fn not_updated() -> Reply {
    bad_request(
        "RoleAssignmentUpdateNotPermitted",
        "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
    )
}

fn exists(twin: &Resource) -> Reply {
    conflict(
        "RoleAssignmentExists",
        &format!(
            "The role assignment already exists. The ID of the existing role assignment is {}.",
            compact(&twin.name)
        ),
    )
}
