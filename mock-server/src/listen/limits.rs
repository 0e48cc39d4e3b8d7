//! How much and how long may a client send? What is over a limit is read no further and told.
//!
//! The numbers are ours unless said: Azure documents few of them. They are far above what its clients send.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::request::Parts;
use http_body_util::BodyExt;
use hyper::body::Incoming;

/// Largest body of a request; a service may take less.
pub const BODY: usize = 16 << 20;
/// Of a body that is too large, as much is read before the refusal, so that a client which sends first and listens later
/// gets to read it.
const DISCARDED: usize = 256 << 20;
/// What the listener buffers of a head; what is over [`HEAD`] but below this gets the service's own refusal.
pub const BUFFER: usize = 192 << 10;
/// Largest head of a request.
pub const HEAD: usize = 64 << 10;
/// Longest target of a request.
const TARGET: usize = 16 << 10;
/// Most headers of an HTTP/1.1 request.
pub const HEADERS: usize = 100;

/// How long a client may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For the TLS handshake and for each head.
    pub head: Duration,
    /// For a body.
    pub body: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(15),
            body: Duration::from_secs(60),
        }
    }
}

/// Is a head within the limits?
///
/// # Errors
/// 414 or 431.
pub fn head(head: &Parts) -> Result<(), StatusCode> {
    let path = head.uri.path_and_query().map_or(0, |it| it.as_str().len());
    if path > TARGET {
        return Err(StatusCode::URI_TOO_LONG);
    }
    let headers = head.headers.iter();
    let size: usize = headers
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if size > HEAD || head.headers.len() > HEADERS {
        return Err(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
    Ok(())
}

/// Reads a body of at most so many bytes.
///
/// # Errors
/// 413, 408, or 400 when the client did not keep to HTTP.
pub async fn body(
    head: &Parts,
    body: Incoming,
    most: usize,
    patience: Patience,
) -> Result<Bytes, StatusCode> {
    let read = tokio::time::timeout(patience.body, read(head, body, most));
    read.await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
}

async fn read(head: &Parts, mut body: Incoming, most: usize) -> Result<Bytes, StatusCode> {
    let announced = hyper::body::Body::size_hint(&body).lower();
    let too_large = announced > u64::try_from(most).unwrap_or(u64::MAX);
    let endless = announced > u64::try_from(most.max(DISCARDED)).unwrap_or(u64::MAX);
    // Who waits for `100 Continue` has sent nothing yet and need not.
    if endless || too_large && head.headers.contains_key(http::header::EXPECT) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let mut kept = Vec::new();
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| StatusCode::BAD_REQUEST)?.into_data() else {
            continue;
        };
        length = length.saturating_add(data.len());
        if length > most.max(DISCARDED) {
            break;
        }
        if length <= most && !too_large {
            kept.push(data);
        } else {
            kept.clear();
        }
    }
    if length > most || too_large {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    Ok(match kept.len() {
        0 => Bytes::new(),
        1 => kept.swap_remove(0),
        _ => Bytes::from(kept.concat()),
    })
}
