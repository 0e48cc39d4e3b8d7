//! Who is no member of a group: nothing acts on it, whatever was committed.

use super::{Rule, Source};
use crate::diagnosis::keys::{manager, networks};

pub(super) const RULES: &[Rule] = &[
    Rule {
        symptoms: &[
            "connectivity-configured.group-not-applied",
            "connectivity-effective.not-effective",
            "connectivity-effective.other-configuration",
        ],
        source: Source::Red(&["network-group-complete.missing"]),
        of: manager,
        by: manager,
        says: "there is no network group that anything could apply to",
    },
    Rule {
        symptoms: &[
            "connectivity-effective.not-effective",
            "connectivity-effective.other-configuration",
            "connectivity-effective.hub-not-peered",
            "connectivity-effective.out-of-scope",
        ],
        source: Source::Red(&[
            "network-group-complete.member-missing",
            "network-group-complete.foreign-member-missing",
            "network-group-complete.listed-member-gone",
        ]),
        of: networks,
        by: networks,
        says: "a network that is meant is no member of the group",
    },
    Rule {
        symptoms: &[
            "connectivity-effective.missing",
            "address-spaces-disjoint.missing",
            "routes-effective.network-missing",
        ],
        source: Source::Red(&["network-group-complete.listed-member-gone"]),
        of: networks,
        by: networks,
        says: "a network that is meant to be a member does not exist any more",
    },
];
