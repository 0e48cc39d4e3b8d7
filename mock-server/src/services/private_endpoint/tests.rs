//! Derived endpoints of the example world, healthy and broken.

use std::net::{IpAddr, Ipv4Addr};

use serde_json::json;

use crate::services::testing::{NET, VAULT, broken, changed, example};
use crate::world::ApprovalStatus;

fn vault_endpoint() -> String {
    format!("{NET}/privateEndpoints/vault")
}

fn address(last: u8) -> Option<Ipv4Addr> {
    Some(Ipv4Addr::new(10, 1, 0, last))
}

#[test]
fn endpoints_get_addresses_in_order_from_the_fifth_on() {
    let context = example();
    let state = context.state();
    let endpoints = &state.derived().endpoints;
    let vault = endpoints.get(&vault_endpoint().to_uppercase()).unwrap();
    assert_eq!(vault.addresses[0].address, address(4));
    assert_eq!(
        (
            vault.addresses[0].group.as_str(),
            vault.addresses[0].member.as_str()
        ),
        ("vault", "default")
    );
    assert_eq!(vault.addresses[0].fqdns, ["kv-resource.vault.azure.net"]);
    let blob = endpoints
        .get(&format!("{NET}/privateEndpoints/blob"))
        .unwrap();
    assert_eq!(blob.addresses[0].address, address(5));
    assert!(endpoints.by_interface(&vault.interface_id()).is_some());
    let at = IpAddr::V4(Ipv4Addr::new(10, 1, 0, 5));
    assert_eq!(
        endpoints.at(at, &[]).map(|it| it.name.as_str()),
        Some("blob")
    );
    assert!(endpoints.at(at, &["/subscriptions/x/other"]).is_none());
}

#[test]
fn addresses_that_are_taken_are_not_given_out() {
    let context = changed(|world| {
        let blob = world
            .resources
            .iter_mut()
            .find(|it| it.id().ends_with("/privateEndpoints/blob"))
            .unwrap();
        let fixed = json!([{"name": "x", "properties": {"groupId": "blob", "memberName": "blob", "privateIPAddress": "10.1.0.4"}}]);
        blob.body["properties"]["ipConfigurations"] = fixed;
        world.vantages.get_mut("app").unwrap().address = Some(Ipv4Addr::new(10, 1, 0, 5));
    });
    let state = context.state();
    let endpoints = &state.derived().endpoints;
    assert_eq!(
        endpoints
            .get(&format!("{NET}/privateEndpoints/blob"))
            .unwrap()
            .addresses[0]
            .address,
        address(4)
    );
    assert_eq!(
        endpoints.get(&vault_endpoint()).unwrap().addresses[0].address,
        address(6)
    );
}

#[test]
fn a_full_subnet_has_nothing_to_give() {
    let context = changed(|world| {
        let network = world
            .resources
            .iter_mut()
            .find(|it| it.id().ends_with("/virtualNetworks/home"))
            .unwrap();
        network.body["properties"]["subnets"][0]["properties"]["addressPrefix"] =
            json!("10.1.0.0/29");
        for number in 0..3 {
            let mut other = world.resources[1].clone();
            other.body.insert(
                "id".to_owned(),
                json!(format!("{}{number}", vault_endpoint())),
            );
            world.resources.push(other);
        }
    });
    let state = context.state();
    let last = state
        .derived()
        .endpoints
        .get(&format!("{}2", vault_endpoint()))
        .unwrap()
        .addresses[0]
        .address;
    assert_eq!(last, None, "10.1.0.0/29 has .4, .5 and .6");
}

#[test]
fn approval_decides_the_state() {
    for (fault, status) in [
        ("private-endpoint-pending", ApprovalStatus::Pending),
        ("private-endpoint-rejected", ApprovalStatus::Rejected),
        (
            "private-endpoint-removed-by-owner",
            ApprovalStatus::Disconnected,
        ),
        ("private-endpoint-other-approved", ApprovalStatus::Pending),
        ("vault-missing", ApprovalStatus::Disconnected),
    ] {
        let context = broken(fault, "vault");
        let state = context.state();
        let endpoint = state.derived().endpoints.get(&vault_endpoint()).unwrap();
        assert_eq!(
            endpoint.connection.as_ref().unwrap().status,
            status,
            "{fault}"
        );
        assert!(
            endpoint.addresses.iter().all(|it| it.fqdns.is_empty()),
            "{fault}"
        );
    }
}

#[test]
fn an_automatic_connection_approves_itself_within_its_tenant_only() {
    let status = |same_tenant: bool| {
        let context = changed(|world| {
            world.approvals.clear();
            let endpoint = world
                .resources
                .iter_mut()
                .find(|it| it.id().ends_with("/privateEndpoints/vault"))
                .unwrap();
            let properties = endpoint.body["properties"].as_object_mut().unwrap();
            let manual = properties
                .remove("manualPrivateLinkServiceConnections")
                .unwrap();
            properties.insert("privateLinkServiceConnections".to_owned(), manual);
            if same_tenant {
                for tenant in ["home", "resource"] {
                    world.tenants.get_mut(tenant).unwrap().subscriptions.clear();
                }
                let both = [
                    "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
                    "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb",
                ];
                let of = |id: &str| crate::world::Subscription {
                    state: crate::world::SubscriptionState::default(),
                    id: id.to_owned(),
                    name: id.to_owned(),
                };
                world.tenants.get_mut("home").unwrap().subscriptions = both.map(of).into();
            }
        });
        let state = context.state();
        state
            .derived()
            .endpoints
            .get(&vault_endpoint())
            .unwrap()
            .connection
            .as_ref()
            .unwrap()
            .status
    };
    assert_eq!(status(true), ApprovalStatus::Approved);
    assert_eq!(status(false), ApprovalStatus::Pending);
}

#[test]
fn what_is_derived_follows_what_changes() {
    let context = example();
    assert_eq!(context.state().derived().endpoints.to(VAULT).count(), 1);
    context.state_mut().remove_resource(&vault_endpoint());
    assert_eq!(context.state().derived().endpoints.to(VAULT).count(), 0);
}
