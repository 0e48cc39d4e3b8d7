//! A connection that can be cut beneath TLS and HTTP: nothing more is sent on it, or bytes that nobody expects.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What a reply carries when its connection is to be cut instead: the last bytes on it, perhaps none.
#[derive(Clone, Debug)]
pub struct Cut(pub Bytes);

/// Cuts one connection.
#[derive(Clone, Debug, Default)]
pub struct Scissors(Arc<State>);

#[derive(Debug, Default)]
struct State {
    is_cut: AtomicBool,
    last: Mutex<Bytes>,
}

impl Scissors {
    /// From now on nothing but these bytes is sent.
    pub fn cut(&self, cut: &Cut) {
        *self.0.last.lock().unwrap_or_else(PoisonError::into_inner) = cut.0.clone();
        self.0.is_cut.store(true, Ordering::Release);
    }

    fn is_cut(&self) -> bool {
        self.0.is_cut.load(Ordering::Acquire)
    }
}

/// A stream with scissors at it.
#[derive(Debug)]
pub struct Tap<S> {
    stream: S,
    scissors: Scissors,
}

impl<S: AsyncWrite + Unpin> Tap<S> {
    /// A stream that these scissors cut.
    pub fn new(stream: S, scissors: Scissors) -> Self {
        Self { stream, scissors }
    }

    /// Sends the last bytes; then the connection is broken.
    fn poll_last(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        loop {
            let last = self.scissors.0.last.lock();
            let mut last = last.unwrap_or_else(PoisonError::into_inner);
            if last.is_empty() {
                let broken = io::ErrorKind::ConnectionReset;
                return Poll::Ready(io::Error::new(broken, "cut by a wire fault"));
            }
            match ready!(Pin::new(&mut self.stream).poll_write(cx, &last)) {
                Ok(0) => return Poll::Ready(io::ErrorKind::WriteZero.into()),
                Ok(sent) => {
                    let sent = sent.min(last.len());
                    drop(last.split_to(sent));
                }
                Err(error) => return Poll::Ready(error),
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.scissors.is_cut() {
            return self.poll_last(cx).map(Err);
        }
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.scissors.is_cut() {
            return self.poll_last(cx).map(Err);
        }
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.scissors.is_cut() {
            return self.poll_last(cx).map(Err);
        }
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.scissors.is_cut() {
            return self.poll_last(cx).map(Err);
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
