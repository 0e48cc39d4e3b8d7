//! What every ARM resource has, and small tools to fill in what Azure fills in.

use serde_json::{Map, Value, json};

use crate::services::private_endpoint::derived_guid;
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

/// `W/"guid"`: the entity tag of Microsoft.Network, the same as long as the resource is.
pub fn etag(id: &str) -> Value {
    json!(format!("W/\"{}\"", derived_guid(id, "etag")))
}
