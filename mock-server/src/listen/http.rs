//! HTTP/1.1 and HTTP/2 over TCP, with or without TLS, with limits on everything that a client may send.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

use super::body::Outgoing;
use super::limits::{self, Patience};
use super::stop::Stop;
use super::tap::{Cut, Scissors, Tap};

/// How often an HTTP/2 client that says nothing is asked whether it is still there.
const PING: Duration = Duration::from_secs(60);

/// A request whose body was read.
pub type Whole = Request<Bytes>;
/// A reply whose body is known.
pub type Answered = Response<Outgoing>;

/// Who answers the requests of a listener.
#[async_trait]
pub trait Answer: Send + Sync + 'static {
    /// May a connection be served now? A listener may close it instead.
    fn admits(&self) -> bool {
        true
    }

    /// The largest body that is taken after this head.
    fn body_limit(&self, _head: &Parts) -> usize {
        limits::BODY
    }

    /// The reply to a request whose head or body is not taken.
    fn refuse(&self, _head: &Parts, status: StatusCode) -> Answered {
        bare(status)
    }

    /// Answers one request.
    async fn answer(&self, request: Whole) -> Answered;
}

/// Serves a listener until it is told to stop.
pub async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    answer: Arc<dyn Answer>,
    patience: Patience,
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
                () = accept(stream, tls, answer, patience, told.clone()) => {}
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

async fn accept(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    answer: Arc<dyn Answer>,
    patience: Patience,
    stop: Stop,
) {
    let _ = stream.set_nodelay(true);
    let scissors = Scissors::default();
    let stream = Tap::new(stream, scissors.clone());
    let service = Service {
        answer,
        patience,
        scissors,
        begun: Arc::new(Notify::new()),
    };
    match tls {
        None => connection(stream, service, stop).await,
        Some(tls) => {
            if let Ok(Ok(stream)) = tokio::time::timeout(patience.head, tls.accept(stream)).await {
                connection(stream, service, stop).await;
            }
        }
    }
}

/// What answers the requests of one connection.
#[derive(Clone)]
struct Service {
    answer: Arc<dyn Answer>,
    patience: Patience,
    scissors: Scissors,
    /// Told when a request has come.
    begun: Arc<Notify>,
}

impl Service {
    async fn answer(&self, request: Request<Incoming>) -> Answered {
        self.begun.notify_one();
        let (head, body) = request.into_parts();
        if let Err(status) = limits::head(&head) {
            return self.answer.refuse(&head, status);
        }
        let most = self.answer.body_limit(&head);
        let answered = match limits::body(&head, body, most, self.patience).await {
            Ok(body) => self.answer.answer(Request::from_parts(head, body)).await,
            Err(status) => return self.answer.refuse(&head, status),
        };
        if let Some(cut) = answered.extensions().get::<Cut>() {
            self.scissors.cut(cut);
        }
        answered
    }
}

async fn connection<S>(stream: S, service: Service, mut stop: Stop)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let patience = service.patience;
    let begun = Arc::clone(&service.begun);
    let service = service_fn(move |request: Request<Incoming>| {
        let service = service.clone();
        async move { Ok::<_, std::convert::Infallible>(service.answer(request).await) }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    let max_head = u32::try_from(limits::HEAD).unwrap_or(u32::MAX);
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.head)
        .max_headers(limits::HEADERS)
        .max_buf_size(limits::BUFFER)
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Some(PING))
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
        () = silent(&begun, patience.head) => {}
    }
}

/// Returns when no request has come in time. Which version of HTTP a client speaks is read without any time limit, so the
/// limit for heads begins too late for one that says nothing.
async fn silent(begun: &Notify, patience: Duration) {
    if tokio::time::timeout(patience, begun.notified())
        .await
        .is_ok()
    {
        std::future::pending::<()>().await;
    }
}

/// A reply without a body.
pub fn bare(status: StatusCode) -> Answered {
    let mut response = Response::new(Outgoing::whole(Bytes::new()));
    *response.status_mut() = status;
    response
}
