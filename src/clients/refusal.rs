//! The codes of an error body, whatever its envelope: ARM and Graph, OAuth, Key Vault, Blob, managed identity.
//!
//! Codes come from the captured body, never from an SDK's error text (`PACKAGES.md` §3). Where a service says
//! something important in words only, the words get a code of ours, listed in `PHRASES`.

use serde_json::Value;

use crate::outcome::Refusal;
use crate::secret::HIDDEN;

/// Sentences without a code of their own, and the code that stands for them here (`IDENTITY.md` §6).
const PHRASES: &[(&str, &str)] = &[
    (
        "This TCP connection does not allow access",
        "TcpConnectionNotAllowed",
    ),
    (
        "not allowed by NSP rules",
        "ForbiddenByNetworkSecurityPerimeter",
    ),
    // Container registries (`MORE.md` §1e): other refusals have the same code.
    ("https://aka.ms/acr/firewall", "DeniedByFirewall"),
];

/// Our word for a refusal that names a deny assignment; Key Vault says so in its message only.
const DENIED_BY_ASSIGNMENT: &str = "DeniedByDenyAssignment";
/// What stands before its id, or before `null` (`IDENTITY.md` §6).
const DENY_ASSIGNMENT: &str = "DenyAssignmentId:";

/// Longest message that is kept.
/// Key Vault's refusal of a right, with four ids in it, has to fit.
const MESSAGE_LIMIT: usize = 1200;

/// Reads a refusal from status, the `x-ms-error-code` header and the body.
pub fn read(host: &str, status: u16, header_code: Option<&str>, body: &[u8]) -> Refusal {
    let text = String::from_utf8_lossy(body);
    let (mut codes, message) = match serde_json::from_str::<Value>(&text) {
        Ok(json) => from_json(&json),
        Err(_) => from_xml(&text),
    };
    if let Some(code) = header_code {
        push(&mut codes, code);
    }
    for code in codes_in_text(&message) {
        push(&mut codes, &code);
    }
    for (phrase, code) in PHRASES {
        if message.contains(phrase) {
            push(&mut codes, code);
        }
    }
    if is_denied(&message) {
        push(&mut codes, DENIED_BY_ASSIGNMENT);
    }
    Refusal {
        status,
        codes,
        message: one_line(&message),
        host: host.to_owned(),
        ..Refusal::default()
    }
}

/// Whether a message says that a deny assignment decided.
fn is_denied(message: &str) -> bool {
    let id = message.split_once(DENY_ASSIGNMENT).map(|(_, rest)| rest);
    let id = id.and_then(|rest| rest.split_whitespace().next());
    id.is_some_and(|id| !id.trim_matches('\'').eq_ignore_ascii_case("null"))
}

/// Codes and message of a JSON error: `{"error":{"code",…}}`, `{"error","error_description","error_codes"}`, App
/// Service's `{"statusCode","message"}`, or a registry's `{"errors":[{"code","message"}]}`.
fn from_json(json: &Value) -> (Vec<String>, String) {
    let mut codes = Vec::new();
    if let Some(errors) = json["errors"]
        .as_array()
        .filter(|errors| !errors.is_empty())
    {
        for code in errors.iter().filter_map(|error| error["code"].as_str()) {
            push(&mut codes, code);
        }
        let message = errors[0]["message"].as_str().unwrap_or_default();
        return (codes, message.to_owned());
    }
    let message = match &json["error"] {
        Value::Object(error) => {
            let mut level = Some(&json["error"]);
            while let Some(Value::Object(inner)) = level {
                if let Some(code) = inner.get("code").and_then(Value::as_str) {
                    push(&mut codes, code);
                }
                level = inner.get("innererror").or_else(|| inner.get("innerError"));
            }
            error
                .get("message")
                .and_then(Value::as_str)
                .unwrap_or_default()
        }
        Value::String(error) => {
            push(&mut codes, error);
            for code in json["error_codes"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_i64)
            {
                push(&mut codes, &format!("AADSTS{code}"));
            }
            json["error_description"].as_str().unwrap_or_default()
        }
        _ => json["message"].as_str().unwrap_or_default(),
    };
    (codes, message.to_owned())
}

/// Code and message of Storage's `<Error><Code/><Message/></Error>`; of anything else, the text itself.
fn from_xml(text: &str) -> (Vec<String>, String) {
    let element = |name: &str| {
        let start = text.find(&format!("<{name}>"))? + name.len() + 2;
        let end = text[start..].find(&format!("</{name}>"))? + start;
        Some(text[start..end].to_owned())
    };
    match element("Code") {
        Some(code) => (vec![code], element("Message").unwrap_or_default()),
        // Not an error body of Azure: a page of something in between, or data. It is not quoted.
        None if text.is_empty() => (Vec::new(), String::new()),
        None => (
            Vec::new(),
            format!("a body of {} bytes that is no error of Azure", text.len()),
        ),
    }
}

/// Codes that services write into their messages: `AADSTS700213`, `AKV10032`.
fn codes_in_text(message: &str) -> Vec<String> {
    let words = message.split(|c: char| !c.is_ascii_alphanumeric());
    let coded = |word: &&str| {
        ["AADSTS", "AKV"].iter().any(|prefix| {
            word.strip_prefix(prefix).is_some_and(|digits| {
                !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
            })
        })
    };
    words.filter(coded).map(str::to_owned).collect()
}

/// Adds a code; what is no code (a sentence, control characters) is left out.
fn push(codes: &mut Vec<String>, code: &str) {
    let is_code = code.len() <= 80
        && code
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    if is_code && !code.is_empty() && !codes.iter().any(|own| own.eq_ignore_ascii_case(code)) {
        codes.push(code.to_owned());
    }
}

/// The message on one line, without control characters, cut to a length that fits a report.
fn one_line(message: &str) -> String {
    let words: Vec<&str> = message
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
        .collect();
    let line = words
        .into_iter()
        .map(unsecret)
        .collect::<Vec<_>>()
        .join(" ");
    match line.char_indices().nth(MESSAGE_LIMIT) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}

/// A word of a message; one that looks like a token or a signature is hidden.
fn unsecret(word: &str) -> &str {
    let is_secret = word.contains("eyJ") || word.to_ascii_lowercase().contains("sig=");
    if is_secret { HIDDEN } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_code_of_a_key_vault_refusal() {
        let body = br#"{"error":{"code":"Forbidden","message":"Caller is not\r\nauthorized","innererror":{"code":"ForbiddenByRbac"}}}"#;
        let refusal = read("kv.vault.azure.net", 403, None, body);
        assert_eq!(refusal.codes, ["Forbidden", "ForbiddenByRbac"]);
        assert_eq!(refusal.message, "Caller is not authorized");
    }

    #[test]
    fn reads_codes_that_stand_in_the_message_only() {
        let body = br#"{"error":{"code":"Unauthorized","message":"AKV10032: Invalid issuer. Expected one of https://sts.windows.net/x/"}}"#;
        assert_eq!(
            read("h", 401, None, body).codes,
            ["Unauthorized", "AKV10032"]
        );
        let body = br#"{"error":{"code":"Forbidden","message":"This TCP connection does not allow access to kv.vault.azure.net."}}"#;
        assert_eq!(
            read("h", 403, None, body).codes,
            ["Forbidden", "TcpConnectionNotAllowed"]
        );
    }

    #[test]
    fn a_deny_assignment_that_is_named_is_a_code_and_its_id_is_kept() {
        let body = |id: &str| {
            let filler = "x".repeat(600);
            let message = format!(r"Caller: {filler}\r\nDenyAssignmentId: {id}\r\nVault: kv");
            format!(
                r#"{{"error":{{"code":"Forbidden","message":"{message}","innererror":{{"code":"ForbiddenByRbac"}}}}}}"#
            )
        };
        let denied = read("h", 403, None, body("'/d/1'").as_bytes());
        assert_eq!(
            denied.codes,
            ["Forbidden", "ForbiddenByRbac", "DeniedByDenyAssignment"]
        );
        assert!(denied.message.contains("'/d/1'"));
        let refused = read("h", 403, None, body("null").as_bytes());
        assert_eq!(refused.codes, ["Forbidden", "ForbiddenByRbac"]);
    }

    #[test]
    fn reads_a_registrys_list_and_tells_its_firewall_from_other_denials() {
        let body =
            |message: &str| format!(r#"{{"errors":[{{"code":"DENIED","message":"{message}"}}]}}"#);
        let firewall = body(
            "client with IP '198.51.100.1' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.",
        );
        assert_eq!(
            read("h", 403, None, firewall.as_bytes()).codes,
            ["DENIED", "DeniedByFirewall"]
        );
        let rights = body("retrieving permissions failed");
        assert_eq!(read("h", 403, None, rights.as_bytes()).codes, ["DENIED"]);
    }

    #[test]
    fn reads_entra_codes_as_numbers() {
        let body = br#"{"error":"invalid_client","error_description":"AADSTS700213: No match \"x\"\r\nTrace ID: 1","error_codes":[700213]}"#;
        assert_eq!(
            read("h", 401, None, body).codes,
            ["invalid_client", "AADSTS700213"]
        );
    }

    #[test]
    fn reads_storage_xml_and_the_header_of_a_bodyless_answer() {
        let body = "\u{feff}<?xml version=\"1.0\"?><Error><Code>BlobNotFound</Code><Message>gone\nfor good</Message></Error>";
        let refusal = read("h", 404, Some("BlobNotFound"), body.as_bytes());
        assert_eq!(
            (refusal.codes, refusal.message),
            (vec!["BlobNotFound".to_owned()], "gone for good".to_owned())
        );
        assert_eq!(
            read("h", 404, Some("BlobNotFound"), b"").codes,
            ["BlobNotFound"]
        );
    }

    #[test]
    fn quotes_neither_tokens_nor_bodies_that_are_no_errors() {
        let body = br#"{"error":{"code":"Bad\u001b[2J","message":"token eyJhbGciOi.x.y refused, see https://h/?sig=abc"}}"#;
        let refusal = read("h", 401, None, body);
        assert_eq!(
            (refusal.codes.len(), refusal.message.as_str()),
            (0, "token «secret» refused, see «secret»")
        );
        assert!(
            !read("h", 200, None, b"TenantB the secret")
                .message
                .contains("TenantB")
        );
    }

    #[test]
    fn survives_what_is_no_error_body() {
        for body in [
            &b"<html>captive portal</html>"[..],
            b"",
            b"[]",
            b"{\"error\":7}",
            b"\xff\xfe",
        ] {
            let _ = read("h", 502, None, body);
        }
        assert!(
            read("h", 500, None, "x".repeat(5000).as_bytes())
                .message
                .chars()
                .count()
                <= MESSAGE_LIMIT + 1
        );
    }
}
