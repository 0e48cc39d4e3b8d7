//! What all links of one run of a chain share: the target, who reads which tenant, reads in flight, tokens.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::fingerprint::FingerprintKey;
use super::shared::SharedReads;
use super::tokens::Tokens;
use crate::clients::http::Http;
use crate::credentials::Identity;
use crate::ids::{ResourceId, SubscriptionId};
use crate::outcome::{NoAnswer, TenantRef};
use crate::target::{ApiVersions, Target};

/// A tenant of the scenario, and who reads it.
#[derive(Clone, Debug)]
pub struct ReadableTenant {
    /// Name and id.
    pub tenant: TenantRef,
    /// Subscriptions whose resources are asked here.
    pub subscriptions: Vec<SubscriptionId>,
    /// Management groups whose resources are asked here.
    pub management_groups: Vec<String>,
    /// Name of the identity that reads.
    pub reader: Option<String>,
}

/// What a session is made of.
pub struct SessionParts {
    /// Where to ask.
    pub target: Target,
    /// The tenants of the scenario.
    pub tenants: Vec<ReadableTenant>,
    /// The identities of the scenario, by name.
    pub identities: HashMap<String, Identity>,
    /// Versions to ask ARM with.
    pub api_versions: ApiVersions,
}

/// What all links of one run share.
pub struct Session {
    pub(super) parts: SessionParts,
    pub(super) shared: SharedReads,
    pub(super) tokens: Tokens,
    pub(super) fingerprints: FingerprintKey,
    pools: Mutex<HashMap<String, Http>>,
    unpooled: Mutex<HashMap<String, Http>>,
}

impl Session {
    /// A session that has asked nothing yet.
    ///
    /// # Errors
    /// When the system gives no random bytes for the key of fingerprints.
    pub fn new(parts: SessionParts) -> Result<Self, String> {
        Ok(Self {
            parts,
            shared: SharedReads::default(),
            tokens: Tokens::default(),
            fingerprints: FingerprintKey::random()?,
            pools: Mutex::default(),
            unpooled: Mutex::default(),
        })
    }

    /// Where to ask.
    pub fn target(&self) -> &Target {
        &self.parts.target
    }

    /// The tenants, in the scenario's order.
    pub fn tenants(&self) -> &[ReadableTenant] {
        &self.parts.tenants
    }

    /// The tenant that lists the subscription or management group of an id.
    pub(super) fn tenant_of(&self, id: &ResourceId) -> Result<&ReadableTenant, NoAnswer> {
        let listed = |tenant: &&ReadableTenant| match (id.subscription(), id.management_group()) {
            (Some(subscription), _) => tenant.subscriptions.contains(&subscription),
            (None, Some(group)) => tenant
                .management_groups
                .iter()
                .any(|own| own.eq_ignore_ascii_case(group)),
            (None, None) => false,
        };
        let found = self.parts.tenants.iter().find(listed);
        found.ok_or_else(|| {
            NoAnswer::Unusable(format!(
                "no tenant of the scenario lists the subscription or management group of {id}"
            ))
        })
    }

    /// The tenant of that name.
    pub(super) fn tenant_named(&self, name: &str) -> Option<&ReadableTenant> {
        self.parts
            .tenants
            .iter()
            .find(|tenant| tenant.tenant.name == name)
    }

    /// An identity by name.
    pub(super) fn identity(&self, name: &str) -> Result<&Identity, NoAnswer> {
        let found = self.parts.identities.get(name);
        found.ok_or_else(|| NoAnswer::Unusable(format!("the scenario has no identity `{name}`")))
    }

    /// The pooled transport of a vantage: settings are read over it. Data links use a fresh one per try.
    pub(super) fn pool(&self, vantage: &str, patience: Duration) -> Result<Http, NoAnswer> {
        let target = &self.parts.target;
        kept(&self.pools, vantage, patience, || {
            Http::new(target, vantage, patience)
        })
    }

    /// The transport of a vantage that opens a connection for each request and keeps none: as fresh as one that is made
    /// anew, at the cost of one for all links.
    pub(super) fn unpooled(&self, vantage: &str, patience: Duration) -> Result<Http, NoAnswer> {
        let target = &self.parts.target;
        kept(&self.unpooled, vantage, patience, || {
            Http::unpooled(target, vantage, patience)
        })
    }
}

/// The transport that is kept for a vantage, or a new one.
fn kept(
    all: &Mutex<HashMap<String, Http>>,
    vantage: &str,
    patience: Duration,
    make: impl FnOnce() -> Result<Http, NoAnswer>,
) -> Result<Http, NoAnswer> {
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(http) = all.get(vantage) {
        return Ok(http.clone().with_patience(patience));
    }
    let http = make()?;
    all.insert(vantage.to_owned(), http.clone());
    Ok(http)
}

/// A session as links hold it.
pub type SharedSession = Arc<Session>;
