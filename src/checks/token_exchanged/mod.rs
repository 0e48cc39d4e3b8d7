//! Does the workload get a token of the resource tenant for this scope?
//!
//! Asks as the workload itself: managed identity token → client assertion → token of the application in the resource
//! tenant. The token's tenant, audience, application, issuer and lifetime must be as expected; a refusal is told by its
//! AADSTS code, never by its text. The assertion carries the exchange audience as a GUID where the federated credential
//! holds a URI: only Entra compares the two.
//!
//! - [`causes`]: what each code means, who must act, and whether waiting helps

mod causes;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Check;
use crate::ask::{ASSERTION_ISSUER, ASSERTION_SUBJECT, Ask, TokenAnswer};
use crate::ids::{AppId, TenantId};
use crate::outcome::{Asks, Card, Claim, Mode, NoAnswer, Plane, Reason, Verdict};
use crate::timestamp::Timestamp;

/// Our word for a managed identity endpoint that knows no such identity: IMDS says `invalid_request`, as Entra says of
/// many things, and App Service says it in words only (`IDENTITY.md` §1).
pub(super) const IDENTITY_NOT_ASSIGNED: &str = "IdentityNotAssigned";

/// Entra gives access tokens of ten minutes at least (entra-docs, `identity-platform/configurable-token-lifetimes.md`); one
/// that lasts less was kept by somebody, or a clock is off. Clients renew tokens five minutes before their end.
const SHORT: i64 = 300;

/// The workload gets a token for the scope.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct TokenExchanged {
    /// The scope, such as `https://vault.azure.net/.default`.
    scope: String,
}

/// The token's claims, and whose token it should be.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    token: TokenAnswer,
    /// The tenant that was asked.
    tenant: TenantId,
    /// The application whose token it should be, when the scenario says so.
    application: Option<AppId>,
    /// Issuers that a token of this tenant may have.
    issuers: Vec<String>,
}

impl Check for TokenExchanged {
    const CARD: Card = Card {
        id: "token-exchanged",
        sentence: "the workload gets a token of the resource tenant",
        about: "Asks for a token as the workload: a managed identity's token is exchanged for one of the application in the resource \
                tenant. Tenant, audience, application, issuer and lifetime of the token must be as expected.",
        asks: Asks::Workload,
        plane: Plane::Data,
        modes: &[Mode::Denied],
        at_least_one_of: &[],
        homes: &[],
        facts: &[],
        permissions: &[],
        causes: causes::CAUSES,
        warnings: causes::WARNINGS,
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let (tenant, application) = match ask.workload() {
            Some(workload) => (workload.tenant.id.clone(), workload.application.clone()),
            None => {
                return Err(NoAnswer::Unusable(
                    "the link names no identity to ask as".to_owned(),
                ));
            }
        };
        let cloud = ask.cloud();
        let token = ask
            .token(&self.scope)
            .await
            .map_err(|why| name_missing_identity(why, cloud.login_host))
            .map_err(|why| noting_credential(why, cloud.exchange_audience))?;
        let login_hosts = cloud.login_aliases.iter().chain([&cloud.login_host]);
        let issuers = login_hosts
            .map(|host| format!("https://{host}/{tenant}/v2.0"))
            .chain([format!("https://{}/{tenant}/", cloud.sts_host)])
            .collect();
        Ok(Seen {
            token,
            tenant,
            application,
            issuers,
        })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let token = &seen.token;
        if !token.tenant.eq_ignore_ascii_case(seen.tenant.as_str()) {
            return Reason::new("wrong-tenant")
                .expected(&seen.tenant)
                .observed(&token.tenant)
                .into();
        }
        if !seen
            .issuers
            .iter()
            .any(|issuer| same_url(issuer, &token.issuer))
        {
            return Reason::new("wrong-tenant")
                .expected(seen.issuers.join(" or "))
                .observed(&token.issuer)
                .into();
        }
        // A v2 token names its audience by the service's application id.
        let by_id = token.version.starts_with('2') && token.audience.parse::<AppId>().is_ok();
        let resource = self.scope.strip_suffix("/.default").unwrap_or(&self.scope);
        if !by_id && !same_url(resource, &token.audience) {
            return Reason::new("wrong-audience")
                .expected(resource)
                .observed(&token.audience)
                .into();
        }
        if let Some(application) = seen
            .application
            .as_ref()
            .filter(|own| !own.as_str().eq_ignore_ascii_case(&token.application))
        {
            return Reason::new("wrong-application")
                .expected(application)
                .observed(&token.application)
                .into();
        }
        if token.seconds_left <= 0 {
            return Reason::new("expired")
                .expected("time left")
                .observed(format!("{} s left", token.seconds_left))
                .into();
        }
        let short = Reason::new("short-lived")
            .expected(format!("{SHORT} s or more"))
            .observed(format!("{} s left", token.seconds_left));
        let is_short = token.seconds_left < SHORT;
        Verdict::holds_but(is_short.then_some(short).into_iter().collect())
    }

    fn proves(&self, seen: &Seen) -> Vec<Claim> {
        let application = &seen.token.application;
        let tenant = Some(seen.tenant.clone());
        let mut proved = vec![Claim::new(
            "service-principal-provisioned",
            tenant,
            application,
        )];
        if let Some(assertion) = &seen.token.assertion {
            let subject = format!("{application} {}", assertion.subject);
            proved.push(Claim::new("federated-credential-matches", None, subject));
            // The assertion's tenant is the application's home; only a token of another tenant crossed a border.
            if !assertion
                .issuer
                .to_ascii_lowercase()
                .contains(&seen.tenant.as_str().to_ascii_lowercase())
            {
                proved.push(Claim::new("application-multi-tenant", None, application));
            }
        }
        proved
    }
}

/// Whether two URLs are the same but for letter case and trailing slashes.
fn same_url(one: &str, other: &str) -> bool {
    one.trim_end_matches('/')
        .eq_ignore_ascii_case(other.trim_end_matches('/'))
}

/// Notes what a credential has to say to fit the assertion that was refused, as the CLI takes it. A new one needs a name
/// that no other has.
fn noting_credential(why: NoAnswer, audience: &str) -> NoAnswer {
    let noted = |name| {
        why.noted()?
            .get(name)
            .filter(|own| !own.is_empty())
            .cloned()
    };
    let (Some(issuer), Some(subject)) = (noted(ASSERTION_ISSUER), noted(ASSERTION_SUBJECT)) else {
        return why;
    };
    let mut credential = json!({"issuer": issuer, "subject": subject, "audiences": [audience]});
    let why = why.noting("credential-json", &credential);
    credential["name"] = json!(format!("identity-{subject}"));
    why.noting("new-credential-json", credential)
        .noting("subject", subject)
}

/// Gives a 400 of a managed identity endpoint a name of its own: it answers so when the identity is not assigned.
fn name_missing_identity(why: NoAnswer, login_host: &str) -> NoAnswer {
    match why {
        NoAnswer::NoIdentity(inner) => {
            NoAnswer::NoIdentity(Box::new(name_missing_identity(*inner, login_host)))
        }
        NoAnswer::Refused(mut refusal) => {
            let of_entra = refusal.host.eq_ignore_ascii_case(login_host)
                || refusal.codes.iter().any(|code| code.starts_with("AADSTS"));
            let says_so = refusal
                .message
                .contains("No User Assigned or Delegated Managed Identity found");
            let header_missing = refusal.has("bad_request_102");
            if !of_entra && !header_missing && (refusal.status == 400 || says_so) {
                refusal.codes.push(IDENTITY_NOT_ASSIGNED.to_owned());
            }
            NoAnswer::Refused(refusal)
        }
        other => other,
    }
}
