//! Long-running operations of ARM: a question that is answered later, and where to ask how it goes.
//!
//! Azure answers 202 and names `Azure-AsyncOperation`, a document with a `status`, or `Location`, which answers 202 while
//! the operation runs and then with the result; where both are named, the first says when the second has it (`API.md` §7;
//! azure-docs, `azure-resource-manager/management/async-operations.md`). Asking changes nothing. Between two questions the
//! service's `Retry-After` is waited for, by the target's clock. Whoever stops waiting for the answer stops asking.

use std::time::Duration;

use http::HeaderMap;
use reqwest::Url;
use serde_json::Value;

use super::arm;
use super::http::{Answer, Http, Request};
use super::recorder::Recorder;
use super::refusal;
use crate::outcome::{NoAnswer, Refusal};
use crate::secret::Secret;
use crate::target::Clock;

/// What is waited between two questions when the service does not say.
const UNSAID: Duration = Duration::from_secs(2);
/// Longest wait between two questions, whatever the service says.
const LONGEST: Duration = Duration::from_secs(30);
/// Longest URL that is followed (azure-docs, `async-operations.md`).
const URL_LIMIT: usize = 4096;
/// Answers in a row that say only that the service is busy.
const BUSY_LIMIT: u32 = 5;

/// Who asks, how long, and by which clock.
pub struct Asker<'a> {
    /// The transport.
    pub http: &'a Http,
    /// Where exchanges are kept.
    pub recorder: &'a Recorder,
    /// The reader's token.
    pub token: &'a Secret,
    /// The clock that waits follow.
    pub clock: &'a dyn Clock,
    /// How long the whole operation may take.
    pub patience: Duration,
}

/// Where an operation is asked about.
struct Places {
    status: Option<Url>,
    result: Option<Url>,
}

/// Begins an operation by POST and waits for its result; `None` when what it is about does not exist.
///
/// # Errors
/// As [`arm::get`]; an operation that fails or is cancelled is [`NoAnswer::Refused`] with its own code;
/// [`NoAnswer::Unreachable`] when it does not end in time; [`NoAnswer::Unusable`] when it leads to another host, or ends
/// without a result.
pub async fn run(asker: &Asker<'_>, url: &str, body: &Value) -> Result<Option<Value>, NoAnswer> {
    let url = arm::parsed(url)?;
    let request = Request::post_json(url.clone(), body);
    let answer = asker.send(request).await?;
    if !answer.is_success() {
        return asker.refused(&url, &answer).map(|()| None);
    }
    let mut places = Places::of(&answer.headers, &url)?;
    if !places.is_named() {
        return match answer.status {
            202 => Err(unusable(&url, "does not say where to ask how it goes")),
            _ => result(&url, &answer).map(Some),
        };
    }
    let (mut wait, mut waited, mut busy) = (retry_after(&answer.headers), Duration::ZERO, 0);
    loop {
        waited += wait;
        if waited > asker.patience {
            return Err(NoAnswer::unreachable(format!(
                "{} had no result within {} s (`timeout:` of the link)",
                url.path(),
                asker.patience.as_secs_f32()
            )));
        }
        if !wait.is_zero() {
            asker.pause(wait).await;
        }
        let (answer, had_status) = (asker.get(&places).await?, places.status.is_some());
        wait = retry_after(&answer.headers);
        match answer.status {
            429 | 500..=599 if busy < BUSY_LIMIT => busy += 1,
            200..=299 => {
                busy = 0;
                if let Some(result) = places.read(&url, &answer)? {
                    return Ok(Some(result));
                }
                if had_status && places.status.is_none() {
                    // It ended: the result is there.
                    wait = Duration::ZERO;
                }
            }
            404 => return Err(unusable(&url, "is not known any more, and had no result")),
            _ => return asker.refused(&url, &answer).map(|()| None),
        }
    }
}

impl Asker<'_> {
    async fn get(&self, places: &Places) -> Result<Answer, NoAnswer> {
        let next = places.status.as_ref().or(places.result.as_ref());
        let next = next.ok_or_else(|| {
            NoAnswer::Internal("an operation without a place to ask about it".to_owned())
        })?;
        self.send(Request::get(next.clone())).await
    }

    async fn send(&self, request: Request) -> Result<Answer, NoAnswer> {
        let request = request
            .bearer(self.token)
            .header("accept", "application/json");
        self.http.send(self.recorder, request).await
    }

    /// Nothing when what was asked about is absent.
    fn refused(&self, url: &Url, answer: &Answer) -> Result<(), NoAnswer> {
        let refusal = refusal::read(host(url), answer.status, None, &answer.body);
        arm::absent_or_refused(answer, refusal).map(drop)
    }

    async fn pause(&self, by: Duration) {
        if !self.clock.turn(by).await.unwrap_or(false) {
            tokio::time::sleep(by).await;
        }
    }
}

impl Places {
    /// What the headers name, on the host that was asked.
    fn of(headers: &HeaderMap, asked: &Url) -> Result<Self, NoAnswer> {
        Ok(Self {
            status: place(headers, "azure-asyncoperation", asked)?,
            result: place(headers, "location", asked)?,
        })
    }

    const fn is_named(&self) -> bool {
        self.status.is_some() || self.result.is_some()
    }

    /// The result, if the answer holds it; where to ask next stands in `self` otherwise.
    fn read(&mut self, asked: &Url, answer: &Answer) -> Result<Option<Value>, NoAnswer> {
        let later = Self::of(&answer.headers, asked)?;
        self.result = later.result.or(self.result.take());
        if self.status.is_none() {
            return match answer.status {
                202 => Ok(None),
                _ => result(asked, answer).map(Some),
            };
        }
        self.status = later.status.or(self.status.take());
        let document = result(asked, answer)?;
        let status = document["status"].as_str().unwrap_or_default();
        match status.to_ascii_lowercase().as_str() {
            "succeeded" => self.succeeded(asked, document),
            word @ ("failed" | "canceled" | "cancelled") => {
                Err(NoAnswer::Refused(failed(asked, answer, word)))
            }
            "" => Err(unusable(asked, "does not say how it goes")),
            _ => Ok(None),
        }
    }

    /// The result lies at `Location`, or in the document itself.
    fn succeeded(&mut self, asked: &Url, mut document: Value) -> Result<Option<Value>, NoAnswer> {
        if self.result.is_some() {
            self.status = None;
            return Ok(None);
        }
        match document["properties"].take() {
            Value::Null => Err(unusable(asked, "ended without a result")),
            result => Ok(Some(result)),
        }
    }
}

/// The URL in a header; one of another host is not followed: the token would go there.
fn place(headers: &HeaderMap, name: &str, asked: &Url) -> Result<Option<Url>, NoAnswer> {
    let Some(text) = headers.get(name).and_then(|value| value.to_str().ok()) else {
        return Ok(None);
    };
    let url = (text.len() <= URL_LIMIT).then(|| asked.join(text).ok());
    let own = url
        .flatten()
        .filter(|url| url.origin() == asked.origin() && url.username().is_empty());
    match own {
        Some(url) => Ok(Some(url)),
        None => Err(unusable(
            asked,
            "is to be asked about elsewhere; nothing was sent there",
        )),
    }
}

/// Seconds, within bounds; 0 counts as absent.
fn retry_after(headers: &HeaderMap) -> Duration {
    let text = headers
        .get("retry-after")
        .and_then(|value| value.to_str().ok());
    let seconds = text.and_then(|text| text.trim().parse().ok());
    let seconds = seconds.filter(|seconds| *seconds > 0);
    seconds.map_or(UNSAID, |seconds| Duration::from_secs(seconds).min(LONGEST))
}

fn result(asked: &Url, answer: &Answer) -> Result<Value, NoAnswer> {
    let json = serde_json::from_slice(&answer.body);
    json.map_err(|_| unusable(asked, "ended without a result"))
}

/// The operation's own words.
fn failed(asked: &Url, answer: &Answer, word: &str) -> Refusal {
    let mut refusal = refusal::read(host(asked), answer.status, None, &answer.body);
    if refusal.codes.is_empty() {
        let code = match word {
            "failed" => "OperationFailed",
            _ => "OperationCanceled",
        };
        refusal.codes.push(code.to_owned());
    }
    refusal
}

fn unusable(asked: &Url, why: &str) -> NoAnswer {
    NoAnswer::Unusable(format!("the operation {} {why}", asked.path()))
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: &str =
        "https://management.azure.com/subscriptions/s/x/effectiveRouteTable?api-version=1";

    fn asked() -> Url {
        ASKED.parse().unwrap()
    }

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        Answer {
            status,
            headers: map,
            body: body.as_bytes().to_vec().into(),
        }
    }

    fn places(headers: &[(&'static str, &str)]) -> Places {
        Places::of(&answer(202, headers, "").headers, &asked()).unwrap()
    }

    const STATUS: (&str, &str) = ("azure-asyncoperation", "https://management.azure.com/op");
    const RESULT: (&str, &str) = ("location", "https://management.azure.com/result");

    #[test]
    fn location_alone_runs_while_it_says_202_and_then_holds_the_result() {
        let mut places = places(&[RESULT]);
        let moved = answer(202, &[("location", "https://management.azure.com/b")], "");
        assert_eq!(places.read(&asked(), &moved), Ok(None));
        assert_eq!(places.result.as_ref().map(Url::path), Some("/b"));
        let done = answer(200, &[], r#"{"value": []}"#);
        let read = places.read(&asked(), &done).unwrap().unwrap();
        assert!(read["value"].is_array());
        assert!(places.read(&asked(), &answer(204, &[], "")).is_err());
    }

    #[test]
    fn the_status_says_when_the_result_is_there_and_where() {
        let mut both = places(&[STATUS, RESULT]);
        let runs = answer(200, &[], r#"{"status": "InProgress"}"#);
        assert_eq!(both.read(&asked(), &runs), Ok(None));
        assert!(both.status.is_some());
        let done = answer(200, &[], r#"{"status": "Succeeded"}"#);
        assert_eq!(both.read(&asked(), &done), Ok(None));
        assert!(both.status.is_none() && both.result.is_some());
        let mut alone = places(&[STATUS]);
        assert!(alone.read(&asked(), &done).is_err());
        let inside = answer(
            200,
            &[],
            r#"{"status": "Succeeded", "properties": {"a": 1}}"#,
        );
        let mut alone = places(&[STATUS]);
        let read = alone.read(&asked(), &inside).unwrap().unwrap();
        assert_eq!(read["a"], 1);
    }

    #[test]
    fn what_fails_or_is_cancelled_is_refused_with_its_code() {
        let read = |body: &str| places(&[STATUS]).read(&asked(), &answer(200, &[], body));
        for (body, code) in [
            (
                r#"{"status": "Failed", "error": {"code": "NicGone", "message": "it went"}}"#,
                "NicGone",
            ),
            (r#"{"status": "Failed"}"#, "OperationFailed"),
            (r#"{"status": "Canceled"}"#, "OperationCanceled"),
        ] {
            let Err(NoAnswer::Refused(refusal)) = read(body) else {
                panic!("{body}");
            };
            assert!(refusal.has(code), "{refusal:?}");
        }
        assert!(matches!(read("{}"), Err(NoAnswer::Unusable(_))));
        assert_eq!(read(r#"{"status": "Pondering"}"#), Ok(None));
    }

    #[test]
    fn nothing_is_asked_elsewhere() {
        let long = format!("https://management.azure.com/{}", "x".repeat(URL_LIMIT));
        for place in [
            "https://elsewhere.example/op",
            "http://management.azure.com/op",
            "https://management.azure.com:444/op",
            "https://user@management.azure.com/op",
            &long,
        ] {
            let headers = answer(202, &[("location", place)], "").headers;
            assert!(Places::of(&headers, &asked()).is_err(), "{place:.60}");
        }
        let near = places(&[("location", "/operations/1?x=y")]);
        assert_eq!(near.result.as_ref().map(Url::path), Some("/operations/1"));
        assert!(!places(&[]).is_named());
    }

    #[test]
    fn the_service_says_how_long_to_wait_within_bounds() {
        let after = |text: &str| retry_after(&answer(202, &[("retry-after", text)], "").headers);
        assert_eq!(after("7").as_secs(), 7);
        assert_eq!(after("86400"), LONGEST);
        for unsaid in ["0", "soon", "-1", "Wed, 21 Oct 2026 07:28:00 GMT"] {
            assert_eq!(after(unsaid), UNSAID, "{unsaid}");
        }
    }
}
