//! `Microsoft.Web`, control plane: sites with their configuration, functions, keys, networks and private endpoints.
//!
//! - `site` how a site and its parts look; here are the operations
//!
//! App settings and keys are asked by POST, and need more than Reader. The keys of a function come as the specification
//! says (`StringDictionary`, below `properties`). Missing on purpose: writes, slots, plans, deployments, certificates.

mod site;

#[cfg(test)]
mod tests;

use http::Method;
use serde_json::{Value, json};

use super::connections::{self, Dialect};
use super::key_vault::{connection, private_link_resources};
use super::{errors, found, not_built, page, provider, read, simplified};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::functions::keys::MASTER;
use crate::services::functions::{SITES, settings};
use crate::services::{Access, Handler, Operation, Service};
use crate::store::{Resource, State};
use crate::world::FunctionApp;

const SPEC: &str = "web/2023-12-01/WebApps.json";
const READ: &str = "Microsoft.Web/sites/read";
const READ_CONFIG: &str = "Microsoft.Web/sites/config/read";
const READ_FUNCTIONS: &str = "Microsoft.Web/sites/functions/read";
const READ_CONNECTIONS: &str = "Microsoft.Web/sites/privateEndpointConnections/read";
const UNLISTED: &str =
    "the bundled specification was cut before this operation; ours is like that of other providers";

const ONE: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}";
const SETTINGS: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/config/appsettings";
const CONNECTION: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/privateEndpointConnections/{privateEndpointConnectionName}";

const DIALECT: Dialect = Dialect {
    actions_required: "actionsRequired",
    has_disconnected: true,
};

/// The service.
pub const SERVICE: Service = provider(
    "arm-web",
    "apps: configuration, functions and their keys, network integration, private endpoint connections",
    OPERATIONS,
);

const OPERATIONS: &[Operation] = &[
    read("WebApps_Get", ONE, READ, SPEC, get),
    read(
        "WebApps_List",
        "/subscriptions/{subscriptionId}/providers/Microsoft.Web/sites",
        READ,
        SPEC,
        list,
    ),
    read(
        "WebApps_ListByResourceGroup",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites",
        READ,
        SPEC,
        list,
    ),
    read(
        "WebApps_GetConfiguration",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/config/web",
        READ_CONFIG,
        SPEC,
        configuration,
    ),
    simplified(
        read(
            "WebApps_ListSlotConfigurationNames",
            "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/config/slotConfigNames",
            READ_CONFIG,
            SPEC,
            slot_names,
        ),
        "none: the mock knows no slots",
    ),
    post(
        "WebApps_ListApplicationSettings",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/config/appsettings/list",
        "Microsoft.Web/sites/config/list/action",
        list_settings,
    ),
    read(
        "WebApps_ListFunctions",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/functions",
        READ_FUNCTIONS,
        SPEC,
        list_functions,
    ),
    read(
        "WebApps_GetFunction",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/functions/{functionName}",
        READ_FUNCTIONS,
        SPEC,
        get_function,
    ),
    post(
        "WebApps_ListFunctionKeys",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/functions/{functionName}/listkeys",
        "Microsoft.Web/sites/functions/listkeys/action",
        function_keys,
    ),
    post(
        "WebApps_ListHostKeys",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/host/default/listkeys",
        "Microsoft.Web/sites/host/listkeys/action",
        host_keys,
    ),
    read(
        "WebApps_GetSwiftVirtualNetworkConnection",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/networkConfig/virtualNetwork",
        "Microsoft.Web/sites/networkConfig/read",
        SPEC,
        integration,
    ),
    read(
        "WebApps_ListVnetConnections",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/virtualNetworkConnections",
        "Microsoft.Web/sites/virtualNetworkConnections/read",
        SPEC,
        list_networks,
    ),
    simplified(
        read(
            "WebApps_GetPrivateEndpointConnection",
            CONNECTION,
            READ_CONNECTIONS,
            SPEC,
            get_connection,
        ),
        UNLISTED,
    ),
    simplified(
        read(
            "WebApps_GetPrivateEndpointConnectionList",
            "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/privateEndpointConnections",
            READ_CONNECTIONS,
            SPEC,
            list_connections,
        ),
        UNLISTED,
    ),
    simplified(
        read(
            "WebApps_GetPrivateLinkResources",
            "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/privateLinkResources",
            "Microsoft.Web/sites/privateLinkResources/read",
            SPEC,
            list_groups,
        ),
        UNLISTED,
    ),
    not_built(
        "WebApps_CreateOrUpdate",
        Method::PUT,
        ONE,
        "Microsoft.Web/sites/write",
        SPEC,
    ),
    not_built(
        "WebApps_Update",
        Method::PATCH,
        ONE,
        "Microsoft.Web/sites/write",
        SPEC,
    ),
    not_built(
        "WebApps_Delete",
        Method::DELETE,
        ONE,
        "Microsoft.Web/sites/delete",
        SPEC,
    ),
    not_built(
        "WebApps_UpdateApplicationSettings",
        Method::PUT,
        SETTINGS,
        "Microsoft.Web/sites/config/write",
        SPEC,
    ),
    not_built(
        "WebApps_ApproveOrRejectPrivateEndpointConnection",
        Method::PUT,
        CONNECTION,
        "Microsoft.Web/sites/privateEndpointConnections/write",
        SPEC,
    ),
];

const fn post(
    id: &'static str,
    path: &'static str,
    action: &'static str,
    handler: Handler,
) -> Operation {
    Operation {
        id,
        method: Method::POST,
        path,
        access: Access::Arm(action),
        spec: Some(SPEC),
        simplified: "",
        handler: Some(handler),
    }
}

/// The site that the path begins with, whatever comes behind.
fn site_of<'a>(state: &'a State, request: &Request) -> Result<&'a Resource, Reply> {
    let id = format!(
        "/subscriptions/{}/resourceGroups/{}/providers/{SITES}/{}",
        request.parameter("subscriptionId"),
        request.parameter("resourceGroupName"),
        request.parameter("name"),
    );
    let id = found::parse(&id)?;
    state
        .resource(id.as_str())
        .ok_or_else(|| found::missing(state, &id))
}

/// An answer made of the site.
fn with_site(
    context: &Context,
    request: &Request,
    answer: impl FnOnce(&State, &Resource) -> Result<Reply, Reply>,
) -> Reply {
    let state = context.state();
    site_of(&state, request)
        .and_then(|site| answer(&state, site))
        .unwrap_or_else(|reply| reply)
}

fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |state, it| {
        Ok(Reply::ok(&site::site(state, it)))
    })
}

fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    match found::listed(&state, request, SITES) {
        Ok(all) => page::reply(
            request,
            all.into_iter().map(|it| site::site(&state, it)).collect(),
        ),
        Err(reply) => reply,
    }
}

fn configuration(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, it| {
        Ok(Reply::ok(&site::configuration(it)))
    })
}

fn slot_names(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, it| {
        let none = json!({"appSettingNames": [], "azureStorageConfigNames": [], "connectionStringNames": []});
        Ok(Reply::ok(&site::config(it, "slotConfigNames", none)))
    })
}

fn list_settings(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, it| {
        let all: serde_json::Map<String, Value> = settings::settings(it)
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect();
        Ok(Reply::ok(&site::config(
            it,
            "appsettings",
            Value::Object(all),
        )))
    })
}

fn list_functions(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |state, it| {
        let app = state.function_app(&it.name);
        let names = app.into_iter().flat_map(|app| app.functions.keys());
        let all = names.filter_map(|name| site::function(state, it, name));
        Ok(page::reply(request, all.collect()))
    })
}

fn get_function(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |state, it| {
        let body = site::function(state, it, request.parameter("functionName"));
        body.map(|body| Reply::ok(&body))
            .ok_or_else(|| missing(request))
    })
}

fn function_keys(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |state, it| {
        let name = request.parameter("functionName");
        let (name, function) = state
            .function_app(&it.name)
            .and_then(|app| site::deployed(app, name))
            .ok_or_else(|| missing(request))?;
        let id = format!("{}/functions/{name}", it.id);
        Ok(Reply::ok(&json!({
            "id": id,
            "name": format!("{}/{name}", it.name),
            "type": "Microsoft.Web/sites/functions",
            "properties": function.keys.0,
        })))
    })
}

/// The master key, the other keys of the host, and keys of extensions, of which there are none.
fn host_keys(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |state, it| {
        let app: Option<&FunctionApp> = state.function_app(&it.name);
        let keys = || app.into_iter().flat_map(|app| &app.host_keys.0);
        let master = keys().find(|(name, _)| *name == MASTER);
        let others: serde_json::Map<String, Value> = keys()
            .filter(|(name, _)| *name != MASTER)
            .map(|(name, key)| (name.clone(), json!(key)))
            .collect();
        Ok(Reply::ok(&json!({
            "masterKey": master.map(|(_, key)| key),
            "functionKeys": others,
            "systemKeys": {},
        })))
    })
}

fn integration(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, it| {
        Ok(Reply::ok(&site::integration(it)))
    })
}

/// A bare list, by specification.
fn list_networks(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, it| {
        Ok(Reply::ok(&Value::Array(site::networks(it))))
    })
}

fn get_connection(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    connection(&context.state(), request, DIALECT)
}

fn list_connections(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |state, it| {
        Ok(page::reply(request, connections::all(state, it, DIALECT)))
    })
}

fn list_groups(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |state, it| {
        Ok(page::single(private_link_resources(state, it)))
    })
}

/// The 404 of a part of a site that exists.
fn missing(request: &Request) -> Reply {
    let path = request.path.trim_end_matches("/listkeys");
    match found::parse(path) {
        Ok(id) => errors::resource_not_found(&id),
        Err(reply) => reply,
    }
}
