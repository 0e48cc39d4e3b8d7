//! Private endpoint connections as the owner of a resource sees them.
//!
//! Derived from the endpoints that ask for the resource, named `<endpoint>.<guid>`. A connection whose endpoint asks for a
//! resource is there from the beginning, `Pending`; a storage account has no state `Disconnected`, so a removed connection
//! is not listed there at all, while a vault shows it (API.md §4).

use serde_json::{Value, json};

use crate::services::private_endpoint::{Connection, Endpoint, derived_guid};
use crate::store::{Resource, State};
use crate::world::ApprovalStatus;

/// How a provider writes its connections.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// `actionsRequired`, or Storage's `actionRequired`.
    pub actions_required: &'static str,
    /// Does it list connections that were removed?
    pub has_disconnected: bool,
}

/// All connections of a resource.
pub fn all(state: &State, resource: &Resource, dialect: Dialect) -> Vec<Value> {
    let endpoints = state.derived().endpoints.to(&resource.id);
    endpoints
        .filter_map(|endpoint| connection(resource, endpoint, dialect))
        .collect()
}

/// One connection by name.
pub fn one(state: &State, resource: &Resource, name: &str, dialect: Dialect) -> Option<Value> {
    let endpoints = state.derived().endpoints.to(&resource.id);
    let mut named =
        endpoints.filter(|endpoint| connection_name(endpoint).eq_ignore_ascii_case(name));
    named.find_map(|endpoint| connection(resource, endpoint, dialect))
}

/// The name of the connection that an endpoint makes.
pub fn connection_name(endpoint: &Endpoint) -> String {
    format!(
        "{}.{}",
        endpoint.name,
        derived_guid(&endpoint.id, "private-endpoint-connection")
    )
}

fn connection(resource: &Resource, endpoint: &Endpoint, dialect: Dialect) -> Option<Value> {
    let connection = endpoint.connection.as_ref()?;
    let gone = connection.status == ApprovalStatus::Disconnected;
    if gone && !dialect.has_disconnected {
        return None;
    }
    let name = connection_name(endpoint);
    Some(json!({
        "id": format!("{}/privateEndpointConnections/{name}", resource.id),
        "name": name,
        "type": format!("{}/privateEndpointConnections", resource.resource_type),
        "properties": {
            "provisioningState": if gone { "Disconnected" } else { "Succeeded" },
            "privateEndpoint": {"id": endpoint.id},
            "privateLinkServiceConnectionState": state_of(connection, dialect.actions_required),
        },
    }))
}

/// `privateLinkServiceConnectionState`.
pub fn state_of(connection: &Connection, actions_required: &str) -> Value {
    json!({
        "status": connection.status.as_str(),
        "description": connection.description,
        actions_required: "None",
    })
}
