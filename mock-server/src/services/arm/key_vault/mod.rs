//! `Microsoft.KeyVault`, control plane: vaults, deleted vaults, and private endpoint connections.
//!
//! - `vaults` what may be written · `policies` access policies · `deleted` deleted vaults and names
//!
//! `secrets` secrets as resources. Missing on purpose: keys as resources, managed HSMs (there are none: their lists are
//! empty and their names free).

mod deleted;
mod policies;
mod secrets;
mod vaults;

#[cfg(test)]
mod tests;

use http::Method;
use serde_json::{Value, json};

use super::connections::{self, Dialect};
use super::{built, delete, found, get, list, page, patch, provider, put, read, shape, simplified};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::private_endpoint::groups::{group_ids, members, regions, zone};
use crate::services::{Operation, Service};
use crate::store::{Resource, State};
use vaults::Vaults;

pub use secrets::SERVICE as SECRETS;

const SPEC: &str = "keyvault-mgmt/2023-07-01/keyvault.json";
const READ: &str = "Microsoft.KeyVault/vaults/read";
const WRITE: &str = "Microsoft.KeyVault/vaults/write";
const READ_CONNECTIONS: &str = "Microsoft.KeyVault/vaults/privateEndpointConnections/read";
const ONE: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.KeyVault/vaults/{vaultName}";
const CONNECTION: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.KeyVault/vaults/{vaultName}/privateEndpointConnections/{privateEndpointConnectionName}";

const DIALECT: Dialect = Dialect {
    actions_required: "actionsRequired",
    has_disconnected: true,
    has_etag: true,
};

/// The service.
pub const SERVICE: Service = provider(
    "arm-key-vault",
    "vaults, deleted vaults and private endpoint connections",
    OPERATIONS,
);

const OPERATIONS: &[Operation] = &[
    get::<Vaults>("Vaults_Get", ONE, READ, SPEC),
    list::<Vaults>(
        "Vaults_ListByResourceGroup",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.KeyVault/vaults",
        READ,
        SPEC,
    ),
    list::<Vaults>(
        "Vaults_ListBySubscription",
        "/subscriptions/{subscriptionId}/providers/Microsoft.KeyVault/vaults",
        READ,
        SPEC,
    ),
    put::<Vaults>("Vaults_CreateOrUpdate", ONE, WRITE, SPEC),
    patch::<Vaults>("Vaults_Update", ONE, WRITE, SPEC),
    delete::<Vaults>(
        "Vaults_Delete",
        ONE,
        "Microsoft.KeyVault/vaults/delete",
        SPEC,
    ),
    built(
        "Vaults_UpdateAccessPolicy",
        Method::PUT,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.KeyVault/vaults/{vaultName}/accessPolicies/{operationKind}",
        "Microsoft.KeyVault/vaults/accessPolicies/write",
        SPEC,
        policies::update,
    ),
    built(
        "Vaults_CheckNameAvailability",
        Method::POST,
        "/subscriptions/{subscriptionId}/providers/Microsoft.KeyVault/checkNameAvailability",
        "Microsoft.KeyVault/checkNameAvailability/read",
        SPEC,
        deleted::check_name,
    ),
    read(
        "Vaults_ListDeleted",
        "/subscriptions/{subscriptionId}/providers/Microsoft.KeyVault/deletedVaults",
        "Microsoft.KeyVault/deletedVaults/read",
        SPEC,
        deleted::list,
    ),
    simplified(
        read(
            "ManagedHsms_ListDeleted",
            "/subscriptions/{subscriptionId}/providers/Microsoft.KeyVault/deletedManagedHSMs",
            "Microsoft.KeyVault/deletedManagedHsms/read",
            SPEC,
            deleted::list_hsms,
        ),
        "always empty; officially in `managedHsm.json`",
    ),
    simplified(
        built(
            "ManagedHsms_CheckMhsmNameAvailability",
            Method::POST,
            "/subscriptions/{subscriptionId}/providers/Microsoft.KeyVault/checkMhsmNameAvailability",
            "Microsoft.KeyVault/checkMhsmNameAvailability/read",
            SPEC,
            deleted::check_hsm_name,
        ),
        "there are no managed HSMs: every good name is free; officially in `managedHsm.json`",
    ),
    simplified(
        read(
            "ManagedHsms_ListBySubscription",
            "/subscriptions/{subscriptionId}/providers/Microsoft.KeyVault/managedHSMs",
            "Microsoft.KeyVault/managedHSMs/read",
            SPEC,
            deleted::list_hsms,
        ),
        "always empty; officially in `managedHsm.json`",
    ),
    read(
        "Vaults_GetDeleted",
        "/subscriptions/{subscriptionId}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{vaultName}",
        "Microsoft.KeyVault/locations/deletedVaults/read",
        SPEC,
        deleted::get,
    ),
    built(
        "Vaults_PurgeDeleted",
        Method::POST,
        "/subscriptions/{subscriptionId}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{vaultName}/purge",
        "Microsoft.KeyVault/locations/deletedVaults/purge/action",
        SPEC,
        deleted::purge,
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
    built(
        "PrivateEndpointConnections_Put",
        Method::PUT,
        CONNECTION,
        "Microsoft.KeyVault/vaults/privateEndpointConnections/write",
        SPEC,
        put_connection,
    ),
    built(
        "PrivateEndpointConnections_Delete",
        Method::DELETE,
        CONNECTION,
        "Microsoft.KeyVault/vaults/privateEndpointConnections/delete",
        SPEC,
        delete_connection,
    ),
    read(
        "PrivateLinkResources_ListByVault",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.KeyVault/vaults/{vaultName}/privateLinkResources",
        "Microsoft.KeyVault/vaults/privateLinkResources/read",
        SPEC,
        list_groups,
    ),
];

fn get_connection(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    connection(&state, request, DIALECT)
}

fn put_connection(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    connections::decide(context, request, DIALECT)
}

fn delete_connection(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    connections::remove(context, request, DIALECT)
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
    shape::default(
        &mut body,
        "softDeleteRetentionInDays",
        json!(crate::store::RETENTION_DAYS),
    );
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
