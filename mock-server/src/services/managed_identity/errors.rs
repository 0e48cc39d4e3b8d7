//! Errors of the managed identity endpoints: IMDS and App Service (IDENTITY.md §1a and §1b).

use http::StatusCode;
use serde_json::json;

use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::{Refusal, not_implemented, too_large};

/// IMDS's error envelope.
pub fn error(status: StatusCode, error: &str, description: &str) -> Reply {
    Reply::json(
        status,
        &json!({"error": error, "error_description": description}),
    )
}

/// App Service's error envelope (MSAL's test data).
pub fn app_service_error(status: StatusCode, message: &str, req: &Request) -> Reply {
    let body =
        json!({"statusCode": status.as_u16(), "message": message, "correlationId": req.request_id});
    Reply::json(status, &body)
}

/// What the router refuses, in IMDS's words.
pub fn refuse(refusal: &Refusal, req: &Request, _ctx: &Context) -> Reply {
    let (status, text) = words(refusal, req);
    let code = if status == StatusCode::NOT_IMPLEMENTED {
        "not_found"
    } else {
        "invalid_request"
    };
    error(status, code, &text)
}

/// What the router refuses, in App Service's words.
pub fn app_service_refuse(refusal: &Refusal, req: &Request, _ctx: &Context) -> Reply {
    let (status, text) = words(refusal, req);
    app_service_error(status, &text, req)
}

fn words(refusal: &Refusal, req: &Request) -> (StatusCode, String) {
    match refusal {
        Refusal::NotImplemented { operation } => {
            (StatusCode::NOT_IMPLEMENTED, not_implemented(operation))
        }
        Refusal::ApiVersion { given: None } => (
            StatusCode::BAD_REQUEST,
            "Required query variable 'api-version' is missing".to_owned(),
        ),
        Refusal::ApiVersion { given: Some(given) } => (
            StatusCode::BAD_REQUEST,
            format!("Query variable 'api-version' is not a version: {given}"),
        ),
        Refusal::TooLarge { limit } => (StatusCode::PAYLOAD_TOO_LARGE, too_large(*limit)),
        Refusal::Malformed { why } => (
            StatusCode::BAD_REQUEST,
            format!("The request is malformed: {why}"),
        ),
        _ => (
            StatusCode::BAD_REQUEST,
            format!("The request is refused: {}", req.path),
        ),
    }
}
