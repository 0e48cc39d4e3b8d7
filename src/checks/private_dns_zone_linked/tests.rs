use serde_json::json;

use super::*;
use crate::checks::testing::{broken, check, judged, warned};
use crate::target::cloud::PUBLIC;

const NET: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network";
const HOST: &str = "kv.vault.azure.net";

fn named(zone: &str) -> PrivateDnsZoneLinked {
    check(json!({
        "zone": format!("{NET}/privateDnsZones/{zone}"),
        "linked-to": format!("{NET}/virtualNetworks/home"),
        "addresses": {HOST: ["10.1.0.4"]},
        "private-endpoint": format!("{NET}/privateEndpoints/vault"),
    }))
}

fn subject() -> PrivateDnsZoneLinked {
    named("privatelink.vaultcore.azure.net")
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn healthy() -> Seen {
    let link = Link {
        id: format!("{}/virtualNetworkLinks/home", subject().zone),
        network: format!("{NET}/virtualNetworks/HOME"),
        state: "completed".to_owned(),
        provisioning_state: "Succeeded".to_owned(),
    };
    let record = Record {
        name: "KV".to_owned(),
        ttl: Some(10),
        addresses: vec![address("10.1.0.4")],
    };
    Seen {
        names: subject().places(&PUBLIC).unwrap(),
        zone: Some(Zone {
            links: vec![link],
            records: vec![record],
        }),
        manual: true,
        zone_groups: Some(vec![ZoneGroup {
            id: "/g".to_owned(),
            zones: vec![subject().zone.to_string()],
        }]),
        ..Seen::default()
    }
}

fn with(change: impl FnOnce(&mut Seen, &mut Zone)) -> Seen {
    let mut seen = healthy();
    let mut zone = seen.zone.take().unwrap();
    change(&mut seen, &mut zone);
    Seen {
        zone: Some(zone),
        ..seen
    }
}

#[test]
fn a_linked_zone_with_the_endpoints_address_holds_whatever_the_casing() {
    assert_eq!(judged(&subject(), &healthy()), Verdict::Holds);
}

#[test]
fn states_that_azure_does_not_tell_or_that_are_new_are_no_finding() {
    for state in ["", "Thinking"] {
        let seen = with(|_, zone| {
            zone.links[0].state = state.to_owned();
            zone.links[0].provisioning_state = state.to_owned();
        });
        assert_eq!(judged(&subject(), &seen), Verdict::Holds);
    }
}

#[test]
fn a_zone_of_a_guessed_name_is_told_as_such() {
    let guessed = named("privatelink.vault.azure.net");
    let reason = broken(&guessed, &healthy(), "wrong-zone-name");
    assert_eq!(
        reason.expected.as_deref(),
        Some("privatelink.vaultcore.azure.net")
    );
    let other = OtherZone {
        id: format!("{NET}/privateDnsZones/privatelink.vault.azure.net"),
        link: None,
    };
    broken(
        &subject(),
        &Seen {
            zone: None,
            other_zones: vec![other],
            ..healthy()
        },
        "wrong-zone-name",
    );
}

#[test]
fn an_absent_zone_is_missing() {
    broken(
        &subject(),
        &Seen {
            zone: None,
            ..healthy()
        },
        "missing",
    );
}

#[test]
fn a_zone_must_be_linked_to_exactly_that_network() {
    broken(
        &subject(),
        &with(|_, zone| zone.links.clear()),
        "not-linked",
    );
    let elsewhere = with(|_, zone| {
        zone.links[0].network.push_str("-2");
        zone.links[0].id = format!("{NET}/privateDnsZones/z/virtualNetworkLinks/HOME");
    });
    let reason = broken(&subject(), &elsewhere, "linked-elsewhere");
    // The network of a link cannot be changed: the fix makes another link.
    assert_eq!(reason.values["free-link-name"], "home-2");
    let other = OtherZone {
        id: format!("{NET}-2/privateDnsZones/{}", subject().zone.name()),
        link: Some("/l".to_owned()),
    };
    let mut seen = with(|seen, zone| {
        zone.links.clear();
        seen.other_zones.push(other);
    });
    broken(&subject(), &seen, "other-zone-linked");
    seen.zone = None;
    broken(&subject(), &seen, "other-zone-linked");
}

#[test]
fn an_unfinished_link_may_heal_and_a_failed_one_not() {
    broken(
        &subject(),
        &with(|_, zone| zone.links[0].state = "InProgress".to_owned()),
        "link-in-progress",
    );
    broken(
        &subject(),
        &with(|_, zone| zone.links[0].provisioning_state = "Failed".to_owned()),
        "link-failed",
    );
}

#[test]
fn a_record_under_the_full_host_name_is_never_found() {
    for name in [HOST, "kv.privatelink.vaultcore.azure.net"] {
        broken(
            &subject(),
            &with(|_, zone| zone.records[0].name = name.to_owned()),
            "record-named-by-host",
        );
    }
}

#[test]
fn a_missing_record_is_explained_by_the_zone_group() {
    let without = |groups: Option<Vec<ZoneGroup>>, manual: bool| {
        with(|seen, zone| {
            zone.records.clear();
            (seen.zone_groups, seen.manual) = (groups, manual);
        })
    };
    broken(
        &subject(),
        &without(Some(Vec::new()), true),
        "manual-endpoint-without-zone-group",
    );
    broken(
        &subject(),
        &without(Some(Vec::new()), false),
        "zone-group-missing",
    );
    let elsewhere = ZoneGroup {
        id: "/g".to_owned(),
        zones: vec!["/other".to_owned()],
    };
    broken(
        &subject(),
        &without(Some(vec![elsewhere]), true),
        "zone-group-elsewhere",
    );
    broken(
        &subject(),
        &without(healthy().zone_groups, true),
        "no-record",
    );
    broken(&subject(), &without(None, true), "no-record");
}

#[test]
fn a_record_with_another_address_is_stale_or_overwritten() {
    let moved = |rivals: Vec<Rival>| {
        with(|seen, zone| {
            zone.records[0].addresses = vec![address("10.1.0.99")];
            seen.rivals = rivals;
        })
    };
    let rival = |written: &[&str]| Rival {
        endpoint: format!("{NET}/privateEndpoints/second"),
        addresses: written.iter().map(|text| address(text)).collect(),
    };
    broken(&subject(), &moved(Vec::new()), "stale-record");
    broken(
        &subject(),
        &moved(vec![rival(&["10.1.0.98"])]),
        "stale-record",
    );
    broken(
        &subject(),
        &moved(vec![rival(&["10.1.0.99"])]),
        "record-overwritten",
    );
    broken(&subject(), &moved(vec![rival(&[])]), "record-overwritten");
    broken(
        &subject(),
        &with(|_, zone| zone.records[0].addresses.push(address("10.1.0.5"))),
        "stale-record",
    );
}

#[test]
fn a_long_time_to_live_is_a_warning() {
    warned(
        &subject(),
        &with(|_, zone| zone.records[0].ttl = Some(3600)),
        "ttl-too-long",
    );
}

#[test]
fn a_service_that_the_table_lacks_is_placed_by_the_zones_own_name_or_not_judged() {
    let other: PrivateDnsZoneLinked = check(json!({
        "zone": format!("{NET}/privateDnsZones/privatelink.openai.azure.com"),
        "linked-to": format!("{NET}/virtualNetworks/home"),
        "addresses": {"gpt.openai.azure.com": ["10.1.0.4"]},
    }));
    assert_eq!(other.places(&PUBLIC).unwrap()[0].record, "gpt");
    let unknown: PrivateDnsZoneLinked = check(json!({
        "zone": format!("{NET}/privateDnsZones/privatelink.openai.azure.com"),
        "linked-to": format!("{NET}/virtualNetworks/home"),
        "addresses": {"gpt.example.com": ["10.1.0.4"]},
    }));
    assert!(unknown.places(&PUBLIC).is_err());
}

#[test]
fn a_wildcard_answers_for_names_without_a_record_of_their_own() {
    let named = |name: &str, address: &str| Record {
        name: name.to_owned(),
        ttl: Some(10),
        addresses: vec![address.parse().unwrap()],
    };
    let seen = with(|_, zone| zone.records = vec![named("*", "10.1.0.4")]);
    assert_eq!(judged(&subject(), &seen), Verdict::Holds);
    let seen = with(|_, zone| {
        zone.records = vec![named("*", "10.1.0.4"), named("kv", "10.1.0.9")];
    });
    broken(&subject(), &seen, "stale-record");
    let zone = Zone {
        links: Vec::new(),
        records: vec![named("*", "10.1.0.4"), named("b", "10.1.0.5")],
    };
    assert!(zone.record("a.c").is_some_and(|own| own.name == "*"));
    assert!(zone.record("a.b").is_none());
}
