//! In which ways can the wire be broken? THE list of wire faults, [`KINDS`].
//!
//! A state fault changes what is given; a wire fault changes what a client sees of a reply, or whether it sees one. It is
//! written `status=503,host=*.vault.azure.net,times=2`: the kind with its value first, then what it matches and how often.
//!
//! - [`parse`] that text, and the same as JSON · [`matching`] which requests it concerns
//! - [`planted`] the faults of a running mock: counters, chance, verdicts
//!
//! Chance is seeded: the n-th request that a fault matches always has the same fate. What shapes bytes is in `listen`.

pub mod matching;
pub mod parse;
pub mod planted;

use std::time::Duration;

pub use matching::Matching;
pub use planted::{Instead, Planted, Shape, Verdict, Wire};

/// One kind of wire fault.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its name: `status`.
    pub id: &'static str,
    /// What the client meets, in one sentence.
    pub about: &'static str,
    /// The value behind `=`: what it is, and what it is when absent. Nothing for a kind without a value.
    pub value: Option<&'static str>,
    /// Is it the DNS servers', rather than the HTTP listeners'?
    pub dns: bool,
    /// The effect of a value; nothing when the value is not one.
    pub effect: fn(&str) -> Option<Effect>,
}

/// What happens to a request or its reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Another status in the service's envelope; the operation does not run.
    Status(u16),
    /// The reply comes later.
    Delay(Duration),
    /// The reply comes later, by chance up to this.
    Jitter(Duration),
    /// The connection closes without a reply; the operation does not run.
    Drop,
    /// Random bytes go onto the connection below TLS, then it closes; the operation does not run.
    Noise(usize),
    /// The body ends after this many bytes, or halfway, and the connection with it.
    Truncate(Option<usize>),
    /// The body is this many random bytes.
    Garbage(usize),
    /// The body comes at this many bytes a second.
    Drip(u32),
}

/// Every kind.
pub const KINDS: &[Kind] = &[
    // -- HTTP: managed identity, tokens, ARM, Graph, data --
    Kind {
        id: "status",
        about: "another status in the service's own envelope, or without a body (raw=true)",
        value: Some("400 to 599"),
        dns: false,
        effect: |value| number(value, 400, 599).map(Effect::Status),
    },
    Kind {
        id: "delay",
        about: "the reply comes later",
        value: Some("a time: 200ms, 2s"),
        dns: false,
        effect: |value| time(value).map(Effect::Delay),
    },
    Kind {
        id: "jitter",
        about: "the reply comes later, by chance up to a time",
        value: Some("a time: 200ms, 2s"),
        dns: false,
        effect: |value| time(value).map(Effect::Jitter),
    },
    Kind {
        id: "drop",
        about: "the connection closes without a reply",
        value: None,
        dns: false,
        effect: |_| Some(Effect::Drop),
    },
    Kind {
        id: "noise",
        about: "random bytes below TLS instead of a reply, then the connection closes",
        value: Some("how many bytes, 256 when absent"),
        dns: false,
        effect: |value| number(or(value, "256"), 1, BYTES).map(Effect::Noise),
    },
    Kind {
        id: "truncate",
        about: "the body ends early, and the connection with it",
        value: Some("after how many bytes, half of the body when absent"),
        dns: false,
        effect: |value| match value {
            "" => Some(Effect::Truncate(None)),
            value => number(value, 0, BYTES).map(|after| Effect::Truncate(Some(after))),
        },
    },
    Kind {
        id: "garbage",
        about: "random bytes as the body, under the headers of the reply",
        value: Some("how many bytes, 256 when absent"),
        dns: false,
        effect: |value| number(or(value, "256"), 1, BYTES).map(Effect::Garbage),
    },
    Kind {
        id: "drip",
        about: "the body comes slowly",
        value: Some("bytes per second"),
        dns: false,
        effect: |value| number(value, 1, 1_000_000).map(Effect::Drip),
    },
    // -- DNS --
    Kind {
        id: "dns-servfail",
        about: "the DNS server answers SERVFAIL",
        value: None,
        dns: true,
        effect: |_| Some(Effect::Status(0)),
    },
    Kind {
        id: "dns-drop",
        about: "the DNS server does not answer",
        value: None,
        dns: true,
        effect: |_| Some(Effect::Drop),
    },
    Kind {
        id: "dns-delay",
        about: "the DNS server answers later",
        value: Some("a time: 200ms, 2s"),
        dns: true,
        effect: |value| time(value).map(Effect::Delay),
    },
    Kind {
        id: "dns-truncate",
        about: "the DNS server's UDP answer is empty and marked as truncated: ask by TCP",
        value: None,
        dns: true,
        effect: |_| Some(Effect::Truncate(None)),
    },
];

/// Most bytes that a fault makes.
const BYTES: usize = 1 << 20;
/// Longest time that a fault takes.
const LONGEST: Duration = Duration::from_secs(600);

/// A kind by name.
pub fn kind(id: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.id == id)
}

fn or<'a>(value: &'a str, default: &'a str) -> &'a str {
    if value.is_empty() { default } else { value }
}

fn number<T: TryFrom<usize> + PartialOrd>(value: &str, least: T, most: T) -> Option<T> {
    let number = T::try_from(value.parse::<usize>().ok()?).ok()?;
    (number >= least && number <= most).then_some(number)
}

/// `200ms`, `2s`; a bare number is milliseconds.
fn time(value: &str) -> Option<Duration> {
    let (digits, scale) = if let Some(digits) = value.strip_suffix("ms") {
        (digits, 1)
    } else if let Some(digits) = value.strip_suffix('s') {
        (digits, 1000)
    } else {
        (value, 1)
    };
    let millis = digits.parse::<u64>().ok()?.checked_mul(scale)?;
    let time = Duration::from_millis(millis);
    (time <= LONGEST).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_within_limits() {
        assert_eq!(time("200ms"), Some(Duration::from_millis(200)));
        assert_eq!(time("2s"), Some(Duration::from_secs(2)));
        assert_eq!(time("5"), Some(Duration::from_millis(5)));
        for bad in [
            "",
            "s",
            "-1s",
            "1h",
            "601s",
            "99999999999999999999s",
            "18446744073709551615s",
        ] {
            assert_eq!(time(bad), None, "{bad}");
        }
        assert_eq!(number::<u16>("70000", 1, 9), None);
        let kinds: std::collections::BTreeSet<_> = KINDS.iter().map(|kind| kind.id).collect();
        assert_eq!(kinds.len(), KINDS.len(), "names are unique");
    }
}
