//! The token itself: the same for the token endpoints, managed identity and the control interface.

use super::resource::{self, Resource};
use crate::auth::Audience;
use crate::context::Context;
use crate::services::graph::roles_for;
use crate::store::State;
use crate::tokens::{Grant, SigningFailed};
use crate::world::ServicePrincipal;

/// Seconds that a token of the token endpoint is good for (IDENTITY.md §3).
pub const TOKEN_LIFETIME: i64 = 3599;
/// Seconds that a managed identity's token is good for: about 24 hours (IDENTITY.md §1a).
pub const IDENTITY_LIFETIME: i64 = 86_400;

/// Who gets a token, and how the client proved itself.
#[derive(Clone, Copy, Debug)]
pub struct Recipient<'a> {
    /// Tenant id.
    pub tenant: &'a str,
    /// The service principal there.
    pub service_principal: &'a ServicePrincipal,
    /// `2` a signed assertion, `1` a secret.
    pub proof: &'static str,
    /// ARM id, for a user-assigned identity.
    pub identity: Option<&'a str>,
    /// Seconds.
    pub lifetime: i64,
}

/// A token that was issued.
#[derive(Clone)]
pub struct Issued {
    /// The compact JWT.
    pub token: String,
    /// `nbf`.
    pub not_before: i64,
    /// `exp`.
    pub expires_on: i64,
}

/// Issues a token for a resource.
///
/// # Errors
/// [`SigningFailed`].
pub fn token(
    ctx: &Context,
    state: &State,
    to: Recipient<'_>,
    resource: &Resource,
) -> Result<Issued, SigningFailed> {
    let holder = to.service_principal;
    let roles = match resource {
        Resource::Service(Audience::Graph, _) => holder.graph_permissions.clone(),
        Resource::Application(named) | Resource::ApplicationV2(named) => {
            let of = resource::application(named, state);
            let roles = of.map(|of| roles_for(state, to.tenant, holder, &of.app_id));
            roles.unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let grant = Grant {
        version: resource.version(),
        tenant: to.tenant,
        app_id: &to.service_principal.app_id,
        object_id: &to.service_principal.id,
        audience: resource.audience(),
        roles: &roles,
        proof: to.proof,
        identity: to.identity,
        lifetime: to.lifetime,
    };
    let now = ctx.clock.now();
    let not_before = now.unix_timestamp();
    Ok(Issued {
        token: ctx.signer.sign(&grant.claims(now))?,
        not_before,
        expires_on: not_before + to.lifetime,
    })
}
