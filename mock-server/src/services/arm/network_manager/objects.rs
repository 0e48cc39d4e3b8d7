//! Network managers, network groups, static members and connectivity configurations: as given, with what Azure fills in.
//!
//! `crossTenantScopes` lists what `Connected` connections brought; the region of a member is that of its network, as far
//! as the manager may see it.

use serde_json::{Value, json};

use super::PAGE;
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::{found, page, resource_page, shape};
use crate::services::network_manager::{
    CONFIGURATIONS, NETWORK_GROUPS, NETWORK_MANAGERS, STATIC_MEMBERS, effective, region_of,
};
use crate::services::private_endpoint::derived_guid;
use crate::store::{Resource, State};

type Shape = fn(&State, &Resource) -> Value;

pub(super) fn get_manager(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    get(context, request, manager)
}

pub(super) fn list_managers(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    resource_page::reply_with_top(&state, request, NETWORK_MANAGERS, |it| manager(&state, it))
}

pub(super) fn get_group(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    get(context, request, group)
}

pub(super) fn list_groups(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    list(context, request, NETWORK_GROUPS, group)
}

pub(super) fn get_member(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    get(context, request, member)
}

pub(super) fn list_members(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    list(context, request, STATIC_MEMBERS, member)
}

pub(super) fn get_configuration(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    get(context, request, configuration)
}

pub(super) fn list_configurations(
    context: &Context,
    request: &Request,
    _: Option<&Caller>,
) -> Reply {
    list(context, request, CONFIGURATIONS, configuration)
}

pub(super) fn get(context: &Context, request: &Request, shape: Shape) -> Reply {
    let state = context.state();
    found::resource(&state, request).map_or_else(|reply| reply, |it| Reply::ok(&shape(&state, it)))
}

pub(super) fn list(
    context: &Context,
    request: &Request,
    resource_type: &str,
    shape: Shape,
) -> Reply {
    let state = context.state();
    match found::parent(&state, request) {
        Ok(parent) => {
            let children = state.children(&parent.id, resource_type);
            page::reply_up_to(
                request,
                children.map(|it| shape(&state, it)).collect(),
                PAGE,
            )
        }
        Err(reply) => reply,
    }
}

fn manager(state: &State, given: &Resource) -> Value {
    let mut body = object(given);
    let mut scopes = json!({"managementGroups": [], "subscriptions": []});
    for list in ["managementGroups", "subscriptions"] {
        if let Some(given) = given.property(&format!("/networkManagerScopes/{list}")) {
            scopes[list] = given.clone();
        }
    }
    let cross_tenant = cross_tenant_scopes(state, given);
    if !cross_tenant.is_empty() {
        scopes["crossTenantScopes"] = json!(cross_tenant);
    }
    shape::derive(&mut body, "networkManagerScopes", scopes);
    body
}

/// One item per tenant.
fn cross_tenant_scopes(state: &State, manager: &Resource) -> Vec<Value> {
    let mut items: Vec<Value> = Vec::new();
    for it in state
        .derived()
        .connectivity
        .connections
        .scopes_of(&manager.id)
    {
        let of_tenant = |item: &Value| item["tenantId"] == json!(it.tenant);
        let at = items.iter().position(of_tenant).unwrap_or_else(|| {
            let item = json!({"tenantId": it.tenant, "managementGroups": [], "subscriptions": []});
            items.push(item);
            items.len() - 1
        });
        let is_subscription = it
            .scope
            .trim_start_matches('/')
            .to_ascii_lowercase()
            .starts_with("subscriptions");
        let list = if is_subscription {
            "subscriptions"
        } else {
            "managementGroups"
        };
        if let Some(scopes) = items[at][list].as_array_mut() {
            scopes.push(json!(it.scope));
        }
    }
    items
}

fn group(_: &State, given: &Resource) -> Value {
    object(given)
}

fn configuration(_: &State, given: &Resource) -> Value {
    object(given)
}

fn member(state: &State, given: &Resource) -> Value {
    let mut body = shape::resource(given);
    let network = given.property("/resourceId").and_then(Value::as_str);
    if let Some(network) = network.and_then(|id| effective::network(state, id)) {
        shape::derive(&mut body, "region", json!(region_of(network)));
    }
    body["etag"] = shape::etag(given, &body);
    body
}

fn object(given: &Resource) -> Value {
    let mut body = shape::resource(given);
    shape::default(
        &mut body,
        "resourceGuid",
        json!(derived_guid(&given.id, "resource")),
    );
    body["etag"] = shape::etag(given, &body);
    body
}
