//! Why a connectivity configuration does not connect what it should, and what wants attention.

use crate::checks::network_manager::az_rest;
use crate::outcome::{Cause, Heals, Owner};

const PUT: &str = az_rest!("put", "{configuration}", "{configuration-json}");
const GET: &str = az_rest!("get", "{configuration}");

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        id: "missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "there is no connectivity configuration {configuration}",
        fix: &[PUT],
        source: "API.md §1; specs/network/2024-01-01/networkManagerConnectivityConfiguration.json",
    },
    Cause {
        id: "provisioning-failed",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "creating or changing the connectivity configuration {configuration} failed",
        fix: &[GET, PUT],
        source: "API.md §1 (provisioningState)",
    },
    Cause {
        id: "not-provisioned",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "the connectivity configuration {configuration} is still being created, changed or deleted",
        fix: &[GET],
        source: "API.md §1 (provisioningState)",
    },
    Cause {
        id: "other-topology",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the connectivity configuration {configuration.name} has another topology; once it is changed it must be committed anew",
        fix: &[PUT],
        source: "PITFALLS A17, A21; virtual-network-manager/concept-connectivity-configuration.md",
    },
    Cause {
        id: "group-not-applied",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the connectivity configuration {configuration.name} is not applied to the network group that is meant; once it is, it must be committed anew",
        fix: &[
            "# if known: # it is applied to {other-groups} now, and stays so: where those networks must not share what it connects, make a configuration of its own instead",
            PUT,
        ],
        source: "API.md §1 (appliesToGroups)",
    },
    Cause {
        id: "other-hub",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the hub of the connectivity configuration {configuration.name} is not {hub}; once it is, it must be committed anew",
        fix: &[PUT],
        source: "API.md §1 (hubs)",
    },
    Cause {
        id: "hub-without-gateway",
        on: &[],
        owner: Owner::Of("gateway-hub"),
        heals: Heals::Never,
        says: "spokes are to use the hub {gateway-hub} as gateway, and it has none: their peerings do not come about; create a gateway, or unset useHubGateway",
        fix: &[
            "# GATEWAY_PREFIX: a free prefix of the hub, at least a /27, where it has no GatewaySubnet; GATEWAY_NAME and PUBLIC_IP: names of the new gateway and of its address",
            "# if known: az network vnet subnet create --subscription {subnetless-hub.subscription} --resource-group {subnetless-hub.group} --vnet-name {subnetless-hub.name} --name GatewaySubnet --address-prefixes \"$GATEWAY_PREFIX\"",
            "az network public-ip create --subscription {gateway-hub.subscription} --resource-group {gateway-hub.group} --name \"$PUBLIC_IP\" --sku Standard",
            "az network vnet-gateway create --subscription {gateway-hub.subscription} --resource-group {gateway-hub.group} --name \"$GATEWAY_NAME\" --vnet {gateway-hub} --public-ip-addresses \"$PUBLIC_IP\"",
            "# or, without a gateway; it must be committed anew:",
            concat!(
                "# ",
                az_rest!("put", "{configuration}", "{without-gateway-json}")
            ),
        ],
        source: "PITFALLS A20; virtual-network-manager/common-issues.md",
    },
    Cause {
        id: "not-global",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the connectivity configuration {configuration.name} connects within regions only, and its members lie in several; once that is enabled it must be committed anew",
        fix: &[PUT],
        source: "PITFALLS A15; virtual-network-manager/concept-connectivity-configuration.md",
    },
];

pub(super) const WARNINGS: &[Cause] = &[Cause {
    id: "deletes-peerings",
    on: &[],
    owner: Owner::Asked,
    heals: Heals::Never,
    says: "a commit of the connectivity configuration {configuration.name} deletes the peerings that its networks already have; whoever manages those elsewhere will see them vanish",
    fix: &[
        GET,
        "# so that the next commit leaves them; the configuration must be committed anew:",
        az_rest!("put", "{configuration}", "{keeping-json}"),
    ],
    source: "PITFALLS A22; terraform-provider-azurerm PR 20451",
}];
