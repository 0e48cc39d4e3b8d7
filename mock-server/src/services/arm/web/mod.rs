//! `Microsoft.Web`, control plane: sites with their configuration, functions, keys, networks and private endpoints.
//!
//! - `handlers` what the operations answer · `site` how a site and its parts look; here are the operations
//!
//! App settings and keys are asked by POST, and need more than Reader. The keys of a function come as the specification
//! says (`StringDictionary`, below `properties`). Missing on purpose: writes of sites, slots, plans, deployments, certificates.

mod handlers;
mod site;

#[cfg(test)]
mod tests;

use http::Method;

use super::connections::Dialect;
use super::{built, not_built, provider, read, simplified};
use crate::services::{Access, Handler, Operation, Service};
use handlers::{
    configuration, delete_connection, function_keys, get, get_connection, get_function, host_keys,
    integration, list, list_connections, list_functions, list_groups, list_networks, list_settings,
    put_connection, slot_names,
};

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
    has_etag: false,
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
    simplified(
        built(
            "WebApps_ApproveOrRejectPrivateEndpointConnection",
            Method::PUT,
            CONNECTION,
            "Microsoft.Web/sites/privateEndpointConnections/write",
            SPEC,
            put_connection,
        ),
        UNLISTED,
    ),
    simplified(
        built(
            "WebApps_DeletePrivateEndpointConnection",
            Method::DELETE,
            CONNECTION,
            "Microsoft.Web/sites/privateEndpointConnections/delete",
            SPEC,
            delete_connection,
        ),
        UNLISTED,
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
