//! `Microsoft.Network/privateEndpoints` and their zone groups, as the consumer sees them.
//!
//! Connection state, network interface, `customDnsConfigs` and the record sets of zone groups are derived; see
//! `services/private_endpoint`. What may be written is in `endpoints` and `zone_groups`. Missing on purpose: application
//! security groups beside what was given.

mod endpoints;
mod zone_groups;

#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use super::connections::state_of;
use super::{children, delete, get, list, provider, put, shape};
use crate::services::private_endpoint::zone_group::{TTL, ZoneConfig, configs};
use crate::services::private_endpoint::{Endpoint, PRIVATE_ENDPOINTS, ZONE_GROUPS};
use crate::services::{Operation, Service};
use crate::store::{Resource, State};
use endpoints::Endpoints;
use zone_groups::Groups;

const SPEC: &str = "network/2024-01-01/privateEndpoint.json";
const READ: &str = "Microsoft.Network/privateEndpoints/read";
const READ_GROUPS: &str = "Microsoft.Network/privateEndpoints/privateDnsZoneGroups/read";
const ONE: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateEndpoints/{privateEndpointName}";
const GROUP: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateEndpoints/{privateEndpointName}/privateDnsZoneGroups/{privateDnsZoneGroupName}";

/// The service.
pub const SERVICE: Service = provider(
    "arm-private-endpoint",
    "private endpoints and their zone groups",
    OPERATIONS,
);

const OPERATIONS: &[Operation] = &[
    get::<Endpoints>("PrivateEndpoints_Get", ONE, READ, SPEC),
    list::<Endpoints>(
        "PrivateEndpoints_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateEndpoints",
        READ,
        SPEC,
    ),
    list::<Endpoints>(
        "PrivateEndpoints_ListBySubscription",
        "/subscriptions/{subscriptionId}/providers/Microsoft.Network/privateEndpoints",
        READ,
        SPEC,
    ),
    put::<Endpoints>(
        "PrivateEndpoints_CreateOrUpdate",
        ONE,
        "Microsoft.Network/privateEndpoints/write",
        SPEC,
    ),
    delete::<Endpoints>(
        "PrivateEndpoints_Delete",
        ONE,
        "Microsoft.Network/privateEndpoints/delete",
        SPEC,
    ),
    get::<Groups>("PrivateDnsZoneGroups_Get", GROUP, READ_GROUPS, SPEC),
    children::<Groups>(
        "PrivateDnsZoneGroups_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateEndpoints/{privateEndpointName}/privateDnsZoneGroups",
        READ_GROUPS,
        SPEC,
    ),
    put::<Groups>(
        "PrivateDnsZoneGroups_CreateOrUpdate",
        GROUP,
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups/write",
        SPEC,
    ),
    delete::<Groups>(
        "PrivateDnsZoneGroups_Delete",
        GROUP,
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups/delete",
        SPEC,
    ),
];

fn endpoint(state: &State, given: &Resource) -> Value {
    let mut body = shape::resource(given);
    if let Some(derived) = state.derived().endpoints.get(&given.id) {
        derive(state, given, derived, &mut body);
    }
    body["etag"] = shape::etag(given, &body);
    body
}

fn derive(state: &State, given: &Resource, derived: &Endpoint, body: &mut Value) {
    for array in [
        "privateLinkServiceConnections",
        "manualPrivateLinkServiceConnections",
    ] {
        let connections = given
            .properties()
            .get(array)
            .cloned()
            .unwrap_or_else(|| json!([]));
        shape::derive(body, array, connections_of(derived, connections, array));
    }
    shape::derive(
        body,
        "networkInterfaces",
        json!([{"id": derived.interface_id()}]),
    );
    shape::derive(body, "customDnsConfigs", custom_dns(state, derived));
    shape::default(body, "ipConfigurations", json!([]));
    shape::default(body, "customNetworkInterfaceName", json!(""));
}

fn connections_of(endpoint: &Endpoint, mut given: Value, array: &str) -> Value {
    let Some(connection) = &endpoint.connection else {
        return given;
    };
    for item in given.as_array_mut().into_iter().flatten() {
        let id = format!("{}/{array}/{}", endpoint.id, connection.asked.name);
        item["id"] = json!(id);
        item["type"] = json!(format!("{PRIVATE_ENDPOINTS}/{array}"));
        shape::default(item, "provisioningState", json!("Succeeded"));
        shape::derive(
            item,
            "privateLinkServiceConnectionState",
            state_of(connection, "actionsRequired"),
        );
        item["etag"] = shape::derived_etag(&id, item);
    }
    given
}

/// Names and addresses that somebody has to bring into DNS: none when a zone group does, none before the approval.
fn custom_dns(state: &State, endpoint: &Endpoint) -> Value {
    if state.children(&endpoint.id, ZONE_GROUPS).next().is_some() {
        return json!([]);
    }
    let named = endpoint
        .addresses
        .iter()
        .filter_map(|it| it.address.map(|address| (it, address)));
    let configs = named.flat_map(|(it, address)| {
        it.fqdns
            .iter()
            .map(move |fqdn| json!({"fqdn": fqdn, "ipAddresses": [address]}))
    });
    configs.collect::<Vec<_>>().into()
}

fn group(state: &State, given: &Resource) -> Value {
    let mut body = shape::resource(given);
    let configs = configs(&state.derived().endpoints, given);
    let configs: Vec<Value> = configs.iter().map(config).collect();
    shape::derive(&mut body, "privateDnsZoneConfigs", json!(configs));
    // The definition `PrivateDnsZoneGroup` has no type.
    if let Some(body) = body.as_object_mut() {
        body.shift_remove("type");
    }
    body["etag"] = shape::etag(given, &body);
    body
}

fn config(config: &ZoneConfig) -> Value {
    let zone_name = config.zone.rsplit('/').next().unwrap_or_default();
    let records: Vec<Value> = config
        .records
        .iter()
        .map(|record| {
            json!({
                "recordType": "A",
                "recordSetName": record.name,
                "fqdn": format!("{}.{zone_name}", record.name),
                "ttl": TTL,
                "ipAddresses": record.addresses,
                "provisioningState": "Succeeded",
            })
        })
        .collect();
    json!({
        "name": config.name,
        "properties": {"privateDnsZoneId": config.zone, "recordSets": records},
    })
}
