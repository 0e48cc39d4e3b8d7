//! What stands in an access token of Entra: v1.0 and v2.0 form (IDENTITY.md §1c and §3).

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

/// `aud` of tokens for `api://AzureADTokenExchange`: the application id of "AAD Token Exchange Endpoint: Public", the
/// same in every tenant (IDENTITY.md §1c).
pub const TOKEN_EXCHANGE_AUDIENCE: &str = "fb60f99c-7a34-4190-8149-302f77469936";

/// Form of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenVersion {
    /// `https://sts.windows.net/{tenant}/`, `appid`.
    V1,
    /// `https://login.microsoftonline.com/{tenant}/v2.0`, `azp`.
    V2,
}

/// What a token grants, to whom.
#[derive(Clone, Debug)]
pub struct Grant<'a> {
    /// Form.
    pub version: TokenVersion,
    /// `tid`.
    pub tenant: &'a str,
    /// `appid` or `azp`.
    pub app_id: &'a str,
    /// `oid` and `sub`.
    pub object_id: &'a str,
    /// `aud`.
    pub audience: &'a str,
    /// `roles`: application permissions.
    pub roles: &'a [String],
    /// How the client proved itself: `2` a signed assertion, `1` a secret (`appidacr`, `azpacr`).
    pub proof: &'static str,
    /// ARM id of the managed identity (`xms_mirid`).
    pub identity: Option<&'a str>,
    /// Seconds that it is good for.
    pub lifetime: i64,
}

impl Grant<'_> {
    /// The issuer.
    pub fn issuer(&self) -> String {
        issuer(self.version, self.tenant)
    }

    /// The claims, as of now.
    pub fn claims(&self, now: OffsetDateTime) -> Value {
        let now = now.unix_timestamp();
        let issuer = self.issuer();
        let (client, proof, version) = match self.version {
            TokenVersion::V1 => ("appid", "appidacr", "1.0"),
            TokenVersion::V2 => ("azp", "azpacr", "2.0"),
        };
        let mut claims = json!({
            "aud": self.audience,
            "iss": issuer,
            "iat": now,
            "nbf": now,
            "exp": now + self.lifetime,
            client: self.app_id,
            proof: self.proof,
            "idtyp": "app",
            "oid": self.object_id,
            "sub": self.object_id,
            "tid": self.tenant,
            "uti": Uuid::new_v4().simple().to_string(),
            "ver": version,
        });
        if let Some(claims) = claims.as_object_mut() {
            if self.version == TokenVersion::V1 {
                claims.insert("idp".to_owned(), Value::String(issuer));
            }
            if !self.roles.is_empty() {
                claims.insert("roles".to_owned(), json!(self.roles));
            }
            if let Some(identity) = self.identity {
                claims.insert("xms_mirid".to_owned(), Value::String(identity.to_owned()));
            }
        }
        claims
    }
}

/// Is this text the issuer of a tenant's tokens, of whichever version?
pub fn is_issuer(text: &str, tenant: &str) -> bool {
    let of = |before: &str, after: &str| {
        let inner = text
            .strip_prefix(before)
            .and_then(|it| it.strip_suffix(after));
        inner == Some(tenant)
    };
    of("https://sts.windows.net/", "/") || of("https://login.microsoftonline.com/", "/v2.0")
}

/// The issuer of a tenant's tokens.
pub fn issuer(version: TokenVersion, tenant: &str) -> String {
    match version {
        TokenVersion::V1 => format!("https://sts.windows.net/{tenant}/"),
        TokenVersion::V2 => format!("https://login.microsoftonline.com/{tenant}/v2.0"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_known_by_its_tenant() {
        for version in [TokenVersion::V1, TokenVersion::V2] {
            assert!(is_issuer(&issuer(version, "t"), "t"));
            assert!(!is_issuer(&issuer(version, "u"), "t"));
            assert!(!is_issuer(&format!("{}x", issuer(version, "t")), "t"));
            assert!(!is_issuer(issuer(version, "t").trim_end_matches('/'), "t/"));
        }
        assert!(!is_issuer("https://sts.windows.net/t/v2.0", "t"));
        assert!(!is_issuer("", ""));
    }
}
