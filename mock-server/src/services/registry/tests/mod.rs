//! Pulling an image: the whole way, and every place where it is refused.

mod pull;
mod tokens;
mod ways;

use base64::Engine as _;
use http::Method;
use serde_json::Value;

use crate::auth::Audience;
use crate::context::Context;
use crate::request::Reply;
use crate::services::apps_world::LOGIN;
use crate::services::testing::{Ask, RESOURCE, WORKLOAD, ask, get, token};

/// Where the endpoint has the registry, and its data in Japan East.
pub(super) const DOOR: &str = "10.1.0.6";
pub(super) const DATA_DOOR: &str = "10.1.0.7";
pub(super) const OPEN: (&str, &str) = (
    "{publicNetworkAccess: Disabled}",
    "{publicNetworkAccess: Enabled}",
);

pub(super) fn form(pairs: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| {
        format!("{name}={}", crate::services::arm::page::encode(value))
    };
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

pub(super) fn post<'a>(context: &'a Context, path: &str, pairs: &[(&str, &str)]) -> Ask<'a> {
    ask(context, Method::POST, &format!("{LOGIN}{path}"))
        .text(&form(pairs))
        .with("content-type", "application/x-www-form-urlencoded")
        .by(DOOR)
}

pub(super) fn exchange<'a>(context: &'a Context, entra: &str) -> Ask<'a> {
    let pairs = [
        ("grant_type", "access_token"),
        ("service", LOGIN),
        ("tenant", RESOURCE),
        ("access_token", entra),
    ];
    post(context, "/oauth2/exchange", &pairs)
}

pub(super) fn refresh(context: &Context) -> String {
    let entra = token(context, RESOURCE, WORKLOAD, Audience::Registry);
    let body = exchange(context, &entra).ok();
    body["refresh_token"].as_str().unwrap().to_owned()
}

pub(super) fn access(context: &Context, scope: &str) -> String {
    let refresh = refresh(context);
    let pairs = [
        ("grant_type", "refresh_token"),
        ("service", LOGIN),
        ("scope", scope),
        ("refresh_token", &refresh),
    ];
    let body = post(context, "/oauth2/token", &pairs).ok();
    body["access_token"].as_str().unwrap().to_owned()
}

pub(super) fn read(context: &Context, path: &str, token: &str) -> Reply {
    get(context, &format!("{LOGIN}{path}"))
        .with("authorization", &format!("Bearer {token}"))
        .by(DOOR)
        .reply()
}

pub(super) fn body(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or(Value::Null)
}

pub(super) fn code(reply: &Reply) -> (u16, String) {
    let code = body(reply)["errors"][0]["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (reply.status.as_u16(), code)
}

pub(super) fn granted(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    let part = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(part)
        .unwrap();
    serde_json::from_slice::<Value>(&part).unwrap()["access"].clone()
}
