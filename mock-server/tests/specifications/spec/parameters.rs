//! Parameters of a request, as a specification has them.

use serde_json::{Value, json};

use super::path::Values;
use super::schema::plain;
use super::{Documented, Parameter, formats};
use crate::exchange::Exchange;

/// What the parameters of a request do that the specification does not say.
pub(crate) fn check(operation: &Documented, exchange: &Exchange, values: &Values) -> Vec<String> {
    let mut findings = Vec::new();
    for parameter in &operation.parameters {
        let name = parameter.name();
        let given = if parameter.is_in("path") {
            values.get(name).cloned()
        } else if parameter.is_in("query") {
            query(exchange, name)
        } else if parameter.is_in("header") {
            exchange.request_headers.get(&name.to_lowercase()).cloned()
        } else {
            continue;
        };
        match given {
            // A host parameter stands in the address, `x-ms-parameterized-host`.
            None if parameter.is_required() && !parameter.is_in("path") => {
                findings.push(format!(
                    "request: the {} {name} is missing",
                    parameter.value["in"]
                ));
            }
            None => {}
            Some(given) => findings.extend(wrong(parameter, &given)),
        }
    }
    for (name, _) in &exchange.query {
        let mut known = operation.parameters.iter().filter(|it| it.is_in("query"));
        if !known.any(|it| it.name().eq_ignore_ascii_case(name)) && !is_of_path(operation, name) {
            findings.push(format!(
                "request: the query parameter {name} is not documented"
            ));
        }
    }
    findings
}

fn query(exchange: &Exchange, name: &str) -> Option<String> {
    let found = exchange
        .query
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.clone())
}

/// `comp=list` of `x-ms-paths`.
fn is_of_path(operation: &Documented, name: &str) -> bool {
    let query = operation
        .path
        .split_once('?')
        .map_or("", |(_, query)| query);
    query
        .split('&')
        .any(|pair| pair.split('=').next() == Some(name))
}

fn wrong(parameter: &Parameter, given: &str) -> Option<String> {
    let name = parameter.name();
    let fault = differs(&parameter.value, given)?;
    Some(format!("request: {name} is {given}: {fault}"))
}

/// How a text differs from what a parameter or a header may be.
pub(crate) fn differs(documented: &Value, given: &str) -> Option<String> {
    let value = match documented["type"].as_str() {
        Some("integer" | "number") => given.parse::<i64>().map_or(json!(given), |it| json!(it)),
        Some("boolean") => given.parse::<bool>().map_or(json!(given), |it| json!(it)),
        Some("array") => return None,
        _ => json!(given),
    };
    let validator = formats::validator(&plain(documented));
    validator
        .iter_errors(&value)
        .next()
        .map(|it| it.to_string())
}
