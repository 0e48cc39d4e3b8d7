//! Private endpoint connections as the owner of a resource sees them, and what the owner does with them.
//!
//! Derived from the endpoints that ask for the resource, named `<endpoint>.<guid>`. A connection whose endpoint asks for a
//! resource is there from the beginning, `Pending`; a storage account has no state `Disconnected`, so a severed connection
//! is not listed there at all, while a vault shows it (API.md §4). One that the owner removed is listed nowhere.
//!
//! A pending connection can be approved or rejected, an approved one rejected; a rejected or severed one cannot be revived
//! (PITFALLS B03, B04). Whoever approves sends the whole object back with another status (CLIENTS.md), so all else in the
//! body is ignored. Decisions are in force at once. Simplified: an endpoint that is deleted and made again has the same
//! connection name as before.

use http::StatusCode;
use serde_json::{Value, json};

use super::errors::bad_request;
use super::write::{body, conditions, fields, shown};
use super::{found, shape};
use crate::context::Context;
use crate::ids::ResourceId;
use crate::request::{Reply, Request};
use crate::services::private_endpoint::{Connection, Endpoint, derived_guid};
use crate::store::{GoneEndpoint, Resource, State};
use crate::world::{Approval, ApprovalStatus};

/// How a provider writes its connections.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// `actionsRequired`, or Storage's `actionRequired`.
    pub actions_required: &'static str,
    /// Does it list connections that were severed?
    pub has_disconnected: bool,
    /// Do they have an entity tag?
    pub has_etag: bool,
}

/// What a connection is made of.
enum Side<'a> {
    Endpoint(&'a Endpoint, &'a Connection),
    Gone(&'a GoneEndpoint),
}

/// All connections of a resource.
pub fn all(state: &State, resource: &Resource, dialect: Dialect) -> Vec<Value> {
    let sides = sides(state, resource, dialect);
    sides.map(|side| show(resource, &side, dialect)).collect()
}

/// One connection by name.
pub fn one(state: &State, resource: &Resource, name: &str, dialect: Dialect) -> Option<Value> {
    let side = named(state, resource, name, dialect)?;
    Some(show(resource, &side, dialect))
}

/// The name of the connection that an endpoint makes.
pub fn connection_name(endpoint: &Endpoint) -> String {
    name_of(&endpoint.id, &endpoint.name)
}

/// PUT: the owner decides.
pub fn decide(context: &Context, request: &Request, dialect: Dialect) -> Reply {
    try_decide(context, request, dialect).unwrap_or_else(|reply| reply)
}

/// DELETE: the owner removes the connection. 200 with what is left, 204 when there is none.
pub fn remove(context: &Context, request: &Request, dialect: Dialect) -> Reply {
    try_remove(context, request, dialect).unwrap_or_else(|reply| reply)
}

/// `privateLinkServiceConnectionState`.
pub fn state_of(connection: &Connection, actions_required: &str) -> Value {
    json!({
        "status": connection.status.as_str(),
        "description": connection.description,
        actions_required: "None",
    })
}

fn try_decide(context: &Context, request: &Request, dialect: Dialect) -> Result<Reply, Reply> {
    let given = body::object(request)?;
    let mut state = context.state_mut();
    let id = found::parse(&request.path)?;
    let resource = resource_of(&state, &id)?;
    let side = named(&state, resource, &id.name, dialect);
    let side = side.ok_or_else(|| found::missing(&state, &id))?;
    let tag = conditions::etag(&show(resource, &side, dialect));
    conditions::check(request, Some(tag.as_deref()))?;
    let at = "/properties/privateLinkServiceConnectionState";
    let wanted = fields::one_of(
        &given,
        &format!("{at}/status"),
        &["Pending", "Approved", "Rejected", "Disconnected"],
    )?;
    let wanted = wanted.ok_or_else(|| fields::missing(&format!("{at}/status")))?;
    let description = fields::text(&given, &format!("{at}/description"))?;
    let Side::Endpoint(endpoint, before) = side else {
        return Err(refused(ApprovalStatus::Disconnected, wanted));
    };
    let status = allowed(before.status, wanted)?;
    let decision = Approval {
        resource: resource.id.clone(),
        private_endpoint: endpoint.id.clone(),
        status,
        description: description.unwrap_or(&before.description).to_owned(),
    };
    let resource = resource.id.clone();
    if status != ApprovalStatus::Pending {
        state.decide(decision);
    }
    let resource = state.resource(&resource);
    let shown_now = resource.and_then(|it| one(&state, it, &id.name, dialect));
    Ok(shown(StatusCode::OK, &shown_now.unwrap_or_default()))
}

fn try_remove(context: &Context, request: &Request, dialect: Dialect) -> Result<Reply, Reply> {
    let mut state = context.state_mut();
    let id = found::parse(&request.path)?;
    let resource = resource_of(&state, &id)?;
    let Some(side) = named(&state, resource, &id.name, dialect) else {
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    };
    let mut left = show(resource, &side, dialect);
    conditions::check(request, Some(conditions::etag(&left).as_deref()))?;
    let resource = resource.id.clone();
    match side {
        Side::Endpoint(endpoint, _) => {
            let endpoint = endpoint.id.clone();
            state.remove_connection(&resource, &endpoint);
        }
        Side::Gone(gone) => {
            let endpoint = gone.id.clone();
            state.forget_gone_endpoint(&resource, &endpoint);
        }
    }
    if !dialect.has_disconnected {
        return Ok(Reply::empty(StatusCode::OK));
    }
    left["properties"] = json!({"provisioningState": "Disconnected"});
    Ok(Reply::ok(&left))
}

/// `…/{resource}/privateEndpointConnections/{name}`: the resource is the id's parent.
fn resource_of<'a>(state: &'a State, id: &ResourceId) -> Result<&'a Resource, Reply> {
    let resource = id.parent().and_then(|parent| state.resource(parent));
    resource.ok_or_else(|| found::missing(state, id))
}

fn allowed(before: ApprovalStatus, wanted: &str) -> Result<ApprovalStatus, Reply> {
    use ApprovalStatus::{Approved, Pending, Rejected};
    match (before, wanted) {
        (Pending | Approved, "Approved") => Ok(Approved),
        (Pending | Approved | Rejected, "Rejected") => Ok(Rejected),
        (Pending, "Pending") => Ok(Pending),
        _ => Err(refused(before, wanted)),
    }
}

/// The text of the first is that of Cosmos DB's connections (MicrosoftDocs/azure-docs PR 86823), the other is ours.
fn refused(before: ApprovalStatus, wanted: &str) -> Reply {
    if before == ApprovalStatus::Rejected && wanted == "Approved" {
        return bad_request(
            "BadRequest",
            "Approving rejected private endpoint connections is not supported.",
        );
    }
    let message = format!(
        "a private endpoint connection that is {} cannot become {wanted}",
        before.as_str()
    );
    bad_request("BadRequest", &message)
}

fn sides<'a>(
    state: &'a State,
    resource: &'a Resource,
    dialect: Dialect,
) -> impl Iterator<Item = Side<'a>> {
    let endpoints = state.derived().endpoints.to(&resource.id);
    let endpoints = endpoints.filter_map(move |endpoint| {
        let connection = endpoint.connection.as_ref()?;
        let severed = connection.status == ApprovalStatus::Disconnected;
        let hidden =
            severed && (!dialect.has_disconnected || state.is_removed(&resource.id, &endpoint.id));
        (!hidden).then_some(Side::Endpoint(endpoint, connection))
    });
    let gone = state.gone_endpoints(&resource.id);
    endpoints.chain(
        gone.filter(move |_| dialect.has_disconnected)
            .map(Side::Gone),
    )
}

fn named<'a>(
    state: &'a State,
    resource: &'a Resource,
    name: &str,
    dialect: Dialect,
) -> Option<Side<'a>> {
    let mut all = sides(state, resource, dialect);
    all.find(|side| side.name().eq_ignore_ascii_case(name))
}

impl Side<'_> {
    fn name(&self) -> String {
        match self {
            Self::Endpoint(endpoint, _) => connection_name(endpoint),
            Self::Gone(gone) => name_of(&gone.id, &gone.name),
        }
    }

    fn endpoint(&self) -> &str {
        match self {
            Self::Endpoint(endpoint, _) => &endpoint.id,
            Self::Gone(gone) => &gone.id,
        }
    }

    fn state(&self, actions_required: &str) -> (bool, Value) {
        match self {
            Self::Endpoint(_, connection) => (
                connection.status == ApprovalStatus::Disconnected,
                state_of(connection, actions_required),
            ),
            Self::Gone(_) => {
                let status = ApprovalStatus::Disconnected.as_str();
                let state = json!({"status": status, "description": "", actions_required: "None"});
                (true, state)
            }
        }
    }
}

fn name_of(endpoint: &str, name: &str) -> String {
    let guid = derived_guid(endpoint, "private-endpoint-connection");
    format!("{name}.{guid}")
}

fn show(resource: &Resource, side: &Side<'_>, dialect: Dialect) -> Value {
    let name = side.name();
    let (severed, state) = side.state(dialect.actions_required);
    let id = format!("{}/privateEndpointConnections/{name}", resource.id);
    let mut body = json!({
        "id": id,
        "name": name,
        "type": format!("{}/privateEndpointConnections", resource.resource_type),
        "properties": {
            "provisioningState": if severed { "Disconnected" } else { "Succeeded" },
            "privateEndpoint": {"id": side.endpoint()},
            "privateLinkServiceConnectionState": state,
        },
    });
    if dialect.has_etag {
        body["etag"] = shape::derived_etag(&id, &body);
    }
    body
}
