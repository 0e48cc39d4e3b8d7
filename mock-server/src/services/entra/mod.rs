//! Entra ID: token endpoints and discovery (`login.microsoftonline.com`).
//!
//! - [`token`] the two token endpoints, v2.0 and v1; [`form`] their form bodies
//! - [`resource`] which resource a token is asked for
//! - [`application`] is the client there in the requested tenant?
//! - [`proof`] how the client proves itself: by a secret, by a [`certificate`], or by [`federation`] (is the client
//!   assertion one that the application trusts?)
//! - [`issue`] the token itself, for every issuer of the mock
//! - [`discovery`] OpenID configuration, keys, instances
//! - [`errors`] Entra's envelope; [`refusals`] one constructor per AADSTS number; [`given`] those that a world gives
//!
//! - [`consent`] the addresses at which a person lets an application into a tenant; `page` what a browser sees
//!
//! Missing on purpose: flows in which a person signs in, refresh tokens, and the keys of issuers outside of Entra.

pub mod application;
pub mod certificate;
pub mod consent;
pub mod discovery;
pub mod errors;
pub mod federation;
pub mod form;
pub mod given;
pub mod issue;
mod page;
pub mod proof;
pub mod refusals;
pub mod resource;
pub mod token;

#[cfg(test)]
mod tests;

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
    get(
        "Keys_V2",
        "/{tenant}/discovery/v2.0/keys",
        discovery::keys_v2,
    ),
    get("Keys_V1", "/{tenant}/discovery/keys", discovery::keys_v1),
    get(
        "Authorize_V2",
        "/{tenant}/oauth2/v2.0/authorize",
        consent::authorize_v2,
    ),
    get(
        "Authorize_V1",
        "/{tenant}/oauth2/authorize",
        consent::authorize_v1,
    ),
    get(
        "AdminConsent_V2",
        "/{tenant}/v2.0/adminconsent",
        consent::admin_consent_v2,
    ),
    get(
        "AdminConsent_V1",
        "/{tenant}/adminconsent",
        consent::admin_consent,
    ),
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
        "client credentials only; assertions of managed identities, certificates and secrets",
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
