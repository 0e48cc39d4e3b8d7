//! What checks that look at several virtual networks say of one that they cannot look at.

use crate::outcome::{Cause, Heals, Owner};

/// There is no such network; the reason holds it as `network`.
pub(super) const MISSING: Cause = Cause {
    id: "missing",
    on: &[],
    owner: Owner::Of("network"),
    heals: Heals::Never,
    says: "there is no virtual network {network}",
    fix: &["az network vnet list --subscription {network.subscription} --output table"],
    source: "API.md §3; specs/network/2024-01-01/virtualNetwork.json",
};

/// The tenant that is asked has no such subscription. Says which of the networks it is, as the general cause cannot; the
/// reason holds it as `network`.
pub(super) const SUBSCRIPTION_ELSEWHERE: Cause = Cause {
    id: "subscription-elsewhere",
    on: &[],
    owner: Owner::Of("network"),
    heals: Heals::Never,
    says: "the subscription of the virtual network {network} does not belong to the tenant that the scenario lists it for",
    fix: &["az account show --subscription {network.subscription} --query tenantId"],
    source: "PITFALLS A28; virtual-network-manager/faq.md, concept-limitations.md",
};
