//! Does the workload get a token of the resource tenant for this scope?
//!
//! Asks as the workload itself: managed identity token → client assertion → token of the application in the resource
//! tenant. The token's tenant, audience, application, issuer and lifetime must be as expected; a refusal is told by its
//! AADSTS code, never by its text. The assertion carries the exchange audience as a GUID where the federated credential
//! holds a URI: only Entra compares the two.
//!
//! - [`causes`]: what each code means, who must act, and whether waiting helps

mod causes;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Check;
use crate::ask::{Ask, TokenAnswer};
use crate::ids::{AppId, TenantId};
use crate::outcome::{Asks, Card, Claim, Mode, NoAnswer, Plane, Reason, Verdict};
use crate::timestamp::Timestamp;

/// Our word for a managed identity endpoint that knows no such identity: IMDS says `invalid_request`, as Entra says of
/// many things, and App Service says it in words only (`IDENTITY.md` §1).
pub(super) const IDENTITY_NOT_ASSIGNED: &str = "IdentityNotAssigned";

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
        warnings: &[],
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let (tenant, application) = match ask.workload() {
            Some(workload) => (workload.tenant.id.clone(), workload.application.clone()),
            None => return Err(NoAnswer::Unusable("the link names no identity to ask as".to_owned())),
        };
        let cloud = ask.cloud();
        let token = ask.token(&self.scope).await.map_err(|why| name_missing_identity(why, cloud.login_host))?;
        let login_hosts = cloud.login_aliases.iter().chain([&cloud.login_host]);
        let issuers = login_hosts
            .map(|host| format!("https://{host}/{tenant}/v2.0"))
            .chain([format!("https://{}/{tenant}/", cloud.sts_host)])
            .collect();
        Ok(Seen { token, tenant, application, issuers })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let token = &seen.token;
        if !token.tenant.eq_ignore_ascii_case(seen.tenant.as_str()) {
            return Reason::new("wrong-tenant").expected(&seen.tenant).observed(&token.tenant).into();
        }
        if !seen.issuers.iter().any(|issuer| same_url(issuer, &token.issuer)) {
            return Reason::new("wrong-issuer").expected(seen.issuers.join(" or ")).observed(&token.issuer).into();
        }
        // A v2 token names its audience by the service's application id.
        let by_id = token.version.starts_with('2') && token.audience.parse::<AppId>().is_ok();
        let resource = self.scope.strip_suffix("/.default").unwrap_or(&self.scope);
        if !by_id && !same_url(resource, &token.audience) {
            return Reason::new("wrong-audience").expected(resource).observed(&token.audience).into();
        }
        if let Some(application) = seen.application.as_ref().filter(|own| !own.as_str().eq_ignore_ascii_case(&token.application)) {
            return Reason::new("wrong-application").expected(application).observed(&token.application).into();
        }
        if token.seconds_left <= 0 {
            return Reason::new("expired").expected("time left").observed(format!("{} s left", token.seconds_left)).into();
        }
        Verdict::Holds
    }

    fn proves(&self, seen: &Seen) -> Vec<Claim> {
        let application = &seen.token.application;
        let tenant = Some(seen.tenant.clone());
        let mut proved = vec![Claim::new("service-principal-provisioned", tenant, application)];
        if let Some(assertion) = &seen.token.assertion {
            let subject = format!("{application} {}", assertion.subject);
            proved.push(Claim::new("federated-credential-matches", None, subject));
            // The assertion's tenant is the application's home; only a token of another tenant crossed a border.
            if !assertion.issuer.to_ascii_lowercase().contains(&seen.tenant.as_str().to_ascii_lowercase()) {
                proved.push(Claim::new("application-multi-tenant", None, application));
            }
        }
        proved
    }
}

/// Whether two URLs are the same but for letter case and trailing slashes.
fn same_url(one: &str, other: &str) -> bool {
    one.trim_end_matches('/').eq_ignore_ascii_case(other.trim_end_matches('/'))
}

/// Gives a 400 of a managed identity endpoint a name of its own: it answers so when the identity is not assigned.
fn name_missing_identity(why: NoAnswer, login_host: &str) -> NoAnswer {
    match why {
        NoAnswer::NoIdentity(inner) => NoAnswer::NoIdentity(Box::new(name_missing_identity(*inner, login_host))),
        NoAnswer::Refused(mut refusal) => {
            let of_entra = refusal.host.eq_ignore_ascii_case(login_host) || refusal.codes.iter().any(|code| code.starts_with("AADSTS"));
            let says_so = refusal.message.contains("No User Assigned or Delegated Managed Identity found");
            let header_missing = refusal.has("bad_request_102");
            if !of_entra && !header_missing && (refusal.status == 400 || says_so) {
                refusal.codes.push(IDENTITY_NOT_ASSIGNED.to_owned());
            }
            NoAnswer::Refused(refusal)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checks::testing::{broken, check, judged};
    use crate::outcome::Refusal;

    const RESOURCE: &str = "22222222-2222-2222-2222-222222222222";
    const APPLICATION: &str = "cccccccc-cccc-cccc-cccc-cccccccccccc";

    fn subject() -> TokenExchanged {
        check(json!({"scope": "https://vault.azure.net/.default"}))
    }

    fn seen(changes: serde_json::Value) -> Seen {
        let mut token = json!({
            "tenant": RESOURCE,
            "audience": "https://vault.azure.net",
            "application": APPLICATION.to_uppercase(),
            "object-id": "05000000-0000-4000-8000-000000000003",
            "issuer": format!("https://sts.windows.net/{RESOURCE}/"),
            "version": "1.0",
            "seconds-left": 3599,
            "assertion": {
                "issuer": "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0",
                "subject": "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeeee",
                "audience": "fb60f99c-7a34-4190-8149-302f77469936"
            }
        });
        for (name, value) in changes.as_object().unwrap() {
            token[name] = value.clone();
        }
        Seen {
            token: serde_json::from_value(token).unwrap(),
            tenant: RESOURCE.parse().unwrap(),
            application: Some(APPLICATION.parse().unwrap()),
            issuers: vec![
                format!("https://login.microsoftonline.com/{RESOURCE}/v2.0"),
                format!("https://sts.windows.net/{RESOURCE}/"),
            ],
        }
    }

    #[test]
    fn tokens_of_both_versions_hold_and_slashes_do_not_count() {
        assert_eq!(judged(&subject(), &seen(json!({}))), Verdict::Holds);
        assert_eq!(judged(&subject(), &seen(json!({"audience": "https://vault.azure.net/"}))), Verdict::Holds);
        let v2 = json!({
            "version": "2.0",
            "audience": "cfa8b339-82a2-471a-a3c9-0fc0be7a4093",
            "issuer": format!("https://login.microsoftonline.com/{RESOURCE}/v2.0")
        });
        assert_eq!(judged(&subject(), &seen(v2)), Verdict::Holds);
        let double: TokenExchanged = check(json!({"scope": "https://vault.azure.net//.default"}));
        assert_eq!(judged(&double, &seen(json!({}))), Verdict::Holds);
    }

    #[test]
    fn each_claim_that_is_not_the_expected_one_has_its_cause() {
        for (changes, cause) in [
            (json!({"tenant": "11111111-1111-1111-1111-111111111111"}), "wrong-tenant"),
            (json!({"issuer": "https://sts.windows.net/11111111-1111-1111-1111-111111111111/"}), "wrong-issuer"),
            (json!({"audience": "https://storage.azure.com"}), "wrong-audience"),
            (json!({"audience": "cfa8b339-82a2-471a-a3c9-0fc0be7a4093"}), "wrong-audience"),
            (json!({"application": "dddddddd-dddd-dddd-dddd-dddddddddddd"}), "wrong-application"),
            (json!({"seconds-left": 0}), "expired"),
            (json!({"seconds-left": -5}), "expired"),
        ] {
            broken(&subject(), &seen(changes), cause);
        }
    }

    #[test]
    fn a_token_proves_what_it_could_not_exist_without() {
        let proved = subject().proves(&seen(json!({})));
        let checks: Vec<&str> = proved.iter().map(|claim| claim.check.as_str()).collect();
        assert_eq!(checks, ["service-principal-provisioned", "federated-credential-matches", "application-multi-tenant"]);
        let open = Claim::new("federated-credential-matches", None, format!("{APPLICATION} EEEEEEEE-eeee-eeee-eeee-eeeeeeeeeeee"));
        assert!(proved.iter().any(|claim| claim.settles(&open)));
        let same_tenant = json!({"assertion": {"issuer": format!("https://login.microsoftonline.com/{RESOURCE}/v2.0"), "subject": "s", "audience": "a"}});
        assert!(!subject().proves(&seen(same_tenant)).iter().any(|claim| claim.check == "application-multi-tenant"));
    }

    #[test]
    fn codes_have_one_meaning_each() {
        let mut codes: Vec<&str> = causes::CAUSES.iter().flat_map(|cause| cause.on.iter().copied()).collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }

    #[test]
    fn a_refusal_of_the_managed_identity_endpoint_is_told_from_entras() {
        let refusal = |host: &str, status, codes: &[&str], message: &str| {
            NoAnswer::Refused(Refusal {
                status,
                codes: codes.iter().map(|code| (*code).to_owned()).collect(),
                message: message.to_owned(),
                host: host.to_owned(),
            })
        };
        let named = |why| name_missing_identity(why, "login.microsoftonline.com").codes().iter().any(|code| code == IDENTITY_NOT_ASSIGNED);
        assert!(named(refusal("169.254.169.254", 400, &["invalid_request"], "Identity not found")));
        assert!(named(NoAnswer::NoIdentity(Box::new(refusal("169.254.169.254", 400, &["invalid_request"], "")))));
        let words = "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.";
        assert!(named(refusal("127.0.0.1", 500, &[], words)));
        assert!(!named(refusal("login.microsoftonline.com", 400, &["invalid_request", "AADSTS900144"], "")));
        assert!(!named(refusal("169.254.169.254", 400, &["bad_request_102"], "Required metadata header not specified")));
        assert!(!named(refusal("169.254.169.254", 500, &["server_error"], "")));
        assert!(!named(NoAnswer::Unreachable("timed out".to_owned())));
    }
}
