//! Is the private endpoint connected to its target, as its own tenant sees it, and which addresses does it have?
//!
//! Asks ARM for the endpoint and its network interfaces as the home tenant's auditor. A connection that is `Approved`,
//! to the right resource and group, with an address per name, holds. Manual and automatic connections stand in two
//! arrays, and connections to another tenant stand in the manual one: both are read.
//!
//! - [`causes`]: why a private endpoint is not connected as it should be
//! - [`rivals`]: other endpoints that are after the same record
//! - [`shapes`]: what ARM says

mod causes;
mod rivals;
mod shapes;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::rivals::zone_configs;
use self::shapes::{EndpointProperties, InterfaceProperties, add_custom_names};
use super::Check;
use super::typed_id::{AnyResource, IdOf, PrivateEndpoint};
use super::wire::{Resource, list_of, same_id};
use crate::ask::Ask;
use crate::ids::ResourceId;
use crate::outcome::{
    AddressesByName, Asks, At, Card, FactSpec, FactType, Facts, NoAnswer, Permission, Plane,
    Reason, Verdict,
};
use crate::timestamp::Timestamp;

/// The private endpoint's connection is approved.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct PrivateEndpointApproved {
    /// The private endpoint.
    private_endpoint: IdOf<PrivateEndpoint>,
    /// The resource it must be connected to.
    target: Option<IdOf<AnyResource>>,
    /// The sub-resource (group id) it must be connected to, such as `vault` or `blob`.
    group: Option<String>,
}

/// The endpoint, if there is one.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    endpoint: Option<Endpoint>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Endpoint {
    provisioning_state: String,
    connections: Vec<Connection>,
    addresses: AddressesByName,
    /// Addresses that no name goes with.
    nameless: Vec<IpAddr>,
    /// The subnet it stands in.
    #[serde(default)]
    subnet: String,
    /// Targets of lost connections that do not exist any more, as far as their own tenant lets the run look.
    #[serde(default)]
    lost_targets: Vec<String>,
    /// What writes the endpoint's records; absent when nobody asked, or the reader may not look.
    #[serde(default)]
    zone_config: Option<ZoneConfig>,
    /// Other endpoints of the subscription for the same target whose zone group writes into the same zone.
    rivals: Vec<Rival>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Connection {
    manual: bool,
    target: String,
    groups: Vec<String>,
    status: String,
    description: String,
}

/// A zone that a zone group writes into.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct ZoneConfig {
    group: String,
    config: String,
    zone: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Rival {
    endpoint: String,
    zone: String,
}

impl Check for PrivateEndpointApproved {
    const CARD: Card = Card {
        id: "private-endpoint-approved",
        sentence: "the private endpoint is connected to its target and approved",
        about: "Reads the endpoint on the consumer's side, its manual and its automatic connections, and the addresses of its \
                network interfaces. `Approved`, the right target and group, and at least one address with a name hold.",
        asks: Asks::Arm("private-endpoint"),
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &[],
        homes: &[],
        facts: &[
            FactSpec {
                name: "addresses",
                fact_type: FactType::Addresses,
                about: "the endpoint's addresses per public name",
            },
            FactSpec {
                name: "private-endpoint",
                fact_type: FactType::ResourceId,
                about: "the endpoint itself",
            },
            FactSpec {
                name: "target",
                fact_type: FactType::ResourceId,
                about: "the resource it is connected to",
            },
        ],
        permissions: &[
            Permission::action(
                "Microsoft.Network/privateEndpoints/read",
                At::Id("private-endpoint"),
            ),
            Permission::action(
                "Microsoft.Network/networkInterfaces/read",
                At::Id("private-endpoint"),
            ),
            // Other endpoints that are after the same record, and whether a lost target is still there.
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
            Permission::of_type("read", At::Id("target")).explains(),
        ],
        causes: causes::CAUSES,
        warnings: causes::WARNINGS,
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let Some(read) = ask
            .arm::<Resource<EndpointProperties>>(&self.private_endpoint)
            .await?
        else {
            return Ok(Seen { endpoint: None });
        };
        let endpoint = read.properties;
        let mut addresses = AddressesByName::default();
        let mut nameless = Vec::new();
        for interface in endpoint
            .network_interfaces
            .iter()
            .filter_map(|pointer| pointer.id.parse::<ResourceId>().ok())
        {
            let Some(read) = ask.arm::<Resource<InterfaceProperties>>(&interface).await? else {
                continue;
            };
            for configuration in read
                .properties
                .ip_configurations
                .into_iter()
                .map(|item| item.properties)
            {
                let Ok(address) = configuration.private_ip_address.parse::<IpAddr>() else {
                    continue;
                };
                let fqdns = configuration.private_link_connection_properties.fqdns;
                fqdns.iter().for_each(|name| addresses.add(name, address));
                if fqdns.is_empty() {
                    nameless.push(address);
                }
            }
        }
        add_custom_names(&endpoint.custom_dns_configs, &mut addresses, &mut nameless);
        let connections = endpoint.connections();
        let rivals = self.rivals(ask, &connections).await;
        let lost_targets = lost_targets(ask, &connections).await;
        let zone_config = zone_configs(ask, &self.private_endpoint)
            .await
            .into_iter()
            .next();
        let provisioning_state = endpoint.provisioning_state;
        Ok(Seen {
            endpoint: Some(Endpoint {
                provisioning_state,
                connections,
                addresses,
                nameless,
                subnet: endpoint.subnet.id,
                lost_targets,
                zone_config,
                rivals,
            }),
        })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        match self.judge_endpoint(seen.endpoint.as_ref()) {
            Ok(warnings) => Verdict::holds_but(warnings),
            Err(reason) => {
                let by_hand = self.asks_by_hand(seen.endpoint.as_ref());
                let subnet = seen.endpoint.as_ref().map(|endpoint| &endpoint.subnet);
                let reason = self.asking_anew(reason.with("manual-request", by_hand), seen);
                let reason = match by_hand {
                    true => reason.with("new-connection-line", self.connection_line()),
                    false => reason,
                };
                let reason = match subnet {
                    Some(subnet) => reason.with("subnet", subnet),
                    None => reason,
                };
                let written = seen
                    .endpoint
                    .as_ref()
                    .and_then(|own| own.zone_config.as_ref());
                match written {
                    Some(own) => reason
                        .with("zone-group", &own.group)
                        .with("zone-config", &own.config)
                        .with("zone", &own.zone)
                        .into(),
                    None => reason.into(),
                }
            }
        }
    }

    fn facts(&self, seen: &Seen) -> Facts {
        let Some(endpoint) = &seen.endpoint else {
            return Facts::none();
        };
        let facts = Facts::none()
            .with("addresses", &endpoint.addresses)
            .with("private-endpoint", &self.private_endpoint);
        let connected: Option<ResourceId> = self
            .wanted(&endpoint.connections)
            .ok()
            .and_then(|connection| connection.target.parse().ok());
        match connected.as_ref().or(self.target.as_deref()) {
            Some(target) => facts.with("target", target),
            None => facts,
        }
    }
}

impl PrivateEndpointApproved {
    /// How a line about the endpoint begins in the list of the target's connections, whatever the letter case: ARM may spell
    /// the id differently on the side of the target.
    fn connection_line(&self) -> String {
        format!("^{} ", self.private_endpoint)
    }

    /// What to ask for when the endpoint is made anew: what it asks for now, where the scenario does not say.
    fn asking_anew(&self, reason: Reason, seen: &Seen) -> Reason {
        let now = seen
            .endpoint
            .as_ref()
            .and_then(|endpoint| endpoint.connections.first());
        let Some(now) = now else { return reason };
        let reason = match &self.target {
            None => reason.with("target", &now.target),
            Some(_) => reason,
        };
        match (&self.group, now.groups.first()) {
            (None, Some(group)) => reason.with("group", group),
            _ => reason,
        }
    }

    /// The first thing that is wrong, or what wants attention.
    fn judge_endpoint(&self, endpoint: Option<&Endpoint>) -> Result<Vec<Reason>, Reason> {
        let Some(endpoint) = endpoint else {
            return Err(Reason::new("missing")
                .expected(&self.private_endpoint)
                .observed("no such resource"));
        };
        let is = |state: &str| endpoint.provisioning_state.eq_ignore_ascii_case(state);
        if is("Failed") || is("Canceled") {
            return Err(Reason::new("provisioning-failed")
                .expected("Succeeded")
                .observed(&endpoint.provisioning_state));
        }
        if is("Creating") || is("Updating") || is("Deleting") {
            return Err(Reason::new("not-provisioned")
                .expected("Succeeded")
                .observed(&endpoint.provisioning_state));
        }
        if endpoint.connections.is_empty() {
            return Err(Reason::new("no-connection")
                .expected("a connection")
                .observed("neither a manual nor an automatic one"));
        }
        let connection = self.wanted(&endpoint.connections)?;
        let reason = |cause| {
            let observed = match connection.description.as_str() {
                "" => connection.status.clone(),
                description => format!("{} ({description})", connection.status),
            };
            Reason::new(cause)
                .expected("Approved")
                .observed(if observed.is_empty() {
                    "no state".to_owned()
                } else {
                    observed
                })
                .with("target", &connection.target)
                .with("connection-line", self.connection_line())
        };
        match connection.status.to_ascii_lowercase().as_str() {
            "approved" => {}
            "pending" => return Err(reason("pending")),
            "rejected" => return Err(reason("rejected")),
            "disconnected" | "removed" if endpoint.lost(connection) => {
                return Err(reason("target-missing"));
            }
            "disconnected" | "removed" => return Err(reason("disconnected")),
            _ => return Err(reason("unknown-state")),
        }
        if endpoint.addresses.is_empty() {
            let observed = match endpoint.nameless.as_slice() {
                [] => "no address".to_owned(),
                nameless => format!("{}, without a name", list_of(nameless)),
            };
            return Err(Reason::new("no-address")
                .expected("an address for each public name")
                .observed(observed));
        }
        let contended = |rival: &Rival| {
            Reason::new("record-contended")
                .observed(&rival.endpoint)
                .with("rival", &rival.endpoint)
                .with("contended-zone", &rival.zone)
        };
        Ok(endpoint.rivals.iter().map(contended).collect())
    }

    /// Whether a new connection must be asked for by hand: as the old one was, or because it crosses subscriptions.
    fn asks_by_hand(&self, endpoint: Option<&Endpoint>) -> bool {
        match endpoint.and_then(|endpoint| endpoint.connections.first()) {
            Some(connection) => connection.manual,
            None => self.target.as_ref().is_some_and(|target| {
                target.subscription() != self.private_endpoint.subscription()
            }),
        }
    }

    /// The connection that is meant. What Azure does not state is not held against it.
    fn wanted<'a>(&self, connections: &'a [Connection]) -> Result<&'a Connection, Reason> {
        let to_target = |connection: &&Connection| {
            self.target.as_ref().is_none_or(|target| {
                connection.target.is_empty() || same_id(target, &connection.target)
            })
        };
        let of_group = |connection: &&Connection| {
            self.group.as_ref().is_none_or(|group| {
                connection.groups.is_empty()
                    || connection
                        .groups
                        .iter()
                        .any(|own| own.eq_ignore_ascii_case(group))
            })
        };
        let right: Vec<&Connection> = connections.iter().filter(to_target).collect();
        let Some(first) = right.first() else {
            return Err(Reason::new("wrong-target")
                .expected(self.target.as_ref().map_or("", |target| target.as_str()))
                .observed(list_of(
                    connections.iter().map(|connection| &connection.target),
                )));
        };
        right
            .iter()
            .copied()
            .find(|connection| of_group(connection))
            .ok_or_else(|| {
                Reason::new("wrong-group")
                    .expected(self.group.as_deref().unwrap_or_default())
                    .observed(list_of(&first.groups))
                    .with("target", &first.target)
            })
    }
}

impl Endpoint {
    /// Whether the target of a connection is known not to exist.
    fn lost(&self, connection: &Connection) -> bool {
        self.lost_targets
            .iter()
            .any(|lost| lost.eq_ignore_ascii_case(&connection.target))
    }
}

/// Targets of lost connections that do not exist any more. The target's own tenant may not let us look; then it is not
/// known to be lost.
async fn lost_targets(ask: &Ask, connections: &[Connection]) -> Vec<String> {
    let is_lost = |connection: &&Connection| {
        ["disconnected", "removed"].contains(&connection.status.to_ascii_lowercase().as_str())
    };
    let mut lost = Vec::new();
    for connection in connections.iter().filter(is_lost) {
        let Ok(target) = connection.target.parse::<ResourceId>() else {
            continue;
        };
        if let Ok(None) = ask.arm::<serde_json::Value>(&target).await {
            lost.push(connection.target.clone());
        }
    }
    lost
}
