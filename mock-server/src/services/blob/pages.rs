//! Page blobs: made at a size, written in pages of 512 bytes (rest-api `storageservices/put-page`).
//!
//! Incremental copies and differences between snapshots are not built.

use bytes::{Bytes, BytesMut};
use http::StatusCode;

use super::access::{Deed, admitted};
use super::append::{number, writable};
use super::conditions::{Conditions, Read};
use super::download::marked;
use super::errors::Error;
use super::lease::{self, Of};
use super::signed::Proven;
use super::write::{Given, change, written};
use super::{Answer, copy, headers, names, snapshots};
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::{BlobKind, StoredBlob};

const PAGE: usize = 512;
/// Most that one Put Page writes.
const WRITE_LIMIT: usize = 4 << 20;
/// The largest page blob that the mock keeps; Azure's have up to 8 TiB.
const BLOB_LIMIT: usize = 512 << 20;
const SIZE: &str = "x-ms-blob-content-length";
const SEQUENCE: &str = "x-ms-blob-sequence-number";

/// Put Blob of a page blob.
pub(super) fn create(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let given = Given::admitted(context, request, caller)?;
    if !request.body.is_empty() {
        return Err(Error::INVALID_HEADER.detailed("content-length"));
    }
    let size = wanted_size(request)?.ok_or_else(|| Error::MISSING_HEADER.detailed(SIZE))?;
    if !context.state().has_room_for(size) {
        return Err(Error::BODY_TOO_LARGE);
    }
    let sequence = number(request, SEQUENCE)?.unwrap_or(0);
    let sequence = u64::try_from(sequence).unwrap_or(u64::MAX);
    let mark = given.replace(context, request, |_, blob, _| {
        blob.content = BytesMut::zeroed(size).freeze();
        blob.kind = BlobKind::Page {
            sequence,
            written: std::collections::BTreeSet::new(),
        };
        Ok(())
    })?;
    let reply = written(StatusCode::CREATED, &mark);
    Ok(reply.with("x-ms-request-server-encrypted", "true"))
}

/// The size that a request gives a page blob.
pub(super) fn wanted_size(request: &Request) -> Result<Option<usize>, Error> {
    match number(request, SIZE)? {
        Some(size) if size % PAGE != 0 => Err(Error::INVALID_HEADER.detailed(SIZE)),
        Some(size) if size > BLOB_LIMIT => Err(Error::BODY_TOO_LARGE),
        size => Ok(size),
    }
}

/// Gives a page blob the size and the sequence number of a request; says whether it asks for either.
pub(super) fn resize(blob: &mut StoredBlob, request: &Request) -> Result<bool, Error> {
    let size = wanted_size(request)?;
    let action = request.header("x-ms-sequence-number-action");
    if size.is_none() && action.is_none() {
        return Ok(false);
    }
    let BlobKind::Page { sequence, written } = &mut blob.kind else {
        return Err(Error::INVALID_BLOB_TYPE);
    };
    let given = number(request, SEQUENCE)?.and_then(|it| u64::try_from(it).ok());
    let missing = || Error::MISSING_HEADER.detailed(SEQUENCE);
    let next = match action {
        None => *sequence,
        Some("increment") => sequence.saturating_add(1),
        Some("update") => given.ok_or_else(missing)?,
        Some("max") => given.ok_or_else(missing)?.max(*sequence),
        Some(_) => return Err(Error::INVALID_HEADER.detailed("x-ms-sequence-number-action")),
    };
    *sequence = next;
    if let Some(size) = size {
        let mut content = writable(std::mem::take(&mut blob.content));
        content.resize(size, 0);
        blob.content = content.freeze();
        written.retain(|page| *page < size / PAGE);
    }
    Ok(true)
}

/// Of a page blob.
pub(super) fn sequence(blob: &StoredBlob) -> Option<u64> {
    match blob.kind {
        BlobKind::Page { sequence, .. } => Some(sequence),
        _ => None,
    }
}

/// Put Page: of the body, of a blob, or clear.
pub(super) fn put(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let container = request.parameter("containerName");
    admitted(
        &context.state(),
        request,
        caller,
        Deed::WriteBlob(container),
    )?;
    let (first, end) =
        range(request)?.ok_or_else(|| Error::MISSING_HEADER.detailed("x-ms-range"))?;
    let content = match request.header("x-ms-page-write") {
        Some(how) if how.eq_ignore_ascii_case("update") => {
            Some(copy::body_or_source(context, request, caller)?)
        }
        Some(how) if how.eq_ignore_ascii_case("clear") && request.body.is_empty() => None,
        Some(_) => return Err(Error::INVALID_HEADER.detailed("x-ms-page-write")),
        None => return Err(Error::MISSING_HEADER.detailed("x-ms-page-write")),
    };
    if content.as_ref().is_some_and(|it| it.len() != end - first) {
        return Err(Error::INVALID_HEADER.detailed("x-ms-range"));
    }
    if content.as_ref().is_some_and(|it| it.len() > WRITE_LIMIT) {
        return Err(Error::BODY_TOO_LARGE);
    }
    let checksum = content
        .as_ref()
        .map(|it| headers::checked_md5_of(it, request, &["content-md5"]))
        .transpose()?;
    let (mark, sequence) = change(context, request, caller, |blob| {
        let sequence = write(blob, request, first..end, content.as_ref())?;
        Ok((blob.mark.clone(), sequence))
    })?;
    let mut reply = written(StatusCode::CREATED, &mark).with(SEQUENCE, sequence.to_string());
    reply
        .headers
        .extend(checksum.map(|checksum| ("content-md5", checksum)));
    Ok(reply.with("x-ms-request-server-encrypted", "true"))
}

fn write(
    blob: &mut StoredBlob,
    request: &Request,
    range: std::ops::Range<usize>,
    content: Option<&Bytes>,
) -> Result<u64, Error> {
    let BlobKind::Page { sequence, written } = &mut blob.kind else {
        return Err(Error::INVALID_BLOB_TYPE);
    };
    sequence_allows(*sequence, request)?;
    if range.end > blob.content.len() {
        return Err(Error::INVALID_PAGE_RANGE);
    }
    let pages = range.start / PAGE..range.end / PAGE;
    let mut bytes = writable(std::mem::take(&mut blob.content));
    if let Some(place) = bytes.get_mut(range) {
        match content {
            Some(content) => {
                place.copy_from_slice(content);
                written.extend(pages);
            }
            None => {
                place.fill(0);
                written.retain(|page| !pages.contains(page));
            }
        }
    }
    blob.content = bytes.freeze();
    blob.properties.content_md5 = None;
    Ok(*sequence)
}

fn sequence_allows(sequence: u64, request: &Request) -> Result<(), Error> {
    let given = |name| -> Result<Option<u64>, Error> {
        Ok(number(request, name)?.and_then(|it| u64::try_from(it).ok()))
    };
    let holds = given("x-ms-if-sequence-number-le")?.is_none_or(|it| sequence <= it)
        && given("x-ms-if-sequence-number-lt")?.is_none_or(|it| sequence < it)
        && given("x-ms-if-sequence-number-eq")?.is_none_or(|it| sequence == it);
    if holds {
        Ok(())
    } else {
        Err(Error::SEQUENCE_NUMBER)
    }
}

/// First byte and the one behind the last, of whole pages.
fn range(request: &Request) -> Result<Option<(usize, usize)>, Error> {
    let text = request
        .header("x-ms-range")
        .or_else(|| request.header("range"));
    let Some(text) = text else {
        return Ok(None);
    };
    let read = |text: &str| -> Option<(usize, usize)> {
        let (first, last) = text.trim().strip_prefix("bytes=")?.split_once('-')?;
        let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
        let end = last.checked_add(1)?;
        (first < end && first % PAGE == 0 && end % PAGE == 0).then_some((first, end))
    };
    read(text).map(Some).ok_or(Error::INVALID_PAGE_RANGE)
}

/// Get Page Ranges.
pub(super) fn list(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let container = request.parameter("containerName");
    let state = context.state();
    let account = admitted(&state, request, caller, Deed::ReadBlobs(container))?;
    let (container, name) = (names::container(request)?, names::blob(request)?);
    if request.query("prevsnapshot").is_some()
        || request.headers.contains_key("x-ms-previous-snapshot-url")
    {
        return Err(Error::NOT_IMPLEMENTED.detailed("prevsnapshot"));
    }
    let asked = range(request)?;
    let within = state
        .container(&account, container)
        .ok_or(Error::CONTAINER_NOT_FOUND)?;
    let blob = snapshots::find(within, name, request)?;
    let now = context.clock.epoch_seconds();
    lease::admits_read(within.leases.get(name), request, now, Of::Blob)?;
    let BlobKind::Page { written, .. } = &blob.kind else {
        return Err(Error::INVALID_BLOB_TYPE);
    };
    if Conditions::of(request)?.read(&blob.mark)? == Read::NotModified {
        return Ok(Reply {
            headers: marked(&blob.mark),
            ..Reply::empty(StatusCode::NOT_MODIFIED)
        });
    }
    let (first, end) = asked.unwrap_or((0, blob.content.len()));
    let pages = written.range(first / PAGE..end / PAGE).copied();
    let ranges: String = joined(pages)
        .into_iter()
        .map(|(first, end)| {
            let last = end * PAGE - 1;
            format!(
                "<PageRange><Start>{}</Start><End>{last}</End></PageRange>",
                first * PAGE
            )
        })
        .collect();
    let mut headers = marked(&blob.mark);
    headers.push((SIZE, blob.content.len().to_string()));
    headers.push(("content-type", "application/xml".to_owned()));
    let body =
        format!("\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><PageList>{ranges}</PageList>");
    Ok(Reply {
        status: StatusCode::OK,
        headers,
        body: Bytes::from(body),
    })
}

/// Neighbours joined: first page and the one behind the last.
fn joined(pages: impl Iterator<Item = usize>) -> Vec<(usize, usize)> {
    let mut joined: Vec<(usize, usize)> = Vec::new();
    for page in pages {
        match joined.last_mut() {
            Some((_, end)) if *end == page => *end += 1,
            _ => joined.push((page, page + 1)),
        }
    }
    joined
}
