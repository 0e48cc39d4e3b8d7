//! Blob Batch: many deletions, or many changes of tier, in one request.
//!
//! The body is `multipart/mixed`, each part a request of its own with its own token; the answer has a part for each (rest-api
//! `storageservices/blob-batch`). The whole needs the right to write containers, each part that of its operation. At most
//! 256 parts, all of one kind.

use std::fmt::Write as _;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use super::access::{Deed, admitted, unauthenticated};
use super::errors::Error;
use super::signed::{self, Proven};
use super::{Answer, operations};
use crate::auth::{Audience, authenticate};
use crate::context::Context;
use crate::listen::limits::HEADERS;
use crate::request::{Reply, Request};
use crate::router::parse;
use crate::router::template::Template;

const PARTS_LIMIT: usize = 256;

pub(super) fn run(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let container = request.parameter("containerName");
    let deed = if container.is_empty() {
        Deed::WriteContainers
    } else {
        Deed::WriteContainer(container)
    };
    admitted(&context.state(), request, caller, deed)?;
    let parts = parts(request)?;
    let mut body = String::new();
    let boundary = format!("batchresponse_{}", request.request_id);
    for (id, part) in &parts {
        let reply = one(context, part);
        write_part(&mut body, &boundary, id, &part.request_id, &reply);
    }
    let _ = write!(body, "--{boundary}--\r\n");
    let content_type = format!("multipart/mixed; boundary={boundary}");
    Ok(Reply {
        status: StatusCode::ACCEPTED,
        headers: vec![("content-type", content_type)],
        body: Bytes::from(body),
    })
}

/// The answer to one part, whose token or signature counts and not that of the whole.
fn one(context: &Context, part: &Request) -> Reply {
    if signed::is_signed(part) {
        return operations::blob(context, part, None);
    }
    match authenticate(context, part, Audience::Storage) {
        Ok(caller) => operations::blob(context, part, Some(&caller)),
        Err(refusal) => unauthenticated(&refusal, part, &context.state()).reply(part, context),
    }
}

/// Content ids and requests.
fn parts(request: &Request) -> Result<Vec<(String, Request)>, Error> {
    let boundary =
        boundary(request).ok_or_else(|| Error::INVALID_HEADER.detailed("content-type"))?;
    let body = std::str::from_utf8(&request.body).map_err(|_| Error::INVALID_INPUT)?;
    let mut pieces = body.split(&boundary).skip(1);
    let mut parts = Vec::new();
    loop {
        match pieces.next() {
            Some(end) if end.starts_with("--") => break,
            Some(piece) => {
                let number = parts.len();
                if number == PARTS_LIMIT {
                    return Err(Error::TOO_MANY_PARTS);
                }
                parts.push(part(request, piece, number).ok_or(Error::INVALID_INPUT)?);
            }
            None => return Err(Error::INVALID_INPUT),
        }
    }
    let is_one_kind = |pair: &[(String, Request)]| pair[0].1.method == pair[1].1.method;
    if parts.is_empty() || !parts.windows(2).all(is_one_kind) {
        return Err(Error::INVALID_INPUT);
    }
    Ok(parts)
}

/// `--boundary`, as it stands between parts.
fn boundary(request: &Request) -> Option<String> {
    let header = request.header("content-type")?;
    let mut parameters = header.split(';').map(str::trim);
    let is_mixed = parameters.next()?.eq_ignore_ascii_case("multipart/mixed");
    let boundary = parameters.find_map(|it| it.strip_prefix("boundary="))?;
    let boundary = boundary.trim_matches('"');
    (is_mixed && !boundary.is_empty()).then(|| format!("--{boundary}"))
}

/// `Content-ID`, an empty line, a request line, headers, an empty line.
fn part(whole: &Request, piece: &str, number: usize) -> Option<(String, Request)> {
    let mut lines = piece.trim_start_matches(['\r', '\n']).lines();
    let about = headers(&mut lines)?;
    let mut first = lines.next()?.split_ascii_whitespace();
    let method = Method::from_bytes(first.next()?.as_bytes()).ok()?;
    let target = first.next()?;
    let mut headers = headers(&mut lines)?;
    let version = whole.headers.get("x-ms-version")?;
    headers.insert("x-ms-version", version.clone());
    let (path, query) = target
        .split_once('?')
        .map_or((target, None), |(path, query)| (path, Some(query)));
    let sent_path = path.to_owned();
    let (path, query) = parse::target_of(&whole.host, path, query)?;
    let request = Request {
        parameters: Template::new("/{containerName}/{blob*}").matches(&path)?,
        method,
        sent_path,
        path,
        query,
        headers,
        body: Bytes::new(),
        request_id: format!("{}-{number}", whole.request_id),
        ..whole.clone()
    };
    let is_tier = request.method == Method::PUT && request.query("comp") == Some("tier");
    let id = about.get("content-id").and_then(|id| id.to_str().ok());
    let id = id.map_or_else(|| number.to_string(), str::to_owned);
    let within = whole.parameter("containerName");
    let is_within = within.is_empty() || within == request.parameter("containerName");
    ((is_tier || request.method == Method::DELETE) && is_within).then_some((id, request))
}

/// Headers up to an empty line; no more than a request of its own may have.
fn headers<'l>(lines: &mut impl Iterator<Item = &'l str>) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for line in lines.take_while(|line| !line.is_empty()) {
        if headers.len() == HEADERS {
            return None;
        }
        let (name, value) = line.split_once(':')?;
        let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_str(value.trim()).ok()?);
    }
    Some(headers)
}

fn write_part(body: &mut String, boundary: &str, id: &str, request_id: &str, reply: &Reply) {
    let _ = write!(
        body,
        "--{boundary}\r\nContent-Type: application/http\r\nContent-ID: {id}\r\n\r\nHTTP/1.1 {}\r\nx-ms-request-id: {request_id}\r\n",
        reply.status
    );
    for (name, value) in &reply.headers {
        let _ = write!(body, "{name}: {value}\r\n");
    }
    let text = String::from_utf8_lossy(&reply.body);
    let _ = write!(body, "Content-Length: {}\r\n\r\n{text}\r\n", text.len());
}
