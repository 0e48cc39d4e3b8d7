//! An application, its service principal, and its tokens: what is wrong with the registration shows everywhere.

use super::{Rule, Source};
use crate::diagnosis::keys::{application, managed_identity};

pub(super) const RULES: &[Rule] = &[
    Rule {
        symptoms: &[
            "federated-credential-matches.application-missing",
            "federated-credential-matches.identity-in-other-tenant",
            "service-principal-provisioned.*",
            "token-exchanged.no-service-principal",
            "token-exchanged.application-elsewhere",
            "token-exchanged.disabled",
            "token-exchanged.issuer-not-trusted",
            "token-exchanged.credential-not-found",
        ],
        source: Source::Red(&["application-multi-tenant.*"]),
        of: application,
        by: application,
        says: "the registration of the application is wrong",
    },
    Rule {
        symptoms: &[
            "token-exchanged.no-service-principal",
            "token-exchanged.disabled",
            "secret-readable.no-role",
            "blob-readable.no-role",
        ],
        source: Source::Red(&["service-principal-provisioned.*"]),
        of: application,
        by: application,
        says: "the service principal of the application is missing or wrong",
    },
    Rule {
        symptoms: &[
            "federated-credential-matches.*",
            "token-exchanged.identity-not-assigned",
            "token-exchanged.subject-not-trusted",
            "token-exchanged.issuer-not-trusted",
        ],
        source: Source::Red(&["managed-identity-exists.*"]),
        of: managed_identity,
        by: managed_identity,
        says: "the managed identity is not the one that is meant",
    },
];
