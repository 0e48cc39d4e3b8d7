//! A request as Azure's services get it, a reply as they send it: THE writer of request ids and dates.

use async_trait::async_trait;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use super::body::Outgoing;
use super::http::{Answer, Answered, Whole, bare};
use super::limits;
use super::stamp::{Dated, RequestIds};
use super::tap::Cut;
use crate::context::Context;
use crate::fabric::reach;
use crate::faults::wire::matching::Question;
use crate::faults::wire::planted::random_bytes;
use crate::faults::wire::{Instead, Shape, Verdict};
use crate::received::Entry;
use crate::request::{Peer, Reply, Request};
use crate::router;
use crate::services::{Refusal, envelope};

/// Largest `x-ms-client-request-id` that is echoed.
const CLIENT_ID_LIMIT: usize = 128;

/// Answers for the services that a listener stands for.
pub struct Azure {
    ctx: Context,
    to: Dialled,
    ids: RequestIds,
    dated: Dated,
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
        Self {
            ctx,
            to,
            ids: RequestIds::default(),
            dated: Dated::default(),
        }
    }

    fn peer(&self, host: &str) -> Peer {
        match &self.to {
            Dialled::Address { peer, .. } => peer.clone(),
            Dialled::ByName { vantage } => reach::by_name(&self.ctx.state(), vantage, host),
        }
    }

    /// The request.
    ///
    /// # Errors
    /// Its head, and a request of it without path and query, when its target cannot be read; nothing when its host cannot.
    fn request(&self, whole: Whole, request_id: String) -> Result<Request, Option<Box<Request>>> {
        let (head, body) = whole.into_parts();
        let mut req = self.unread(&head, request_id).ok_or(None)?;
        let target = router::parse::target_of(&req.host, head.uri.path(), head.uri.query());
        let Some((path, query)) = target else {
            return Err(Some(Box::new(req)));
        };
        req.path = path;
        head.uri.path().clone_into(&mut req.sent_path);
        req.query = query;
        req.headers = head.headers;
        req.body = body;
        Ok(req)
    }

    /// What can be said of a request by its host alone.
    fn unread(&self, head: &Parts, request_id: String) -> Option<Request> {
        let host = host(head.uri.host(), &head.headers)?;
        Some(Request {
            peer: self.peer(&host),
            method: head.method.clone(),
            host,
            path: "/".to_owned(),
            sent_path: "/".to_owned(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: bytes::Bytes::new(),
            parameters: std::collections::BTreeMap::new(),
            request_id,
        })
    }

    /// The reply to a request that was read, with what wire faults do to it.
    async fn answered(&self, req: Request, asked: Asked) -> Answered {
        let Some(verdict) = self.verdict(&req) else {
            return self.write(self.reply(req).await, asked);
        };
        if !verdict.delay.is_zero() {
            tokio::time::sleep(verdict.delay).await;
        }
        let reply = match verdict.instead {
            Some(Instead::Drop) => return self.cut(&req, bytes::Bytes::new()),
            Some(Instead::Noise { bytes, seed }) => {
                return self.cut(&req, random_bytes(seed, bytes).into());
            }
            Some(Instead::Status {
                status,
                raw,
                retry_after,
            }) => {
                let reply = self.faulty(&req, status, raw, retry_after);
                self.note(&req, reply.status.as_u16());
                reply
            }
            None => self.reply(req).await,
        };
        self.shaped(reply, verdict.shape, asked)
    }

    fn verdict(&self, req: &Request) -> Option<Verdict> {
        self.ctx.wire.http(&Question {
            host: &req.host,
            method: req.method.as_str(),
            path: &req.path,
            vantage: &req.peer.vantage,
        })
    }

    async fn reply(&self, req: Request) -> Reply {
        let mut entry = Entry::of(&req, self.ctx.clock.now());
        let reply = run(&self.ctx, req).await;
        entry.status = reply.status.as_u16();
        self.ctx.received.note(entry);
        reply
    }

    fn note(&self, req: &Request, status: u16) {
        let mut entry = Entry::of(req, self.ctx.clock.now());
        entry.status = status;
        self.ctx.received.note(entry);
    }

    /// The connection is cut: the record has status 0.
    fn cut(&self, req: &Request, last: bytes::Bytes) -> Answered {
        self.note(req, 0);
        let mut answered = bare(StatusCode::INTERNAL_SERVER_ERROR);
        answered.extensions_mut().insert(Cut(last));
        answered
    }

    fn faulty(&self, req: &Request, status: u16, raw: bool, retry_after: Option<u32>) -> Reply {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let reply = if raw {
            empty(status)
        } else {
            envelope::error(status, "a wire fault of the mock", req, &self.ctx)
        };
        // Azure sends it with every 429 (API.md §7).
        let implied = (status == StatusCode::TOO_MANY_REQUESTS).then_some(1);
        match retry_after.or(implied) {
            Some(seconds) => reply.with("retry-after", seconds.to_string()),
            None => reply,
        }
    }

    fn refused(&self, req: &Request, status: StatusCode, asked: Asked) -> Answered {
        let reply = self.refusal(req, status);
        self.note(req, reply.status.as_u16());
        self.write(reply, asked)
    }

    fn refusal(&self, req: &Request, status: StatusCode) -> Reply {
        let why = match status {
            StatusCode::PAYLOAD_TOO_LARGE => {
                let limit = envelope::body_limit(&req.host).unwrap_or(limits::BODY);
                return router::refuse(&self.ctx, req, &Refusal::TooLarge { limit });
            }
            StatusCode::URI_TOO_LONG => "The URL of the request is too long.",
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
                "The headers of the request are too large."
            }
            StatusCode::REQUEST_TIMEOUT => "The body of the request did not come in time.",
            _ => {
                let why = "its path or query is not percent-encoded UTF-8, or climbs".to_owned();
                return router::refuse(&self.ctx, req, &Refusal::Malformed { why });
            }
        };
        envelope::error(status, why, req, &self.ctx)
    }

    /// A reply whose body a wire fault shapes.
    fn shaped(&self, mut reply: Reply, shape: Option<Shape>, asked: Asked) -> Answered {
        if let Some(Shape::Garbage { bytes, seed }) = shape {
            reply.body = random_bytes(seed, bytes).into();
            reply.headers.retain(|(name, _)| *name != "content-length");
        }
        self.write(reply, asked).map(|body| match shape {
            Some(Shape::Truncate(after)) => body.cut(after),
            Some(Shape::Drip(rate)) => body.slow(rate),
            Some(Shape::Garbage { .. }) | None => body,
        })
    }

    fn write(&self, reply: Reply, asked: Asked) -> Answered {
        let length = reply.body.len();
        let mut response = Answered::new(Outgoing::whole(if asked.head_only {
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
        headers.insert(http::header::DATE, self.dated.at(self.ctx.clock.now()));
        if let Ok(id) = HeaderValue::try_from(asked.request_id) {
            headers.insert("x-ms-correlation-request-id", id.clone());
            headers.insert("x-ms-request-id", id);
        }
        if let Some(client_id) = asked.client_id.filter(|id| id.len() <= CLIENT_ID_LIMIT) {
            headers.insert("x-ms-client-request-id", client_id);
        }
        if asked.head_only {
            headers
                .entry(http::header::CONTENT_LENGTH)
                .or_insert(HeaderValue::from(length));
        }
        response
    }
}

/// What of a request its reply repeats.
struct Asked {
    request_id: String,
    client_id: Option<HeaderValue>,
    head_only: bool,
}

impl Asked {
    fn of(method: &Method, headers: &HeaderMap, request_id: String) -> Self {
        Self {
            request_id,
            client_id: headers.get("x-ms-client-request-id").cloned(),
            head_only: method == Method::HEAD,
        }
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

    fn body_limit(&self, head: &Parts) -> usize {
        let host = host(head.uri.host(), &head.headers);
        let own = host.and_then(|host| envelope::body_limit(&host));
        own.unwrap_or(limits::BODY)
    }

    fn refuse(&self, head: &Parts, status: StatusCode) -> Answered {
        let asked = Asked::of(&head.method, &head.headers, self.ids.next());
        match self.unread(head, asked.request_id.clone()) {
            Some(req) => self.refused(&req, status, asked),
            None => self.write(empty(status), asked),
        }
    }

    async fn answer(&self, whole: Whole) -> Answered {
        let asked = Asked::of(whole.method(), whole.headers(), self.ids.next());
        match self.request(whole, asked.request_id.clone()) {
            Ok(req) => self.answered(req, asked).await,
            Err(Some(req)) => self.refused(&req, StatusCode::BAD_REQUEST, asked),
            Err(None) => self.write(empty(StatusCode::BAD_REQUEST), asked),
        }
    }
}

/// Runs the handler; off the I/O workers when it signs, since it waits for a signature.
async fn run(ctx: &Context, req: Request) -> Reply {
    if !router::signs(&req) {
        ctx.signer.make_way();
        return router::answer(ctx, req);
    }
    let ctx = ctx.clone();
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
