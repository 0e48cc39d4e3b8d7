//! Records of the example world, healthy and broken.

use std::net::Ipv4Addr;

use serde_json::json;

use super::Record;
use crate::context::Context;
use crate::services::testing::{NET, broken, changed, example};
use crate::world::Resource;

const ZONE: &str = "privatelink.vaultcore.azure.net";

fn record(context: &Context, zone: &str, name: &str) -> Option<Record> {
    let state = context.state();
    state
        .derived()
        .zones
        .get(&format!("{NET}/privateDnsZones/{zone}"))?
        .records
        .get(name)
        .cloned()
}

#[test]
fn a_zone_group_writes_the_bare_name() {
    let record = record(&example(), ZONE, "kv-resource").unwrap();
    assert_eq!(
        (record.ttl, record.addresses.as_slice()),
        (10, &[Ipv4Addr::new(10, 1, 0, 4)][..])
    );
    let creator = record.metadata.unwrap()["creator"].to_string();
    assert!(
        creator.contains("created by private endpoint vault with resource guid"),
        "{creator}"
    );
}

#[test]
fn a_zone_group_writes_nothing_before_the_approval() {
    for fault in [
        "private-endpoint-pending",
        "private-endpoint-rejected",
        "private-endpoint-removed-by-owner",
    ] {
        assert_eq!(
            record(&broken(fault, "vault"), ZONE, "kv-resource"),
            None,
            "{fault}"
        );
    }
}

#[test]
fn the_later_writer_wins() {
    let id = format!("{NET}/privateDnsZones/{ZONE}/A/kv-resource");
    let by_hand =
        json!({"id": id, "properties": {"ttl": 60, "aRecords": [{"ipv4Address": "10.9.9.9"}]}});
    let by_hand = Resource {
        body: by_hand.as_object().unwrap().clone(),
    };
    let after = changed(|world| world.resources.push(by_hand.clone()));
    assert_eq!(
        record(&after, ZONE, "kv-resource").unwrap().addresses,
        [Ipv4Addr::new(10, 9, 9, 9)]
    );
    let before = changed(|world| world.resources.insert(0, by_hand));
    assert_eq!(
        record(&before, ZONE, "kv-resource").unwrap().addresses,
        [Ipv4Addr::new(10, 1, 0, 4)]
    );
    let second = broken("private-endpoint-second-overwrites-record", "vault");
    assert_eq!(
        record(&second, ZONE, "kv-resource").unwrap().addresses,
        [Ipv4Addr::new(10, 1, 0, 6)]
    );
}

#[test]
fn a_misnamed_zone_gets_the_record_all_the_same() {
    let context = broken("zone-misnamed", ZONE);
    assert_eq!(record(&context, ZONE, "kv-resource"), None);
    assert!(record(&context, "privatelink.vault.azure.net", "kv-resource").is_some());
}

#[test]
fn hand_written_records_of_faults_are_what_they_say() {
    let stale = record(&broken("record-stale", "vault"), ZONE, "kv-resource").unwrap();
    assert_eq!(stale.addresses, [Ipv4Addr::new(10, 1, 0, 250)]);
    let full = broken("record-named-by-full-host-name", "vault");
    assert_eq!(record(&full, ZONE, "kv-resource"), None);
    assert_eq!(
        record(&full, ZONE, "kv-resource.vault.azure.net")
            .unwrap()
            .addresses,
        [Ipv4Addr::new(10, 1, 0, 4)]
    );
}
