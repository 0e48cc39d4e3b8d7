//! Who asks: one way to become an identity per file.
//!
//! - [`managed_identity`]: IMDS of a machine, or the endpoint of App Service
//! - [`federated`]: a managed identity's token as client assertion of an application in another tenant
//! - [`stand_in`]: identities that live outside the chain, on a target that has somebody stand in for them
//!
//! A credential is made for one question and forgotten; caching is `ask`'s business, because SDK caches follow the
//! system's clock and cannot be switched off.

pub mod federated;
pub mod managed_identity;
pub mod stand_in;

use crate::clients::http::Http;
use crate::clients::recorder::Recorder;
use crate::ids::{AppId, ObjectId, ResourceId, TenantId};
use crate::outcome::NoAnswer;
use crate::secret::Secret;
use crate::target::Target;

/// An identity that can be asked for tokens, as the scenario describes it, names resolved.
#[derive(Clone, Debug)]
pub enum Identity {
    /// A managed identity of the machine at the link's vantage.
    ManagedIdentity(Selector),
    /// An application of another tenant, proved by a managed identity.
    Federated {
        /// The tenant whose token endpoint is asked.
        tenant: TenantId,
        /// The application.
        application: AppId,
        /// The managed identity that proves it.
        assertion: Selector,
    },
    /// An identity that lives outside the chain; its name in the scenario.
    Outside {
        /// Name in the scenario, and of the principal that stands in for it.
        name: String,
        /// Kind in the scenario, for messages.
        kind: &'static str,
    },
}

/// Which managed identity of a machine is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// The system-assigned one, or the only one.
    Default,
    /// By application (client) id.
    ClientId(AppId),
    /// By object (principal) id.
    ObjectId(ObjectId),
    /// By ARM id.
    ResourceId(ResourceId),
}

/// A token and what it was made from.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The token.
    pub token: Secret,
    /// The managed identity's token that was presented for it, if one was.
    pub assertion: Option<Secret>,
}

/// Over what a token is asked: target, vantage, connections, and where evidence goes.
#[derive(Clone, Copy)]
pub struct Channel<'a> {
    /// The target.
    pub target: &'a Target,
    /// The vantage, by the target's name.
    pub vantage: &'a str,
    /// The transport of that vantage.
    pub http: &'a Http,
    /// Where evidence goes.
    pub recorder: &'a Recorder,
}

/// A token of an identity for a scope (`…/.default`).
///
/// # Errors
/// Why there is none, with the codes of whoever refused.
pub async fn issue(
    identity: &Identity,
    scope: &str,
    channel: Channel<'_>,
) -> Result<Issued, NoAnswer> {
    let token = match identity {
        Identity::ManagedIdentity(selector) => {
            let endpoint = channel.target.network.identity_endpoint(channel.vantage);
            managed_identity::token(channel.http, channel.recorder, &endpoint, selector, scope)
                .await?
        }
        Identity::Federated {
            tenant,
            application,
            assertion,
        } => {
            return federated::token(tenant, application, assertion, scope, channel).await;
        }
        Identity::Outside { name, kind } => {
            stand_in::token(name, kind, scope, channel.target).await?
        }
    };
    Ok(Issued {
        token,
        assertion: None,
    })
}
