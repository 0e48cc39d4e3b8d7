//! What a region has to offer to networks: delegations, service endpoints, types for private endpoints, service tags, quotas.
//!
//! The lists are short and honest: what the mock imitates, and of delegations those of the official examples. Shapes:
//! `privateEndpoint.json` and azure-rest-api-specs `network/…/2024-01-01` (`availableDelegations.json`, `endpointService.json`,
//! `serviceTags.json`, `usage.json`, `privateLinkService.json`), which are not at hand.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::auth::Caller;
use crate::context::Context;
use crate::fabric::addresses::front_door;
use crate::request::{Reply, Request};
use crate::services::arm::errors::{error, resource_group_not_found};
use crate::services::arm::locations::LOCATIONS;
use crate::services::arm::write::{body, fields};
use crate::services::arm::{built, page, provider, read, unbundled};
use crate::services::network_manager::{region, region_of};
use crate::services::{Operation, Service};

/// The service.
pub const SERVICE: Service = provider(
    "arm-network-regions",
    "what a region offers to networks",
    OPERATIONS,
);

/// Services to which subnets can be delegated: name, and what they may do there.
const DELEGATIONS: &[(&str, &str)] = &[
    (
        "Microsoft.ContainerInstance/containerGroups",
        "Microsoft.Network/virtualNetworks/subnets/action",
    ),
    (
        "Microsoft.Network/dnsResolvers",
        "Microsoft.Network/virtualNetworks/subnets/join/action",
    ),
    (
        "Microsoft.Web/serverFarms",
        "Microsoft.Network/virtualNetworks/subnets/action",
    ),
];
/// Services that have service endpoints (azure-docs, `virtual-network-service-endpoints-overview.md`), of those here.
const ENDPOINT_SERVICES: &[&str] = &[
    "Microsoft.ContainerRegistry",
    "Microsoft.KeyVault",
    "Microsoft.Storage",
    "Microsoft.Web",
];
/// Types that private endpoints connect to: name, provider and type, and name for people.
const ENDPOINT_TYPES: &[(&str, &str, &str)] = &[
    (
        "Microsoft.ContainerRegistry.registries",
        "Microsoft.ContainerRegistry/registries",
        "Azure Container Registry",
    ),
    (
        "Microsoft.KeyVault.vaults",
        "Microsoft.KeyVault/vaults",
        "Azure Key Vault",
    ),
    (
        "Microsoft.Storage.storageAccounts",
        "Microsoft.Storage/storageAccounts",
        "Azure Storage",
    ),
    (
        "Microsoft.Web.sites",
        "Microsoft.Web/sites",
        "Azure App Service",
    ),
];
/// Tag, and a host whose front door is in it.
const TAGS: &[(&str, &str)] = &[
    ("AppService", "x.azurewebsites.net"),
    ("AzureActiveDirectory", "login.microsoftonline.com"),
    ("AzureContainerRegistry", "x.azurecr.io"),
    ("AzureKeyVault", "x.vault.azure.net"),
    ("AzureResourceManager", "management.azure.com"),
    ("Storage", "x.blob.core.windows.net"),
];
/// Type, its name in usages, and most of it in a subscription and region (azure-docs, `azure-subscription-service-limits.md`).
const QUOTAS: &[(&str, &str, &str, u32)] = &[
    (
        "Microsoft.Network/virtualNetworks",
        "VirtualNetworks",
        "Virtual Networks",
        1000,
    ),
    (
        "Microsoft.Network/networkInterfaces",
        "NetworkInterfaces",
        "Network Interfaces",
        65536,
    ),
    (
        "Microsoft.Network/networkSecurityGroups",
        "NetworkSecurityGroups",
        "Network Security Groups",
        5000,
    ),
    (
        "Microsoft.Network/routeTables",
        "RouteTables",
        "Route Tables",
        200,
    ),
    (
        "Microsoft.Network/networkWatchers",
        "NetworkWatchers",
        "Network Watchers",
        1,
    ),
    (
        "Microsoft.Network/publicIPAddresses",
        "PublicIPAddresses",
        "Public IP Addresses",
        1000,
    ),
];

macro_rules! in_region {
    ($id:literal, $what:literal, $handler:path) => {
        unbundled(read(
            $id,
            concat!(
                "/subscriptions/{subscriptionId}/providers/Microsoft.Network/locations/{location}/",
                $what
            ),
            concat!("Microsoft.Network/locations/", $what, "/read"),
            "",
            $handler,
        ))
    };
}

macro_rules! in_group {
    ($id:literal, $what:literal, $handler:path) => {
        unbundled(read(
            $id,
            concat!("/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/locations/{location}/", $what),
            concat!("Microsoft.Network/locations/", $what, "/read"),
            "",
            $handler,
        ))
    };
}

const OPERATIONS: &[Operation] = &[
    in_region!("Usages_List", "usages", usages),
    in_region!(
        "AvailableServiceAliases_List",
        "availableServiceAliases",
        aliases
    ),
    in_region!(
        "AvailableDelegations_List",
        "availableDelegations",
        delegations
    ),
    in_group!(
        "AvailableResourceGroupDelegations_List",
        "availableDelegations",
        delegations
    ),
    in_region!(
        "AvailableEndpointServices_List",
        "virtualNetworkAvailableEndpointServices",
        endpoint_services
    ),
    in_region!(
        "AvailablePrivateEndpointTypes_List",
        "availablePrivateEndpointTypes",
        endpoint_types
    ),
    in_group!(
        "AvailablePrivateEndpointTypes_ListByResourceGroup",
        "availablePrivateEndpointTypes",
        endpoint_types
    ),
    in_region!("ServiceTags_List", "serviceTags", service_tags),
    in_region!(
        "PrivateLinkServices_ListAutoApprovedPrivateLinkServices",
        "autoApprovedPrivateLinkServices",
        approved
    ),
    unbundled(built(
        "PrivateLinkServices_CheckPrivateLinkServiceVisibility",
        Method::POST,
        "/subscriptions/{subscriptionId}/providers/Microsoft.Network/locations/{location}/checkPrivateLinkServiceVisibility",
        "Microsoft.Network/locations/checkPrivateLinkServiceVisibility/action",
        "",
        visibility,
    )),
    unbundled(built(
        "PrivateLinkServices_CheckPrivateLinkServiceVisibilityByResourceGroup",
        Method::POST,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/locations/{location}/checkPrivateLinkServiceVisibility",
        "Microsoft.Network/locations/checkPrivateLinkServiceVisibility/action",
        "",
        visibility,
    )),
];

/// A list of the region that the path names, and of the resource group if it names one.
fn answer(context: &Context, request: &Request, made: impl FnOnce(&str) -> Vec<Value>) -> Reply {
    match place(context, request) {
        Ok(place) => page::single(made(&place)),
        Err(refused) => refused,
    }
}

fn place(context: &Context, request: &Request) -> Result<String, Reply> {
    let group = request.parameter("resourceGroupName");
    let subscription = request.parameter("subscriptionId");
    let exists = || {
        context
            .state()
            .resource_group(subscription, group)
            .is_some()
    };
    if !group.is_empty() && !exists() {
        return Err(resource_group_not_found(group));
    }
    let asked = request.parameter("location");
    let wanted = region(asked);
    let known = LOCATIONS.iter().find(|it| it.name == wanted);
    known.map(|it| it.name.to_owned()).ok_or_else(|| {
        let message = format!("No registered resource provider found for location '{asked:.100}'.");
        error(
            StatusCode::BAD_REQUEST,
            "NoRegisteredProviderFound",
            &message,
        )
    })
}

/// None: they stand for services that are put into a network whole.
fn aliases(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    answer(context, request, |_| Vec::new())
}

fn usages(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let subscription = request.parameter("subscriptionId");
    answer(context, request, |place| {
        let state = context.state();
        let usage = |(kind, name, text, limit): &(&str, &str, &str, u32)| {
            let all = state.in_subscription(subscription, kind);
            json!({
                "id": format!("/subscriptions/{subscription}/providers/Microsoft.Network/locations/{place}/usages/{name}"),
                "unit": "Count",
                "currentValue": all.filter(|it| region_of(it) == place).count(),
                "limit": limit,
                "name": {"value": name, "localizedValue": text},
            })
        };
        QUOTAS.iter().map(usage).collect()
    })
}

fn delegations(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let subscription = request.parameter("subscriptionId");
    answer(context, request, |_| {
        let shown = |(service, action): &(&str, &str)| {
            let name = service.replace('/', ".");
            json!({
                "name": name,
                "id": format!("/subscriptions/{subscription}/providers/Microsoft.Network/availableDelegations/{name}"),
                "type": "Microsoft.Network/availableDelegations",
                "serviceName": service,
                "actions": [action],
            })
        };
        DELEGATIONS.iter().map(shown).collect()
    })
}

fn endpoint_services(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let subscription = request.parameter("subscriptionId");
    answer(context, request, |_| {
        let shown = |name: &&str| {
            json!({
                "name": name,
                "id": format!("/subscriptions/{subscription}/providers/Microsoft.Network/virtualNetworkEndpointServices/{name}"),
                "type": "Microsoft.Network/virtualNetworkEndpointServices",
            })
        };
        ENDPOINT_SERVICES.iter().map(shown).collect()
    })
}

fn endpoint_types(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let subscription = request.parameter("subscriptionId");
    answer(context, request, |_| {
        let shown = |(name, resource, text): &(&str, &str, &str)| {
            json!({
                "name": name,
                "id": format!("/subscriptions/{subscription}/providers/Microsoft.Network/AvailablePrivateEndpointTypes/{name}"),
                "type": "Microsoft.Network/AvailablePrivateEndpointTypes",
                "resourceName": resource,
                "displayName": text,
            })
        };
        ENDPOINT_TYPES.iter().map(shown).collect()
    })
}

fn service_tags(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    if let Err(refused) = place(context, request) {
        return refused;
    }
    let subscription = request.parameter("subscriptionId");
    let values = TAGS.iter().filter_map(|(tag, host)| {
        let address = front_door(host)?;
        Some(json!({
            "name": tag,
            "id": tag,
            "serviceTagChangeNumber": "1",
            "properties": {
                "changeNumber": "1",
                "region": "",
                "state": "GA",
                "networkFeatures": ["API", "NSG", "UDR", "FW"],
                "systemService": tag,
                "addressPrefixes": [format!("{address}/32")],
            },
        }))
    });
    Reply::ok(&json!({
        "name": "Public",
        "id": format!("/subscriptions/{subscription}/providers/Microsoft.Network/serviceTags/Public"),
        "type": "Microsoft.Network/serviceTags",
        "changeNumber": "1",
        "cloud": "Public",
        "values": values.collect::<Vec<_>>(),
    }))
}

fn approved(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    answer(context, request, |_| Vec::new())
}

/// There are no private link services, so none can be seen.
fn visibility(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || -> Result<Reply, Reply> {
        place(context, request)?;
        let given = body::object(request)?;
        fields::required_text(&given, "/privateLinkServiceAlias")?;
        Ok(Reply::ok(&json!({"visible": false})))
    };
    answer().unwrap_or_else(|refused| refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::arm::tests::{HOME_SUBSCRIPTION, arm};
    use crate::services::private_endpoint::groups::group_ids;
    use crate::services::testing::example;

    #[test]
    fn a_region_says_what_it_has_and_an_unknown_one_is_refused() {
        let context = example();
        let locations = format!("{HOME_SUBSCRIPTION}/providers/Microsoft.Network/locations");
        for (what, found) in [
            ("usages", QUOTAS.len()),
            ("availableDelegations", DELEGATIONS.len()),
            (
                "virtualNetworkAvailableEndpointServices",
                ENDPOINT_SERVICES.len(),
            ),
            ("availablePrivateEndpointTypes", ENDPOINT_TYPES.len()),
            ("autoApprovedPrivateLinkServices", 0),
        ] {
            let body = arm(&context, &format!("{locations}/japaneast/{what}")).ok();
            assert_eq!(
                body["value"].as_array().map(Vec::len),
                Some(found),
                "{what}"
            );
            let (status, _) = arm(&context, &format!("{locations}/nowhere/{what}")).json();
            assert_eq!(status, 400, "{what}");
        }
        let usages = arm(&context, &format!("{locations}/japaneast/usages")).ok();
        let networks = &usages["value"][0];
        assert_eq!(networks["name"]["value"], "VirtualNetworks");
        assert!(networks["currentValue"].as_u64() > Some(0), "{networks}");
        let tags = arm(&context, &format!("{locations}/japaneast/serviceTags")).ok();
        assert_eq!(tags["values"].as_array().map(Vec::len), Some(TAGS.len()));
    }

    #[test]
    fn private_endpoints_connect_to_what_is_told() {
        for (_, kind, _) in ENDPOINT_TYPES {
            assert!(group_ids(kind).next().is_some(), "{kind}");
        }
    }
}
