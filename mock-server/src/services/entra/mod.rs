//! Entra ID: token endpoints and discovery (`login.microsoftonline.com`).
//!
//! - [`token`] the two token endpoints, v2.0 and v1; [`form`] their form bodies
//! - [`resource`] which resource a token is asked for
//! - [`application`] is the client there in the requested tenant?
//! - [`federation`] is the client assertion one that the application trusts?
//! - [`issue`] the token itself, for every issuer of the mock
//! - [`discovery`] OpenID configuration, keys, instances
//! - [`errors`] Entra's envelope; [`refusals`] one constructor per AADSTS number; [`given`] those that a world gives
//!
//! Missing on purpose: interactive and device flows, refresh tokens, consent, client secrets and certificates (refused
//! with Entra's own codes).

pub mod application;
pub mod discovery;
pub mod errors;
pub mod federation;
pub mod form;
pub mod given;
pub mod issue;
pub mod refusals;
pub mod resource;
pub mod token;

use http::Method;

use super::{Access, ApiVersion, Handler, Hosts, Operation, Service};

/// The service.
pub const SERVICE: Service = Service {
    name: "entra",
    about: "Microsoft Entra ID: tokens, keys, discovery",
    hosts: Hosts::Exact(&[
        "login.microsoftonline.com",
        "login.windows.net",
        "login.microsoft.com",
        "sts.windows.net",
    ]),
    api_version: ApiVersion::None,
    operations: OPERATIONS,
    refuse: errors::refuse,
};

const OPERATIONS: &[Operation] = &[
    post("Token_V2", "/{tenant}/oauth2/v2.0/token", token::v2),
    post("Token_V1", "/{tenant}/oauth2/token", token::v1),
    get(
        "OpenIdConfiguration_V2",
        "/{tenant}/v2.0/.well-known/openid-configuration",
        discovery::configuration_v2,
    ),
    get(
        "OpenIdConfiguration_V1",
        "/{tenant}/.well-known/openid-configuration",
        discovery::configuration_v1,
    ),
    get("Keys_V2", "/{tenant}/discovery/v2.0/keys", discovery::keys),
    get("Keys_V1", "/{tenant}/discovery/keys", discovery::keys),
    get(
        "Instance",
        "/common/discovery/instance",
        discovery::instance,
    ),
];

const fn post(id: &'static str, path: &'static str, handler: Handler) -> Operation {
    operation(
        id,
        Method::POST,
        path,
        "client credentials by client assertion only",
        handler,
    )
}

const fn get(id: &'static str, path: &'static str, handler: Handler) -> Operation {
    operation(id, Method::GET, path, "", handler)
}

const fn operation(
    id: &'static str,
    method: Method,
    path: &'static str,
    simplified: &'static str,
    handler: Handler,
) -> Operation {
    Operation {
        id,
        method,
        path,
        access: Access::Anonymous,
        spec: None,
        simplified,
        handler: Some(handler),
    }
}
