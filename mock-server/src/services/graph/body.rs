//! Bodies of writes: which properties may be written, and what each takes.
//!
//! Unknown and read-only properties are refused; annotations (`@odata.type`) are passed over. Names and types are those of
//! `graph/v1.0/graph-v1.0-cut.csdl.xml`.

use serde_json::{Map, Value};

use super::errors::Refused;
use crate::ids::is_guid;

/// What a property takes. All take null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    Flag,
    /// A list of anything.
    List,
    Object,
    /// Nothing: Graph writes it.
    ReadOnly,
    Text,
    /// A list of texts.
    Texts,
}

/// Name and type of a property.
pub(super) type Property = (&'static str, Takes);

/// Longest text of a property; no property of these objects takes more.
const TEXT_LIMIT: usize = 1024;

/// Checks a body; the properties that it writes.
pub(super) fn check<'b>(
    body: &'b Map<String, Value>,
    properties: &[Property],
    of: &str,
) -> Result<Vec<(&'b str, &'b Value)>, Refused> {
    let mut written = Vec::new();
    for (name, value) in body.iter().filter(|(name, _)| !name.contains('@')) {
        let known = properties.iter().find(|(known, _)| known == name);
        let Some((_, takes)) = known else {
            return Err(Refused::bad_request(format!("Invalid property '{name}'.")));
        };
        if *takes == Takes::ReadOnly {
            let message = format!("Property '{name}' is read-only and cannot be set.");
            return Err(Refused::bad_request(message));
        }
        if !fits(*takes, value) {
            return Err(Refused::invalid_value(name, of));
        }
        written.push((name.as_str(), value));
    }
    Ok(written)
}

fn fits(takes: Takes, value: &Value) -> bool {
    let short = |text: &str| text.chars().count() <= TEXT_LIMIT;
    match (takes, value) {
        (Takes::ReadOnly, _) => false,
        (_, Value::Null) | (Takes::Flag, Value::Bool(_)) | (Takes::Object, Value::Object(_)) => {
            true
        }
        (Takes::Text, Value::String(text)) => short(text),
        (Takes::List, Value::Array(_)) => true,
        (Takes::Texts, Value::Array(items)) => {
            items.iter().all(|item| item.as_str().is_some_and(short))
        }
        _ => false,
    }
}

/// An id that the body must hold.
pub(super) fn guid<'b>(
    body: &'b Map<String, Value>,
    name: &str,
    of: &str,
) -> Result<&'b str, Refused> {
    match (body.get(name), text(body, name)) {
        (None | Some(Value::Null), _) => Err(Refused::missing_value(name, of)),
        (_, Some(id)) if is_guid(id) => Ok(id),
        _ => Err(Refused::invalid_value(name, of)),
    }
}

/// A text of a body; nothing for null and for what is not there.
pub(super) fn text<'b>(body: &'b Map<String, Value>, name: &str) -> Option<&'b str> {
    body.get(name).and_then(Value::as_str)
}

/// The texts of a value.
pub(super) fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The object ids that links of `name@odata.bind` or `@odata.id` end with, in one tenant's directory.
pub(super) fn linked_id(link: &str) -> Option<&str> {
    let (_, path) = link
        .strip_prefix("https://graph.microsoft.com/")?
        .split_once('/')?;
    let (collection, id) = path.trim_matches('/').rsplit_once('/')?;
    let known = ["directoryObjects", "servicePrincipals", "groups", "users"];
    let collection = collection.rsplit('/').next()?;
    known
        .iter()
        .any(|it| it.eq_ignore_ascii_case(collection))
        .then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_end_with_an_id() {
        for (link, id) in [
            (
                "https://graph.microsoft.com/v1.0/directoryObjects/x",
                Some("x"),
            ),
            (
                "https://graph.microsoft.com/v1.0/servicePrincipals/x/",
                Some("x"),
            ),
            (
                "https://graph.microsoft.com/v1.0/tenant/directoryObjects/x",
                Some("x"),
            ),
            ("https://graph.example/v1.0/directoryObjects/x", None),
            ("https://graph.microsoft.com/v1.0/x", None),
            ("x", None),
        ] {
            assert_eq!(linked_id(link), id, "{link}");
        }
    }
}
