//! Does a public name lead to the endpoint's addresses, from where the workload runs?
//!
//! Asks the vantage's name server and walks the chain hop by hop. Exactly the endpoint's addresses *for this name* hold;
//! how the chain got to anything else says what is wrong. The vantage's network is read from ARM as well, for name
//! servers of its own explain much; not being allowed to read it spoils nothing.
//!
//! - [`causes`]: why a name does not lead to the endpoint
//! - [`suspects`]: zones and networks that a remedy is about

mod causes;
mod suspects;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::suspects::Override;
use super::Check;
use super::names::Place;
use super::typed_id::{AnyResource, IdOf};
use super::wire::{Resource, explaining, is_public, lenient, list_of};
use crate::ask::{Ask, Resolution, Resolved};
use crate::outcome::{
    AddressesByName, Asks, At, Card, Input, NoAnswer, Permission, Plane, Reason, Verdict,
};
use crate::timestamp::Timestamp;

/// Azure's own resolver, which knows private zones.
const AZURE_DNS: &str = "168.63.129.16";
/// Longest advised time to live (PITFALLS B12).
const ADVISED_TTL: u32 = 600;

/// The public name resolves to exactly the endpoint's addresses.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct DnsResolvesPrivately {
    /// The public name, such as `kv.vault.azure.net`.
    name: String,
    /// The endpoint's addresses per public name.
    addresses: Input<AddressesByName>,
    /// The resource behind the name; says whose administrator must act when it has no approved endpoint.
    target: Option<Input<IdOf<AnyResource>>>,
}

/// The chain, and who answers names in the vantage's network.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    resolution: Resolution,
    /// Name servers of its own that the vantage's network has, Azure's left out; none when it could not be read.
    custom_servers: Vec<String>,
    /// The vantage's network, when it has one.
    network: Option<String>,
    /// Private zones in which the name's record belongs, looked for when the name does not lead to the endpoint.
    #[serde(default)]
    zones: Vec<String>,
    /// Networks of the scenario's subscriptions in which those servers stand, looked for likewise.
    #[serde(default)]
    server_networks: Vec<String>,
    /// Networks that the one zone is linked to already.
    #[serde(default)]
    linked: Vec<String>,
    /// A zone of the public name itself that the network sees, looked for when nothing leads by the alias.
    #[serde(default)]
    hidden_by: Option<Override>,
}

impl Check for DnsResolvesPrivately {
    const CARD: Card = Card {
        id: "dns-resolves-privately",
        sentence: "the public name resolves to the endpoint's private addresses",
        about: "Resolves the name from the vantage, hop by hop. The addresses at the end must be exactly those that the endpoint \
                has for this name, reached through a `privatelink` alias.",
        asks: Asks::Dns,
        plane: Plane::Data,
        modes: &[],
        at_least_one_of: &[],
        homes: &[],
        facts: &[],
        permissions: &[
            // Whose servers answer, and where the name's record belongs.
            Permission::action("Microsoft.Network/virtualNetworks/read", At::Network).explains(),
            Permission::action("Microsoft.Network/virtualNetworks/read", At::Subscriptions)
                .explains(),
            Permission::action("Microsoft.Network/privateDnsZones/read", At::Subscriptions)
                .explains(),
            Permission::action(
                "Microsoft.Network/privateDnsZones/virtualNetworkLinks/read",
                At::Subscriptions,
            )
            .explains(),
        ],
        causes: causes::CAUSES,
        warnings: causes::WARNINGS,
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let resolution = ask.resolve(&self.name).await?;
        let leads_there = matches!(&resolution.result, Resolved::Addresses(found) if same_set(found, self.addresses.of(&self.name)));
        let mut custom_servers = Vec::new();
        if let Some(network) = ask.network() {
            let read = explaining(ask.arm::<Resource<NetworkProperties>>(network).await);
            custom_servers.extend(
                read.map(|read| read.properties.dhcp_options.dns_servers)
                    .unwrap_or_default(),
            );
            custom_servers.retain(|server| server != AZURE_DNS);
        }
        let mut seen = Seen {
            resolution,
            custom_servers,
            network: ask.network().map(ToString::to_string),
            zones: Vec::new(),
            server_networks: Vec::new(),
            linked: Vec::new(),
            hidden_by: None,
        };
        if !leads_there || seen.resolution.private_link_alias().is_none() {
            self.suspect(ask, &mut seen).await;
        }
        Ok(seen)
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let resolution = &seen.resolution;
        let expected = self.addresses.of(&self.name);
        let reason = |cause| {
            let reason = Reason::new(cause)
                .expected(list_of(expected))
                .observed(chain(resolution))
                .with("alias", resolution.private_link_alias().unwrap_or_default())
                .with("server", &resolution.server);
            let reason = match seen.network.as_deref() {
                Some(network) => reason.with("network", network).with("resource", network),
                None => reason,
            };
            let reason = match &self.target {
                Some(target) => reason.with("resource", &**target),
                None => reason,
            };
            // Of several zones of one name, which is meant is not for us to say.
            let reason = match &seen.zones[..] {
                [zone] => reason.with("zone", zone),
                _ => reason,
            };
            match resolution.private_link_alias().and_then(Place::of_alias) {
                Some(place) => place.told(reason, expected),
                None => reason,
            }
        };
        if expected.is_empty() {
            return reason("no-endpoint-address")
                .expected(list_of(self.addresses.names()))
                .observed(&self.name)
                .into();
        }
        let through_private_link = resolution.private_link_alias().is_some();
        let found = match &resolution.result {
            Resolved::Addresses(found) => found,
            Resolved::Failed(_) => return reason("server-failure").into(),
            Resolved::Loop => return reason("alias-loop").into(),
            Resolved::NoAddress => return reason("no-address").into(),
            Resolved::NoSuchName if through_private_link => return reason("no-record").into(),
            Resolved::NoSuchName => {
                return match &seen.hidden_by {
                    Some(hiding) => self.hidden(reason("public-zone-linked"), hiding).into(),
                    None => reason("no-such-name").into(),
                };
            }
        };
        let public = found
            .iter()
            .filter(|address| is_public(**address) && !expected.contains(address))
            .count();
        if found.is_empty() {
            reason("no-address").into()
        } else if same_set(found, expected) {
            let mut warnings = Vec::new();
            if !through_private_link {
                warnings.push(self.overridden(reason("alias-missing"), seen));
            }
            if let Some(ttl) = resolution.ttl.filter(|ttl| *ttl > ADVISED_TTL) {
                warnings.push(
                    reason("ttl-too-long")
                        .expected("at most 600")
                        .observed(ttl)
                        .with("ttl", ttl),
                );
            }
            Verdict::holds_but(warnings)
        } else if public == 0 {
            reason("wrong-address").into()
        } else if public < found.len() {
            reason("mixed-addresses").into()
        } else if !through_private_link {
            reason("no-private-link-alias").into()
        } else if seen.custom_servers.is_empty() {
            reason("public-address").into()
        } else {
            let reason = reason("custom-dns").with("servers", list_of(&seen.custom_servers));
            let reason = match self.public_zone() {
                Some(zone) => reason.with("public-zone", zone),
                None => reason,
            };
            let is_linked = |network: &String| {
                seen.linked
                    .iter()
                    .any(|own| own.eq_ignore_ascii_case(network))
            };
            match &seen.server_networks[..] {
                [network] if !is_linked(network) => reason.with("server-network", network).into(),
                _ => reason.into(),
            }
        }
    }
}

impl DnsResolvesPrivately {
    /// Looks for what explains a name that does not lead to the endpoint.
    async fn suspect(&self, ask: &Ask, seen: &mut Seen) {
        seen.zones = suspects::zones(ask, &self.name).await;
        seen.server_networks = suspects::networks_of(ask, &seen.custom_servers).await;
        if let [zone] = &seen.zones[..] {
            seen.linked = suspects::linked(ask, zone).await;
        }
        if seen.resolution.private_link_alias().is_none() {
            // Its own servers ask from the networks that they stand in.
            let own = seen.network.iter().chain(&seen.server_networks);
            let networks: Vec<String> = own.cloned().collect();
            seen.hidden_by = suspects::hiding(ask, &self.name, &networks).await;
        }
    }

    /// Which zone of the public name answers in place of the alias.
    fn overridden(&self, reason: Reason, seen: &Seen) -> Reason {
        let reason = match &seen.hidden_by {
            Some(hiding) => reason.with("hiding-link", &hiding.link),
            None => reason,
        };
        let reason = match &seen.network {
            Some(network) => reason.with(
                "network-link-query",
                format!("value[?properties.virtualNetwork.id=='{network}'].id"),
            ),
            None => reason,
        };
        match self.public_zone() {
            Some(zone) => reason
                .with("public-zone", zone)
                .with("public-zone-query", format!("[?name=='{zone}'].id")),
            None => reason,
        }
    }

    /// The zone of the name itself, such as `vault.azure.net`.
    fn public_zone(&self) -> Option<&str> {
        let (_, zone) = self.name.trim_end_matches('.').split_once('.')?;
        Some(zone)
    }

    /// What the record of the name would have to be in the zone that hides it.
    fn hidden(&self, reason: Reason, hiding: &Override) -> Reason {
        let zone = hiding.zone.rsplit('/').next().unwrap_or_default();
        let name = self.name.trim_end_matches('.');
        let record = name
            .len()
            .checked_sub(zone.len() + 1)
            .and_then(|end| name.get(..end));
        let reason = reason
            .with("hiding-zone", &hiding.zone)
            .with("hiding-link", &hiding.link)
            .with("hidden-record", record.unwrap_or_default());
        match self.addresses.of(&self.name).first() {
            Some(address) => reason.with("address", address),
            None => reason,
        }
    }
}

/// `kv.vault.azure.net → kv.privatelink.vaultcore.azure.net → 20.0.0.4 (server 168.63.129.16)`.
fn chain(resolution: &Resolution) -> String {
    let end = match &resolution.result {
        Resolved::Addresses(found) => list_of(found),
        Resolved::Failed(code) => code.clone(),
        Resolved::Loop => "a circle".to_owned(),
        Resolved::NoAddress => "no address".to_owned(),
        Resolved::NoSuchName => "NXDOMAIN".to_owned(),
    };
    let hops: Vec<&str> = std::iter::once(resolution.name.as_str())
        .chain(resolution.aliases.iter().map(String::as_str))
        .collect();
    format!(
        "{} → {end} (server {})",
        hops.join(" → "),
        resolution.server
    )
}

fn same_set(one: &[IpAddr], other: &[IpAddr]) -> bool {
    one.iter().all(|address| other.contains(address))
        && other.iter().all(|address| one.contains(address))
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct NetworkProperties {
    #[serde(deserialize_with = "lenient")]
    dhcp_options: DhcpOptions,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DhcpOptions {
    #[serde(deserialize_with = "lenient")]
    dns_servers: Vec<String>,
}
