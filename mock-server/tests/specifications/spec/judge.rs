//! What do a request and its answer do that the specification does not say?
//!
//! Of a request that was refused, only the answer is looked at: it was wrong on purpose.

use std::collections::BTreeMap;
use std::rc::Rc;

use jsonschema::Validator;
use serde_json::Value;

use super::path::{Values, matches, precision};
use super::schema::{Way, written};
use super::{Documented, Specifications, formats, parameters, xml};
use crate::exchange::Exchange;

/// Headers that must be there when they are documented; an answer that is final needs no address to ask at.
const EXPECTED_HEADERS: &[&str] = &["etag", "last-modified"];
const EXPECTED_OF_UNFINISHED: &[&str] = &["azure-asyncoperation", "location"];

/// Findings that the service itself gives: where it answers other than its specification says. Part of the operation's
/// file, part of the finding, and why.
pub(crate) const DEVIATIONS: &[(&str, &str, &str)] = &[
    (
        "network/2024-01-01/",
        "response: Additional properties are not allowed ('error' was unexpected)",
        "the default answer is described without the envelope `error` that ARM puts around every refusal",
    ),
    (
        "imds/",
        "response: Additional properties are not allowed ('refresh_token' was unexpected)",
        "it is there and empty (how-to-use-vm-token of entra-docs)",
    ),
    (
        "storage-blob-data/",
        "response: Additional properties are not allowed ('Code' was unexpected)",
        "the definition of an error has its message alone; the service sends the code first (Status and Error Codes)",
    ),
    (
        "storage-blob-data/",
        "\"Deleted\" is a required property",
        "only blobs that were deleted are marked (List Blobs)",
    ),
    (
        "storage-blob-data/",
        "\"Snapshot\" is a required property",
        "only snapshots have one (List Blobs)",
    ),
    (
        "web/2023-12-01/",
        "properties: Additional properties are not allowed ('sku' was unexpected)",
        "the tier of the app's plan, named by the specification from 2024-04-01 on; Azure CLI reads it in this version",
    ),
];

/// Headers of Blob that the specification has at other operations, or that every answer of the service has.
const HEADERS_OF_OTHERS: &[&str] = &[
    // Documented for HEAD, sent to GET as well.
    "x-ms-access-tier",
    "x-ms-access-tier-inferred",
    "x-ms-access-tier-change-time",
    // Of every refusal.
    "x-ms-error-code",
    "x-ms-request-id",
    "x-ms-version",
];

/// Compares exchanges with the specifications.
pub(crate) struct Judge<'s> {
    specifications: &'s Specifications,
    validators: BTreeMap<String, Rc<Validator>>,
}

/// Which operation an exchange is, and what is wrong with it.
pub(crate) struct Judged<'s> {
    pub(crate) operation: &'s Documented,
    pub(crate) findings: Vec<String>,
}

impl<'s> Judge<'s> {
    pub(crate) fn new(specifications: &'s Specifications) -> Self {
        Self {
            specifications,
            validators: BTreeMap::new(),
        }
    }

    /// Nothing when no specification has the operation.
    pub(crate) fn judge(&mut self, exchange: &Exchange) -> Option<Judged<'s>> {
        let (operation, values) = find(self.specifications, exchange)?;
        let mut findings = Vec::new();
        if exchange.is_success() {
            findings.extend(parameters::check(operation, exchange, &values));
            findings.extend(self.request_body(operation, exchange));
        }
        findings.extend(self.response(operation, exchange));
        let is_deviation = |finding: &String| {
            let mut known = DEVIATIONS.iter();
            known.any(|(file, part, _)| operation.file.starts_with(file) && finding.contains(part))
        };
        findings.retain(|finding| !is_deviation(finding));
        Some(Judged {
            operation,
            findings,
        })
    }

    fn request_body(&mut self, operation: &Documented, exchange: &Exchange) -> Vec<String> {
        let Some(parameter) = operation.parameters.iter().find(|it| it.is_in("body")) else {
            let has = !exchange.request_body.is_empty() && exchange.request_body != b"{}";
            return has
                .then(|| "request: a body where none is documented".to_owned())
                .into_iter()
                .collect();
        };
        if exchange.request_body.is_empty() {
            let missing = parameter.is_required();
            return missing
                .then(|| "request: the body is missing".to_owned())
                .into_iter()
                .collect();
        }
        let place = format!("{} {} request", operation.file, operation.id);
        let schema = &parameter.value["schema"];
        self.body(
            &place,
            &parameter.file,
            schema,
            Way::Request,
            &exchange.request_body,
        )
    }

    fn response(&mut self, operation: &Documented, exchange: &Exchange) -> Vec<String> {
        let status = exchange.status.to_string();
        let responses = &operation.item["responses"];
        let documented = match responses.get(&status) {
            Some(documented) => documented,
            None if exchange.status < 400 => {
                return vec![format!("response: status {status} is not documented")];
            }
            None => match responses.get("default") {
                Some(documented) => documented,
                // Network's older operations say nothing of refusals.
                None => return Vec::new(),
            },
        };
        let (file, documented) = self.specifications.follow(&operation.file, documented);
        let mut findings = headers(operation, &documented, exchange);
        let is_head = operation.method == "HEAD";
        match documented.get("schema") {
            Some(schema) if !is_head => {
                let has = !exchange.response_body.is_empty() || schema["type"] == "file";
                if has {
                    let place = format!("{} {} {status}", operation.file, operation.id);
                    let body = &exchange.response_body;
                    findings.extend(self.body(&place, &file, schema, Way::Response, body));
                } else if !is_begun(operation, exchange) {
                    findings.push(format!("response: {status} without its body"));
                }
            }
            _ if !exchange.response_body.is_empty() && !is_head && exchange.is_success() => {
                findings.push(format!(
                    "response: {status} with a body that is not documented"
                ));
            }
            _ => {}
        }
        findings
    }

    fn body(
        &mut self,
        place: &str,
        file: &str,
        schema: &Value,
        way: Way,
        body: &[u8],
    ) -> Vec<String> {
        let side = if way == Way::Request {
            "request"
        } else {
            "response"
        };
        if schema["type"] == "file" || schema["format"] == "file" {
            return Vec::new();
        }
        let text = String::from_utf8_lossy(body);
        let read = if text.trim_start_matches('\u{feff}').starts_with('<') {
            xml::as_json(self.specifications, file, schema, &text)
        } else {
            serde_json::from_str(&text).map_err(|error| error.to_string())
        };
        let value = match read {
            Ok(value) => value,
            Err(error) => return vec![format!("{side}: {error}: {text}")],
        };
        let specifications = self.specifications;
        let validator = self
            .validators
            .entry(place.to_owned())
            .or_insert_with(|| {
                let schema = written(specifications, file, schema, way);
                Rc::new(formats::validator(&schema))
            })
            .clone();
        let errors = validator.iter_errors(&value);
        errors
            .map(|error| {
                let mut told = error.to_string();
                if told.len() > 300 {
                    let from = told.len() - 200;
                    let from = (from..told.len()).find(|at| told.is_char_boundary(*at));
                    told = format!("…{}", &told[from.unwrap_or_default()..]);
                }
                format!("{side}{}: {told}", error.instance_path)
            })
            .collect()
    }
}

/// A long operation that has begun may have nothing to say yet.
fn is_begun(operation: &Documented, exchange: &Exchange) -> bool {
    operation.item["x-ms-long-running-operation"] == true && matches!(exchange.status, 201 | 202)
}

/// The operation that a request means, of the specification whose version it names where there are several.
fn find<'s>(
    specifications: &'s Specifications,
    exchange: &Exchange,
) -> Option<(&'s Documented, Values)> {
    let version = exchange
        .query
        .iter()
        .find(|(name, _)| name == "api-version");
    let own = |operation: &Documented| {
        let info = &specifications.document(&operation.file)["info"]["version"];
        version.is_some_and(|(_, version)| info == version.as_str())
    };
    let candidates = specifications.operations.iter().filter(|operation| {
        operation.method == exchange.method && is_for(&operation.file, &exchange.host)
    });
    let fitting = candidates.filter_map(|operation| {
        let values = matches(operation, &exchange.path, &exchange.query)?;
        Some((operation, values))
    });
    fitting.max_by_key(|(operation, _)| (own(operation), precision(operation)))
}

/// Does the file describe this host?
fn is_for(file: &str, host: &str) -> bool {
    let data = ["imds/", "keyvault-data/", "storage-blob-data/"];
    if host == "169.254.169.254" {
        file.starts_with("imds/")
    } else if host.ends_with(".vault.azure.net") {
        file.starts_with("keyvault-data/")
    } else if host.ends_with(".blob.core.windows.net") {
        file.starts_with("storage-blob-data/")
    } else {
        host == "management.azure.com" && !data.iter().any(|it| file.starts_with(it))
    }
}

fn headers(operation: &Documented, documented: &Value, exchange: &Exchange) -> Vec<String> {
    let mut findings = Vec::new();
    let known = documented["headers"].as_object();
    for (name, documented) in known.into_iter().flatten() {
        let name = name.to_lowercase();
        match exchange.response_headers.get(&name) {
            Some(value) => {
                let fault = parameters::differs(documented, value);
                findings.extend(fault.map(|it| format!("response: {name} is {value}: {it}")));
            }
            None if EXPECTED_HEADERS.contains(&name.as_str())
                || (exchange.status > 200 && EXPECTED_OF_UNFINISHED.contains(&name.as_str())) =>
            {
                findings.push(format!("response: the header {name} is missing"));
            }
            None => {}
        }
    }
    let is_long = operation.item["x-ms-long-running-operation"] == true;
    let polls = ["azure-asyncoperation", "location"];
    if is_long
        && exchange.status == 202
        && !polls
            .iter()
            .any(|it| exchange.response_headers.contains_key(*it))
    {
        findings.push("response: 202 without an address to ask at".to_owned());
    }
    if operation.file.starts_with("storage-blob-data/") {
        let ours = exchange.response_headers.keys();
        let unknown = ours.filter(|name| {
            let is_known =
                known.is_some_and(|it| it.keys().any(|key| key.eq_ignore_ascii_case(name)));
            name.starts_with("x-ms-")
                && !is_known
                && !name.starts_with("x-ms-meta")
                && !HEADERS_OF_OTHERS.contains(&name.as_str())
        });
        findings.extend(unknown.map(|it| format!("response: the header {it} is not documented")));
    }
    findings
}
