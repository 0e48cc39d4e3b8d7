//! The private endpoint connections of a resource, as more than one check reads them.
//!
//! `<resource>/privateEndpointConnections` has the same shape for every type that has such connections
//! (specs/keyvault, specs/storage: `PrivateEndpointConnection`).

use serde::{Deserialize, Serialize};

use super::wire::{Pointer, Resource, lenient};
use crate::ask::Ask;
use crate::ids::ResourceId;
use crate::outcome::NoAnswer;

/// What is kept of a connection.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Connection {
    pub(super) id: String,
    /// The consumer's endpoint; empty where the resource does not say which it is.
    pub(super) private_endpoint: String,
    pub(super) status: String,
    pub(super) description: String,
}

/// The connections of a resource; none when there is no such resource.
pub(super) async fn connections(
    ask: &Ask,
    resource: &ResourceId,
) -> Result<Option<Vec<Connection>>, NoAnswer> {
    let collection = resource.child("privateEndpointConnections");
    let read = ask
        .arm_list::<Resource<Properties>>(&collection, &[])
        .await?;
    Ok(read.map(|read| read.into_iter().map(Connection::from).collect()))
}

impl From<Resource<Properties>> for Connection {
    fn from(read: Resource<Properties>) -> Self {
        let state = read.properties.private_link_service_connection_state;
        Self {
            id: read.id,
            private_endpoint: read.properties.private_endpoint.id,
            status: state.status.trim().to_owned(),
            description: state.description,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Properties {
    #[serde(deserialize_with = "lenient")]
    private_endpoint: Pointer,
    #[serde(deserialize_with = "lenient")]
    private_link_service_connection_state: State,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct State {
    #[serde(deserialize_with = "lenient")]
    status: String,
    #[serde(deserialize_with = "lenient")]
    description: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_connection_reads_from_both_services_shapes() {
        let read: Resource<Properties> = serde_json::from_value(json!({
            "id": "/c", "properties": {
                "privateEndpoint": {"id": "/e"},
                "privateLinkServiceConnectionState": {"status": "Approved", "actionsRequired": "None"},
                "provisioningState": "Succeeded"
            }
        }))
        .unwrap();
        assert_eq!(Connection::from(read).private_endpoint, "/e");
    }
}
