//! Why nobody may answer behind a name that is right: the networks are not joined, or not for these addresses.

use super::{Rule, Source};
use crate::diagnosis::keys::{everything, networks, vantage_network};

const SILENT: &[&str] = &["secret-readable.unreachable", "blob-readable.unreachable"];

pub(super) const RULES: &[Rule] = &[
    Rule {
        symptoms: &[
            "network-watcher-reachable.own-route",
            "network-watcher-reachable.platform",
            "network-watcher-reachable.unreachable",
        ],
        source: Source::Red(&[
            "routes-effective.gateway-route-wins",
            "routes-effective.no-route",
            "routes-effective.other-way",
            "routes-effective.own-addresses-overlap",
            "routes-effective.own-route-drops",
            "routes-effective.own-route-wins",
        ]),
        of: everything,
        by: everything,
        says: "the routes do not lead there",
    },
    Rule {
        symptoms: &["routes-effective.no-route"],
        source: Source::Red(&[
            "network-manager-provisioned.*",
            "scope-connection-connected.*",
            "network-manager-connection-connected.*",
            "network-group-complete.*",
            "connectivity-configured.*",
            "connectivity-deployed.*",
            "connectivity-effective.*",
            "virtual-network-peering-connected.*",
        ]),
        of: everything,
        by: everything,
        says: "what is to join the networks is not as it should be",
    },
    Rule {
        symptoms: SILENT,
        source: Source::Red(&[
            "address-spaces-disjoint.overlap",
            "connectivity-effective.*",
            "virtual-network-peering-connected.*",
            "network-group-complete.member-missing",
            "network-group-complete.foreign-member-missing",
        ]),
        of: vantage_network,
        by: networks,
        says: "the network of the workload is not joined with the endpoint's as it should be",
    },
    Rule {
        symptoms: SILENT,
        source: Source::Warning(&[
            "connectivity-effective.many-connected-groups",
            "connectivity-effective.several-managers",
        ]),
        of: vantage_network,
        by: networks,
        says: "the network of the workload may not be in the mesh that is meant",
    },
    Rule {
        symptoms: SILENT,
        source: Source::Unseen(&[
            "connectivity-effective",
            "virtual-network-peering-connected",
        ]),
        of: vantage_network,
        by: networks,
        says: "it would tell whether the networks are joined, and could not be looked at",
    },
];
