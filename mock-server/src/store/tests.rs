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
