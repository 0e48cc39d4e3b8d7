//! What the article's code does (`private-secretless-access`, "各 API の実装"): one secret, or one blob in base64.
//!
//! The settings are read when the class is made, before the parameters, so an app without them answers 500; then a missing
//! parameter is 400; then any exception is 404, whatever it was. The classes for the same tenant, which the article only
//! hints at, read `SAME_…` and use `DefaultAzureCredential`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;

use super::bare;
use super::client::{self, Credential};
use super::outbound::Outbound;
use super::settings::setting;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::Resource;
use crate::world::FunctionApp;

/// Runs a function of the app.
pub(super) fn run(
    ctx: &Context,
    site: &Resource,
    app: &FunctionApp,
    name: &str,
    request: &Request,
) -> Reply {
    let Some(code) = Code::made(site, name) else {
        return bare(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let out = Outbound {
        ctx,
        vantage: &app.vantage,
    };
    if name.starts_with("GetSecret") {
        code.secret(&out, request)
    } else {
        code.blob(&out, request)
    }
}

/// The class with its clients.
struct Code {
    credential: Credential,
    vault: String,
    storage: String,
}

impl Code {
    /// The constructor; nothing when it throws.
    fn made(site: &Resource, name: &str) -> Option<Self> {
        let identity = setting(site, "AZURE_CLIENT_ID");
        let (side, credential) = if name.ends_with("CrossTenant") {
            let credential = Credential::ClientAssertion {
                tenant: setting(site, "CROSS_TENANT_ID")?,
                application: setting(site, "APP_CLIENT_ID")?,
                identity,
            };
            ("CROSS", credential)
        } else {
            let client_id = identity;
            ("SAME", Credential::ManagedIdentity { client_id })
        };
        let address = |name: &str| {
            let text = setting(site, &format!("{side}_{name}"))?;
            let is_absolute = text.parse::<http::Uri>().ok()?.scheme().is_some();
            is_absolute.then_some(text)
        };
        Some(Self {
            credential,
            vault: address("KEYVAULT_ENDPOINT")?,
            storage: address("BLOB_SERVICE_ENDPOINT")?,
        })
    }

    fn secret(&self, out: &Outbound<'_>, request: &Request) -> Reply {
        let Some(key) = parameter(request, "key") else {
            return text(StatusCode::BAD_REQUEST, "Missing 'key' parameter.");
        };
        match client::secret(out, &self.credential, &self.vault, key) {
            Ok(value) => text(StatusCode::OK, &value),
            Err(_) => text(StatusCode::NOT_FOUND, &format!("Secret '{key}' not found.")),
        }
    }

    fn blob(&self, out: &Outbound<'_>, request: &Request) -> Reply {
        let parameters = (parameter(request, "container"), parameter(request, "blob"));
        let (Some(container), Some(blob)) = parameters else {
            return text(
                StatusCode::BAD_REQUEST,
                "Missing 'container' or 'blob' parameter.",
            );
        };
        match client::blob(out, &self.credential, &self.storage, container, blob) {
            Ok(content) => text(StatusCode::OK, &STANDARD.encode(content)),
            Err(_) => {
                let message = format!("Blob '{blob}' in container '{container}' not found.");
                text(StatusCode::NOT_FOUND, &message)
            }
        }
    }
}

fn parameter<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.query(name).filter(|value| !value.is_empty())
}

fn text(status: StatusCode, text: &str) -> Reply {
    Reply {
        status,
        headers: vec![("content-type", "text/plain; charset=utf-8".to_owned())],
        body: text.to_owned().into(),
    }
}
