//! App Service and Functions: `GET {IDENTITY_ENDPOINT}` (IDENTITY.md §1b).

use http::StatusCode;
use serde_json::json;

use super::errors::app_service_error as error;
use super::identity::{
    Identity, NoToken, Selector, attached, header_value, selected, token as identity_token,
};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::entra::token::signing_failed;

/// MSAL's test data has this text, singular and all.
const NOT_FOUND: &str = "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.";

/// The token of one of the app's identities.
pub fn token(ctx: &Context, req: &Request, _: Option<&Caller>) -> Reply {
    answer(ctx, req).unwrap_or_else(|refusal| refusal)
}

fn answer(ctx: &Context, req: &Request) -> Result<Reply, Reply> {
    let bad = |message: &str| error(StatusCode::BAD_REQUEST, message, req);
    let state = ctx.state();
    let vantage = state
        .vantage(&req.peer.vantage)
        .filter(|vantage| vantage.app_service);
    let vantage =
        vantage.ok_or_else(|| error(StatusCode::NOT_FOUND, "No identity endpoint here.", req))?;
    if req.header("x-identity-header") != Some(header_value(&req.peer.vantage).as_str()) {
        return Err(error(
            StatusCode::UNAUTHORIZED,
            "The X-IDENTITY-HEADER is missing or wrong.",
            req,
        ));
    }
    let resource = req
        .query("resource")
        .filter(|resource| !resource.is_empty());
    let resource = resource.ok_or_else(|| bad("The resource parameter is missing."))?;
    let identities = attached(&state, &req.peer.vantage, &vantage);
    let identity = choose(&identities, selector(req)?).ok_or_else(|| bad(NOT_FOUND))?;
    let issued =
        identity_token(ctx, &state, identity, resource).map_err(|why| no_token(&why, req))?;
    Ok(Reply::ok(&json!({
        "access_token": issued.token,
        "client_id": identity.client_id.to_ascii_uppercase(),
        "expires_on": issued.expires_on.to_string(),
        "resource": resource,
        "token_type": "Bearer",
    })))
}

fn selector(req: &Request) -> Result<Option<Selector<'_>>, Reply> {
    let named = [
        req.query("client_id").map(Selector::Client),
        req.query("principal_id")
            .or_else(|| req.query("object_id"))
            .map(Selector::Object),
        req.query("mi_res_id").map(Selector::Resource),
    ];
    let mut given = named.into_iter().flatten();
    match (given.next(), given.next()) {
        (_, Some(_)) => {
            let message = "Only one of client_id, principal_id and mi_res_id may be specified.";
            Err(error(StatusCode::BAD_REQUEST, message, req))
        }
        (selector, None) => Ok(selector),
    }
}

/// Without a selector always the system-assigned identity, even when there is only one user-assigned.
fn choose<'i>(identities: &'i [Identity], selector: Option<Selector<'_>>) -> Option<&'i Identity> {
    match selector {
        Some(selector) => selected(identities, selector),
        None => identities
            .iter()
            .find(|identity| identity.resource_id.is_none()),
    }
}

fn no_token(why: &NoToken, req: &Request) -> Reply {
    match why {
        NoToken::Gone => error(StatusCode::BAD_REQUEST, NOT_FOUND, req),
        NoToken::Refused(refused) => error(
            StatusCode::BAD_REQUEST,
            &format!("AADSTS{}: {}", refused.code, refused.text),
            req,
        ),
        NoToken::Signing => signing_failed(),
    }
}
