//! Which resource is a token asked for?
//!
//! Known are the services of the mock that take tokens, the token exchange, and applications of the world by their identifier URIs
//! (or their appId), when they have a service principal in the tenant. Everything else is 500011.

use super::refusals::{self, Refused};
use crate::auth::Audience;
use crate::store::State;
use crate::tokens::TOKEN_EXCHANGE_AUDIENCE;

/// The URI of the token exchange of the public cloud (IDENTITY.md §2).
pub const TOKEN_EXCHANGE: &str = "api://AzureADTokenExchange";
/// What OpenID Connect adds to a scope; no resource.
const OPENID: &[&str] = &["openid", "profile", "email", "offline_access"];

/// A resource that tokens are issued for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    /// An application of the world; the text is what was asked.
    Application(String),
    /// A service of the mock; the text is what was asked, which a v1 token repeats as its `aud`.
    Service(Audience, String),
    /// The token exchange: its tokens are v2.0 and carry a GUID.
    TokenExchange,
}

impl Resource {
    /// The resource of a `resource` parameter, in a tenant.
    ///
    /// # Errors
    /// 500011.
    pub fn named(text: &str, tenant: &str, state: &State) -> Result<Self, Refused> {
        if text == TOKEN_EXCHANGE || text == TOKEN_EXCHANGE_AUDIENCE {
            return Ok(Self::TokenExchange);
        }
        if let Some(audience) = Audience::of(text) {
            return Ok(Self::Service(audience, text.to_owned()));
        }
        let known = state
            .tenants
            .keys()
            .flat_map(|tenant| state.directory.applications(tenant))
            .any(|application| {
                let is_named = application.app_id == text
                    || application.identifier_uris.iter().any(|uri| uri == text);
                is_named
                    && state
                        .service_principal(tenant, &application.app_id)
                        .is_some()
            });
        if known {
            Ok(Self::Application(text.to_owned()))
        } else {
            Err(refusals::unknown_resource(text, tenant))
        }
    }

    /// The resource of a `scope` parameter: exactly one, with `/.default`.
    ///
    /// # Errors
    /// 70011, 700022, 700023 or 500011.
    pub fn of_scope(scope: &str, tenant: &str, state: &State) -> Result<Self, Refused> {
        let mut named: Option<&str> = None;
        for part in scope
            .split_whitespace()
            .filter(|part| !OPENID.contains(part))
        {
            let resource = part
                .strip_suffix("/.default")
                .filter(|resource| !resource.is_empty());
            let resource = resource.ok_or_else(|| refusals::invalid_scope_value(scope))?;
            match named {
                Some(first) if first != resource => {
                    return Err(refusals::several_resources(first, resource));
                }
                _ => named = Some(resource),
            }
        }
        Self::named(named.ok_or_else(refusals::no_resource)?, tenant, state)
    }

    /// `aud` of its tokens.
    pub fn audience(&self) -> &str {
        match self {
            Self::Application(asked) | Self::Service(_, asked) => asked,
            Self::TokenExchange => TOKEN_EXCHANGE_AUDIENCE,
        }
    }
}
