//! Microsoft Graph's error envelope: `{"error":{"code","message","innerError":{"date","request-id","client-request-id"}}}`.
//!
//! Codes of `azure/IDENTITY.md` §6; only the text of `Authorization_RequestDenied` is proved there.

use http::StatusCode;
use serde_json::json;

use crate::clock::rfc3339;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::{Refusal, too_large};

/// The envelope.
pub fn error(
    status: StatusCode,
    code: &str,
    message: &str,
    request: &Request,
    context: &Context,
) -> Reply {
    let date = rfc3339(context.clock.now());
    let client = request
        .header("client-request-id")
        .unwrap_or(&request.request_id);
    let inner = json!({
        "date": date.trim_end_matches('Z'),
        "request-id": request.request_id,
        "client-request-id": client,
    });
    Reply::json(
        status,
        &json!({"error": {"code": code, "message": message, "innerError": inner}}),
    )
}

/// 404: nothing of that id in the token's tenant.
pub fn not_found(id: &str, request: &Request, context: &Context) -> Reply {
    let message = format!(
        "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
    );
    error(
        StatusCode::NOT_FOUND,
        "Request_ResourceNotFound",
        &message,
        request,
        context,
    )
}

/// 403: the caller may not look.
pub fn denied(request: &Request, context: &Context) -> Reply {
    let message = "Insufficient privileges to complete the operation.";
    error(
        StatusCode::FORBIDDEN,
        "Authorization_RequestDenied",
        message,
        request,
        context,
    )
}

/// 400: a query that cannot be read or is not supported.
pub fn bad_request(message: &str, request: &Request, context: &Context) -> Reply {
    error(
        StatusCode::BAD_REQUEST,
        "Request_BadRequest",
        message,
        request,
        context,
    )
}

/// What the router and `auth` refuse, in Graph's words.
pub fn refuse(refusal: &Refusal, request: &Request, context: &Context) -> Reply {
    let unauthorized = |message: &str| {
        error(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", message, request, context).with(
            "www-authenticate",
            "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\"",
        )
    };
    match refusal {
        Refusal::NotImplemented { operation } => {
            let message = format!("the mock does not imitate this operation: {operation}");
            error(
                StatusCode::NOT_IMPLEMENTED,
                "NotImplemented",
                &message,
                request,
                context,
            )
        }
        Refusal::ApiVersion { given } => bad_request(
            &format!("Invalid version: {}", given.as_deref().unwrap_or_default()),
            request,
            context,
        ),
        Refusal::Misdirected { host } => {
            let message = format!("the address that was dialled does not serve this host: {host}");
            error(
                StatusCode::MISDIRECTED_REQUEST,
                "MisdirectedRequest",
                &message,
                request,
                context,
            )
        }
        Refusal::UnknownSubscription { subscription } => not_found(subscription, request, context),
        Refusal::TooLarge { limit } => error(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestEntityTooLarge",
            &too_large(*limit),
            request,
            context,
        ),
        Refusal::Malformed { why } => bad_request(
            &format!("The request cannot be read: {why}"),
            request,
            context,
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
        Refusal::Forbidden { .. } => denied(request, context),
    }
}
