//! How secrets are compared without being kept.
//!
//! A fingerprint is an HMAC-SHA-256 under a key that is made for the run and kept in memory only: equal secrets give
//! equal fingerprints within a run, and a report tells nothing about the value, not even to who can guess it.

use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};

use crate::secret::Secret;

/// What stands for a secret in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

/// The key of one run.
pub struct FingerprintKey(hmac::Key);

impl FingerprintKey {
    /// A key that nobody else has.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn random() -> Result<Self, String> {
        let mut bytes = [0; 32];
        SystemRandom::new()
            .fill(&mut bytes)
            .map_err(|_| "the system gave no random bytes".to_owned())?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// The fingerprint of a secret under this key.
    pub fn of(&self, secret: &Secret) -> Fingerprint {
        let tag = hmac::sign(&self.0, secret.reveal().as_bytes());
        let hex: String = tag
            .as_ref()
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Fingerprint(format!("«secret {hex}»"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_secrets_have_equal_fingerprints_within_a_run_only() {
        let (one, other) = (
            FingerprintKey::random().unwrap(),
            FingerprintKey::random().unwrap(),
        );
        let secret = Secret::new("hunter2");
        assert_eq!(one.of(&secret), one.of(&Secret::new("hunter2")));
        assert_ne!(one.of(&secret), one.of(&Secret::new("hunter3")));
        assert_ne!(one.of(&secret), other.of(&secret));
        assert!(!format!("{:?}", one.of(&secret)).contains("hunter2"));
    }
}
