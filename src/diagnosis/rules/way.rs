//! Why nobody may answer behind a name that is right: the networks are not joined, or not for these addresses.

use super::{Rule, Source};
use crate::diagnosis::keys::{everything, networks, vantage_network};

const SILENT: &[&str] = &["secret-readable.unreachable", "blob-readable.unreachable"];

pub(super) const RULES: &[Rule] = &[
    Rule {
        symptoms: &["network-watcher-reachable.*"],
        source: Source::Red(&["routes-effective.*"]),
        of: everything,
        by: everything,
        says: "the routes do not lead there",
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
