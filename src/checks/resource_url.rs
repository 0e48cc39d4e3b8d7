//! The URL of one thing as a scenario writes it: `https://<host>/<path>[?query]`.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Unexpected;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::https_url::HttpsUrl;

/// What such a URL looks like.
const EXPECTED: &str =
    "a URL such as https://app.azurewebsites.net/api/status, without user, fragment or `code`";
/// The query parameter that a function key may stand in, where everybody would see it.
const KEY: &str = "code";

/// `https://<host>[/path][?query]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ResourceUrl {
    service: HttpsUrl,
    text: String,
}

impl ResourceUrl {
    /// The whole URL.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Its host, lower case.
    pub(super) fn host(&self) -> String {
        self.service.host()
    }
}

impl FromStr for ResourceUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("expected {EXPECTED}, found `{text}`");
        let start = "https://".len();
        let rest = text.get(start..).ok_or_else(wrong)?;
        let end = rest.find(['/', '?']).map_or(text.len(), |at| at + start);
        let service = text[..end].parse().map_err(|_| wrong())?;
        let below = &text[end..];
        let query = below.split_once('?').map_or("", |(_, query)| query);
        let has_key = query
            .split('&')
            .filter_map(|pair| pair.split('=').next())
            .any(|name| name.eq_ignore_ascii_case(KEY));
        let is_plain = below
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'#' && byte != b'\\');
        if is_plain && !has_key {
            Ok(Self {
                service,
                text: text.to_owned(),
            })
        } else {
            Err(wrong())
        }
    }
}

impl fmt::Display for ResourceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for ResourceUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for ResourceUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = |_| de::Error::invalid_value(Unexpected::Str(&text), &EXPECTED);
        text.parse().map_err(wrong)
    }
}

impl JsonSchema for ResourceUrl {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ResourceUrl".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An HTTPS URL with a path; may hold variables.",
            "type": "string",
            "pattern": r"^(https://|\$\{).*"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_path_and_a_query_and_knows_the_host() {
        for (text, host) in [
            (
                "https://App.azurewebsites.net/api/x?key=1&b=%20",
                "app.azurewebsites.net",
            ),
            ("https://app.azurewebsites.net", "app.azurewebsites.net"),
            ("https://app.azurewebsites.net?x", "app.azurewebsites.net"),
        ] {
            let url: ResourceUrl = text.parse().unwrap();
            assert_eq!((url.as_str(), url.host().as_str()), (text, host));
        }
    }

    #[test]
    fn refuses_other_schemes_users_fragments_and_keys_in_sight() {
        for text in [
            "",
            "http://app.net/x",
            "https://u@app.net/x",
            "https://app.net/x#y",
            "https://app.net/x?code=abc",
            "https://app.net/x?a=1&CODE=abc",
            "https://app.net/x y",
            "https:///x",
            "ünïcödé/x",
        ] {
            assert!(text.parse::<ResourceUrl>().is_err(), "{text}");
        }
    }
}
