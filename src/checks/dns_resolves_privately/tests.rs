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
    Seen {
        resolution,
        custom_servers: Vec::new(),
        network: Some(NETWORK.to_owned()),
        zones: Vec::new(),
        server_networks: Vec::new(),
        linked: Vec::new(),
        hidden_by: None,
    }
}

fn addresses(texts: &[&str]) -> Resolved {
    Resolved::Addresses(texts.iter().map(|text| text.parse().unwrap()).collect())
}

#[test]
fn exactly_the_endpoints_address_through_private_link_holds() {
    assert_eq!(
        judged(&subject(), &seen(&[ALIAS], addresses(&["10.1.0.4"]))),
        Verdict::Holds
    );
}

#[test]
fn a_public_address_means_a_zone_that_is_not_linked_unless_the_network_asks_elsewhere() {
    let public = seen(
        &[ALIAS, "data-prod-jpe.vaultcore.azure.net"],
        addresses(&["20.0.0.4"]),
    );
    broken(&subject(), &public, "public-address");
    let custom = Seen {
        custom_servers: vec!["10.1.0.53".to_owned()],
        ..public
    };
    broken(&subject(), &custom, "custom-dns");
    let known = Seen {
        server_networks: vec![NETWORK.replace("home", "hub")],
        ..custom
    };
    let reason = broken(&subject(), &known, "custom-dns");
    assert_eq!(
        reason.values["server-network"],
        NETWORK.replace("home", "hub")
    );
    assert_eq!(reason.values["public-zone"], "vault.azure.net");
}

#[test]
fn a_public_address_without_the_alias_means_no_approved_endpoint() {
    broken(
        &subject(),
        &seen(
            &["data-prod-jpe.vaultcore.azure.net"],
            addresses(&["20.0.0.4"]),
        ),
        "no-private-link-alias",
    );
}

#[test]
fn a_missing_endpoint_is_the_affair_of_the_resources_owner_where_the_resource_is_known() {
    let public = seen(
        &["data-prod-jpe.vaultcore.azure.net"],
        addresses(&["20.0.0.4"]),
    );
    let of = |check: &DnsResolvesPrivately| {
        let reason = broken(check, &public, "no-private-link-alias");
        reason.values["resource"].clone()
    };
    assert_eq!(of(&subject()), NETWORK);
    let vault = NETWORK.replace("Network/virtualNetworks", "KeyVault/vaults");
    let known: DnsResolvesPrivately =
        check(json!({"name": HOST, "addresses": {HOST: ["10.1.0.4"]}, "target": vault}));
    assert_eq!(of(&known), vault);
}

#[test]
fn a_remedy_names_the_zone_only_where_there_is_exactly_one() {
    let zone = NETWORK.replace(
        "virtualNetworks/home",
        "privateDnsZones/privatelink.vaultcore.azure.net",
    );
    let found = |zones: &[&String]| {
        let public = Seen {
            zones: zones.iter().map(ToString::to_string).collect(),
            ..seen(&[ALIAS], addresses(&["20.0.0.4"]))
        };
        let reason = broken(&subject(), &public, "public-address");
        reason.values.get("zone").cloned()
    };
    assert_eq!(found(&[]), None);
    assert_eq!(found(&[&zone]), Some(zone.clone()));
    assert_eq!(found(&[&zone, &zone]), None);
}

#[test]
fn what_does_not_exist_is_the_record_or_the_name() {
    broken(
        &subject(),
        &seen(&[ALIAS], Resolved::NoSuchName),
        "no-record",
    );
    broken(&subject(), &seen(&[], Resolved::NoSuchName), "no-such-name");
}

#[test]
fn other_private_addresses_are_wrong_and_a_mixture_is_its_own_cause() {
    broken(
        &subject(),
        &seen(&[ALIAS], addresses(&["10.1.0.99"])),
        "wrong-address",
    );
    broken(
        &subject(),
        &seen(&[ALIAS], addresses(&["10.1.0.4", "10.1.0.5"])),
        "wrong-address",
    );
    broken(
        &subject(),
        &seen(&[ALIAS], addresses(&["10.1.0.4", "20.0.0.4"])),
        "mixed-addresses",
    );
}

#[test]
fn every_other_end_of_a_chain_has_its_cause() {
    broken(
        &subject(),
        &seen(&[ALIAS], Resolved::NoAddress),
        "no-address",
    );
    broken(&subject(), &seen(&[ALIAS], addresses(&[])), "no-address");
    broken(&subject(), &seen(&[ALIAS], Resolved::Loop), "alias-loop");
    broken(
        &subject(),
        &seen(&[], Resolved::Failed("SERVFAIL".to_owned())),
        "server-failure",
    );
}

#[test]
fn a_name_that_the_endpoint_does_not_have_is_no_comparison() {
    let other: DnsResolvesPrivately =
        check(json!({"name": HOST, "addresses": {"st.blob.core.windows.net": ["10.1.0.5"]}}));
    broken(
        &other,
        &seen(&[ALIAS], addresses(&["10.1.0.4"])),
        "no-endpoint-address",
    );
}

#[test]
fn an_override_and_a_long_time_to_live_are_warnings() {
    warned(
        &subject(),
        &seen(&[], addresses(&["10.1.0.4"])),
        "alias-missing",
    );
    let mut long = seen(&[ALIAS], addresses(&["10.1.0.4"]));
    long.resolution.ttl = Some(3600);
    warned(&subject(), &long, "ttl-too-long");
}

#[test]
fn a_zone_of_the_public_name_that_lacks_it_is_whoever_owns_that_zones_affair() {
    let zone = NETWORK.replace("virtualNetworks/home", "privateDnsZones/azure.net");
    let hidden = Seen {
        hidden_by: Some(Override {
            zone: zone.clone(),
            link: format!("{zone}/virtualNetworkLinks/home"),
        }),
        ..seen(&[], Resolved::NoSuchName)
    };
    let reason = broken(&subject(), &hidden, "public-zone-linked");
    assert_eq!(reason.values["hidden-record"], "kv.vault");
    assert_eq!(reason.values["address"], "10.1.0.4");
}

#[test]
fn a_link_that_exists_is_not_advised() {
    let hub = NETWORK.replace("home", "hub");
    let custom = Seen {
        custom_servers: vec!["10.2.0.53".to_owned()],
        server_networks: vec![hub.clone()],
        linked: vec![hub.to_uppercase()],
        ..seen(&[ALIAS], addresses(&["20.0.0.4"]))
    };
    let reason = broken(&subject(), &custom, "custom-dns");
    assert!(!reason.values.contains_key("server-network"));
}
