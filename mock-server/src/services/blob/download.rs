//! A blob: whole or a range, under conditions.
//!
//! `x-ms-range` counts before `Range`. A range that begins beyond the end is refused, so every range of an empty blob is;
//! one that ends beyond it is cut. Ranges that the service does not know (from the end, several) are ignored, as RFC 9110
//! §14.2 allows. An answer to HEAD has the headers of the whole blob; its body is left out by the listener.

use bytes::Bytes;
use http::{Method, StatusCode};

use super::conditions::{Conditions, Read};
use super::errors::Error;
use super::md5::md5_base64;
use super::{append, copy, pages};
use crate::clock::http_date;
use crate::request::{Reply, Request};
use crate::store::{BlobKind, Mark, StoredBlob};

/// The longest range whose checksum is told (rest-api `get-blob`, `x-ms-range-get-content-md5`).
const CHECKED_RANGE: usize = 4 << 20;

/// The answer to a GET or HEAD of a blob. Layers of registries lie in blobs too.
///
/// # Errors
/// A condition that does not hold, or a range beyond the end.
pub fn answer(blob: &StoredBlob, request: &Request) -> Result<Reply, Error> {
    if Conditions::of(request)?.read(&blob.mark)? == Read::NotModified {
        return Ok(not_modified(blob));
    }
    let size = blob.content.len();
    let range = if request.method == Method::HEAD {
        None
    } else {
        range(request, size)?
    };
    let wants_checksum = request
        .header("x-ms-range-get-content-md5")
        .is_some_and(|it| it.eq_ignore_ascii_case("true"));
    let mut reply = reply(blob, range);
    if wants_checksum && request.method != Method::HEAD {
        if range.is_none() || reply.body.len() > CHECKED_RANGE {
            return Err(Error::INVALID_HEADER.detailed("x-ms-range-get-content-md5"));
        }
        let checksum = md5_base64(&reply.body);
        reply = reply.with("content-md5", checksum);
    }
    Ok(reply)
}

fn reply(blob: &StoredBlob, range: Option<(usize, usize)>) -> Reply {
    let mut headers = described(blob);
    let checksum = blob.properties.content_md5.clone();
    let (status, body) = match range {
        None => {
            headers.extend(checksum.map(|sum| ("content-md5", sum)));
            (StatusCode::OK, blob.content.clone())
        }
        Some((first, last)) => {
            let size = blob.content.len();
            headers.push(("content-range", format!("bytes {first}-{last}/{size}")));
            headers.extend(checksum.map(|sum| ("x-ms-blob-content-md5", sum)));
            (
                StatusCode::PARTIAL_CONTENT,
                blob.content.slice(first..=last),
            )
        }
    };
    let reply = Reply {
        status,
        headers,
        body,
    };
    reply.with_metadata(&blob.metadata)
}

fn not_modified(blob: &StoredBlob) -> Reply {
    let mut headers = marked(&blob.mark);
    headers.push(("x-ms-error-code", "ConditionNotMet".to_owned()));
    Reply {
        status: StatusCode::NOT_MODIFIED,
        headers,
        body: Bytes::new(),
    }
}

/// `ETag` and `Last-Modified`.
pub(super) fn marked(mark: &Mark) -> Vec<(&'static str, String)> {
    vec![
        ("etag", mark.etag.clone()),
        ("last-modified", http_date(mark.modified)),
    ]
}

fn described(blob: &StoredBlob) -> Vec<(&'static str, String)> {
    let mut headers = marked(&blob.mark);
    let fixed = [
        ("accept-ranges", "bytes"),
        ("x-ms-blob-type", kind(blob)),
        ("x-ms-server-encrypted", "true"),
    ];
    headers.extend(fixed.map(|(name, text)| (name, text.to_owned())));
    headers.push(("x-ms-creation-time", http_date(blob.created)));
    if blob.kind == BlobKind::Block {
        headers.push(("x-ms-access-tier", tier(blob).to_owned()));
        if blob.tier.is_none() {
            headers.push(("x-ms-access-tier-inferred", "true".to_owned()));
        }
    }
    if !blob.tags.is_empty() {
        headers.push(("x-ms-tag-count", blob.tags.len().to_string()));
    }
    headers.extend(copy::described(blob));
    headers.extend(append::described(blob));
    let sequence = pages::sequence(blob).map(|it| it.to_string());
    headers.extend(sequence.map(|it| ("x-ms-blob-sequence-number", it)));
    headers.push(("content-type", content_type(blob).to_owned()));
    let given = &blob.properties;
    let optional = [
        ("content-encoding", &given.content_encoding),
        ("content-language", &given.content_language),
        ("content-disposition", &given.content_disposition),
        ("cache-control", &given.cache_control),
    ];
    headers.extend(
        optional
            .into_iter()
            .filter_map(|(name, text)| Some((name, text.clone()?))),
    );
    headers
}

/// `x-ms-blob-type`.
pub(super) fn kind(blob: &StoredBlob) -> &'static str {
    match blob.kind {
        BlobKind::Append { .. } => "AppendBlob",
        BlobKind::Block => "BlockBlob",
        BlobKind::Page { .. } => "PageBlob",
    }
}

/// As given, or what the service says of a blob without one.
pub(super) fn content_type(blob: &StoredBlob) -> &str {
    let given = blob.properties.content_type.as_deref();
    given.unwrap_or("application/octet-stream")
}

/// As set, or the default of accounts.
pub(super) fn tier(blob: &StoredBlob) -> &str {
    blob.tier.as_deref().unwrap_or("Hot")
}

/// First and last byte that are asked for; nothing for the whole blob.
fn range(request: &Request, size: usize) -> Result<Option<(usize, usize)>, Error> {
    let asked = request
        .header("x-ms-range")
        .or_else(|| request.header("range"));
    let Some((first, last)) = asked.and_then(parse) else {
        return Ok(None);
    };
    if first >= size {
        return Err(Error::INVALID_RANGE);
    }
    Ok(Some((first, last.unwrap_or(size - 1).min(size - 1))))
}

/// `bytes=0-5` or `bytes=5-`.
fn parse(text: &str) -> Option<(usize, Option<usize>)> {
    let (first, last) = text.trim().strip_prefix("bytes=")?.split_once('-')?;
    let first: usize = first.parse().ok()?;
    match last {
        "" => Some((first, None)),
        last => last
            .parse()
            .ok()
            .filter(|last| *last >= first)
            .map(|last| (first, Some(last))),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn known_ranges_are_read_and_others_ignored() {
        assert_eq!(parse("bytes=0-5"), Some((0, Some(5))));
        assert_eq!(parse("bytes=7-"), Some((7, None)));
        for text in [
            "bytes=-5",
            "bytes=5-4",
            "bytes=0-1,3-4",
            "items=0-1",
            "bytes=",
            "bytes=99999999999999999999-",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
