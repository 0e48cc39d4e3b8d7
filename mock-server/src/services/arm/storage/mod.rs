//! `Microsoft.Storage`, control plane: storage accounts, containers, and private endpoint connections.
//!
//! - `accounts` what may be written · `service` the blob service · `containers` its containers, which the
//!   data plane shows too
//! - `keys` keys of accounts, usage · `parts` signatures that Azure makes, lifecycle rules
//!
//! Missing on purpose: policies, other services.

mod accounts;
mod containers;
pub(crate) mod keys;
mod parts;
pub(crate) mod service;

#[cfg(test)]
mod tests;

use http::Method;
use serde_json::{Value, json};

use super::connections::{self, Dialect};
use super::key_vault::{connection, private_link_resources};
use super::{built, delete, found, get, list, page, patch, provider, put, read, shape, simplified};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::{Operation, Service};
use crate::store::{Resource, State};
use accounts::Accounts;

pub use parts::SERVICE as PARTS;

const SPEC: &str = "storage-mgmt/2023-05-01/storage.json";
const BLOB: &str = "storage-mgmt/2023-05-01/blob.json";
const READ: &str = "Microsoft.Storage/storageAccounts/read";
const WRITE: &str = "Microsoft.Storage/storageAccounts/write";
const READ_CONNECTIONS: &str = "Microsoft.Storage/storageAccounts/privateEndpointConnections/read";
const READ_CONTAINERS: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/read";
const WRITE_CONTAINERS: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/write";
const ONE: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}";
const CONTAINER: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/blobServices/default/containers/{containerName}";
const CONNECTION: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/privateEndpointConnections/{privateEndpointConnectionName}";

/// Storage spells it `actionRequired` (definition `PrivateLinkServiceConnectionState`).
const DIALECT: Dialect = Dialect {
    actions_required: "actionRequired",
    has_disconnected: false,
    has_etag: false,
};

/// The service.
pub const SERVICE: Service = provider(
    "arm-storage",
    "storage accounts, containers and private endpoint connections",
    OPERATIONS,
);

const OPERATIONS: &[Operation] = &[
    get::<Accounts>("StorageAccounts_GetProperties", ONE, READ, SPEC),
    list::<Accounts>(
        "StorageAccounts_List",
        "/subscriptions/{subscriptionId}/providers/Microsoft.Storage/storageAccounts",
        READ,
        SPEC,
    ),
    list::<Accounts>(
        "StorageAccounts_ListByResourceGroup",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts",
        READ,
        SPEC,
    ),
    put::<Accounts>("StorageAccounts_Create", ONE, WRITE, SPEC),
    patch::<Accounts>("StorageAccounts_Update", ONE, WRITE, SPEC),
    delete::<Accounts>(
        "StorageAccounts_Delete",
        ONE,
        "Microsoft.Storage/storageAccounts/delete",
        SPEC,
    ),
    built(
        "StorageAccounts_CheckNameAvailability",
        Method::POST,
        "/subscriptions/{subscriptionId}/providers/Microsoft.Storage/checkNameAvailability",
        "Microsoft.Storage/checknameavailability/read",
        SPEC,
        accounts::check_name,
    ),
    built(
        "StorageAccounts_ListKeys",
        Method::POST,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/listKeys",
        "Microsoft.Storage/storageAccounts/listkeys/action",
        SPEC,
        keys::list,
    ),
    built(
        "StorageAccounts_RegenerateKey",
        Method::POST,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/regenerateKey",
        "Microsoft.Storage/storageAccounts/regeneratekey/action",
        SPEC,
        keys::regenerate,
    ),
    read(
        "Usages_ListByLocation",
        "/subscriptions/{subscriptionId}/providers/Microsoft.Storage/locations/{location}/usages",
        "Microsoft.Storage/locations/usages/read",
        SPEC,
        keys::usages,
    ),
    read(
        "BlobServices_GetServiceProperties",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/blobServices/default",
        "Microsoft.Storage/storageAccounts/blobServices/read",
        BLOB,
        service::get,
    ),
    simplified(
        built(
            "BlobServices_SetServiceProperties",
            Method::PUT,
            "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/blobServices/default",
            "Microsoft.Storage/storageAccounts/blobServices/write",
            BLOB,
            service::set,
        ),
        "settings are kept and shown; nothing deleted is kept, there are no versions",
    ),
    read(
        "BlobContainers_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/blobServices/default/containers",
        READ_CONTAINERS,
        BLOB,
        containers::list,
    ),
    read(
        "BlobContainers_Get",
        CONTAINER,
        READ_CONTAINERS,
        BLOB,
        containers::get,
    ),
    built(
        "BlobContainers_Create",
        Method::PUT,
        CONTAINER,
        WRITE_CONTAINERS,
        BLOB,
        containers::put,
    ),
    built(
        "BlobContainers_Update",
        Method::PATCH,
        CONTAINER,
        WRITE_CONTAINERS,
        BLOB,
        containers::patch,
    ),
    built(
        "BlobContainers_Delete",
        Method::DELETE,
        CONTAINER,
        "Microsoft.Storage/storageAccounts/blobServices/containers/delete",
        BLOB,
        containers::delete,
    ),
    read(
        "PrivateEndpointConnections_Get",
        CONNECTION,
        READ_CONNECTIONS,
        SPEC,
        get_connection,
    ),
    read(
        "PrivateEndpointConnections_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/privateEndpointConnections",
        READ_CONNECTIONS,
        SPEC,
        list_connections,
    ),
    built(
        "PrivateEndpointConnections_Put",
        Method::PUT,
        CONNECTION,
        "Microsoft.Storage/storageAccounts/privateEndpointConnections/write",
        SPEC,
        put_connection,
    ),
    built(
        "PrivateEndpointConnections_Delete",
        Method::DELETE,
        CONNECTION,
        "Microsoft.Storage/storageAccounts/privateEndpointConnections/delete",
        SPEC,
        delete_connection,
    ),
    read(
        "PrivateLinkResources_ListByStorageAccount",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/privateLinkResources",
        "Microsoft.Storage/storageAccounts/privateLinkResources/read",
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

/// A single page: the specification gives this list no `nextLink`.
fn list_connections(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let all = |it| page::single(connections::all(&state, it, DIALECT));
    found::parent(&state, request).map_or_else(|reply| reply, all)
}

fn list_groups(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::parent(&state, request).map_or_else(
        |reply| reply,
        |it| page::single(private_link_resources(&state, it)),
    )
}

/// Storage encrypts every account, with its own keys where nobody chose others (official example
/// `StorageAccountGetProperties`); the Azure CLI reads `keySource` before every update.
fn encryption() -> Value {
    let service = json!({"enabled": true, "keyType": "Account"});
    json!({"keySource": "Microsoft.Storage", "services": {"blob": service, "file": service}})
}

fn account(state: &State, given: &Resource) -> Value {
    let mut body = shape::resource(given);
    let name = given.name.to_ascii_lowercase();
    let endpoint = |service: &str| json!(format!("https://{name}.{service}.core.windows.net/"));
    if body["sku"]["tier"].is_null() && body["sku"].is_object() {
        let sku = body["sku"]["name"].as_str().unwrap_or_default();
        body["sku"]["tier"] = json!(if sku.starts_with("Premium") {
            "Premium"
        } else {
            "Standard"
        });
    }
    let open = json!({"bypass": "AzureServices", "defaultAction": "Allow", "ipRules": [], "virtualNetworkRules": []});
    shape::default(&mut body, "networkAcls", open);
    shape::default(&mut body, "encryption", encryption());
    shape::default(&mut body, "publicNetworkAccess", json!("Enabled"));
    shape::default(&mut body, "supportsHttpsTrafficOnly", json!(true));
    let endpoints = json!({
        "blob": endpoint("blob"),
        "dfs": endpoint("dfs"),
        "file": endpoint("file"),
        "queue": endpoint("queue"),
        "table": endpoint("table"),
        "web": endpoint("web"),
    });
    shape::derive(&mut body, "primaryEndpoints", endpoints);
    let location = given.body.get("location").cloned().unwrap_or_default();
    shape::derive(&mut body, "primaryLocation", location);
    shape::derive(&mut body, "statusOfPrimary", json!("available"));
    shape::derive(
        &mut body,
        "privateEndpointConnections",
        json!(connections::all(state, given, DIALECT)),
    );
    body
}
