//! Does the application trust exactly this managed identity?
//!
//! Asks Microsoft Graph for the application's federated credentials as the home tenant's auditor, and compares them with
//! what the identity's tokens will say: issuer `https://<login host>/<tenant>/v2.0`, subject the principal id, audience
//! the cloud's exchange URI. One credential that equals all three, letter for letter, holds. Entra accepts wrong values
//! silently and refuses only at the exchange, so the nearest credential and its deviation are named.
//!
//! - [`causes`]: why none matches

mod causes;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Check;
use super::wire::{lenient, list_of};
use crate::ask::Ask;
use crate::ids::{AppId, TenantId};
use crate::outcome::{
    Asks, Card, Claim, Input, NoAnswer, Permission, Plane, Principal, Reason, Verdict,
};
use crate::timestamp::Timestamp;

/// A federated credential of the application trusts the managed identity.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct FederatedCredentialMatches {
    /// The application (client) id.
    application: Input<AppId>,
    /// The managed identity that must be trusted.
    identity: Input<Principal>,
    /// The audience, where it is not the cloud's own exchange audience.
    audience: Option<String>,
}

/// The application's credentials, and what this cloud expects of them.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    /// The tenant asked.
    tenant: Option<TenantId>,
    login_host: String,
    exchange_audience: String,
    /// How the audience stands in tokens, where it is known.
    exchange_application: Option<String>,
    /// Absent when there is no such application.
    credentials: Option<Vec<Credential>>,
}

/// A federated credential as Graph writes it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Credential {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    name: String,
    #[serde(deserialize_with = "lenient")]
    issuer: String,
    #[serde(deserialize_with = "lenient")]
    subject: String,
    #[serde(deserialize_with = "lenient")]
    audiences: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Application {
    #[serde(deserialize_with = "lenient")]
    id: String,
}

impl Check for FederatedCredentialMatches {
    const CARD: Card = Card {
        id: "federated-credential-matches",
        sentence: "the application trusts the managed identity by a federated credential",
        about: "Reads the application's federated credentials. Issuer, subject and audience of one must equal, letter for letter, \
                those of the managed identity's tokens: its tenant's v2.0 issuer, its principal id, and the cloud's exchange audience \
                as a URI.",
        asks: Asks::Graph,
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &[],
        homes: &["application"],
        facts: &[],
        permissions: &[Permission::Graph("Application.Read.All")],
        causes: causes::CAUSES,
        warnings: causes::WARNINGS,
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let credentials = match ask
            .graph::<Application>(&format!("/applications(appId='{}')", *self.application))
            .await?
        {
            None => None,
            Some(application) if application.id.is_empty() => {
                return Err(NoAnswer::Unusable(format!(
                    "the application {} was answered without an id",
                    *self.application
                )));
            }
            Some(application) => {
                ask.graph_list::<Credential>(&format!(
                    "/applications/{}/federatedIdentityCredentials",
                    application.id
                ))
                .await?
            }
        };
        let cloud = ask.cloud();
        Ok(Seen {
            tenant: ask.tenant().map(|tenant| tenant.id.clone()),
            login_host: cloud.login_host.to_owned(),
            exchange_audience: cloud.exchange_audience.to_owned(),
            exchange_application: cloud.exchange_application.map(str::to_owned),
            credentials,
        })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let Some(credentials) = &seen.credentials else {
            return Reason::new("application-missing")
                .expected(&*self.application)
                .observed("no such application")
                .into();
        };
        if let Some(tenant) = seen
            .tenant
            .as_ref()
            .filter(|tenant| **tenant != self.identity.tenant)
        {
            return Reason::new("identity-in-other-tenant")
                .expected(tenant)
                .observed(&self.identity.tenant)
                .with("identity-tenant", &self.identity.tenant)
                .into();
        }
        let wanted = Wanted::new(self, seen);
        let near = credentials
            .iter()
            .filter(|credential| wanted.is_near(credential));
        let Some(best) = near.min_by_key(|credential| wanted.deviations(credential)) else {
            return Reason::new("no-credential")
                .expected(wanted.describe())
                .observed(list_of(credentials.iter().map(|other| {
                    format!("{} for {} of {}", other.name, other.subject, other.issuer)
                })))
                .with("credential-json", wanted.json("managed-identity"))
                .into();
        };
        match wanted.deviation(best) {
            Some(reason) => reason
                .with("credential", &best.id)
                .with("credential-name", &best.name)
                .with("credential-json", wanted.json(&best.name))
                .into(),
            None => {
                let same =
                    |other: &&Credential| other.subject.eq_ignore_ascii_case(&wanted.subject);
                let names: Vec<&String> = credentials
                    .iter()
                    .filter(same)
                    .map(|other| &other.name)
                    .collect();
                let several = Reason::new("several-for-subject")
                    .expected("one")
                    .observed(list_of(&names));
                Verdict::holds_but(if names.len() > 1 {
                    vec![several]
                } else {
                    Vec::new()
                })
            }
        }
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(
            Self::CARD.id,
            None,
            format!("{} {}", *self.application, self.identity.principal_id),
        )]
    }
}

/// What a credential must say.
struct Wanted<'a> {
    issuer: String,
    subject: String,
    audience: &'a str,
    guid: Option<&'a str>,
    login_host: &'a str,
    principal: &'a Principal,
}

impl<'a> Wanted<'a> {
    fn new(check: &'a FederatedCredentialMatches, seen: &'a Seen) -> Self {
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
    fn is_near(&self, credential: &Credential) -> bool {
        let subject = credential.subject.trim();
        credential.issuer == self.issuer
            || subject.eq_ignore_ascii_case(&self.subject)
            || subject.eq_ignore_ascii_case(self.principal.client_id.as_str())
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
    fn deviation(&self, credential: &Credential) -> Option<Reason> {
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

    fn describe(&self) -> String {
        format!(
            "issuer {}, subject {}, audience {}",
            self.issuer, self.subject, self.audience
        )
    }

    /// The credential as the CLI takes it.
    fn json(&self, name: &str) -> String {
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
