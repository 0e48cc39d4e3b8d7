//! Lengths of time as people write them: `90s`, `5m`, `1h30m`, `250ms`.

use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Unexpected};

const FORM: &str = "a length of time such as `90s`, `5m`, `1h30m` or `250ms`";
const WITH_UNIT: &str = "a number with a unit, `h`, `m`, `s` or `ms`, such as `90s`";
const IN_ORDER: &str = "units from large to small, each once, such as `1h30m`";
const NOT_ZERO: &str = "a length of time above zero";
const NOT_ENDLESS: &str = "a length of time of at most `168h`";

const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
const LONGEST: Duration = Duration::from_secs(168 * 3_600);

/// A length of time above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period(Duration);

impl From<Period> for Duration {
    fn from(period: Period) -> Self {
        period.0
    }
}

/// Reads a length of time from the command line.
///
/// # Errors
/// Says what was expected.
pub fn duration(text: &str) -> Result<Duration, String> {
    parse(text).map_err(|wanted| format!("expected {wanted}"))
}

/// Reads a length of time, or says what would have been right.
fn parse(text: &str) -> Result<Duration, &'static str> {
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut millis = 0_u64;
    while !rest.is_empty() {
        let (number, unit, behind) = first_part(rest)?;
        let (_, factor) = units
            .find(|(name, _)| *name == unit)
            .ok_or(misplaced(unit))?;
        let part = number
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(*factor));
        millis = part
            .and_then(|part| millis.checked_add(part))
            .ok_or(NOT_ENDLESS)?;
        rest = behind;
    }
    match Duration::from_millis(millis) {
        _ if text.is_empty() => Err(FORM),
        Duration::ZERO => Err(NOT_ZERO),
        period if period > LONGEST => Err(NOT_ENDLESS),
        period => Ok(period),
    }
}

/// The first number, its unit, and what is behind them.
fn first_part(text: &str) -> Result<(&str, &str, &str), &'static str> {
    let digits = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, rest) = text.split_at(digits);
    let letters = rest
        .find(|letter: char| letter.is_ascii_digit())
        .unwrap_or(rest.len());
    let (unit, behind) = rest.split_at(letters);
    match (number.is_empty(), unit.is_empty()) {
        (true, _) => Err(FORM),
        (false, true) => Err(WITH_UNIT),
        (false, false) => Ok((number, unit, behind)),
    }
}

/// What to say of a unit that cannot stand here.
fn misplaced(unit: &str) -> &'static str {
    if UNITS.iter().any(|(name, _)| *name == unit) {
        IN_ORDER
    } else {
        FORM
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text)
            .map(Self)
            .map_err(|wanted| de::Error::invalid_value(Unexpected::Str(&text), &wanted))
    }
}

impl JsonSchema for Period {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Period".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": FORM,
            "type": "string",
            "pattern": "^(?=[0-9])([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, millis) in [
            ("250ms", 250),
            ("90s", 90_000),
            ("5m", 300_000),
            ("1h30m", 5_400_000),
            ("1h1m1s1ms", 3_661_001),
            ("168h", 604_800_000),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn says_what_would_have_been_right() {
        for (text, wanted) in [
            ("", FORM),
            ("soon", FORM),
            ("5 m", FORM),
            ("5M", FORM),
            ("1.5h", FORM),
            ("-5m", FORM),
            ("2d", FORM),
            ("90", WITH_UNIT),
            ("5m30", WITH_UNIT),
            ("30m1h", IN_ORDER),
            ("1m1m", IN_ORDER),
            ("0s", NOT_ZERO),
            ("0h0m", NOT_ZERO),
            ("169h", NOT_ENDLESS),
            ("99999999999999999999s", NOT_ENDLESS),
            ("18446744073709551615h", NOT_ENDLESS),
        ] {
            assert_eq!(parse(text), Err(wanted), "{text}");
        }
    }
}
