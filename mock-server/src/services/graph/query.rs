//! OData queries as far as clients use them: `$filter` with `eq`, `$select`, `$top`, `$count`, pages by `@odata.nextLink`.

use serde_json::{Value, json};

use super::errors;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::page::encode;

/// Items of a page by default and at most (microsoft-graph-docs, `paging`).
const PAGE: usize = 100;
const LARGEST_PAGE: usize = 999;

/// A filter by one property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filter {
    /// Property name as written.
    pub property: String,
    /// The value that it must have.
    pub value: String,
}

impl Filter {
    /// Reads `appId eq '…'` and `servicePrincipalNames/any(c:c eq '…')`; nothing when it is neither.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some((property, inner)) = text.split_once("/any(") {
            let (variable, body) = inner.strip_suffix(')')?.split_once(':')?;
            let compared = Self::parse(body)?;
            let fits = compared.property == variable.trim();
            return fits.then(|| Self {
                property: property.to_owned(),
                value: compared.value,
            });
        }
        let (property, value) = text.split_once(" eq ")?;
        let value = value.trim().strip_prefix('\'')?.strip_suffix('\'')?;
        let plain =
            !property.trim().contains([' ', '(', '\'']) && !value.replace("''", "").contains('\'');
        plain.then(|| Self {
            property: property.trim().to_owned(),
            value: value.replace("''", "'"),
        })
    }

    /// Does an object have that value there? Lists have it when an item is equal.
    pub(super) fn takes(&self, object: &Value) -> bool {
        let equal = |value: &Value| {
            value
                .as_str()
                .is_some_and(|text| text.eq_ignore_ascii_case(&self.value))
        };
        match &object[self.property.as_str()] {
            Value::Array(items) => items.iter().any(equal),
            value => equal(value),
        }
    }
}

/// The filter of a request, if it has one.
///
/// # Errors
/// 400 for a filter that is not supported, or on a property that may not be filtered by.
pub(super) fn filter(
    request: &Request,
    context: &Context,
    properties: &[&str],
) -> Result<Option<Filter>, Reply> {
    let Some(text) = request
        .query("$filter")
        .filter(|text| !text.trim().is_empty())
    else {
        return Ok(None);
    };
    let filter =
        Filter::parse(text).filter(|filter| properties.contains(&filter.property.as_str()));
    let refused = || {
        errors::bad_request(
            "Unsupported or invalid query filter clause specified.",
            request,
            context,
        )
    };
    filter.map(Some).ok_or_else(refused)
}

/// One object, with `@odata.context`.
pub(super) fn single(kind: &str, object: Value, request: &Request) -> Reply {
    let mut body = json!({"@odata.context": format!("https://graph.microsoft.com/v1.0/$metadata#{kind}/$entity")});
    if let (Some(body), Value::Object(selected)) = (body.as_object_mut(), select(object, request)) {
        body.extend(selected);
    }
    Reply::ok(&body)
}

/// One page of objects.
pub(super) fn page(kind: &str, objects: Vec<Value>, request: &Request, context: &Context) -> Reply {
    let size = match request.query("$top").map(str::parse::<usize>) {
        None => PAGE,
        Some(Ok(size)) if (1..=LARGEST_PAGE).contains(&size) => size,
        Some(_) => return errors::bad_request("Invalid page size specified.", request, context),
    };
    let start = match request.query("$skiptoken").map(str::parse::<usize>) {
        None => 0,
        Some(Ok(start)) if start <= objects.len() => start,
        Some(_) => return errors::bad_request("Skip token is not valid.", request, context),
    };
    let end = objects.len().min(start + size);
    let total = objects.len();
    let mut body =
        json!({"@odata.context": format!("https://graph.microsoft.com/v1.0/$metadata#{kind}")});
    if request
        .query("$count")
        .is_some_and(|count| count.eq_ignore_ascii_case("true"))
    {
        body["@odata.count"] = json!(total);
    }
    if end < total {
        body["@odata.nextLink"] = json!(next_link(request, end));
    }
    body["value"] = objects
        .into_iter()
        .skip(start)
        .take(size)
        .map(|object| select(object, request))
        .collect();
    Reply::ok(&body)
}

/// Keeps what `$select` names; annotations stay.
fn select(object: Value, request: &Request) -> Value {
    let (Some(names), Value::Object(object)) = (
        request.query("$select").filter(|it| !it.is_empty()),
        &object,
    ) else {
        return object;
    };
    let names: Vec<&str> = names.split(',').map(str::trim).collect();
    let kept = object
        .iter()
        .filter(|(key, _)| key.starts_with('@') || names.contains(&key.as_str()));
    kept.map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn next_link(request: &Request, start: usize) -> String {
    let kept = request
        .query
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("$skiptoken"));
    let kept: String = kept
        .map(|(name, value)| format!("{}={}&", encode(name), encode(value)))
        .collect();
    format!(
        "https://{}{}?{kept}$skiptoken={start}",
        request.host, request.path
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filters_of_clients_are_read() {
        let filter = Filter::parse("appId eq 'x'").unwrap();
        assert_eq!(
            (filter.property.as_str(), filter.value.as_str()),
            ("appId", "x")
        );
        let filter = Filter::parse("servicePrincipalNames/any(c:c eq 'x')").unwrap();
        assert_eq!(filter.property, "servicePrincipalNames");
        assert!(filter.takes(&json!({"servicePrincipalNames": ["y", "X"]})));
        for text in [
            "appId ne 'x'",
            "appId eq x",
            "appId eq 'x' or appId eq 'y'",
            "a/any(c:d eq 'x')",
            "startswith(a,'b')",
        ] {
            assert_eq!(Filter::parse(text), None, "{text}");
        }
    }
}
