//! Does the right private DNS zone answer for the endpoint's names, in the network whose DNS is asked?
//!
//! Asks ARM for the zone, its network links and A records as the home tenant's auditor, and for what explains a defect:
//! the endpoint's zone groups, zones of the same name, a second endpoint. A zone of the right name, linked to exactly
//! that network with state `Completed`, whose record per name equals the endpoint's addresses, holds; who wrote the
//! record does not matter.
//!
//! - [`causes`]: why it does not answer
//! - [`records`]: what its records hold
//! - [`shapes`]: what ARM says
//! - [`suspects`]: what explains a defect

mod causes;
mod records;
mod shapes;
mod suspects;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::shapes::{EndpointProperties, LinkProperties, RecordProperties, Unread};
use self::suspects::zone_groups;
use super::Check;
use super::typed_id::{IdOf, PrivateDnsZone, PrivateEndpoint, VirtualNetwork};
use super::wire::{Resource, explaining, list_of, same_id};
use crate::ask::Ask;
use crate::ask::Cloud;
use crate::outcome::{
    AddressesByName, Asks, At, Card, Input, NoAnswer, Permission, Plane, Reason, Verdict,
};
use crate::timestamp::Timestamp;

/// Longest advised time to live (PITFALLS B12).
const ADVISED_TTL: u64 = 600;

/// The private DNS zone answers for the endpoint's names.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct PrivateDnsZoneLinked {
    /// The private DNS zone.
    zone: IdOf<PrivateDnsZone>,
    /// The network whose DNS answers; often a hub.
    linked_to: IdOf<VirtualNetwork>,
    /// The endpoint's addresses per public name.
    addresses: Input<AddressesByName>,
    /// The endpoint whose zone group should write the records; explains missing and wrong ones.
    private_endpoint: Option<Input<IdOf<PrivateEndpoint>>>,
}

/// The zone with links and records, and what explains a defect.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    /// Where the records of the endpoint's names belong.
    names: Vec<Place>,
    zone: Option<Zone>,
    /// Zones that could be mistaken for this one, looked for when it is missing or not linked.
    other_zones: Vec<OtherZone>,
    /// The endpoint's connection is a manual one.
    manual: bool,
    /// Absent when nobody asked, or the reader may not look.
    zone_groups: Option<Vec<ZoneGroup>>,
    /// Other endpoints for the same resource that write into this zone, looked for when a record is wrong.
    rivals: Vec<Rival>,
}

/// Where the record of a public name belongs.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Place {
    host: String,
    zone: String,
    record: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Zone {
    links: Vec<Link>,
    records: Vec<Record>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Link {
    id: String,
    network: String,
    state: String,
    provisioning_state: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Record {
    name: String,
    ttl: Option<u64>,
    addresses: Vec<IpAddr>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct OtherZone {
    id: String,
    /// Its link to the network, if it has one.
    link: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct ZoneGroup {
    id: String,
    zones: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Rival {
    endpoint: String,
    /// What its zone group says it wrote; empty when the group does not say.
    addresses: Vec<IpAddr>,
}

impl Check for PrivateDnsZoneLinked {
    const CARD: Card = Card {
        id: "private-dns-zone-linked",
        sentence: "the private DNS zone is linked to the network and holds the endpoint's addresses",
        about: "Reads the zone, its network links and its A records. The zone must be the one that Azure's public names lead to, \
                linked to exactly the network whose DNS answers, and hold one record per name, under the bare resource name, \
                equal to the endpoint's addresses; a zone group may have written it, or a person.",
        asks: Asks::Arm("zone"),
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &[],
        homes: &[],
        facts: &[],
        permissions: &[
            Permission::action("Microsoft.Network/privateDnsZones/read", At::Id("zone")),
            Permission::action(
                "Microsoft.Network/privateDnsZones/virtualNetworkLinks/read",
                At::Id("zone"),
            ),
            Permission::action("Microsoft.Network/privateDnsZones/A/read", At::Id("zone")),
            // Other zones, the endpoint's zone groups, other endpoints.
            Permission::action("Microsoft.Network/privateDnsZones/read", At::Subscriptions)
                .explains(),
            Permission::action(
                "Microsoft.Network/privateDnsZones/virtualNetworkLinks/read",
                At::Subscriptions,
            )
            .explains(),
            Permission::action(
                "Microsoft.Network/privateEndpoints/read",
                At::SubscriptionOf("private-endpoint"),
            )
            .explains(),
            Permission::action(
                "Microsoft.Network/privateEndpoints/privateDnsZoneGroups/read",
                At::SubscriptionOf("private-endpoint"),
            )
            .explains(),
        ],
        causes: causes::CAUSES,
        warnings: causes::WARNINGS,
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let mut seen = Seen {
            names: self.places(ask.cloud())?,
            ..Seen::default()
        };
        if ask.arm::<Resource<Unread>>(&self.zone).await?.is_some() {
            let links = ask
                .arm_list::<Resource<LinkProperties>>(&self.zone.child("virtualNetworkLinks"), &[])
                .await?;
            let records = ask
                .arm_list::<Resource<RecordProperties>>(&self.zone.child("A"), &[])
                .await?;
            seen.zone = Some(Zone {
                links: links
                    .unwrap_or_default()
                    .into_iter()
                    .map(Link::from)
                    .collect(),
                records: records
                    .unwrap_or_default()
                    .into_iter()
                    .map(Record::from)
                    .collect(),
            });
        }
        let linked = seen.zone.as_ref().is_some_and(|zone| {
            zone.links
                .iter()
                .any(|link| same_id(&self.linked_to, &link.network))
        });
        if !linked {
            seen.other_zones = self.other_zones(ask, &seen.names).await;
        }
        if let Some(endpoint) = &self.private_endpoint {
            let own = explaining(ask.arm::<Resource<EndpointProperties>>(endpoint).await)
                .map(|read| read.properties);
            seen.manual = own
                .as_ref()
                .is_some_and(|own| !own.manual_private_link_service_connections.is_empty());
            seen.zone_groups = zone_groups(ask, endpoint)
                .await
                .map(|groups| groups.iter().map(ZoneGroup::from).collect());
            let all_right = seen
                .zone
                .as_ref()
                .is_some_and(|zone| seen.names.iter().all(|place| self.is_right(zone, place)));
            if let Some(own) = own.filter(|_| linked && !all_right) {
                seen.rivals = self.rivals(ask, endpoint, &own.targets()).await;
            }
        }
        Ok(seen)
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let own_name = self.zone.name();
        let here: Vec<&Place> = seen
            .names
            .iter()
            .filter(|place| place.zone.eq_ignore_ascii_case(own_name))
            .collect();
        let misnamed = |observed: &str| self.misnamed(seen, observed);
        if here.is_empty() && !seen.names.is_empty() {
            return misnamed(own_name).into();
        }
        let Some(zone) = &seen.zone else {
            let like = |other: &&OtherZone| {
                !other
                    .id
                    .to_ascii_lowercase()
                    .ends_with(&format!("/{}", own_name.to_ascii_lowercase()))
            };
            if let Some(reason) = self.linked_instead(seen) {
                return reason.into();
            }
            return match seen.other_zones.iter().find(like) {
                Some(other) => misnamed(&other.id).into(),
                None => Reason::new("missing")
                    .expected(&self.zone)
                    .observed("no such zone")
                    .into(),
            };
        };
        if let Err(reason) = self.judge_link(seen, zone) {
            return reason.into();
        }
        for place in &here {
            if let Err(reason) = self.judge_record(seen, zone, place) {
                return reason.into();
            }
        }
        let too_long = |place: &&&Place| {
            let record = zone.record(&place.record)?;
            let ttl = record.ttl.filter(|ttl| *ttl > ADVISED_TTL)?;
            Some(
                Reason::new("ttl-too-long")
                    .expected("at most 600")
                    .observed(ttl)
                    .with("record", &record.name)
                    .with("ttl", ttl),
            )
        };
        Verdict::holds_but(here.iter().filter_map(|place| too_long(&place)).collect())
    }
}

/// The name for a new link of a zone: the network's, with a number where another link has that.
fn free_name(network: &str, links: &[Link]) -> String {
    let is_taken = |name: &str| {
        links.iter().any(|link| {
            let own = link.id.rsplit('/').next();
            own.is_some_and(|own| own.eq_ignore_ascii_case(name))
        })
    };
    let mut name = network.to_owned();
    for number in 2..=links.len() + 1 {
        if !is_taken(&name) {
            break;
        }
        name = format!("{network}-{number}");
    }
    name
}

impl PrivateDnsZoneLinked {
    /// Where each name's record belongs, by the cloud's table; by the zone's own name for services that it lacks.
    fn places(&self, cloud: &Cloud) -> Result<Vec<Place>, NoAnswer> {
        let place = |host: &str| {
            let (zone, record) = match (cloud.zone_for(host), cloud.record_name(host)) {
                (Some(zone), Some(record)) => (zone.to_owned(), record),
                _ => {
                    let name = host.trim_end_matches('.').to_ascii_lowercase();
                    let public = self
                        .zone
                        .name()
                        .to_ascii_lowercase()
                        .strip_prefix("privatelink.")
                        .map(|rest| format!(".{rest}"));
                    let record =
                        public.and_then(|public| name.strip_suffix(&public).map(str::to_owned));
                    (
                        self.zone.name().to_owned(),
                        record.ok_or_else(|| {
                            format!("which zone holds the records of {host} is not known")
                        })?,
                    )
                }
            };
            Ok(Place {
                host: host.to_owned(),
                zone,
                record,
            })
        };
        self.addresses
            .names()
            .map(place)
            .collect::<Result<_, String>>()
            .map_err(NoAnswer::Unusable)
    }

    fn judge_link(&self, seen: &Seen, zone: &Zone) -> Result<(), Reason> {
        let Some(link) = zone
            .links
            .iter()
            .find(|link| same_id(&self.linked_to, &link.network))
        else {
            if let Some(reason) = self.linked_instead(seen) {
                return Err(reason);
            }
            let cause = if zone.links.is_empty() {
                "not-linked"
            } else {
                "linked-elsewhere"
            };
            let networks = zone.links.iter().map(|link| &link.network);
            return Err(Reason::new(cause)
                .expected(&self.linked_to)
                .observed(list_of(networks))
                .with(
                    "free-link-name",
                    free_name(self.linked_to.name(), &zone.links),
                ));
        };
        let failed = ["Failed", "Canceled"]
            .iter()
            .any(|state| link.provisioning_state.eq_ignore_ascii_case(state));
        if failed {
            return Err(Reason::new("link-failed")
                .expected("Succeeded")
                .observed(&link.provisioning_state)
                .with("link", &link.id));
        }
        if link.state.eq_ignore_ascii_case("InProgress") {
            return Err(Reason::new("link-in-progress")
                .expected("Completed")
                .observed(&link.state)
                .with("link", &link.id));
        }
        Ok(())
    }

    /// The zone does not have the name that public names lead to.
    fn misnamed(&self, seen: &Seen, observed: &str) -> Reason {
        let place = seen.names.first();
        let right = place.map_or("", |place| &place.zone);
        let folder = self.zone.as_str().rsplit_once('/');
        let right_id = folder.map(|(folder, _)| format!("{folder}/{right}"));
        let mut reason = Reason::new("wrong-zone-name")
            .expected(right)
            .observed(observed)
            .with("host", place.map_or("", |place| &place.host))
            .with("record", place.map_or("", |place| &place.record))
            .with("right-zone", right)
            .with("right-zone-id", right_id.unwrap_or_default())
            .with("zone-config", right.replace('.', "-"));
        if let Some(address) = place.and_then(|place| self.addresses.of(&place.host).first()) {
            reason = reason.with("address", address);
        }
        let group = seen.zone_groups.iter().flatten().next();
        match (group, &self.private_endpoint) {
            (Some(group), _) => reason.with("zone-group", &group.id),
            (None, Some(endpoint)) => reason.with("groupless", &**endpoint),
            (None, None) => reason,
        }
    }

    /// Another zone of the same name that the network is linked to, whether ours exists or not.
    fn linked_instead(&self, seen: &Seen) -> Option<Reason> {
        let same_name = |other: &&OtherZone| {
            other
                .id
                .to_ascii_lowercase()
                .ends_with(&format!("/{}", self.zone.name().to_ascii_lowercase()))
        };
        let (other, link) = seen
            .other_zones
            .iter()
            .filter(same_name)
            .find_map(|other| Some((other, other.link.as_ref()?)))?;
        let reason = Reason::new("other-zone-linked")
            .expected(&self.zone)
            .observed(&other.id)
            .with("other-zone", &other.id)
            .with("other-link", link);
        let place = seen.names.first();
        let address = place.and_then(|place| self.addresses.of(&place.host).first());
        Some(match (place, address) {
            (Some(place), Some(address)) => reason
                .with("record", &place.record)
                .with("address", address),
            _ => reason,
        })
    }
}
