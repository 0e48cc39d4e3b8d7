//! What was configured, what was committed, and what acts: nothing acts before it is committed to every region of the
//! members, and nothing right is committed of a configuration that is wrong.

use super::{Rule, Source};
use crate::diagnosis::keys::{configuration, manager};

pub(super) const RULES: &[Rule] = &[
    Rule {
        symptoms: &["connectivity-deployed.*", "connectivity-effective.*"],
        source: Source::Red(&["connectivity-configured.*"]),
        of: configuration,
        by: configuration,
        says: "the configuration itself is wrong, and once it is right it must be committed anew",
    },
    Rule {
        symptoms: &[
            "connectivity-effective.not-effective",
            "connectivity-effective.other-configuration",
            "connectivity-effective.hub-not-peered",
            "connectivity-effective.too-many-connected-groups",
        ],
        source: Source::Red(&["connectivity-deployed.*"]),
        of: configuration,
        by: configuration,
        says: "the configuration is not deployed as it is configured",
    },
    Rule {
        symptoms: &["connectivity-effective.hub-not-peered"],
        source: Source::Red(&["connectivity-configured.hub-without-gateway"]),
        of: manager,
        by: manager,
        says: "spokes are to use a gateway that the hub does not have",
    },
];
