//! What OpenAPI's and Azure's names of formats mean; a format that is not here or in JSON Schema is not looked at.

use jsonschema::{Draft, ValidationOptions, Validator};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// A validator that looks at formats too.
pub(crate) fn validator(schema: &Value) -> Validator {
    options()
        .build(schema)
        .unwrap_or_else(|error| panic!("{error}: {schema:#}"))
}

fn options() -> ValidationOptions {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .with_format("date-time", |text| {
            OffsetDateTime::parse(text, &Rfc3339).is_ok()
        })
        .with_format("date-time-rfc1123", is_http_date)
        .with_format("byte", is_base64)
        .with_format("arm-id", is_arm_id)
        .with_format("file", |_| true)
}

/// `Tue, 24 Nov 2026 18:00:00 GMT`.
pub(crate) fn is_http_date(text: &str) -> bool {
    let zoned = text.strip_suffix(" GMT").map(|it| format!("{it} +0000"));
    zoned.is_some_and(|it| OffsetDateTime::parse(&it, &Rfc2822).is_ok())
}

fn is_base64(text: &str) -> bool {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .is_ok()
}

/// `/subscriptions/…`, `/providers/…`: pairs of type and name.
fn is_arm_id(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split('/').skip(1).collect();
    let begins = matches!(parts.first(), Some(&"subscriptions" | &"providers"));
    begins && parts.len() > 1 && !parts.iter().any(|part| part.is_empty())
}
