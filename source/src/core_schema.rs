//! What a plain scalar means: the core schema of YAML 1.2 (section 10.3.2).
//!
//! So `yes`, `on`, `1_000`, `0b1` and dates are texts here, unlike in YAML 1.1.

/// The type a plain text resolves to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Resolved {
    Bool(bool),
    Float(f64),
    /// A whole number; one that does not fit is a text and so keeps its digits.
    Int(i128),
    Null,
    Text,
}

/// The type of a plain text.
pub(crate) fn resolve(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Resolved::Null,
        "true" | "True" | "TRUE" => Resolved::Bool(true),
        "false" | "False" | "FALSE" => Resolved::Bool(false),
        _ => number(text).unwrap_or(Resolved::Text),
    }
}

fn number(text: &str) -> Option<Resolved> {
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match unsigned {
        ".inf" | ".Inf" | ".INF" => return Some(Resolved::Float(infinity(text))),
        ".nan" | ".NaN" | ".NAN" if unsigned == text => return Some(Resolved::Float(f64::NAN)),
        _ if unsigned.bytes().all(|byte| byte.is_ascii_digit()) => {
            return text.parse().ok().map(Resolved::Int);
        }
        _ => {}
    }
    is_float(unsigned).then(|| text.parse().ok().map(Resolved::Float))?
}

fn radix(digits: &str, base: u32) -> Option<Resolved> {
    if digits.starts_with(['+', '-']) {
        return None;
    }
    i128::from_str_radix(digits, base).ok().map(Resolved::Int)
}

fn infinity(text: &str) -> f64 {
    if text.starts_with('-') {
        f64::NEG_INFINITY
    } else {
        f64::INFINITY
    }
}

/// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn is_float(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let some_digits = |text: &str| !text.is_empty() && digits(text);
    let exponent_holds = |text: &str| some_digits(text.strip_prefix(['+', '-']).unwrap_or(text));
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(exponent_holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_what_the_core_schema_resolves() {
        for (text, expected) in [
            ("null", Resolved::Null),
            ("~", Resolved::Null),
            ("TRUE", Resolved::Bool(true)),
            ("007", Resolved::Int(7)),
            ("-12", Resolved::Int(-12)),
            ("+12", Resolved::Int(12)),
            ("0o14", Resolved::Int(12)),
            ("0xfF", Resolved::Int(255)),
            ("1e3", Resolved::Float(1000.0)),
            ("12.", Resolved::Float(12.0)),
            ("-.5", Resolved::Float(-0.5)),
            ("-.inf", Resolved::Float(f64::NEG_INFINITY)),
        ] {
            assert_eq!(resolve(text), expected, "{text}");
        }
        assert!(matches!(resolve(".nan"), Resolved::Float(number) if number.is_nan()));
    }

    #[test]
    fn leaves_everything_else_a_text() {
        let texts = "yes no on off 1_000 0b1 0x-1 0o8 0x - + . .e3 1e 1e+ e3 1.2.3 2024-01-01 5m nan inf -.nan 10.0.0.1";
        for text in texts.split(' ') {
            assert_eq!(resolve(text), Resolved::Text, "{text}");
        }
        assert_eq!(resolve(&"9".repeat(60)), Resolved::Text);
    }
}
