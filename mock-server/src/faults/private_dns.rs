//! Faults of private DNS: zones, links, and the servers that a network asks (PITFALLS.md B05, B07–B09, B14, B15).
//!
//! Places are ids: of zones, of virtual network links, of zone groups, of virtual networks, as each fault says.

use std::net::Ipv4Addr;

use serde_json::json;

use super::{Fault, patch};
use crate::ids::ResourceId;
use crate::services::private_dns::{LINKS, ZONES};
use crate::services::private_endpoint::ZONE_GROUPS;
use crate::world::{DnsServer, Forwarding, Resource, World};

const NETWORKS: &str = "Microsoft.Network/virtualNetworks";

/// The zone was never made. Place: zone.
pub const ZONE_MISSING: Fault = Fault {
    id: "zone-missing",
    about: "the private DNS zone does not exist",
    places: |world| patch::of_type(world, ZONES),
    plant: patch::remove,
};

/// The zone has a name that looks right. Place: zone.
pub const ZONE_MISNAMED: Fault = Fault {
    id: "zone-misnamed",
    about: "the private DNS zone has the name that one would guess from the public one, and is never asked",
    places: |world| {
        patch::of_type(world, ZONES)
            .into_iter()
            .filter(|id| misname(id).is_some())
            .collect()
    },
    plant: |world, at| {
        let other = misname(at).ok_or("no wrong name is known for this zone")?;
        rename(world, at, &other);
        Ok(())
    },
};

/// The zone is linked to no network. Place: link.
pub const ZONE_NOT_LINKED: Fault = Fault {
    id: "zone-not-linked",
    about: "the private DNS zone is not linked to the network",
    places: |world| patch::of_type(world, LINKS),
    plant: patch::remove,
};

/// The zone is linked to another network. Place: link.
pub const ZONE_LINKED_ELSEWHERE: Fault = Fault {
    id: "zone-linked-to-other-network",
    about: "the private DNS zone is linked to another network",
    places: |world| patch::of_type(world, LINKS),
    plant: |world, at| {
        let network = linked_network(world, at)?;
        let other = format!("{network}-other");
        let mut body = patch::resource(world, &network)?.body.clone();
        body.insert("id".to_owned(), json!(other));
        world.resources.push(Resource { body });
        patch::set(world, at, "/virtualNetwork/id", json!(other))
    },
};

/// The link does not work yet. Place: link.
pub const LINK_IN_PROGRESS: Fault = Fault {
    id: "zone-link-in-progress",
    about: "the link between zone and network was just made and does not work yet",
    places: |world| patch::of_type(world, LINKS),
    plant: |world, at| patch::set(world, at, "/virtualNetworkLinkState", json!("InProgress")),
};

/// The link could not be made. Place: link.
pub const LINK_FAILED: Fault = Fault {
    id: "zone-link-failed",
    about: "the link between zone and network could not be made",
    places: |world| patch::of_type(world, LINKS),
    plant: |world, at| {
        patch::set(world, at, "/provisioningState", json!("Failed"))?;
        patch::set(world, at, "/virtualNetworkLinkState", json!("InProgress"))
    },
};

/// The zone group writes into another zone. Place: zone group.
pub const ZONE_GROUP_ELSEWHERE: Fault = Fault {
    id: "zone-group-writes-elsewhere",
    about: "the zone group writes into a second zone of the same name, which is linked to no network",
    places: |world| patch::of_type(world, ZONE_GROUPS),
    plant: |world, at| {
        let pointer = "/privateDnsZoneConfigs/0/properties/privateDnsZoneId";
        let zone = patch::resource(world, at)?.properties().pointer(pointer);
        let zone = zone.and_then(|id| id.as_str()).map(str::to_owned);
        let other = second_zone(world, &zone.ok_or("the zone group names no zone")?)?;
        patch::set(world, at, pointer, json!(other))
    },
};

/// Nobody writes the record. Place: zone group.
pub const ZONE_GROUP_MISSING: Fault = Fault {
    id: "zone-group-missing",
    about: "the private endpoint has no zone group, so nobody wrote its record",
    places: |world| patch::of_type(world, ZONE_GROUPS),
    plant: patch::remove,
};

/// Two zones have the name; the linked one is empty. Place: link.
pub const ZONE_SAME_NAME_LINKED_EMPTY: Fault = Fault {
    id: "zone-same-name-linked-empty",
    about: "two zones have the same name: the network is linked to an empty one, the record is in the other",
    places: |world| patch::of_type(world, LINKS),
    plant: |world, at| {
        let link = ResourceId::parse(at)?;
        let zone = link.parent().ok_or("the link has no zone")?.to_owned();
        let other = second_zone(world, &zone)?;
        let moved = format!("{other}/virtualNetworkLinks/{}", link.name);
        patch::resource(world, at)?
            .body
            .insert("id".to_owned(), json!(moved));
        Ok(())
    },
};

/// The zone is not where people think. Place: zone.
pub const ZONE_IN_OTHER_GROUP: Fault = Fault {
    id: "zone-in-other-group",
    about: "the private DNS zone is in another resource group, linked to the network from there, and its record is lost",
    places: |world| {
        patch::of_type(world, ZONES)
            .into_iter()
            .filter(|id| in_other_group(id).is_some())
            .collect()
    },
    plant: |world, at| {
        let other = in_other_group(at).ok_or("the zone has no resource group")?;
        rename(world, at, &other);
        let of_zone = |group: &Resource| group.properties().to_string().contains(&other);
        for group in patch::that(world, ZONE_GROUPS, of_zone) {
            patch::remove(world, &group)?;
        }
        Ok(())
    },
};

/// The network asks a server of its own that knows the public DNS only. Place: network of a vantage.
pub const DNS_SERVER_PUBLIC: Fault = Fault {
    id: "dns-server-forwards-to-public",
    about: "the network asks a DNS server of its own, which does not forward to Azure's DNS",
    places: vantage_networks,
    plant: |world, at| {
        let address = Ipv4Addr::new(10, 255, 255, 53);
        patch::set(world, at, "/dhcpOptions", json!({"dnsServers": [address]}))?;
        world.dns_servers.push(DnsServer {
            address,
            network: at.to_owned(),
            forwards_to: Forwarding::Public,
        });
        Ok(())
    },
};

/// The network asks a server that does not answer. Place: network of a vantage.
pub const DNS_SERVER_SILENT: Fault = Fault {
    id: "dns-server-silent",
    about: "the network asks a DNS server of its own that does not exist any more",
    places: vantage_networks,
    plant: |world, at| {
        patch::set(
            world,
            at,
            "/dhcpOptions",
            json!({"dnsServers": ["10.255.255.54"]}),
        )
    },
};

/// The id of the same zone in another resource group.
fn in_other_group(zone: &str) -> Option<String> {
    let group = ResourceId::parse(zone).ok()?.resource_group?;
    Some(zone.replacen(&format!("/{group}/"), &format!("/{group}-other/"), 1))
}

/// A second zone of the same name, in another resource group.
fn second_zone(world: &mut World, zone: &str) -> Result<String, String> {
    let other = in_other_group(zone).ok_or("the zone has no resource group")?;
    let mut body = patch::resource(world, zone)?.body.clone();
    body.insert("id".to_owned(), json!(other));
    world.resources.push(Resource { body });
    Ok(other)
}

fn vantage_networks(world: &World) -> Vec<String> {
    let has_vantage = |network: &Resource| {
        let stands_there = |at: &String| at.eq_ignore_ascii_case(network.id());
        world
            .vantages
            .values()
            .filter_map(|vantage| vantage.network.as_ref())
            .any(stands_there)
    };
    patch::that(world, NETWORKS, has_vantage)
}

/// The id of the same zone under the name that one would guess: the public suffix of vaults is not that of their
/// private names (PITFALLS B15). Other services have no such trap.
fn misname(zone: &str) -> Option<String> {
    let (head, name) = zone.rsplit_once('/')?;
    name.eq_ignore_ascii_case("privatelink.vaultcore.azure.net")
        .then(|| format!("{head}/privatelink.vault.azure.net"))
}

/// Gives a zone another id, with everything below it and everybody who names it.
fn rename(world: &mut World, zone: &str, other: &str) {
    for resource in &mut world.resources {
        let id = resource.id().to_owned();
        let below = id
            .get(..zone.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(zone));
        if below && (id.len() == zone.len() || id[zone.len()..].starts_with('/')) {
            resource.body.insert(
                "id".to_owned(),
                json!(format!("{other}{}", &id[zone.len()..])),
            );
        }
        let configs = resource
            .body
            .get_mut("properties")
            .and_then(|it| it.pointer_mut("/privateDnsZoneConfigs"));
        for config in configs
            .and_then(|it| it.as_array_mut())
            .into_iter()
            .flatten()
        {
            let named = config.pointer_mut("/properties/privateDnsZoneId");
            if let Some(id) =
                named.filter(|id| id.as_str().is_some_and(|id| id.eq_ignore_ascii_case(zone)))
            {
                *id = json!(other);
            }
        }
    }
}

fn linked_network(world: &mut World, link: &str) -> Result<String, String> {
    let network = patch::resource(world, link)?
        .properties()
        .pointer("/virtualNetwork/id")
        .cloned();
    network
        .and_then(|id| id.as_str().map(str::to_owned))
        .ok_or_else(|| "the link names no network".to_owned())
}
