//! What one link asks with: reads of ARM and Graph, names, tokens, data; every question leaves evidence.
//!
//! An [`Ask`] is made for one try of one link. It knows the tenant, the identity and the vantage of the link, so a
//! check names only the thing it wants to know. Absence (404) is an answer, `None`; a refusal is not.
//!
//! - [`answers`]: what data-plane questions come back with
//! - [`data`]: names, tokens, secrets, blobs: over fresh connections, from the link's vantage
//! - [`fingerprint`]: how secrets are compared without being kept
//! - [`preflight`]: who an auditor is, before anything is read as it
//! - [`session`]: what all links of a run share
//! - [`settings`]: ARM and Graph: over pooled connections, shared within the run
//! - [`shared`], [`tokens`]: reads in flight, tokens that last

mod answers;
mod data;
mod fingerprint;
pub mod preflight;
mod session;
mod settings;
mod shared;
mod tokens;

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

pub use answers::{AssertionClaims, BlobAnswer, Resolution, Resolved, SecretAnswer, TokenAnswer};
pub use fingerprint::{Fingerprint, FingerprintKey};
pub use session::{ReadableTenant, Session, SessionParts, SharedSession};

pub use crate::clients::arm::ReadAction;
use crate::clients::recorder::Recorder;
use crate::credentials::{Channel, Issued, issue};
use crate::ids::{ResourceId, SubscriptionId};
use crate::outcome::{Evidence, NoAnswer, TenantRef, Workload};
use crate::secret::Secret;
pub use crate::target::Cloud;
use crate::timestamp::Timestamp;

/// What one try of one link asks with.
pub struct Ask {
    session: SharedSession,
    link: LinkSide,
    recorder: Recorder,
    /// Whether this is a poll: what is shared is then asked anew, once per document.
    polls: bool,
    asked_anew: Mutex<HashSet<String>>,
}

/// The side from which a link asks.
#[derive(Clone, Debug)]
pub struct LinkSide {
    /// The tenant asked.
    pub tenant: Option<TenantRef>,
    /// The vantage, by the target's name.
    pub vantage: String,
    /// The vantage's network, when it has one.
    pub network: Option<ResourceId>,
    /// The identity under test.
    pub workload: Option<Workload>,
    /// Bound of each question.
    pub patience: Duration,
}

impl Ask {
    /// For one try of one link; `polls` from the second try on.
    pub fn new(session: SharedSession, link: LinkSide, polls: bool) -> Self {
        Self {
            session,
            link,
            recorder: Recorder::default(),
            polls,
            asked_anew: Mutex::default(),
        }
    }

    /// The moment, by the engine's clock.
    pub fn now(&self) -> Timestamp {
        self.session.parts.target.clock.now()
    }

    /// The cloud of the target: endpoints, audiences, zone names.
    pub fn cloud(&self) -> &'static Cloud {
        self.session.parts.target.cloud
    }

    /// The tenant that the link asks.
    pub fn tenant(&self) -> Option<&TenantRef> {
        self.link.tenant.as_ref()
    }

    /// The network of the link's vantage, when it has one.
    pub fn network(&self) -> Option<&ResourceId> {
        self.link.network.as_ref()
    }

    /// The identity under test of the link (`as:`), as the scenario defines it.
    pub fn workload(&self) -> Option<&Workload> {
        self.link.workload.as_ref()
    }

    /// Every subscription that a tenant of the scenario lists, in the scenario's order.
    pub fn subscriptions(&self) -> impl Iterator<Item = &SubscriptionId> {
        let tenants = self.session.tenants();
        tenants.iter().flat_map(|tenant| &tenant.subscriptions)
    }

    /// What stands for a secret in what is seen: equal secrets of one run have equal fingerprints, and nothing else
    /// can be learnt from one.
    pub fn fingerprint(&self, secret: &Secret) -> Fingerprint {
        self.session.fingerprints.of(secret)
    }

    /// What was asked and answered so far.
    pub fn evidence(&self) -> Evidence {
        self.recorder.evidence()
    }

    /// A token of an identity that still lasts, or a new one.
    async fn lasting_token(
        &self,
        identity: &str,
        vantage: &str,
        scope: &str,
    ) -> Result<Secret, NoAnswer> {
        let tokens = &self.session.tokens;
        if let Some(token) = tokens.get(identity, vantage, scope, self.now()) {
            return Ok(token);
        }
        let http = self.session.pool(vantage, self.link.patience)?;
        let issued = self.issue(identity, vantage, scope, &http).await;
        let token = issued
            .map_err(|why| NoAnswer::NoIdentity(Box::new(why)))?
            .token;
        tokens.keep(identity, vantage, scope, &token);
        Ok(token)
    }

    /// A new token of an identity.
    async fn issue(
        &self,
        identity: &str,
        vantage: &str,
        scope: &str,
        http: &crate::clients::http::Http,
    ) -> Result<Issued, NoAnswer> {
        let target = &self.session.parts.target;
        let channel = Channel {
            target,
            vantage,
            http,
            recorder: &self.recorder,
        };
        issue(self.session.identity(identity)?, scope, channel).await
    }
}
