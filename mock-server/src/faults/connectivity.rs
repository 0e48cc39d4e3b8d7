//! Faults of network groups, connectivity configurations and their networks (PITFALLS.md A08, A15, A16, A20, A22, A24–A27).
//!
//! Places are ids: of a group, a static member, a configuration, a virtual network.

use serde_json::{Value, json};

use super::network_manager::{above, add, add_manager, parent, property};
use super::{Fault, patch};
use crate::ids::ResourceId;
use crate::services::network_manager::{CONFIGURATIONS, NETWORK_GROUPS, STATIC_MEMBERS};
use crate::services::private_endpoint::PRIVATE_ENDPOINTS;
use crate::world::{
    Commit, CommitType, CommittedConfiguration, DeploymentStatus, MeshPrivateEndpoints, World,
};

/// Members that are more than a connected group takes (azure-docs, `virtual-network-manager/concept-limitations.md`).
const CROWD: usize = 250;

/// The group was deleted.
pub const GROUP_MISSING: Fault = Fault {
    id: "network-group-missing",
    about: "the network group was deleted, with its members",
    places: groups,
    plant: patch::remove,
};

/// Somebody added a network that nobody expects.
pub const GROUP_EXTRA_MEMBER: Fault = Fault {
    id: "network-group-extra-member",
    about: "another virtual network was added to the network group",
    places: groups,
    plant: |world, at| add_member(world, at, "stranger", "10.200.0.0/16"),
};

/// More members than a connected group takes.
pub const GROUP_CROWDED: Fault = Fault {
    id: "network-group-crowded",
    about: "the network group has more members than a connected group takes",
    places: groups,
    plant: |world, at| {
        (0..CROWD).try_for_each(|number| {
            let prefix = format!("172.{}.{}.0/24", 16 + number / 256, number % 256);
            add_member(world, at, &format!("crowd-{number}"), &prefix)
        })
    },
};

/// A network is no member.
pub const MEMBER_MISSING: Fault = Fault {
    id: "static-member-missing",
    about: "the virtual network was not added to the network group",
    places: |world| patch::of_type(world, STATIC_MEMBERS),
    plant: patch::remove,
};

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
        let hub = property(world, at, "/hubs/0/resourceId")?.to_ascii_lowercase();
        world.resources.retain(|it| {
            let text = serde_json::Value::Object(it.body.clone())
                .to_string()
                .to_ascii_lowercase();
            !(it.id().contains("/virtualNetworkGateways/")
                && text.contains(&format!("{hub}/subnets/")))
        });
        let network = patch::resource(world, &hub)?.body.get_mut("properties");
        let subnets = network
            .and_then(|it| it.get_mut("subnets"))
            .and_then(Value::as_array_mut);
        let subnets = subnets.ok_or("the hub has no subnets")?;
        subnets.retain(|it| it.get("name") != Some(&json!("GatewaySubnet")));
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
        patch::set(world, at, "/connectivityCapabilities", Value::Null)
    },
};

/// Two members have the same addresses.
pub const OVERLAP: Fault = Fault {
    id: "address-spaces-overlap",
    about: "the virtual network also has the addresses of another member of its group",
    places: |world| {
        member_networks(world)
            .into_iter()
            .filter(|at| other_prefix(world, at).is_some())
            .collect()
    },
    plant: |world, at| {
        let prefix = other_prefix(world, at).ok_or("the group has no other member")?;
        let body = &mut patch::resource(world, at)?.body;
        let spaces = body
            .get_mut("properties")
            .and_then(|it| it.pointer_mut("/addressSpace/addressPrefixes"));
        let spaces = spaces
            .and_then(Value::as_array_mut)
            .ok_or("the network has no address space")?;
        spaces.push(prefix);
        Ok(())
    },
};

/// A member was deleted.
pub const NETWORK_MISSING: Fault = Fault {
    id: "virtual-network-missing",
    about: "the virtual network was deleted, and stayed a member of its group",
    places: member_networks,
    plant: patch::remove,
};

/// A network is in two other meshes already.
pub const IN_OTHER_MESHES: Fault = Fault {
    id: "virtual-network-in-other-meshes",
    about: "the virtual network is in two other connected groups, and there is no room for a third",
    places: member_networks,
    plant: |world, at| {
        let (manager, region) = (manager_of_member(world, at)?, location(world, at)?);
        let mut committed = Vec::new();
        for name in ["first", "second"] {
            committed.push(mesh_of(world, &manager, name, at));
        }
        let commit = world.commits.iter_mut().rfind(|it| it.region == region);
        let commit = commit.ok_or("nothing was committed to the region of the network")?;
        commit.configurations.splice(0..0, committed);
        Ok(())
    },
};

/// A manager above has a mesh of its own with the network.
pub const SECOND_MANAGERS_MESH: Fault = Fault {
    id: "virtual-network-second-manager",
    about: "a network manager of a management group above has the virtual network in a mesh, too",
    places: |world| {
        member_networks(world)
            .into_iter()
            .filter(|at| above(world, at).is_some())
            .collect()
    },
    plant: |world, at| {
        let scope = above(world, at).ok_or("no management group is above the network")?;
        let region = location(world, at)?;
        let subscription = ResourceId::parse(at)?.subscription.unwrap_or_default();
        let manager = format!(
            "/subscriptions/{subscription}/resourceGroups/net/providers/Microsoft.Network/networkManagers/central"
        );
        add_manager(world, &manager, "managementGroups", &scope);
        let committed = mesh_of(world, &manager, "central", at);
        world.commits.push(Commit {
            network_manager: manager,
            region,
            kind: CommitType::Connectivity,
            configurations: vec![committed],
            at: None,
            status: DeploymentStatus::Deployed,
            error: None,
        });
        Ok(())
    },
};

fn groups(world: &World) -> Vec<String> {
    patch::of_type(world, NETWORK_GROUPS)
}

fn configurations(world: &World) -> Vec<String> {
    patch::of_type(world, CONFIGURATIONS)
}

/// Configurations whose properties are like this.
fn with(world: &World, holds: impl Fn(&Value) -> bool) -> Vec<String> {
    patch::that(world, CONFIGURATIONS, |it| holds(it.properties()))
}

/// Networks of the world that are static members.
fn member_networks(world: &World) -> Vec<String> {
    let named = |at: &str| {
        let mut all = world.resources.iter();
        let member = all.find(|it| it.id() == at)?;
        let id = member.properties().get("resourceId")?.as_str()?;
        let mut all = world.resources.iter();
        all.find(|it| it.id().eq_ignore_ascii_case(id))
            .map(|it| it.id().to_owned())
    };
    let members = patch::of_type(world, STATIC_MEMBERS);
    let mut networks: Vec<String> = members.iter().filter_map(|at| named(at)).collect();
    networks.sort();
    networks.dedup();
    networks
}

/// The first prefix of another member network.
fn other_prefix(world: &World, at: &str) -> Option<Value> {
    let other = member_networks(world).into_iter().find(|it| it != at)?;
    let mut all = world.resources.iter();
    let other = all.find(|it| it.id() == other)?;
    other
        .properties()
        .pointer("/addressSpace/addressPrefixes/0")
        .cloned()
}

fn manager_of_member(world: &World, network: &str) -> Result<String, String> {
    let is_it = |it: &crate::world::Resource| {
        let id = it.properties().get("resourceId").and_then(Value::as_str);
        id.is_some_and(|id| id.eq_ignore_ascii_case(network))
    };
    let member = patch::that(world, STATIC_MEMBERS, is_it).into_iter().next();
    parent(&parent(&member.ok_or("the network is no member")?)?)
}

fn location(world: &mut World, network: &str) -> Result<String, String> {
    let location = patch::resource(world, network)?
        .text("location")
        .map(str::to_owned);
    location.ok_or_else(|| format!("{network} has no location"))
}

fn add_member(world: &mut World, group: &str, name: &str, prefix: &str) -> Result<(), String> {
    let (manager, _) = group
        .split_once("/networkManagers/")
        .ok_or("the group is in no network manager")?;
    let id = format!("{manager}/virtualNetworks/{name}");
    network(world, &id, prefix);
    add(
        world,
        &format!("{group}/staticMembers/{name}"),
        json!({"resourceId": id}),
    );
    Ok(())
}

fn network(world: &mut World, id: &str, prefix: &str) {
    add(
        world,
        id,
        json!({"addressSpace": {"addressPrefixes": [prefix]}, "subnets": []}),
    );
}

/// A mesh of its own group with this network.
fn mesh_of(world: &mut World, manager: &str, name: &str, network: &str) -> CommittedConfiguration {
    let group = format!("{manager}/networkGroups/{name}");
    add(world, &group, json!({}));
    add(
        world,
        &format!("{group}/staticMembers/member"),
        json!({"resourceId": network}),
    );
    let id = format!("{manager}/connectivityConfigurations/{name}");
    let properties = json!({
        "connectivityTopology": "Mesh",
        "isGlobal": "False",
        "appliesToGroups": [{"networkGroupId": group, "groupConnectivity": "None"}],
    });
    add(world, &id, properties);
    CommittedConfiguration {
        id,
        properties: None,
    }
}
