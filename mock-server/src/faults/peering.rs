//! Faults of peerings that people made (API.md §3; virtual-network/virtual-network-troubleshoot-peering-issues.md).
//!
//! Places are ids of peerings, and of networks that have one.

use serde_json::{Value, json};

use super::network_groups::network;
use super::network_manager::{parent, property};
use super::{Fault, patch};
use crate::services::network_manager::{PEERINGS, key};
use crate::world::World;

/// A network that has a peering was deleted.
pub const NETWORK_MISSING: Fault = Fault {
    id: "virtual-network-with-peering-missing",
    about: "the virtual network was deleted, and another one still has a peering with it",
    places: |world| {
        let mut networks: Vec<String> = peerings(world)
            .iter()
            .filter_map(|at| parent(at).ok())
            .collect();
        networks.sort();
        networks.dedup();
        networks
    },
    plant: patch::remove,
};

/// One direction was never made.
pub const MISSING: Fault = Fault {
    id: "virtual-network-peering-missing",
    about: "nobody made the peering of this virtual network; the other one has its half",
    places: peerings,
    plant: patch::remove,
};

/// One direction was deleted after both were connected.
pub const REMOVED: Fault = Fault {
    id: "virtual-network-peering-removed",
    about: "the peering of this virtual network was deleted after both halves had been connected",
    places: |world| {
        let has_back = |at: &String| back(world, at).is_some();
        peerings(world).into_iter().filter(has_back).collect()
    },
    plant: |world, at| {
        let other = back(world, at).ok_or("nothing points back")?;
        patch::set(world, &other, "/peeringState", json!("Disconnected"))?;
        patch::remove(world, at)
    },
};

/// The peering leads to a network of the same name.
pub const ELSEWHERE: Fault = Fault {
    id: "virtual-network-peering-elsewhere",
    about: "the peering leads to a virtual network of the same name in another resource group",
    places: peerings,
    plant: |world, at| {
        let remote = property(world, at, "/remoteVirtualNetwork/id")?;
        let (scope, name) = remote
            .split_once("/resourceGroups/")
            .and_then(|(scope, _)| Some((scope, remote.rsplit('/').next()?)))
            .ok_or("the peering leads to no resource of a group")?;
        let other = format!(
            "{scope}/resourceGroups/old/providers/Microsoft.Network/virtualNetworks/{name}"
        );
        network(world, &other, "10.240.0.0/16");
        patch::set(world, at, "/remoteVirtualNetwork/id", json!(other))
    },
};

/// The last change failed.
pub const FAILED: Fault = Fault {
    id: "virtual-network-peering-provisioning-failed",
    about: "the last change to the peering failed",
    places: peerings,
    plant: |world, at| patch::set(world, at, "/provisioningState", json!("Failed")),
};

/// A change is under way.
pub const UPDATING: Fault = Fault {
    id: "virtual-network-peering-updating",
    about: "the peering is being changed",
    places: peerings,
    plant: |world, at| patch::set(world, at, "/provisioningState", json!("Updating")),
};

/// The two networks are kept apart.
pub const WITHOUT_ACCESS: Fault = Fault {
    id: "virtual-network-peering-without-access",
    about: "the peering does not let the two virtual networks reach each other",
    places: peerings,
    plant: |world, at| patch::set(world, at, "/allowVirtualNetworkAccess", json!(false)),
};

/// The other network's address space changed since.
pub const OUT_OF_SYNC: Fault = Fault {
    id: "virtual-network-peering-out-of-sync",
    about: "the address space of the other virtual network was changed after the peering was made",
    places: peerings,
    plant: |world, at| {
        let before = json!({"addressPrefixes": ["10.241.0.0/16"]});
        patch::set(world, at, "/remoteAddressSpace", before)
    },
};

/// What something in the other network forwards is not taken.
pub const WITHOUT_FORWARDED_TRAFFIC: Fault = Fault {
    id: "virtual-network-peering-without-forwarded-traffic",
    about: "the peering takes no traffic that something in the other virtual network forwards",
    places: |world| with(world, "/allowForwardedTraffic"),
    plant: |world, at| patch::set(world, at, "/allowForwardedTraffic", json!(false)),
};

/// The gateway is not offered.
pub const WITHOUT_GATEWAY_TRANSIT: Fault = Fault {
    id: "virtual-network-peering-without-gateway-transit",
    about: "the peering does not let the other virtual network use the gateway",
    places: |world| with(world, "/allowGatewayTransit"),
    plant: |world, at| patch::set(world, at, "/allowGatewayTransit", json!(false)),
};

/// The gateway is not used.
pub const WITHOUT_REMOTE_GATEWAY: Fault = Fault {
    id: "virtual-network-peering-without-remote-gateway",
    about: "the peering does not use the gateway of the other virtual network",
    places: |world| with(world, "/useRemoteGateways"),
    plant: |world, at| patch::set(world, at, "/useRemoteGateways", json!(false)),
};

/// Peerings that people made.
fn peerings(world: &World) -> Vec<String> {
    patch::of_type(world, PEERINGS)
}

/// Those whose flag is set.
fn with(world: &World, flag: &str) -> Vec<String> {
    patch::that(world, PEERINGS, |it| {
        it.properties().pointer(flag) == Some(&json!(true))
    })
}

/// The other half of a peering.
fn back(world: &World, at: &str) -> Option<String> {
    let own = parent(at).ok()?;
    let mut resources = world.resources.iter();
    let remote = resources.find(|it| it.id() == at)?;
    let remote = remote.properties().pointer("/remoteVirtualNetwork/id")?;
    let remote = key(remote.as_str()?);
    let points_back = |at: &String| {
        let mut resources = world.resources.iter();
        let found = resources.find(|it| it.id() == at);
        let leads = found.and_then(|it| it.properties().pointer("/remoteVirtualNetwork/id"));
        let leads = leads.and_then(Value::as_str);
        parent(at).is_ok_and(|network| key(&network) == remote)
            && leads.is_some_and(|it| key(it) == key(&own))
    };
    peerings(world).into_iter().find(points_back)
}
