//! How much and how long may a client send? What is over a limit is read no further and told.
//!
//! The numbers are ours unless said: Azure documents few of them. They are far above what its clients send.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http::request::Parts;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Largest body of a request; a service may take less or more.
pub const BODY: usize = 16 << 20;
/// What all bodies over [`BODY`] that are being read may hold together, in MiB: the next one waits.
const LARGE_BODIES: u32 = 1024;
static ROOM: Semaphore = Semaphore::const_new(LARGE_BODIES as usize);
/// As much more is read of a body that is too large before the refusal, so that a client which sends first and listens
/// later gets to read it.
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
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    let too_large = announced > most;
    let endless = announced > most.saturating_add(DISCARDED);
    // Who waits for `100 Continue` has sent nothing yet and need not.
    if endless || too_large && head.headers.contains_key(http::header::EXPECT) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let mut kept = Kept::default();
    if announced > BODY && !too_large {
        kept.make_room(announced).await?;
    }
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| StatusCode::BAD_REQUEST)?.into_data() else {
            continue;
        };
        length = length.saturating_add(data.len());
        if length > most.saturating_add(DISCARDED) {
            break;
        }
        if length > most || too_large {
            kept = Kept::default();
            continue;
        }
        if length > BODY && kept.room.is_none() {
            kept.make_room(most).await?;
        }
        kept.push(data, announced);
    }
    if length > most || too_large {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    Ok(kept.whole())
}

/// What was read of a body: as it came when it came at once, else copied together.
#[derive(Default)]
struct Kept {
    only: Bytes,
    joined: BytesMut,
    room: Option<SemaphorePermit<'static>>,
}

impl Kept {
    /// Waits until so many bytes may be held. Who waits holds no room, so nobody waits for another that waits.
    async fn make_room(&mut self, bytes: usize) -> Result<(), StatusCode> {
        let wanted = u32::try_from(bytes.div_ceil(1 << 20)).unwrap_or(LARGE_BODIES);
        let room = ROOM.acquire_many(wanted.min(LARGE_BODIES)).await;
        self.room = Some(room.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?);
        Ok(())
    }

    fn push(&mut self, data: Bytes, announced: usize) {
        if self.joined.is_empty() {
            if self.only.is_empty() {
                self.only = data;
                return;
            }
            self.joined.reserve(announced);
            self.joined
                .extend_from_slice(&std::mem::take(&mut self.only));
        }
        self.joined.extend_from_slice(&data);
    }

    fn whole(self) -> Bytes {
        if self.joined.is_empty() {
            self.only
        } else {
            self.joined.freeze()
        }
    }
}
