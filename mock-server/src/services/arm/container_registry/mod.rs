//! `Microsoft.ContainerRegistry`, control plane: registries, replicas, their private endpoint connections.
//!
//! Shapes: `azure/MORE.md` §1g (Azure/bicep-types-az, `microsoft.containerregistry/2025-11-01`; the operations are those of
//! azure-rest-api-specs `containerregistry.json` 2023-07-01). `admin` the admin user. Missing on purpose: scope maps, tasks, webhooks,
//! imports.

pub(crate) mod admin;
mod replicas;
mod writes;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod write_tests;

use http::Method;
use serde_json::{Value, json};

use super::connections::{self, Dialect};
use super::key_vault::{connection, private_link_resources};
use super::{
    built, children, delete, errors, found, get as get_kind, page, patch, provider, put, read,
    shape, unbundled,
};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::registry::{REGISTRIES, hosts};
use crate::services::{Operation, Service};
use crate::store::{Resource, State};
use replicas::{Replicas, usages};
use writes::Registries;

const READ: &str = "Microsoft.ContainerRegistry/registries/read";
const WRITE: &str = "Microsoft.ContainerRegistry/registries/write";
const READ_CONNECTIONS: &str =
    "Microsoft.ContainerRegistry/registries/privateEndpointConnections/read";
const READ_REPLICAS: &str = "Microsoft.ContainerRegistry/registries/replications/read";
const READ_GROUPS: &str = "Microsoft.ContainerRegistry/registries/privateLinkResources/read";
const ONE: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}";
const REPLICA: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}/replications/{replicationName}";
const WRITE_REPLICAS: &str = "Microsoft.ContainerRegistry/registries/replications/write";
const CONNECTION: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}/privateEndpointConnections/{privateEndpointConnectionName}";

const DIALECT: Dialect = Dialect {
    actions_required: "actionsRequired",
    has_disconnected: true,
    has_etag: false,
};

/// The service.
pub const SERVICE: Service = provider(
    "arm-container-registry",
    "container registries, their replicas and private endpoint connections",
    OPERATIONS,
);

const OPERATIONS: &[Operation] = &[
    unbundled(read("Registries_Get", ONE, READ, "", get)),
    unbundled(read(
        "Registries_List",
        "/subscriptions/{subscriptionId}/providers/Microsoft.ContainerRegistry/registries",
        READ,
        "",
        list,
    )),
    unbundled(read(
        "Registries_ListByResourceGroup",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries",
        READ,
        "",
        list,
    )),
    unbundled(read(
        "PrivateEndpointConnections_Get",
        CONNECTION,
        READ_CONNECTIONS,
        "",
        get_connection,
    )),
    unbundled(read(
        "PrivateEndpointConnections_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}/privateEndpointConnections",
        READ_CONNECTIONS,
        "",
        list_connections,
    )),
    unbundled(read(
        "Registries_ListPrivateLinkResources",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}/privateLinkResources",
        READ_GROUPS,
        "",
        list_groups,
    )),
    unbundled(read(
        "Registries_GetPrivateLinkResource",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}/privateLinkResources/{groupName}",
        READ_GROUPS,
        "",
        get_group,
    )),
    unbundled(children::<Replicas>(
        "Replications_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}/replications",
        READ_REPLICAS,
        "",
    )),
    unbundled(get_kind::<Replicas>(
        "Replications_Get",
        REPLICA,
        READ_REPLICAS,
        "",
    )),
    unbundled(put::<Replicas>(
        "Replications_Create",
        REPLICA,
        WRITE_REPLICAS,
        "",
    )),
    unbundled(patch::<Replicas>(
        "Replications_Update",
        REPLICA,
        WRITE_REPLICAS,
        "",
    )),
    unbundled(delete::<Replicas>(
        "Replications_Delete",
        REPLICA,
        "Microsoft.ContainerRegistry/registries/replications/delete",
        "",
    )),
    unbundled(read(
        "Registries_ListUsages",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}/listUsages",
        "Microsoft.ContainerRegistry/registries/listUsages/read",
        "",
        usages,
    )),
    unbundled(built(
        "Registries_CheckNameAvailability",
        Method::POST,
        "/subscriptions/{subscriptionId}/providers/Microsoft.ContainerRegistry/checkNameAvailability",
        "Microsoft.ContainerRegistry/checkNameAvailability/read",
        "",
        writes::check_name,
    )),
    unbundled(built(
        "Registries_ListCredentials",
        Method::POST,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}/listCredentials",
        "Microsoft.ContainerRegistry/registries/listCredentials/action",
        "",
        admin::credentials,
    )),
    unbundled(built(
        "Registries_RegenerateCredential",
        Method::POST,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}/regenerateCredential",
        "Microsoft.ContainerRegistry/registries/regenerateCredential/action",
        "",
        admin::regenerate,
    )),
    unbundled(built(
        "Tokens_List",
        Method::GET,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}/tokens",
        "Microsoft.ContainerRegistry/registries/tokens/read",
        "",
        admin::none,
    )),
    unbundled(built(
        "ScopeMaps_List",
        Method::GET,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}/scopeMaps",
        "Microsoft.ContainerRegistry/registries/scopeMaps/read",
        "",
        admin::none,
    )),
    unbundled(built(
        "Webhooks_List",
        Method::GET,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}/webhooks",
        "Microsoft.ContainerRegistry/registries/webhooks/read",
        "",
        admin::none,
    )),
    unbundled(built(
        "CacheRules_List",
        Method::GET,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}/cacheRules",
        "Microsoft.ContainerRegistry/registries/cacheRules/read",
        "",
        admin::none,
    )),
    unbundled(built(
        "CredentialSets_List",
        Method::GET,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}/credentialSets",
        "Microsoft.ContainerRegistry/registries/credentialSets/read",
        "",
        admin::none,
    )),
    unbundled(built(
        "Tasks_List",
        Method::GET,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}/tasks",
        "Microsoft.ContainerRegistry/registries/tasks/read",
        "",
        admin::none,
    )),
    unbundled(put::<Registries>("Registries_Create", ONE, WRITE, "")),
    unbundled(patch::<Registries>("Registries_Update", ONE, WRITE, "")),
    unbundled(delete::<Registries>(
        "Registries_Delete",
        ONE,
        "Microsoft.ContainerRegistry/registries/delete",
        "",
    )),
    unbundled(built(
        "PrivateEndpointConnections_CreateOrUpdate",
        Method::PUT,
        CONNECTION,
        "Microsoft.ContainerRegistry/registries/privateEndpointConnections/write",
        "",
        put_connection,
    )),
    unbundled(built(
        "PrivateEndpointConnections_Delete",
        Method::DELETE,
        CONNECTION,
        "Microsoft.ContainerRegistry/registries/privateEndpointConnections/delete",
        "",
        delete_connection,
    )),
];

fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::resource(&state, request)
        .map_or_else(|reply| reply, |it| Reply::ok(&registry(&state, it)))
}

fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    match found::listed(&state, request, REGISTRIES) {
        Ok(all) => page::reply(
            request,
            all.into_iter().map(|it| registry(&state, it)).collect(),
        ),
        Err(reply) => reply,
    }
}

fn get_connection(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    connection(&context.state(), request, DIALECT)
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

fn get_group(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let answer = || -> Result<Reply, Reply> {
        let id = found::parse(&request.path)?;
        let registry = id.parent().and_then(|parent| state.resource(parent));
        let registry = registry.ok_or_else(|| found::missing(&state, &id))?;
        let mut groups = private_link_resources(&state, registry).into_iter();
        let named = |it: &Value| {
            let name = it["name"].as_str().unwrap_or_default();
            name.eq_ignore_ascii_case(request.parameter("groupName"))
        };
        let group = groups.find(named);
        group
            .map(|it| Reply::ok(&it))
            .ok_or_else(|| errors::resource_not_found(&id))
    };
    answer().unwrap_or_else(|reply| reply)
}

/// `roleAssignmentMode` is left as given: versions before 2025-11-01 do not tell it, and no default is documented.
fn registry(state: &State, given: &Resource) -> Value {
    let mut body = shape::resource(given);
    if body["sku"]["tier"].is_null() && body["sku"].is_object() {
        body["sku"]["tier"] = body["sku"]["name"].clone();
    }
    if let Some(properties) = body["properties"].as_object_mut() {
        properties.remove(admin::MADE);
    }
    let has_data_endpoint = hosts::has_data_endpoint(state, given);
    let data_endpoints = if has_data_endpoint {
        hosts::data_endpoints(state, given)
    } else {
        Vec::new()
    };
    for (property, value) in [
        ("adminUserEnabled", json!(false)),
        ("anonymousPullEnabled", json!(false)),
        ("publicNetworkAccess", json!("Enabled")),
        ("networkRuleBypassOptions", json!("AzureServices")),
        (
            "networkRuleSet",
            json!({"defaultAction": "Allow", "ipRules": []}),
        ),
        ("zoneRedundancy", json!("Disabled")),
        ("policies", json!({})),
    ] {
        shape::default(&mut body, property, value);
    }
    for (policy, status) in [
        ("azureADAuthenticationAsArmPolicy", "enabled"),
        ("exportPolicy", "enabled"),
        ("quarantinePolicy", "disabled"),
    ] {
        let policies = &mut body["properties"]["policies"];
        if policies[policy].is_null() && !policies.is_array() {
            policies[policy] = json!({"status": status});
        }
    }
    for (property, value) in [
        ("loginServer", json!(hosts::login_server(given))),
        ("dataEndpointEnabled", json!(has_data_endpoint)),
        ("dataEndpointHostNames", json!(data_endpoints)),
        (
            "privateEndpointConnections",
            json!(connections::all(state, given, DIALECT)),
        ),
    ] {
        shape::derive(&mut body, property, value);
    }
    body
}
