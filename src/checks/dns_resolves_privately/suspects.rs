//! Zones and networks that a remedy is about, found in the scenario's subscriptions. They only make commands whole, so
//! what may not be read is no harm.

use std::net::IpAddr;

use serde::Deserialize;

use crate::ask::Ask;
use crate::checks::wire::{Resource, explaining, holds, lenient};
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
