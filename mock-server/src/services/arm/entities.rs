//! `getEntities`: the management groups and subscriptions that the caller may see, in one list.
//!
//! Shape: `GetEntities.json`. Permissions are told apart as `view` and `edit` only; `$filter`, `$search`, `$view` are ignored.

use serde_json::{Value, json};

use super::management_groups::{GROUPS, children, descendants};
use super::page;
use super::subscriptions::holds_a_role_in;
use crate::auth::Caller;
use crate::context::Context;
use crate::rbac::assignment::scopes_up;
use crate::rbac::{self, Asked};
use crate::request::{Reply, Request};
use crate::store::{Resource, State};

pub(super) fn list(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    let Some(caller) = caller else {
        return page::single(Vec::new());
    };
    let may = |action: &str, scope: &str| {
        rbac::allowed(&state, caller, &Asked::control(action, scope)).is_granted()
    };
    let permissions = |scope: &str| {
        let write = "Microsoft.Management/managementGroups/write";
        if may(write, scope) { "edit" } else { "view" }
    };
    let groups = state
        .resources_of_type(GROUPS)
        .filter(|it| may("Microsoft.Management/managementGroups/read", &it.id));
    let groups = groups.map(|it| group(&state, it, permissions(&it.id)));
    let subscriptions = state.tenant(&caller.tenant_id);
    let subscriptions = subscriptions.map(|it| it.subscriptions.as_slice());
    let subscriptions = subscriptions
        .unwrap_or_default()
        .iter()
        .filter(|it| holds_a_role_in(&state, caller, &it.id));
    let subscriptions = subscriptions.map(|it| {
        let id = format!("/subscriptions/{}", it.id);
        entity(
            &state,
            [&id, "/subscriptions", &it.id, &it.name],
            &caller.tenant_id,
            permissions(&id),
        )
    });
    page::reply(request, groups.chain(subscriptions).collect())
}

fn group(state: &State, group: &Resource, permissions: &str) -> Value {
    let text = |pointer: &str| group.property(pointer).and_then(Value::as_str);
    let name = text("/displayName").unwrap_or(&group.name);
    let tenant = text("/tenantId").unwrap_or_default();
    let of = [&group.id, GROUPS, &group.name, name];
    let mut body = entity(state, of, tenant, permissions);
    let inside = children(state, group);
    let groups = inside.iter().filter(|it| it["type"] == GROUPS).count();
    body["properties"]["numberOfDescendants"] = json!(descendants(state, group).len());
    body["properties"]["numberOfChildren"] = json!(inside.len());
    body["properties"]["numberOfChildGroups"] = json!(groups);
    body
}

fn entity(
    state: &State,
    [id, kind, name, display_name]: [&str; 4],
    tenant: &str,
    permissions: &str,
) -> Value {
    let above = scopes_up(state, id);
    let groups: Vec<&Resource> = above[1..]
        .iter()
        .rev()
        .filter_map(|id| state.resource(id))
        .collect();
    let names: Vec<&str> = groups.iter().map(|it| it.name.as_str()).collect();
    let display_names: Vec<Value> = groups
        .iter()
        .map(|it| it.property("/displayName").cloned().unwrap_or_default())
        .collect();
    let parent = groups.last().map(|it| json!({"id": it.id}));
    json!({
        "id": id,
        "type": kind,
        "name": name,
        "properties": {
            "tenantId": tenant,
            "displayName": display_name,
            "parent": parent,
            "permissions": permissions,
            "inheritedPermissions": permissions,
            "parentDisplayNameChain": display_names,
            "parentNameChain": names,
            "numberOfDescendants": 0,
            "numberOfChildren": 0,
            "numberOfChildGroups": 0,
        },
    })
}
