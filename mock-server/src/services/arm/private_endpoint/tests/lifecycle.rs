//! Zone groups, and what deletions leave behind.

use std::time::Duration;

use super::*;
use crate::lro::Pace;

#[test]
fn zone_groups_write_records_and_take_them_away() {
    let context = writable();
    let group = format!("{NET}/privateEndpoints/vault/privateDnsZoneGroups/default");
    let zone = format!("{NET}/privateDnsZones/privatelink.vaultcore.azure.net");
    let record = format!("{zone}/A/kv-resource");
    let body = |zone: &str| json!({"properties": {"privateDnsZoneConfigs": [{"properties": {"privateDnsZoneId": zone}}]}});
    let second = group.replace("/default", "/second");
    let refused = put(&context, &second, &body(&zone));
    assert_eq!(code(&refused).0, 400);
    assert!(
        refused
            .1
            .to_string()
            .contains("Cannot create more than one private dns zone groups")
    );
    assert_eq!(write(&context, Method::DELETE, &group).json().0, 202);
    assert_eq!(write(&context, Method::GET, &record).json().0, 404);
    let refused = put(
        &context,
        &group,
        &body(&format!("{NET}/privateDnsZones/nothing.example")),
    );
    assert_eq!(code(&refused), (400, "InvalidResourceReference"));
    let twice = json!({"properties": {"privateDnsZoneConfigs": [
        {"name": "a", "properties": {"privateDnsZoneId": zone}},
        {"name": "A", "properties": {"privateDnsZoneId": zone}},
    ]}});
    assert_eq!(
        code(&put(&context, &group, &twice)),
        (400, "InvalidRequestFormat")
    );
    assert_eq!(put(&context, &group, &body(&zone)).0, 201);
    let shown = read(&context, &record);
    assert_eq!(
        shown["properties"]["aRecords"],
        json!([{"ipv4Address": "10.1.0.4"}])
    );
    let config = &read(&context, &group)["properties"]["privateDnsZoneConfigs"][0];
    assert_eq!(config["name"], "privatelink-vaultcore-azure-net");
    assert_eq!(
        config["properties"]["recordSets"][0]["recordSetName"],
        "kv-resource"
    );
    assert_eq!(write(&context, Method::DELETE, &record).json().0, 200);
    assert_eq!(
        write(&context, Method::GET, &record).json().0,
        404,
        "a derived record can be deleted"
    );
    assert_eq!(write(&context, Method::DELETE, &record).json().0, 204);
    assert_eq!(put(&context, &group, &body(&zone)).0, 200);
    assert_eq!(
        write(&context, Method::GET, &record).json().0,
        200,
        "the group writes it again"
    );
    let by_hand = json!({"properties": {"ttl": 30, "aRecords": [{"ipv4Address": "10.9.9.9"}]}});
    assert_eq!(put(&context, &record, &by_hand).0, 200);
    let shown = read(&context, &record);
    assert_eq!(
        shown["properties"]["aRecords"],
        json!([{"ipv4Address": "10.9.9.9"}])
    );
}

#[test]
fn a_deletion_takes_its_time_and_leaves_a_disconnected_connection() {
    let context = writable();
    context
        .operations
        .set_pace(Pace::After(Duration::from_secs(60)));
    let endpoint = format!("{NET}/privateEndpoints/vault");
    let reply = write(&context, Method::DELETE, &endpoint).reply();
    assert_eq!(reply.status, 202);
    assert!(header(&reply, "location").contains("/operationResults/"));
    assert_eq!(
        read(&context, &endpoint)["properties"]["provisioningState"],
        "Deleting"
    );
    context.clock.advance(Duration::from_secs(61));
    assert_eq!(write(&context, Method::GET, &endpoint).json().0, 404);
    let listed = owner(
        &context,
        Method::GET,
        &format!("{VAULT}/privateEndpointConnections"),
        None,
    )
    .1;
    let left = &listed["value"][0];
    assert_eq!(left["properties"]["provisioningState"], "Disconnected");
    assert_eq!(
        left["properties"]["privateLinkServiceConnectionState"]["status"],
        "Disconnected"
    );
    let id = left["id"].as_str().unwrap();
    assert_eq!(owner(&context, Method::PUT, id, Some(left)).0, 400);
    assert_eq!(owner(&context, Method::DELETE, id, None).0, 200);
    assert_eq!(owner(&context, Method::DELETE, id, None).0, 204);
    assert_eq!(write(&context, Method::DELETE, &endpoint).json().0, 204);
}

/// As `az network private-endpoint update --request-message` sends it.
#[test]
fn the_message_of_a_manual_endpoint_may_come_in_the_other_array() {
    let context = writable();
    let endpoint = format!("{NET}/privateEndpoints/vault");
    let mut body = read(&context, &endpoint);
    let manual = "manualPrivateLinkServiceConnections";
    assert_eq!(body["properties"][manual].as_array().map(Vec::len), Some(1));
    let bare = json!([{"properties": {"requestMessage": "please"}}]);
    body["properties"]["privateLinkServiceConnections"] = bare;
    let (status, answer) = put(&context, &endpoint, &body);
    assert_eq!(status, 200, "{answer}");
    let shown = read(&context, &endpoint);
    let message = &shown["properties"][manual][0]["properties"]["requestMessage"];
    assert_eq!(message, "please");
    let automatic = &shown["properties"]["privateLinkServiceConnections"];
    assert_eq!(automatic, &json!([]));
    body["properties"]["privateLinkServiceConnections"] =
        json!([{"name": "more", "properties": {"requestMessage": "please"}}]);
    assert_eq!(put(&context, &endpoint, &body).0, 400);
}
