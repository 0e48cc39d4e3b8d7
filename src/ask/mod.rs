//! What one link asks with: reads of ARM and Graph, names, tokens, data; every question leaves evidence.
//!
//! An [`Ask`] is made for one try of one link. It knows the tenant, the identity and the vantage of the link, so a
//! check names only the thing it wants to know. Absence (404) is an answer, `None`; a refusal is not.
//!
//! - `answers`: what data-plane questions come back with
//! - `data`: names, tokens, secrets, blobs: over fresh connections, from the link's vantage
//! - `fingerprint`: how secrets are compared without being kept
//! - `plain`: one request to a named host, whatever comes back
//! - `pull`: an image of a registry
//! - [`preflight`]: who an auditor is, before anything is read as it
//! - `rights`: what a card does not declare is not asked
//! - `session`: what all links of a run share
//! - `settings`: ARM and Graph: over pooled connections, shared within the run
//! - `shared`, `tokens`: reads in flight, tokens that last

mod answers;
mod data;
mod fingerprint;
mod plain;
pub mod preflight;
mod pull;
mod rights;
mod session;
mod settings;
mod shared;
mod tokens;

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use self::rights::Rights;
use self::tokens::TokenKey;
pub use answers::{
    AssertionClaims, BlobAnswer, PullAnswer, Resolution, Resolved, SecretAnswer, TokenAnswer,
};
pub use fingerprint::{Fingerprint, FingerprintKey};
pub use plain::{Bearer, PlainAnswer, PlainRequest};
pub use session::{ReadableTenant, Session, SessionParts, SharedSession};

pub use crate::clients::arm::ReadAction;
use crate::clients::recorder::Recorder;
pub use crate::credentials::Selector;
pub use crate::credentials::federated::{ASSERTION_ISSUER, ASSERTION_SUBJECT};
use crate::credentials::{Channel, Identity, Issued, issue};
use crate::ids::{AppId, ResourceId, SubscriptionId};
use crate::outcome::{Declared, Evidence, NoAnswer, TenantRef, Workload};
use crate::secret::Secret;
pub use crate::target::{Cloud, Retirement};
use crate::timestamp::Timestamp;

/// What one try of one link asks with.
pub struct Ask {
    session: SharedSession,
    link: LinkSide,
    recorder: Recorder,
    /// Whether this is a poll: what is shared is then asked anew, once per document.
    polls: bool,
    asked_anew: Mutex<HashSet<String>>,
    rights: Rights,
    /// The first of the versions in use that Azure will take away.
    retirement: Mutex<Option<Retirement>>,
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
            rights: Rights::default(),
            retirement: Mutex::default(),
        }
    }

    /// The same, held to what a card declares: anything else is not asked.
    #[must_use]
    pub fn declaring(self, declared: Declared) -> Self {
        let rights = Rights::of(declared);
        Self { rights, ..self }
    }

    /// An api-version in use that Azure will take away.
    pub fn retirement(&self) -> Option<Retirement> {
        let own = self.retirement.lock();
        own.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was to be asked without being declared: a mistake of the check, whatever it made of the answer.
    pub fn undeclared(&self) -> Option<String> {
        self.rights.undeclared()
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

    /// The tenants of the scenario, in its order.
    pub fn tenants(&self) -> impl Iterator<Item = &TenantRef> {
        self.session.tenants().iter().map(|own| &own.tenant)
    }

    /// Every subscription that a tenant of the scenario lists, in the scenario's order.
    pub fn subscriptions(&self) -> impl Iterator<Item = &SubscriptionId> {
        let tenants = self.session.tenants();
        tenants.iter().flat_map(|tenant| &tenant.subscriptions)
    }

    /// The managed identities that prove an application, as the scenario defines its federated identities.
    pub fn proofs_of(&self, wanted: &AppId) -> Vec<&Selector> {
        let identities = self.session.parts.identities.values();
        let mut proofs: Vec<&Selector> = Vec::new();
        for identity in identities {
            match identity {
                Identity::Federated {
                    application,
                    assertion,
                    ..
                } if application == wanted && !proofs.contains(&assertion) => {
                    proofs.push(assertion);
                }
                _ => {}
            }
        }
        proofs
    }

    /// The application whose tokens the scenario exchanges at the link's tenant, if there is exactly one.
    pub fn only_federated(&self) -> Option<&AppId> {
        let here = &self.tenant()?.id;
        let identities = self.session.parts.identities.values();
        let mut applications = identities.filter_map(|identity| match identity {
            Identity::Federated {
                tenant,
                application,
                ..
            } if tenant == here => Some(application),
            _ => None,
        });
        let first = applications.next()?;
        applications.all(|other| other == first).then_some(first)
    }

    /// The tenant of the scenario that lists the subscription or management group of an id.
    pub fn tenant_of(&self, id: &ResourceId) -> Option<&TenantRef> {
        let listed = self.session.tenant_of(id).ok()?;
        Some(&listed.tenant)
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

    /// Whether the target itself is still there, when an answer is missing or wrong.
    ///
    /// # Errors
    /// [`NoAnswer::NoTarget`] when it is not.
    pub async fn target_is_there(&self) -> Result<(), NoAnswer> {
        let network = &self.session.parts.target.network;
        network.is_there().await.map_err(NoAnswer::NoTarget)
    }

    /// A token of an identity that still lasts, or a new one.
    async fn lasting_token(&self, key: &TokenKey) -> Result<Secret, NoAnswer> {
        let http = self.session.pool(&key.vantage, self.link.patience)?;
        let ask = || async {
            let issued = self
                .issue(&key.identity, &key.vantage, &key.scope, &http)
                .await;
            Ok(issued
                .map_err(|why| NoAnswer::NoIdentity(Box::new(why)))?
                .token)
        };
        self.session.tokens.get(key, self.now(), ask).await
    }

    /// Whose token a question of the identity under test is asked with.
    fn workload_key(&self, scope: &str) -> Result<TokenKey, NoAnswer> {
        Ok(TokenKey {
            identity: self.workload_under_test()?.name.clone(),
            vantage: self.link.vantage.clone(),
            scope: scope.to_owned(),
        })
    }

    /// Forgets a token with which the identity was not recognised, so that the next try asks with a new one.
    async fn forget_if_refused<T>(&self, key: &TokenKey, answer: &Result<T, NoAnswer>) {
        if let Err(NoAnswer::Refused(refusal)) = answer
            && refusal.status == 401
        {
            self.session.tokens.forget(key).await;
        }
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
