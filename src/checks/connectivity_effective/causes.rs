//! Why a connectivity configuration does not act on a network, and what wants attention.

use crate::checks::network_manager::az_rest;
use crate::outcome::{Cause, Heals, Owner};

const EFFECTIVE: &str = az_rest!(
    "post",
    "{virtual-network}/listNetworkManagerEffectiveConnectivityConfigurations",
    "{empty-json}"
);
/// Takes the network out of a group of another mesh; what only that mesh reaches is not reached any more.
const LEAVE: &str = concat!(
    "# if known: # where the network does not belong in {other-group}: az rest --method delete --url \"$(",
    az_rest!("get", "{other-group}/staticMembers"),
    " --query {member-query} --output tsv)\" --url-parameters api-version=2024-01-01"
);
const MANAGER: &str = az_rest!("get", "{network-manager}");

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        id: "missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "there is no virtual network {virtual-network}",
        fix: &["az network vnet list --subscription {virtual-network.subscription} --output table"],
        source: "API.md §3; specs/network/2024-01-01/virtualNetwork.json",
    },
    Cause {
        id: "out-of-scope",
        on: &[],
        owner: Owner::Of("network-manager"),
        heals: Heals::Never,
        says: "{virtual-network} lies outside of the scope of {network-manager}: it gets nothing, even as a member of a network group",
        fix: &[
            MANAGER,
            az_rest!("get", "{network-manager}/scopeConnections"),
            concat!(
                "# if known: ",
                az_rest!("put", "{network-manager}", "{manager-json}")
            ),
            concat!(
                "# if known: ",
                az_rest!(
                    "put",
                    "{network-manager}/scopeConnections/{offer-name}",
                    "{offer-json}"
                )
            ),
        ],
        source: "PITFALLS A23; virtual-network-manager/faq.md",
    },
    Cause {
        id: "other-configuration",
        on: &[],
        owner: Owner::Of("effective"),
        heals: Heals::Never,
        says: "other configurations are effective on {virtual-network}, and this one is not: where two managers say something, the higher one wins",
        fix: &[az_rest!("get", "{effective}"), EFFECTIVE],
        source: "PITFALLS A27; virtual-network-manager/concept-network-manager-scope.md",
    },
    Cause {
        id: "hub-not-peered",
        on: &[],
        owner: Owner::Of("network-manager"),
        heals: Heals::minutes(20),
        says: "{virtual-network} has no connected peering with a hub of the configuration ({hubs}): the hub's region lacks the commit or still applies it, or spokes are to use a gateway that the hub does not have",
        fix: &[
            "az network vnet peering list --subscription {virtual-network.subscription} --resource-group {virtual-network.group} --vnet-name {virtual-network.name} --output table",
            az_rest!("get", "{configuration}"),
        ],
        source: "PITFALLS A20; virtual-network-manager/common-issues.md, concept-connectivity-configuration.md",
    },
    Cause {
        id: "too-many-connected-groups",
        on: &[],
        owner: Owner::Of("effective"),
        heals: Heals::Never,
        says: "{virtual-network} is in as many connected groups as a network can be, and this mesh is none of them: take it out of a group of another mesh",
        fix: &[EFFECTIVE, az_rest!("get", "{effective}"), LEAVE],
        source: "PITFALLS A25; virtual-network-manager/concept-limitations.md",
    },
    Cause {
        id: "not-effective",
        on: &[],
        owner: Owner::Of("network-manager"),
        heals: Heals::minutes(20),
        says: "no configuration is effective on {virtual-network}: it is no member of a group that a deployed configuration applies to, or the change is still being applied, which may take up to 20 minutes",
        fix: &[EFFECTIVE],
        source: "PITFALLS A13, A17; virtual-network-manager/common-issues.md, concept-deployments.md",
    },
];

pub(super) const WARNINGS: &[Cause] = &[
    Cause {
        id: "many-connected-groups",
        on: &[],
        owner: Owner::Of("configuration"),
        heals: Heals::Never,
        says: "{virtual-network} is meant to be in more connected groups than a network can be: in some of them it is not reached",
        fix: &[EFFECTIVE, LEAVE],
        source: "PITFALLS A25; virtual-network-manager/concept-limitations.md",
    },
    Cause {
        id: "several-managers",
        on: &[],
        owner: Owner::Of("other-manager"),
        heals: Heals::Never,
        says: "configurations of another network manager, {other-manager}, are effective on {virtual-network}, too; where they contradict, the manager with the higher scope wins",
        fix: &[az_rest!("get", "{other-manager}"), EFFECTIVE, LEAVE],
        source: "PITFALLS A27; virtual-network-manager/concept-network-manager-scope.md",
    },
];
