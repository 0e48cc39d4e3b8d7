//! Tokens whose signature was found right before: checking it again would find the same, and costs more than most answers.
//!
//! Only the signature is remembered. Time, audience, issuer and whether the object still exists are asked on every request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Jwt, JwtError};

/// Tokens that are kept; when there are more, all are forgotten.
const LIMIT: usize = 256;

/// Tokens that were believed, and what they claim.
#[derive(Default)]
pub(super) struct Believed(Mutex<HashMap<String, Arc<Jwt>>>);

impl Believed {
    /// What a token claims: as it was found before, or as `verify` finds it now. A token that is not believed is not kept.
    pub(super) fn get(
        &self,
        token: &str,
        verify: impl FnOnce() -> Result<Jwt, JwtError>,
    ) -> Result<Arc<Jwt>, JwtError> {
        let known = self.lock().get(token).map(Arc::clone);
        if let Some(jwt) = known {
            return Ok(jwt);
        }
        let jwt = Arc::new(verify()?);
        let mut kept = self.lock();
        if kept.len() >= LIMIT {
            kept.clear();
        }
        kept.insert(token.to_owned(), Arc::clone(&jwt));
        Ok(jwt)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Jwt>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt() -> Jwt {
        Jwt {
            claims: serde_json::Map::new(),
        }
    }

    #[test]
    fn a_token_is_verified_once_and_one_that_is_refused_every_time() {
        let believed = Believed::default();
        assert!(believed.get("good", || Ok(jwt())).is_ok());
        assert!(believed.get("good", || panic!("verified again")).is_ok());
        for _ in 0..2 {
            let refused = believed.get("bad", || Err(JwtError::Signature));
            assert_eq!(refused.err(), Some(JwtError::Signature));
        }
        assert!(
            believed.get("bad", || Ok(jwt())).is_ok(),
            "it is asked anew"
        );
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let believed = Believed::default();
        for number in 0..LIMIT * 3 {
            assert!(believed.get(&number.to_string(), || Ok(jwt())).is_ok());
            assert!(believed.lock().len() <= LIMIT);
        }
    }
}
