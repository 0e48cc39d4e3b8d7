//! Does a public name lead to the endpoint's addresses, from where the workload runs?
//!
//! Asks the vantage's name server and walks the chain hop by hop. Exactly the endpoint's addresses *for this name* hold;
//! how the chain got to anything else says what is wrong. The vantage's network is read from ARM as well, for name
//! servers of its own explain much; not being allowed to read it spoils nothing.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Check;
use super::wire::{Resource, explaining, is_public, lenient, list_of};
use crate::ask::{Ask, Resolution, Resolved};
use crate::outcome::{AddressesByName, Asks, Card, Cause, Heals, Input, NoAnswer, Owner, Permission, Plane, Reason, Verdict};
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
        permissions: &[Permission::Action("Microsoft.Network/virtualNetworks/read")],
        causes: CAUSES,
        warnings: WARNINGS,
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let resolution = ask.resolve(&self.name).await?;
        let mut custom_servers = Vec::new();
        if let Some(network) = ask.network() {
            let read = explaining(ask.arm::<Resource<NetworkProperties>>(network).await);
            custom_servers.extend(read.map(|read| read.properties.dhcp_options.dns_servers).unwrap_or_default());
            custom_servers.retain(|server| server != AZURE_DNS);
        }
        Ok(Seen { resolution, custom_servers, network: ask.network().map(ToString::to_string) })
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
                Some(network) => reason.with("network", network),
                None => reason,
            };
            match resolution.private_link_alias().and_then(|alias| alias.split_once('.')) {
                Some((record, zone)) => reason.with("record", record).with("zone-name", zone.trim_end_matches('.')),
                None => reason,
            }
        };
        if expected.is_empty() {
            return reason("no-endpoint-address").expected(list_of(self.addresses.names())).observed(&self.name).into();
        }
        let through_private_link = resolution.private_link_alias().is_some();
        let found = match &resolution.result {
            Resolved::Addresses(found) => found,
            Resolved::Failed(_) => return reason("server-failure").into(),
            Resolved::Loop => return reason("alias-loop").into(),
            Resolved::NoAddress => return reason("no-address").into(),
            Resolved::NoSuchName if through_private_link => return reason("no-record").into(),
            Resolved::NoSuchName => return reason("no-such-name").into(),
        };
        let public = found.iter().filter(|address| is_public(**address) && !expected.contains(address)).count();
        if found.is_empty() {
            reason("no-address").into()
        } else if same_set(found, expected) {
            let mut warnings = Vec::new();
            if !through_private_link {
                warnings.push(reason("alias-missing"));
            }
            if let Some(ttl) = resolution.ttl.filter(|ttl| *ttl > ADVISED_TTL) {
                warnings.push(reason("ttl-too-long").expected("at most 600").observed(ttl).with("ttl", ttl));
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
            reason("custom-dns").with("servers", list_of(&seen.custom_servers)).into()
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
    let hops: Vec<&str> = std::iter::once(resolution.name.as_str()).chain(resolution.aliases.iter().map(String::as_str)).collect();
    format!("{} → {end} (server {})", hops.join(" → "), resolution.server)
}

fn same_set(one: &[IpAddr], other: &[IpAddr]) -> bool {
    one.iter().all(|address| other.contains(address)) && other.iter().all(|address| one.contains(address))
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

const ZONE_LINKS: &str = "az network private-dns zone list --subscription {network.subscription} --output table";
const LOOK_UP: &str = "nslookup {name} {server}";

const CAUSES: &[Cause] = &[
    Cause {
        id: "no-endpoint-address",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the endpoint has no address for {name}: it belongs to another resource or sub-resource",
        fix: &["az network private-endpoint list --query \"[].[name, customDnsConfigs[].fqdn]\""],
        source: "PITFALLS B26; private-endpoint-overview.md",
    },
    Cause {
        id: "public-address",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "{name} leads to {alias} and from there to a public address: the zone is not linked to this network, or lets names without a record pass",
        fix: &[
            "az network private-dns link vnet create --subscription {network.subscription} --resource-group \"$ZONE_GROUP\" --zone-name {zone-name} --name {network.name} --virtual-network {network} --registration-enabled false",
            ZONE_LINKS,
        ],
        source: "PITFALLS B07, B08; private-link-diagnostics.md §6",
    },
    Cause {
        id: "custom-dns",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{name} leads to a public address: the network asks name servers of its own ({servers}), which do not forward to 168.63.129.16 from inside a linked network",
        fix: &[
            "az network vnet show --ids {network} --query dhcpOptions.dnsServers",
            "az network vnet update --ids {network} --dns-servers ''",
        ],
        source: "PITFALLS B09, B10; private-endpoint-dns.md, private-link-diagnostics.md §8",
    },
    Cause {
        id: "no-private-link-alias",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "{name} leads to a public address without a privatelink alias: its resource has no approved private endpoint at all",
        fix: &[LOOK_UP],
        source: "PITFALLS B17, B01; private-link-diagnostics.md §5",
    },
    Cause {
        id: "no-record",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(5),
        says: "{name} leads to {alias}, which does not exist: a zone is linked to this network and holds no such record",
        fix: &[
            "az network private-dns record-set a list --subscription {network.subscription} --resource-group \"$ZONE_GROUP\" --zone-name {zone-name} --output table",
            ZONE_LINKS,
        ],
        source: "PITFALLS B11; azure-docs PR 125955",
    },
    Cause {
        id: "no-such-name",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the name {name} does not exist: no such resource, or a zone of the public name itself is linked to this network",
        fix: &[LOOK_UP],
        source: "API.md §4 (CNAME chain); RFC 2308",
    },
    Cause {
        id: "wrong-address",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "{name} leads to private addresses that are not the endpoint's: a stale record, or one still cached",
        fix: &[LOOK_UP, ZONE_LINKS],
        source: "PITFALLS B12; private-link-diagnostics.md §6",
    },
    Cause {
        id: "mixed-addresses",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{name} leads to private and public addresses at once, so that the path changes from one connection to the next",
        fix: &[LOOK_UP, ZONE_LINKS],
        source: "PITFALLS B12, B13; private-endpoint-dns.md",
    },
    Cause {
        id: "no-address",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(5),
        says: "{name} exists and has no address",
        fix: &[LOOK_UP, ZONE_LINKS],
        source: "API.md §4 (record set A); RFC 2308 §2.2",
    },
    Cause {
        id: "alias-loop",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the aliases of {name} lead in a circle, or on without end",
        fix: &[LOOK_UP],
        source: "RFC 1034 §3.6.2",
    },
    Cause {
        id: "server-failure",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(5),
        says: "the name server {server} failed to answer for {name}",
        fix: &[LOOK_UP],
        source: "PITFALLS B09, B10; RFC 1035 §4.1.1",
    },
];

const WARNINGS: &[Cause] = &[
    Cause {
        id: "alias-missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{name} has the right address without a privatelink alias: a hosts file, a zone of the public name, or another override answers and will not follow the endpoint",
        fix: &[LOOK_UP],
        source: "PITFALLS B19; private-link-diagnostics.md §8",
    },
    Cause {
        id: "ttl-too-long",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the address of {name} lives {ttl} seconds in caches; 10 to 600 are advised, so that a new address is seen soon",
        fix: &[LOOK_UP],
        source: "PITFALLS B12; private-link-diagnostics.md §6",
    },
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checks::testing::{broken, check, judged, warned};

    const HOST: &str = "kv.vault.azure.net";
    const ALIAS: &str = "kv.privatelink.vaultcore.azure.net";
    const NETWORK: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/home";

    fn subject() -> DnsResolvesPrivately {
        check(json!({"name": HOST, "addresses": {"KV.vault.azure.net.": ["10.1.0.4"]}}))
    }

    fn seen(aliases: &[&str], result: Resolved) -> Seen {
        let resolution = Resolution {
            name: HOST.to_owned(),
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            result,
            server: AZURE_DNS.to_owned(),
            ttl: Some(10),
        };
        Seen { resolution, custom_servers: Vec::new(), network: Some(NETWORK.to_owned()) }
    }

    fn addresses(texts: &[&str]) -> Resolved {
        Resolved::Addresses(texts.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn exactly_the_endpoints_address_through_private_link_holds() {
        assert_eq!(judged(&subject(), &seen(&[ALIAS], addresses(&["10.1.0.4"]))), Verdict::Holds);
    }

    #[test]
    fn a_public_address_means_a_zone_that_is_not_linked_unless_the_network_asks_elsewhere() {
        let public = seen(&[ALIAS, "data-prod-jpe.vaultcore.azure.net"], addresses(&["20.0.0.4"]));
        broken(&subject(), &public, "public-address");
        let custom = Seen { custom_servers: vec!["10.1.0.53".to_owned()], ..public };
        broken(&subject(), &custom, "custom-dns");
    }

    #[test]
    fn a_public_address_without_the_alias_means_no_approved_endpoint() {
        broken(&subject(), &seen(&["data-prod-jpe.vaultcore.azure.net"], addresses(&["20.0.0.4"])), "no-private-link-alias");
    }

    #[test]
    fn what_does_not_exist_is_the_record_or_the_name() {
        broken(&subject(), &seen(&[ALIAS], Resolved::NoSuchName), "no-record");
        broken(&subject(), &seen(&[], Resolved::NoSuchName), "no-such-name");
    }

    #[test]
    fn other_private_addresses_are_wrong_and_a_mixture_is_its_own_cause() {
        broken(&subject(), &seen(&[ALIAS], addresses(&["10.1.0.99"])), "wrong-address");
        broken(&subject(), &seen(&[ALIAS], addresses(&["10.1.0.4", "10.1.0.5"])), "wrong-address");
        broken(&subject(), &seen(&[ALIAS], addresses(&["10.1.0.4", "20.0.0.4"])), "mixed-addresses");
    }

    #[test]
    fn every_other_end_of_a_chain_has_its_cause() {
        broken(&subject(), &seen(&[ALIAS], Resolved::NoAddress), "no-address");
        broken(&subject(), &seen(&[ALIAS], addresses(&[])), "no-address");
        broken(&subject(), &seen(&[ALIAS], Resolved::Loop), "alias-loop");
        broken(&subject(), &seen(&[], Resolved::Failed("SERVFAIL".to_owned())), "server-failure");
    }

    #[test]
    fn a_name_that_the_endpoint_does_not_have_is_no_comparison() {
        let other: DnsResolvesPrivately = check(json!({"name": HOST, "addresses": {"st.blob.core.windows.net": ["10.1.0.5"]}}));
        broken(&other, &seen(&[ALIAS], addresses(&["10.1.0.4"])), "no-endpoint-address");
    }

    #[test]
    fn an_override_and_a_long_time_to_live_are_warnings() {
        warned(&subject(), &seen(&[], addresses(&["10.1.0.4"])), "alias-missing");
        let mut long = seen(&[ALIAS], addresses(&["10.1.0.4"]));
        long.resolution.ttl = Some(3600);
        warned(&subject(), &long, "ttl-too-long");
    }
}
