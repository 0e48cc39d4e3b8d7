//! Microsoft Graph's error envelope: `{"error":{"code","message","innerError":{"date","request-id","client-request-id"}}}`.
//!
//! Codes of `azure/IDENTITY.md` §6 and of public captures, named at each constructor; texts without one are ours.

use http::StatusCode;
use serde_json::{Value, json};

use crate::clock::rfc3339;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::{Refusal, too_large};

/// Why an operation is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// `code` and `target` of a detail.
    detail: Option<(&'static str, &'static str)>,
}

impl Refused {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            detail: None,
        }
    }

    /// Any other refusal.
    pub(super) fn of_status(status: StatusCode, code: &'static str, message: &str) -> Self {
        Self::new(status, code, message)
    }

    /// 501: what the mock does not imitate inside of an operation that it has.
    pub(super) fn not_built(what: &str) -> Self {
        let message = format!("the mock does not imitate this: {what}");
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }

    /// In Graph's envelope.
    pub(super) fn reply(&self, request: &Request, context: &Context) -> Reply {
        let detail = self.detail.map(
            |(code, target)| json!([{"code": code, "message": self.message, "target": target}]),
        );
        envelope(
            self.status,
            self.code,
            &self.message,
            detail,
            request,
            context,
        )
    }

    /// 403: the caller may not look, or not write. The only text that is documented (MORE.md §6).
    pub(super) fn denied() -> Self {
        let message = "Insufficient privileges to complete the operation.";
        Self::new(
            StatusCode::FORBIDDEN,
            "Authorization_RequestDenied",
            message,
        )
    }

    /// 403: the right to write one's own applications makes no principals of others (azure-cli#28009).
    pub(super) fn not_of_local_tenant() -> Self {
        let message = "When using this permission, the backing application of the service principal being created must in \
                       the local tenant";
        Self::new(
            StatusCode::FORBIDDEN,
            "Authorization_RequestDenied",
            message,
        )
    }

    /// 404: nothing of that id in the token's tenant.
    pub(super) fn not_found(id: &str) -> Self {
        let message = format!(
            "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
        );
        Self::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message)
    }

    /// 400: what cannot be done.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message)
    }

    /// 400: what cannot be read.
    pub(super) fn bad_syntax(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// 400: a query that Graph does not answer, or not without the header and the count of an advanced query.
    pub(super) fn unsupported_query(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
    }

    /// 400: a value that a property does not take.
    pub(super) fn invalid_value(property: &str, of: &str) -> Self {
        let message =
            format!("Invalid value specified for property '{property}' of resource '{of}'.");
        Self::bad_request(message)
    }

    /// 400: a property without which there is no object.
    pub(super) fn missing_value(property: &str, of: &str) -> Self {
        let message = format!("A value is required for property '{property}' of resource '{of}'.");
        Self::bad_request(message)
    }

    /// 400: another object has this value already (microsoft-graph-docs#1508).
    pub(super) fn value_in_use(property: &'static str) -> Self {
        let message =
            format!("Another object with the same value for property {property} already exists.");
        Self {
            detail: Some(("ObjectConflict", property)),
            ..Self::bad_request(message)
        }
    }

    /// 400: no application of that id that this tenant could instantiate (openshift's cloud-credential-operator,
    /// terraform-provider-azuread).
    pub(super) fn no_backing_application(app_id: &str) -> Self {
        let message = format!(
            "The appId '{app_id}' of the service principal does not reference a valid application object."
        );
        Self {
            detail: Some(("NoBackingApplicationObject", "appId")),
            ..Self::bad_request(message)
        }
    }

    /// 409: something of that name is there.
    pub(super) fn conflict(message: impl Into<String>) -> Self {
        let code = "Request_MultipleObjectsWithSameKeyValue";
        Self::new(StatusCode::CONFLICT, code, message)
    }

    /// 400: issuer and subject are taken (azure-workload-identity#434).
    pub(super) fn credential_in_use(issuer: &str, subject: &str) -> Self {
        let message = format!(
            "The combination of issuer and subject must be unique for the application. Issuer {issuer} and Subject: \
             {subject} already exist. paramName: FederatedIdentityCredential.Subject, paramValue: {subject}, objectType: \
             Microsoft.Online.DirectoryServices.Application"
        );
        let code = "InvalidFederatedIdentityCredentialValue";
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }
}

/// The envelope, with details if there are any.
pub fn envelope(
    status: StatusCode,
    code: &str,
    message: &str,
    details: Option<Value>,
    request: &Request,
    context: &Context,
) -> Reply {
    let date = rfc3339(context.clock.now());
    let client = request
        .header("client-request-id")
        .unwrap_or(&request.request_id);
    let mut error = json!({"code": code, "message": message});
    if let Some(details) = details {
        error["details"] = details;
    }
    error["innerError"] = json!({
        "date": date.trim_end_matches('Z'),
        "request-id": request.request_id,
        "client-request-id": client,
    });
    Reply::json(status, &json!({"error": error}))
}

/// What the router and `auth` refuse, in Graph's words.
pub fn refuse(refusal: &Refusal, request: &Request, context: &Context) -> Reply {
    let refused = refused(refusal);
    let reply = refused.reply(request, context);
    if refused.status == StatusCode::UNAUTHORIZED {
        return reply.with(
            "www-authenticate",
            "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\"",
        );
    }
    reply
}

fn refused(refusal: &Refusal) -> Refused {
    let unauthorized = |message: &str| {
        let code = "InvalidAuthenticationToken";
        Refused::new(StatusCode::UNAUTHORIZED, code, message)
    };
    match refusal {
        Refusal::NotImplemented { operation } => {
            let message = format!("the mock does not imitate this operation: {operation}");
            Refused::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
        }
        Refusal::ApiVersion { given } => {
            let given = given.as_deref().unwrap_or_default();
            Refused::bad_request(format!("Invalid version: {given}"))
        }
        Refusal::Misdirected { host } => {
            let message = format!("the address that was dialled does not serve this host: {host}");
            let status = StatusCode::MISDIRECTED_REQUEST;
            Refused::new(status, "MisdirectedRequest", message)
        }
        Refusal::UnknownSubscription { subscription } => Refused::not_found(subscription),
        Refusal::Malformed { why } => {
            Refused::bad_request(format!("The request cannot be read: {why}"))
        }
        Refusal::TooLarge { limit } => Refused::of_status(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestEntityTooLarge",
            &too_large(*limit),
        ),
        Refusal::NoToken => unauthorized("Access token is empty."),
        Refusal::BadToken { why } => {
            unauthorized(&format!("Access token validation failure. {why}"))
        }
        Refusal::ExpiredToken => unauthorized("Lifetime validation failed, the token is expired."),
        Refusal::WrongAudience { .. } => {
            unauthorized("Access token validation failure. Invalid audience.")
        }
        Refusal::WrongTenant { .. } => {
            unauthorized("Access token validation failure. Invalid issuer.")
        }
        Refusal::Forbidden { .. } => Refused::denied(),
    }
}
