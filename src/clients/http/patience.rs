//! What if a service that is read is busy? Settings are asked for again, as long as the service says, and a few times only.
//!
//! For reads of settings (ARM, Graph), which may be repeated: `429` and `503`, after `Retry-After` or a pause of ours. Each
//! request is evidence, so every wait is seen. What is under test (tokens, data) is asked once: there an answer is a result.

use std::time::Duration;

use http::header::RETRY_AFTER;

use super::{Answer, Http, Recorder, Request};
use crate::outcome::NoAnswer;

/// So many times a busy service is asked again.
const AGAIN: u32 = 3;
/// First pause when the service says none; each further one is twice as long.
const PAUSE: Duration = Duration::from_secs(1);

impl Http {
    /// As [`Http::send`], and again while the service is busy.
    ///
    /// # Errors
    /// As [`Http::send`].
    pub async fn send_patiently(
        &self,
        recorder: &Recorder,
        request: Request,
    ) -> Result<Answer, NoAnswer> {
        // The other half is for the answers.
        let (mut left, mut pause) = (self.patience / 2, PAUSE);
        for _ in 0..AGAIN {
            let answer = self.send(recorder, request.clone()).await?;
            if !matches!(answer.status, 429 | 503) {
                return Ok(answer);
            }
            let wait = retry_after(&answer).unwrap_or(pause);
            if !self.rest(wait, &mut left).await {
                return Ok(answer);
            }
            pause *= 2;
        }
        self.send(recorder, request).await
    }

    /// Lets time pass: by turning the clock where it is ours. Says whether it did; it does not where there is too little left.
    async fn rest(&self, wait: Duration, left: &mut Duration) -> bool {
        if self.target.clock.turn(wait).await.unwrap_or(false) {
            return true;
        }
        let Some(after) = left.checked_sub(wait) else {
            return false;
        };
        tokio::time::sleep(wait).await;
        *left = after;
        true
    }
}

/// How long the service asks to wait, in seconds; dates are for caches (RFC 9110 §10.2.3).
fn retry_after(answer: &Answer) -> Option<Duration> {
    let header = answer.headers.get(RETRY_AFTER)?.to_str().ok()?;
    header.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;

    use super::*;

    #[test]
    fn seconds_are_read_and_nothing_else() {
        let of = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().unwrap());
            retry_after(&Answer {
                status: 429,
                headers,
                body: Bytes::new(),
            })
        };
        assert_eq!(of(" 17 "), Some(Duration::from_secs(17)));
        for odd in ["", "-1", "soon", "Sun, 22 Nov 2026 10:00:00 GMT", "1.5"] {
            assert_eq!(of(odd), None, "{odd}");
        }
    }
}
