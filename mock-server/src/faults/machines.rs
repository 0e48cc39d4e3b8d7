//! Faults of machines, their interfaces, and what is on the way of their packets (PITFALLS.md A19, D18).
//!
//! Places are ids of interfaces that belong to a machine, of machines, of agents, of network watchers.

use serde_json::{Value, json};

use super::network_manager::{add, property};
use super::{Fault, patch};
use crate::ids::ResourceId;
use crate::services::network_manager::{NETWORKS, key};
use crate::services::subnets::INTERFACES;
use crate::world::{Resource, World};

const MACHINES: &str = "Microsoft.Compute/virtualMachines";
const EXTENSIONS: &str = "Microsoft.Compute/virtualMachines/extensions";
const AGENT: &str = "Microsoft.Azure.NetworkWatcher";

/// The interface was deleted.
pub const INTERFACE_MISSING: Fault = Fault {
    id: "network-interface-missing",
    about: "the network interface of the machine was deleted",
    places: interfaces,
    plant: patch::remove,
};

/// The interface belongs to nobody.
pub const INTERFACE_DETACHED: Fault = Fault {
    id: "network-interface-detached",
    about: "the network interface was taken from its machine",
    places: interfaces,
    plant: |world, at| {
        let properties = patch::resource(world, at)?.body.get_mut("properties");
        let properties = properties.and_then(Value::as_object_mut);
        let properties = properties.ok_or("the interface has no properties")?;
        properties.shift_remove("virtualMachine");
        Ok(())
    },
};

/// The machine is off.
pub const STOPPED: Fault = Fault {
    id: "machine-stopped",
    about: "the machine was stopped and deallocated",
    places: machines,
    plant: |world, at| {
        let off = json!([{"code": "PowerState/deallocated", "level": "Info", "displayStatus": "VM deallocated"}]);
        patch::set(world, at, "/instanceView/statuses", off)
    },
};

/// The machine was deleted.
pub const MISSING: Fault = Fault {
    id: "machine-missing",
    about: "the machine was deleted, and its network interface was left",
    places: machines,
    plant: patch::remove,
};

/// The agent was never installed.
pub const WITHOUT_AGENT: Fault = Fault {
    id: "machine-without-agent",
    about: "the machine has no agent of Network Watcher",
    places: agents,
    plant: patch::remove,
};

/// The agent does not work.
pub const AGENT_FAILED: Fault = Fault {
    id: "machine-agent-failed",
    about: "the agent of Network Watcher on the machine does not start",
    places: agents,
    plant: |world, at| patch::set(world, at, "/provisioningState", json!("Failed")),
};

/// A route table sends what is for other networks to a firewall.
pub const ROUTE_DIVERTS: Fault = Fault {
    id: "route-table-diverts",
    about: "a route table of the interface's subnet sends packets for other networks to an appliance that is not there",
    places: interfaces,
    plant: |world, at| {
        let hop = json!({"nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.99.0.4"});
        route(world, at, &hop)
    },
};

/// A route table drops what is for other networks.
pub const ROUTE_DROPS: Fault = Fault {
    id: "route-table-drops",
    about: "a route table of the interface's subnet drops packets for other networks",
    places: interfaces,
    plant: |world, at| route(world, at, &json!({"nextHopType": "None"})),
};

/// A security group lets nothing out.
pub const DENIED_OUT: Fault = Fault {
    id: "security-group-denies-outbound",
    about: "the security group of the interface lets nothing out",
    places: interfaces,
    plant: |world, at| deny(world, at, "Outbound"),
};

/// A security group lets nothing in.
pub const DENIED_IN: Fault = Fault {
    id: "security-group-denies-inbound",
    about: "the security group of the interface lets nothing in",
    places: interfaces,
    plant: |world, at| deny(world, at, "Inbound"),
};

/// Interfaces of machines.
fn interfaces(world: &World) -> Vec<String> {
    patch::that(world, INTERFACES, |it| {
        it.properties().pointer("/virtualMachine/id").is_some()
    })
}

/// Machines that have an interface.
fn machines(world: &World) -> Vec<String> {
    let owned: Vec<String> = interfaces(world)
        .iter()
        .filter_map(|at| {
            let found = find(world, at)?
                .properties()
                .pointer("/virtualMachine/id")?;
            found.as_str().map(key)
        })
        .collect();
    let all = patch::of_type(world, MACHINES).into_iter();
    all.filter(|at| owned.contains(&key(at))).collect()
}

fn agents(world: &World) -> Vec<String> {
    patch::that(world, EXTENSIONS, |it| {
        it.properties().pointer("/publisher") == Some(&json!(AGENT))
    })
}

fn find<'w>(world: &'w World, at: &str) -> Option<&'w Resource> {
    world.resources.iter().find(|it| it.id() == at)
}

/// Puts a table on the subnet of an interface with a route to every other network.
fn route(world: &mut World, at: &str, hop: &Value) -> Result<(), String> {
    let subnet = property(world, at, "/ipConfigurations/0/properties/subnet/id")?;
    let (network, name) = subnet
        .rsplit_once("/subnets/")
        .ok_or("the subnet is in no network")?;
    let others = patch::that(world, NETWORKS, |it| key(it.id()) != key(network));
    let mut prefixes: Vec<String> = Vec::new();
    for other in others {
        prefixes.push(property(world, &other, "/addressSpace/addressPrefixes/0")?);
    }
    let routes = prefixes.iter().enumerate().map(|(number, prefix)| {
        let mut properties = hop.clone();
        properties["addressPrefix"] = json!(prefix);
        json!({"name": format!("inspect-{number}"), "properties": properties})
    });
    let routes: Vec<Value> = routes.collect();
    let table = beside(network, "routeTables/inspect")?;
    add(world, &table, json!({"routes": routes}));
    let subnets = patch::resource(world, network)?.properties().get("subnets");
    let subnets = subnets.and_then(Value::as_array).into_iter().flatten();
    let mut names = subnets.map(|it| it.get("name").and_then(Value::as_str));
    let index = names
        .position(|it| it == Some(name))
        .ok_or("the network has no such subnet")?;
    let pointer = format!("/subnets/{index}/properties/routeTable/id");
    patch::set(world, network, &pointer, json!(table))
}

/// Puts a security group on an interface that denies a direction.
fn deny(world: &mut World, at: &str, direction: &str) -> Result<(), String> {
    let group = beside(at, "networkSecurityGroups/closed")?;
    let rule = json!({
        "access": "Deny", "direction": direction, "priority": 100, "protocol": "*",
        "sourceAddressPrefix": "*", "sourcePortRange": "*",
        "destinationAddressPrefix": "*", "destinationPortRange": "*",
    });
    let rules = json!({"securityRules": [{"name": "closed", "properties": rule}]});
    add(world, &group, rules);
    patch::set(world, at, "/networkSecurityGroup/id", json!(group))
}

/// An id in the same group and provider.
fn beside(id: &str, path: &str) -> Result<String, String> {
    let parsed = ResourceId::parse(id)?;
    let kind = parsed.resource_type.split('/').nth(1).unwrap_or_default();
    let (provider, _) = id
        .split_once(&format!("/{kind}/"))
        .ok_or_else(|| format!("{id} is in no provider"))?;
    Ok(format!("{provider}/{path}"))
}
