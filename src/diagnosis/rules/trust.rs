//! Whom an application trusts, and what its tokens are refused with.
//!
//! Replicas of Entra learn of a credential one after the other, so the same codes mean "unheard of so far" and "wrong"
//! (`azure/MORE.md` §3). Whoever has seen the credential knows which: one that is wrong is not waited for, one that is
//! right is.

use super::{Rule, Source};
use crate::diagnosis::keys::application;

/// What Entra says when no credential fits that it has heard of.
const NOT_TRUSTED: &[&str] = &[
    "token-exchanged.issuer-not-trusted",
    "token-exchanged.subject-not-trusted",
    "token-exchanged.credential-not-found",
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        symptoms: &[
            "token-exchanged.issuer-not-trusted",
            "token-exchanged.subject-not-trusted",
            "token-exchanged.credential-not-found",
            "token-exchanged.subject-case-not-trusted",
            "token-exchanged.audience-not-trusted",
            "token-exchanged.audience-is-guid",
            "token-exchanged.several-credentials",
            "token-exchanged.application-elsewhere",
        ],
        source: Source::Red(&["federated-credential-matches.*"]),
        of: application,
        by: application,
        says: "the federated credential was seen to be wrong, so waiting does not help",
    },
    Rule {
        symptoms: NOT_TRUSTED,
        source: Source::Held(&["federated-credential-matches"]),
        of: application,
        by: application,
        says: "the federated credential was seen to be right: Entra does not know it everywhere yet, or it has to be deleted and made anew",
    },
    Rule {
        symptoms: &["token-exchanged.no-service-principal"],
        source: Source::Held(&["service-principal-provisioned"]),
        of: application,
        by: application,
        says: "the service principal was seen: Entra does not know it everywhere yet",
    },
    Rule {
        symptoms: NOT_TRUSTED,
        source: Source::Unseen(&["federated-credential-matches"]),
        of: application,
        by: application,
        says: "it would tell whether the credential is wrong, and could not be looked at",
    },
    Rule {
        symptoms: &["token-exchanged.no-service-principal"],
        source: Source::Unseen(&["service-principal-provisioned", "application-multi-tenant"]),
        of: application,
        by: application,
        says: "it would tell what is missing, and could not be looked at",
    },
];
