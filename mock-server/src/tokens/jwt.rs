//! Is this text a JWT that the mock's key signed, and what does it claim?
//!
//! Exactly one algorithm and one key are believed: `alg: none`, HS256 and every other `kid` are refused before any
//! mathematics (RFC 8725 §3.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Map, Value};

/// Longest token that is read; Entra's own stay below 8 KiB.
const SIZE_LIMIT: usize = 32 * 1024;

/// The claims of a token whose signature is right.
#[derive(Clone, Debug)]
pub struct Jwt {
    /// All claims.
    pub claims: Map<String, Value>,
}

/// A compact JWT taken apart before anybody believes it: for assertions that a client signed with a key of its own.
#[derive(Clone, Debug)]
pub struct Unverified<'t> {
    /// Its header.
    pub header: Map<String, Value>,
    /// Its claims, as it says.
    pub jwt: Jwt,
    /// The text that was signed.
    pub signed: &'t str,
    /// The signature.
    pub signature: Vec<u8>,
}

impl<'t> Unverified<'t> {
    /// Takes a token apart.
    ///
    /// # Errors
    /// [`JwtError::Malformed`].
    pub fn read(token: &'t str) -> Result<Self, JwtError> {
        if token.len() > SIZE_LIMIT {
            return Err(JwtError::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwtError::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(JwtError::Malformed)?;
        let signature = URL_SAFE_NO_PAD.decode(signature);
        Ok(Self {
            header: object(header)?,
            jwt: Jwt {
                claims: object(claims)?,
            },
            signed,
            signature: signature.map_err(|_| JwtError::Malformed)?,
        })
    }

    /// A text of the header; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.header
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtError {
    /// Signed with another algorithm than RS256.
    Algorithm,
    /// Not a compact JWT.
    Malformed,
    /// The signature does not fit.
    Signature,
    /// Of a key that is not the mock's.
    UnknownKey,
}

impl JwtError {
    /// For people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Algorithm => "the token is not signed with RS256",
            Self::Malformed => "the token is not a JWT in compact form",
            Self::Signature => "the signature does not fit the token",
            Self::UnknownKey => "the token was signed with a key that this mock does not know",
        }
    }
}

impl Jwt {
    /// A text claim; empty when absent.
    pub fn text(&self, name: &str) -> &str {
        self.claims
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// A number claim, without what comes after its point: times may have a fraction (RFC 7519 §2), as those of MSAL for
    /// Python have.
    pub fn number(&self, name: &str) -> Option<i64> {
        let number = self.claims.get(name)?;
        number.as_i64().or_else(|| whole(number.as_f64()?))
    }

    /// The texts of an array claim.
    pub fn texts(&self, name: &str) -> Vec<String> {
        let array = self.claims.get(name).and_then(Value::as_array);
        array
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    }

    /// The calling application: `appid` of a v1 token, `azp` of a v2 token.
    pub fn app_id(&self) -> &str {
        if self.claims.contains_key("appid") {
            self.text("appid")
        } else {
            self.text("azp")
        }
    }
}

/// The whole part of a number that is small enough to have an exact one.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the part behind the point is what is to go, and the range is checked"
)]
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
    (number.abs() < EXACT).then_some(number as i64)
}

pub(super) fn verify(token: &str, key_id: &str, public_key: &[u8]) -> Result<Jwt, JwtError> {
    if token.len() > SIZE_LIMIT {
        return Err(JwtError::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(JwtError::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(JwtError::Malformed)?;
    let header = object(header)?;
    let claims = object(claims)?;
    if header.get("alg").and_then(Value::as_str) != Some("RS256") {
        return Err(JwtError::Algorithm);
    }
    if header.get("kid").and_then(Value::as_str) != Some(key_id) {
        return Err(JwtError::UnknownKey);
    }
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| JwtError::Malformed)?;
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_key)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| JwtError::Signature)?;
    Ok(Jwt { claims })
}

fn object(part: &str) -> Result<Map<String, Value>, JwtError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| JwtError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| JwtError::Malformed)
}
