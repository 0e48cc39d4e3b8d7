//! The registry's own tokens: refresh tokens, which say who somebody is, and access tokens, which say what may be done.
//!
//! Shapes are those of MORE.md §1b. A refresh token is good for three hours; that an access token is good for one is ours.
//! An access token goes on being good until it ends, whatever becomes of the roles meanwhile.

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use super::scope::Scope;
use super::{admin, errors, reached};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::tokens::Jwt;

const ISSUER: &str = "Azure Container Registry";
const REFRESH: &str = "refresh_token";
const ACCESS: &str = "access_token";
/// Seconds.
const REFRESH_LIFETIME: i64 = 3 * 3600;
const ACCESS_LIFETIME: i64 = 3600;

/// A refresh token for a caller.
pub(super) fn refresh(ctx: &Context, host: &str, caller: &Caller) -> Option<String> {
    let own = json!({
        "sub": caller.object_id,
        "appid": caller.app_id,
        "tenant": caller.tenant_id,
        "permissions": {"actions": ["read"], "notActions": []},
    });
    sign(ctx, host, REFRESH, REFRESH_LIFETIME, own)
}

/// An access token for what was granted, perhaps nothing.
pub(super) fn access(
    ctx: &Context,
    host: &str,
    subject: &str,
    granted: &[Scope],
) -> Option<String> {
    let access: Vec<Value> = granted.iter().map(Scope::claim).collect();
    let own = json!({"sub": subject, "access": access});
    sign(ctx, host, ACCESS, ACCESS_LIFETIME, own)
}

fn sign(ctx: &Context, host: &str, kind: &str, lifetime: i64, own: Value) -> Option<String> {
    let now = ctx.clock.epoch_seconds();
    let mut claims = json!({
        "jti": Uuid::new_v4().to_string(),
        "iss": ISSUER,
        "aud": host,
        "iat": now,
        "nbf": now,
        "exp": now + lifetime,
        "version": "1.0",
        "grant_type": kind,
        "roles": [],
    });
    if let (Some(claims), Value::Object(own)) = (claims.as_object_mut(), own) {
        claims.extend(own);
    }
    ctx.signer.sign(&claims).ok()
}

/// Whom a refresh token of this registry was given to, when it is good.
pub(super) fn bearer_of_refresh(ctx: &Context, host: &str, token: &str) -> Option<Caller> {
    let jwt = read(ctx, host, token, REFRESH)?;
    Some(Caller {
        tenant_id: jwt.text("tenant").to_owned(),
        object_id: jwt.text("sub").to_owned(),
        app_id: jwt.text("appid").to_owned(),
        issuer: ISSUER.to_owned(),
        audience: host.to_owned(),
        roles: Vec::new(),
    })
}

/// Does the request carry an access token for this?
///
/// # Errors
/// 401 with the challenge that says what is needed.
pub(super) fn require(ctx: &Context, request: &Request, wanted: &Scope) -> Result<(), Reply> {
    let host = &request.host;
    let refused = || errors::unauthorized(host, Some(wanted), true);
    if admin::basic(request).is_some() {
        let state = ctx.state();
        let asks = admin::asks(reached(&state, request)?, request);
        return asks.filter(|it| *it).map(|_| ()).ok_or_else(refused);
    }
    let Some(token) = bearer(request) else {
        return Err(errors::unauthorized(host, Some(wanted), false));
    };
    let jwt = read(ctx, host, token, ACCESS).ok_or_else(refused)?;
    let access = jwt.claims.get("access").and_then(Value::as_array);
    let mut granted = access.into_iter().flatten().filter_map(claimed);
    let covers = |it: &Scope| {
        it.is_for(wanted)
            && wanted
                .actions
                .iter()
                .all(|action| it.actions.contains(action))
    };
    if granted.any(|it| covers(&it)) {
        Ok(())
    } else {
        Err(refused())
    }
}

/// Does the request carry any access token of this registry? Nothing when it carries none at all.
pub(super) fn is_known(ctx: &Context, request: &Request) -> Option<bool> {
    let token = bearer(request)?;
    Some(read(ctx, &request.host, token, ACCESS).is_some())
}

fn claimed(access: &Value) -> Option<Scope> {
    let text = |key: &str| access.get(key)?.as_str().map(str::to_owned);
    let actions = access.get("actions")?.as_array()?;
    Some(Scope {
        kind: text("type")?,
        name: text("name")?,
        actions: actions
            .iter()
            .filter_map(|it| it.as_str().map(str::to_owned))
            .collect(),
    })
}

fn bearer(request: &Request) -> Option<&str> {
    let (scheme, token) = request.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The claims of a token that this registry gave out and whose time is not over.
fn read(ctx: &Context, host: &str, token: &str, kind: &str) -> Option<Arc<Jwt>> {
    let jwt = ctx.signer.verify(token).ok()?;
    let now = ctx.clock.epoch_seconds();
    let is_good = jwt.text("iss") == ISSUER
        && jwt.text("aud") == host
        && jwt.text("grant_type") == kind
        && jwt.number("nbf").is_some_and(|it| it <= now)
        && jwt.number("exp").is_some_and(|it| now < it);
    is_good.then_some(jwt)
}
