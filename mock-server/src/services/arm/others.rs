//! Types of which the mock makes none, and that clients list beside those that it has: the list is empty unless the world
//! gives some, which are shown as they were given.
//!
//! Paths and rights are those of azure-rest-api-specs (`network`, `compute`, `web`, `resources`, `authorization`, `features`),
//! whose files are not at hand. Missing on purpose: writes; the policies and features that every subscription of Azure has.

use http::Method;

use super::{
    associated, built, catalogues, found, machines, not_built, page, provider, read, shape,
    simplified, unbundled,
};
use crate::auth::{Audience, Caller};
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::{Access, Operation, Service};

/// The service.
pub const SERVICE: Service = provider(
    "arm-others",
    "lists of types that the mock makes none of, what is asked before something is made",
    OPERATIONS,
);

/// All of a subscription.
macro_rules! all {
    ($id:literal, $kind:literal) => {
        listed(
            concat!($id, "_ListAll"),
            concat!("/subscriptions/{subscriptionId}/providers/", $kind),
            concat!($kind, "/read"),
        )
    };
}

/// Those of a resource group.
macro_rules! group {
    ($id:literal, $kind:literal) => {
        listed(
            concat!($id, "_List"),
            concat!(
                "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/",
                $kind
            ),
            concat!($kind, "/read"),
        )
    };
}

/// One of them.
macro_rules! one {
    ($id:literal, $kind:literal) => {
        unbundled(read(
            concat!($id, "_Get"),
            concat!(
                "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/",
                $kind,
                "/{resourceName}"
            ),
            concat!($kind, "/read"),
            "",
            get,
        ))
    };
}

const OPERATIONS: &[Operation] = &[
    // -- network --
    all!(
        "ApplicationGateways",
        "Microsoft.Network/applicationGateways"
    ),
    group!(
        "ApplicationGateways",
        "Microsoft.Network/applicationGateways"
    ),
    all!("AzureFirewalls", "Microsoft.Network/azureFirewalls"),
    group!("AzureFirewalls", "Microsoft.Network/azureFirewalls"),
    all!("BastionHosts", "Microsoft.Network/bastionHosts"),
    group!("BastionHosts", "Microsoft.Network/bastionHosts"),
    all!(
        "DdosProtectionPlans",
        "Microsoft.Network/ddosProtectionPlans"
    ),
    group!(
        "DdosProtectionPlans",
        "Microsoft.Network/ddosProtectionPlans"
    ),
    all!("Zones", "Microsoft.Network/dnsZones"),
    group!("Zones", "Microsoft.Network/dnsZones"),
    all!("DnsResolvers", "Microsoft.Network/dnsResolvers"),
    group!("DnsResolvers", "Microsoft.Network/dnsResolvers"),
    all!("VirtualWans", "Microsoft.Network/virtualWans"),
    all!("VirtualHubs", "Microsoft.Network/virtualHubs"),
    all!("NatGateways", "Microsoft.Network/natGateways"),
    group!("NatGateways", "Microsoft.Network/natGateways"),
    one!("NatGateways", "Microsoft.Network/natGateways"),
    all!("LoadBalancers", "Microsoft.Network/loadBalancers"),
    group!("LoadBalancers", "Microsoft.Network/loadBalancers"),
    one!("LoadBalancers", "Microsoft.Network/loadBalancers"),
    all!(
        "PrivateLinkServices",
        "Microsoft.Network/privateLinkServices"
    ),
    group!(
        "PrivateLinkServices",
        "Microsoft.Network/privateLinkServices"
    ),
    one!(
        "PrivateLinkServices",
        "Microsoft.Network/privateLinkServices"
    ),
    group!(
        "VirtualNetworkGateways",
        "Microsoft.Network/virtualNetworkGateways"
    ),
    one!(
        "VirtualNetworkGateways",
        "Microsoft.Network/virtualNetworkGateways"
    ),
    all!(
        "ServiceEndpointPolicies",
        "Microsoft.Network/serviceEndpointPolicies"
    ),
    group!(
        "ServiceEndpointPolicies",
        "Microsoft.Network/serviceEndpointPolicies"
    ),
    // -- machines and plans --
    all!("VirtualMachines", "Microsoft.Compute/virtualMachines"),
    group!("VirtualMachines", "Microsoft.Compute/virtualMachines"),
    one!("VirtualMachines", "Microsoft.Compute/virtualMachines"),
    unbundled(read(
        "VirtualMachines_InstanceView",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachines/{resourceName}/instanceView",
        "Microsoft.Compute/virtualMachines/instanceView/read",
        "",
        machines::instance_view,
    )),
    unbundled(read(
        "VirtualMachineExtensions_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachines/{resourceName}/extensions",
        "Microsoft.Compute/virtualMachines/extensions/read",
        "",
        machines::extensions,
    )),
    all!("AppServicePlans", "Microsoft.Web/serverfarms"),
    group!("AppServicePlans", "Microsoft.Web/serverfarms"),
    one!("AppServicePlans", "Microsoft.Web/serverfarms"),
    // -- before something is made --
    unbundled(read(
        "Skus_List",
        "/subscriptions/{subscriptionId}/providers/Microsoft.Storage/skus",
        "Microsoft.Storage/skus/read",
        "",
        catalogues::storage_skus,
    )),
    unbundled(read(
        "ListGeoRegions",
        "/subscriptions/{subscriptionId}/providers/Microsoft.Web/geoRegions",
        "Microsoft.Web/geoRegions/read",
        "",
        catalogues::geo_regions,
    )),
    unbundled(simplified(
        built(
            "Subscriptions_CheckZonePeers",
            Method::POST,
            "/subscriptions/{subscriptionId}/providers/Microsoft.Resources/checkZonePeers",
            "Microsoft.Resources/checkZonePeers/action",
            "",
            catalogues::zone_peers,
        ),
        "no region has availability zones",
    )),
    Operation {
        id: "CheckNameAvailability",
        method: Method::POST,
        path: "/providers/Microsoft.Management/checkNameAvailability",
        access: Access::Bearer(Audience::Arm),
        spec: None,
        simplified: "",
        handler: Some(catalogues::group_name),
    },
    // -- identities --
    unbundled(built(
        "UserAssignedIdentities_ListAssociatedResources",
        Method::POST,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}/listAssociatedResources",
        "Microsoft.ManagedIdentity/userAssignedIdentities/listAssociatedResources/action",
        "",
        associated::list,
    )),
    // -- what governs a subscription --
    all!("Deployments", "Microsoft.Resources/deployments"),
    group!("Deployments", "Microsoft.Resources/deployments"),
    one!("Deployments", "Microsoft.Resources/deployments"),
    all!(
        "PolicyAssignments",
        "Microsoft.Authorization/policyAssignments"
    ),
    group!(
        "PolicyAssignments",
        "Microsoft.Authorization/policyAssignments"
    ),
    simplified(
        all!(
            "PolicyDefinitions",
            "Microsoft.Authorization/policyDefinitions"
        ),
        "without those that are built in",
    ),
    simplified(
        all!(
            "PolicySetDefinitions",
            "Microsoft.Authorization/policySetDefinitions"
        ),
        "without those that are built in",
    ),
    simplified(
        all!("Features", "Microsoft.Features/features"),
        "nothing is in preview",
    ),
    simplified(
        listed(
            "Features_List",
            "/subscriptions/{subscriptionId}/providers/Microsoft.Features/providers/{resourceProviderNamespace}/features",
            "Microsoft.Features/providers/features/read",
        ),
        "nothing is in preview",
    ),
    all!(
        "ClassicAdministrators",
        "Microsoft.Authorization/classicAdministrators"
    ),
    simplified(
        listed(
            "DiagnosticSettings_List",
            "/{scope*}/providers/Microsoft.Insights/diagnosticSettings",
            "Microsoft.Insights/diagnosticSettings/read",
        ),
        "nothing is sent anywhere",
    ),
    simplified(
        listed(
            "ActivityLogs_List",
            "/subscriptions/{subscriptionId}/providers/Microsoft.Insights/eventtypes/management/values",
            "Microsoft.Insights/eventtypes/values/read",
        ),
        "no log is kept; `xtenant mock received` tells what was asked",
    ),
    // -- parts of registries, accounts and apps --
    all!("DeletedAccounts", "Microsoft.Storage/deletedAccounts"),
    all!("Certificates", "Microsoft.Web/certificates"),
    group!("Certificates", "Microsoft.Web/certificates"),
    // -- what changes much at once --
    unbundled(not_built(
        "Resources_MoveResources",
        Method::POST,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/moveResources",
        "Microsoft.Resources/subscriptions/resourceGroups/moveResources/action",
        "",
    )),
    unbundled(not_built(
        "Resources_ValidateMoveResources",
        Method::POST,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/validateMoveResources",
        "Microsoft.Resources/subscriptions/resourceGroups/validateMoveResources/action",
        "",
    )),
    unbundled(not_built(
        "Deployments_CreateOrUpdate",
        Method::PUT,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Resources/deployments/{deploymentName}",
        "Microsoft.Resources/deployments/write",
        "",
    )),
    unbundled(not_built(
        "Deployments_Validate",
        Method::POST,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Resources/deployments/{deploymentName}/validate",
        "Microsoft.Resources/deployments/validate/action",
        "",
    )),
    unbundled(not_built(
        "Deployments_WhatIf",
        Method::POST,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Resources/deployments/{deploymentName}/whatIf",
        "Microsoft.Resources/deployments/whatIf/action",
        "",
    )),
];

const fn listed(id: &'static str, path: &'static str, action: &'static str) -> Operation {
    unbundled(read(id, path, action, "", list))
}

fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let (_, kind) = request
        .path
        .rsplit_once("/providers/")
        .unwrap_or(("", &request.path));
    match found::listed(&state, request, kind) {
        Ok(all) => page::of(request, all.into_iter(), shape::resource),
        Err(missing) => missing,
    }
}

fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::resource(&state, request).map_or_else(
        |missing| missing,
        |given| Reply::ok(&shape::resource(given)),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{HOME_SUBSCRIPTION, arm};
    use crate::services::testing::example;

    #[test]
    fn what_there_is_none_of_is_an_empty_list_and_a_404() {
        let context = example();
        let group = format!("{HOME_SUBSCRIPTION}/resourceGroups/app");
        for path in [
            format!("{HOME_SUBSCRIPTION}/providers/Microsoft.Network/natGateways"),
            format!("{HOME_SUBSCRIPTION}/providers/Microsoft.Authorization/policyAssignments"),
            format!("{group}/providers/Microsoft.Network/publicIPAddresses"),
            format!("{group}/providers/Microsoft.Resources/deployments/"),
        ] {
            assert_eq!(arm(&context, &path).ok(), json!({"value": []}), "{path}");
        }
        let one = format!("{group}/providers/Microsoft.Network/publicIPAddresses/x");
        let (status, body) = arm(&context, &one).json();
        assert_eq!(
            (status, &body["error"]["code"]),
            (404, &json!("ResourceNotFound"))
        );
        let nowhere = format!(
            "{HOME_SUBSCRIPTION}/resourceGroups/no/providers/Microsoft.Compute/virtualMachines"
        );
        let (status, body) = arm(&context, &nowhere).json();
        assert_eq!(
            (status, &body["error"]["code"]),
            (404, &json!("ResourceGroupNotFound"))
        );
    }
}
