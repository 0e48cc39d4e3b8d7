//! What time is it in the mock?
//!
//! A dial over the real clock: it runs as the real one does, from the world's `clock:` (or now), and `advance` turns it
//! forward. Nothing in the mock sleeps and nothing else in it reads the system's time.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use time::OffsetDateTime;

/// The mock's clock; clones turn together.
#[derive(Clone, Debug)]
pub struct Clock(Arc<RwLock<Dial>>);

#[derive(Clone, Copy, Debug)]
struct Dial {
    start: OffsetDateTime,
    since: Instant,
    turned: time::Duration,
}

impl Clock {
    /// A clock that shows `start` now, or the real time.
    pub fn starting_at(start: Option<OffsetDateTime>) -> Self {
        Self(Arc::new(RwLock::new(Dial::starting_at(start))))
    }

    /// The mock's time.
    pub fn now(&self) -> OffsetDateTime {
        let dial = self.dial();
        let elapsed = time::Duration::try_from(dial.since.elapsed());
        let elapsed = elapsed.unwrap_or(time::Duration::ZERO);
        let shown = dial.start.checked_add(dial.turned);
        let shown = shown.and_then(|time| time.checked_add(elapsed));
        shown.unwrap_or(dial.start)
    }

    /// Goes on as a clock that started at one time and showed another when it was last looked at. Where a world has no time
    /// of its own, the real time may be later by now, and counts.
    pub fn resume(&self, start: OffsetDateTime, shown: OffsetDateTime, is_real: bool) {
        let mut dial = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let real = Dial::starting_at(None).start;
        let now = if is_real { shown.max(real) } else { shown };
        *dial = Dial::starting_at(Some(start));
        dial.turned = now - start;
    }

    /// The time that the mock's clock showed first.
    pub fn start(&self) -> OffsetDateTime {
        self.dial().start
    }

    /// The mock's time in whole seconds since 1970.
    pub fn epoch_seconds(&self) -> i64 {
        self.now().unix_timestamp()
    }

    /// Turns the clock forward.
    pub fn advance(&self, by: Duration) {
        let mut dial = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let by = time::Duration::try_from(by).unwrap_or(time::Duration::MAX);
        dial.turned = dial.turned.saturating_add(by);
    }

    /// Puts the clock back to where it started, or where another world starts.
    pub fn restart(&self, start: Option<OffsetDateTime>) {
        let mut dial = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *dial = Dial::starting_at(start);
    }

    /// Turns the clock forward to a time; an earlier one changes nothing.
    pub fn advance_to(&self, time: OffsetDateTime) {
        if let Ok(by) = Duration::try_from(time - self.now()) {
            self.advance(by);
        }
    }

    fn dial(&self) -> Dial {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Dial {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the mock's one reader of the system's time"
    )]
    fn starting_at(start: Option<OffsetDateTime>) -> Self {
        Self {
            start: start.unwrap_or_else(OffsetDateTime::now_utc),
            since: Instant::now(),
            turned: time::Duration::ZERO,
        }
    }
}

/// `2026-11-22T10:00:00Z`: RFC 3339 in whole seconds.
pub fn rfc3339(time: OffsetDateTime) -> String {
    let time = time.to_offset(time::UtcOffset::UTC);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

/// `Sun, 22 Nov 2026 10:00:00 GMT`: the form of the HTTP headers `Date` and `Last-Modified` (RFC 9110 §5.6.7).
pub fn http_date(time: OffsetDateTime) -> String {
    let time = time.to_offset(time::UtcOffset::UTC);
    let weekday = time.weekday().to_string();
    let month = time.month().to_string();
    format!(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
        weekday.get(..3).unwrap_or_default(),
        time.day(),
        month.get(..3).unwrap_or_default(),
        time.year(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advancing_moves_every_clone() {
        let clock = Clock::starting_at(Some(time::macros::datetime!(2026-11-22 10:00 UTC)));
        let other = clock.clone();
        clock.advance(Duration::from_secs(3600));
        assert!(other.now() >= time::macros::datetime!(2026-11-22 11:00 UTC));
    }

    #[test]
    fn it_goes_back_to_a_start_and_forward_to_a_time() {
        let start = time::macros::datetime!(2026-11-22 10:00 UTC);
        let clock = Clock::starting_at(Some(start));
        clock.advance(Duration::from_secs(3600));
        clock.restart(Some(start));
        assert!(clock.now() - start < time::Duration::minutes(5));
        clock.advance_to(start + time::Duration::hours(2));
        assert!(clock.now() >= start + time::Duration::hours(2));
        clock.advance_to(start);
        assert!(clock.now() >= start + time::Duration::hours(2));
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), start, "out of range");
    }

    #[test]
    fn dates_are_written_as_http_and_rfc_3339_want_them() {
        let time = time::macros::datetime!(2026-11-02 03:04:05.678 UTC);
        assert_eq!(http_date(time), "Mon, 02 Nov 2026 03:04:05 GMT");
        assert_eq!(rfc3339(time), "2026-11-02T03:04:05Z");
    }
}
