//! The operations about network managers: which right each needs.

use http::Method;

use super::configurations::Configurations;
use super::connections::{self, ManagerConnections, ScopeConnections};
use super::groups::{Groups, Members};
use super::managers::Managers;
use super::{commit, deployed, deployments, effective, objects};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::{built, delete, patch, put, read, simplified, write};
use crate::services::{Access, Handler, Operation};

const MANAGER: &str = "network/2024-01-01/networkManager.json";
const SCOPE_CONNECTION: &str = "network/2024-01-01/networkManagerScopeConnection.json";
const CONNECTION: &str = "network/2024-01-01/networkManagerConnection.json";
const GROUP: &str = "network/2024-01-01/networkManagerGroup.json";
const CONFIGURATION: &str = "network/2024-01-01/networkManagerConnectivityConfiguration.json";
const ACTIVE: &str = "network/2024-01-01/networkManagerActiveConfiguration.json";
const EFFECTIVE: &str = "network/2024-01-01/networkManagerEffectiveConfiguration.json";

/// `concat!` of a path below a network manager.
macro_rules! manager {
    ($rest:literal) => {
        concat!(
            "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/networkManagers/{networkManagerName}",
            $rest
        )
    };
}

const IN_SUBSCRIPTION: &str =
    "/subscriptions/{subscriptionId}/providers/Microsoft.Network/networkManagerConnections";
const ONE_IN_SUBSCRIPTION: &str = "/subscriptions/{subscriptionId}/providers/Microsoft.Network/networkManagerConnections/{networkManagerConnectionName}";
const IN_MANAGEMENT_GROUP: &str = "/providers/Microsoft.Management/managementGroups/{managementGroupId}/providers/Microsoft.Network/networkManagerConnections";
const ONE_IN_MANAGEMENT_GROUP: &str = "/providers/Microsoft.Management/managementGroups/{managementGroupId}/providers/Microsoft.Network/networkManagerConnections/{networkManagerConnectionName}";
const OF_NETWORK: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/listNetworkManagerEffectiveConnectivityConfigurations";

const MANAGERS_READ: &str = "Microsoft.Network/networkManagers/read";
const SCOPE_CONNECTIONS_READ: &str = "Microsoft.Network/networkManagers/scopeConnections/read";
const CONNECTIONS_READ: &str = "Microsoft.Network/networkManagerConnections/read";
const GROUPS_READ: &str = "Microsoft.Network/networkManagers/networkGroups/read";
const MEMBERS_READ: &str = "Microsoft.Network/networkManagers/networkGroups/staticMembers/read";
const CONFIGURATIONS_READ: &str =
    "Microsoft.Network/networkManagers/connectivityConfigurations/read";

/// `Reader` does not have these three: they are no reads. The first and the last are in the lists of Microsoft's operations
/// (azure-docs, `role-based-access-control/resource-provider-operations.md`; public role definitions); the second is named
/// as they are, since the list lacks it.
const LIST_DEPLOYMENT_STATUS: &str =
    "Microsoft.Network/networkManagers/listDeploymentStatus/action";
const LIST_ACTIVE: &str =
    "Microsoft.Network/networkManagers/listActiveConnectivityConfigurations/action";
const LIST_EFFECTIVE: &str = "Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveConnectivityConfigurations/action";

/// Every operation.
pub(super) const OPERATIONS: &[Operation] = &[
    read(
        "NetworkManagers_Get",
        manager!(""),
        MANAGERS_READ,
        MANAGER,
        objects::get_manager,
    ),
    read(
        "NetworkManagers_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/networkManagers",
        MANAGERS_READ,
        MANAGER,
        objects::list_managers,
    ),
    read(
        "NetworkManagers_ListBySubscription",
        "/subscriptions/{subscriptionId}/providers/Microsoft.Network/networkManagers",
        MANAGERS_READ,
        MANAGER,
        objects::list_managers,
    ),
    put::<Managers<false>>(
        "NetworkManagers_CreateOrUpdate",
        manager!(""),
        "Microsoft.Network/networkManagers/write",
        MANAGER,
    ),
    patch::<Managers<false>>(
        "NetworkManagers_Patch",
        manager!(""),
        "Microsoft.Network/networkManagers/write",
        MANAGER,
    ),
    built(
        "NetworkManagers_Delete",
        Method::DELETE,
        manager!(""),
        "Microsoft.Network/networkManagers/delete",
        MANAGER,
        delete_manager,
    ),
    simplified(
        built(
            "NetworkManagerCommits_Post",
            Method::POST,
            manager!("/commit"),
            "Microsoft.Network/networkManagers/commit/action",
            MANAGER,
            commit::post,
        ),
        "any region is taken; deleteExistingPeering removes nothing",
    ),
    read(
        "ScopeConnections_Get",
        manager!("/scopeConnections/{scopeConnectionName}"),
        SCOPE_CONNECTIONS_READ,
        SCOPE_CONNECTION,
        connections::get_of_manager,
    ),
    read(
        "ScopeConnections_List",
        manager!("/scopeConnections"),
        SCOPE_CONNECTIONS_READ,
        SCOPE_CONNECTION,
        connections::list_of_manager,
    ),
    put::<ScopeConnections>(
        "ScopeConnections_CreateOrUpdate",
        manager!("/scopeConnections/{scopeConnectionName}"),
        "Microsoft.Network/networkManagers/scopeConnections/write",
        SCOPE_CONNECTION,
    ),
    delete::<ScopeConnections>(
        "ScopeConnections_Delete",
        manager!("/scopeConnections/{scopeConnectionName}"),
        "Microsoft.Network/networkManagers/scopeConnections/delete",
        SCOPE_CONNECTION,
    ),
    read(
        "SubscriptionNetworkManagerConnections_Get",
        ONE_IN_SUBSCRIPTION,
        CONNECTIONS_READ,
        CONNECTION,
        connections::get_of_member,
    ),
    read(
        "SubscriptionNetworkManagerConnections_List",
        IN_SUBSCRIPTION,
        CONNECTIONS_READ,
        CONNECTION,
        connections::list_of_member,
    ),
    put::<ManagerConnections>(
        "SubscriptionNetworkManagerConnections_CreateOrUpdate",
        ONE_IN_SUBSCRIPTION,
        "Microsoft.Network/networkManagerConnections/write",
        CONNECTION,
    ),
    delete::<ManagerConnections>(
        "SubscriptionNetworkManagerConnections_Delete",
        ONE_IN_SUBSCRIPTION,
        "Microsoft.Network/networkManagerConnections/delete",
        CONNECTION,
    ),
    read(
        "ManagementGroupNetworkManagerConnections_Get",
        ONE_IN_MANAGEMENT_GROUP,
        CONNECTIONS_READ,
        CONNECTION,
        connections::get_of_member,
    ),
    read(
        "ManagementGroupNetworkManagerConnections_List",
        IN_MANAGEMENT_GROUP,
        CONNECTIONS_READ,
        CONNECTION,
        connections::list_of_member,
    ),
    put::<ManagerConnections>(
        "ManagementGroupNetworkManagerConnections_CreateOrUpdate",
        ONE_IN_MANAGEMENT_GROUP,
        "Microsoft.Network/networkManagerConnections/write",
        CONNECTION,
    ),
    delete::<ManagerConnections>(
        "ManagementGroupNetworkManagerConnections_Delete",
        ONE_IN_MANAGEMENT_GROUP,
        "Microsoft.Network/networkManagerConnections/delete",
        CONNECTION,
    ),
    read(
        "NetworkGroups_Get",
        manager!("/networkGroups/{networkGroupName}"),
        GROUPS_READ,
        GROUP,
        objects::get_group,
    ),
    read(
        "NetworkGroups_List",
        manager!("/networkGroups"),
        GROUPS_READ,
        GROUP,
        objects::list_groups,
    ),
    put::<Groups<false>>(
        "NetworkGroups_CreateOrUpdate",
        manager!("/networkGroups/{networkGroupName}"),
        "Microsoft.Network/networkManagers/networkGroups/write",
        GROUP,
    ),
    built(
        "NetworkGroups_Delete",
        Method::DELETE,
        manager!("/networkGroups/{networkGroupName}"),
        "Microsoft.Network/networkManagers/networkGroups/delete",
        GROUP,
        delete_group,
    ),
    read(
        "StaticMembers_Get",
        manager!("/networkGroups/{networkGroupName}/staticMembers/{staticMemberName}"),
        MEMBERS_READ,
        GROUP,
        objects::get_member,
    ),
    read(
        "StaticMembers_List",
        manager!("/networkGroups/{networkGroupName}/staticMembers"),
        MEMBERS_READ,
        GROUP,
        objects::list_members,
    ),
    put::<Members>(
        "StaticMembers_CreateOrUpdate",
        manager!("/networkGroups/{networkGroupName}/staticMembers/{staticMemberName}"),
        "Microsoft.Network/networkManagers/networkGroups/staticMembers/write",
        GROUP,
    ),
    delete::<Members>(
        "StaticMembers_Delete",
        manager!("/networkGroups/{networkGroupName}/staticMembers/{staticMemberName}"),
        "Microsoft.Network/networkManagers/networkGroups/staticMembers/delete",
        GROUP,
    ),
    read(
        "ConnectivityConfigurations_Get",
        manager!("/connectivityConfigurations/{configurationName}"),
        CONFIGURATIONS_READ,
        CONFIGURATION,
        objects::get_configuration,
    ),
    read(
        "ConnectivityConfigurations_List",
        manager!("/connectivityConfigurations"),
        CONFIGURATIONS_READ,
        CONFIGURATION,
        objects::list_configurations,
    ),
    put::<Configurations<false>>(
        "ConnectivityConfigurations_CreateOrUpdate",
        manager!("/connectivityConfigurations/{configurationName}"),
        "Microsoft.Network/networkManagers/connectivityConfigurations/write",
        CONFIGURATION,
    ),
    built(
        "ConnectivityConfigurations_Delete",
        Method::DELETE,
        manager!("/connectivityConfigurations/{configurationName}"),
        "Microsoft.Network/networkManagers/connectivityConfigurations/delete",
        CONFIGURATION,
        delete_configuration,
    ),
    simplified(
        post(
            "NetworkManagerDeploymentStatus_List",
            manager!("/listDeploymentStatus"),
            LIST_DEPLOYMENT_STATUS,
            MANAGER,
            deployments::status,
        ),
        "the last commit of each region and type only",
    ),
    simplified(
        post(
            "ListActiveConnectivityConfigurations",
            manager!("/listActiveConnectivityConfigurations"),
            LIST_ACTIVE,
            ACTIVE,
            deployments::active,
        ),
        "what was deployed last is active at once",
    ),
    simplified(
        post(
            "ListNetworkManagerEffectiveConnectivityConfigurations",
            OF_NETWORK,
            LIST_EFFECTIVE,
            EFFECTIVE,
            effective::of_network,
        ),
        "what acts on a network follows from static members alone",
    ),
];

/// A read that is asked by POST.
const fn post(
    id: &'static str,
    path: &'static str,
    action: &'static str,
    spec: &'static str,
    handler: Handler,
) -> Operation {
    Operation {
        id,
        method: Method::POST,
        path,
        access: Access::Arm(action),
        spec: Some(spec),
        simplified: "",
        handler: Some(handler),
    }
}

fn delete_manager(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    if deployed::forced(request) {
        write::delete::<Managers<true>>(context, request, caller)
    } else {
        write::delete::<Managers<false>>(context, request, caller)
    }
}

fn delete_group(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    if deployed::forced(request) {
        write::delete::<Groups<true>>(context, request, caller)
    } else {
        write::delete::<Groups<false>>(context, request, caller)
    }
}

fn delete_configuration(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    if deployed::forced(request) {
        write::delete::<Configurations<true>>(context, request, caller)
    } else {
        write::delete::<Configurations<false>>(context, request, caller)
    }
}
