//! Laws of the store.

use super::*;

const NET: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network";
const ZONES: &str = "Microsoft.Network/privateDnsZones";
const LINKS: &str = "Microsoft.Network/privateDnsZones/virtualNetworkLinks";

#[test]
fn look_ups_ignore_case_and_deletion_takes_what_lives_inside() {
    let mut state = State::build(&crate::world::example()).unwrap();
    let zone = format!("{NET}/PRIVATEDNSZONES/privatelink.vaultcore.azure.net");
    assert_eq!(state.resource(&zone).unwrap().resource_type, ZONES);
    assert_eq!(state.children(&zone, &LINKS.to_uppercase()).count(), 1);
    assert_eq!(
        state
            .in_subscription("AAAAAAAA-aaaa-aaaa-aaaa-aaaaaaaaaaaa", ZONES)
            .count(),
        2
    );
    assert!(state.remove_resource(&zone));
    assert!(!state.remove_resource(&zone));
    assert_eq!(state.resources_of_type(LINKS).count(), 1);
    assert!(
        state
            .resource_named(ZONES, "privatelink.vaultcore.azure.net")
            .is_none()
    );
}

#[test]
fn type_and_name_follow_from_the_id() {
    let mut state = State::build(&crate::world::example()).unwrap();
    let id = format!("{NET}/virtualNetworks/other");
    state.put_resource(&id, Map::new()).unwrap();
    let put = state.resource(&id).unwrap();
    assert_eq!(
        (put.name.as_str(), &put.body["type"]),
        ("other", &Value::from("Microsoft.Network/virtualNetworks"))
    );
    assert_eq!(put.tenant, "11111111-1111-1111-1111-111111111111");
    assert!(
        state
            .put_resource("/x", Map::new())
            .unwrap_err()
            .contains("/x")
    );
}

#[test]
fn a_change_under_a_snapshot_copies_no_other_resource() {
    let mut state = Arc::new(State::build(&crate::world::example()).unwrap());
    let snapshot = Arc::clone(&state);
    let zone = format!("{NET}/privateDnsZones/privatelink.vaultcore.azure.net");
    let changed = Arc::make_mut(&mut state);
    changed
        .put_resource(&format!("{NET}/virtualNetworks/other"), Map::new())
        .unwrap();
    let (before, after) = (
        snapshot.shared_resource(&zone),
        changed.shared_resource(&zone),
    );
    assert!(Arc::ptr_eq(&before.unwrap(), &after.unwrap()));
    assert_eq!(
        snapshot.resources().count() + 1,
        changed.resources().count()
    );
}

#[test]
fn a_resource_brings_its_group_and_a_group_outlives_its_resources() {
    let mut state = State::build(&crate::world::example()).unwrap();
    let subscription = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
    assert!(state.resource_group(subscription, "NET").is_some());
    let id = NET.replace("/net/", "/new/") + "/virtualNetworks/other";
    let body = serde_json::json!({"location": "japaneast"});
    state
        .put_resource(&id, body.as_object().unwrap().clone())
        .unwrap();
    assert_eq!(
        state.resource_group(subscription, "new").unwrap().body["location"],
        "japaneast"
    );
    assert!(state.remove_resource(&id));
    let group = state
        .resource_group(subscription, "new")
        .unwrap()
        .id
        .clone();
    assert!(state.remove_resource(&group));
    assert_eq!(
        state
            .in_group(subscription, "new", "Microsoft.Network/virtualNetworks")
            .count(),
        0
    );
}

#[test]
fn an_account_takes_its_blobs_with_it_and_marks_never_repeat() {
    let mut state = State::build(&crate::world::example()).unwrap();
    let account = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/stresource";
    assert_eq!(state.containers("STRESOURCE", "").count(), 1);
    assert_eq!(state.containers("stresource", "p").count(), 0);
    let now = time::OffsetDateTime::UNIX_EPOCH;
    assert_ne!(state.next_mark(now), state.next_mark(now));
    assert!(state.remove_resource(account));
    assert!(state.container("stresource", "orders").is_none());
}

#[test]
fn contents_never_stand_in_debug_output() {
    let state = State::build(&crate::world::example()).unwrap();
    let printed = format!("{state:?}");
    assert!(!printed.contains("TenantB"), "a secret's value");
    assert!(!printed.contains("hello from Fabrikam"), "a blob's content");
}
