//! A network manager that is not as it should be: nothing that hangs on it can be.

use super::{Rule, Source};
use crate::diagnosis::ground::Ground;
use crate::diagnosis::keys::{folded, manager, text};
use crate::outcome::LinkReport;

/// What stands in the way of everything that a manager does.
const USELESS: &[&str] = &[
    "network-manager-provisioned.missing",
    "network-manager-provisioned.subscription-elsewhere",
    "network-manager-provisioned.provisioning-failed",
    "network-manager-provisioned.not-provisioned",
    "network-manager-provisioned.being-deleted",
    "network-manager-provisioned.connectivity-not-allowed",
];

/// What is wrong with one of the halves of a connection across tenants.
const HALVES: &[&str] = &[
    "scope-connection-connected.*",
    "network-manager-connection-connected.*",
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        symptoms: &[
            "scope-connection-connected.*",
            "network-manager-connection-connected.pending",
            "network-manager-connection-connected.revoked",
            "network-manager-provisioned.cross-tenant-scope-missing",
            "network-manager-provisioned.cross-tenant-scope-not-connected",
            "network-group-complete.*",
            "connectivity-configured.*",
            "connectivity-deployed.*",
            "connectivity-effective.*",
        ],
        source: Source::Red(USELESS),
        of: manager,
        by: manager,
        says: "the network manager itself is not as it should be",
    },
    Rule {
        symptoms: &[
            "network-group-complete.*",
            "connectivity-deployed.*",
            "connectivity-effective.out-of-scope",
            "connectivity-effective.not-effective",
        ],
        source: Source::Red(&["network-manager-provisioned.scope-too-narrow"]),
        of: manager,
        by: manager,
        says: "what it is to connect is not in the scope of the network manager",
    },
    Rule {
        symptoms: &[
            "network-manager-provisioned.cross-tenant-scope-missing",
            "network-manager-provisioned.cross-tenant-scope-not-connected",
            "connectivity-effective.out-of-scope",
            "connectivity-effective.not-effective",
            "connectivity-effective.hub-not-peered",
        ],
        source: Source::Red(HALVES),
        of: foreign_scopes,
        by: foreign_scopes,
        says: "the two tenants are not connected, so the manager has nothing to say there",
    },
    Rule {
        symptoms: &[
            "connectivity-effective.out-of-scope",
            "connectivity-effective.not-effective",
            "connectivity-effective.hub-not-peered",
        ],
        source: Source::Red(&[
            "network-manager-provisioned.cross-tenant-scope-missing",
            "network-manager-provisioned.cross-tenant-scope-not-connected",
        ]),
        of: foreign_scopes,
        by: foreign_scopes,
        says: "the manager does not hold the other tenant's networks",
    },
];

/// Scopes of other tenants that a link is about, each with the manager: a connection's, those that a manager must hold,
/// the subscription of a network on which something should act.
fn foreign_scopes(link: &LinkReport, ground: &Ground) -> Vec<String> {
    let mut scopes = Vec::new();
    scopes.extend(text(link, "scope").map(folded));
    let member = text(link, "network-manager-connection").map(folded);
    let own = member
        .as_deref()
        .and_then(|id| id.rsplit_once("/providers/"));
    scopes.extend(own.map(|(scope, _)| scope.to_owned()));
    let network = text(link, "virtual-network").map(folded);
    let subscription = network
        .as_deref()
        .and_then(|id| id.find("/resourcegroups/").map(|end| &id[..end]));
    scopes.extend(subscription.map(str::to_owned));
    let held = link
        .parameters
        .get("cross-tenant")
        .and_then(|held| held.as_array());
    for tenant in held.into_iter().flatten() {
        let names = |key: &str| {
            tenant
                .get(key)
                .and_then(|list| list.as_array())
                .cloned()
                .unwrap_or_default()
        };
        let subscriptions = names("subscriptions");
        let groups = names("management-groups");
        let subscriptions = subscriptions.iter().filter_map(|id| id.as_str());
        let groups = groups.iter().filter_map(|id| id.as_str());
        scopes.extend(subscriptions.map(|id| folded(&format!("/subscriptions/{id}"))));
        scopes.extend(groups.map(|id| {
            folded(&format!(
                "/providers/Microsoft.Management/managementGroups/{id}"
            ))
        }));
    }
    let of_managers = manager(link, ground);
    let pairs = of_managers
        .iter()
        .flat_map(|manager| scopes.iter().map(move |scope| format!("{manager} {scope}")));
    pairs.collect()
}
