//! `Microsoft.Web`, control plane: plans, and sites with their configuration, functions, keys, networks and private endpoints.
//!
//! - `handlers` what the operations answer · `site` how a site and its parts look · `writes` sites, settings,
//!   configuration, network · `parts` smaller parts · `plans` App Service plans · `publishing` profiles to publish with; here are the operations
//!
//! App settings and keys are asked by POST, and need more than Reader. The keys of a function come as the specification
//! says (`StringDictionary`, below `properties`). Missing on purpose: slots, deployments, certificates.

mod handlers;
mod parts;
mod plans;
mod publishing;
mod secrets;
mod site;
mod stacks;
mod writes;

#[cfg(test)]
mod part_tests;
#[cfg(test)]
mod plan_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod write_tests;

use http::Method;

use super::connections::Dialect;
use super::{built, patch, provider, put, read, simplified};
use crate::services::{Access, Handler, Operation, Service};
use handlers::{
    configuration, delete_connection, function_keys, get, get_connection, get_function, host_keys,
    integration, list, list_connections, list_functions, list_groups, list_networks, list_settings,
    put_connection, slot_names,
};
use writes::{Sites, delete_network, delete_site, put_configuration, put_network, put_settings};

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

const WEB: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/config/web";
const NETWORK: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/networkConfig/virtualNetwork";
const WRITE: &str = "Microsoft.Web/sites/write";
const WRITE_CONFIG: &str = "Microsoft.Web/sites/config/write";
const RUNS: &str = "an app's code runs where the world says: another network or identity shows, and does not move it";

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

/// App Service plans.
pub const PLANS: Service = provider(
    "arm-web-plans",
    "App Service plans and the apps in them",
    plans::OPERATIONS,
);

/// Languages and versions.
pub const STACKS: Service = provider(
    "arm-web-stacks",
    "languages and versions that apps may be made with",
    stacks::OPERATIONS,
);

/// Keys, written, and credentials.
pub const SECRETS: Service = provider(
    "arm-web-secrets",
    "apps: keys of functions and of the host, written; credentials and sign-in settings",
    secrets::OPERATIONS,
);

/// Smaller parts of apps.
pub const PARTS: Service = provider(
    "arm-web-parts",
    "apps: start and stop, connection strings, names, what is known of regions and names before an app is made",
    parts::OPERATIONS,
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
    simplified(
        put::<Sites>("WebApps_CreateOrUpdate", ONE, WRITE, SPEC),
        RUNS,
    ),
    simplified(patch::<Sites>("WebApps_Update", ONE, WRITE, SPEC), RUNS),
    built(
        "WebApps_Delete",
        Method::DELETE,
        ONE,
        "Microsoft.Web/sites/delete",
        SPEC,
        delete_site,
    ),
    built(
        "WebApps_UpdateApplicationSettings",
        Method::PUT,
        SETTINGS,
        WRITE_CONFIG,
        SPEC,
        put_settings,
    ),
    built(
        "WebApps_CreateOrUpdateConfiguration",
        Method::PUT,
        WEB,
        WRITE_CONFIG,
        SPEC,
        put_configuration,
    ),
    built(
        "WebApps_UpdateConfiguration",
        Method::PATCH,
        WEB,
        WRITE_CONFIG,
        SPEC,
        put_configuration,
    ),
    simplified(
        built(
            "WebApps_CreateOrUpdateSwiftVirtualNetworkConnectionWithCheck",
            Method::PUT,
            NETWORK,
            "Microsoft.Web/sites/networkConfig/write",
            SPEC,
            put_network,
        ),
        RUNS,
    ),
    simplified(
        built(
            "WebApps_UpdateSwiftVirtualNetworkConnectionWithCheck",
            Method::PATCH,
            NETWORK,
            "Microsoft.Web/sites/networkConfig/write",
            SPEC,
            put_network,
        ),
        RUNS,
    ),
    simplified(
        built(
            "WebApps_DeleteSwiftVirtualNetwork",
            Method::DELETE,
            NETWORK,
            "Microsoft.Web/sites/networkConfig/delete",
            SPEC,
            delete_network,
        ),
        RUNS,
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
