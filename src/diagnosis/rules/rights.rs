//! Rights that were seen, and what services refuse: a role takes minutes until every service knows it, and only who has
//! looked knows whether there is one.

use super::{Rule, Source};
use crate::diagnosis::keys::resource;

/// What services say when they know of no right.
const REFUSED: &[&str] = &[
    "secret-readable.no-role",
    "secret-readable.no-access-policy",
    "secret-readable.denied",
    "blob-readable.no-role",
    "blob-readable.network-refused",
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        symptoms: &[
            "secret-readable.no-role",
            "secret-readable.no-access-policy",
            "secret-readable.denied",
            "blob-readable.no-role",
        ],
        source: Source::Red(&["role-assigned.*"]),
        of: resource,
        by: resource,
        says: "the right was seen to be lacking",
    },
    Rule {
        symptoms: &["secret-readable.no-role", "blob-readable.no-role"],
        source: Source::Held(&["role-assigned"]),
        of: resource,
        by: resource,
        says: "the role was seen: the service does not know it yet, or a token from before it is still in use; giving it again changes nothing",
    },
    Rule {
        symptoms: REFUSED,
        source: Source::Unseen(&["role-assigned"]),
        of: resource,
        by: resource,
        says: "it would tell which right is lacking, and could not be looked at",
    },
];
