//! Why two virtual networks are not peered as they should be.

use crate::checks::networks;
use crate::outcome::{Cause, Heals, Owner};

/// Whoever makes a peering needs a right at the other network, too (PITFALLS A09).
const BOTH_TENANTS: &str = "# whoever types this needs the right to peer (Network Contributor) at both networks: across tenants a guest, or an application with a service principal in each";
/// The direction that is lacking.
const CREATE: &str = "az network vnet peering create --subscription {network.subscription} --resource-group {network.group} --vnet-name {network.name} --name {peering-name} --remote-vnet {remote-network} --allow-vnet-access true --allow-forwarded-traffic {forwarded} --allow-gateway-transit {offers-gateway} --use-remote-gateways {uses-gateway}";
/// The direction that was left over.
const CREATE_OWN: &str = "az network vnet peering create --subscription {own-network.subscription} --resource-group {own-network.group} --vnet-name {own-network.name} --name {peering.name} --remote-vnet {network} --allow-vnet-access true --allow-forwarded-traffic {forwarded} --allow-gateway-transit {own-offers-gateway} --use-remote-gateways {own-uses-gateway}";
const LIST: &str = "az network vnet peering list --subscription {network.subscription} --resource-group {network.group} --vnet-name {network.name} --output table";
const SHOW: &str = "az network vnet peering show --ids {peering}";
const DELETE: &str = "az network vnet peering delete --ids {peering}";

/// A flag of a peering that is to be set.
macro_rules! set {
    ($flag:literal) => {
        concat!(
            "az network vnet peering update --ids {peering} --set ",
            $flag,
            "=true"
        )
    };
}

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        id: "missing",
        ..networks::MISSING
    },
    Cause {
        id: "subscription-elsewhere",
        ..networks::SUBSCRIPTION_ELSEWHERE
    },
    Cause {
        id: "no-peering",
        on: &[],
        owner: Owner::Of("network"),
        heals: Heals::Never,
        says: "{network} has no peering with {remote-network}; each network needs one of its own",
        fix: &[LIST, BOTH_TENANTS, CREATE],
        source: "API.md §3; virtual-network/create-peering-different-subscriptions.md",
    },
    Cause {
        id: "names-another-network",
        on: &[],
        owner: Owner::Of("network"),
        heals: Heals::Never,
        says: "the peering {peering} leads to {leads-to}, another network of the same name; where a peering leads cannot be changed",
        fix: &[
            BOTH_TENANTS,
            CREATE,
            "# where both networks have the same addresses, the old one must go first; whoever uses it loses that connection:",
            concat!("# ", "az network vnet peering delete --ids {peering}"),
        ],
        source: "API.md §3; ChangingRemoteVirtualNetworkNotAllowed: terraform-provider-azurerm #14051",
    },
    Cause {
        id: "initiated",
        on: &[],
        owner: Owner::Of("network"),
        heals: Heals::Never,
        says: "the peering {peering} waits for one of {network} that points back",
        fix: &[BOTH_TENANTS, CREATE],
        source: "API.md §3; virtual-network/create-peering-different-subscriptions.md",
    },
    Cause {
        id: "disconnected",
        on: &[],
        owner: Owner::Of("peering"),
        heals: Heals::Never,
        says: "the peering {peering} is disconnected: {network} had one that pointed back, and deleted it; a new one is refused until this one is made anew",
        fix: &[DELETE, BOTH_TENANTS, CREATE_OWN, CREATE],
        source: "API.md §3; terraform-provider-azurerm #14051; virtual-network/virtual-network-troubleshoot-peering-issues.md",
    },
    Cause {
        id: "provisioning-failed",
        on: &[],
        owner: Owner::Of("peering"),
        heals: Heals::Never,
        says: "the last change to the peering {peering} failed; writing it again says why, or mends it",
        fix: &[SHOW, "az network vnet peering sync --ids {peering}"],
        source: "specs/network/2024-01-01/virtualNetwork.json (provisioningState)",
    },
    Cause {
        id: "updating",
        on: &[],
        owner: Owner::Of("peering"),
        heals: Heals::minutes(10),
        says: "the peering {peering} is still being made or changed",
        fix: &[SHOW],
        source: "specs/network/2024-01-01/virtualNetwork.json (provisioningState)",
    },
    Cause {
        id: "unknown-state",
        on: &[],
        owner: Owner::Of("peering"),
        heals: Heals::Never,
        says: "the peering {peering} is in a state that is not known here",
        fix: &[SHOW],
        source: "specs/network/2024-01-01/virtualNetwork.json (peeringState)",
    },
    Cause {
        id: "access-refused",
        on: &[],
        owner: Owner::Of("peering"),
        heals: Heals::Never,
        says: "the peering {peering} keeps the traffic of the two networks apart",
        fix: &[set!("allowVirtualNetworkAccess")],
        source: "specs/network/2024-01-01/virtualNetwork.json (allowVirtualNetworkAccess); virtual-network/virtual-network-manage-peering.md",
    },
    Cause {
        id: "not-in-sync",
        on: &[],
        owner: Owner::Of("of-network"),
        heals: Heals::Never,
        says: "the address space of a network changed, and a peering of {of-network} still has the old one: what was added is not reached",
        fix: &[
            "az network vnet peering sync --ids {out-of-step}",
            "# otherwise: az network vnet peering list --subscription {of-network.subscription} --resource-group {of-network.group} --vnet-name {of-network.name} --query \"[].[id, peeringSyncLevel]\"",
            "# otherwise: # PEERING_ID: the one that is LocalNotInSync",
            "# otherwise: az network vnet peering sync --ids \"$PEERING_ID\"",
        ],
        source: "API.md §3; virtual-network/update-virtual-network-peering-address-space.md; ansible-collections/azure PR 1025",
    },
    Cause {
        id: "forwarded-traffic-refused",
        on: &[],
        owner: Owner::Of("peering"),
        heals: Heals::Never,
        says: "the peering {peering} takes no traffic that something in the other network forwards, such as a firewall",
        fix: &[set!("allowForwardedTraffic")],
        source: "specs/network/2024-01-01/virtualNetwork.json (allowForwardedTraffic)",
    },
    Cause {
        id: "gateway-transit-refused",
        on: &[],
        owner: Owner::Of("peering"),
        heals: Heals::Never,
        says: "the peering {peering} does not let the other network use its gateway",
        fix: &[set!("allowGatewayTransit")],
        source: "specs/network/2024-01-01/virtualNetwork.json (allowGatewayTransit)",
    },
    Cause {
        id: "remote-gateway-unused",
        on: &[],
        owner: Owner::Of("peering"),
        heals: Heals::Never,
        says: "the peering {peering} does not use the gateway of the other network",
        fix: &[
            "# refused while the network has a gateway of its own, or uses another network's by another peering",
            set!("useRemoteGateways"),
        ],
        source: "specs/network/2024-01-01/virtualNetwork.json (useRemoteGateways)",
    },
];
