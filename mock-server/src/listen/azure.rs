//! A request as Azure's services get it, a reply as they send it: THE writer of request ids and dates.

use async_trait::async_trait;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_body_util::Full;
use uuid::Uuid;

use super::http::{Answer, Answered, Whole};
use crate::clock::{http_date, rfc3339};
use crate::context::Context;
use crate::fabric::reach;
use crate::received::Entry;
use crate::request::{Peer, Reply, Request};
use crate::router;
use crate::services::Refusal;

/// Largest `x-ms-client-request-id` that is echoed.
const CLIENT_ID_LIMIT: usize = 128;

/// Answers for the services that a listener stands for.
pub struct Azure {
    ctx: Context,
    to: Dialled,
}

/// Which connection a listener stands for.
pub enum Dialled {
    /// A door: one vantage dials one world address.
    Address {
        /// Who dials what.
        peer: Peer,
        /// The port in the world.
        port: u16,
    },
    /// The port that serves every public host by name, as the Internet sees them.
    ByName {
        /// The vantage that all of its clients count as.
        vantage: String,
    },
}

impl Azure {
    /// For a listener.
    pub fn new(ctx: Context, to: Dialled) -> Self {
        Self { ctx, to }
    }

    fn peer(&self, host: &str) -> Peer {
        match &self.to {
            Dialled::Address { peer, .. } => peer.clone(),
            Dialled::ByName { vantage } => reach::by_name(&self.ctx.state(), vantage, host),
        }
    }

    /// The request, and why it goes no further if its target cannot be read; nothing when its host cannot.
    fn request(&self, whole: Whole, request_id: &str) -> Option<(Request, Option<Refusal>)> {
        let (head, body) = whole.into_parts();
        let host = host(head.uri.host(), &head.headers)?;
        let target = router::parse::target_of(&host, head.uri.path(), head.uri.query());
        let refusal = target.is_none().then(|| Refusal::Malformed {
            why: "its path or query is not percent-encoded UTF-8, or climbs".to_owned(),
        });
        let (path, query) = target.unwrap_or_else(|| ("/".to_owned(), Vec::new()));
        let request = Request {
            peer: self.peer(&host),
            method: head.method,
            host,
            path,
            query,
            headers: head.headers,
            body,
            parameters: std::collections::BTreeMap::new(),
            request_id: request_id.to_owned(),
        };
        Some((request, refusal))
    }

    /// Answers a request that is refused already, if it is.
    async fn answered(&self, whole: Whole, refused: Option<Refusal>) -> Answered {
        let request_id = Uuid::new_v4().to_string();
        let client_id = whole.headers().get("x-ms-client-request-id").cloned();
        let head_only = whole.method() == Method::HEAD;
        let Some((req, unread)) = self.request(whole, &request_id) else {
            let reply = empty(StatusCode::BAD_REQUEST);
            return write(reply, &request_id, client_id, head_only, &self.ctx);
        };
        let mut entry = Entry::of(&req, rfc3339(self.ctx.clock.now()));
        let reply = match refused.or(unread) {
            Some(refusal) => router::refuse(&self.ctx, &req, &refusal),
            None => run(self.ctx.clone(), req).await,
        };
        entry.status = reply.status.as_u16();
        self.ctx.received.note(entry);
        write(reply, &request_id, client_id, head_only, &self.ctx)
    }
}

#[async_trait]
impl Answer for Azure {
    /// A door that was opened earlier closes again when the world changed.
    fn admits(&self) -> bool {
        match &self.to {
            Dialled::ByName { .. } => true,
            Dialled::Address { peer, port } => reach::admits(&self.ctx.state(), peer, *port),
        }
    }

    async fn answer(&self, whole: Whole) -> Answered {
        self.answered(whole, None).await
    }

    async fn too_large(&self, whole: Whole, limit: usize) -> Answered {
        self.answered(whole, Some(Refusal::TooLarge { limit }))
            .await
    }
}

/// Runs the handler; off the I/O workers when it signs, since a signature takes half a millisecond of one core.
async fn run(ctx: Context, req: Request) -> Reply {
    if !router::signs(&req) {
        return router::answer(&ctx, req);
    }
    let answered = tokio::task::spawn_blocking(move || router::answer(&ctx, req)).await;
    answered.unwrap_or_else(|_| empty(StatusCode::INTERNAL_SERVER_ERROR))
}

fn empty(status: StatusCode) -> Reply {
    Reply {
        status,
        headers: Vec::new(),
        body: bytes::Bytes::new(),
    }
}

fn write(
    reply: Reply,
    request_id: &str,
    client_id: Option<HeaderValue>,
    head_only: bool,
    ctx: &Context,
) -> Answered {
    let length = reply.body.len();
    let mut response = Answered::new(Full::new(if head_only {
        bytes::Bytes::new()
    } else {
        reply.body
    }));
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    for (name, value) in &reply.headers {
        if *name == Reply::METADATA {
            write_metadata(headers, value);
            continue;
        }
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
    let text =
        |text: &str| HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""));
    headers.insert(http::header::DATE, text(&http_date(ctx.clock.now())));
    headers.insert("x-ms-request-id", text(request_id));
    headers.insert("x-ms-correlation-request-id", text(request_id));
    if let Some(client_id) = client_id.filter(|id| id.len() <= CLIENT_ID_LIMIT) {
        headers.insert("x-ms-client-request-id", client_id);
    }
    if head_only {
        headers
            .entry(http::header::CONTENT_LENGTH)
            .or_insert(HeaderValue::from(length));
    }
    response
}

/// `x-ms-meta-<name>: <value>` of `<name>=<value>`.
fn write_metadata(headers: &mut HeaderMap, text: &str) {
    let Some((name, value)) = text.split_once('=') else {
        return;
    };
    let name = HeaderName::try_from(format!("x-ms-meta-{name}"));
    if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
        headers.append(name, value);
    }
}

/// Host without port, lower case: `:authority` of HTTP/2, else the one `Host` header.
fn host(authority: Option<&str>, headers: &HeaderMap) -> Option<String> {
    let mut written = headers.get_all(http::header::HOST).iter();
    let first = written
        .next()
        .map(|value| value.to_str().ok())
        .map_or(Some(None), |text| text.map(Some))?;
    if written.next().is_some() {
        return None;
    }
    let host = authority.or(first)?;
    let host = host
        .split_once(':')
        .map_or(host, |(name, _)| name)
        .trim_end_matches('.');
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}
