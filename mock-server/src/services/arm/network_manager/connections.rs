//! Both sides of a connection between a network manager and a scope of another tenant; the state is derived, and the same
//! on both.

use serde_json::{Value, json};

use super::PAGE;
use super::objects::{get, list};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::router::scope;
use crate::services::arm::management_groups::group_not_found;
use crate::services::arm::{found, page, shape};
use crate::services::network_manager::{MANAGER_CONNECTIONS, SCOPE_CONNECTIONS};
use crate::store::{Resource, State};

pub(super) fn get_of_manager(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    get(context, request, connection)
}

pub(super) fn list_of_manager(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    list(context, request, SCOPE_CONNECTIONS, connection)
}

pub(super) fn get_of_member(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let missing = missing_group(&state, request);
    missing.unwrap_or_else(|| {
        found::resource(&state, request)
            .map_or_else(|reply| reply, |it| Reply::ok(&connection(&state, it)))
    })
}

pub(super) fn list_of_member(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let missing = missing_group(&state, request);
    missing.unwrap_or_else(|| {
        let scope = scope::of(&request.path);
        let all = state.children(&scope, MANAGER_CONNECTIONS);
        page::reply_up_to(
            request,
            all.map(|it| connection(&state, it)).collect(),
            PAGE,
        )
    })
}

/// The answer when the path names a management group that does not exist.
fn missing_group(state: &State, request: &Request) -> Option<Reply> {
    let name = request.parameter("managementGroupId");
    let id = crate::world::ManagementGroup::id_of(name);
    (!name.is_empty() && state.resource(&id).is_none()).then(|| group_not_found(name))
}

fn connection(state: &State, given: &Resource) -> Value {
    let connections = &state.derived().connectivity.connections;
    let mut body = shape::without_provisioning_state(given);
    shape::derive(
        &mut body,
        "connectionState",
        json!(connections.state(&given.id).as_str()),
    );
    body["etag"] = shape::etag(given, &body);
    body
}
