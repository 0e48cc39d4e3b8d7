//! Who an auditor is, before anything is read as it.

use std::time::Duration;

use super::session::{ReadableTenant, SharedSession};
use super::tokens::TokenKey;
use super::{Ask, LinkSide};
use crate::clients::jwt::Claims;
use crate::credentials::Identity;
use crate::outcome::run::IdentityReport;
use crate::outcome::{Finding, NoAnswer, TenantRef};
use crate::target::INTERNET;

/// Bound of the questions of preflight.
const PATIENCE: Duration = Duration::from_secs(15);

/// Asks a token for the tenant's auditor and compares who it is with whom it should read.
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
    let found = identify(&ask, reader, &tenant.tenant).await;
    let (object_id, finding) = match found {
        Ok(object_id) => (Some(object_id), None),
        Err((cause, why)) => (None, Some(unusable(cause, why, reader, &tenant.tenant))),
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

/// What a failed auditor is told as.
fn unusable(cause: &str, why: String, reader: &str, tenant: &TenantRef) -> Finding {
    Finding {
        code: format!("identity.{cause}"),
        says: format!("the tenant {} cannot be read as `{reader}`", tenant.name),
        expected: Some(format!("a token of the tenant {}", tenant.id)),
        observed: Some(why),
        owner: Some(tenant.clone()),
        heals_within_seconds: None,
        fix: Vec::new(),
        docs: "docs/scenario-format.md#identities".to_owned(),
        source: "DESIGN.md §7 (preflight)".to_owned(),
    }
}

/// The object id of the auditor, or a cause and what was seen.
async fn identify(
    ask: &Ask,
    reader: &str,
    tenant: &TenantRef,
) -> Result<String, (&'static str, String)> {
    let key = TokenKey {
        identity: reader.to_owned(),
        vantage: INTERNET.to_owned(),
        scope: ask.cloud().arm_scope.to_owned(),
    };
    let token = ask.lasting_token(&key).await.map_err(|why| match why {
        NoAnswer::NoIdentity(inner) => ("no-token", inner.describe()),
        other => ("no-token", other.describe()),
    })?;
    let claims = Claims::read(&token).map_err(|why| ("no-token", why))?;
    let found = claims.text("tid");
    if !found.eq_ignore_ascii_case(tenant.id.as_str()) {
        return Err(("wrong-tenant", format!("a token of the tenant {found}")));
    }
    Ok(claims.text("oid"))
}
