//! `Microsoft.KeyVault`, control plane: vaults and their private endpoint connections.
//!
//! Missing on purpose: deleted vaults, name checks, writes (approving a connection among them).

use http::Method;
use serde_json::{Value, json};

use super::connections::{self, Dialect};
use super::{found, not_built, page, provider, read, resource_page, shape, simplified};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::private_endpoint::groups::{group_ids, members, regions, zone};
use crate::services::{Operation, Service};
use crate::store::{Resource, State};

const SPEC: &str = "keyvault-mgmt/2023-07-01/keyvault.json";
const VAULTS: &str = "Microsoft.KeyVault/vaults";
const READ: &str = "Microsoft.KeyVault/vaults/read";
const READ_CONNECTIONS: &str = "Microsoft.KeyVault/vaults/privateEndpointConnections/read";
const ONE: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.KeyVault/vaults/{vaultName}";
const CONNECTION: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.KeyVault/vaults/{vaultName}/privateEndpointConnections/{privateEndpointConnectionName}";

const DIALECT: Dialect = Dialect {
    actions_required: "actionsRequired",
    has_disconnected: true,
};

/// The service.
pub const SERVICE: Service = provider(
    "arm-key-vault",
    "vaults and their private endpoint connections",
    OPERATIONS,
);

const OPERATIONS: &[Operation] = &[
    read("Vaults_Get", ONE, READ, SPEC, get),
    read(
        "Vaults_ListByResourceGroup",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.KeyVault/vaults",
        READ,
        SPEC,
        list,
    ),
    read(
        "Vaults_ListBySubscription",
        "/subscriptions/{subscriptionId}/providers/Microsoft.KeyVault/vaults",
        READ,
        SPEC,
        list,
    ),
    not_built(
        "Vaults_CreateOrUpdate",
        Method::PUT,
        ONE,
        "Microsoft.KeyVault/vaults/write",
        SPEC,
    ),
    not_built(
        "Vaults_Update",
        Method::PATCH,
        ONE,
        "Microsoft.KeyVault/vaults/write",
        SPEC,
    ),
    not_built(
        "Vaults_Delete",
        Method::DELETE,
        ONE,
        "Microsoft.KeyVault/vaults/delete",
        SPEC,
    ),
    simplified(
        read(
            "PrivateEndpointConnections_Get",
            CONNECTION,
            READ_CONNECTIONS,
            SPEC,
            get_connection,
        ),
        "a missing connection is always 404, where the specification also knows 204",
    ),
    read(
        "PrivateEndpointConnections_ListByResource",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.KeyVault/vaults/{vaultName}/privateEndpointConnections",
        READ_CONNECTIONS,
        SPEC,
        list_connections,
    ),
    not_built(
        "PrivateEndpointConnections_Put",
        Method::PUT,
        CONNECTION,
        "Microsoft.KeyVault/vaults/privateEndpointConnections/write",
        SPEC,
    ),
    not_built(
        "PrivateEndpointConnections_Delete",
        Method::DELETE,
        CONNECTION,
        "Microsoft.KeyVault/vaults/privateEndpointConnections/delete",
        SPEC,
    ),
    read(
        "PrivateLinkResources_ListByVault",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.KeyVault/vaults/{vaultName}/privateLinkResources",
        "Microsoft.KeyVault/vaults/privateLinkResources/read",
        SPEC,
        list_groups,
    ),
];

fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::resource(&state, request).map_or_else(|reply| reply, |it| Reply::ok(&vault(&state, it)))
}

fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    resource_page::reply_with_top(&state, request, VAULTS, |it| vault(&state, it))
}

fn get_connection(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    connection(&state, request, DIALECT)
}

fn list_connections(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let all = |it| page::reply(request, connections::all(&state, it, DIALECT));
    found::parent(&state, request).map_or_else(|reply| reply, all)
}

fn list_groups(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::parent(&state, request).map_or_else(
        |reply| reply,
        |it| page::single(private_link_resources(&state, it)),
    )
}

/// A connection by the last segment of the path, or the right 404.
pub(super) fn connection(state: &State, request: &Request, dialect: Dialect) -> Reply {
    let id = match found::parse(&request.path) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    // …/{resource}/privateEndpointConnections/{name}: the resource is the id's parent.
    let resource = id.parent().and_then(|parent| state.resource(parent));
    let found = resource.and_then(|resource| connections::one(state, resource, &id.name, dialect));
    found.map_or_else(|| found::missing(state, &id), |body| Reply::ok(&body))
}

/// The groups that an endpoint can ask a resource for.
pub(super) fn private_link_resources(state: &State, resource: &Resource) -> Vec<Value> {
    let regions = regions(state, resource);
    let of_group = |group: &'static str| {
        let members: Vec<String> =
            members(&resource.resource_type, group, &resource.name, &regions)
                .into_iter()
                .map(|it| it.name)
                .collect();
        let zones: Vec<_> = zone(&resource.resource_type, group).into_iter().collect();
        json!({
            "id": format!("{}/privateLinkResources/{group}", resource.id),
            "name": group,
            "type": format!("{}/privateLinkResources", resource.resource_type),
            "properties": {"groupId": group, "requiredMembers": members, "requiredZoneNames": zones},
        })
    };
    group_ids(&resource.resource_type).map(of_group).collect()
}

fn vault(state: &State, given: &Resource) -> Value {
    let mut body = shape::resource(given);
    shape::default(&mut body, "tenantId", json!(given.tenant));
    shape::default(&mut body, "accessPolicies", json!([]));
    shape::default(&mut body, "enabledForDeployment", json!(false));
    shape::default(&mut body, "enableSoftDelete", json!(true));
    shape::default(&mut body, "softDeleteRetentionInDays", json!(90));
    shape::default(&mut body, "publicNetworkAccess", json!("Enabled"));
    shape::derive(
        &mut body,
        "vaultUri",
        json!(format!(
            "https://{}.vault.azure.net/",
            given.name.to_ascii_lowercase()
        )),
    );
    let connections: Vec<Value> = connections::all(state, given, DIALECT)
        .into_iter()
        .map(inside)
        .collect();
    shape::derive(&mut body, "privateEndpointConnections", json!(connections));
    body
}

/// A connection inside the vault object has no name and type (definition `PrivateEndpointConnectionItem`).
fn inside(mut connection: Value) -> Value {
    if let Some(body) = connection.as_object_mut() {
        body.shift_remove("name");
        body.shift_remove("type");
    }
    connection
}
