//! Zones and networks that a remedy is about, found in the scenario's subscriptions. They only explain and make commands
//! whole, so what may not be read is no harm.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::ask::Ask;
use crate::checks::wire::{Pointer, Resource, explaining, holds, lenient};
use crate::ids::ResourceId;

/// The private zones that a public name's record belongs in.
pub(super) async fn zones(ask: &Ask, name: &str) -> Vec<String> {
    let Some(wanted) = ask.cloud().zone_for(name) else {
        return Vec::new();
    };
    let all = everywhere::<Unread>(ask, "Microsoft.Network/privateDnsZones").await;
    let ids = all.into_iter().map(|zone| zone.id);
    ids.filter(|id| {
        id.rsplit('/')
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(wanted))
    })
    .collect()
}

/// A private zone that answers for a public name itself, before its alias is seen.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Override {
    pub(super) zone: String,
    /// The link by which one of the networks sees it.
    pub(super) link: String,
}

/// The zone that hides a public name from one of these networks: of several the longest, as DNS takes it.
pub(super) async fn hiding(ask: &Ask, name: &str, networks: &[String]) -> Option<Override> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let all = everywhere::<Unread>(ask, "Microsoft.Network/privateDnsZones").await;
    let ids = all
        .iter()
        .filter_map(|zone| zone.id.parse::<ResourceId>().ok());
    let is_above = |zone: &ResourceId| {
        let ending = format!(".{}", zone.name().to_ascii_lowercase());
        name.ends_with(&ending)
    };
    let mut zones: Vec<ResourceId> = ids.filter(is_above).collect();
    zones.sort_by_key(|zone| std::cmp::Reverse(zone.name().len()));
    for zone in zones {
        let link = links(ask, &zone).await.into_iter().find(|link| {
            let to = &link.properties.virtual_network.id;
            networks
                .iter()
                .any(|network| network.eq_ignore_ascii_case(to))
        });
        if let Some(link) = link {
            return Some(Override {
                zone: zone.to_string(),
                link: link.id,
            });
        }
    }
    None
}

/// The networks that a zone is linked to.
pub(super) async fn linked(ask: &Ask, zone: &str) -> Vec<String> {
    let Ok(zone) = zone.parse::<ResourceId>() else {
        return Vec::new();
    };
    let links = links(ask, &zone).await.into_iter();
    links
        .map(|link| link.properties.virtual_network.id)
        .collect()
}

async fn links(ask: &Ask, zone: &ResourceId) -> Vec<Resource<LinkProperties>> {
    let links = ask.arm_list(&zone.child("virtualNetworkLinks"), &[]).await;
    explaining(links).unwrap_or_default()
}

/// The networks whose address space holds one of these servers.
pub(super) async fn networks_of(ask: &Ask, servers: &[String]) -> Vec<String> {
    let servers: Vec<IpAddr> = servers
        .iter()
        .filter_map(|server| server.parse().ok())
        .collect();
    if servers.is_empty() {
        return Vec::new();
    }
    let all = everywhere::<NetworkProperties>(ask, "Microsoft.Network/virtualNetworks").await;
    let holds_one = |network: &Resource<NetworkProperties>| {
        let prefixes = &network.properties.address_space.address_prefixes;
        prefixes
            .iter()
            .any(|prefix| servers.iter().any(|server| holds(prefix, *server)))
    };
    all.into_iter()
        .filter(holds_one)
        .map(|network| network.id)
        .collect()
}

/// Every resource of a type, in the subscriptions of the scenario that can be read.
async fn everywhere<P>(ask: &Ask, resource_type: &str) -> Vec<Resource<P>>
where
    P: serde::de::DeserializeOwned + Default,
{
    let mut found = Vec::new();
    for subscription in ask.subscriptions() {
        let all = format!("/subscriptions/{subscription}/providers/{resource_type}");
        if let Ok(all) = all.parse::<ResourceId>() {
            let read = explaining(ask.arm_list::<Resource<P>>(&all, &[]).await);
            found.extend(read.unwrap_or_default());
        }
    }
    found
}

/// Properties that do not matter.
#[derive(Default, Deserialize)]
struct Unread {}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct NetworkProperties {
    #[serde(deserialize_with = "lenient")]
    address_space: AddressSpace,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AddressSpace {
    #[serde(deserialize_with = "lenient")]
    address_prefixes: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct LinkProperties {
    #[serde(deserialize_with = "lenient")]
    virtual_network: Pointer,
}
