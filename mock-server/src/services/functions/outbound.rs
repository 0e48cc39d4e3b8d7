//! How a request of the app's code leaves it: name, route, service, all of its own vantage.
//!
//! What a machine does in turn: ask the DNS of its network for the name, connect to the first address that answers, speak
//! TLS, send. Requests are recorded like those that come over a socket.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use uuid::Uuid;

use crate::context::Context;
use crate::fabric::dns::{self, Data, DnsAnswer};
use crate::fabric::reach::{NoRoute, route};
use crate::received::Entry;
use crate::request::{Reply, Request};
use crate::router;

/// Why a call of the code failed: an exception of .NET, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exception(pub(super) String);

/// What the code's calls leave by.
pub(super) struct Outbound<'a> {
    /// The mock.
    pub(super) ctx: &'a Context,
    /// Where the code runs.
    pub(super) vantage: &'a str,
}

/// A call.
pub(super) struct Call<'a> {
    /// `GET` or `POST`.
    pub(super) method: Method,
    /// `https://kv.vault.azure.net/secrets/x?api-version=7.5`.
    pub(super) url: &'a str,
    /// Headers.
    pub(super) headers: Vec<(&'static str, String)>,
    /// Body.
    pub(super) body: String,
}

impl Outbound<'_> {
    /// Makes a call.
    pub(super) fn send(&self, call: Call<'_>) -> Result<Reply, Exception> {
        let target = Target::parse(call.url)?;
        // An app that calls an app would hold two hosts up for each other; nothing of the article does.
        if target.host.ends_with(super::SUFFIX) {
            return Err(Exception(format!(
                "{} does not answer in time",
                target.host
            )));
        }
        let state = self.ctx.state();
        let mut last = Exception(format!("no such host is known: {}", target.host));
        for address in self.addresses(&target) {
            match route(&state, self.vantage, address, target.port) {
                Ok(route) if route.tls == target.tls => {
                    return self.answer(call, target, route.peer);
                }
                Ok(_) => last = Exception("the TLS connection could not be made".to_owned()),
                Err(NoRoute::Refused(why) | NoRoute::TimedOut(why)) => last = Exception(why),
            }
        }
        Err(last)
    }

    fn addresses(&self, target: &Target) -> Vec<Ipv4Addr> {
        if let Ok(address) = target.host.parse() {
            return vec![address];
        }
        let answer = dns::answer(&self.ctx.state(), self.vantage, &target.host, "A");
        let DnsAnswer::Records { answers, .. } = answer else {
            return Vec::new();
        };
        let address = |data| match data {
            Data::A(address) => Some(address),
            Data::Cname(_) => None,
        };
        answers
            .into_iter()
            .filter_map(|record| address(record.data))
            .collect()
    }

    fn answer(
        &self,
        call: Call<'_>,
        target: Target,
        peer: crate::request::Peer,
    ) -> Result<Reply, Exception> {
        let request = Request {
            peer,
            method: call.method,
            host: target.host,
            sent_path: target.sent_path,
            path: target.path,
            query: target.query,
            headers: headers(&call.headers)?,
            body: Bytes::from(call.body),
            parameters: BTreeMap::new(),
            request_id: Uuid::new_v4().to_string(),
        };
        let mut entry = Entry::of(&request, self.ctx.clock.now());
        let reply = router::answer(self.ctx, request);
        entry.status = reply.status.as_u16();
        self.ctx.received.note(entry);
        Ok(reply)
    }
}

fn headers(given: &[(&'static str, String)]) -> Result<HeaderMap, Exception> {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        let value = HeaderValue::from_str(value)
            .map_err(|_| Exception(format!("the header {name} cannot be written")))?;
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(headers)
}

/// A URL taken apart.
struct Target {
    tls: bool,
    host: String,
    port: u16,
    path: String,
    sent_path: String,
    query: Vec<(String, String)>,
}

impl Target {
    fn parse(url: &str) -> Result<Self, Exception> {
        let bad = || Exception(format!("not a URL: {url}"));
        let uri: http::Uri = url.parse().map_err(|_| bad())?;
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(bad()),
        };
        let (path, query) = router::parse::target(uri.path(), uri.query()).ok_or_else(bad)?;
        let host = uri.host().ok_or_else(bad)?.to_ascii_lowercase();
        Ok(Self {
            tls,
            host: host.trim_end_matches('.').to_owned(),
            port: uri.port_u16().unwrap_or(if tls { 443 } else { 80 }),
            path,
            sent_path: uri.path().to_owned(),
            query,
        })
    }
}
