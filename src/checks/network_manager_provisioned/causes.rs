//! Why a network manager cannot do its work.

use crate::checks::network_manager::az_rest;
use crate::outcome::{Cause, Heals, Owner};

const PUT: &str = az_rest!("put", "{network-manager}", "{manager-json}");
const GET: &str = az_rest!("get", "{network-manager}");
const CONNECTIONS: &str = az_rest!("get", "{network-manager}/scopeConnections");

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        id: "missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "there is no network manager {network-manager}",
        fix: &[
            "az resource list --subscription {network-manager.subscription} --resource-type Microsoft.Network/networkManagers --output table",
            "# LOCATION: the region that the network manager is kept in, such as japaneast; its members may be anywhere",
            "az resource create --id {network-manager} --api-version 2024-01-01 --location \"$LOCATION\" --properties {properties-json}",
        ],
        source: "API.md §1; specs/network/2024-01-01/networkManager.json",
    },
    Cause {
        id: "subscription-elsewhere",
        on: &["InvalidAuthenticationTokenTenant", "SubscriptionNotFound"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the subscription of {network-manager} does not belong to the tenant asked; moving a manager's subscription to another tenant loses its cross-tenant members",
        fix: &["az account show --subscription {network-manager.subscription} --query tenantId"],
        source: "PITFALLS A28; virtual-network-manager/faq.md, concept-limitations.md",
    },
    Cause {
        id: "provisioning-failed",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "creating or changing the network manager {network-manager} failed",
        fix: &[GET, PUT],
        source: "API.md §1 (provisioningState)",
    },
    Cause {
        id: "not-provisioned",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "the network manager {network-manager} is still being created or changed",
        fix: &[GET],
        source: "API.md §1 (provisioningState)",
    },
    Cause {
        id: "being-deleted",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the network manager {network-manager} is being deleted: waiting ends in there being none",
        fix: &[GET],
        source: "API.md §1 (provisioningState)",
    },
    Cause {
        id: "connectivity-not-allowed",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the network manager {network-manager} may not connect networks: its scope accesses lack Connectivity",
        fix: &[PUT],
        source: "PITFALLS A24; virtual-network-manager/concept-network-manager-scope.md",
    },
    Cause {
        id: "scope-too-narrow",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{not-covered} is not in the scope of the network manager {network-manager}: its networks get nothing",
        fix: &[PUT],
        source: "PITFALLS A23; virtual-network-manager/faq.md",
    },
    Cause {
        id: "cross-tenant-scope-missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the network manager {network-manager} does not hold {other-scope} of the tenant {other-tenant}, and has no scope connection that asks for exactly that",
        fix: &[
            CONNECTIONS,
            az_rest!(
                "put",
                "{network-manager}/scopeConnections/{offer-name}",
                "{offer-json}"
            ),
        ],
        source: "PITFALLS A01, A23; API.md §1 (crossTenantScopes)",
    },
    Cause {
        id: "cross-tenant-scope-not-connected",
        on: &[],
        owner: Owner::Tenant("other-tenant"),
        heals: Heals::Never,
        says: "the network manager {network-manager} does not hold {other-scope} of the tenant {other-tenant}: its scope connection {scope-connection} is not Connected, since the other tenant's half is missing or in conflict",
        fix: &[
            CONNECTIONS,
            az_rest!(
                "get",
                "{other-scope}/providers/Microsoft.Network/networkManagerConnections"
            ),
            concat!(
                "# if known: ",
                az_rest!(
                    "put",
                    "{other-scope}/providers/Microsoft.Network/networkManagerConnections/{agreement-name}",
                    "{agreement-json}"
                )
            ),
        ],
        source: "PITFALLS A01, A02, A07; virtual-network-manager/concept-cross-tenant.md",
    },
];
