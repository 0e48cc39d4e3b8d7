//! Why the packets of a network interface do not reach another network.

use crate::checks::network_manager::az_rest;
use crate::checks::networks;
use crate::outcome::{Cause, Heals, Owner};

const SHOW: &str =
    "az network nic show-effective-route-table --ids {network-interface} --output table";
const LIST_PEERINGS: &str = "az network vnet peering list --subscription {subnet.subscription} --resource-group {subnet.group} --vnet-name {subnet.parent.name} --output table";
const SHOW_TABLE: &str = "az network vnet subnet show --ids {subnet} --query routeTable.id";
const HARM: &str =
    "# what else the route is for, the inspection by a firewall above all, stops with it:";
const DELETE_ROUTE: &str = "az network route-table route delete --ids {own-route}";
const OR_FIND_IT: &str = "# otherwise: az network route-table list --subscription {subnet.subscription} --query \"[].routes[].[id, addressPrefix, nextHopType]\"";

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        id: "missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "there is no network interface {network-interface}",
        fix: &[
            "az network nic list --subscription {network-interface.subscription} --output table",
        ],
        source: "API.md §3; specs/network/2024-01-01/networkInterface.json",
    },
    Cause {
        id: "network-missing",
        ..networks::MISSING
    },
    Cause {
        id: "subscription-elsewhere",
        ..networks::SUBSCRIPTION_ELSEWHERE
    },
    Cause {
        id: "not-attached",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the network interface {network-interface} belongs to no machine, so no routes are in effect for it",
        fix: &[
            "# MACHINE: the machine of the same subscription and resource group that it is meant for, deallocated",
            "az vm nic add --subscription {network-interface.subscription} --resource-group {network-interface.group} --vm-name \"$MACHINE\" --nics {network-interface.name}",
        ],
        source: "PITFALLS D18; virtual-network/diagnose-network-routing-problem.md",
    },
    Cause {
        id: "machine-not-running",
        on: &[],
        owner: Owner::Of("machine"),
        heals: Heals::Never,
        says: "the machine {machine} does not run, and Azure tells the effective routes of running machines only",
        fix: &["az vm start --ids {machine}"],
        source: "PITFALLS D18; virtual-network/diagnose-network-routing-problem.md; cloud-custodian #3694",
    },
    Cause {
        id: "no-route",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(20),
        says: "no route of {network-interface} leads to {prefix}: nothing joins its network with that one, or it was joined just now, which may take up to 20 minutes",
        fix: &[
            SHOW,
            LIST_PEERINGS,
            az_rest!(
                "post",
                "{network-of-subnet}/listNetworkManagerEffectiveConnectivityConfigurations",
                "{empty-json}"
            ),
        ],
        source: "PITFALLS A10, A13, A15; virtual-network-manager/common-issues.md",
    },
    Cause {
        id: "own-route-wins",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the route {route} of the subnet's own table sends packets for {prefix} elsewhere: it comes before peerings and connected groups",
        fix: &[
            SHOW,
            SHOW_TABLE,
            "# where that is meant: name the address in `appliance` of the link",
            HARM,
            DELETE_ROUTE,
            OR_FIND_IT,
        ],
        source: "PITFALLS A19; virtual-network/virtual-networks-udr-overview.md",
    },
    Cause {
        id: "own-route-drops",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the route {route} of the subnet's own table drops packets for {prefix}",
        fix: &[SHOW, SHOW_TABLE, DELETE_ROUTE, OR_FIND_IT],
        source: "PITFALLS A19; virtual-network/virtual-networks-udr-overview.md (None)",
    },
    Cause {
        id: "gateway-route-wins",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "a route that a gateway learned sends packets for {prefix} there: somebody at its other end announces these addresses",
        fix: &[SHOW, LIST_PEERINGS],
        source: "PITFALLS A21; virtual-network/virtual-networks-udr-overview.md",
    },
    Cause {
        id: "own-addresses-overlap",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the network of {network-interface} has addresses of {prefix} itself: packets for them never leave it",
        fix: &[
            SHOW,
            "az network vnet show --subscription {subnet.subscription} --resource-group {subnet.group} --name {subnet.parent.name} --query addressSpace.addressPrefixes",
        ],
        source: "PITFALLS A16; virtual-network-manager/concept-limitations.md",
    },
    Cause {
        id: "other-way",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "packets for {prefix} arrive by something else than the scenario says in `by`",
        fix: &[SHOW, LIST_PEERINGS],
        source: "API.md §3 (next hops); virtual-network-manager/concept-connectivity-configuration.md",
    },
];
