//! The SDK calls that the article's code makes: credentials, a secret, a blob.
//!
//! As Azure.Identity does: a managed identity's token from App Service's endpoint, and for the other tenant that token as
//! the assertion of `ClientAssertionCredential`. As Azure.Security.KeyVault does: a first request without a token, whose
//! challenge names the tenant; a credential that was made for another tenant does not follow it. As Azure.Storage does: a
//! token for storage at once.

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::Value;

use super::outbound::{Call, Exception, Outbound};
use crate::fabric::addresses::{APP_SERVICE, APP_SERVICE_PORT};
use crate::request::Reply;
use crate::services::arm::page::encode;
use crate::services::entra::resource::TOKEN_EXCHANGE;
use crate::services::managed_identity::identity::header_value;

/// Versions of the data planes, as the SDKs of .NET 8's time send them.
const KEY_VAULT_VERSION: &str = "7.5";
const BLOB_VERSION: &str = "2024-08-04";

/// Who the code asks as.
pub(super) enum Credential {
    /// `DefaultAzureCredential`, which on App Service is the managed identity.
    ManagedIdentity {
        /// `AZURE_CLIENT_ID`, when it is set.
        client_id: Option<String>,
    },
    /// `ClientAssertionCredential` over a managed identity.
    ClientAssertion {
        /// `CROSS_TENANT_ID`.
        tenant: String,
        /// `APP_CLIENT_ID`.
        application: String,
        /// `AZURE_CLIENT_ID`, when it is set.
        identity: Option<String>,
    },
}

/// `SecretClient.GetSecretAsync`: the value.
pub(super) fn secret(
    out: &Outbound<'_>,
    credential: &Credential,
    vault: &str,
    name: &str,
) -> Result<String, Exception> {
    let vault = vault.trim_end_matches('/');
    let url = format!(
        "{vault}/secrets/{}?api-version={KEY_VAULT_VERSION}",
        encode(name)
    );
    over_tls(&url)?;
    let first = out.send(get(&url, Vec::new()))?;
    let challenge = Challenge::of(&first)?;
    credential.follows(&challenge)?;
    let scope = format!("{}/.default", challenge.resource);
    let token = credential.token(out, &scope)?;
    let reply = succeeded(out.send(get(&url, vec![bearer(&token)]))?)?;
    text(&reply.body, "value")
}

/// `BlobClient.DownloadToAsync`: the bytes.
pub(super) fn blob(
    out: &Outbound<'_>,
    credential: &Credential,
    account: &str,
    container: &str,
    blob: &str,
) -> Result<Bytes, Exception> {
    let account = account.trim_end_matches('/');
    let blob: Vec<String> = blob.split('/').map(encode).collect();
    let url = format!("{account}/{}/{}", encode(container), blob.join("/"));
    over_tls(&url)?;
    let token = credential.token(out, "https://storage.azure.com/.default")?;
    let headers = vec![bearer(&token), ("x-ms-version", BLOB_VERSION.to_owned())];
    Ok(succeeded(out.send(get(&url, headers))?)?.body)
}

impl Credential {
    fn token(&self, out: &Outbound<'_>, scope: &str) -> Result<String, Exception> {
        match self {
            Self::ManagedIdentity { client_id } => {
                managed_identity(out, client_id.as_deref(), scope)
            }
            Self::ClientAssertion {
                tenant,
                application,
                identity,
            } => {
                let audience = format!("{TOKEN_EXCHANGE}/.default");
                let assertion = managed_identity(out, identity.as_deref(), &audience)?;
                exchange(out, tenant, application, &assertion, scope)
            }
        }
    }

    /// A credential that was made for one tenant asks no other.
    fn follows(&self, challenge: &Challenge) -> Result<(), Exception> {
        match self {
            Self::ClientAssertion { tenant, .. }
                if !challenge.tenant.eq_ignore_ascii_case(tenant) =>
            {
                Err(Exception(format!(
                    "the credential is not configured to acquire tokens for tenant {}",
                    challenge.tenant
                )))
            }
            _ => Ok(()),
        }
    }
}

/// `ManagedIdentityCredential` on App Service (IDENTITY.md §1b).
fn managed_identity(
    out: &Outbound<'_>,
    client_id: Option<&str>,
    scope: &str,
) -> Result<String, Exception> {
    let resource = scope.strip_suffix("/.default").unwrap_or(scope);
    let mut url = format!(
        "http://{APP_SERVICE}:{APP_SERVICE_PORT}/msi/token?api-version=2019-08-01&resource={}",
        encode(resource)
    );
    if let Some(client_id) = client_id {
        url.push_str(&format!("&client_id={}", encode(client_id)));
    }
    let headers = vec![("x-identity-header", header_value(out.vantage))];
    let reply = succeeded(out.send(get(&url, headers))?)?;
    text(&reply.body, "access_token")
}

/// `ClientAssertionCredential` (IDENTITY.md §3).
fn exchange(
    out: &Outbound<'_>,
    tenant: &str,
    application: &str,
    assertion: &str,
    scope: &str,
) -> Result<String, Exception> {
    let url = format!(
        "https://login.microsoftonline.com/{}/oauth2/v2.0/token",
        encode(tenant)
    );
    let form = [
        ("client_id", application),
        ("scope", scope),
        ("grant_type", "client_credentials"),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", assertion),
    ];
    let form = form.map(|(name, value)| format!("{name}={}", encode(value)));
    let content_type = "application/x-www-form-urlencoded".to_owned();
    let reply = out.send(Call {
        method: Method::POST,
        url: &url,
        headers: vec![("content-type", content_type)],
        body: form.join("&"),
    })?;
    text(&succeeded(reply)?.body, "access_token")
}

/// What a vault says to a request without a token.
struct Challenge {
    tenant: String,
    resource: String,
}

impl Challenge {
    fn of(reply: &Reply) -> Result<Self, Exception> {
        let header = |name: &str| {
            let found = reply.headers.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| value.as_str())
        };
        let read = || {
            let challenge = header("www-authenticate")?;
            let authority = quoted(challenge, "authorization=")?;
            Some(Self {
                tenant: authority.rsplit('/').next()?.to_owned(),
                resource: quoted(challenge, "resource=")?.to_owned(),
            })
        };
        let challenge = (reply.status == StatusCode::UNAUTHORIZED).then(read);
        challenge.flatten().ok_or_else(|| failed(reply))
    }
}

/// The text in quotes after `key`.
fn quoted<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(key)?;
    rest.strip_prefix('"')?.split('"').next()
}

fn get<'a>(url: &'a str, headers: Vec<(&'static str, String)>) -> Call<'a> {
    Call {
        method: Method::GET,
        url,
        headers,
        body: String::new(),
    }
}

fn bearer(token: &str) -> (&'static str, String) {
    ("authorization", format!("Bearer {token}"))
}

/// The SDKs send no token over a connection that is not protected.
fn over_tls(url: &str) -> Result<(), Exception> {
    if url.starts_with("https://") {
        Ok(())
    } else {
        Err(Exception(
            "bearer token authentication is not permitted for non TLS protected endpoints"
                .to_owned(),
        ))
    }
}

fn succeeded(reply: Reply) -> Result<Reply, Exception> {
    if reply.status.is_success() {
        Ok(reply)
    } else {
        Err(failed(&reply))
    }
}

fn failed(reply: &Reply) -> Exception {
    Exception(format!("the service answered {}", reply.status))
}

fn text(body: &[u8], key: &str) -> Result<String, Exception> {
    let body: Option<Value> = serde_json::from_slice(body).ok();
    let found = body.as_ref().and_then(|body| body.get(key)?.as_str());
    found
        .map(str::to_owned)
        .ok_or_else(|| Exception(format!("the answer has no {key}")))
}
