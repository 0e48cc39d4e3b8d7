//! Does the application trust exactly this managed identity?
//!
//! Asks Microsoft Graph for the application's federated credentials as the home tenant's auditor, and compares them with
//! what the identity's tokens will say: issuer `https://<login host>/<tenant>/v2.0`, subject the principal id, audience
//! the cloud's exchange URI. One credential that equals all three, letter for letter, holds. Entra accepts wrong values
//! silently and refuses only at the exchange, so the nearest credential and its deviation are named: the one with this
//! identity's subject before any other. One whose subject is another principal that lives is nobody's mistake.
//!
//! - [`causes`]: why none matches
//! - [`wanted`]: what one would have to say, and in what the nearest deviates

mod causes;
#[cfg(test)]
mod tests;
mod wanted;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::wanted::{Kinship, Wanted};
use super::Check;
use super::limits::FEDERATED_CREDENTIALS;
use super::wire::{explaining, lenient, list_of};
use crate::ask::Ask;
use crate::ids::{AppId, ObjectId, TenantId};
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
    /// Subjects of credentials that are other principals of the tenant, looked for when none matches.
    #[serde(default)]
    others: Vec<String>,
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
        permissions: &[Permission::graph("Application.Read.All")],
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
        let mut seen = Seen {
            tenant: ask.tenant().map(|tenant| tenant.id.clone()),
            login_host: cloud.login_host.to_owned(),
            exchange_audience: cloud.exchange_audience.to_owned(),
            exchange_application: cloud.exchange_application.map(str::to_owned),
            credentials,
            others: Vec::new(),
        };
        seen.others = self.others(ask, &seen).await;
        Ok(seen)
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
        let is_others = |credential: &&Credential| {
            let is = |other: &String| other.eq_ignore_ascii_case(&credential.subject);
            seen.others.iter().any(is)
        };
        let near = credentials
            .iter()
            .filter(|credential| wanted.is_near(credential) && !is_others(credential));
        let Some(best) = near.min_by_key(|credential| wanted.distance(credential)) else {
            return Reason::new("no-credential")
                .expected(wanted.describe())
                .observed(list_of(credentials.iter().map(|other| {
                    format!("{} for {} of {}", other.name, other.subject, other.issuer)
                })))
                .with("credential-json", wanted.json(&free_name(credentials)))
                .into();
        };
        match wanted.deviation(best) {
            Some(reason) => {
                let reason = reason
                    .with("credential", &best.id)
                    .with("credential-name", &best.name)
                    .with("credential-json", wanted.json(&best.name));
                if wanted.kinship(best) == Kinship::Issuer {
                    // It may be what somebody else lives on: a second one harms nobody.
                    reason
                        .with("old-credential", &best.id)
                        .with("new-credential-json", wanted.json(&free_name(credentials)))
                        .into()
                } else {
                    reason.into()
                }
            }
            None => {
                let same =
                    |other: &&Credential| other.subject.eq_ignore_ascii_case(&wanted.subject);
                let all = credentials.iter().filter(same);
                let names: Vec<&String> = all.clone().map(|other| &other.name).collect();
                // The identity's tokens fit one of them only.
                let needless = all.clone().find(|other| other.id != best.id);
                let several = needless.map(|needless| {
                    Reason::new("several-for-subject")
                        .expected("one")
                        .observed(list_of(&names))
                        .with("needless-credential", &needless.id)
                });
                let many = FEDERATED_CREDENTIALS.warning("many-credentials", credentials.len());
                Verdict::holds_but(several.into_iter().chain(many).collect())
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

impl FederatedCredentialMatches {
    /// Subjects that are other principals of the tenant: their credentials are not ours to change. Only asked for when
    /// nothing names this identity.
    async fn others(&self, ask: &Ask, seen: &Seen) -> Vec<String> {
        let wanted = Wanted::new(self, seen);
        let credentials = || seen.credentials.iter().flatten();
        if credentials().any(|own| wanted.kinship(own) != Kinship::Issuer && wanted.is_near(own)) {
            return Vec::new();
        }
        let mut others = Vec::new();
        for own in credentials().filter(|own| wanted.is_near(own)) {
            let Ok(subject) = own.subject.parse::<ObjectId>() else {
                continue;
            };
            let path = format!("/servicePrincipals/{subject}");
            if explaining(ask.graph::<Application>(&path).await).is_some() {
                others.push(own.subject.clone());
            }
        }
        others
    }
}

/// A name that no credential has.
fn free_name(credentials: &[Credential]) -> String {
    let is_taken = |name: &String| {
        credentials
            .iter()
            .any(|own| own.name.eq_ignore_ascii_case(name))
    };
    let names = (1_usize..).map(|number| match number {
        1 => "managed-identity".to_owned(),
        number => format!("managed-identity-{number}"),
    });
    let mut free = names.filter(|name| !is_taken(name));
    free.next().unwrap_or_default()
}
