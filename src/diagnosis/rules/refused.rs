//! A refusal of another kind than a scenario expects: who is refused by the network, or by a service that trusts somebody
//! else, is not refused for who they are, so the door was not tried.

use super::{Rule, Source};
use crate::diagnosis::keys::{application, resource, vantage};

pub(super) const RULES: &[Rule] = &[
    Rule {
        symptoms: &[
            "secret-readable.denied-otherwise",
            "blob-readable.denied-otherwise",
        ],
        source: Source::Red(&[
            "secret-readable.vault-trusts-another-tenant",
            "secret-readable.public-access-disabled",
            "secret-readable.firewall",
            "secret-readable.another-vaults-endpoint",
            "secret-readable.network-perimeter",
            "blob-readable.network-refused",
            "blob-readable.token-refused",
            "blob-readable.account-disabled",
        ]),
        of: resource,
        by: resource,
        says: "what should be read is refused too, for a reason of its own",
    },
    Rule {
        symptoms: &[
            "secret-readable.denied-otherwise",
            "blob-readable.denied-otherwise",
            "token-exchanged.denied-otherwise",
        ],
        source: Source::Red(&[
            "token-exchanged.identity-not-assigned",
            "token-exchanged.no-identity-endpoint",
            "token-exchanged.login-unreachable",
            "token-exchanged.login-not-resolved",
        ]),
        of: vantage,
        by: vantage,
        says: "nobody gets a token here, so there was nothing to be refused with",
    },
    Rule {
        symptoms: &["token-exchanged.denied-otherwise"],
        source: Source::Red(&[
            "application-multi-tenant.*",
            "federated-credential-matches.*",
        ]),
        of: application,
        by: application,
        says: "the application is not as it should be",
    },
];
