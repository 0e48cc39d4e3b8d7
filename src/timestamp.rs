//! Moments as reports write them: UTC, RFC 3339.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A moment in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(OffsetDateTime);

impl Timestamp {
    /// From seconds since 1970, as tokens write `exp`; clamped to what a date can hold.
    pub fn from_epoch_seconds(seconds: i64) -> Self {
        Self(OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH))
    }

    /// From milliseconds since 1970; clamped to what a date can hold.
    pub fn from_epoch_millis(millis: i64) -> Self {
        let nanos = i128::from(millis) * 1_000_000;
        Self(OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH))
    }

    /// Seconds since 1970.
    pub fn epoch_seconds(self) -> i64 {
        self.0.unix_timestamp()
    }

    /// Its date, such as 2026-11-01.
    pub fn date(self) -> String {
        self.0.date().to_string()
    }

    /// The time from `earlier` to this moment; zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::try_from(self.0 - earlier.0).unwrap_or_default()
    }

    /// Reads RFC 3339 text.
    ///
    /// # Errors
    /// Says what was expected when the text is not RFC 3339.
    pub fn parse(text: &str) -> Result<Self, String> {
        OffsetDateTime::parse(text, &Rfc3339)
            .map(Self)
            .map_err(|error| {
                format!("expected a moment such as 2026-11-01T09:00:00Z, found `{text}`: {error}")
            })
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        let span = time::Duration::try_from(span).unwrap_or(time::Duration::MAX);
        Self(self.0.saturating_add(span))
    }
}

impl Sub for Timestamp {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.since(earlier)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "A moment in UTC.", "type": "string", "format": "date-time" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_survives_its_text_and_spans_never_go_below_zero() {
        let moment = Timestamp::parse("2026-11-01T09:00:00.5Z").unwrap();
        assert_eq!(Timestamp::parse(&moment.to_string()).unwrap(), moment);
        let later = moment + Duration::from_secs(60);
        assert_eq!(later.since(moment), Duration::from_secs(60));
        assert_eq!(moment.since(later), Duration::ZERO);
        assert!(Timestamp::parse("yesterday").is_err());
    }
}
