//! An endpoint that is not connected: names lead away from it, and nobody answers behind it.

use super::{Rule, Source};
use crate::diagnosis::keys::{endpoint, endpoint_network, networks, resource};

/// What is seen of an endpoint that is not connected, by names and by data.
const BEHIND: &[&str] = &[
    "dns-resolves-privately.no-private-link-alias",
    "dns-resolves-privately.no-endpoint-address",
    "dns-resolves-privately.wrong-address",
    "dns-resolves-privately.no-record",
    "secret-readable.unreachable",
    "secret-readable.public-access-disabled",
    "secret-readable.firewall",
    "secret-readable.public-path",
    "secret-readable.name-not-resolved",
    "blob-readable.unreachable",
    "blob-readable.network-refused",
    "blob-readable.public-path",
    "blob-readable.name-not-resolved",
    "secret-readable.denied-otherwise",
    "blob-readable.denied-otherwise",
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        symptoms: BEHIND,
        source: Source::Red(&[
            "private-endpoint-approved.*",
            "private-endpoint-connection-approved.*",
        ]),
        of: resource,
        by: resource,
        says: "the private endpoint is not connected",
    },
    Rule {
        symptoms: &["private-endpoint-approved.no-address"],
        source: Source::Red(&[
            "network-group-complete.listed-member-gone",
            "connectivity-effective.missing",
            "address-spaces-disjoint.missing",
            "virtual-network-peering-connected.missing",
        ]),
        of: endpoint_network,
        by: networks,
        says: "the network that the endpoint stood in does not exist any more",
    },
    Rule {
        symptoms: &["private-dns-zone-linked.*"],
        source: Source::Red(&["private-endpoint-approved.*"]),
        of: endpoint,
        by: endpoint,
        says: "the private endpoint is not as it should be, and its records follow it",
    },
    Rule {
        symptoms: &[
            "private-endpoint-connection-approved.pending",
            "private-endpoint-connection-approved.rejected",
            "private-endpoint-connection-approved.disconnected",
        ],
        source: Source::Red(&[
            "private-endpoint-approved.pending",
            "private-endpoint-approved.rejected",
            "private-endpoint-approved.disconnected",
        ]),
        of: endpoint,
        by: endpoint,
        says: "both sides show one state of one connection",
    },
];
