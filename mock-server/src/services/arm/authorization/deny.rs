//! Deny assignments at a scope: at it, above it, and below it unless `atScope()` says otherwise. Azure makes them, people
//! cannot: there are no writes.
//!
//! Shape and filters: azure-docs, `role-based-access-control/deny-assignments.md` and `list-deny-assignments.md`; the official
//! file is not at hand.

use http::StatusCode;
use serde_json::{Value, json};

use super::filter::{Filter, Whose};
use crate::auth::Caller;
use crate::context::Context;
use crate::rbac::assignment::{holders, scopes_up};
use crate::rbac::deny::{DENY_ASSIGNMENTS, scope_of};
use crate::request::{Reply, Request};
use crate::services::arm::{errors, page};
use crate::store::{Resource, State};

pub(super) fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let scope = format!("/{}", request.parameter("scope"));
    let Some(filter) = Filter::parse(request.query("$filter").unwrap_or_default()) else {
        return errors::bad_request(
            "UnsupportedFilter",
            "the $filter is none of atScope(), principalId eq, assignedTo()",
        );
    };
    let scopes = scopes_up(&state, &scope);
    let above = scopes
        .iter()
        .flat_map(|scope| state.children(scope, DENY_ASSIGNMENTS));
    let below = state
        .below(&scope)
        .filter(|it| it.is_a(DENY_ASSIGNMENTS) && !scope_of(it).eq_ignore_ascii_case(&scope));
    let below = below.filter(|_| !filter.at_scope);
    let all = above
        .chain(below)
        .filter(|it| concerns(&state, it, &filter));
    page::reply(request, all.map(shown).collect())
}

pub(super) fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let found = state.resource(&request.path);
    match found.filter(|it| it.is_a(DENY_ASSIGNMENTS)) {
        Some(found) => Reply::ok(&shown(found)),
        None => {
            let name = request.parameter("denyAssignmentId");
            let message = format!("The deny assignment '{name}' is not found.");
            errors::error(StatusCode::NOT_FOUND, "DenyAssignmentNotFound", &message)
        }
    }
}

fn concerns(state: &State, deny: &Resource, filter: &Filter) -> bool {
    let named = |id: &str| {
        let principals = deny.property("/principals").and_then(Value::as_array);
        let mut ids = principals.into_iter().flatten().map(|it| &it["id"]);
        ids.any(|it| it.as_str().is_some_and(|it| it.eq_ignore_ascii_case(id)))
    };
    match &filter.principal {
        Whose::Anybody => true,
        Whose::Exactly(id) => named(id),
        Whose::AssignedTo(id) => holders(state, id).iter().any(|id| named(id)),
    }
}

fn shown(deny: &Resource) -> Value {
    let given =
        |name: &str, default: Value| deny.properties().get(name).cloned().unwrap_or(default);
    json!({
        "properties": {
            "denyAssignmentName": given("denyAssignmentName", json!(deny.name)),
            "description": given("description", json!("")),
            "permissions": given("permissions", json!([])),
            "scope": scope_of(deny),
            "doNotApplyToChildScopes": given("doNotApplyToChildScopes", json!(false)),
            "principals": given("principals", json!([])),
            "excludePrincipals": given("excludePrincipals", json!([])),
            "isSystemProtected": given("isSystemProtected", json!(true)),
        },
        "id": deny.id,
        "type": DENY_ASSIGNMENTS,
        "name": deny.name,
    })
}
