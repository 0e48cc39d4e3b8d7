//! One request and its answer, as they went over the wire, and how they are written for Azure's own validator.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// A request and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    /// `https` but for managed identity endpoints.
    pub(crate) scheme: &'static str,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    /// Names in lower case.
    pub(crate) request_headers: BTreeMap<String, String>,
    pub(crate) request_body: Vec<u8>,
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) response_headers: BTreeMap<String, String>,
    pub(crate) response_body: Vec<u8>,
}

impl Exchange {
    /// The answer's body as JSON; null when it is none.
    pub(crate) fn answer(&self) -> Value {
        serde_json::from_slice(&self.response_body).unwrap_or(Value::Null)
    }

    pub(crate) fn is_success(&self) -> bool {
        self.status < 400
    }

    /// `GET https://host/path?query`.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.url())
    }

    fn url(&self) -> String {
        let pairs: Vec<_> = self
            .query
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mark = if pairs.is_empty() { "" } else { "?" };
        format!(
            "{}://{}{}{mark}{}",
            self.scheme,
            self.host,
            self.path,
            pairs.join("&")
        )
    }

    /// The form that `oav validate-traffic` reads. Tokens are left out.
    pub(crate) fn for_oav(&self) -> Value {
        let query: BTreeMap<_, _> = self.query.iter().cloned().collect();
        let mut request = json!({
            "method": self.method,
            "url": self.url(),
            "headers": shown(&self.request_headers),
            "query": query,
        });
        if let Some(body) = body(&self.request_body) {
            request["body"] = body;
        }
        let mut response = json!({
            "statusCode": self.status.to_string(),
            "headers": shown(&self.response_headers),
        });
        if let Some(body) = body(&self.response_body) {
            response["body"] = body;
        }
        json!({"liveRequest": request, "liveResponse": response})
    }

    /// Reads [`Self::for_oav`] again, or what another recorder wrote in that form.
    pub(crate) fn of_oav(recorded: &Value) -> Self {
        let (request, response) = (&recorded["liveRequest"], &recorded["liveResponse"]);
        let url = request["url"].as_str().unwrap();
        let (scheme, rest) = url.split_once("://").unwrap();
        let (host, target) = rest.split_once('/').unwrap_or((rest, ""));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        Self {
            method: request["method"].as_str().unwrap().to_uppercase(),
            scheme: if scheme == "http" { "http" } else { "https" },
            host: host.to_owned(),
            path: format!("/{path}"),
            query: pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            request_headers: headers(&request["headers"]),
            request_body: bytes(&request["body"]),
            status: response["statusCode"].as_str().unwrap().parse().unwrap(),
            response_headers: headers(&response["headers"]),
            response_body: bytes(&response["body"]),
        }
    }
}

fn shown(headers: &BTreeMap<String, String>) -> BTreeMap<&String, &String> {
    let harmless = headers.iter().filter(|(name, _)| *name != "authorization");
    harmless.collect()
}

/// JSON as it is, other text as text.
fn body(bytes: &[u8]) -> Option<Value> {
    if bytes.is_empty() {
        return None;
    }
    let text = || String::from_utf8_lossy(bytes).into_owned();
    Some(serde_json::from_slice(bytes).unwrap_or_else(|_| json!(text())))
}

fn headers(value: &Value) -> BTreeMap<String, String> {
    let all = value.as_object().into_iter().flatten();
    let texts = all.filter_map(|(name, value)| {
        let value = value.as_str()?;
        Some((name.to_lowercase(), value.to_owned()))
    });
    texts.collect()
}

fn bytes(value: &Value) -> Vec<u8> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) => text.clone().into_bytes(),
        other => other.to_string().into_bytes(),
    }
}
