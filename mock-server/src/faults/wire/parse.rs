//! How is a wire fault written? `kind=value,key=value,…` on a command line, an object of the same keys in JSON.

use serde_json::Value;

use super::matching::Matching;
use super::{Effect, KINDS, Kind, kind};

/// A wire fault that is to be planted.
#[derive(Clone, Debug, PartialEq)]
pub struct WireFault {
    /// As it is written.
    pub text: String,
    /// Name of its kind.
    pub kind: &'static str,
    /// Is it for DNS?
    pub dns: bool,
    /// What it does.
    pub effect: Effect,
    /// Without the service's envelope.
    pub raw: bool,
    /// `Retry-After` of a status, in seconds.
    pub retry_after: Option<u32>,
    /// Which requests.
    pub matching: Matching,
    /// The first ones are spared.
    pub after: u64,
    /// How often; always when absent.
    pub times: Option<u64>,
    /// In how many cases out of a million.
    pub per_million: u32,
    /// What chance begins with.
    pub seed: u64,
}

/// Why a text is no wire fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a wire fault: {text}: {why}; write KIND=VALUE,KEY=VALUE, such as status=503,host=*.vault.azure.net,times=2"
)]
pub struct NotAWireFault {
    /// What was written.
    pub text: String,
    /// A sentence fragment.
    pub why: String,
}

/// Keys besides the kinds.
const KEYS: &[&str] = &[
    "after",
    "host",
    "method",
    "path",
    "probability",
    "raw",
    "retry-after",
    "seed",
    "times",
    "type",
    "vantage",
];

impl std::str::FromStr for WireFault {
    type Err = NotAWireFault;

    fn from_str(text: &str) -> Result<Self, NotAWireFault> {
        let pairs = text
            .split(',')
            .filter(|part| !part.trim().is_empty())
            .map(|part| {
                let (key, value) = part.split_once('=').unwrap_or((part, ""));
                (key.trim().to_owned(), value.trim().to_owned())
            });
        of_pairs(pairs.collect(), text)
    }
}

impl WireFault {
    /// A fault of a JSON object, or of a text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn of_json(value: &Value) -> Result<Self, NotAWireFault> {
        let failed = |why: &str| NotAWireFault {
            text: value.to_string(),
            why: why.to_owned(),
        };
        let object = match value {
            Value::String(text) => return text.parse(),
            Value::Object(object) => object,
            _ => return Err(failed("neither a text nor an object")),
        };
        let mut pairs = Vec::new();
        for (key, value) in object {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Bool(true) if kind(key).is_some() => String::new(),
                Value::Bool(flag) => flag.to_string(),
                Value::Null => String::new(),
                _ => {
                    return Err(failed(&format!(
                        "the value of {key} is neither text, number nor flag"
                    )));
                }
            };
            pairs.push((key.clone(), text));
        }
        let written: Vec<String> = pairs
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        of_pairs(pairs, &written.join(","))
    }
}

fn of_pairs(pairs: Vec<(String, String)>, text: &str) -> Result<WireFault, NotAWireFault> {
    read(&pairs, text).map_err(|why| NotAWireFault {
        text: text.to_owned(),
        why,
    })
}

fn read(pairs: &[(String, String)], text: &str) -> Result<WireFault, String> {
    let (kind, effect) = kind_of(pairs)?;
    let mut fault = WireFault {
        text: text.to_owned(),
        kind: kind.id,
        dns: kind.dns,
        effect,
        raw: false,
        retry_after: None,
        matching: Matching::default(),
        after: 0,
        times: None,
        per_million: 1_000_000,
        seed: 0,
    };
    let mut seen = std::collections::BTreeSet::new();
    for (key, value) in pairs {
        if !seen.insert(key.as_str()) {
            return Err(format!("{key} is given twice"));
        }
        if key != kind.id {
            set(&mut fault, key, value)?;
        }
    }
    Ok(fault)
}

fn kind_of(pairs: &[(String, String)]) -> Result<(&'static Kind, Effect), String> {
    let mut kinds = pairs
        .iter()
        .filter_map(|(key, value)| Some((kind(key)?, value)));
    let Some((found, value)) = kinds.next() else {
        let names: Vec<&str> = KINDS.iter().map(|kind| kind.id).collect();
        return Err(format!("it has no kind; kinds are {}", names.join(", ")));
    };
    if let Some((other, _)) = kinds.next() {
        return Err(format!("{} and {} are two faults", found.id, other.id));
    }
    let effect = match found.value {
        None if !value.is_empty() => None,
        _ => (found.effect)(value),
    };
    let wanted = found.value.unwrap_or("nothing");
    let effect =
        effect.ok_or_else(|| format!("the value of {} is {wanted}, not {value:?}", found.id))?;
    Ok((found, effect))
}

fn set(fault: &mut WireFault, key: &str, value: &str) -> Result<(), String> {
    let wanted = |what: &str| format!("the value of {key} is {what}, not {value:?}");
    let pattern = || Some(value.to_owned()).filter(|it| !it.is_empty());
    match key {
        "host" => fault.matching.host = pattern(),
        "method" | "type" => fault.matching.method = pattern(),
        "path" => fault.matching.path = pattern(),
        "vantage" => fault.matching.vantage = pattern(),
        "times" => fault.times = Some(value.parse().map_err(|_| wanted("a number"))?),
        "after" => fault.after = value.parse().map_err(|_| wanted("a number"))?,
        "seed" => fault.seed = value.parse().map_err(|_| wanted("a number"))?,
        "retry-after" => {
            fault.retry_after = Some(value.parse().map_err(|_| wanted("a number of seconds"))?);
        }
        "raw" => {
            fault.raw = value.is_empty() || value.parse().map_err(|_| wanted("true or false"))?
        }
        "probability" => {
            fault.per_million =
                share(value).ok_or_else(|| wanted("between 0 and 1, or a percentage"))?;
        }
        _ => return Err(unknown(key)),
    }
    Ok(())
}

/// `0.25` or `25%`, in millionths.
fn share(text: &str) -> Option<u32> {
    let (number, whole) = match text.strip_suffix('%') {
        Some(number) => (number, 10_000.0),
        None => (text, 1_000_000.0),
    };
    let share = number.parse::<f64>().ok()? * whole;
    // In range, so that the cast keeps the value.
    (0.0..=1_000_000.0).contains(&share).then_some(share as u32)
}

fn unknown(key: &str) -> String {
    let known = KEYS.iter().copied().chain(KINDS.iter().map(|kind| kind.id));
    match xtenant_source::did_you_mean(key, known) {
        Some(meant) => format!("unknown key {key}; did you mean {meant}?"),
        None => format!("unknown key {key}; keys are {}", KEYS.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn parse(text: &str) -> WireFault {
        text.parse().unwrap()
    }

    #[test]
    fn a_fault_says_what_where_and_how_often() {
        let fault = parse(
            "status=503,host=*.vault.azure.net,times=2,retry-after=1,probability=25%,seed=7,after=1",
        );
        assert_eq!(
            (fault.kind, fault.effect, fault.times),
            ("status", Effect::Status(503), Some(2))
        );
        assert_eq!(
            (
                fault.per_million,
                fault.seed,
                fault.after,
                fault.retry_after
            ),
            (250_000, 7, 1, Some(1))
        );
        assert_eq!(fault.matching.host.as_deref(), Some("*.vault.azure.net"));
        assert_eq!(
            parse("delay=2s").effect,
            Effect::Delay(Duration::from_secs(2))
        );
        assert_eq!(parse("drop,vantage=app").effect, Effect::Drop);
        assert_eq!(parse("truncate").effect, Effect::Truncate(None));
        assert_eq!(parse("truncate=0").effect, Effect::Truncate(Some(0)));
        assert!(parse("dns-servfail,type=A").dns);
        assert!(parse("status=500,raw").raw);
    }

    #[test]
    fn json_has_the_same_keys() {
        let fault = WireFault::of_json(&json!({"status": 429, "times": 1, "raw": true})).unwrap();
        assert_eq!(
            (fault.effect, fault.times, fault.raw),
            (Effect::Status(429), Some(1), true)
        );
        assert_eq!(
            WireFault::of_json(&json!({"drop": true})).unwrap().effect,
            Effect::Drop
        );
        assert_eq!(
            WireFault::of_json(&json!("drip=5")).unwrap().effect,
            Effect::Drip(5)
        );
        for bad in [
            json!(1),
            json!({"status": [1]}),
            json!({}),
            json!({"status": 200}),
        ] {
            assert!(WireFault::of_json(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, why) in [
            ("", "it has no kind"),
            ("host=x", "it has no kind"),
            ("status=200", "the value of status is 400 to 599"),
            ("status", "the value of status is 400 to 599"),
            ("drop=1", "the value of drop is nothing"),
            ("drop,delay=1s", "drop and delay are two faults"),
            ("drop,hots=x", "did you mean host?"),
            ("drop,times=many", "the value of times is a number"),
            ("drop,times=1,times=2", "times is given twice"),
            ("drop,probability=2", "between 0 and 1"),
            ("drop,probability=NaN", "between 0 and 1"),
            ("drip=0", "bytes per second"),
        ] {
            let error = text.parse::<WireFault>().unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
