//! Values out of a body by JSON pointer, or the 400 that names the place: `/properties/issuer`.
//!
//! A value that is absent or null is not there; a value of another type is always refused.

use serde_json::{Map, Value};

use super::Body;
use super::body::{invalid, kind_of};
use crate::request::Reply;

/// A string, if it is there.
///
/// # Errors
/// 400 for another type.
pub fn text<'a>(body: &'a Body, at: &str) -> Result<Option<&'a str>, Reply> {
    typed(body, at, "a string", Value::as_str)
}

/// A string that must be there and not be empty.
///
/// # Errors
/// 400 for another type, or nothing.
pub fn required_text<'a>(body: &'a Body, at: &str) -> Result<&'a str, Reply> {
    let text = text(body, at)?.filter(|text| !text.trim().is_empty());
    text.ok_or_else(|| missing(at))
}

/// A boolean, if it is there.
///
/// # Errors
/// 400 for another type.
pub fn flag(body: &Body, at: &str) -> Result<Option<bool>, Reply> {
    typed(body, at, "a boolean", Value::as_bool)
}

/// A whole number, if it is there.
///
/// # Errors
/// 400 for another type.
pub fn number(body: &Body, at: &str) -> Result<Option<i64>, Reply> {
    typed(body, at, "a whole number", Value::as_i64)
}

/// An array, empty if it is not there.
///
/// # Errors
/// 400 for another type.
pub fn array<'a>(body: &'a Body, at: &str) -> Result<&'a [Value], Reply> {
    let array = typed(body, at, "an array", Value::as_array)?;
    Ok(array.map(Vec::as_slice).unwrap_or_default())
}

/// Strings in an array, empty if it is not there.
///
/// # Errors
/// 400 for another type.
pub fn texts<'a>(body: &'a Body, at: &str) -> Result<Vec<&'a str>, Reply> {
    let items = array(body, at)?.iter().enumerate();
    items
        .map(|(index, item)| {
            item.as_str()
                .ok_or_else(|| wrong(&format!("{at}/{index}"), "a string", item))
        })
        .collect()
}

/// An object, if it is there.
///
/// # Errors
/// 400 for another type.
pub fn object<'a>(body: &'a Body, at: &str) -> Result<Option<&'a Map<String, Value>>, Reply> {
    typed(body, at, "an object", Value::as_object)
}

/// One of these strings, as Azure spells it, whatever case was given.
///
/// # Errors
/// 400 for another type or value.
pub fn one_of(
    body: &Body,
    at: &str,
    known: &[&'static str],
) -> Result<Option<&'static str>, Reply> {
    let Some(given) = text(body, at)? else {
        return Ok(None);
    };
    let found = known.iter().find(|it| it.eq_ignore_ascii_case(given));
    found.map(|it| Some(*it)).ok_or_else(|| {
        let known = known.join(", ");
        let at = dotted(at);
        invalid(&format!(
            "the value '{given}' at '{at}' is none of: {known}"
        ))
    })
}

/// Sets a property below `properties`, which every body that is kept has.
pub fn set(body: &mut Body, property: &str, value: impl Into<Value>) {
    let properties = body
        .entry("properties")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Some(properties) = properties.as_object_mut() {
        properties.insert(property.to_owned(), value.into());
    }
}

/// Keeps only these properties: the rest is unknown to the type, or Azure's to say.
pub fn keep_only(body: &mut Body, known: &[&str]) {
    if let Some(properties) = body.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|key, _| known.contains(&key.as_str()));
    }
}

/// 400: a value that must be there is not.
pub fn missing(at: &str) -> Reply {
    invalid(&format!("a value is required at '{}'", dotted(at)))
}

/// `properties.issuer` for `/properties/issuer`, as ARM writes paths.
pub fn dotted(at: &str) -> String {
    at.trim_start_matches('/').replace('/', ".")
}

/// `tags.owner`, or `tags['a b']` for a name that is none.
pub fn join(path: &str, name: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-';
    if !name.is_empty() && name.chars().all(plain) {
        format!("{path}.{name}")
    } else {
        format!("{path}['{name}']")
    }
}

fn typed<'a, T>(
    body: &'a Body,
    at: &str,
    wanted: &str,
    read: impl Fn(&'a Value) -> Option<T>,
) -> Result<Option<T>, Reply> {
    match value(body, at)? {
        None | Some(Value::Null) => Ok(None),
        Some(value) => read(value)
            .map(Some)
            .ok_or_else(|| wrong(at, wanted, value)),
    }
}

/// The value at a pointer. What stands above it must be an object, if it is there.
fn value<'a>(body: &'a Body, at: &str) -> Result<Option<&'a Value>, Reply> {
    let mut steps = at.split('/').skip(1);
    let mut above = format!("/{}", steps.next().unwrap_or_default());
    let mut found = body.get(&above[1..]);
    for step in steps {
        found = match found {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Object(object)) => object.get(step),
            Some(Value::Array(items)) => step.parse().ok().and_then(|at: usize| items.get(at)),
            Some(other) => return Err(wrong(&above, "an object", other)),
        };
        above = format!("{above}/{step}");
    }
    Ok(found)
}

fn wrong(at: &str, wanted: &str, found: &Value) -> Reply {
    let found = kind_of(found);
    let at = dotted(at);
    invalid(&format!(
        "{wanted} is expected at '{at}', {found} was found"
    ))
}
