//! Times as signatures write them: `2026-01-31`, `2026-01-31T10:00Z`, `2026-01-31T10:00:00Z`, with parts of a second as well
//! (rest-api `storageservices/formatting-datetime-values`).

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

/// The time; nothing where it is none.
pub(super) fn parse(text: &str) -> Option<OffsetDateTime> {
    let day = format_description!("[year]-[month]-[day]");
    let minute = format_description!("[year]-[month]-[day]T[hour]:[minute]Z");
    let date = || {
        let date = Date::parse(text, day).ok()?;
        Some(PrimitiveDateTime::new(date, Time::MIDNIGHT).assume_utc())
    };
    let short = || Some(PrimitiveDateTime::parse(text, minute).ok()?.assume_utc());
    let long = || OffsetDateTime::parse(text, &Rfc3339).ok();
    date().or_else(short).or_else(long)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn all_forms_are_the_same_time() {
        let wanted = parse("2026-01-31T00:00:00Z").unwrap();
        for text in [
            "2026-01-31",
            "2026-01-31T00:00Z",
            "2026-01-31T00:00:00.0000000Z",
        ] {
            assert_eq!(parse(text), Some(wanted), "{text}");
        }
        for text in ["", "2026", "2026-13-01", "tomorrow"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
