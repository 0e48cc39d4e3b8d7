//! Who an auditor is, before anything is read as it.

use std::time::Duration;

use super::session::{ReadableTenant, SharedSession};
use super::tokens::TokenKey;
use super::{Ask, LinkSide};
use crate::clients::jwt::Claims;
use crate::credentials::Identity;
use crate::outcome::run::IdentityReport;
use crate::outcome::{Finding, NoAnswer, Refusal, TenantRef};
use crate::target::{INTERNET, Trust};
use crate::timestamp::Timestamp;

/// Bound of the questions of preflight.
const PATIENCE: Duration = Duration::from_secs(15);

/// Asks a token for the tenant's auditor, compares who it is with whom it should read, and puts one cheap question to ARM:
/// whom it does not trust, a token that it does not take, and a clock that is off are told once, not by every link.
pub async fn auditor(
    session: &SharedSession,
    tenant: &ReadableTenant,
    reader: &str,
) -> IdentityReport {
    let side = LinkSide {
        tenant: Some(tenant.tenant.clone()),
        vantage: INTERNET.to_owned(),
        network: None,
        workload: None,
        patience: PATIENCE,
    };
    let ask = Ask::new(SharedSession::clone(session), side, false);
    let auditor = Auditor {
        ask: &ask,
        reader,
        tenant,
    };
    let (object_id, finding) = match auditor.identify().await {
        Ok(object_id) => (Some(object_id), None),
        Err(trouble) => (None, Some(trouble.finding(&tenant.tenant))),
    };
    let source = match session.parts.identities.get(reader) {
        Some(Identity::Outside { .. }) => session.parts.target.stand_ins.source(),
        Some(Identity::ManagedIdentity(_)) => "managed identity".to_owned(),
        Some(Identity::Federated { .. }) => "federated credential".to_owned(),
        None => "undefined".to_owned(),
    };
    IdentityReport {
        name: reader.to_owned(),
        tenant: tenant.tenant.clone(),
        source,
        object_id,
        finding,
        evidence: ask.evidence(),
    }
}

/// Why an auditor cannot be used.
struct Trouble {
    cause: &'static str,
    says: String,
    expected: String,
    observed: String,
    /// Whether the tenant's administrator must act; the rest is up to whoever runs.
    is_of_tenant: bool,
    fix: Vec<String>,
}

impl Trouble {
    /// What is told.
    fn finding(self, tenant: &TenantRef) -> Finding {
        Finding {
            code: format!("identity.{}", self.cause),
            says: self.says,
            expected: Some(self.expected),
            observed: Some(self.observed),
            owner: self.is_of_tenant.then(|| tenant.clone()),
            heals_within_seconds: None,
            fix: self.fix,
            docs: "docs/scenario-format.md#identities".to_owned(),
            source: "DESIGN.md §7 (preflight)".to_owned(),
        }
    }
}

/// An auditor on its way to be known.
struct Auditor<'a> {
    ask: &'a Ask,
    reader: &'a str,
    tenant: &'a ReadableTenant,
}

impl Auditor<'_> {
    /// The object id of the auditor, once ARM has taken its token.
    async fn identify(&self) -> Result<String, Trouble> {
        let found = self.is_known().await;
        match self.ask.target_is_there().await {
            Err(gone) if found.is_err() => Err(self.no_target(&gone)),
            _ => found,
        }
    }

    async fn is_known(&self) -> Result<String, Trouble> {
        let key = TokenKey {
            identity: self.reader.to_owned(),
            vantage: INTERNET.to_owned(),
            scope: self.ask.cloud().arm_scope.to_owned(),
        };
        let token = self.ask.lasting_token(&key).await;
        let token = token.map_err(|why| self.no_token(&why))?;
        let claims = Claims::read(&token).map_err(|why| self.unusable("no-token", why))?;
        let (found, tenant) = (claims.text("tid"), &self.tenant.tenant.id);
        if !found.eq_ignore_ascii_case(tenant.as_str()) {
            let seen = format!("a token of the tenant {found}");
            return Err(self.unusable("wrong-tenant", seen));
        }
        // Whatever else ARM answers is for the links to tell: it may be over when they ask.
        match self.ask.arm_greets(self.tenant).await {
            Err(NoAnswer::Unreachable(silence)) if silence.is_of_trust() => {
                Err(self.not_trusted(silence.why))
            }
            Err(NoAnswer::Refused(refusal)) if refusal.status == 401 => {
                Err(self.refused(&refusal, &claims))
            }
            _ => Ok(claims.text("oid")),
        }
    }

    fn no_token(&self, why: &NoAnswer) -> Trouble {
        match why {
            NoAnswer::NoIdentity(inner) => self.no_token(inner),
            NoAnswer::Unreachable(silence) if silence.is_of_trust() => {
                self.not_trusted(silence.why.clone())
            }
            other => self.unusable("no-token", other.describe()),
        }
    }

    /// The tenant gives no token of its own for it.
    fn unusable(&self, cause: &'static str, observed: String) -> Trouble {
        Trouble {
            cause,
            says: self.cannot_be_read(),
            expected: format!("a token of the tenant {}", self.tenant.tenant.id),
            observed,
            is_of_tenant: true,
            fix: Vec::new(),
        }
    }

    /// ARM does not take the token: too old, or a clock is off.
    fn refused(&self, refusal: &Refusal, claims: &Claims) -> Trouble {
        let time = |claim| {
            let seconds = claims.seconds(claim).map(Timestamp::from_epoch_seconds);
            seconds.map_or_else(|| "unknown".to_owned(), |time| time.to_string())
        };
        Trouble {
            cause: "token-refused",
            says: format!(
                "{}: Azure Resource Manager does not take its token; get a new one, and see whether the clock of this machine is right",
                self.cannot_be_read()
            ),
            expected: format!(
                "a token that is valid now, {} by the clock of this run",
                self.ask.now()
            ),
            observed: format!(
                "{}; the token is valid from {} to {}",
                refusal.describe(),
                time("nbf"),
                time("exp")
            ),
            is_of_tenant: false,
            fix: self.on_a_live_cloud("date -u"),
        }
    }

    /// Somebody answers in the name of the target whom it does not know.
    fn not_trusted(&self, observed: String) -> Trouble {
        let host = self.ask.cloud().arm_host;
        Trouble {
            cause: "not-trusted",
            says: format!(
                "{}: what answers shows a certificate that this run does not trust; something may be in between, or the trusted \
                 certificates are those of another target",
                self.cannot_be_read()
            ),
            expected: "a certificate of an authority that the target trusts".to_owned(),
            observed,
            is_of_tenant: false,
            fix: self.on_a_live_cloud(&format!(
                "openssl s_client -connect {host}:443 -servername {host} </dev/null | openssl x509 -noout -subject -issuer -dates"
            )),
        }
    }

    fn no_target(&self, gone: &NoAnswer) -> Trouble {
        Trouble {
            cause: "no-target",
            says: self.cannot_be_read(),
            expected: "a target that answers".to_owned(),
            observed: gone.describe(),
            is_of_tenant: false,
            fix: Vec::new(),
        }
    }

    fn cannot_be_read(&self) -> String {
        let tenant = &self.tenant.tenant.name;
        format!("the tenant {tenant} cannot be read as `{}`", self.reader)
    }

    /// A command that looks at the machine or the Internet says nothing about a mock.
    fn on_a_live_cloud(&self, command: &str) -> Vec<String> {
        match self.ask.session.parts.target.trust {
            Trust::System => vec![command.to_owned()],
            Trust::Only(_) => Vec::new(),
        }
    }
}
