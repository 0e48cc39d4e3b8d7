//! Which resource is a token asked for?
//!
//! Known are the services of the mock that take tokens, the token exchange, and applications of the world by their identifier URIs
//! (or their appId), when they have a service principal in the tenant. Everything else is 500011.

use super::refusals::{self, Refused};
use crate::auth::Audience;
use crate::store::State;
use crate::tokens::{TOKEN_EXCHANGE_AUDIENCE, TokenVersion};
use crate::world::Application;

/// The URI of the token exchange of the public cloud (IDENTITY.md §2).
pub const TOKEN_EXCHANGE: &str = "api://AzureADTokenExchange";
/// What OpenID Connect adds to a scope; no resource.
const OPENID: &[&str] = &["openid", "profile", "email", "offline_access"];

/// A resource that tokens are issued for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    /// An application of the world; the text is what was asked, which its v1.0 tokens repeat as their `aud`.
    Application(String),
    /// An application that accepts v2.0 tokens (`api.requestedAccessTokenVersion` is 2): their `aud` is its id
    /// (entra-docs, `access-token-claims-reference.md`).
    ApplicationV2(String),
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
        let application = application(text, state);
        let here = |application: &&Application| {
            let found = state.service_principal(tenant, &application.app_id);
            found.is_some_and(|it| it.app_id.eq_ignore_ascii_case(&application.app_id))
        };
        let Some(application) = application.filter(here) else {
            return Err(refusals::unknown_resource(text, tenant));
        };
        Ok(if wants_v2(state, application) {
            Self::ApplicationV2(lower(&application.app_id))
        } else {
            Self::Application(text.to_owned())
        })
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
            Self::Application(audience)
            | Self::ApplicationV2(audience)
            | Self::Service(_, audience) => audience,
            Self::TokenExchange => TOKEN_EXCHANGE_AUDIENCE,
        }
    }

    /// Form of its tokens.
    pub fn version(&self) -> TokenVersion {
        match self {
            Self::ApplicationV2(_) | Self::TokenExchange => TokenVersion::V2,
            Self::Application(_) | Self::Service(..) => TokenVersion::V1,
        }
    }
}

/// The application that is named by its id or by one of its URIs.
pub(super) fn application<'s>(named: &str, state: &'s State) -> Option<&'s Application> {
    let directory = &state.directory;
    let by_id = directory
        .home_of(named)
        .and_then(|home| state.application(home, named));
    by_id.or_else(|| directory.application_of_uri(named))
}

fn wants_v2(state: &State, application: &Application) -> bool {
    let home = state.directory.home_of(&application.app_id);
    let details = home.map(|home| state.directory.details(home, &application.id));
    let api = details.and_then(|details| details.properties.get("api"));
    api.and_then(|api| api["requestedAccessTokenVersion"].as_i64()) == Some(2)
}

fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}
