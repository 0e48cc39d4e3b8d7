//! A managed identity's token as client assertion of an application in another tenant (`IDENTITY.md` §3).
//!
//! The exchange is `azure_identity`'s; the assertion is fetched anew for each exchange, over the same transport.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use azure_core::credentials::TokenCredential;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::ClientMethodOptions;
use azure_identity::{
    ClientAssertion, ClientAssertionCredential, ClientAssertionCredentialOptions,
};

use super::{Channel, Issued, Selector, managed_identity};
use crate::clients::http::Http;
use crate::clients::jwt::Claims;
use crate::clients::recorder::Recorder;
use crate::clients::sdk;
use crate::ids::{AppId, TenantId};
use crate::outcome::NoAnswer;
use crate::outcome::unreachable::{LOGIN_NOT_RESOLVED, LOGIN_UNREACHABLE, NO_IDENTITY_ENDPOINT};
use crate::secret::Secret;
use crate::target::IdentityEndpoint;

/// What is noted beside a refused exchange: `iss` of the assertion.
pub const ASSERTION_ISSUER: &str = "assertion-issuer";
/// `sub` of it.
pub const ASSERTION_SUBJECT: &str = "assertion-subject";

/// Largest answer of a token endpoint that is read into memory.
const TOKEN_LIMIT: usize = 1024 * 1024;

/// Asks the managed identity, then the tenant.
///
/// # Errors
/// Why the identity gave no assertion, or the AADSTS codes of the tenant's refusal.
pub async fn token(
    tenant: &TenantId,
    application: &AppId,
    assertion: &Selector,
    scope: &str,
    channel: Channel<'_>,
) -> Result<Issued, NoAnswer> {
    let Channel {
        target,
        vantage,
        http,
        recorder,
    } = channel;
    let presented = Arc::new(Mutex::new(None));
    let source = AssertionSource {
        http: http.clone(),
        recorder: recorder.clone(),
        endpoint: target.network.identity_endpoint(vantage),
        selector: assertion.clone(),
        scope: format!("{}/.default", target.cloud.exchange_audience),
        presented: Arc::clone(&presented),
    };
    let options = ClientAssertionCredentialOptions {
        client_options: sdk::options(target, http.clone(), recorder.clone(), Some(TOKEN_LIMIT)),
    };
    let lost = |error: Error| {
        recorder
            .no_answer()
            .unwrap_or_else(|| NoAnswer::Unusable(error.to_string()))
    };
    let credential = ClientAssertionCredential::new(
        tenant.to_string(),
        application.to_string(),
        source,
        Some(options),
    )
    .map_err(lost)?;
    let token = credential.get_token(&[scope], None).await;
    let assertion = presented
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    let token =
        token.map_err(|error| noting_assertion(no_login(lost(error)), assertion.as_ref()))?;
    Ok(Issued {
        token: Secret::new(token.token.secret()),
        assertion,
    })
}

/// Notes whose assertion it was that the tenant refused: what a federated credential would have to name.
fn noting_assertion(why: NoAnswer, assertion: Option<&Secret>) -> NoAnswer {
    let claims = assertion.and_then(|token| Claims::read(token).ok());
    match claims {
        Some(claims) => why
            .noting(ASSERTION_ISSUER, claims.text("iss"))
            .noting(ASSERTION_SUBJECT, claims.text("sub")),
        None => why,
    }
}

/// Entra cannot be reached: the identity's own endpoint could, or says itself that it could not.
fn no_login(why: NoAnswer) -> NoAnswer {
    match why {
        NoAnswer::Unreachable(silence)
            if silence
                .codes
                .iter()
                .any(|code| code == NO_IDENTITY_ENDPOINT) =>
        {
            NoAnswer::Unreachable(silence)
        }
        NoAnswer::Unreachable(silence) => {
            let code = if silence.is_of_names() {
                LOGIN_NOT_RESOLVED
            } else {
                LOGIN_UNREACHABLE
            };
            NoAnswer::Unreachable(silence.renamed(code))
        }
        other => other,
    }
}

/// Gives a fresh token of the managed identity for the exchange audience.
struct AssertionSource {
    http: Http,
    recorder: Recorder,
    endpoint: IdentityEndpoint,
    selector: Selector,
    scope: String,
    presented: Arc<Mutex<Option<Secret>>>,
}

impl fmt::Debug for AssertionSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssertionSource")
            .field("selector", &self.selector)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl ClientAssertion for AssertionSource {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        let token = managed_identity::token(
            &self.http,
            &self.recorder,
            &self.endpoint,
            &self.selector,
            &self.scope,
        )
        .await;
        let token = token.map_err(|why| {
            self.recorder.unanswered(why.clone());
            Error::with_message(ErrorKind::Credential, why.describe())
        })?;
        *self
            .presented
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        Ok(token.reveal().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Unreachable;
    use crate::outcome::unreachable::{CONNECT_TIMED_OUT, NAME_SERVER_FAILED};

    #[test]
    fn what_was_silent_is_told_by_one_code_and_an_unmapped_address_by_none() {
        for (met, told) in [
            (Some(CONNECT_TIMED_OUT), Some(LOGIN_UNREACHABLE)),
            (Some(NAME_SERVER_FAILED), Some(LOGIN_NOT_RESOLVED)),
            (Some(NO_IDENTITY_ENDPOINT), Some(NO_IDENTITY_ENDPOINT)),
            (None, None),
        ] {
            let silence = match met {
                Some(code) => Unreachable::of(code, "x"),
                None => "x".to_owned().into(),
            };
            let why = no_login(NoAnswer::Unreachable(silence));
            let codes: Vec<&str> = why.codes().iter().map(String::as_str).collect();
            assert_eq!(codes, Vec::from_iter(told), "{met:?}");
        }
    }
}
