//! Tokens of one run, kept by identity, vantage and scope while they last by the engine's clock.
//!
//! A key that leaves out the tenant would hand one tenant's token to another (`PITFALLS.md` C31); the identity's name
//! stands for tenant, application and source together. Whoever asks for the same token at the same time waits for one
//! request; a failure is told to those who waited and forgotten.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex as AsyncMutex;

use crate::clients::jwt::Claims;
use crate::outcome::NoAnswer;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// A token with less left than this is not used again.
const MARGIN: Duration = Duration::from_secs(300);

/// Whose token for what, asked from where.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct TokenKey {
    pub(super) identity: String,
    pub(super) vantage: String,
    pub(super) scope: String,
}

type Slot = Arc<AsyncMutex<Option<Secret>>>;

/// The tokens of a run.
#[derive(Default)]
pub(super) struct Tokens(Mutex<HashMap<TokenKey, Slot>>);

impl Tokens {
    /// A token that still lasts, or the one that `ask` brings.
    pub(super) async fn get<F>(
        &self,
        key: &TokenKey,
        now: Timestamp,
        ask: impl FnOnce() -> F,
    ) -> Result<Secret, NoAnswer>
    where
        F: Future<Output = Result<Secret, NoAnswer>>,
    {
        let slot = self.slot(key);
        let mut held = slot.lock().await;
        if let Some(token) = held.as_ref().filter(|token| lasts(token, now)) {
            return Ok(token.clone());
        }
        let token = ask().await?;
        *held = Some(token.clone());
        Ok(token)
    }

    /// Keeps a token.
    pub(super) async fn keep(&self, key: &TokenKey, token: &Secret) {
        *self.slot(key).lock().await = Some(token.clone());
    }

    /// Forgets a token that was refused.
    pub(super) async fn forget(&self, key: &TokenKey) {
        *self.slot(key).lock().await = None;
    }

    fn slot(&self, key: &TokenKey) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(key.clone()).or_default())
    }
}

fn lasts(token: &Secret, now: Timestamp) -> bool {
    let expires = Claims::read(token)
        .ok()
        .and_then(|claims| claims.seconds("exp"));
    expires.is_some_and(|expires| Timestamp::from_epoch_seconds(expires) > now + MARGIN)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn key() -> TokenKey {
        TokenKey {
            identity: "i".to_owned(),
            vantage: "v".to_owned(),
            scope: "s".to_owned(),
        }
    }

    async fn get(tokens: &Tokens, asked: &AtomicU32, now: i64) -> Secret {
        let ask = || async {
            asked.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(Secret::new(format!(
                "h.{}.s",
                URL_SAFE_NO_PAD.encode(r#"{"exp":10000}"#)
            )))
        };
        tokens
            .get(&key(), Timestamp::from_epoch_seconds(now), ask)
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn one_request_serves_all_who_wait_until_the_token_is_about_to_end_or_was_refused() {
        let (tokens, asked) = (Tokens::default(), AtomicU32::new(0));
        tokio::join!(get(&tokens, &asked, 0), get(&tokens, &asked, 0));
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        get(&tokens, &asked, 9_800).await;
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        tokens.forget(&key()).await;
        get(&tokens, &asked, 0).await;
        assert_eq!(asked.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() {
        let tokens = Tokens::default();
        let now = Timestamp::from_epoch_seconds(0);
        let refused = tokens
            .get(&key(), now, || async {
                Err(NoAnswer::Unusable("no".to_owned()))
            })
            .await;
        assert!(refused.is_err());
        get(&tokens, &AtomicU32::new(0), 0).await;
    }
}
