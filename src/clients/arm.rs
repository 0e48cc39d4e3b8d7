//! ARM: one resource, or all pages of a collection. Reads only.

use serde_json::Value;

use super::http::{Answer, Http, Request};
use super::recorder::Recorder;
use super::refusal;
use crate::outcome::{NoAnswer, Refusal};
use crate::secret::Secret;

/// Pages of one collection; a service that goes on longer is not believed.
const PAGE_LIMIT: usize = 1000;

/// Reads one JSON document; `None` when it does not exist.
///
/// # Errors
/// 403 is [`NoAnswer::Forbidden`], any other refusal [`NoAnswer::Refused`].
pub async fn get(
    http: &Http,
    recorder: &Recorder,
    url: &str,
    token: &Secret,
) -> Result<Option<Value>, NoAnswer> {
    let parsed = url
        .parse()
        .map_err(|error| NoAnswer::Unusable(format!("{url} is not a URL: {error}")))?;
    let request = Request::get(parsed)
        .bearer(token)
        .header("accept", "application/json");
    let host = request.url.host_str().unwrap_or_default().to_owned();
    let answer = http.send(recorder, request).await?;
    if answer.is_success() {
        let json = serde_json::from_slice(&answer.body);
        return json.map(Some).map_err(|_| {
            NoAnswer::Unusable(format!("{host} answered {} without JSON", answer.status))
        });
    }
    let refusal = refusal::read(&host, answer.status, None, &answer.body);
    absent_or_refused(&answer, refusal)
}

/// Reads every page of a collection, following `next` (`nextLink`, `@odata.nextLink`) on the same host only; `None`
/// when the collection's parent does not exist.
///
/// # Errors
/// As [`get`]; [`NoAnswer::Unusable`] when the pages do not end or lead elsewhere.
pub async fn list(
    http: &Http,
    recorder: &Recorder,
    url: &str,
    next: &str,
    token: &Secret,
) -> Result<Option<Vec<Value>>, NoAnswer> {
    let mut items = Vec::new();
    let mut page = url.to_owned();
    for _ in 0..PAGE_LIMIT {
        let Some(mut document) = get(http, recorder, &page, token).await? else {
            return Ok((!items.is_empty()).then_some(items));
        };
        match document["value"].take() {
            Value::Array(values) => items.extend(values),
            _ => {
                return Err(NoAnswer::Unusable(format!(
                    "a list without `value` at {page}"
                )));
            }
        }
        match document[next].as_str().filter(|link| !link.is_empty()) {
            Some(link) if host_of(link) == host_of(url) => page = link.to_owned(),
            Some(_) => {
                return Err(NoAnswer::Unusable(format!(
                    "the next page of {url} is on another host"
                )));
            }
            None => return Ok(Some(items)),
        }
    }
    Err(NoAnswer::Unusable(format!(
        "more than {PAGE_LIMIT} pages at {url}"
    )))
}

/// 404 of the thing itself is an answer; of the subscription it is not, and 403 says nothing about the thing.
fn absent_or_refused(answer: &Answer, refusal: Refusal) -> Result<Option<Value>, NoAnswer> {
    match answer.status {
        404 if !refusal.has("SubscriptionNotFound") => Ok(None),
        403 => Err(NoAnswer::Forbidden(refusal)),
        _ => Err(NoAnswer::Refused(refusal)),
    }
}

fn host_of(url: &str) -> Option<String> {
    reqwest::Url::parse(url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_ascii_lowercase))
}
