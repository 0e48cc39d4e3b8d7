//! What must a body be? Compared at once, and forgotten: what is kept tells nothing of it.

use ring::digest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::secret::Secret;

/// What the front end of App Service says of an app that was stopped.
const STOPPED: &str = "This web app is stopped";

/// What the body must be; all that is given must hold.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Expected {
    /// The whole body; blanks around it do not count.
    equals: Option<Secret>,
    /// A part of it.
    contains: Option<Secret>,
    /// Its SHA-256, hexadecimal.
    sha256: Option<String>,
    /// A value in a JSON body.
    json: Option<ExpectedValue>,
}

/// A value in a JSON body.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ExpectedValue {
    /// Where: a JSON pointer, such as `/status`.
    pointer: String,
    /// What must stand there, as text.
    equals: Secret,
}

/// What a body is like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Found {
    pub(super) length: usize,
    /// Whether it is the expected one, where one is.
    pub(super) is_expected: Option<bool>,
    /// Whether code of the app wrote it, not a host or a front end: those answer with nothing, or with a page.
    pub(super) is_of_app: bool,
    /// Whether it says that the app was stopped.
    pub(super) says_stopped: bool,
}

/// Looks at a body.
pub(super) fn read(body: &[u8], expected: Option<&Expected>) -> Found {
    let text = String::from_utf8_lossy(body);
    let trimmed = text.trim();
    let is_page = trimmed.starts_with('<');
    Found {
        length: body.len(),
        is_expected: expected.map(|expected| expected.is(body, trimmed)),
        is_of_app: !trimmed.is_empty() && !is_page,
        says_stopped: is_page && text.contains(STOPPED),
    }
}

impl Expected {
    fn is(&self, body: &[u8], text: &str) -> bool {
        let equals = self.equals.as_ref();
        let contains = self.contains.as_ref();
        let sha256 = self.sha256.as_deref();
        equals.is_none_or(|own| own.reveal().trim() == text)
            && contains.is_none_or(|own| text.contains(own.reveal()))
            && sha256.is_none_or(|own| own.trim().eq_ignore_ascii_case(&hex_sha256(body)))
            && self.json.as_ref().is_none_or(|own| own.is(text))
    }
}

impl ExpectedValue {
    fn is(&self, text: &str) -> bool {
        let wanted = self.equals.reveal();
        let document: Option<Value> = serde_json::from_str(text).ok();
        let found = document
            .as_ref()
            .and_then(|document| document.pointer(&self.pointer));
        match found {
            Some(Value::String(own)) => own == wanted,
            // Numbers, words and whole parts are compared as JSON writes them.
            Some(other) => format!("{other}").as_str() == wanted,
            None => false,
        }
    }
}

fn hex_sha256(bytes: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, bytes);
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is(body: &str, expected: Value) -> bool {
        let expected: Expected = serde_json::from_value(expected).unwrap();
        read(body.as_bytes(), Some(&expected)).is_expected.unwrap()
    }

    #[test]
    fn everything_that_is_given_must_hold() {
        let body = r#"{"status": "ok", "count": 3}"#;
        assert!(is(" TenantB\n", json!({"equals": "TenantB"})));
        assert!(is(
            "TenantB",
            json!({"contains": "nant", "equals": "TenantB"})
        ));
        assert!(!is(
            "TenantB",
            json!({"contains": "nant", "equals": "TenantA"})
        ));
        assert!(is(
            "",
            json!({"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852B855"})
        ));
        assert!(is(
            body,
            json!({"json": {"pointer": "/status", "equals": "ok"}})
        ));
        assert!(is(
            body,
            json!({"json": {"pointer": "/count", "equals": "3"}})
        ));
        for (pointer, equals) in [("/status", "no"), ("/none", "ok")] {
            assert!(!is(
                body,
                json!({"json": {"pointer": pointer, "equals": equals}})
            ));
        }
        assert!(!is(
            "no json",
            json!({"json": {"pointer": "", "equals": "x"}})
        ));
    }

    #[test]
    fn an_app_is_told_from_its_host_and_its_front_end() {
        assert!(read(b"Secret 'x' not found.", None).is_of_app);
        for body in ["", " \n", "<html>404 Web Site not found.</html>"] {
            assert!(!read(body.as_bytes(), None).is_of_app, "{body}");
        }
        assert!(read(b"<h1>Error 403 - This web app is stopped.</h1>", None).says_stopped);
        let said = read(b"This web app is stopped, said the app", None);
        assert!(!said.says_stopped);
    }
}
