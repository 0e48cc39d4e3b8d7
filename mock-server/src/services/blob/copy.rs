//! Copies: Copy Blob, Copy Blob From URL, Put Blob From URL, Put Block From URL and their like.
//!
//! The source is a blob that the mock has; it is read as its own service would let it be read: with
//! `x-ms-copy-source-authorization`, or, within the account, by the caller's own right to read (rest-api
//! `storageservices/copy-blob-from-url`, "Authorization"). Another account's source is asked by its public address. Every
//! copy is done at once. Sources elsewhere are never asked.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::access::admitted_to_write;
use super::errors::Error;
use super::signed::{self, Proven};
use super::write::{Given, written};
use super::{Answer, SUFFIX, headers, operations};
use crate::auth::{Audience, authenticate};
use crate::context::Context;
use crate::fabric::reach;
use crate::request::Request;
use crate::router::parse;
use crate::router::template::Template;
use crate::store::{BlobProperties, Copied, StoredBlob};

const SOURCE: &str = "x-ms-copy-source";

/// A source that was read.
struct Source {
    blob: StoredBlob,
    /// What of it the request asks for.
    content: Bytes,
}

/// Copy Blob, and Copy Blob From URL, which differ in how they are authorized only.
pub(super) fn blob(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let given = Given::admitted(context, request, caller)?;
    let source = source(context, request, caller)?;
    let copied = Copied {
        id: uuid::Uuid::new_v4().to_string(),
        source: request.header(SOURCE).unwrap_or_default().to_owned(),
        at: context.clock.now(),
    };
    let id = copied.id.clone();
    let copies_tags = request
        .header("x-ms-copy-source-tag-option")
        .is_some_and(|it| it.eq_ignore_ascii_case("COPY"));
    let with_metadata = !headers::metadata(request)?.is_empty();
    let mark = given.replace(context, request, |_, blob, _| {
        let from = source.blob;
        if !with_metadata {
            blob.metadata = from.metadata;
        }
        if copies_tags {
            blob.tags = from.tags;
        }
        (blob.kind, blob.blocks) = (from.kind, from.blocks);
        (blob.content, blob.properties) = (source.content, from.properties);
        blob.copied = Some(copied);
        Ok(())
    })?;
    Ok(written(StatusCode::ACCEPTED, &mark)
        .with("x-ms-copy-id", id)
        .with("x-ms-copy-status", "success"))
}

/// Put Blob From URL: a new block blob of the source's bytes.
pub(super) fn put_from(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let given = Given::admitted(context, request, caller)?;
    let source = source(context, request, caller)?;
    let keeps = request
        .header("x-ms-copy-source-blob-properties")
        .is_none_or(|it| !it.eq_ignore_ascii_case("false"));
    let checksum = checked(&source.content, request)?;
    let from = source.blob;
    let mark = given.replace(context, request, |given, blob, _| {
        let own = if keeps && given.properties == BlobProperties::default() {
            from.properties
        } else {
            given.properties
        };
        blob.properties = BlobProperties {
            content_md5: Some(checksum.clone()),
            ..own
        };
        if keeps && blob.metadata.is_empty() {
            blob.metadata = from.metadata;
        }
        blob.content = source.content;
        Ok(())
    })?;
    Ok(written(StatusCode::CREATED, &mark)
        .with("content-md5", checksum)
        .with("x-ms-request-server-encrypted", "true"))
}

/// Abort Copy Blob: no copy waits.
pub(super) fn abort(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let container = request.parameter("containerName");
    admitted_to_write(&context.state(), request, caller, container)?;
    Err(Error::NO_PENDING_COPY)
}

/// The body, or the bytes of the source that the request names.
pub(super) fn body_or_source(
    context: &Context,
    request: &Request,
    caller: &Proven<'_>,
) -> Result<Bytes, Error> {
    if request.header(SOURCE).is_none() {
        return Ok(request.body.clone());
    }
    let source = source(context, request, caller)?;
    checked(&source.content, request)?;
    Ok(source.content)
}

fn checked(content: &Bytes, request: &Request) -> Result<String, Error> {
    let found = super::md5::md5_base64(content);
    match request.header("x-ms-source-content-md5") {
        Some(given) if headers::well_formed_md5(given)? != found => Err(Error::MD5_MISMATCH),
        _ => Ok(found),
    }
}

/// The source, as its own service answers for it.
fn source(context: &Context, request: &Request, caller: &Proven<'_>) -> Result<Source, Error> {
    let asked = question(context, request)?;
    let is_signed = signed::is_signed(&asked);
    // A signature for the copy says nothing of the source.
    let is_own = asked.host == request.host
        && !is_signed
        && !asked.headers.contains_key("authorization")
        && !matches!(caller, Proven::Sas(_));
    let found = if is_own {
        read(context, &asked, caller)
    } else if is_signed {
        signed::proven(context, &asked, None).and_then(|proven| read(context, &asked, &proven))
    } else {
        authenticate(context, &asked, Audience::Storage)
            .map_err(|refusal| super::access::unauthenticated(&refusal, &asked, &context.state()))
            .and_then(|caller| read(context, &asked, &Proven::Caller(&caller)))
    };
    let blob = found.map_err(|error| unverified(&error))?;
    let reply = super::download::answer(&blob, &asked).map_err(|error| match error.status {
        StatusCode::PRECONDITION_FAILED => Error::SOURCE_CONDITION,
        _ => unverified(&error),
    })?;
    match reply.status {
        StatusCode::NOT_MODIFIED => Err(Error::SOURCE_CONDITION),
        _ => Ok(Source {
            content: reply.body,
            blob,
        }),
    }
}

fn read(context: &Context, asked: &Request, caller: &Proven<'_>) -> Result<StoredBlob, Error> {
    operations::found(context, asked, caller, |blob, _| Ok(blob.clone()))
}

/// The status of the source, and its code as a detail.
fn unverified(error: &Error) -> Error {
    let status = match error.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => StatusCode::FORBIDDEN,
        status => status,
    };
    Error {
        status,
        message: error.message,
        ..Error::COPY_SOURCE.detailed(error.code)
    }
}

/// The GET of the source.
fn question(context: &Context, request: &Request) -> Result<Request, Error> {
    let bad = || Error::INVALID_HEADER.detailed(SOURCE);
    let url = request.header(SOURCE).ok_or_else(bad)?;
    let url = url.strip_prefix("https://").ok_or_else(bad)?;
    let (host, target) = url.split_once('/').ok_or_else(bad)?;
    let host = host.to_ascii_lowercase();
    if !host.ends_with(SUFFIX) {
        return Err(Error::COPY_SOURCE.detailed("the mock asks no source but its own accounts"));
    }
    let target = format!("/{target}");
    let (path, query) = target
        .split_once('?')
        .map_or((&*target, None), |(path, query)| (path, Some(query)));
    let sent_path = path.to_owned();
    let (path, query) = parse::target_of(&host, path, query).ok_or_else(bad)?;
    let template = Template::new("/{containerName}/{blob*}");
    let peer = if host == request.host {
        request.peer.clone()
    } else {
        reach::by_name(&context.state(), &request.peer.vantage, &host)
    };
    Ok(Request {
        peer,
        method: Method::GET,
        parameters: template.matches(&path).ok_or_else(bad)?,
        host,
        sent_path,
        path,
        query,
        headers: source_headers(request)?,
        body: Bytes::new(),
        request_id: request.request_id.clone(),
    })
}

/// What the headers of a copy say to the source.
fn source_headers(request: &Request) -> Result<HeaderMap, Error> {
    let pairs = [
        ("x-ms-version", "x-ms-version"),
        ("x-ms-copy-source-authorization", "authorization"),
        ("x-ms-source-range", "x-ms-range"),
        ("x-ms-source-if-match", "if-match"),
        ("x-ms-source-if-none-match", "if-none-match"),
        ("x-ms-source-if-modified-since", "if-modified-since"),
        ("x-ms-source-if-unmodified-since", "if-unmodified-since"),
    ];
    let mut headers = HeaderMap::new();
    for (name, own) in pairs {
        if let Some(text) = request.header(name) {
            let value = HeaderValue::from_str(text);
            let value = value.map_err(|_| Error::INVALID_HEADER.detailed(name))?;
            headers.insert(own, value);
        }
    }
    Ok(headers)
}

/// What a blob says of the copy that it comes from.
pub(super) fn described(blob: &StoredBlob) -> Vec<(&'static str, String)> {
    let Some(copied) = &blob.copied else {
        return Vec::new();
    };
    let size = blob.content.len();
    vec![
        ("x-ms-copy-id", copied.id.clone()),
        (SOURCE, copied.source.clone()),
        ("x-ms-copy-status", "success".to_owned()),
        ("x-ms-copy-progress", format!("{size}/{size}")),
        (
            "x-ms-copy-completion-time",
            crate::clock::http_date(copied.at),
        ),
    ]
}
