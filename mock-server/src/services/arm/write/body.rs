//! What does a client want written? The body of a request, and what every resource has in it.
//!
//! Texts in quotes are ARM's own where a source is named; the others are ours.

use http::StatusCode;
use serde_json::{Map, Value};

use super::fields::join;
use super::{Body, Kind, Location, Patch, Verb, Write};
use crate::ids::ResourceId;
use crate::request::{Reply, Request};
use crate::services::arm::errors::{bad_request, conflict, error};

/// What a client may send beside `location` and `tags` and is kept; the rest of the envelope is Azure's to say.
const KEPT: &[&str] = &[
    "properties",
    "sku",
    "kind",
    "identity",
    "zones",
    "plan",
    "managedBy",
    "extendedLocation",
];
/// Levels of a body: as many as a world file may have, so that a state with it can be read again. Azure's own limit is not
/// documented.
const DEEPEST: usize = 90;
/// Limits of tags (azure-docs, `azure-resource-manager/management/tag-resources.md`).
const MOST_TAGS: usize = 50;
const LONGEST_TAG_NAME: usize = 512;
const LONGEST_TAG_VALUE: usize = 256;

/// The JSON object in the body of a request.
///
/// # Errors
/// 415 for another content type, 400 `InvalidRequestContent` with the place in the text.
pub fn object(request: &Request) -> Result<Body, Reply> {
    require_json(request)?;
    let text = request.body.strip_prefix(b"\xef\xbb\xbf");
    let text = text.unwrap_or(&request.body);
    if text.is_empty() {
        return Err(invalid(
            "the request has no body where a JSON object is expected",
        ));
    }
    match serde_json::from_slice(text) {
        Ok(value) if is_deeper_than(&value, DEEPEST) => {
            Err(invalid(&format!("it is more than {DEEPEST} levels deep")))
        }
        Ok(Value::Object(object)) => Ok(object),
        Ok(other) => Err(invalid(&format!(
            "a JSON object is expected at the top, {} was found",
            kind_of(&other)
        ))),
        Err(error) => Err(invalid(&error.to_string())),
    }
}

fn is_deeper_than(value: &Value, levels: usize) -> bool {
    let Some(left) = levels.checked_sub(1) else {
        return value.is_object() || value.is_array();
    };
    match value {
        Value::Object(map) => map.values().any(|it| is_deeper_than(it, left)),
        Value::Array(list) => list.iter().any(|it| is_deeper_than(it, left)),
        _ => false,
    }
}

/// 400 `InvalidRequestContent`: "The request content was invalid and could not be deserialized: '…'".
pub fn invalid(why: &str) -> Reply {
    bad_request(
        "InvalidRequestContent",
        &format!("The request content was invalid and could not be deserialized: '{why}'."),
    )
}

fn require_json(request: &Request) -> Result<(), Reply> {
    let given = request.header("content-type").unwrap_or_default();
    let media = given.split(';').next().unwrap_or_default().trim();
    let media = media.to_ascii_lowercase();
    let fits = media == "application/json"
        || media == "text/json"
        || (media.starts_with("application/") && media.ends_with("+json"));
    if fits {
        return Ok(());
    }
    let given = if given.is_empty() { "<null>" } else { given };
    Err(error(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "UnsupportedMediaType",
        &format!(
            "The content media type '{given}' is not supported. Only 'application/json' is supported."
        ),
    ))
}

/// What the body says of itself is what the path says.
///
/// # Errors
/// 400, naming both.
pub fn fits(body: &Body, id: &ResourceId) -> Result<(), Reply> {
    for (key, of_path, code) in [
        ("id", id.as_str(), "MismatchingResourceId"),
        ("name", &id.name, "MismatchingResourceName"),
        ("type", &id.resource_type, "MismatchingResourceType"),
    ] {
        match body.get(key) {
            None | Some(Value::Null) => {}
            Some(Value::String(said)) if said.eq_ignore_ascii_case(of_path) => {}
            Some(said) => {
                let message = format!(
                    "The resource {key} {said} in the request body does not match the resource {key} '{of_path}' in the request URL."
                );
                return Err(bad_request(code, &message));
            }
        }
    }
    Ok(())
}

/// The body as it is kept: location and tags checked, what is Azure's to say taken out.
///
/// # Errors
/// 400 for a missing or wrong location or tags, 409 for another location than the resource has.
pub fn envelope<K: Kind>(write: &Write<'_>, given: Body) -> Result<Body, Reply> {
    let mut kept = Map::new();
    if K::LOCATION != Location::None {
        if let Some(location) = location::<K>(write, &given)? {
            kept.insert("location".to_owned(), location);
        }
        if let Some(tags) = tags(&given)? {
            kept.insert("tags".to_owned(), tags);
        }
    }
    for (key, value) in given {
        if KEPT.contains(&key.as_str()) && !value.is_null() {
            kept.insert(key, value);
        }
    }
    let properties = kept
        .entry("properties")
        .or_insert_with(|| Value::Object(Map::new()));
    let Some(properties) = properties.as_object_mut() else {
        return Err(invalid("a JSON object is expected at 'properties'"));
    };
    properties.shift_remove("provisioningState");
    Ok(kept)
}

/// What an existing resource becomes by a PATCH.
pub fn patched(mut existing: Body, patch: Body, how: Patch) -> Body {
    for (key, value) in patch {
        match (key.as_str(), how) {
            ("tags", _) | ("location", Patch::Tags) => {
                existing.insert(key, value);
            }
            (_, Patch::Tags) => {}
            (_, Patch::Merge) => {
                merge(existing.entry(key).or_insert(Value::Null), value);
            }
        }
    }
    existing
}

/// RFC 7396 §2.
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(target) = target.as_object_mut() else {
        return;
    };
    for (key, value) in patch {
        if value.is_null() {
            target.shift_remove(&key);
        } else {
            merge(target.entry(key).or_insert(Value::Null), value);
        }
    }
}

fn location<K: Kind>(write: &Write<'_>, given: &Body) -> Result<Option<Value>, Reply> {
    let before = write.existing.and_then(|it| it.body.get("location"));
    let given = match given.get("location") {
        Some(Value::String(given)) if !given.trim().is_empty() => region(given),
        Some(Value::String(_) | Value::Null) | None => {
            return match write.verb {
                Verb::Patch => Ok(before.cloned()),
                Verb::Put | Verb::Delete => Err(location_required()),
            };
        }
        Some(other) => {
            let found = kind_of(other);
            return Err(invalid(&format!(
                "a string is expected at 'location', {found} was found"
            )));
        }
    };
    if K::LOCATION == Location::Global && given != "global" {
        return Err(bad_request(
            "LocationNotAvailableForResourceType",
            &format!(
                "The provided location '{given}' is not available for resource type '{}'. List of available regions for the resource type is 'global'.",
                K::TYPE
            ),
        ));
    }
    match before.and_then(Value::as_str) {
        Some(before) if region(before) != given => Err(moved(write.id, before, &given)),
        _ => Ok(Some(Value::from(given))),
    }
}

/// `West Europe` is `westeurope`.
fn region(text: &str) -> String {
    text.replace(' ', "").to_ascii_lowercase()
}

/// The text is that of captured answers (pulumi/pulumi-azure-native #215).
fn location_required() -> Reply {
    bad_request(
        "LocationRequired",
        "The location property is required for this definition.",
    )
}

fn moved(id: &ResourceId, before: &str, given: &str) -> Reply {
    let name = &id.name;
    let group = id.resource_group.as_deref().unwrap_or_default();
    if id.resource_type == crate::store::RESOURCE_GROUPS {
        let message = format!(
            "Invalid resource group location '{given}'. The Resource group already exists in location '{before}'."
        );
        return conflict("InvalidResourceGroupLocation", &message);
    }
    let message = format!(
        "The resource '{name}' already exists in location '{before}' in resource group '{group}'. A resource with the same name cannot be created in location '{given}'. Please select a new resource name."
    );
    conflict("InvalidResourceLocation", &message)
}

fn tags(given: &Body) -> Result<Option<Value>, Reply> {
    match given.get("tags") {
        None | Some(Value::Null) => Ok(None),
        Some(tags) => checked_tags(tags).map(|tags| Some(Value::Object(tags))),
    }
}

/// Tags, as they may be.
///
/// # Errors
/// 400 for what is no object of strings, for too many, and for too long ones.
pub fn checked_tags(tags: &Value) -> Result<Body, Reply> {
    let tags = match tags {
        Value::Object(tags) => tags,
        other => {
            let found = kind_of(other);
            return Err(invalid(&format!(
                "a JSON object of strings is expected at 'tags', {found} was found"
            )));
        }
    };
    if tags.len() > MOST_TAGS {
        return Err(bad_request(
            "TooManyTags",
            &format!(
                "a resource has at most {MOST_TAGS} tags, {} were given",
                tags.len()
            ),
        ));
    }
    for (name, value) in tags {
        let at = join("tags", name);
        let Value::String(value) = value else {
            return Err(invalid(&format!(
                "a string is expected at '{at}', {} was found",
                kind_of(value)
            )));
        };
        let longest = (LONGEST_TAG_NAME, LONGEST_TAG_VALUE);
        if name.is_empty() || name.chars().count() > longest.0 || value.chars().count() > longest.1
        {
            let message = format!(
                "the name of a tag has 1 to {LONGEST_TAG_NAME} characters and its value at most {LONGEST_TAG_VALUE}: {at:.80}"
            );
            return Err(bad_request("InvalidTag", &message));
        }
    }
    Ok(tags.clone())
}

/// What a value is, for messages.
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
