//! Faults of the records in private zones (PITFALLS.md B05, B12, B16, B19, B22): somebody wrote them by hand, instead of
//! the endpoint's zone group.
//!
//! Places are ids of zone groups.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::{Fault, patch};
use crate::fabric::addresses::front_door;
use crate::services::private_dns::{A_RECORDS, CNAME_RECORDS, LINKS, ZONES};
use crate::services::private_endpoint::address::{range, subnet_prefix};
use crate::services::private_endpoint::{Endpoint, ZONE_GROUPS, groups, zone_group};
use crate::services::registry::REGISTRIES;
use crate::services::registry::hosts::DATA_SUFFIX;
use crate::store::State;
use crate::world::{Resource, World};

/// TTL of records that somebody writes with care; the portal's own default is an hour.
const TTL: u32 = 300;
const HOUR: u32 = 3600;

/// The record is that of an endpoint of the past.
pub const STALE: Fault = Fault {
    id: "record-stale",
    about: "the record was written by hand for an endpoint that is gone, and holds its address",
    places: zone_groups,
    plant: |world, at| {
        by_hand(world, at, |state, endpoint, mut written| {
            let last = subnet_prefix(state, &endpoint.subnet)
                .and_then(range)
                .map(|(_, last)| Ipv4Addr::from(last.saturating_sub(5)));
            written.addresses = vec![last.ok_or("the endpoint has no subnet")?];
            Ok(written)
        })
    },
};

/// The record has the whole host name as its name.
pub const FULL_NAME: Fault = Fault {
    id: "record-named-by-full-host-name",
    about: "the record was written by hand under the full public host name instead of the bare resource name",
    places: zone_groups,
    plant: |world, at| {
        by_hand(world, at, |_, _, mut written| {
            written.name.clone_from(&written.fqdn);
            Ok(written)
        })
    },
};

/// The record lives long in caches.
pub const LONG_TTL: Fault = Fault {
    id: "record-ttl-long",
    about: "the record was written by hand with the right address and a TTL of an hour",
    places: zone_groups,
    plant: |world, at| {
        by_hand(world, at, |_, _, mut written| {
            written.ttl = HOUR;
            Ok(written)
        })
    },
};

/// The record leads both ways.
pub const MIXED: Fault = Fault {
    id: "record-mixed",
    about: "the record was written by hand and holds the endpoint's address and the public one",
    places: zone_groups,
    plant: |world, at| {
        by_hand(world, at, |_, _, mut written| {
            let public = front_door(&written.fqdn).ok_or("the name has no public address")?;
            written.addresses.push(public);
            Ok(written)
        })
    },
};

/// The record holds nothing.
pub const EMPTY: Fault = Fault {
    id: "record-empty",
    about: "somebody took the addresses out of the record that the zone group wrote, and the record set stayed",
    places: zone_groups,
    plant: |world, at| {
        for mut written in right(world, at)? {
            written.addresses.clear();
            write(world, &written.zone, &written);
        }
        Ok(())
    },
};

/// The record leads to the endpoint of something else.
pub const OF_OTHER_ENDPOINT: Fault = Fault {
    id: "record-of-other-endpoint",
    about: "the record was written by hand and holds the address of the endpoint of another resource",
    places: |world| {
        if zone_groups(world).len() > 1 {
            zone_groups(world)
        } else {
            Vec::new()
        }
    },
    plant: |world, at| {
        by_hand(world, at, |state, endpoint, mut written| {
            let other = state
                .derived()
                .endpoints
                .iter()
                .filter(|it| it.id != endpoint.id)
                .find_map(|it| it.addresses.iter().find_map(|it| it.address));
            written.addresses = vec![other.ok_or("there is no other endpoint")?];
            Ok(written)
        })
    },
};

/// The name leads back to itself.
pub const ALIAS_LOOP: Fault = Fault {
    id: "record-alias-loop",
    about: "instead of the address the zone holds an alias, which leads back to the public name",
    places: zone_groups,
    plant: |world, at| {
        for written in right(world, at)? {
            let properties = json!({"ttl": TTL, "cnameRecord": {"cname": written.fqdn}});
            let id = format!("{}/{}/{}", written.zone, last(CNAME_RECORDS), written.name);
            add(world, &id, properties);
        }
        patch::remove(world, at)
    },
};

/// A zone of the public name answers before the alias is followed.
pub const ZONE_OF_PUBLIC_NAME: Fault = Fault {
    id: "zone-of-public-name",
    about: "a private zone of the public name itself is linked to the network, with the right address",
    places: zone_groups,
    plant: |world, at| {
        for written in right(world, at)? {
            let zone = public_zone(world, &written)?;
            write(world, &zone, &written);
        }
        Ok(())
    },
};

/// A zone of the public name answers, and knows nothing.
pub const ZONE_OF_PUBLIC_NAME_EMPTY: Fault = Fault {
    id: "zone-of-public-name-empty",
    about: "a private zone of the public name itself is linked to the network and does not hold the name",
    places: zone_groups,
    plant: |world, at| {
        for written in right(world, at)? {
            public_zone(world, &written)?;
        }
        Ok(())
    },
};

/// Makes a zone of the public name, linked as the right one is.
fn public_zone(world: &mut World, written: &Written) -> Result<String, String> {
    let public = written
        .fqdn
        .strip_prefix(&format!("{}.", written.name))
        .ok_or("the record is not named by the resource")?;
    let (home, _) = written.zone.rsplit_once('/').ok_or("no zone")?;
    let zone = format!("{home}/{public}");
    let networks = linked_networks(world, &written.zone);
    world.resources.push(Resource {
        body: [
            ("id".to_owned(), json!(zone)),
            ("location".to_owned(), json!("global")),
        ]
        .into_iter()
        .collect(),
    });
    for (index, network) in networks.into_iter().enumerate() {
        let properties = json!({"registrationEnabled": false, "virtualNetwork": {"id": network}});
        add(
            world,
            &format!("{zone}/{}/link{index}", last(LINKS)),
            properties,
        );
    }
    Ok(zone)
}

/// The registry's data endpoint has no record: layers have a name of their own (MORE.md §1g).
pub const DATA_EMPTY: Fault = Fault {
    id: "record-of-data-endpoint-empty",
    about: "the record of the registry's data endpoint was written by hand, without an address",
    places: with_data_endpoint,
    plant: |world, at| {
        by_hand(world, at, |_, _, written| {
            Ok(if is_of_data(&written.fqdn) {
                Written {
                    addresses: Vec::new(),
                    ..written
                }
            } else {
                written
            })
        })
    },
};

/// The registry's data endpoint has the address of an endpoint that is gone.
pub const DATA_STALE: Fault = Fault {
    id: "record-of-data-endpoint-stale",
    about: "the record of the registry's data endpoint holds the address of an endpoint that is gone",
    places: with_data_endpoint,
    plant: |world, at| {
        by_hand(world, at, |_, _, written| {
            let gone = |address: &Ipv4Addr| {
                let [a, b, c, _] = address.octets();
                Ipv4Addr::new(a, b, c, 250)
            };
            Ok(if is_of_data(&written.fqdn) {
                Written {
                    addresses: written.addresses.iter().map(gone).collect(),
                    ..written
                }
            } else {
                written
            })
        })
    },
};

/// Manifests come by the private way, layers by the public one, which is open.
pub const DATA_PUBLIC: Fault = Fault {
    id: "record-of-data-endpoint-public",
    about: "the record of the registry's data endpoint holds its public address, and public access is open",
    places: with_data_endpoint,
    plant: |world, at| {
        for registry in patch::of_type(world, REGISTRIES) {
            patch::set(world, &registry, "/publicNetworkAccess", json!("Enabled"))?;
        }
        by_hand(world, at, |_, _, written| {
            Ok(if is_of_data(&written.fqdn) {
                let door =
                    front_door(&written.fqdn).ok_or("the data endpoint has no public address")?;
                Written {
                    addresses: vec![door],
                    ..written
                }
            } else {
                written
            })
        })
    },
};

fn is_of_data(fqdn: &str) -> bool {
    fqdn.ends_with(DATA_SUFFIX)
}

/// Zone groups of endpoints that lead to registries.
fn with_data_endpoint(world: &World) -> Vec<String> {
    let all = zone_groups(world).into_iter();
    all.filter(|at| right(world, at).is_ok_and(|it| it.iter().any(|it| is_of_data(&it.fqdn))))
        .collect()
}

pub(super) fn zone_groups(world: &World) -> Vec<String> {
    patch::of_type(world, ZONE_GROUPS)
}

/// A record as the zone group would write it, to be changed.
struct Written {
    /// The public name that it is for.
    fqdn: String,
    /// Id of the zone.
    zone: String,
    /// Name relative to the zone.
    name: String,
    ttl: u32,
    addresses: Vec<Ipv4Addr>,
}

/// What somebody gets wrong.
type Deviate = fn(&State, &Endpoint, Written) -> Result<Written, String>;

/// Replaces a zone group by records that somebody wrote by hand, with one deviation.
fn by_hand(world: &mut World, at: &str, deviate: Deviate) -> Result<(), String> {
    let state = State::build(world)?;
    let records = right(world, at)?;
    let endpoint = endpoint(&state, at)?;
    let records = records
        .into_iter()
        .map(|written| deviate(&state, endpoint, written))
        .collect::<Result<Vec<_>, _>>()?;
    patch::remove(world, at)?;
    for written in records {
        write(world, &written.zone, &written);
    }
    Ok(())
}

/// Ids of the record sets that a zone group writes.
pub(super) fn record_ids(world: &World, at: &str) -> Result<Vec<String>, String> {
    let written = right(world, at)?.into_iter();
    Ok(written
        .map(|own| format!("{}/A/{}", own.zone, own.name))
        .collect())
}

/// The records that a zone group writes.
fn right(world: &World, at: &str) -> Result<Vec<Written>, String> {
    let state = State::build(world)?;
    let endpoint = endpoint(&state, at)?;
    let group = state.resource(at).ok_or("no such zone group")?;
    let mut written = Vec::new();
    for config in zone_group::configs(&state.derived().endpoints, group) {
        for address in &endpoint.addresses {
            let given = address.address.ok_or("the endpoint has no address")?;
            written.extend(address.fqdns.iter().map(|fqdn| Written {
                fqdn: fqdn.clone(),
                zone: config.zone.clone(),
                name: groups::record_name(fqdn).to_owned(),
                ttl: TTL,
                addresses: vec![given],
            }));
        }
    }
    Ok(written)
}

fn endpoint<'s>(state: &'s State, group: &str) -> Result<&'s Endpoint, String> {
    let group = state.resource(group).ok_or("no such zone group")?;
    zone_group::endpoint_of(&state.derived().endpoints, group)
        .ok_or_else(|| "the zone group has no endpoint".to_owned())
}

fn linked_networks(world: &World, zone: &str) -> Vec<Value> {
    let below = format!("{}/", zone.to_ascii_lowercase());
    let of_zone = |link: &&Resource| link.id().to_ascii_lowercase().starts_with(&below);
    let network = |link: &Resource| link.properties().pointer("/virtualNetwork/id").cloned();
    world
        .resources
        .iter()
        .filter(of_zone)
        .filter_map(network)
        .collect()
}

fn write(world: &mut World, zone: &str, written: &Written) {
    let addresses: Vec<Value> = written
        .addresses
        .iter()
        .map(|address| json!({"ipv4Address": address}))
        .collect();
    let id = format!("{zone}/{}/{}", last(A_RECORDS), written.name);
    add(
        world,
        &id,
        json!({"ttl": written.ttl, "aRecords": addresses}),
    );
}

fn add(world: &mut World, id: &str, properties: Value) {
    let body = [
        ("id".to_owned(), json!(id)),
        ("properties".to_owned(), properties),
    ]
    .into_iter()
    .collect();
    world.resources.push(Resource { body });
}

/// The last segment of a type below a zone: `A` of `Microsoft.Network/privateDnsZones/A`.
fn last(resource_type: &'static str) -> &'static str {
    resource_type
        .strip_prefix(ZONES)
        .map_or(resource_type, |rest| rest.trim_start_matches('/'))
}
