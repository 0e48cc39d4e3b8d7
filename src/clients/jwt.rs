//! The claims of a token, read for evidence and for routing; a signature is the receiver's business, not ours.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::secret::Secret;

/// Longest token that is looked at.
const LENGTH_LIMIT: usize = 64 * 1024;

/// The claims of a JWT.
#[derive(Clone, Debug)]
pub struct Claims(Value);

impl Claims {
    /// Decodes the payload.
    ///
    /// # Errors
    /// Says why the text is no JWT; never quotes it.
    pub fn read(token: &Secret) -> Result<Self, String> {
        let text = token.reveal();
        if text.len() > LENGTH_LIMIT {
            return Err("a token of absurd length".to_owned());
        }
        let mut parts = text.split('.');
        let payload = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(_), Some(payload), Some(_), None) => payload,
            _ => return Err("a token that is not a JWT of three parts".to_owned()),
        };
        let bytes = URL_SAFE_NO_PAD
            .decode(payload)
            .map_err(|_| "a token whose payload is not base64url".to_owned())?;
        match serde_json::from_slice(&bytes) {
            Ok(claims @ Value::Object(_)) => Ok(Self(claims)),
            _ => Err("a token whose payload is not a JSON object".to_owned()),
        }
    }

    /// A claim as text; empty when it is absent or not a text.
    pub fn text(&self, name: &str) -> String {
        self.0[name].as_str().unwrap_or_default().to_owned()
    }

    /// A claim of any form.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A claim as seconds since 1970.
    pub fn seconds(&self, name: &str) -> Option<i64> {
        self.0[name].as_i64()
    }

    /// The application: `appid` of a v1 token, `azp` of a v2 token.
    pub fn application(&self) -> String {
        let v1 = self.text("appid");
        if v1.is_empty() { self.text("azp") } else { v1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> Secret {
        Secret::new(format!("h.{}.s", URL_SAFE_NO_PAD.encode(payload)))
    }

    #[test]
    fn reads_claims_of_both_token_versions() {
        let claims = Claims::read(&token(r#"{"tid":"t","appid":"a","exp":7}"#)).unwrap();
        assert_eq!(
            (
                claims.text("tid"),
                claims.application(),
                claims.seconds("exp")
            ),
            ("t".into(), "a".into(), Some(7))
        );
        assert_eq!(
            Claims::read(&token(r#"{"azp":"b"}"#))
                .unwrap()
                .application(),
            "b"
        );
    }

    #[test]
    fn refuses_what_is_no_token_without_quoting_it() {
        for text in ["", "a.b", "a.b.c.d", "a.!!.c", "a.e30=.c"] {
            let error = Claims::read(&Secret::new(text)).unwrap_err();
            assert!(error.starts_with("a token"), "{error}");
        }
        assert!(Claims::read(&token("[]")).is_err());
    }
}
