//! Both sides of a connection between a network manager and a scope of another tenant; the state is derived, and the same
//! on both. Each side is written in its own tenant and names the other, which need not exist yet.

use serde_json::{Value, json};

use super::objects::{get, list};
use super::{PAGE, ids};
use crate::auth::Caller;
use crate::context::Context;
use crate::ids::is_guid;
use crate::request::{Reply, Request};
use crate::router::scope;
use crate::services::arm::errors::bad_request;
use crate::services::arm::management_groups::group_not_found;
use crate::services::arm::write::{Body, Kind, Write, fields};
use crate::services::arm::{found, page, shape};
use crate::services::network_manager::{MANAGER_CONNECTIONS, NETWORK_MANAGERS, SCOPE_CONNECTIONS};
use crate::store::{Resource, State};

/// The manager's side.
pub(super) struct ScopeConnections;

impl Kind for ScopeConnections {
    const TYPE: &'static str = SCOPE_CONNECTIONS;
    const SYSTEM_DATA: bool = true;

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(body, &["tenantId", "resourceId", "description"]);
        fields::text(body, "/properties/description")?;
        let tenant = fields::required_text(body, "/properties/tenantId")?.to_ascii_lowercase();
        if !is_guid(&tenant) || tenant == write.callers.main.tenant_id {
            let message = format!(
                "The value '{tenant:.100}' at 'properties.tenantId' is not the id of another tenant."
            );
            return Err(bad_request("BadRequest", &message));
        }
        let given = fields::required_text(body, "/properties/resourceId")?;
        let scope = ids::scope("properties.resourceId", given)?;
        fields::set(body, "tenantId", tenant);
        fields::set(body, "resourceId", scope);
        Ok(())
    }

    fn show(state: &State, given: &Resource) -> Value {
        connection(state, given)
    }
}

/// The other tenant's side.
pub(super) struct ManagerConnections;

impl Kind for ManagerConnections {
    const TYPE: &'static str = MANAGER_CONNECTIONS;
    const SYSTEM_DATA: bool = true;

    fn prepare(_: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(body, &["networkManagerId", "description"]);
        fields::text(body, "/properties/description")?;
        let given = fields::required_text(body, "/properties/networkManagerId")?;
        let manager = ids::of_type("properties.networkManagerId", given, NETWORK_MANAGERS)?;
        fields::set(body, "networkManagerId", manager.as_str());
        Ok(())
    }

    fn show(state: &State, given: &Resource) -> Value {
        connection(state, given)
    }
}

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
