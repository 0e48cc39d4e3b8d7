//! What every ARM resource has, and small tools to fill in what Azure fills in.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::store::Resource;

/// As [`resource`], for types whose definition has no `provisioningState`.
pub fn without_provisioning_state(given: &Resource) -> Value {
    let mut body = resource(given);
    if let Some(properties) = body["properties"].as_object_mut() {
        properties.shift_remove("provisioningState");
    }
    body
}

/// The resource as given, with `id`, `name` and `type` in front and `provisioningState: Succeeded` unless it says else.
pub fn resource(given: &Resource) -> Value {
    let mut body = Map::new();
    for key in ["id", "name", "type"] {
        body.insert(
            key.to_owned(),
            given.body.get(key).cloned().unwrap_or_default(),
        );
    }
    for (key, value) in &given.body {
        body.insert(key.clone(), value.clone());
    }
    let mut body = Value::Object(body);
    default(&mut body, "provisioningState", json!("Succeeded"));
    body
}

/// Sets a property that was not given.
pub fn default(body: &mut Value, property: &str, value: Value) {
    let properties = &mut body["properties"];
    if properties.is_null() {
        *properties = json!({});
    }
    if properties.get(property).is_none_or(Value::is_null) {
        properties[property] = value;
    }
}

/// Sets a property that Azure derives, whatever was given.
pub fn derive(body: &mut Value, property: &str, value: Value) {
    let properties = &mut body["properties"];
    if !properties.is_object() {
        *properties = json!({});
    }
    properties[property] = value;
}

/// `W/"guid"`: the entity tag that Microsoft.Network shows.
pub fn etag(given: &Resource, shown: &Value) -> Value {
    json!(format!("W/\"{}\"", tag(given, shown)))
}

/// The GUID of an entity tag: another one after each write, and when what is shown changes. How far a long-running
/// operation has come makes no difference: who wrote a resource may write it again with the tag of the first answer.
pub fn tag(given: &Resource, shown: &Value) -> String {
    fingerprint(&given.id, given.version, shown)
}

/// As [`etag`], for what is no resource of its own.
pub fn derived_etag(id: &str, shown: &Value) -> Value {
    json!(format!("W/\"{}\"", fingerprint(id, 0, shown)))
}

fn fingerprint(id: &str, version: usize, shown: &Value) -> String {
    let mut shown = shown.clone();
    if let Some(properties) = shown.get_mut("properties").and_then(Value::as_object_mut) {
        properties.shift_remove("provisioningState");
    }
    let text = format!("xtenant:etag:{}:{version}:{shown}", id.to_ascii_lowercase());
    Uuid::new_v5(&Uuid::NAMESPACE_URL, text.as_bytes()).to_string()
}
