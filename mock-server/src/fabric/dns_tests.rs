//! The four answers of API.md "CNAME chain of a private-link name", per vantage, and what else a resolver meets.

use std::net::Ipv4Addr;

use serde_json::json;

use super::addresses::front_door;
use super::dns::{Data, DnsAnswer, Rcode, answer, name_server};
use crate::context::Context;
use crate::services::testing::{broken, changed, example};

const NAME: &str = "kv-resource.vault.azure.net";
const ALIAS: &str = "kv-resource.privatelink.vaultcore.azure.net";

/// Response code, names of the chain, addresses.
fn ask(
    context: &Context,
    vantage: &str,
    name: &str,
    kind: &str,
) -> Option<(Rcode, Vec<String>, Vec<Ipv4Addr>)> {
    let DnsAnswer::Records { rcode, answers } = answer(&context.state(), vantage, name, kind)
    else {
        return None;
    };
    let alias = |data: &Data| {
        if let Data::Cname(target) = data {
            Some(target.clone())
        } else {
            None
        }
    };
    let address = |data: &Data| {
        if let Data::A(address) = data {
            Some(*address)
        } else {
            None
        }
    };
    let names = answers
        .iter()
        .filter_map(|record| alias(&record.data))
        .collect();
    Some((
        rcode,
        names,
        answers
            .iter()
            .filter_map(|record| address(&record.data))
            .collect(),
    ))
}

fn public() -> Vec<Ipv4Addr> {
    front_door(NAME).into_iter().collect()
}

fn set_link(world: &mut crate::world::World, key: &str, value: &str) {
    let link = world
        .resources
        .iter_mut()
        .find(|it| it.id().contains("vaultcore.azure.net/virtualNetworkLinks"));
    link.unwrap().body["properties"][key] = json!(value);
}

#[test]
fn without_an_approved_endpoint_there_is_no_alias_anywhere() {
    let context = broken("private-endpoint-pending", "vault");
    for vantage in ["app", "internet"] {
        let (rcode, names, addresses) = ask(&context, vantage, NAME, "A").unwrap();
        assert_eq!((rcode, addresses), (Rcode::NoError, public()));
        assert_eq!(
            names,
            [
                "data-prod-japaneast.vaultcore.azure.net",
                "data-prod-japaneast-region.vaultcore.azure.net"
            ]
        );
    }
    assert_eq!(
        ask(&context, "internet", ALIAS, "A").unwrap().0,
        Rcode::NxDomain
    );
}

#[test]
fn the_internet_sees_the_alias_and_the_public_address() {
    let (rcode, names, addresses) = ask(&example(), "internet", NAME, "A").unwrap();
    assert_eq!(
        (rcode, names[0].as_str(), addresses),
        (Rcode::NoError, ALIAS, public())
    );
}

#[test]
fn a_linked_network_sees_the_private_address_and_the_chain_stops() {
    let context = example();
    let (rcode, names, addresses) = ask(&context, "app", &NAME.to_uppercase(), "a").unwrap();
    assert_eq!((rcode, names), (Rcode::NoError, vec![ALIAS.to_owned()]));
    assert_eq!(addresses, [Ipv4Addr::new(10, 1, 0, 4)]);
    assert_eq!(
        ask(&context, "app", ALIAS, "A").unwrap().2,
        [Ipv4Addr::new(10, 1, 0, 4)]
    );
    assert_eq!(
        ask(&context, "app", "stresource.blob.core.windows.net.", "A")
            .unwrap()
            .2,
        [Ipv4Addr::new(10, 1, 0, 5)]
    );
}

#[test]
fn a_linked_zone_without_the_record_answers_nxdomain_unless_it_redirects() {
    let context = broken("zone-group-missing", "vault");
    let (rcode, names, addresses) = ask(&context, "app", NAME, "A").unwrap();
    assert_eq!(
        (rcode, names, addresses),
        (Rcode::NxDomain, vec![ALIAS.to_owned()], vec![])
    );
    let redirecting = changed(|world| {
        world.resources.retain(|it| {
            !it.id()
                .contains("privateEndpoints/vault/privateDnsZoneGroups")
        });
        set_link(world, "resolutionPolicy", "NxDomainRedirect");
    });
    let (rcode, names, addresses) = ask(&redirecting, "app", NAME, "A").unwrap();
    assert_eq!(
        (rcode, names[0].as_str(), addresses),
        (Rcode::NoError, ALIAS, public())
    );
}

#[test]
fn a_zone_that_the_network_does_not_see_changes_nothing() {
    for (fault, at) in [
        ("zone-missing", "vaultcore"),
        ("zone-misnamed", "vaultcore"),
        ("zone-not-linked", "vaultcore"),
        ("zone-linked-to-other-network", "vaultcore"),
        ("zone-link-in-progress", "vaultcore"),
        ("dns-server-forwards-to-public", "home"),
    ] {
        let (rcode, _, addresses) = ask(&broken(fault, at), "app", NAME, "A").unwrap();
        assert_eq!((rcode, addresses), (Rcode::NoError, public()), "{fault}");
    }
    assert_eq!(
        ask(&broken("dns-server-silent", "home"), "app", NAME, "A"),
        None
    );
    assert_eq!(
        ask(
            &broken("zone-same-name-linked-empty", "vaultcore"),
            "app",
            NAME,
            "A"
        )
        .unwrap()
        .0,
        Rcode::NxDomain
    );
}

#[test]
fn a_custom_server_that_forwards_to_azure_sees_its_own_network() {
    let context = changed(|world| {
        crate::faults::plant(
            world,
            "dns-server-forwards-to-public",
            &crate::services::testing::NET.replace("Network", "Network/virtualNetworks/home"),
        )
        .unwrap();
        world.dns_servers[0].forwards_to = crate::world::Forwarding::Azure;
    });
    assert_eq!(
        ask(&context, "app", NAME, "A").unwrap().2,
        [Ipv4Addr::new(10, 1, 0, 4)]
    );
}

#[test]
fn other_types_have_no_data_and_unknown_names_do_not_exist() {
    let context = example();
    let (rcode, names, addresses) = ask(&context, "app", NAME, "AAAA").unwrap();
    assert_eq!(
        (rcode, names.len(), addresses.len()),
        (Rcode::NoError, 1, 0)
    );
    assert_eq!(ask(&context, "app", NAME, "CNAME").unwrap().1, [ALIAS]);
    for name in [
        "nobody.vault.azure.net",
        "example.com",
        "x.azurewebsites.net",
        "vault.azure.net",
        "",
    ] {
        assert_eq!(
            ask(&context, "internet", name, "A").unwrap().0,
            Rcode::NxDomain,
            "{name}"
        );
    }
    assert_eq!(ask(&context, "nowhere", NAME, "A"), None);
    assert_eq!(
        ask(&context, "internet", "management.azure.com", "A")
            .unwrap()
            .2
            .len(),
        1
    );
    let apex = ask(&context, "app", "privatelink.vaultcore.azure.net", "A").unwrap();
    assert_eq!((apex.0, apex.2.len()), (Rcode::NoError, 0));
}

#[test]
fn an_alias_in_a_private_zone_is_followed_and_a_circle_ends() {
    let context = broken("record-alias-loop", "vault");
    let (rcode, names, addresses) = ask(&context, "app", NAME, "A").unwrap();
    assert_eq!((rcode, addresses.len()), (Rcode::NoError, 0));
    assert_eq!(names[..3], [ALIAS, NAME, ALIAS]);
    assert!(names.len() < 20, "{names:?}");
}

#[test]
fn a_zone_of_the_public_name_answers_before_the_alias_is_followed() {
    let context = broken("zone-of-public-name", "vault");
    assert_eq!(
        ask(&context, "app", NAME, "A"),
        Some((Rcode::NoError, vec![], vec![Ipv4Addr::new(10, 1, 0, 4)]))
    );
}

#[test]
fn a_vantage_knows_the_address_of_the_server_that_it_asks() {
    let asked = |context: &Context, vantage| name_server(&context.state(), vantage);
    assert_eq!(asked(&example(), "app").as_deref(), Some("168.63.129.16"));
    assert_eq!(asked(&example(), "internet"), None);
    let custom = broken("dns-server-silent", "home");
    assert_eq!(asked(&custom, "app").as_deref(), Some("10.255.255.54"));
}

#[test]
fn a_wildcard_answers_for_names_without_a_record_and_not_for_others() {
    let zone = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net";
    let context = changed(|world| {
        let body = json!({"id": format!("{zone}/A/*"), "properties": {"ttl": 300, "aRecords": [{"ipv4Address": "10.1.0.9"}]}});
        let body = body.as_object().unwrap().clone().into_iter().collect();
        world.resources.push(crate::world::Resource { body });
    });
    for (name, last) in [("kv-resource", 4), ("other", 9), ("a.b", 9)] {
        let name = format!("{name}.privatelink.vaultcore.azure.net");
        let found = ask(&context, "app", &name, "A").unwrap();
        assert_eq!(
            (found.0, found.2),
            (Rcode::NoError, vec![Ipv4Addr::new(10, 1, 0, last)])
        );
    }
    let below = format!("a.{ALIAS}");
    assert_eq!(
        ask(&context, "app", &below, "A").unwrap().0,
        Rcode::NxDomain
    );
}

/// PITFALLS D06: "gone", but DNS still answers.
#[test]
fn a_vault_that_can_be_recovered_keeps_its_public_name() {
    let context = example();
    let vault = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv-resource";
    let now = context.clock.now();
    assert!(context.state_mut().delete_resource(vault, now));
    let (rcode, names, addresses) = ask(&context, "internet", NAME, "A").unwrap();
    assert_eq!((rcode, addresses), (Rcode::NoError, public()));
    assert!(!names.contains(&ALIAS.to_owned()), "{names:?}");
    context.state_mut().purge_vault("kv-resource");
    let (rcode, _, addresses) = ask(&context, "internet", NAME, "A").unwrap();
    assert_eq!((rcode, addresses), (Rcode::NxDomain, Vec::new()));
}
