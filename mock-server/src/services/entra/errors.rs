//! Errors of Entra's token endpoint and of its discovery documents (IDENTITY.md §3 to §5).

use http::StatusCode;
use serde_json::json;
use uuid::Uuid;

use crate::clock::rfc3339;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::{Refusal, misdirected, not_implemented, too_large};

/// Entra's error envelope. `code` is the number after `AADSTS`; clients decide by it, never by the text.
pub fn error(
    status: StatusCode,
    error: &str,
    code: u32,
    text: &str,
    req: &Request,
    ctx: &Context,
) -> Reply {
    let timestamp = rfc3339(ctx.clock.now()).replace('T', " ");
    let correlation = req
        .header("client-request-id")
        .map_or_else(|| Uuid::new_v4().to_string(), str::to_owned);
    let trace = &req.request_id;
    let description = format!(
        "AADSTS{code}: {text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}"
    );
    let body = json!({
        "error": error,
        "error_description": description,
        "error_codes": [code],
        "timestamp": timestamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
    });
    Reply::json(status, &body)
}

/// What the router refuses, in Entra's shape. The mock's own refusals carry no AADSTS number: nobody may take them for
/// an answer of Entra.
pub fn refuse(refusal: &Refusal, _req: &Request, _ctx: &Context) -> Reply {
    let (status, text) = match refusal {
        Refusal::NotImplemented { operation } => {
            (StatusCode::NOT_IMPLEMENTED, not_implemented(operation))
        }
        Refusal::Misdirected { host } => (StatusCode::MISDIRECTED_REQUEST, misdirected(host)),
        Refusal::TooLarge { limit } => (StatusCode::PAYLOAD_TOO_LARGE, too_large(*limit)),
        Refusal::Malformed { why } => (
            StatusCode::BAD_REQUEST,
            format!("The request is malformed: {why}."),
        ),
        other => (
            StatusCode::BAD_REQUEST,
            format!("The request is refused: {other:?}."),
        ),
    };
    Reply::json(
        status,
        &json!({"error": "invalid_request", "error_description": text}),
    )
}
