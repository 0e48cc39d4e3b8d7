//! Network managers. Source: `specs/network/2024-01-01/networkManager*.json` and, for names of later versions,
//! `specs/network-types-2025-07-01.md`.

use super::{Type, row};

pub(super) const TYPES: &[Type] = &[
    row(
        "Microsoft.Network/networkManagers",
        &[
            (
                "",
                "description networkManagerScopeAccesses networkManagerScopes provisioningState resourceGuid",
            ),
            (
                "networkManagerScopes",
                "crossTenantScopes managementGroups subscriptions",
            ),
        ],
    ),
    row(
        "Microsoft.Network/networkManagers/scopeConnections",
        &[("", "connectionState description resourceId tenantId")],
    ),
    row(
        "Microsoft.Network/networkManagerConnections",
        &[("", "connectionState description networkManagerId")],
    ),
    row(
        "Microsoft.Network/networkManagers/networkGroups",
        &[("", "description memberType provisioningState resourceGuid")],
    ),
    row(
        "Microsoft.Network/networkManagers/networkGroups/staticMembers",
        &[("", "provisioningState region resourceId")],
    ),
    row(
        "Microsoft.Network/networkManagers/connectivityConfigurations",
        &[
            (
                "",
                "appliesToGroups connectivityCapabilities connectivityTopology deleteExistingPeering description hubs \
                 isGlobal provisioningState resourceGuid",
            ),
            (
                "appliesToGroups[]",
                "groupConnectivity isGlobal networkGroupId useHubGateway",
            ),
            ("hubs[]", "resourceId resourceType"),
            (
                "connectivityCapabilities",
                "connectedGroupAddressOverlap connectedGroupPrivateEndpointsScale peeringEnforcement",
            ),
        ],
    ),
];
