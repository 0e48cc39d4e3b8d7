//! Reachability follows what is deployed, in the world of both stories.

use std::net::Ipv4Addr;

use serde_json::json;

use super::networks::{Hop, hop};
use super::reach::{NoRoute, route};
use crate::faults::plant;
use crate::store::State;
use crate::world::{MeshPrivateEndpoints, Resource, World, bundled};

const HOME: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/home";
const DATA: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/data";
const NM: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/networkManagers/nm";
const VAULT: Ipv4Addr = Ipv4Addr::new(10, 2, 0, 4);

fn world(change: impl FnOnce(&mut World)) -> State {
    let mut world = bundled("cross-tenant-full");
    change(&mut world);
    State::build(&world).unwrap()
}

fn broken(fault: &str, at: &str) -> State {
    world(|world| plant(world, fault, at).unwrap())
}

/// Does the vantage reach the vault's endpoint, and if not, why?
fn vault(state: &State) -> Result<(), String> {
    match route(state, "app", VAULT, 443) {
        Ok(_) => Ok(()),
        Err(NoRoute::Refused(why) | NoRoute::TimedOut(why)) => Err(why),
    }
}

#[test]
fn an_endpoint_of_the_other_tenant_is_reached_over_the_deployed_mesh() {
    let state = world(|_| {});
    assert_eq!(vault(&state), Ok(()));
    let peer = route(&state, "app", VAULT, 443).unwrap().peer;
    assert_eq!(peer.source.to_string(), "10.1.1.4");
    assert!(matches!(
        route(&state, "app", VAULT, 80),
        Err(NoRoute::Refused(_))
    ));
}

#[test]
fn without_the_deployment_nothing_is_reached() {
    for (fault, at) in [
        ("region-not-committed", format!("{NM}/commits/japaneast")),
        ("region-not-committed", format!("{NM}/commits/japanwest")),
        ("region-deploying", format!("{NM}/commits/japanwest")),
        (
            "region-deployment-failed",
            format!("{NM}/commits/japanwest"),
        ),
        (
            "region-committed-nothing",
            format!("{NM}/commits/japaneast"),
        ),
        ("region-commit-stale", format!("{NM}/commits/japaneast")),
        (
            "scope-connection-missing",
            format!("{NM}/scopeConnections/resource"),
        ),
        ("network-manager-without-connectivity", NM.to_owned()),
        ("network-manager-scope-too-narrow", NM.to_owned()),
        (
            "static-member-missing",
            format!("{NM}/networkGroups/all/staticMembers/data"),
        ),
        (
            "connectivity-configuration-not-global",
            format!("{NM}/connectivityConfigurations/mesh"),
        ),
        ("virtual-network-in-other-meshes", DATA.to_owned()),
    ] {
        let why = vault(&broken(fault, &at)).unwrap_err();
        assert!(
            why.contains("nothing that is deployed connects network home"),
            "{fault}: {why}"
        );
    }
}

#[test]
fn an_address_that_two_networks_of_the_mesh_have_gets_nothing() {
    let state = broken("address-spaces-overlap", HOME);
    let why = vault(&state).unwrap_err();
    assert!(
        why.contains("nobody has the address 10.2.0.4 in network home"),
        "{why}"
    );

    let state = world(|world| {
        let other = HOME.replace("/home", "/other");
        for body in [
            json!({"id": other, "location": "japaneast", "properties": {"addressSpace": {"addressPrefixes": ["10.2.0.0/24"]}}}),
            json!({"id": format!("{NM}/networkGroups/all/staticMembers/other"), "properties": {"resourceId": other}}),
        ] {
            let body = body.as_object().unwrap().clone();
            world.resources.push(Resource { body });
        }
    });
    assert!(vault(&state).unwrap_err().contains("overlap at 10.2.0.4"));
    let elsewhere = hop(&state, HOME, Ipv4Addr::new(10, 2, 1, 9));
    assert!(matches!(elsewhere, Hop::Network { id, .. } if id == DATA));
}

#[test]
fn a_world_of_the_preview_does_not_reach_endpoints_over_a_mesh() {
    let mesh = format!("{NM}/connectivityConfigurations/mesh");
    let why = vault(&broken("mesh-without-private-endpoints", &mesh)).unwrap_err();
    assert!(why.contains("not reached over a connected group"), "{why}");
    let state = world(|world| {
        world.mesh_private_endpoints = MeshPrivateEndpoints::Unreachable;
        let mut all = world.resources.iter_mut();
        let mesh = all.find(|it| it.id() == mesh).unwrap();
        mesh.body["properties"]["connectivityCapabilities"] =
            json!({"connectedGroupPrivateEndpointsScale": "Standard"});
    });
    assert_eq!(vault(&state), Ok(()));
}

#[test]
fn a_peering_reaches_endpoints_whatever_meshes_do() {
    let state = world(|world| {
        world.commits.clear();
        world.mesh_private_endpoints = MeshPrivateEndpoints::Unreachable;
        for (from, to) in [(HOME, DATA), (DATA, HOME)] {
            let body = json!({
                "id": format!("{from}/virtualNetworkPeerings/other"),
                "properties": {"remoteVirtualNetwork": {"id": to}},
            });
            let body = body.as_object().unwrap().clone();
            world.resources.push(Resource { body });
        }
    });
    assert_eq!(vault(&state), Ok(()));
}
