//! What a browser sees at Entra: a redirect, a page with an error, or the invitation to sign in.
//!
//! The pages are ours. As on Entra's own, an error stands in the text of the page and in `strServiceExceptionMessage` of its
//! configuration, under status 200: it is a page that worked.

use http::StatusCode;
use serde_json::json;

use super::refusals::Refused;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::page::encode;

/// A page with Entra's refusal.
pub(super) fn error(refused: &Refused, req: &Request, ctx: &Context) -> Reply {
    let message = format!("AADSTS{}: {}", refused.code, refused.text);
    let config = json!({
        "iErrorCode": refused.code,
        "strServiceExceptionMessage": message,
        "correlationId": req.request_id,
        "sessionId": req.request_id,
    });
    let body = format!(
        "<h1>Sign in</h1><p>Sorry, but we're having trouble signing you in.</p><p>{}</p><p>Request Id: {}</p>\
         <p>Correlation Id: {}</p><p>Timestamp: {}</p>",
        escaped(&message),
        req.request_id,
        req.request_id,
        rfc3339(ctx.clock.now())
    );
    html(&body, &config)
}

/// The page on which somebody would sign in.
pub(super) fn sign_in() -> Reply {
    let body = "<h1>Sign in</h1><p>This mock has no password to ask for. Name a stand-in of the tenant (one of the world's \
                principals) by the parameter login_hint.</p>";
    html(body, &json!({"sPageMode": "SignIn"}))
}

/// On to an address with parameters.
pub(super) fn redirect(address: &str, parameters: &[(&str, &str)]) -> Reply {
    let query: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    let separator = if address.contains('?') { '&' } else { '?' };
    Reply {
        status: StatusCode::FOUND,
        headers: vec![],
        body: bytes::Bytes::new(),
    }
    .with(
        "location",
        format!("{address}{separator}{}", query.join("&")),
    )
    .with("cache-control", "no-store")
}

fn html(body: &str, config: &serde_json::Value) -> Reply {
    let config = config.to_string().replace('<', "\\u003c");
    let page = format!(
        "<!DOCTYPE html><html><head><title>Sign in to your account</title>\
         <script>$Config={config};</script></head><body>{body}</body></html>"
    );
    Reply {
        status: StatusCode::OK,
        headers: vec![("content-type", "text/html; charset=utf-8".to_owned())],
        body: page.into(),
    }
    .with("cache-control", "no-store")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
