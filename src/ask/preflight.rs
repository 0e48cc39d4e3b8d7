//! Who an auditor is, before anything is read as it.

use std::time::Duration;

use super::session::{ReadableTenant, SharedSession};
use super::{Ask, LinkSide};
use crate::clients::jwt::Claims;
use crate::credentials::Identity;
use crate::outcome::run::IdentityReport;
use crate::outcome::{NoAnswer, TenantRef};
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
    let (object_id, failure) = match found {
        Ok(object_id) => (Some(object_id), None),
        Err(why) => (None, Some(why)),
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
        failure,
        evidence: ask.evidence(),
    }
}

/// The object id of the auditor.
async fn identify(ask: &Ask, reader: &str, tenant: &TenantRef) -> Result<String, String> {
    let token = ask
        .lasting_token(reader, INTERNET, ask.cloud().arm_scope)
        .await
        .map_err(|why| match why {
            NoAnswer::NoIdentity(inner) => inner.describe(),
            other => other.describe(),
        })?;
    let claims = Claims::read(&token)?;
    let found = claims.text("tid");
    if !found.eq_ignore_ascii_case(tenant.id.as_str()) {
        return Err(format!(
            "its token is of the tenant {found}, and it should read {} ({})",
            tenant.name, tenant.id
        ));
    }
    Ok(claims.text("oid"))
}
