//! The URL of a service as a scenario writes it: `https://<host>`, nothing below it.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Unexpected;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What a URL of a service looks like.
const EXPECTED: &str = "a URL such as https://name.vault.azure.net";

/// `https://<host>[:<port>][/]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HttpsUrl(String);

impl HttpsUrl {
    /// The URL without a trailing slash.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Its host, lower case.
    pub(super) fn host(&self) -> String {
        let authority = self.0.get("https://".len()..).unwrap_or_default();
        authority
            .split(':')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    }

    /// The first label of the host: the vault's or account's name.
    pub(super) fn label(&self) -> String {
        self.host().split('.').next().unwrap_or_default().to_owned()
    }
}

impl FromStr for HttpsUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("expected {EXPECTED}, found `{text}`");
        let trimmed = text.trim_end_matches('/');
        let scheme = trimmed
            .get(..8)
            .filter(|scheme| scheme.eq_ignore_ascii_case("https://"))
            .ok_or_else(wrong)?;
        let authority = &trimmed[scheme.len()..];
        let (host, port) = authority
            .split_once(':')
            .map_or((authority, None), |(host, port)| (host, Some(port)));
        let host_fits = !host.is_empty()
            && host.split('.').all(|label| {
                !label.is_empty()
                    && label
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            });
        let port_fits = port.is_none_or(|port| port.parse::<u16>().is_ok());
        if host_fits && port_fits {
            Ok(Self(format!("https://{authority}")))
        } else {
            Err(wrong())
        }
    }
}

impl fmt::Display for HttpsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for HttpsUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for HttpsUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = |_| de::Error::invalid_value(Unexpected::Str(&text), &EXPECTED);
        text.parse().map_err(wrong)
    }
}

impl JsonSchema for HttpsUrl {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "HttpsUrl".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The https URL of a service, without a path; may hold variables.",
            "type": "string",
            "pattern": r"^(https://[^/]+/?|.*\$\{.*)$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_host_whatever_case_slash_or_port() {
        for text in [
            "https://kv.vault.azure.net",
            "https://KV.vault.azure.net/",
            "HTTPS://kv.vault.azure.net:443",
        ] {
            let url: HttpsUrl = text.parse().unwrap();
            assert_eq!(
                (url.host().as_str(), url.label().as_str()),
                ("kv.vault.azure.net", "kv"),
                "{text}"
            );
        }
    }

    #[test]
    fn refuses_what_is_no_https_url_of_a_host() {
        for text in [
            "",
            "kv.vault.azure.net",
            "http://kv.vault.azure.net",
            "https://",
            "https://kv/secrets/x",
            "https://u@kv",
            "https://kv:x",
            "https://k v",
            "ünïcödé!",
        ] {
            assert!(text.parse::<HttpsUrl>().is_err(), "{text}");
        }
    }
}
