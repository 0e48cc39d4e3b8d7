//! One ARM resource as the world gives it: ARM's own JSON, kept as it is.
//!
//! The body stays JSON because its shape is each resource provider's business. Only what every resource has is named
//! here; `type` and `name` follow from the id.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Top-level keys that ARM knows (`common-types/resource-management/v5/types.json`), besides `id`.
pub(super) const TOP_LEVEL: &[&str] = &[
    "etag",
    "extendedLocation",
    "identity",
    "kind",
    "location",
    "managedBy",
    "name",
    "plan",
    "properties",
    "sku",
    "systemData",
    "tags",
    "type",
    "zones",
];

/// A resource's JSON body with its `id`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Resource {
    /// The whole body.
    pub body: Map<String, Value>,
}

impl Resource {
    /// A top-level text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.body.get(key).and_then(Value::as_str)
    }

    /// The id as written; empty when it is missing (the loader refuses that).
    pub fn id(&self) -> &str {
        self.text("id").unwrap_or_default()
    }

    /// `properties`, or null.
    pub fn properties(&self) -> &Value {
        self.body.get("properties").unwrap_or(&Value::Null)
    }
}

impl JsonSchema for Resource {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Resource".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let text = || json_schema!({"type": "string"});
        let object = || json_schema!({"type": "object"});
        json_schema!({
            "description": "An ARM resource in ARM's own JSON shape; type and name follow from the id.",
            "type": "object",
            "required": ["id"],
            "additionalProperties": false,
            "properties": {
                "id": text(), "type": text(), "name": text(), "location": text(), "kind": text(), "etag": text(),
                "managedBy": text(), "properties": object(), "tags": object(), "sku": object(), "identity": object(),
                "plan": object(), "extendedLocation": object(), "systemData": object(),
                "zones": {"type": "array", "items": {"type": "string"}},
            },
        })
    }
}
