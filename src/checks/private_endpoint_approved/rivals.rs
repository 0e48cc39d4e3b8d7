//! Other endpoints that are after the same record. They decide nothing here, so a list that may not be read is no harm.

use super::shapes::{EndpointProperties, ZoneGroupProperties};
use super::{Connection, PrivateEndpointApproved, Rival, ZoneConfig};
use crate::ask::Ask;
use crate::checks::wire::{Resource, explaining, same_id};
use crate::ids::ResourceId;

impl PrivateEndpointApproved {
    /// Endpoints of the same subscription that are after the same record. A list that may not be read explains nothing.
    pub(super) async fn rivals(&self, ask: &Ask, connections: &[Connection]) -> Vec<Rival> {
        let Some(subscription) = self.private_endpoint.subscription() else {
            return Vec::new();
        };
        let all =
            format!("/subscriptions/{subscription}/providers/Microsoft.Network/privateEndpoints");
        let Ok(all) = all.parse::<ResourceId>() else {
            return Vec::new();
        };
        let others = explaining(
            ask.arm_list::<Resource<EndpointProperties>>(&all, &[])
                .await,
        )
        .unwrap_or_default();
        let same_target = |other: &&Resource<EndpointProperties>| {
            let theirs = other.properties.connections();
            !same_id(&self.private_endpoint, &other.id)
                && theirs
                    .iter()
                    .any(|their| connections.iter().any(|own| own.rivals(their)))
        };
        let rivals: Vec<ResourceId> = others
            .iter()
            .filter(same_target)
            .filter_map(|other| other.id.parse().ok())
            .collect();
        if rivals.is_empty() {
            return Vec::new();
        }
        let own_zones = zones(ask, &self.private_endpoint).await;
        let mut found = Vec::new();
        for rival in rivals {
            let shared = zones(ask, &rival)
                .await
                .into_iter()
                .find(|zone| own_zones.iter().any(|own| own.eq_ignore_ascii_case(zone)));
            found.extend(shared.map(|zone| Rival {
                endpoint: rival.to_string(),
                zone,
            }));
        }
        found
    }
}

impl Connection {
    /// Whether both stand for the same record: the same group of the same resource.
    fn rivals(&self, other: &Self) -> bool {
        let same_group = self.groups.iter().any(|own| {
            other
                .groups
                .iter()
                .any(|their| own.eq_ignore_ascii_case(their))
        });
        !self.target.is_empty() && self.target.eq_ignore_ascii_case(&other.target) && same_group
    }
}

/// The zones that an endpoint's zone groups write into.
async fn zones(ask: &Ask, endpoint: &ResourceId) -> Vec<String> {
    let configs = zone_configs(ask, endpoint).await.into_iter();
    configs.map(|own| own.zone).collect()
}

/// The same, with how the groups name them.
pub(super) async fn zone_configs(ask: &Ask, endpoint: &ResourceId) -> Vec<ZoneConfig> {
    let groups = ask
        .arm_list::<Resource<ZoneGroupProperties>>(&endpoint.child("privateDnsZoneGroups"), &[])
        .await;
    let mut found = Vec::new();
    for group in explaining(groups).unwrap_or_default() {
        let configs = group.properties.private_dns_zone_configs.into_iter();
        found.extend(configs.map(|config| ZoneConfig {
            group: group.name.clone(),
            config: config.name,
            zone: config.properties.private_dns_zone_id,
        }));
    }
    found
}
