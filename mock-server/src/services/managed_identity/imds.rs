//! IMDS: `GET /metadata/identity/oauth2/token` (IDENTITY.md §1a).

use http::StatusCode;
use serde_json::json;

use super::errors::error;
use super::identity::{Identity, NoToken, Selector, attached, selected, token as identity_token};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::entra::token::signing_failed;

/// The token of one of the machine's identities.
pub fn token(ctx: &Context, req: &Request, _: Option<&Caller>) -> Reply {
    answer(ctx, req).unwrap_or_else(|refusal| refusal)
}

fn answer(ctx: &Context, req: &Request) -> Result<Reply, Reply> {
    check_headers(req)?;
    let state = ctx.state();
    let vantage = state
        .vantage(&req.peer.vantage)
        .filter(|vantage| !vantage.app_service);
    let vantage = vantage.ok_or_else(|| {
        error(
            StatusCode::NOT_FOUND,
            "not_found",
            "No identity service here",
        )
    })?;
    let resource = req
        .query("resource")
        .filter(|resource| !resource.is_empty());
    let resource = resource.ok_or_else(|| bad("Required query variable 'resource' is missing"))?;
    let identities = attached(&state, &req.peer.vantage, &vantage);
    let identity = choose(&identities, selector(req)?)?;
    let issued =
        identity_token(ctx, &state, identity, resource).map_err(|why| no_token(&why, req, ctx))?;
    Ok(Reply::ok(&json!({
        "access_token": issued.token,
        "client_id": identity.client_id,
        "expires_in": (issued.expires_on - issued.not_before).to_string(),
        "expires_on": issued.expires_on.to_string(),
        "ext_expires_in": (issued.expires_on - issued.not_before).to_string(),
        "not_before": issued.not_before.to_string(),
        "refresh_token": "",
        "resource": resource,
        "token_type": "Bearer",
    })))
}

/// `Metadata: true` to the letter, and never through a proxy.
fn check_headers(req: &Request) -> Result<(), Reply> {
    if req.header("metadata") != Some("true") {
        return Err(error(
            StatusCode::BAD_REQUEST,
            "bad_request_102",
            "Required metadata header not specified",
        ));
    }
    if req.headers.contains_key("x-forwarded-for") {
        return Err(bad(
            "The request came through a proxy: X-Forwarded-For is not allowed",
        ));
    }
    Ok(())
}

fn selector(req: &Request) -> Result<Option<Selector<'_>>, Reply> {
    let named = [
        req.query("client_id").map(Selector::Client),
        req.query("object_id").map(Selector::Object),
        req.query("msi_res_id").map(Selector::Resource),
    ];
    let mut given = named.into_iter().flatten();
    match (given.next(), given.next()) {
        (_, Some(_)) => Err(bad(
            "Only one of client_id, object_id and msi_res_id may be specified",
        )),
        (selector, None) => Ok(selector),
    }
}

/// Without a selector: the system-assigned identity, else the only one (managed-identities-faq).
fn choose<'i>(
    identities: &'i [Identity],
    selector: Option<Selector<'_>>,
) -> Result<&'i Identity, Reply> {
    let not_found = || bad("Identity not found");
    match (selector, identities) {
        (Some(selector), _) => selected(identities, selector).ok_or_else(not_found),
        (None, []) => Err(not_found()),
        (None, [only]) => Ok(only),
        (None, [first, ..]) if first.resource_id.is_none() => Ok(first),
        (None, _) => Err(bad(
            "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the \
             token request",
        )),
    }
}

fn no_token(why: &NoToken, req: &Request, ctx: &Context) -> Reply {
    match why {
        NoToken::Gone => bad("Identity not found"),
        NoToken::Refused(refused) => refused.reply(req, ctx),
        NoToken::Signing => signing_failed(),
    }
}

fn bad(description: &str) -> Reply {
    error(StatusCode::BAD_REQUEST, "invalid_request", description)
}
