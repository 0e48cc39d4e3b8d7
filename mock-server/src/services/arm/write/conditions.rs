//! `If-Match` and `If-None-Match`: may this write go over what is there? (RFC 9110 §13.1)
//!
//! Tags compare without `W/` and quotes: clients send what they found in the body. A type that shows no `etag` has nothing
//! to compare a value with, and ignores it, as Azure does; `*` asks for existence and holds for all types.

use http::StatusCode;
use serde_json::Value;

use crate::request::{Reply, Request};
use crate::services::arm::errors::error;

/// The entity tag that a resource shows.
pub fn etag(shown: &Value) -> Option<String> {
    shown.get("etag")?.as_str().map(str::to_owned)
}

/// Checks the conditions of a request against what is there: nothing, or something with or without an entity tag.
///
/// # Errors
/// 412 `PreconditionFailed`.
pub fn check(request: &Request, existing: Option<Option<&str>>) -> Result<(), Reply> {
    for wanted in values(request, "if-match") {
        let holds = match existing {
            None => false,
            Some(etag) => wanted == "*" || etag.is_none_or(|etag| opaque(etag) == opaque(wanted)),
        };
        if holds {
            break;
        }
        if values(request, "if-match").last() == Some(wanted) {
            return Err(failed("If-Match", wanted, existing.flatten()));
        }
    }
    for refused in values(request, "if-none-match") {
        let found = existing.is_some_and(|etag| {
            refused == "*" || etag.is_some_and(|etag| opaque(etag) == opaque(refused))
        });
        if found {
            return Err(failed("If-None-Match", refused, existing.flatten()));
        }
    }
    Ok(())
}

fn values<'a>(request: &'a Request, name: &str) -> impl DoubleEndedIterator<Item = &'a str> {
    let given = request.header(name).unwrap_or_default();
    given.split(',').map(str::trim).filter(|it| !it.is_empty())
}

fn opaque(etag: &str) -> &str {
    let etag = etag.trim();
    let etag = etag.strip_prefix("W/").unwrap_or(etag);
    etag.trim_matches('"')
}

/// The text is ours, after that of private DNS.
fn failed(header: &str, wanted: &str, found: Option<&str>) -> Reply {
    let found = found.unwrap_or_default();
    let message = format!(
        "The condition '{wanted}' in the {header} header was not satisfied. The current was '{found}'."
    );
    error(
        StatusCode::PRECONDITION_FAILED,
        "PreconditionFailed",
        &message,
    )
}
