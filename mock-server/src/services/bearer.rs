//! What a request's bearer token says about itself, unverified: only for the texts of refusals, which name the caller.
//!
//! Never use it to decide anything; `auth` is the only judge of identity.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::request::Request;

/// Names that refusals print; empty where the token says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bearer {
    /// Client id: `appid` (v1) or `azp` (v2).
    pub application: String,
    /// `oid`.
    pub object: String,
    /// `tid`.
    pub tenant: String,
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
}

impl Bearer {
    /// The claims of the request's token.
    pub fn of(request: &Request) -> Self {
        let token = request
            .header("authorization")
            .and_then(|value| value.split_once(' '))
            .map(|(_, token)| token.trim());
        token
            .and_then(claims)
            .map(|claims| Self::from_claims(&claims))
            .unwrap_or_default()
    }

    fn from_claims(claims: &Value) -> Self {
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            application: text("appid").or_else(|| text("azp")).unwrap_or_default(),
            object: text("oid").unwrap_or_default(),
            tenant: text("tid").unwrap_or_default(),
            issuer: text("iss").unwrap_or_default(),
            audience: text("aud").unwrap_or_default(),
        }
    }

    /// `appid=…;oid=…;iss=…`, as Key Vault prints a caller.
    pub fn as_key_vault_caller(&self) -> String {
        format!(
            "appid={};oid={};iss={}",
            self.application, self.object, self.issuer
        )
    }
}

fn claims(token: &str) -> Option<Value> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}
