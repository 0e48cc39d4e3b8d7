//! Faults of connectivity configurations (PITFALLS.md A15, A20, A22, A26).
//!
//! Places are ids of configurations.

use serde_json::{Value, json};

use super::network_groups::network;
use super::network_manager::{add, parent, property};
use super::{Fault, patch};
use crate::services::network_manager::CONFIGURATIONS;
use crate::services::private_endpoint::PRIVATE_ENDPOINTS;
use crate::world::{MeshPrivateEndpoints, World};

/// The configuration was deleted.
pub const CONFIGURATION_MISSING: Fault = Fault {
    id: "connectivity-configuration-missing",
    about: "the connectivity configuration was taken out of force and deleted",
    places: configurations,
    plant: |world, at| {
        for commit in &mut world.commits {
            commit
                .configurations
                .retain(|it| !it.id.eq_ignore_ascii_case(at));
        }
        patch::remove(world, at)
    },
};

/// The configuration could not be changed.
pub const CONFIGURATION_FAILED: Fault = Fault {
    id: "connectivity-configuration-provisioning-failed",
    about: "the last change to the connectivity configuration failed",
    places: configurations,
    plant: |world, at| patch::set(world, at, "/provisioningState", json!("Failed")),
};

/// The configuration is being changed.
pub const CONFIGURATION_UPDATING: Fault = Fault {
    id: "connectivity-configuration-updating",
    about: "the connectivity configuration is being changed",
    places: configurations,
    plant: |world, at| patch::set(world, at, "/provisioningState", json!("Updating")),
};

/// The configuration has the other topology.
pub const OTHER_TOPOLOGY: Fault = Fault {
    id: "connectivity-configuration-other-topology",
    about: "the connectivity configuration was made with the other topology",
    places: configurations,
    plant: |world, at| {
        let is_mesh = property(world, at, "/connectivityTopology")? == "Mesh";
        let topology = if is_mesh { "HubAndSpoke" } else { "Mesh" };
        patch::set(world, at, "/connectivityTopology", json!(topology))
    },
};

/// The configuration applies to another group.
pub const GROUP_NOT_APPLIED: Fault = Fault {
    id: "connectivity-configuration-group-not-applied",
    about: "the connectivity configuration is applied to another, empty network group",
    places: configurations,
    plant: |world, at| {
        let other = format!("{}/networkGroups/empty", parent(at)?);
        add(world, &other, json!({}));
        patch::set(world, at, "/appliesToGroups/0/networkGroupId", json!(other))
    },
};

/// The configuration stays within regions.
pub const NOT_GLOBAL: Fault = Fault {
    id: "connectivity-configuration-not-global",
    about: "the connectivity configuration connects networks of the same region only",
    places: |world| with(world, |it| it.pointer("/isGlobal") == Some(&json!("True"))),
    plant: |world, at| patch::set(world, at, "/isGlobal", json!("False")),
};

/// The configuration has another hub.
pub const OTHER_HUB: Fault = Fault {
    id: "connectivity-configuration-other-hub",
    about: "another virtual network is the hub",
    places: |world| with(world, |it| it.pointer("/hubs/0").is_some()),
    plant: |world, at| {
        let hub = format!("{}-old", property(world, at, "/hubs/0/resourceId")?);
        network(world, &hub, "10.201.0.0/16");
        patch::set(world, at, "/hubs/0/resourceId", json!(hub))
    },
};

/// The configuration has no hub.
pub const WITHOUT_HUB: Fault = Fault {
    id: "connectivity-configuration-without-hub",
    about: "the connectivity configuration names no hub",
    places: |world| with(world, |it| it.pointer("/hubs/0").is_some()),
    plant: |world, at| patch::set(world, at, "/hubs", json!([])),
};

/// The hub has no gateway.
pub const HUB_WITHOUT_GATEWAY: Fault = Fault {
    id: "hub-without-gateway",
    about: "spokes are to use the gateway of the hub, and the hub has none",
    places: |world| {
        let uses =
            |it: &Value| it.pointer("/appliesToGroups/0/useHubGateway") == Some(&json!("True"));
        with(world, uses)
    },
    plant: |world, at| {
        let hub = property(world, at, "/hubs/0/resourceId")?;
        remove_gateways(world, &hub);
        let network = patch::resource(world, &hub)?.body.get_mut("properties");
        let subnets = network
            .and_then(|it| it.get_mut("subnets"))
            .and_then(Value::as_array_mut);
        let subnets = subnets.ok_or("the hub has no subnets")?;
        subnets.retain(|it| it.get("name") != Some(&json!("GatewaySubnet")));
        Ok(())
    },
};

/// The hub lies where nothing was committed.
pub const HUB_IN_OTHER_REGION: Fault = Fault {
    id: "hub-in-other-region",
    about: "the hub lies in a region that no commit went to",
    places: |world| with(world, |it| it.pointer("/hubs/0").is_some()),
    plant: |world, at| {
        let hub = property(world, at, "/hubs/0/resourceId")?;
        let body = &mut patch::resource(world, &hub)?.body;
        body.insert("location".to_owned(), json!("southeastasia"));
        Ok(())
    },
};

/// The gateway was deleted, its subnet was not.
pub const HUB_GATEWAY_DELETED: Fault = Fault {
    id: "hub-gateway-deleted",
    about: "spokes are to use the gateway of the hub, and only its subnet is left",
    places: |world| (HUB_WITHOUT_GATEWAY.places)(world),
    plant: |world, at| {
        let hub = property(world, at, "/hubs/0/resourceId")?;
        remove_gateways(world, &hub);
        Ok(())
    },
};

/// A commit deletes the peerings that exist.
pub const DELETES_PEERINGS: Fault = Fault {
    id: "connectivity-configuration-deletes-peerings",
    about: "the connectivity configuration deletes the peerings that its networks already have",
    places: configurations,
    plant: |world, at| patch::set(world, at, "/deleteExistingPeering", json!("True")),
};

/// A private endpoint is not reached from other networks of the mesh.
pub const MESH_WITHOUT_PRIVATE_ENDPOINTS: Fault = Fault {
    id: "mesh-without-private-endpoints",
    about: "the connected group carries no traffic to private endpoints, as in the preview of the feature",
    places: |world| {
        let has_endpoints = !patch::of_type(world, PRIVATE_ENDPOINTS).is_empty();
        let is_mesh = |it: &Value| it.pointer("/connectivityTopology") == Some(&json!("Mesh"));
        with(world, |it| has_endpoints && is_mesh(it))
    },
    plant: |world, at| {
        world.mesh_private_endpoints = MeshPrivateEndpoints::Unreachable;
        let properties = patch::resource(world, at)?.body.get_mut("properties");
        if let Some(properties) = properties.and_then(Value::as_object_mut) {
            properties.shift_remove("connectivityCapabilities");
        }
        Ok(())
    },
};

fn remove_gateways(world: &mut World, hub: &str) {
    let subnets = format!("{hub}/subnets/").to_ascii_lowercase();
    world.resources.retain(|it| {
        let text = Value::Object(it.body.clone()).to_string();
        let is_gateway = it.id().contains("/virtualNetworkGateways/");
        !(is_gateway && text.to_ascii_lowercase().contains(&subnets))
    });
}

fn configurations(world: &World) -> Vec<String> {
    patch::of_type(world, CONFIGURATIONS)
}

/// Configurations whose properties are like this.
fn with(world: &World, holds: impl Fn(&Value) -> bool) -> Vec<String> {
    patch::that(world, CONFIGURATIONS, |it| holds(it.properties()))
}
