//! Is the `api-version` one that the service could have?
//!
//! Any well-formed version is taken: each client of today has its own, and those of tomorrow are not known yet
//! (CLIENTS.md "api-versions"). A missing or malformed one is refused, as Azure does.

use crate::request::Request;
use crate::services::{ApiVersion, Refusal};

/// Checks a request against the service's rule.
///
/// # Errors
/// [`Refusal::ApiVersion`].
pub fn check(rule: ApiVersion, req: &Request) -> Result<(), Refusal> {
    if rule == ApiVersion::None {
        return Ok(());
    }
    let given = req.query("api-version").filter(|given| !given.is_empty());
    let fits = given.is_some_and(|given| {
        is_date(given) || (rule == ApiVersion::DateOrNumber && is_number(given))
    });
    if fits {
        Ok(())
    } else {
        Err(Refusal::ApiVersion {
            given: given.map(str::to_owned),
        })
    }
}

/// `2024-05-01`, perhaps with `-preview` or another word.
fn is_date(text: &str) -> bool {
    let Some((date, rest)) = text.split_at_checked(10) else {
        return false;
    };
    let shape = date.bytes().enumerate().all(|(at, byte)| {
        if at == 4 || at == 7 {
            byte == b'-'
        } else {
            byte.is_ascii_digit()
        }
    });
    let number =
        |range: std::ops::Range<usize>| date.get(range).and_then(|part| part.parse::<u8>().ok());
    let month = number(5..7).is_some_and(|month| (1..=12).contains(&month));
    let day = number(8..10).is_some_and(|day| (1..=31).contains(&day));
    shape && month && day && is_suffix(rest)
}

/// `7.5`, perhaps with `-preview.1`.
fn is_number(text: &str) -> bool {
    let end = text.find('-').unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    number
        .split_once('.')
        .is_some_and(|(major, minor)| digits(major) && digits(minor))
        && is_suffix(rest)
}

fn is_suffix(text: &str) -> bool {
    let word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_alphabetic())
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
    };
    text.is_empty() || text.strip_prefix('-').is_some_and(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_date_is_a_version() {
        for good in [
            "2024-05-01",
            "2022-05-01-preview",
            "2099-12-31",
            "2021-01-01-privatepreview",
        ] {
            assert!(is_date(good), "{good}");
        }
        for bad in [
            "",
            "latest",
            "2024-5-1",
            "2024-13-01",
            "2024-00-10",
            "2024-05-01preview",
            "2024-05-01-",
            "2024-05-0é",
        ] {
            assert!(!is_date(bad), "{bad}");
        }
    }

    #[test]
    fn key_vault_had_numbers() {
        assert!(is_number("7.5") && is_number("7.6-preview.1"));
        assert!(!is_number("7") && !is_number("7.x") && !is_number(".5"));
    }
}
