//! What is stamped on every reply: an id that no other request has, and the date.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use http::HeaderValue;
use time::OffsetDateTime;
use uuid::Builder;

use crate::clock::http_date;

/// Ids of requests, in the form of random GUIDs: a running number under two keyed hashes whose keys are random, so that
/// no request costs a call of the system.
#[derive(Debug, Default)]
pub struct RequestIds {
    given: AtomicU64,
    halves: [RandomState; 2],
}

impl RequestIds {
    /// The next one.
    pub fn next(&self) -> String {
        let number = self.given.fetch_add(1, Ordering::Relaxed);
        let [first, last] = self.halves.each_ref().map(|it| it.hash_one(number));
        let both = u128::from(first) << 64 | u128::from(last);
        let id = Builder::from_random_bytes(both.to_be_bytes()).into_uuid();
        id.to_string()
    }
}

/// The `Date` header, written once for each second.
#[derive(Debug)]
pub struct Dated(Mutex<(i64, HeaderValue)>);

impl Default for Dated {
    fn default() -> Self {
        Self(Mutex::new((i64::MIN, HeaderValue::from_static(""))))
    }
}

impl Dated {
    /// The date of a time.
    pub fn at(&self, time: OffsetDateTime) -> HeaderValue {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let second = time.unix_timestamp();
        if last.0 != second
            && let Ok(text) = HeaderValue::try_from(http_date(time))
        {
            *last = (second, text);
        }
        last.1.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn ids_are_guids_and_each_is_another() {
        let (ids, others) = (RequestIds::default(), RequestIds::default());
        let all: BTreeSet<String> = (0..1000)
            .flat_map(|_| [ids.next(), others.next()])
            .collect();
        assert_eq!(all.len(), 2000);
        for id in all {
            let read = Uuid::parse_str(&id).unwrap();
            assert_eq!(read.get_version_num(), 4, "{id}");
            assert_eq!(read.to_string(), id);
        }
    }

    #[test]
    fn the_date_follows_the_clock_forward_and_back() {
        let dated = Dated::default();
        let at = |time| dated.at(time).to_str().unwrap().to_owned();
        assert_eq!(
            at(datetime!(2026-11-02 03:04:05.6 UTC)),
            "Mon, 02 Nov 2026 03:04:05 GMT"
        );
        assert_eq!(
            at(datetime!(2026-11-02 03:04:05.9 UTC)),
            "Mon, 02 Nov 2026 03:04:05 GMT"
        );
        assert_eq!(
            at(datetime!(2026-11-02 03:04:06 UTC)),
            "Mon, 02 Nov 2026 03:04:06 GMT"
        );
        assert_eq!(
            at(datetime!(2026-11-01 00:00 UTC)),
            "Sun, 01 Nov 2026 00:00:00 GMT"
        );
        assert_eq!(
            at(datetime!(1970-01-01 00:00 UTC)),
            "Thu, 01 Jan 1970 00:00:00 GMT"
        );
    }
}
