//! How are the mock's tokens signed, and which does it believe?
//!
//! RS256 with ONE key that ships with the mock: `test-key.pkcs8.der`, made with `openssl genpkey` for this crate alone.
//! It is a test key in public source: whoever trusts it trusts everybody. ring cannot generate RSA keys, and a fixed
//! key makes tokens of two runs of the mock interchangeable, which tests rely on.
//!
//! - `desk` the threads that sign · `believed` signatures that were found right · `jwt`, `claims`, `certificate` forms

mod believed;
mod certificate;
mod claims;
mod desk;
mod jwt;

pub use certificate::Certificate;
pub use claims::{Grant, TOKEN_EXCHANGE_AUDIENCE, TokenVersion, is_issuer, issuer};
pub use jwt::{Jwt, JwtError, Unverified};

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_RSA_SHA256};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde_json::{Value, json};

/// PKCS#8, 2048 bits. A TEST KEY OF THE MOCK: never use it for anything else.
const TEST_KEY: &[u8] = include_bytes!("test-key.pkcs8.der");

/// The mock's signing key.
pub struct Signer {
    key: Arc<RsaKeyPair>,
    desk: desk::Desk,
    key_id: String,
    certificate: Vec<u8>,
    believed: believed::Believed,
}

/// The key or the random source of this machine cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SigningFailed;

impl Signer {
    /// The signer with the test key.
    ///
    /// # Errors
    /// [`SigningFailed`] when ring refuses the key.
    pub fn new() -> Result<Self, SigningFailed> {
        let key = RsaKeyPair::from_pkcs8(TEST_KEY).map_err(|_| SigningFailed)?;
        let key = Arc::new(key);
        let signing = Arc::clone(&key);
        let random = SystemRandom::new();
        let certificate = certificate().map_err(|_| SigningFailed)?;
        let read = Certificate::of_der(&certificate).ok_or(SigningFailed)?;
        Ok(Self {
            key,
            desk: desk::Desk::new(Arc::new(move |text| signature(&signing, &random, text))),
            key_id: read.x5t(),
            certificate,
            believed: believed::Believed::default(),
        })
    }

    /// The certificate of the key, DER: signed by the key itself, the same in every run.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// `kid` of every token.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Notes that a request came which needs no signature: signing leaves a core to those.
    pub fn make_way(&self) {
        self.desk.make_way();
    }

    /// A compact JWT over the claims. Blocking: a signature takes about half a millisecond, on a thread of the signer's own.
    ///
    /// # Errors
    /// [`SigningFailed`] when the system has no randomness for blinding.
    pub fn sign(&self, claims: &Value) -> Result<String, SigningFailed> {
        let header = json!({"typ": "JWT", "alg": "RS256", "x5t": self.key_id, "kid": self.key_id});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(claims));
        let signature = self.desk.sign(signed.as_bytes())?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Reads a compact JWT and checks that this key signed it.
    ///
    /// # Errors
    /// What is wrong with it. Times and audiences are the caller's business.
    pub fn verify(&self, token: &str) -> Result<Arc<Jwt>, JwtError> {
        let verify = || jwt::verify(token, &self.key_id, self.key.public().as_ref());
        self.believed.get(token, verify)
    }

    /// The key as a JSON Web Key (IDENTITY.md §4); keys of the v1 document name no issuer.
    pub fn json_web_key(&self, issuer: Option<&str>) -> Value {
        let parts: PublicKeyComponents<Vec<u8>> = self.key.public().into();
        let mut key = json!({
            "kty": "RSA",
            "use": "sig",
            "kid": self.key_id,
            "x5t": self.key_id,
            "n": URL_SAFE_NO_PAD.encode(&parts.n),
            "e": URL_SAFE_NO_PAD.encode(&parts.e),
            "x5c": [STANDARD.encode(&self.certificate)],
        });
        if let Some(issuer) = issuer {
            key["issuer"] = json!(issuer);
        }
        key
    }
}

fn signature(
    key: &RsaKeyPair,
    random: &SystemRandom,
    text: &[u8],
) -> Result<Vec<u8>, SigningFailed> {
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, random, text, &mut signature)
        .map_err(|_| SigningFailed)?;
    Ok(signature)
}

fn certificate() -> Result<Vec<u8>, rcgen::Error> {
    let key = PrivatePkcs8KeyDer::from(TEST_KEY);
    let key = KeyPair::from_pkcs8_der_and_sign_algo(&key, &PKCS_RSA_SHA256)?;
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, "accounts.accesscontrol.windows.net");
    Ok(params.self_signed(&key)?.der().to_vec())
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_signs_it_believes() {
        let signer = Signer::new().unwrap();
        let token = signer.sign(&json!({"tid": "t", "exp": 2})).unwrap();
        let jwt = signer.verify(&token).unwrap();
        assert_eq!(jwt.text("tid"), "t");
        assert_eq!(jwt.number("exp"), Some(2));
    }

    #[test]
    fn forged_tokens_are_refused() {
        let signer = Signer::new().unwrap();
        let token = signer.sign(&json!({"tid": "t"})).unwrap();
        let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else {
            panic!()
        };
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let other_claims = part(json!({"tid": "u"}));
        let none = part(json!({"alg": "none", "kid": signer.key_id()}));
        let hs256 = part(json!({"alg": "HS256", "kid": signer.key_id()}));
        let unknown = part(json!({"alg": "RS256", "kid": "other"}));
        for (forged, why) in [
            (
                format!("{header}.{other_claims}.{signature}"),
                JwtError::Signature,
            ),
            (format!("{none}.{claims}."), JwtError::Algorithm),
            (format!("{none}.{claims}.{signature}"), JwtError::Algorithm),
            (format!("{hs256}.{claims}.{signature}"), JwtError::Algorithm),
            (
                format!("{unknown}.{claims}.{signature}"),
                JwtError::UnknownKey,
            ),
            (format!("{header}.{claims}"), JwtError::Malformed),
            (format!("{token}.x"), JwtError::Malformed),
            ("x.y.z".to_owned(), JwtError::Malformed),
            (String::new(), JwtError::Malformed),
        ] {
            assert_eq!(signer.verify(&forged).unwrap_err(), why, "{forged}");
        }
    }
}
