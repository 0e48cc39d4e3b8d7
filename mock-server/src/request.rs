//! What a handler gets and gives: one request with where it came from, one reply. No sockets, no TLS.
//!
//! The listeners fill [`Request`]; the router adds [`Request::parameters`]; a handler answers with [`Reply`].

use std::collections::BTreeMap;
use std::net::IpAddr;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

/// Where a connection came from and which world address it was made to. Filled by the door that took it.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Name of the vantage that dialled; `internet` for the HTTPS port that serves every host by name.
    pub vantage: String,
    /// The source address that Azure would see: the vantage's own on a private path, its egress on a public one.
    pub source: IpAddr,
    /// The world address that was dialled: a front door's or a private endpoint's.
    pub destination: IpAddr,
}

/// One HTTP request, its body read completely.
#[derive(Clone, Debug)]
pub struct Request {
    /// Where it came from.
    pub peer: Peer,
    /// HTTP method.
    pub method: Method,
    /// Host without port, lower case.
    pub host: String,
    /// Path as sent, percent-decoded, `//` folded, without a trailing slash; of a host whose names may hold any slash (Blob)
    /// with every one of them.
    pub path: String,
    /// Path as sent: what a storage account's key signs.
    pub sent_path: String,
    /// Query parameters in order, percent-decoded; names keep their case (look up with [`Request::query`]).
    pub query: Vec<(String, String)>,
    /// Headers as sent.
    pub headers: HeaderMap,
    /// The whole body; its size is limited by the listener.
    pub body: Bytes,
    /// Values of the `{…}` segments of the operation's path template, by name. Filled by the router.
    pub parameters: BTreeMap<&'static str, String>,
    /// The `x-ms-request-id` of the reply.
    pub request_id: String,
}

impl Request {
    /// The first query parameter of that name, compared without case.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// A header's value when it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A path parameter of the operation's template; empty when the template has none of that name.
    pub fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }
}

/// One HTTP reply.
#[derive(Clone, Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers besides the request ids, date and length, which the listener adds.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    /// Stands for headers `x-ms-meta-<name>: <value>`, written `<name>=<value>`.
    pub const METADATA: &'static str = "x-ms-meta";

    /// A JSON body with `Content-Type: application/json; charset=utf-8`.
    pub fn json(status: StatusCode, body: &Value) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json; charset=utf-8".to_owned())],
            body: Bytes::from(body.to_string()),
        }
    }

    /// No body.
    pub fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// 200 with a JSON body.
    pub fn ok(body: &Value) -> Self {
        Self::json(StatusCode::OK, body)
    }

    /// Adds a header `x-ms-meta-<name>` for each: names that a caller chose, so they stand in the values of
    /// [`Self::METADATA`] until the listener writes them.
    #[must_use]
    pub fn with_metadata(mut self, metadata: &BTreeMap<String, String>) -> Self {
        let written = metadata
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        self.headers
            .extend(written.map(|text| (Self::METADATA, text)));
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
