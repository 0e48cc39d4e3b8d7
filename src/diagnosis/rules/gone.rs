//! What does not exist any more is told by each link that looks at it; the one that looks at the resource itself leads.

use super::{Rule, Source};
use crate::diagnosis::keys::{endpoint, networks, resource};

const GONE: &[&str] = &[
    "private-endpoint-approved.target-missing",
    "private-endpoint-connection-approved.missing",
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        symptoms: &[
            "role-assigned.scope-missing",
            "no-foreign-private-endpoints.missing",
            "public-access-closed.missing",
            "dns-resolves-privately.no-such-name",
            "dns-resolves-privately.no-private-link-alias",
            "secret-readable.no-such-name",
            "secret-readable.unreachable",
            "blob-readable.no-such-name",
            "blob-readable.unreachable",
        ],
        source: Source::Red(GONE),
        of: resource,
        by: resource,
        says: "the resource does not exist any more",
    },
    Rule {
        symptoms: &[
            "role-assigned.scope-missing",
            "no-foreign-private-endpoints.missing",
            "public-access-closed.missing",
        ],
        source: Source::Red(&["private-endpoint-approved.wrong-target"]),
        of: resource,
        by: resource,
        says: "the endpoint leads to another resource than this one, which does not exist",
    },
    Rule {
        symptoms: &["private-endpoint-approved.disconnected"],
        source: Source::Red(&["private-endpoint-connection-approved.missing"]),
        of: resource,
        by: resource,
        says: "the resource does not exist any more, so the endpoint led nowhere",
    },
    Rule {
        symptoms: &["private-endpoint-connection-approved.no-connection"],
        source: Source::Red(&[
            "private-endpoint-approved.missing",
            "private-endpoint-approved.wrong-target",
            "private-endpoint-approved.disconnected",
        ]),
        of: endpoint,
        by: endpoint,
        says: "the endpoint does not ask for this connection",
    },
    Rule {
        symptoms: &["routes-effective.network-missing"],
        source: Source::Red(&[
            "address-spaces-disjoint.missing",
            "connectivity-effective.missing",
        ]),
        of: networks,
        by: networks,
        says: "the network does not exist any more",
    },
];
