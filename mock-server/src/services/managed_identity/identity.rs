//! Which managed identity does a vantage mean, and what is its token?

use serde_json::Value;
use uuid::Uuid;

use crate::context::Context;
use crate::directory::SystemIdentity;
use crate::services::entra::issue::{self, IDENTITY_LIFETIME, Issued, Recipient};
use crate::services::entra::refusals::Refused;
use crate::services::entra::resource::Resource;
use crate::store::State;
use crate::world::Vantage;

/// A managed identity attached to a vantage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Tenant id.
    pub tenant: String,
    /// Object id.
    pub principal_id: String,
    /// Application id.
    pub client_id: String,
    /// ARM id; nothing for a system-assigned one.
    pub resource_id: Option<String>,
}

/// How a request names an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selector<'a> {
    /// By application id.
    Client(&'a str),
    /// By object id.
    Object(&'a str),
    /// By ARM id.
    Resource(&'a str),
}

/// The identities of a vantage: the system-assigned one first, then the others in the order of the world. An identity
/// that was deleted is attached no more.
pub fn attached(state: &State, name: &str, vantage: &Vantage) -> Vec<Identity> {
    let system = SystemIdentity::of(name, vantage, |it| {
        state.tenant_of_subscription(it).map(str::to_owned)
    });
    let system = system.map(|it| Identity {
        tenant: it.tenant,
        principal_id: it.principal_id,
        client_id: it.client_id,
        resource_id: None,
    });
    system
        .into_iter()
        .chain(
            vantage
                .identities
                .iter()
                .filter_map(|id| user_assigned(state, id)),
        )
        .collect()
}

fn user_assigned(state: &State, id: &str) -> Option<Identity> {
    let resource = state.resource(id)?;
    let text = |pointer: &str| {
        resource
            .property(pointer)
            .and_then(Value::as_str)
            .map(str::to_ascii_lowercase)
    };
    Some(Identity {
        tenant: resource.own_tenant().to_owned(),
        principal_id: text("/principalId")?,
        client_id: text("/clientId")?,
        resource_id: Some(resource.id.clone()),
    })
}

/// The one that a selector names.
pub fn selected<'i>(identities: &'i [Identity], selector: Selector<'_>) -> Option<&'i Identity> {
    identities.iter().find(|identity| match selector {
        Selector::Client(id) => identity.client_id.eq_ignore_ascii_case(id),
        Selector::Object(id) => identity.principal_id.eq_ignore_ascii_case(id),
        Selector::Resource(id) => identity
            .resource_id
            .as_deref()
            .is_some_and(|own| own.eq_ignore_ascii_case(id)),
    })
}

/// Why there is no token.
pub enum NoToken {
    /// The identity has no service principal: it was deleted.
    Gone,
    /// Entra refused the resource.
    Refused(Refused),
    /// The mock cannot sign.
    Signing,
}

/// The identity's token for a resource (IDENTITY.md §1c).
///
/// # Errors
/// Why there is none.
pub fn token(
    ctx: &Context,
    state: &State,
    identity: &Identity,
    resource: &str,
) -> Result<Issued, NoToken> {
    let asked = Resource::named(resource, &identity.tenant, state).map_err(NoToken::Refused)?;
    let principal = state
        .service_principal(&identity.tenant, &identity.principal_id)
        .ok_or(NoToken::Gone)?;
    let recipient = Recipient {
        tenant: &identity.tenant,
        service_principal: principal,
        proof: "2",
        identity: identity.resource_id.as_deref(),
        lifetime: IDENTITY_LIFETIME,
    };
    issue::token(ctx, state, recipient, &asked).map_err(|_| NoToken::Signing)
}

/// `IDENTITY_HEADER` of an App Service vantage: made from its name, so it is the same in every run.
pub fn header_value(vantage: &str) -> String {
    let name = format!("xtenant:{vantage}:identity-header");
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
        .simple()
        .to_string()
        .to_ascii_uppercase()
}
