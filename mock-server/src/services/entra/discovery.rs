//! Discovery documents (IDENTITY.md §4, CLIENTS.md "Token endpoint").

use serde_json::{Value, json};

use super::refusals;
use super::refusals::Refused;
use super::token::tenant;
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::tokens::{TokenVersion, issuer};

/// Names of the public cloud.
const ALIASES: [&str; 4] = [
    "login.microsoftonline.com",
    "login.windows.net",
    "login.microsoft.com",
    "sts.windows.net",
];
/// The tenant of personal accounts, which issues no tokens here (entra-docs, `id-token-claims-reference.md`: `tid`).
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
/// Tenants of no tenant, which discovery knows besides the world's.
const TEMPLATES: [&str; 2] = ["common", "organizations"];

/// `GET /{tenant}/v2.0/.well-known/openid-configuration`.
pub fn configuration_v2(ctx: &Context, req: &Request, _: Option<&Caller>) -> Reply {
    configuration(ctx, req, TokenVersion::V2)
}

/// `GET /{tenant}/.well-known/openid-configuration`.
pub fn configuration_v1(ctx: &Context, req: &Request, _: Option<&Caller>) -> Reply {
    configuration(ctx, req, TokenVersion::V1)
}

/// `GET /{tenant}/discovery/v2.0/keys`.
pub fn keys_v2(ctx: &Context, req: &Request, _: Option<&Caller>) -> Reply {
    match tenant_id(ctx, req) {
        Ok(tenant) => {
            let tenant = tenant.as_deref().unwrap_or("{tenantid}");
            let key = ctx
                .signer
                .json_web_key(Some(&issuer(TokenVersion::V2, tenant)));
            Reply::ok(&json!({"keys": [key]}))
        }
        Err(refused) => refused.reply(req, ctx),
    }
}

/// `GET /{tenant}/discovery/keys`: the same keys, without an issuer.
pub fn keys_v1(ctx: &Context, req: &Request, _: Option<&Caller>) -> Reply {
    match tenant_id(ctx, req) {
        Ok(_) => Reply::ok(&json!({"keys": [ctx.signer.json_web_key(None)]})),
        Err(refused) => refused.reply(req, ctx),
    }
}

/// `GET /common/discovery/instance`.
pub fn instance(ctx: &Context, req: &Request, _: Option<&Caller>) -> Reply {
    let Some(asked) = req.query("authorization_endpoint") else {
        return refusals::missing_parameter("authorization_endpoint").reply(req, ctx);
    };
    let path = asked
        .strip_prefix("https://")
        .and_then(|rest| rest.split_once('/'));
    let Some((_, path)) = path.filter(|(host, _)| ALIASES.contains(host)) else {
        return refusals::unknown_instance().reply(req, ctx);
    };
    let tenant = path.split('/').next().unwrap_or_default();
    let version = req.query("api-version").filter(|it| *it == "1.0");
    Reply::ok(&json!({
        "tenant_discovery_endpoint": format!("https://{}/{tenant}/v2.0/.well-known/openid-configuration", ALIASES[0]),
        "api-version": version.unwrap_or("1.1"),
        "metadata": [{"preferred_network": ALIASES[0], "preferred_cache": ALIASES[1], "aliases": ALIASES}],
    }))
}

fn configuration(ctx: &Context, req: &Request, version: TokenVersion) -> Reply {
    match tenant_id(ctx, req) {
        Ok(tenant) => Reply::ok(&document(
            req.parameter("tenant"),
            tenant.as_deref(),
            version,
        )),
        Err(refused) => refused.reply(req, ctx),
    }
}

/// The id of the tenant that the path names; nothing for the templates.
fn tenant_id(ctx: &Context, req: &Request) -> Result<Option<String>, Refused> {
    let named = req.parameter("tenant");
    if named.eq_ignore_ascii_case("consumers") {
        return Ok(Some(CONSUMERS.to_owned()));
    }
    if TEMPLATES.iter().any(|it| it.eq_ignore_ascii_case(named)) {
        return Ok(None);
    }
    let state = ctx.state();
    match tenant(&state, named) {
        Ok(tenant) => Ok(Some(tenant.id.clone())),
        Err(refused) if refused.code == refusals::unknown_tenant("").code => {
            Err(refusals::unknown_tenant_in_discovery(named))
        }
        Err(refused) => Err(refused),
    }
}

fn document(named: &str, tenant: Option<&str>, version: TokenVersion) -> Value {
    let host = format!("https://{}", ALIASES[0]);
    let segment = tenant.unwrap_or(named);
    let (oauth, keys) = match version {
        TokenVersion::V1 => ("oauth2", "discovery/keys"),
        TokenVersion::V2 => ("oauth2/v2.0", "discovery/v2.0/keys"),
    };
    json!({
        "token_endpoint": format!("{host}/{segment}/{oauth}/token"),
        "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
        "end_session_endpoint": format!("{host}/{segment}/{oauth}/logout"),
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "request_uri_parameter_supported": false,
        "kerberos_endpoint": format!("{host}/{segment}/kerberos"),
        "claims_supported": ["sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host", "aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{host}/{segment}/{keys}"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer(version, tenant.unwrap_or("{tenantid}")),
        "authorization_endpoint": format!("{host}/{segment}/{oauth}/authorize"),
        "device_authorization_endpoint": format!("{host}/{segment}/{oauth}/devicecode"),
        "tenant_region_scope": "AS",
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
        "rbac_url": "https://pas.windows.net",
    })
}
