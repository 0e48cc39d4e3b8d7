//! What is seen of two networks' peerings, and what must be told about it.

use serde_json::json;

use super::*;
use crate::checks::testing::{broken, check, judged};

const HOME: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/home";
const DATA: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/data";

fn subject() -> VirtualNetworkPeeringConnected {
    check(json!({
        "virtual-networks": [HOME, DATA], "forwarded-traffic": true, "remote-gateway": true
    }))
}

fn half() -> VirtualNetworkPeeringConnected {
    check(json!({"virtual-networks": [HOME], "remote": DATA}))
}

/// A healthy peering.
fn peering(from: &str, to: &str) -> Peering {
    Peering {
        id: format!("{from}/virtualNetworkPeerings/to-{}", name_of(to)),
        remote: to.to_owned(),
        state: "Connected".to_owned(),
        sync: "FullyInSync".to_owned(),
        provisioning: "Succeeded".to_owned(),
        access: Some(true),
        forwarded: Some(true),
        offers_gateway: Some(from == DATA),
        uses_gateway: Some(from == HOME),
        remembered: vec!["10.2.0.0/16".to_owned()],
        current: vec!["10.2.0.0/16".to_owned()],
    }
}

fn seen(home: Vec<Peering>, data: Vec<Peering>) -> Seen {
    let side = |network: &str, peerings| Side {
        network: network.to_owned(),
        peerings: Some(peerings),
        elsewhere: false,
    };
    Seen {
        sides: vec![side(HOME, home), side(DATA, data)],
    }
}

/// Both sides healthy but for a change to the home side's.
fn with(change: impl Fn(&mut Peering)) -> Seen {
    let mut own = peering(HOME, DATA);
    change(&mut own);
    seen(vec![own], vec![peering(DATA, HOME)])
}

#[test]
fn both_directions_connected_hold_whatever_the_casing_and_order() {
    assert_eq!(judged(&subject(), &with(|_| {})), Verdict::Holds);
    let shouting = with(|own| {
        own.remote = format!("{}/", DATA.to_uppercase());
        own.state = "CONNECTED".to_owned();
    });
    assert_eq!(judged(&subject(), &shouting), Verdict::Holds);
    let another = peering(HOME, &format!("{HOME}-hub"));
    let several = seen(
        vec![another, peering(HOME, DATA)],
        vec![peering(DATA, HOME)],
    );
    assert_eq!(judged(&subject(), &several), Verdict::Holds);
    let silent = with(|own| {
        (own.access, own.forwarded, own.uses_gateway) = (None, None, None);
        own.sync = String::new();
        own.provisioning = String::new();
    });
    assert_eq!(judged(&subject(), &silent), Verdict::Holds);
}

#[test]
fn the_side_that_lacks_its_peering_acts() {
    let reason = broken(
        &subject(),
        &seen(vec![], vec![peering(DATA, HOME)]),
        "no-peering",
    );
    assert_eq!(reason.values["network"], HOME);
    assert_eq!(reason.values["remote-network"], DATA);
    assert_eq!(reason.values["peering-name"], "to-data");
    assert_eq!(reason.values["uses-gateway"], "true");
    let mut waiting = peering(HOME, DATA);
    waiting.state = "Initiated".to_owned();
    let reason = broken(&subject(), &seen(vec![waiting], vec![]), "no-peering");
    assert_eq!(reason.values["network"], DATA);
    assert_eq!(reason.values["offers-gateway"], "true");
}

#[test]
fn what_was_left_by_a_deleted_half_is_made_anew_on_both_sides() {
    let mut left = peering(DATA, HOME);
    left.state = "Disconnected".to_owned();
    let reason = broken(
        &subject(),
        &seen(vec![], vec![left.clone()]),
        "disconnected",
    );
    assert_eq!(reason.values["peering"], left.id);
    assert_eq!(reason.values["network"], HOME);
    assert_eq!(reason.values["own-network"], DATA);
    assert_eq!(reason.values["own-offers-gateway"], "true");
    let both = seen(vec![peering(HOME, DATA)], vec![left]);
    broken(&subject(), &both, "disconnected");
}

#[test]
fn a_namesake_of_another_group_is_told_as_that_and_keeps_its_name() {
    let other = DATA.replace("/net/", "/old/");
    let reason = broken(
        &subject(),
        &seen(vec![peering(HOME, &other)], vec![peering(DATA, HOME)]),
        "names-another-network",
    );
    assert_eq!(reason.values["leads-to"], other);
    assert_eq!(reason.values["peering-name"], "to-data-2");
}

#[test]
fn each_state_has_its_cause() {
    type Change = fn(&mut Peering);
    let cases: [(&str, Change); 8] = [
        ("provisioning-failed", |own| {
            own.provisioning = "Failed".to_owned()
        }),
        ("updating", |own| own.provisioning = "Updating".to_owned()),
        ("updating", |own| own.state = "Initiated".to_owned()),
        ("unknown-state", |own| own.state = "Pondering".to_owned()),
        ("access-refused", |own| own.access = Some(false)),
        ("not-in-sync", |own| own.sync = "LocalNotInSync".to_owned()),
        ("forwarded-traffic-refused", |own| {
            own.forwarded = Some(false)
        }),
        ("remote-gateway-unused", |own| {
            own.uses_gateway = Some(false)
        }),
    ];
    for (cause, change) in cases {
        let reason = broken(&subject(), &with(change), cause);
        if let Some(peering) = reason.values.get("peering") {
            assert_eq!(*peering, peering_id(HOME, DATA), "{cause}");
        }
    }
    let mut offering = peering(DATA, HOME);
    offering.offers_gateway = Some(false);
    let seen = seen(vec![peering(HOME, DATA)], vec![offering]);
    broken(&subject(), &seen, "gateway-transit-refused");
    let modest = check(json!({"virtual-networks": [HOME, DATA]}));
    assert_eq!(
        judged::<VirtualNetworkPeeringConnected>(&modest, &seen),
        Verdict::Holds,
        "what is not asked for is not missed"
    );
}

fn peering_id(from: &str, to: &str) -> String {
    peering(from, to).id
}

#[test]
fn the_side_that_remembers_the_old_address_space_syncs() {
    let mut old = peering(DATA, HOME);
    old.sync = "LocalNotInSync".to_owned();
    old.remembered = vec!["10.1.0.0/16".to_owned()];
    old.current = vec!["10.1.0.0/16".to_owned(), "10.7.0.0/16".to_owned()];
    let mut own = peering(HOME, DATA);
    own.sync = "RemoteNotInSync".to_owned();
    let reason = broken(
        &subject(),
        &seen(vec![own.clone()], vec![old.clone()]),
        "not-in-sync",
    );
    assert_eq!(reason.values["out-of-step"], old.id);
    assert_eq!(reason.values["of-network"], DATA);
    let mut alone = seen(vec![own], vec![]);
    alone.sides.truncate(1);
    let reason = broken(&half(), &alone, "not-in-sync");
    assert_eq!(reason.values["of-network"], DATA);
    assert!(!reason.values.contains_key("out-of-step"));
    let mut shuffled = peering(HOME, DATA);
    shuffled.remembered = vec!["a".to_owned(), "b".to_owned()];
    shuffled.current = vec!["b".to_owned(), "a".to_owned()];
    assert!(!shuffled.remembers_another_space());
}

#[test]
fn one_side_speaks_for_both() {
    let only = |peering: Vec<Peering>| {
        let mut seen = seen(peering, vec![]);
        seen.sides.truncate(1);
        seen
    };
    assert_eq!(
        judged(&half(), &only(vec![peering(HOME, DATA)])),
        Verdict::Holds
    );
    let mut waiting = peering(HOME, DATA);
    waiting.state = "Initiated".to_owned();
    let reason = broken(&half(), &only(vec![waiting]), "initiated");
    assert_eq!(reason.values["network"], DATA);
    assert_eq!(reason.values["remote-network"], HOME);
    broken(&half(), &only(vec![]), "no-peering");
}

#[test]
fn a_network_that_cannot_be_read_there_is_told_first() {
    let mut gone = with(|_| {});
    gone.sides[1].peerings = None;
    let reason = broken(&subject(), &gone, "missing");
    assert_eq!(reason.values["network"], DATA);
    gone.sides[1].elsewhere = true;
    broken(&subject(), &gone, "subscription-elsewhere");
}

#[test]
fn a_peering_reads_from_arms_shape_and_from_null() {
    let read: Resource<Properties> = serde_json::from_value(json!({
        "id": "/p", "properties": {
            "remoteVirtualNetwork": {"id": DATA}, "peeringState": "Connected", "peeringSyncLevel": null,
            "allowVirtualNetworkAccess": null, "useRemoteGateways": false,
            "remoteAddressSpace": {"addressPrefixes": ["10.2.0.0/16"]}, "remoteVirtualNetworkAddressSpace": null
        }
    }))
    .unwrap();
    let peering = Peering::from(read);
    assert_eq!((peering.remote.as_str(), peering.access), (DATA, None));
    assert_eq!(peering.uses_gateway, Some(false));
    assert_eq!(peering.remembered, ["10.2.0.0/16"]);
}
