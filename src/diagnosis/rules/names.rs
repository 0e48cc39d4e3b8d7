//! Zones, name servers, and names that lead elsewhere: what a name does wrong is wrong with all that is asked by it.

use super::{Rule, Source};
use crate::diagnosis::keys::{resource, vantage};

/// What is seen of a name that does not lead to the endpoint.
const ASTRAY: &[&str] = &[
    "secret-readable.unreachable",
    "secret-readable.no-such-name",
    "secret-readable.name-not-resolved",
    "secret-readable.public-access-disabled",
    "secret-readable.firewall",
    "secret-readable.another-vaults-endpoint",
    "secret-readable.public-path",
    "blob-readable.unreachable",
    "blob-readable.no-such-name",
    "blob-readable.name-not-resolved",
    "blob-readable.network-refused",
    "blob-readable.public-path",
    "secret-readable.denied-otherwise",
    "blob-readable.denied-otherwise",
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        symptoms: &["dns-resolves-privately.*"],
        source: Source::Red(&["private-dns-zone-linked.*"]),
        of: resource,
        by: resource,
        says: "the private zone does not answer for the name as it should",
    },
    Rule {
        symptoms: ASTRAY,
        source: Source::Red(&["private-dns-zone-linked.*", "dns-resolves-privately.*"]),
        of: resource,
        by: resource,
        says: "the name does not lead to the endpoint",
    },
    Rule {
        symptoms: ASTRAY,
        source: Source::Red(&[
            "dns-resolves-privately.custom-dns",
            "dns-resolves-privately.server-failure",
        ]),
        of: vantage,
        by: vantage,
        says: "the name servers that are asked from here know no private names, or do not answer",
    },
    Rule {
        symptoms: &[
            "token-exchanged.login-not-resolved",
            "secret-readable.name-not-resolved",
            "blob-readable.name-not-resolved",
        ],
        source: Source::Red(&["dns-resolves-privately.server-failure"]),
        of: vantage,
        by: vantage,
        says: "the name server that is asked from here does not answer",
    },
    Rule {
        symptoms: &[
            "private-dns-zone-linked.stale-record",
            "private-dns-zone-linked.no-record",
            "private-dns-zone-linked.record-overwritten",
            "dns-resolves-privately.wrong-address",
            "dns-resolves-privately.no-record",
            "dns-resolves-privately.mixed-addresses",
        ],
        source: Source::Warning(&["private-endpoint-approved.record-contended"]),
        of: resource,
        by: resource,
        says: "a second endpoint writes the same record: the last writer wins, and deleting either removes it",
    },
    Rule {
        symptoms: &[
            "dns-resolves-privately.wrong-address",
            "secret-readable.unreachable",
            "secret-readable.another-vaults-endpoint",
            "secret-readable.public-path",
            "blob-readable.unreachable",
            "blob-readable.public-path",
        ],
        source: Source::Warning(&[
            "private-dns-zone-linked.ttl-too-long",
            "dns-resolves-privately.ttl-too-long",
            "dns-resolves-privately.alias-missing",
        ]),
        of: resource,
        by: resource,
        says: "an older address may still be cached, or something else than the zone gives it",
    },
    Rule {
        symptoms: ASTRAY,
        source: Source::Unseen(&[
            "private-dns-zone-linked",
            "private-endpoint-approved",
            "private-endpoint-connection-approved",
        ]),
        of: resource,
        by: resource,
        says: "it would tell what is wrong with the private way, and could not be looked at",
    },
    Rule {
        symptoms: &["dns-resolves-privately.*"],
        source: Source::Unseen(&["private-dns-zone-linked", "private-endpoint-approved"]),
        of: resource,
        by: resource,
        says: "it would tell what is wrong with the zone or the endpoint, and could not be looked at",
    },
];
