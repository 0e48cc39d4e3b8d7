//! The body of a reply: whole at once, or shaped by a wire fault (cut short, slow).

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

/// How often a slow body gives something.
const BEAT: Duration = Duration::from_millis(50);

/// A body that is known as a whole.
#[derive(Debug)]
pub struct Outgoing {
    rest: Bytes,
    /// Nothing for a body that is sent as it is.
    shaping: Option<Box<Shaping>>,
}

#[derive(Debug)]
struct Shaping {
    /// What is announced: the whole length.
    announced: u64,
    /// Bytes that are sent before the body fails.
    until: Option<usize>,
    /// Bytes for each beat.
    step: Option<usize>,
    pause: Option<Pin<Box<Sleep>>>,
    flushed: bool,
}

impl Outgoing {
    /// A body that is sent as it is.
    pub fn whole(content: impl Into<Bytes>) -> Self {
        Self {
            rest: content.into(),
            shaping: None,
        }
    }

    /// The same, of which only so many bytes come before the connection fails; half when not said.
    #[must_use]
    pub fn cut(self, after: Option<usize>) -> Self {
        let after = after.unwrap_or(self.rest.len() / 2).min(self.rest.len());
        self.shaped(Some(after), None)
    }

    /// The same at so many bytes a second.
    #[must_use]
    pub fn slow(self, per_second: u32) -> Self {
        let beats = u32::try_from(1000 / BEAT.as_millis()).unwrap_or(1);
        let step = usize::try_from((per_second / beats).max(1)).unwrap_or(1);
        self.shaped(None, Some(step))
    }

    fn shaped(mut self, until: Option<usize>, step: Option<usize>) -> Self {
        self.shaping = Some(Box::new(Shaping {
            announced: u64::try_from(self.rest.len()).unwrap_or(u64::MAX),
            until,
            step,
            pause: None,
            flushed: false,
        }));
        self
    }

    /// The content, when nothing of it was sent.
    pub fn content(&self) -> &Bytes {
        &self.rest
    }

    fn poll_shaped(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let Some(shaping) = self.shaping.as_mut() else {
            return Poll::Ready(None);
        };
        if let Some(until) = shaping.until {
            if until > 0 {
                shaping.until = Some(0);
                return Poll::Ready(Some(Ok(self.rest.split_to(until.min(self.rest.len())))));
            }
            // What was given so far must leave first.
            if !std::mem::replace(&mut shaping.flushed, true) {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            let cut = io::Error::new(io::ErrorKind::ConnectionReset, "cut by a wire fault");
            return Poll::Ready(Some(Err(cut)));
        }
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let pause = shaping
            .pause
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(BEAT)));
        if pause.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        shaping.pause = None;
        let step = shaping.step.unwrap_or(self.rest.len());
        Poll::Ready(Some(Ok(self.rest.split_to(step.min(self.rest.len())))))
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.shaping.is_none() {
            let content = std::mem::take(&mut self.rest);
            let frame = (!content.is_empty()).then(|| Ok(Frame::data(content)));
            return Poll::Ready(frame);
        }
        self.poll_shaped(cx)
            .map(|it| it.map(|it| it.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        let fails = self.shaping.as_ref().is_some_and(|it| it.until.is_some());
        self.rest.is_empty() && !fails
    }

    fn size_hint(&self) -> SizeHint {
        let rest = u64::try_from(self.rest.len()).unwrap_or(u64::MAX);
        SizeHint::with_exact(match &self.shaping {
            Some(shaping) if shaping.until.is_some() => shaping.announced,
            _ => rest,
        })
    }
}
