//! A blob: whole or a range, under conditions.
//!
//! `x-ms-range` counts before `Range`. A range that begins beyond the end is refused, so every range of an empty blob is;
//! one that ends beyond it is cut. Ranges that the service does not know (from the end, several) are ignored, as RFC 9110
//! §14.2 allows. An answer to HEAD has the headers of the whole blob; its body is left out by the listener.

use bytes::Bytes;
use http::{Method, StatusCode};
use sha2::{Digest, Sha256};
use time::macros::datetime;

use super::errors::Error;
use super::md5::md5_base64;
use crate::clock::http_date;
use crate::request::{Reply, Request};
use crate::store::StoredBlob;

/// When every blob of the world was written.
pub(super) fn last_modified() -> String {
    http_date(datetime!(2024-01-01 0:00 UTC))
}

/// The entity tag of a content.
pub(super) fn etag(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let hex: String = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02X}"))
        .collect();
    format!("\"0x{hex}\"")
}

/// The answer to a GET or HEAD of a blob. Layers of registries lie in blobs too.
///
/// # Errors
/// A condition that does not hold, or a range beyond the end.
pub fn answer(blob: &StoredBlob, request: &Request) -> Result<Reply, Error> {
    let etag = etag(&blob.content);
    if let Some(reply) = conditions(request, &etag)? {
        return Ok(reply);
    }
    let size = blob.content.len();
    let range = if request.method == Method::HEAD {
        None
    } else {
        range(request, size)?
    };
    let checksum = md5_base64(&blob.content);
    let (status, body, own) = match range {
        None => (
            StatusCode::OK,
            blob.content.clone(),
            vec![("content-md5", checksum)],
        ),
        Some((first, last)) => {
            let headers = vec![
                ("content-range", format!("bytes {first}-{last}/{size}")),
                ("x-ms-blob-content-md5", checksum),
            ];
            (
                StatusCode::PARTIAL_CONTENT,
                blob.content.slice(first..=last),
                headers,
            )
        }
    };
    let mut headers = common(&etag);
    headers.push((
        "content-type",
        blob.content_type
            .clone()
            .unwrap_or_else(|| "application/octet-stream".to_owned()),
    ));
    headers.extend(own);
    Ok(Reply {
        status,
        headers,
        body,
    })
}

fn common(etag: &str) -> Vec<(&'static str, String)> {
    vec![
        ("accept-ranges", "bytes".to_owned()),
        ("last-modified", last_modified()),
        ("etag", etag.to_owned()),
        ("x-ms-blob-type", "BlockBlob".to_owned()),
        ("x-ms-server-encrypted", "true".to_owned()),
        ("x-ms-lease-status", "unlocked".to_owned()),
        ("x-ms-lease-state", "available".to_owned()),
        ("x-ms-creation-time", last_modified()),
    ]
}

/// An answer that the conditions give instead of the blob.
fn conditions(request: &Request, etag: &str) -> Result<Option<Reply>, Error> {
    let names = |header: &str| {
        let bare = etag.trim_matches('"');
        let tags = request.header(header)?.split(',').map(str::trim);
        Some(
            tags.into_iter()
                .any(|tag| tag == "*" || tag.trim_start_matches("W/").trim_matches('"') == bare),
        )
    };
    if names("if-match") == Some(false) {
        return Err(Error::CONDITION_NOT_MET);
    }
    if names("if-none-match") == Some(true) {
        let mut headers = common(etag);
        headers.push(("x-ms-error-code", "ConditionNotMet".to_owned()));
        return Ok(Some(Reply {
            status: StatusCode::NOT_MODIFIED,
            headers,
            body: Bytes::new(),
        }));
    }
    Ok(None)
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
