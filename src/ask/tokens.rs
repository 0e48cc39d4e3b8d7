//! Tokens of one run, kept by identity, vantage and scope while they last by the engine's clock.
//!
//! A key that leaves out the tenant would hand one tenant's token to another (`PITFALLS.md` C31); the identity's name
//! stands for tenant, application and source together.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clients::jwt::Claims;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// A token with less left than this is not used again.
const MARGIN: Duration = Duration::from_secs(300);

/// Identity, vantage, scope.
type Key = (String, String, String);

/// The tokens of a run.
#[derive(Default)]
pub(super) struct Tokens(Mutex<HashMap<Key, Secret>>);

impl Tokens {
    /// A token that still lasts.
    pub(super) fn get(
        &self,
        identity: &str,
        vantage: &str,
        scope: &str,
        now: Timestamp,
    ) -> Option<Secret> {
        let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let token = tokens.get(&key(identity, vantage, scope))?;
        let expires = Claims::read(token).ok()?.seconds("exp")?;
        (Timestamp::from_epoch_seconds(expires) > now + MARGIN).then(|| token.clone())
    }

    /// Keeps a token.
    pub(super) fn keep(&self, identity: &str, vantage: &str, scope: &str, token: &Secret) {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.insert(key(identity, vantage, scope), token.clone());
    }
}

fn key(identity: &str, vantage: &str, scope: &str) -> Key {
    (identity.to_owned(), vantage.to_owned(), scope.to_owned())
}
