//! Which requests came? A bounded record for tests and for people who wonder what their client sent.
//!
//! Kept are method, host, path, names of query parameters with harmless values, vantage, addresses, status and request
//! id. Never tokens, bodies, or values that may be secrets (`code`, `sig`, …).

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

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
    /// The mock's time, RFC 3339.
    pub time: String,
    /// Vantage that dialled.
    pub vantage: String,
    /// Source address in the world.
    pub source: String,
    /// World address that was dialled.
    pub destination: String,
    /// HTTP method.
    pub method: String,
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
    pub fn of(req: &Request, time: String) -> Self {
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
            source: req.peer.source.to_string(),
            destination: req.peer.destination.to_string(),
            method: req.method.to_string(),
            host: req.host.clone(),
            path: req.path.clone(),
            query: req.query.iter().map(shown).collect(),
            authorized: req.headers.contains_key(http::header::AUTHORIZATION),
            status: 0,
            request_id: req.request_id.clone(),
        }
    }
}
