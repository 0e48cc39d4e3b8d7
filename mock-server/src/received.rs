//! Which requests came? A bounded record for tests and for people who wonder what their client sent.
//!
//! Kept are method, host, path, names of query parameters with harmless values, vantage, addresses, status and request
//! id. Never tokens, bodies, or values that may be secrets (`code`, `sig`, …).

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use http::Method;
use serde::{Serialize, Serializer};
use time::OffsetDateTime;

use crate::clock::rfc3339;
use crate::request::Request;

/// Requests that are kept.
const LIMIT: usize = 10_000;
/// Query parameters whose values are kept.
const HARMLESS: &[&str] = &[
    "api-version",
    "resource",
    "client_id",
    "comp",
    "restype",
    "prefix",
    "maxresults",
    "$filter",
    "$select",
    "$top",
];

/// One request.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Entry {
    /// Running number, from 1.
    pub number: u64,
    /// The mock's time; shown in RFC 3339.
    #[serde(serialize_with = "time")]
    pub time: OffsetDateTime,
    /// Vantage that dialled.
    pub vantage: String,
    /// Source address in the world.
    pub source: IpAddr,
    /// World address that was dialled.
    pub destination: IpAddr,
    /// HTTP method.
    #[serde(serialize_with = "method")]
    pub method: Method,
    /// Host.
    pub host: String,
    /// Path.
    pub path: String,
    /// Query parameters; `…` for values that are not kept.
    pub query: Vec<String>,
    /// Did it carry a bearer token?
    pub authorized: bool,
    /// Status of the reply.
    pub status: u16,
    /// `x-ms-request-id` of the reply.
    pub request_id: String,
}

/// The last requests.
#[derive(Debug, Default)]
pub struct Received(Mutex<(u64, VecDeque<Entry>)>);

impl Received {
    /// Notes a request and the status of its reply.
    pub fn note(&self, mut entry: Entry) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, entries) = &mut *kept;
        *count += 1;
        entry.number = *count;
        if entries.len() == LIMIT {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    /// Forgets them; numbers go on.
    pub fn clear(&self) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.1.clear();
    }

    /// The last requests, oldest first.
    pub fn entries(&self) -> Vec<Entry> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.1.iter().cloned().collect()
    }
}

impl Entry {
    /// What is kept of a request; its status is not known yet.
    pub fn of(req: &Request, time: OffsetDateTime) -> Self {
        let shown = |(name, value): &(String, String)| {
            let harmless = HARMLESS
                .iter()
                .any(|harmless| harmless.eq_ignore_ascii_case(name));
            format!("{name}={}", if harmless { value } else { "…" })
        };
        Self {
            number: 0,
            time,
            vantage: req.peer.vantage.clone(),
            source: req.peer.source,
            destination: req.peer.destination,
            method: req.method.clone(),
            host: req.host.clone(),
            path: req.path.clone(),
            query: req.query.iter().map(shown).collect(),
            authorized: req.headers.contains_key(http::header::AUTHORIZATION),
            status: 0,
            request_id: req.request_id.clone(),
        }
    }
}

// Most entries are never read: they are written out when somebody asks.

fn time<S: Serializer>(time: &OffsetDateTime, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&rfc3339(*time))
}

fn method<S: Serializer>(method: &Method, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(method.as_str())
}
