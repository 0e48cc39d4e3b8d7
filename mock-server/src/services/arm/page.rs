//! Lists: `{"value": […], "nextLink": …}`.
//!
//! A page has 100 items, or `$top` where the operation takes it. The rest is behind `nextLink`: the same request with a
//! `$skipToken`, which clients must take as it is.

use serde_json::{Value, json};

use super::errors::bad_request;
use crate::request::{Reply, Request};
use crate::store::Resource;

/// Items of a page when nobody asked for fewer.
pub const PAGE: usize = 100;

/// One page of a list that takes `$top`.
pub fn reply_with_top(request: &Request, items: Vec<Value>) -> Reply {
    reply_up_to(request, items, PAGE)
}

/// One page of a list that takes `$top` up to a limit of its own.
pub fn reply_up_to(request: &Request, items: Vec<Value>, most: usize) -> Reply {
    match top(request, most) {
        Ok(size) => page(request, items, size),
        Err(reply) => reply,
    }
}

/// How many items a page has: `$top`, or as many as the list gives.
///
/// # Errors
/// 400 when `$top` is no positive number.
pub fn top(request: &Request, most: usize) -> Result<usize, Reply> {
    let asked = request.query("$top").filter(|top| !top.is_empty());
    match asked.map(str::parse::<usize>) {
        None => Ok(most),
        Some(Ok(top)) if top > 0 => Ok(top.min(most)),
        Some(_) => Err(bad_request(
            "InvalidTopParameter",
            "the value of $top is not a positive number",
        )),
    }
}

/// One page of a list that does not take `$top`.
pub fn reply(request: &Request, items: Vec<Value>) -> Reply {
    page(request, items, PAGE)
}

/// One page of a list that takes `$top`; only what stands on the page is looked at.
pub fn of<'a>(
    request: &Request,
    items: impl Iterator<Item = &'a Resource>,
    show: impl Fn(&Resource) -> Value,
) -> Reply {
    match top(request, PAGE) {
        Ok(size) => cut(request, items, size, show),
        Err(reply) => reply,
    }
}

/// A list that has a single page, without `nextLink`, by specification.
pub fn single(items: Vec<Value>) -> Reply {
    Reply::ok(&json!({"value": items}))
}

fn page(request: &Request, items: Vec<Value>, size: usize) -> Reply {
    cut(request, items.into_iter(), size, |it| it)
}

fn cut<T>(
    request: &Request,
    items: impl Iterator<Item = T>,
    size: usize,
    show: impl Fn(T) -> Value,
) -> Reply {
    let start = match request.query("$skipToken").map(str::parse::<usize>) {
        None => 0,
        Some(Ok(start)) => start,
        Some(Err(_)) => return foreign_token(),
    };
    let mut items = items;
    if start > 0 && items.nth(start - 1).is_none() {
        return foreign_token();
    }
    let value: Vec<Value> = items.by_ref().take(size).map(show).collect();
    let end = start + value.len();
    let mut body = json!({"value": value});
    if items.next().is_some() {
        body["nextLink"] = Value::String(next_link(request, &end.to_string()));
    }
    Reply::ok(&body)
}

/// 400: a token of another list.
pub(super) fn foreign_token() -> Reply {
    bad_request(
        "InvalidSkipToken",
        "the $skipToken is not one that this list gave out",
    )
}

/// The same request with this `$skipToken`.
pub(super) fn next_link(request: &Request, token: &str) -> String {
    let kept = request
        .query
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("$skipToken"));
    let kept: String = kept
        .map(|(name, value)| format!("{}={}&", encode(name), encode(value)))
        .collect();
    let path: String = request
        .path
        .split('/')
        .skip(1)
        .map(|segment| format!("/{}", encode(segment)))
        .collect();
    format!("https://{}{path}?{kept}$skipToken={token}", request.host)
}

/// Percent-encodes what may not stand in a query value or a segment (RFC 3986 §2.3), `$` excepted.
pub fn encode(text: &str) -> String {
    let keep =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'$');
    text.bytes()
        .map(|byte| {
            if keep(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
