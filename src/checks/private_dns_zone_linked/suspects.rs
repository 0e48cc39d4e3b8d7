//! What explains a defect: zones that could be mistaken for this one, zone groups, other endpoints for the same resource.
//! None of it decides whether the link holds, so what may not be read is no harm.

use super::shapes::{EndpointProperties, LinkProperties, Unread, ZoneGroupProperties};
use super::{Link, OtherZone, Place, PrivateDnsZoneLinked, Rival};
use crate::ask::Ask;
use crate::checks::wire::{Resource, explaining, same_id};
use crate::ids::ResourceId;

impl PrivateDnsZoneLinked {
    /// Zones of the same name, and of the name one would guess, in every subscription of the scenario:
    /// a network is served by the zone that is linked to it, whoever owns that (PITFALLS B14).
    pub(super) async fn other_zones(&self, ask: &Ask, names: &[Place]) -> Vec<OtherZone> {
        let guessed: Vec<String> = names
            .iter()
            .filter_map(|place| {
                place
                    .host
                    .trim_end_matches('.')
                    .strip_prefix(&format!("{}.", place.record))
            })
            .map(|public| format!("privatelink.{public}"))
            .collect();
        let mut found = Vec::new();
        for subscription in ask.subscriptions() {
            let all = format!(
                "/subscriptions/{subscription}/providers/Microsoft.Network/privateDnsZones"
            )
            .parse::<ResourceId>();
            let Ok(all) = all else { continue };
            let zones =
                explaining(ask.arm_list::<Resource<Unread>>(&all, &[]).await).unwrap_or_default();
            for id in zones
                .iter()
                .filter_map(|zone| zone.id.parse::<ResourceId>().ok())
                .filter(|id| *id != *self.zone)
            {
                let of_name = |name: &str| id.name().eq_ignore_ascii_case(name);
                if of_name(self.zone.name()) || guessed.iter().any(|name| of_name(name)) {
                    let links = ask
                        .arm_list::<Resource<LinkProperties>>(&id.child("virtualNetworkLinks"), &[])
                        .await;
                    let mut links = explaining(links)
                        .unwrap_or_default()
                        .into_iter()
                        .map(Link::from);
                    let link = links
                        .find(|link| same_id(&self.linked_to, &link.network))
                        .map(|link| link.id);
                    found.push(OtherZone {
                        id: id.to_string(),
                        link,
                    });
                }
            }
        }
        found
    }

    /// Other endpoints of the subscription for one of these targets that write into this zone.
    pub(super) async fn rivals(
        &self,
        ask: &Ask,
        own: &ResourceId,
        targets: &[String],
    ) -> Vec<Rival> {
        let Some(subscription) = own.subscription() else {
            return Vec::new();
        };
        let all =
            format!("/subscriptions/{subscription}/providers/Microsoft.Network/privateEndpoints")
                .parse::<ResourceId>();
        let Ok(all) = all else { return Vec::new() };
        let others = explaining(
            ask.arm_list::<Resource<EndpointProperties>>(&all, &[])
                .await,
        )
        .unwrap_or_default();
        let mut rivals = Vec::new();
        for other in others.iter().filter(|other| !same_id(own, &other.id)) {
            let same = other
                .properties
                .targets()
                .iter()
                .any(|their| targets.iter().any(|own| own.eq_ignore_ascii_case(their)));
            let Some(id) = other.id.parse::<ResourceId>().ok().filter(|_| same) else {
                continue;
            };
            let configs = zone_groups(ask, &id)
                .await
                .unwrap_or_default()
                .into_iter()
                .flat_map(|group| group.properties.private_dns_zone_configs);
            let configs: Vec<_> = configs
                .filter(|config| same_id(&self.zone, &config.properties.private_dns_zone_id))
                .collect();
            if !configs.is_empty() {
                let written = configs
                    .iter()
                    .flat_map(|config| &config.properties.record_sets)
                    .flat_map(|set| &set.ip_addresses);
                rivals.push(Rival {
                    endpoint: id.to_string(),
                    addresses: written.filter_map(|text| text.parse().ok()).collect(),
                });
            }
        }
        rivals
    }
}

/// The zone groups of an endpoint.
pub(super) async fn zone_groups(
    ask: &Ask,
    endpoint: &ResourceId,
) -> Option<Vec<Resource<ZoneGroupProperties>>> {
    explaining(
        ask.arm_list(&endpoint.child("privateDnsZoneGroups"), &[])
            .await,
    )
}
