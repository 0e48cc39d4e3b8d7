//! `Microsoft.Storage`, control plane: storage accounts and their private endpoint connections.
//!
//! Missing on purpose: keys, blob service and container resources, name checks, writes.

use http::Method;
use serde_json::{Value, json};

use super::connections::{self, Dialect};
use super::key_vault::{connection, private_link_resources};
use super::{found, not_built, page, provider, read, resource_page, shape};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::{Operation, Service};
use crate::store::{Resource, State};

const SPEC: &str = "storage-mgmt/2023-05-01/storage.json";
const ACCOUNTS: &str = "Microsoft.Storage/storageAccounts";
const READ: &str = "Microsoft.Storage/storageAccounts/read";
const READ_CONNECTIONS: &str = "Microsoft.Storage/storageAccounts/privateEndpointConnections/read";
const ONE: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}";
const CONNECTION: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/privateEndpointConnections/{privateEndpointConnectionName}";

/// Storage spells it `actionRequired` (definition `PrivateLinkServiceConnectionState`).
const DIALECT: Dialect = Dialect {
    actions_required: "actionRequired",
    has_disconnected: false,
};

/// The service.
pub const SERVICE: Service = provider(
    "arm-storage",
    "storage accounts and their private endpoint connections",
    OPERATIONS,
);

const OPERATIONS: &[Operation] = &[
    read("StorageAccounts_GetProperties", ONE, READ, SPEC, get),
    read(
        "StorageAccounts_List",
        "/subscriptions/{subscriptionId}/providers/Microsoft.Storage/storageAccounts",
        READ,
        SPEC,
        list,
    ),
    read(
        "StorageAccounts_ListByResourceGroup",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts",
        READ,
        SPEC,
        list,
    ),
    not_built(
        "StorageAccounts_Create",
        Method::PUT,
        ONE,
        "Microsoft.Storage/storageAccounts/write",
        SPEC,
    ),
    not_built(
        "StorageAccounts_Update",
        Method::PATCH,
        ONE,
        "Microsoft.Storage/storageAccounts/write",
        SPEC,
    ),
    not_built(
        "StorageAccounts_Delete",
        Method::DELETE,
        ONE,
        "Microsoft.Storage/storageAccounts/delete",
        SPEC,
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
    not_built(
        "PrivateEndpointConnections_Put",
        Method::PUT,
        CONNECTION,
        "Microsoft.Storage/storageAccounts/privateEndpointConnections/write",
        SPEC,
    ),
    not_built(
        "PrivateEndpointConnections_Delete",
        Method::DELETE,
        CONNECTION,
        "Microsoft.Storage/storageAccounts/privateEndpointConnections/delete",
        SPEC,
    ),
    read(
        "PrivateLinkResources_ListByStorageAccount",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/privateLinkResources",
        "Microsoft.Storage/storageAccounts/privateLinkResources/read",
        SPEC,
        list_groups,
    ),
];

fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::resource(&state, request)
        .map_or_else(|reply| reply, |it| Reply::ok(&account(&state, it)))
}

fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    resource_page::reply(&state, request, ACCOUNTS, |it| account(&state, it))
}

fn get_connection(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    connection(&state, request, DIALECT)
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
