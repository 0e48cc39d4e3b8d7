//! `$batch`: up to 20 requests in one, each authorised and answered on its own (microsoft-graph-docs, `json-batching`).
//!
//! Each request runs with the caller's token and headers of its own. What depends on a request that failed is not run and
//! answers 424. Addresses are relative; msgraph's SDK for Python writes whole ones of this very host, which are taken too.
//! A batch whose own shape is wrong answers 400 and runs nothing.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Map, Value, json};

use super::asked::{Answer, Asked};
use super::errors::Refused;
use crate::listen::limits::HEADERS;
use crate::request::{Reply, Request};
use crate::router;

/// Requests of one batch.
const MOST: usize = 20;

struct Step {
    id: String,
    depends_on: Vec<String>,
    request: Request,
}

pub(super) fn post(asked: &Asked<'_>) -> Answer {
    let steps = steps(asked)?;
    let mut replies: BTreeMap<String, Reply> = BTreeMap::new();
    let mut waiting: Vec<&Step> = steps.iter().collect();
    while !waiting.is_empty() {
        let is_ready = |step: &&Step| step.depends_on.iter().all(|id| replies.contains_key(id));
        let (ready, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_ready);
        if ready.is_empty() {
            return Err(bad(
                "The requests of the batch depend on each other in a circle.",
            ));
        }
        for step in ready {
            let reply = run(asked, step, &replies);
            replies.insert(step.id.clone(), reply);
        }
        waiting = rest;
    }
    let responses: Vec<Value> = steps
        .iter()
        .filter_map(|step| Some(response(step, replies.get(&step.id)?)))
        .collect();
    Ok(Reply::ok(&json!({"responses": responses})))
}

fn run(asked: &Asked<'_>, step: &Step, replies: &BTreeMap<String, Reply>) -> Reply {
    let failed = |id: &String| {
        let reply = replies.get(id);
        reply.is_none_or(|it| !it.status.is_success() && !it.status.is_redirection())
    };
    if step.depends_on.iter().any(failed) {
        let refused = Refused::failed_dependency();
        return refused.reply(&step.request, asked.context);
    }
    if step.request.path.to_ascii_lowercase().ends_with("/$batch") {
        let refused = bad("A batch may not hold another batch.");
        return refused.reply(&step.request, asked.context);
    }
    router::answer(asked.context, step.request.clone())
}

fn response(step: &Step, reply: &Reply) -> Value {
    let headers: Map<String, Value> = reply
        .headers
        .iter()
        .map(|(name, value)| (canonical(name), json!(value)))
        .collect();
    let mut response = json!({
        "id": step.id,
        "status": reply.status.as_u16(),
        "headers": headers,
    });
    if !reply.body.is_empty() {
        response["body"] = serde_json::from_slice(&reply.body)
            .unwrap_or_else(|_| json!(STANDARD.encode(&reply.body)));
    }
    response
}

/// `content-type` as Graph writes it inside of a batch: `Content-Type`.
fn canonical(name: &str) -> String {
    let capital = |part: &str| {
        let mut chars = part.chars();
        let first = chars.next().map(|it| it.to_ascii_uppercase());
        first.into_iter().chain(chars).collect::<String>()
    };
    name.split('-').map(capital).collect::<Vec<_>>().join("-")
}

fn steps(asked: &Asked<'_>) -> Result<Vec<Step>, Refused> {
    let body = asked.body(false)?;
    let Some(items) = body.get("requests").and_then(Value::as_array) else {
        return Err(bad("Invalid batch payload format: requests is missing."));
    };
    if items.len() > MOST {
        return Err(bad(&format!(
            "Number of batch request steps exceeds the maximum value of {MOST}."
        )));
    }
    let mut steps: Vec<Step> = Vec::new();
    for item in items {
        let step = step(asked, item)?;
        if steps.iter().any(|other| other.id == step.id) {
            return Err(bad(&format!("The id {} is there more than once.", step.id)));
        }
        steps.push(step);
    }
    let known = |id: &String| steps.iter().any(|step| step.id == *id);
    let unknown = steps
        .iter()
        .flat_map(|step| &step.depends_on)
        .find(|id| !known(id));
    match unknown {
        Some(id) => Err(bad(&format!("No request of the batch has the id {id}."))),
        None => Ok(steps),
    }
}

fn step(asked: &Asked<'_>, item: &Value) -> Result<Step, Refused> {
    let text = |name: &str| {
        let text = item[name].as_str().filter(|text| !text.is_empty());
        text.ok_or_else(|| bad(&format!("Each request of a batch needs the text {name}.")))
    };
    let (id, url) = (text("id")?.to_ascii_lowercase(), text("url")?);
    let method = Method::from_bytes(text("method")?.to_ascii_uppercase().as_bytes())
        .map_err(|_| bad("A method is none of HTTP."))?;
    let (path, query) = url
        .split_once('?')
        .map_or((url, None), |(path, query)| (path, Some(query)));
    let base = format!("https://{}/v1.0/", asked.request.host);
    let path = path.strip_prefix(&base).unwrap_or(path);
    if path.contains("://") {
        return Err(bad("The url of a request in a batch is relative."));
    }
    let target = router::parse::target(&format!("/v1.0/{path}"), query);
    let (path, query) = target.ok_or_else(|| bad("A url cannot be read."))?;
    let depends_on = super::body::texts(&item["dependsOn"]);
    let request = Request {
        method,
        path,
        query,
        headers: headers(asked, &item["headers"])?,
        body: body(item)?,
        parameters: BTreeMap::new(),
        ..asked.request.clone()
    };
    Ok(Step {
        id,
        depends_on: depends_on
            .iter()
            .map(|it| it.to_ascii_lowercase())
            .collect(),
        request,
    })
}

/// The headers of the request itself, and the caller's token.
fn headers(asked: &Asked<'_>, given: &Value) -> Result<HeaderMap, Refused> {
    let mut headers = HeaderMap::new();
    let token = asked.request.headers.get(http::header::AUTHORIZATION);
    if let Some(token) = token {
        headers.insert(http::header::AUTHORIZATION, token.clone());
    }
    let given = given.as_object();
    if given.is_some_and(|it| it.len() >= HEADERS) {
        return Err(bad("A request of the batch has too many headers."));
    }
    for (name, value) in given.into_iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes()).ok();
        let value = value.as_str().and_then(|it| HeaderValue::from_str(it).ok());
        let (Some(name), Some(value)) = (name, value) else {
            return Err(bad("A header of a request in the batch cannot be read."));
        };
        headers.insert(name, value);
    }
    Ok(headers)
}

/// A JSON body needs its content type; other bodies come in base64url.
fn body(item: &Value) -> Result<Bytes, Refused> {
    match &item["body"] {
        Value::Null => Ok(Bytes::new()),
        Value::String(encoded) => {
            let decoded = URL_SAFE_NO_PAD
                .decode(encoded.trim_end_matches('='))
                .or_else(|_| STANDARD.decode(encoded));
            decoded
                .map(Bytes::from)
                .map_err(|_| bad("A body that is a text must be base64url."))
        }
        body => {
            let named = |(name, _): (&String, &Value)| name.eq_ignore_ascii_case("content-type");
            let headers = item["headers"].as_object();
            if !headers.is_some_and(|headers| headers.iter().any(named)) {
                return Err(bad(
                    "Write request must contain the Content-Type header declaration.",
                ));
            }
            Ok(Bytes::from(body.to_string()))
        }
    }
}

fn bad(message: &str) -> Refused {
    Refused::bad_syntax(message)
}

impl Refused {
    fn failed_dependency() -> Self {
        Self::of_status(
            StatusCode::FAILED_DEPENDENCY,
            "FailedDependency",
            "A request on which this one depends failed.",
        )
    }
}
