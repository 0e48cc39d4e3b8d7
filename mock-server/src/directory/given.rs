//! What stands beside the world's own properties of a directory object: owners, credentials, and properties that Graph
//! keeps without the mock acting on them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::store::kept;
use crate::tokens::Certificate;
use crate::world::{Application, KeyCredential, PasswordCredential};

/// What stands beside the world's own properties of an object.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Details {
    /// Properties as Graph wrote them.
    pub properties: Map<String, Value>,
    /// Object ids of its owners, in the order in which they were added.
    pub owners: Vec<String>,
    /// Client secrets.
    pub passwords: Vec<Password>,
    /// Certificates.
    pub keys: Vec<Key>,
    /// When Graph created it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub created: Option<OffsetDateTime>,
    /// App roles that Graph assigned it.
    pub app_roles: Vec<AppRole>,
    /// Delegated permissions that were granted to it for everybody.
    #[serde(default)]
    pub grants: Vec<Grant>,
}

/// Delegated permissions of a service principal for everybody in the tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Grant {
    /// Object id of the service principal that offers them.
    pub resource: String,
    /// Their names, blanks between them.
    pub scope: String,
}

/// An app role that was assigned: of Graph itself it says when; the permission stands with the service principal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AppRole {
    /// Id of the role.
    pub role: String,
    /// Object id of the service principal that declares it.
    pub resource: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub created: OffsetDateTime,
}

/// A client secret, as Entra keeps it: the secret itself is not there.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Password {
    /// `keyId`.
    pub key_id: String,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `hint`: the first three characters.
    pub hint: String,
    /// `startDateTime`.
    #[serde(with = "time::serde::rfc3339::option")]
    pub start: Option<OffsetDateTime>,
    /// `endDateTime`.
    #[serde(with = "time::serde::rfc3339::option")]
    pub end: Option<OffsetDateTime>,
    #[serde(with = "kept::base64")]
    digest: [u8; 32],
}

/// A certificate.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Key {
    /// `keyId`.
    pub key_id: String,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `customKeyIdentifier`, when it is not the certificate's own thumbprint.
    pub custom_key_identifier: Option<String>,
    /// `startDateTime`.
    #[serde(with = "time::serde::rfc3339")]
    pub start: OffsetDateTime,
    /// `endDateTime`.
    #[serde(with = "time::serde::rfc3339")]
    pub end: OffsetDateTime,
    /// The certificate.
    #[serde(with = "kept::base64")]
    pub certificate: Certificate,
}

impl Details {
    /// Is this object an owner?
    pub fn is_owned_by(&self, object_id: &str) -> bool {
        self.owners
            .iter()
            .any(|owner| owner.eq_ignore_ascii_case(object_id))
    }
}

impl Password {
    /// A secret under its id.
    pub fn new(key_id: String, secret: &str) -> Self {
        Self {
            key_id,
            display_name: None,
            hint: secret.chars().take(3).collect(),
            start: None,
            end: None,
            digest: Sha256::digest(secret.as_bytes()).into(),
        }
    }

    /// Is this the secret?
    pub fn is(&self, secret: &str) -> bool {
        <[u8; 32]>::from(Sha256::digest(secret.as_bytes())) == self.digest
    }

    /// Is its time now?
    pub fn is_valid_at(&self, now: OffsetDateTime) -> bool {
        self.start.is_none_or(|start| start <= now) && self.end.is_none_or(|end| now < end)
    }
}

impl Key {
    /// A certificate under its id, valid for as long as it says itself.
    pub fn new(key_id: String, certificate: Certificate) -> Self {
        Self {
            key_id,
            display_name: None,
            custom_key_identifier: None,
            start: certificate.not_before,
            end: certificate.not_after,
            certificate,
        }
    }
}

/// Credentials that the world gives an application. Those that cannot be read are left out: the world's rules refuse
/// them, and a fault makes none.
pub(super) fn credentials(application: &Application, details: &mut Details) {
    for (at, given) in application.password_credentials.iter().enumerate() {
        details.passwords.push(password(&application.id, at, given));
    }
    let keys = application.key_credentials.iter().enumerate();
    details
        .keys
        .extend(keys.filter_map(|(at, given)| key(&application.id, at, given)));
}

fn password(application: &str, at: usize, given: &PasswordCredential) -> Password {
    let end = given.end_date_time.as_deref();
    Password {
        display_name: given.display_name.clone(),
        end: end.and_then(|end| OffsetDateTime::parse(end, &Rfc3339).ok()),
        ..Password::new(
            key_id(given.key_id.as_ref(), application, "password", at),
            &given.secret_text,
        )
    }
}

fn key(application: &str, at: usize, given: &KeyCredential) -> Option<Key> {
    Some(Key {
        display_name: given.display_name.clone(),
        ..Key::new(
            key_id(given.key_id.as_ref(), application, "key", at),
            Certificate::read(&given.key)?,
        )
    })
}

fn key_id(given: Option<&String>, application: &str, kind: &str, at: usize) -> String {
    let name = format!("xtenant:{application}:{kind}:{at}");
    let derived = || Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()).to_string();
    given.cloned().unwrap_or_else(derived)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_but_not_kept() {
        let password = Password::new("k".to_owned(), "hunter2-hunter2");
        assert!(password.is("hunter2-hunter2") && !password.is("hunter2"));
        assert!(!format!("{password:?}").contains("hunter2"));
        assert_eq!(password.hint, "hun");
    }
}
