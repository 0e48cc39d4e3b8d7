//! Faults of the connection between a network manager and another tenant (PITFALLS.md A01, A07).
//!
//! Places are ids of one side of a connection.

use serde_json::json;

use super::network_manager::{above, manager_connections, parent, property};
use super::{Fault, patch};
use crate::services::network_manager::SCOPE_CONNECTIONS;
use crate::world::{ManagementGroup, PastConnection, PastState, World};

/// The manager's side does not exist.
pub const SCOPE_CONNECTION_MISSING: Fault = Fault {
    id: "scope-connection-missing",
    about: "the network manager never asked for the scope of the other tenant",
    places: scope_connections,
    plant: patch::remove,
};

/// The manager's side names another scope.
pub const SCOPE_CONNECTION_OTHER_SCOPE: Fault = Fault {
    id: "scope-connection-other-scope",
    about: "the scope connection names a management group above the subscription that agreed",
    places: scope_connections,
    plant: |world, at| {
        let scope = property(world, at, "/resourceId")?;
        let above = above(world, &scope).unwrap_or_else(|| ManagementGroup::id_of("elsewhere"));
        patch::set(world, at, "/resourceId", json!(above))
    },
};

/// The manager's side names another tenant.
pub const SCOPE_CONNECTION_OTHER_TENANT: Fault = Fault {
    id: "scope-connection-other-tenant",
    about: "the scope connection names the manager's own tenant instead of the other one",
    places: scope_connections,
    plant: |world, at| {
        let own = patch::tenant_of(world, at).ok_or("no tenant has the network manager")?;
        patch::set(world, at, "/tenantId", json!(own))
    },
};

/// The manager's side was removed after both had agreed.
pub const SCOPE_CONNECTION_REVOKED: Fault = Fault {
    id: "scope-connection-revoked",
    about: "the manager's tenant deleted its scope connection after it had been connected",
    places: scope_connections,
    plant: |world, at| {
        let scope = property(world, at, "/resourceId")?;
        remember(world, &parent(at)?, &scope, PastState::Connected);
        patch::remove(world, at)
    },
};

/// The member's side does not exist.
pub const CONNECTION_MISSING: Fault = Fault {
    id: "network-manager-connection-missing",
    about: "the other tenant never agreed to the network manager",
    places: manager_connections,
    plant: patch::remove,
};

/// The member's side names another manager.
pub const CONNECTION_OTHER_MANAGER: Fault = Fault {
    id: "network-manager-connection-other-manager",
    about: "the other tenant agreed to another network manager than the one that asks",
    places: manager_connections,
    plant: |world, at| {
        let other = format!("{}-old", property(world, at, "/networkManagerId")?);
        patch::set(world, at, "/networkManagerId", json!(other))
    },
};

/// The member's side was removed after both had agreed.
pub const CONNECTION_REVOKED: Fault = Fault {
    id: "network-manager-connection-revoked",
    about: "the other tenant deleted its network manager connection after it had been connected",
    places: manager_connections,
    plant: |world, at| {
        let manager = property(world, at, "/networkManagerId")?;
        remember(world, &manager, &parent(at)?, PastState::Connected);
        patch::remove(world, at)
    },
};

/// The other tenant refused.
pub const CONNECTION_REJECTED: Fault = Fault {
    id: "network-manager-connection-rejected",
    about: "the connection between the network manager and the other tenant was rejected",
    places: manager_connections,
    plant: |world, at| {
        let manager = property(world, at, "/networkManagerId")?;
        remember(world, &manager, &parent(at)?, PastState::Rejected);
        Ok(())
    },
};

fn scope_connections(world: &World) -> Vec<String> {
    patch::of_type(world, SCOPE_CONNECTIONS)
}

fn remember(world: &mut World, manager: &str, scope: &str, was: PastState) {
    world.past_connections.push(PastConnection {
        network_manager: manager.to_owned(),
        scope: scope.to_owned(),
        was,
    });
}
