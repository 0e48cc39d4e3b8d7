//! Names that people give: of links, tenants, identities, vantages, variables, tags.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Unexpected};

/// What a name is made of, for messages.
pub(super) const RULE: &str =
    "a name of lower-case letters, digits and hyphens that begins with a letter or a digit";

/// A text that follows [`RULE`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name(String);

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

/// Whether the text follows [`RULE`].
pub(super) fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.bytes().all(allowed) && !text.is_empty() && !text.starts_with('-')
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if is_name(&text) {
            Ok(Self(text))
        } else {
            Err(de::Error::invalid_value(Unexpected::Str(&text), &RULE))
        }
    }
}

impl JsonSchema for Name {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Name".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": RULE, "type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$" })
    }
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn names_are_lower_case_words() {
        for name in ["a", "7", "vault-endpoint", "a--b", "2nd"] {
            assert!(is_name(name), "{name}");
        }
        for text in ["", "-a", "A", "a b", "a.b", "a_b", "é"] {
            assert!(!is_name(text), "{text}");
        }
    }
}
