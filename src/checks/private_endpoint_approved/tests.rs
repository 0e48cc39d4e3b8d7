use serde_json::json;

use super::shapes::{CustomDnsConfig, EndpointProperties, add_custom_names};
use super::*;
use crate::checks::testing::{broken, check, judged, warned};

const ENDPOINT: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/privateEndpoints/vault";
const VAULT: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv";

fn subject() -> PrivateEndpointApproved {
    check(json!({"private-endpoint": ENDPOINT, "target": VAULT, "group": "vault"}))
}

fn healthy() -> Endpoint {
    let mut addresses = AddressesByName::default();
    addresses.add("kv.vault.azure.net", "10.1.0.4".parse().unwrap());
    let connection = Connection {
        manual: true,
        target: VAULT.to_uppercase(),
        groups: vec!["Vault".to_owned()],
        status: "approved".to_owned(),
        description: String::new(),
    };
    Endpoint {
        provisioning_state: "Succeeded".to_owned(),
        connections: vec![connection],
        addresses,
        ..Endpoint::default()
    }
}

fn with(change: impl FnOnce(&mut Endpoint)) -> Seen {
    let mut endpoint = healthy();
    change(&mut endpoint);
    Seen {
        endpoint: Some(endpoint),
    }
}

#[test]
fn an_approved_connection_holds_whatever_the_casing_and_gives_its_facts() {
    let seen = with(|_| {});
    assert_eq!(judged(&subject(), &seen), Verdict::Holds);
    let facts = subject().facts(&seen);
    assert!(
        ["addresses", "private-endpoint", "target"]
            .iter()
            .all(|name| facts.get(name).is_some())
    );
}

#[test]
fn what_azure_does_not_state_is_no_finding() {
    let seen = with(|endpoint| {
        endpoint.provisioning_state = "Relaxing".to_owned();
        endpoint.connections[0].target.clear();
        endpoint.connections[0].groups.clear();
    });
    assert_eq!(judged(&subject(), &seen), Verdict::Holds);
    assert!(subject().facts(&seen).get("target").is_some());
}

#[test]
fn an_absent_endpoint_is_missing() {
    broken(&subject(), &Seen { endpoint: None }, "missing");
}

#[test]
fn an_unfinished_endpoint_may_heal_and_a_failed_one_not() {
    broken(
        &subject(),
        &with(|endpoint| endpoint.provisioning_state = "Updating".to_owned()),
        "not-provisioned",
    );
    broken(
        &subject(),
        &with(|endpoint| endpoint.provisioning_state = "Failed".to_owned()),
        "provisioning-failed",
    );
}

#[test]
fn an_endpoint_must_lead_somewhere_and_to_the_right_place() {
    broken(
        &subject(),
        &with(|endpoint| endpoint.connections.clear()),
        "no-connection",
    );
    broken(
        &subject(),
        &with(|endpoint| endpoint.connections[0].target = format!("{VAULT}-other")),
        "wrong-target",
    );
    broken(
        &subject(),
        &with(|endpoint| endpoint.connections[0].groups = vec!["blob".to_owned()]),
        "wrong-group",
    );
}

#[test]
fn each_state_of_the_connection_has_its_cause() {
    for (status, cause) in [
        ("Pending", "pending"),
        ("Rejected", "rejected"),
        ("Disconnected", "disconnected"),
        ("Pondering", "unknown-state"),
        ("", "unknown-state"),
    ] {
        broken(
            &subject(),
            &with(|endpoint| endpoint.connections[0].status = status.to_owned()),
            cause,
        );
    }
    let pending = broken(
        &subject(),
        &with(|endpoint| endpoint.connections[0].status = "Pending".to_owned()),
        "pending",
    );
    assert!(pending.values["target"].eq_ignore_ascii_case(VAULT));
}

#[test]
fn an_endpoint_without_an_address_for_a_name_is_of_no_use() {
    let reason = broken(
        &subject(),
        &with(|endpoint| {
            endpoint.addresses = AddressesByName::default();
            endpoint.nameless = vec!["10.1.0.4".parse().unwrap()];
        }),
        "no-address",
    );
    assert_eq!(reason.observed.as_deref(), Some("10.1.0.4, without a name"));
}

#[test]
fn a_second_endpoint_for_the_same_record_is_a_warning() {
    let rival = Rival {
        endpoint: format!("{ENDPOINT}-2"),
        zone: "/z".to_owned(),
    };
    warned(
        &subject(),
        &with(|endpoint| endpoint.rivals.push(rival)),
        "record-contended",
    );
}

#[test]
fn both_arrays_of_connections_are_read() {
    let properties: EndpointProperties = serde_json::from_value(json!({
        "privateLinkServiceConnections": null,
        "manualPrivateLinkServiceConnections": [{"name": "c", "properties": {
            "privateLinkServiceId": VAULT, "groupIds": ["vault"],
            "privateLinkServiceConnectionState": {"status": "Pending", "description": null}
        }}]
    }))
    .unwrap();
    let connections = properties.connections();
    assert_eq!(
        (
            connections.len(),
            connections[0].manual,
            connections[0].status.as_str()
        ),
        (1, true, "Pending")
    );
}

#[test]
fn names_that_an_interface_lacks_come_from_the_endpoint() {
    let configs: Vec<CustomDnsConfig> = serde_json::from_value(json!([
        {"fqdn": "kv.vault.azure.net", "ipAddresses": ["10.1.0.4"]},
        {"fqdn": "other.vault.azure.net", "ipAddresses": ["10.1.0.4", "10.1.0.9"]}
    ]))
    .unwrap();
    let address = |text: &str| text.parse::<IpAddr>().unwrap();
    let mut addresses = AddressesByName::default();
    addresses.add("known.vault.azure.net", address("10.1.0.5"));
    let mut nameless = vec![address("10.1.0.4")];
    add_custom_names(&configs, &mut addresses, &mut nameless);
    assert_eq!(addresses.of("kv.vault.azure.net"), [address("10.1.0.4")]);
    assert_eq!(addresses.of("other.vault.azure.net"), [address("10.1.0.4")]);
    assert!(nameless.is_empty());
}

#[test]
fn a_lost_connection_is_the_fault_of_a_target_that_is_gone_only_when_that_is_known() {
    let lost = with(|endpoint| {
        endpoint.connections[0].status = "Disconnected".to_owned();
        endpoint.lost_targets = vec![VAULT.to_owned()];
        endpoint.subnet = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/s".to_owned();
    });
    broken(&subject(), &lost, "target-missing");
}

#[test]
fn an_endpoint_that_is_made_anew_gets_its_zone_group_back_and_its_connection_is_found_in_any_case()
{
    let rejected = with(|endpoint| {
        endpoint.connections[0].status = "Rejected".to_owned();
        endpoint.zone_config = Some(ZoneConfig {
            group: "default".to_owned(),
            config: "vaultcore".to_owned(),
            zone: format!("{ENDPOINT}/zone"),
        });
    });
    let reason = broken(&subject(), &rejected, "rejected");
    assert_eq!(reason.values["zone-group"], "default");
    assert_eq!(reason.values["zone-config"], "vaultcore");
    let line = format!("^{ENDPOINT} ");
    assert_eq!(reason.values["new-connection-line"], line);
    let pending = with(|endpoint| endpoint.connections[0].status = "Pending".to_owned());
    let reason = broken(&subject(), &pending, "pending");
    assert_eq!(reason.values["connection-line"], format!("^{ENDPOINT} "));
}
