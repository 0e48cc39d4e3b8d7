//! What would a credential have to say, how near is one to that, and in what does it deviate?

use serde_json::json;

use super::{Credential, FederatedCredentialMatches, Seen};
use crate::checks::wire::list_of;
use crate::outcome::{Principal, Reason};

/// By what a credential is this identity's, nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kinship {
    /// It names the principal, in whatever spelling.
    Subject,
    /// It names the client id.
    ClientId,
    /// It names the tenant's issuer only: it may be another workload's.
    Issuer,
}

/// What a credential must say.
pub(super) struct Wanted<'a> {
    issuer: String,
    pub(super) subject: String,
    audience: &'a str,
    guid: Option<&'a str>,
    login_host: &'a str,
    principal: &'a Principal,
}

impl<'a> Wanted<'a> {
    pub(super) fn new(check: &'a FederatedCredentialMatches, seen: &'a Seen) -> Self {
        // Entra writes ids in lower case, whatever the scenario does.
        let tenant = check.identity.tenant.as_str().to_ascii_lowercase();
        Self {
            issuer: format!("https://{}/{tenant}/v2.0", seen.login_host),
            subject: check.identity.principal_id.as_str().to_ascii_lowercase(),
            audience: check.audience.as_deref().unwrap_or(&seen.exchange_audience),
            guid: seen.exchange_application.as_deref(),
            login_host: &seen.login_host,
            principal: &check.identity,
        }
    }

    /// Whether the credential was meant for this identity, rather than for a pipeline or another workload.
    pub(super) fn is_near(&self, credential: &Credential) -> bool {
        credential.issuer == self.issuer || self.kinship(credential) != Kinship::Issuer
    }

    pub(super) fn kinship(&self, credential: &Credential) -> Kinship {
        let subject = credential.subject.trim();
        if subject.eq_ignore_ascii_case(&self.subject) {
            Kinship::Subject
        } else if subject.eq_ignore_ascii_case(self.principal.client_id.as_str()) {
            Kinship::ClientId
        } else {
            Kinship::Issuer
        }
    }

    /// How far a credential is from the one that is wanted.
    pub(super) fn distance(&self, credential: &Credential) -> (Kinship, usize) {
        (self.kinship(credential), self.deviations(credential))
    }

    fn deviations(&self, credential: &Credential) -> usize {
        let wrong = [
            credential.issuer != self.issuer,
            credential.subject != self.subject,
            !credential
                .audiences
                .iter()
                .any(|audience| audience == self.audience),
        ];
        wrong.into_iter().filter(|wrong| *wrong).count()
    }

    /// The first thing that differs, in the order in which Entra looks.
    pub(super) fn deviation(&self, credential: &Credential) -> Option<Reason> {
        if credential.issuer != self.issuer {
            let observed = format!(
                "{}{}",
                quoted(&credential.issuer),
                self.issuer_hint(&credential.issuer)
            );
            return Some(
                Reason::new("issuer-differs")
                    .expected(&self.issuer)
                    .observed(observed),
            );
        }
        if credential.subject != self.subject {
            let cause = match credential.subject.as_str() {
                own if own.eq_ignore_ascii_case(&self.subject) => "subject-case-differs",
                own if own.eq_ignore_ascii_case(self.principal.client_id.as_str()) => {
                    "subject-is-client-id"
                }
                _ => "subject-differs",
            };
            let observed = format!(
                "{}{}",
                quoted(&credential.subject),
                shape_hint(&credential.subject, &self.subject)
            );
            return Some(
                Reason::new(cause)
                    .expected(&self.subject)
                    .observed(observed),
            );
        }
        if credential
            .audiences
            .iter()
            .any(|audience| audience == self.audience)
        {
            return None;
        }
        let is_guid = |audience: &String| {
            self.guid
                .is_some_and(|guid| audience.eq_ignore_ascii_case(guid))
        };
        let cause = if credential.audiences.iter().any(is_guid) {
            "audience-is-guid"
        } else {
            "audience-differs"
        };
        let hint = credential
            .audiences
            .first()
            .map_or("", |audience| shape_hint(audience, self.audience));
        Some(
            Reason::new(cause)
                .expected(self.audience)
                .observed(format!("{}{hint}", list_of(&credential.audiences))),
        )
    }

    /// What is wrong with an issuer, in words.
    fn issuer_hint(&self, issuer: &str) -> &'static str {
        let tenant = self.principal.tenant.as_str().to_ascii_lowercase();
        let lower = issuer.to_ascii_lowercase();
        match shape_hint(issuer, &self.issuer) {
            "" if lower.contains("sts.") && lower.contains(&tenant) => " (the issuer of v1 tokens)",
            "" if lower.contains(self.login_host) && !lower.contains(&tenant) => {
                " (another tenant)"
            }
            "" if lower.contains(&tenant) => " (not the v2.0 issuer)",
            hint => hint,
        }
    }

    pub(super) fn describe(&self) -> String {
        format!(
            "issuer {}, subject {}, audience {}",
            self.issuer, self.subject, self.audience
        )
    }

    /// The credential as the CLI takes it.
    pub(super) fn json(&self, name: &str) -> String {
        json!({"name": name, "issuer": self.issuer, "subject": self.subject, "audiences": [self.audience]}).to_string()
    }
}

/// What a near miss differs in, in words; nothing when it differs in more.
fn shape_hint(found: &str, wanted: &str) -> &'static str {
    if found == wanted {
        ""
    } else if found.trim() == wanted {
        " (white space around it)"
    } else if found.trim_end_matches('/') == wanted {
        " (a trailing slash)"
    } else if found.eq_ignore_ascii_case(wanted) {
        " (letter case)"
    } else {
        ""
    }
}

/// The text itself, in quotes where its ends would not be seen.
fn quoted(text: &str) -> String {
    if text.is_empty() || text.trim() != text {
        format!("`{text}`")
    } else {
        text.to_owned()
    }
}
