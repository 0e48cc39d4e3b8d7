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
use crate::clients::recorder::Recorder;
use crate::clients::sdk;
use crate::ids::{AppId, TenantId};
use crate::outcome::NoAnswer;
use crate::secret::Secret;
use crate::target::IdentityEndpoint;

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
        client_options: sdk::options(target, http.clone(), recorder.clone()),
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
    let token = credential.get_token(&[scope], None).await.map_err(lost)?;
    let assertion = presented
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    Ok(Issued {
        token: Secret::new(token.token.secret()),
        assertion,
    })
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
