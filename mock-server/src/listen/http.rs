//! HTTP/1.1 and HTTP/2 over TCP, with or without TLS, with limits on everything that a client may send.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::stop::Stop;

/// Largest body of a request.
const BODY_LIMIT: usize = 16 << 20;
/// How much of a larger one is read before it is refused.
const DRAIN_LIMIT: usize = 256 << 20;
/// Largest head of a request.
const HEAD_LIMIT: usize = 64 << 10;
/// Most headers of an HTTP/1.1 request.
const HEADERS_LIMIT: usize = 100;
/// How long a client may take for the TLS handshake and for each head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a client may take for a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);

/// A request whose body was read.
pub type Whole = Request<Bytes>;
/// A reply whose body is known.
pub type Answered = Response<Full<Bytes>>;

/// Who answers the requests of a listener.
#[async_trait]
pub trait Answer: Send + Sync + 'static {
    /// May a connection be served now? A listener may close it instead.
    fn admits(&self) -> bool {
        true
    }

    /// Answers one request.
    async fn answer(&self, request: Whole) -> Answered;

    /// Answers a request whose body is longer than the limit; what came of it is gone.
    async fn too_large(&self, _request: Whole, _limit: usize) -> Answered {
        bare(StatusCode::PAYLOAD_TOO_LARGE)
    }
}

/// Serves a listener until it is told to stop.
pub async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    answer: Arc<dyn Answer>,
    mut stop: Stop,
) {
    loop {
        let mut told = stop.clone();
        let stream = tokio::select! {
            () = stop.told() => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if answer.admits() => stream,
                Ok(_) => continue,
                Err(_) => {
                    // Out of file descriptors: give running requests time to end.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    continue;
                }
            },
        };
        let (tls, answer) = (tls.clone(), Arc::clone(&answer));
        tokio::spawn(async move {
            tokio::select! {
                () = accept(stream, tls, answer, told.clone()) => {}
                () = ended(&mut told) => {}
            }
        });
    }
}

/// After the end began a connection may finish what it does, but not for long.
async fn ended(stop: &mut Stop) {
    stop.told().await;
    tokio::time::sleep(Duration::from_millis(500)).await;
}

async fn accept(stream: TcpStream, tls: Option<TlsAcceptor>, answer: Arc<dyn Answer>, stop: Stop) {
    let _ = stream.set_nodelay(true);
    match tls {
        None => connection(stream, answer, stop).await,
        Some(tls) => {
            if let Ok(Ok(stream)) = tokio::time::timeout(HEAD_TIMEOUT, tls.accept(stream)).await {
                connection(stream, answer, stop).await;
            }
        }
    }
}

async fn connection<S>(stream: S, answer: Arc<dyn Answer>, mut stop: Stop)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let answer = Arc::clone(&answer);
        async move {
            let (head, body) = request.into_parts();
            Ok::<_, std::convert::Infallible>(match read(&head.headers, body).await {
                Ok(body) => answer.answer(Request::from_parts(head, body)).await,
                Err(StatusCode::PAYLOAD_TOO_LARGE) => {
                    let whole = Request::from_parts(head, Bytes::new());
                    answer.too_large(whole, BODY_LIMIT).await
                }
                Err(status) => bare(status),
            })
        }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    let max_head = u32::try_from(HEAD_LIMIT).unwrap_or(u32::MAX);
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_headers(HEADERS_LIMIT)
        .max_buf_size(HEAD_LIMIT)
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(max_head)
        .max_concurrent_streams(128);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stop.told() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

async fn read(headers: &HeaderMap, body: Incoming) -> Result<Bytes, StatusCode> {
    let declared = body.size_hint().lower();
    let waits = headers.contains_key(http::header::EXPECT) && declared > BODY_LIMIT as u64;
    if waits || declared > DRAIN_LIMIT as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let collected = tokio::time::timeout(BODY_TIMEOUT, collect(body)).await;
    collected.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
}

/// The body. One that is too long is read on, up to a limit, and thrown away: a client that is still sending does not
/// listen, and would see a broken connection instead of the answer.
async fn collect(mut body: Incoming) -> Result<Bytes, StatusCode> {
    let (mut collected, mut size) = (Vec::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| StatusCode::BAD_REQUEST)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        size += data.len();
        if size <= BODY_LIMIT {
            collected.extend_from_slice(&data);
        } else {
            collected = Vec::new();
        }
        if size > DRAIN_LIMIT {
            break;
        }
    }
    if size <= BODY_LIMIT {
        Ok(Bytes::from(collected))
    } else {
        Err(StatusCode::PAYLOAD_TOO_LARGE)
    }
}

/// A reply without a body.
pub fn bare(status: StatusCode) -> Answered {
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = status;
    response
}
