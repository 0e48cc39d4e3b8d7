//! Secrets of vaults and blobs of storage accounts, as the world gives them.
//!
//! Their contents never appear in `Debug` output: a log of the mock must not teach bad habits.

use std::fmt;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A secret: its value alone, or a map with what else is known of it.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(with = "SecretForm")]
pub struct Secret {
    /// The value.
    pub value: String,
    /// May it be read?
    pub enabled: bool,
    /// RFC 3339: `nbf`, which is for information; it can be read before.
    pub not_before: Option<String>,
    /// RFC 3339: `exp`, which is for information; it can be read after.
    pub expires: Option<String>,
    /// MIME type.
    pub content_type: Option<String>,
    /// Soft-deleted: it is only below `/deletedsecrets`.
    pub deleted: bool,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret")
            .field("enabled", &self.enabled)
            .field("deleted", &self.deleted)
            .finish_non_exhaustive()
    }
}

/// A blob of a container.
#[derive(Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Blob {
    /// Content as text; or `base64`.
    #[serde(default)]
    text: Option<String>,
    /// Content as base64; or `text`.
    #[serde(default)]
    base64: Option<String>,
    /// MIME type.
    #[serde(default)]
    pub content_type: Option<String>,
}

/// What a blob holds, as it was given.
#[derive(Clone, Copy)]
pub enum BlobContent<'a> {
    /// Text.
    Text(&'a str),
    /// Base64 that the loader has not checked yet.
    Base64(&'a str),
}

impl Blob {
    /// A blob of these bytes.
    pub fn of_bytes(content: &[u8]) -> Self {
        use base64::Engine as _;
        match std::str::from_utf8(content) {
            Ok(text) => Self::of_text(text),
            Err(_) => Self {
                text: None,
                base64: Some(base64::engine::general_purpose::STANDARD.encode(content)),
                content_type: None,
            },
        }
    }

    /// The same with a MIME type.
    #[must_use]
    pub fn of_type(self, content_type: Option<String>) -> Self {
        Self {
            content_type,
            ..self
        }
    }

    /// A blob that holds this text.
    pub fn of_text(text: impl Into<String>) -> Self {
        Self {
            text: Some(text.into()),
            base64: None,
            content_type: None,
        }
    }

    /// The content; nothing when neither or both forms were given (the loader refuses that).
    pub fn content(&self) -> Option<BlobContent<'_>> {
        match (&self.text, &self.base64) {
            (Some(text), None) => Some(BlobContent::Text(text)),
            (None, Some(base64)) => Some(BlobContent::Base64(base64)),
            _ => None,
        }
    }

    /// The bytes; nothing when the base64 is malformed or no content was given (the loader refuses that).
    pub fn bytes(&self) -> Option<bytes::Bytes> {
        use base64::Engine as _;
        match self.content()? {
            BlobContent::Text(text) => Some(bytes::Bytes::copy_from_slice(text.as_bytes())),
            BlobContent::Base64(text) => base64::engine::general_purpose::STANDARD
                .decode(text)
                .ok()
                .map(Into::into),
        }
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blob")
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SecretVisitor)
    }
}

struct SecretVisitor;

impl<'de> Visitor<'de> for SecretVisitor {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret's value, or a map with `value`")
    }

    fn visit_str<E>(self, value: &str) -> Result<Secret, E> {
        Ok(SecretFields::of(value.to_owned()).into())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Secret, A::Error> {
        SecretFields::deserialize(MapAccessDeserializer::new(map)).map(Into::into)
    }
}

/// A secret's long form.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct SecretFields {
    /// The value.
    value: String,
    /// May it be read?
    #[serde(default = "yes")]
    enabled: bool,
    /// RFC 3339: `nbf`, which is for information; it can be read before.
    #[serde(default)]
    not_before: Option<String>,
    /// RFC 3339: `exp`, which is for information; it can be read after.
    #[serde(default)]
    expires: Option<String>,
    /// MIME type.
    #[serde(default)]
    content_type: Option<String>,
    /// Soft-deleted.
    #[serde(default)]
    deleted: bool,
}

impl SecretFields {
    fn of(value: String) -> Self {
        Self {
            value,
            enabled: true,
            not_before: None,
            expires: None,
            content_type: None,
            deleted: false,
        }
    }
}

impl From<SecretFields> for Secret {
    fn from(fields: SecretFields) -> Self {
        let SecretFields {
            value,
            enabled,
            not_before,
            expires,
            content_type,
            deleted,
        } = fields;
        Self {
            value,
            enabled,
            not_before,
            expires,
            content_type,
            deleted,
        }
    }
}

/// The two ways to write a secret; only its JSON Schema is used.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(
    dead_code,
    reason = "describes the two written forms for the JSON Schema"
)]
enum SecretForm {
    /// The value alone.
    Value(String),
    /// The long form.
    Fields(SecretFields),
}

fn yes() -> bool {
    true
}
