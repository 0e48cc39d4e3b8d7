//! Faults of network groups and their networks (PITFALLS.md A08, A16, A25, A27).
//!
//! Places are ids: of a group, a static member, a virtual network that is one.

use serde_json::{Value, json};

use super::network_manager::{above, add, add_manager, parent};
use super::{Fault, patch};
use crate::ids::ResourceId;
use crate::services::network_manager::{
    NETWORK_GROUPS, NETWORKS, STATIC_MEMBERS, region as same_region,
};
use crate::world::{Commit, CommitType, CommittedConfiguration, DeploymentStatus, World};

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

/// A network that was kept out is in.
pub const OUTSIDER_JOINED: Fault = Fault {
    id: "network-group-outsider-joined",
    about: "a virtual network that is to stay outside was added to the network group",
    places: outsiders,
    plant: |world, at| {
        let group = groups(world)
            .into_iter()
            .next()
            .ok_or("there is no group")?;
        add(
            world,
            &format!("{group}/staticMembers/outsider"),
            json!({"resourceId": at}),
        );
        Ok(())
    },
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

/// A member whose network is gone, and nobody meant it any more.
pub const MEMBER_GHOST: Fault = Fault {
    id: "static-member-ghost",
    about: "another virtual network was added to the network group, and deleted since",
    places: groups,
    plant: |world, at| {
        let network = member_networks(world).into_iter().next();
        let ghost = format!("{}-ghost", network.ok_or("no network is a member")?);
        add(
            world,
            &format!("{at}/staticMembers/ghost"),
            json!({"resourceId": ghost}),
        );
        Ok(())
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
        let commit = world
            .commits
            .iter_mut()
            .rfind(|it| same_region(&it.region) == same_region(&region));
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

/// Networks that somebody asks from and that are in no group, where there are groups.
fn outsiders(world: &World) -> Vec<String> {
    if groups(world).is_empty() {
        return Vec::new();
    }
    let members = member_networks(world);
    let is_asked_from = |id: &str| {
        let mut vantages = world.vantages.values();
        vantages.any(|it| {
            it.network
                .as_deref()
                .is_some_and(|own| own.eq_ignore_ascii_case(id))
        })
    };
    let networks = patch::of_type(world, NETWORKS).into_iter();
    networks
        .filter(|id| !members.contains(id) && is_asked_from(id))
        .collect()
}

fn groups(world: &World) -> Vec<String> {
    patch::of_type(world, NETWORK_GROUPS)
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

/// Adds a virtual network.
pub(super) fn network(world: &mut World, id: &str, prefix: &str) {
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
