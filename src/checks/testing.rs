//! What every unit test of `judge` wants: parameters from JSON, a verdict taken apart, and proof that its sentence and
//! commands can be filled.

use std::collections::BTreeSet;

use schemars::SchemaGenerator;
use serde_json::Value;

use super::{AnyCheck, Check};
use crate::outcome::{Cause, IF_KNOWN, OTHERWISE, Reason, Verdict};
use crate::timestamp::Timestamp;

/// Values that the settle step knows for every finding.
pub(super) const ALWAYS_KNOWN: &[&str] = &[
    "tenant",
    "owner",
    "workload-application",
    "workload-tenant",
    "vantage-network",
    "managed-identity",
    "tenant-name",
    "workload-home",
];

/// The check with these parameters.
pub(super) fn check<C: Check>(parameters: Value) -> C {
    serde_json::from_value(parameters).unwrap()
}

/// The moment at which tests judge.
pub(super) fn now() -> Timestamp {
    Timestamp::parse("2026-11-22T09:00:00Z").unwrap()
}

/// Judges, once directly and once from the report's JSON: both must agree.
pub(super) fn judged<C: Check>(check: &C, seen: &C::Seen) -> Verdict {
    let verdict = Check::judge(check, seen, now());
    let again = AnyCheck::judge(check, &serde_json::to_value(seen).unwrap(), now()).unwrap();
    assert_eq!(again.verdict, verdict, "judgement from a report differs");
    verdict
}

/// Asserts that the link broke with this cause, and that the cause can be told.
pub(super) fn broken<C: Check>(check: &C, seen: &C::Seen, cause: &str) -> Reason {
    match judged(check, seen) {
        Verdict::Broken(reason) => told::<C>(reason, cause),
        other => panic!("expected {cause}, got {other:?}"),
    }
}

/// Asserts that the link holds with exactly this warning.
pub(super) fn warned<C: Check>(check: &C, seen: &C::Seen, warning: &str) -> Reason {
    match judged(check, seen) {
        Verdict::HoldsBut(reasons) if reasons.len() == 1 => {
            told::<C>(reasons.into_iter().next().unwrap(), warning)
        }
        other => panic!("expected the warning {warning}, got {other:?}"),
    }
}

fn told<C: Check>(reason: Reason, expected: &str) -> Reason {
    assert_eq!(reason.cause, expected, "{reason:?}");
    let cause = C::CARD.cause(expected).unwrap();
    let parameters = parameters::<C>();
    let given = |name: &str| reason.values.contains_key(name) || ALWAYS_KNOWN.contains(&name);
    for name in placeholders(cause.says) {
        assert!(
            given(base(name)) || parameters.required.contains(base(name)),
            "{expected} cannot say {{{name}}}"
        );
    }
    for name in surely_filled(cause.fix).flat_map(placeholders) {
        assert!(
            given(base(name)) || parameters.all.contains(base(name)),
            "{expected} cannot fill {{{name}}}"
        );
    }
    reason
}

/// The parameters of a check by name.
pub(super) struct Parameters {
    pub(super) all: BTreeSet<String>,
    pub(super) required: BTreeSet<String>,
}

/// Reads the names from the JSON Schema.
pub(super) fn parameters<C: Check>() -> Parameters {
    parameters_of(
        &serde_json::to_value(SchemaGenerator::default().into_root_schema_for::<C>()).unwrap(),
    )
}

pub(super) fn parameters_of(schema: &Value) -> Parameters {
    let names = |value: Option<&Value>| match value {
        Some(Value::Object(map)) => map.keys().cloned().collect(),
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect(),
        _ => BTreeSet::new(),
    };
    Parameters {
        all: names(schema.get("properties")),
        required: names(schema.get("required")),
    }
}

/// The commands that nothing stands in for.
pub(super) fn surely_filled(fix: &[&'static str]) -> impl Iterator<Item = &'static str> {
    let has_stand_in = |at: usize| {
        fix.get(at + 1)
            .is_some_and(|next| next.starts_with(OTHERWISE))
    };
    let sure = fix.iter().enumerate().filter(|(at, own)| {
        !own.starts_with(OTHERWISE) && !own.starts_with(IF_KNOWN) && !has_stand_in(*at)
    });
    sure.map(|(_, own)| *own).collect::<Vec<_>>().into_iter()
}

/// The names between braces.
pub(super) fn placeholders(template: &str) -> Vec<&str> {
    template
        .split('{')
        .skip(1)
        .map(|rest| rest.split_once('}').expect("a closing brace").0)
        .collect()
}

/// `zone` of `{zone.parent.name}`: what a derived placeholder is derived from.
pub(super) fn base(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// Every text of a cause that may hold placeholders.
pub(super) fn templates(cause: &Cause) -> impl Iterator<Item = &'static str> {
    std::iter::once(cause.says).chain(cause.fix.iter().copied())
}
