//! OpenAPI 2.0's schemas as JSON Schema, stricter: a property that no part of a definition has is refused.
//!
//! What is made of what:
//! - `allOf` is flattened, so `additionalProperties: false` can stand beside all properties. A definition without any
//!   property, or with `additionalProperties`, stays open.
//! - a property that need not be there may be `null`, unless `x-nullable` is false (as Azure's own validator has it)
//! - `readOnly` properties need not be in a request; secrets and what can only be written may not be in an answer
//! - `discriminator`: the value of that property chooses the definition

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Specifications;

/// Which way a body goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Way {
    Request,
    Response,
}

/// Writes one JSON Schema: everything that is referred to becomes a definition of it.
pub(crate) struct Writer<'s> {
    specifications: &'s Specifications,
    way: Way,
    names: BTreeMap<String, String>,
    definitions: Map<String, Value>,
}

/// A definition with all that `allOf` adds to it.
#[derive(Default)]
struct Flat {
    properties: BTreeMap<String, (String, Value)>,
    required: Vec<String>,
    additional: Option<(String, Value)>,
}

/// The JSON Schema of a schema that stands in `file`.
pub(crate) fn written(
    specifications: &Specifications,
    file: &str,
    schema: &Value,
    way: Way,
) -> Value {
    let mut writer = Writer {
        specifications,
        way,
        names: BTreeMap::new(),
        definitions: Map::new(),
    };
    let top = writer.schema(file, schema, false);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [top],
        "$defs": writer.definitions,
    })
}

impl Writer<'_> {
    fn schema(&mut self, file: &str, schema: &Value, nullable: bool) -> Value {
        if let Some(reference) = schema["$ref"].as_str() {
            return self.reference(file, reference, nullable);
        }
        let written = match schema["type"].as_str() {
            Some("array") => self.array(file, schema),
            Some("string" | "integer" | "number" | "boolean") => plain(schema),
            // A file's content is not JSON, and not for us to look at.
            Some("file") => json!({}),
            _ => return self.object(file, schema, nullable),
        };
        or_null(written, nullable)
    }

    fn reference(&mut self, file: &str, reference: &str, nullable: bool) -> Value {
        let (file, name, target) = self.specifications.resolve(file, reference);
        let target = target.clone();
        let key = format!("{name} {nullable}");
        let known = self.names.get(&key).cloned();
        let short = known.unwrap_or_else(|| {
            let short = format!("d{}", self.names.len());
            self.names.insert(key, short.clone());
            let written = self.definition(&file, &name, &target, nullable);
            self.definitions.insert(short.clone(), written);
            short
        });
        json!({"$ref": format!("#/$defs/{short}")})
    }

    /// A definition of its own, or the choice that its discriminator makes.
    fn definition(&mut self, file: &str, name: &str, schema: &Value, nullable: bool) -> Value {
        let Some(property) = schema["discriminator"].as_str() else {
            return self.schema(file, schema, nullable);
        };
        let mut choices = Vec::new();
        let mut values = Vec::new();
        for (value, child) in self.children(file, name) {
            let chosen = self.schema(file, &child, nullable);
            let is = json!({"required": [property], "properties": {property: {"const": value}}});
            choices.push(json!({"if": is, "then": chosen}));
            values.push(json!(value));
        }
        let own = self.schema(file, schema, nullable);
        let other = json!({"properties": {property: {"not": {"enum": values}}}});
        choices.push(json!({"if": other, "then": own}));
        json!({"allOf": choices})
    }

    /// Definitions of the same file that are made of this one, by the value that stands for them.
    fn children(&self, file: &str, name: &str) -> Vec<(String, Value)> {
        let definitions = self.specifications.document(file)["definitions"].as_object();
        let all = definitions.into_iter().flatten();
        let made_of_it = all.filter(|(_, schema)| {
            let parts = schema["allOf"].as_array().into_iter().flatten();
            let mut references = parts.filter_map(|part| part["$ref"].as_str());
            references.any(|it| self.specifications.resolve(file, it).1 == name)
        });
        made_of_it
            .map(|(name, schema)| {
                let value = schema["x-ms-discriminator-value"].as_str().unwrap_or(name);
                (value.to_owned(), schema.clone())
            })
            .collect()
    }

    fn array(&mut self, file: &str, schema: &Value) -> Value {
        let mut written = json!({"type": "array"});
        copy(
            schema,
            &mut written,
            &["minItems", "maxItems", "uniqueItems"],
        );
        if schema["items"].is_object() {
            written["items"] = self.schema(file, &schema["items"], false);
        }
        written
    }

    fn object(&mut self, file: &str, schema: &Value, nullable: bool) -> Value {
        let mut flat = Flat::default();
        self.flatten(file, schema, &mut flat);
        if flat.properties.is_empty() && flat.additional.is_none() {
            // Azure's own validator takes anything for an object of which nothing is said.
            return json!({});
        }
        let mut properties = Map::new();
        for (name, (file, property)) in &flat.properties {
            let is_required = flat.required.contains(name);
            properties.insert(name.clone(), self.property(file, property, is_required));
        }
        let required: Vec<_> = flat
            .required
            .iter()
            .filter(|name| self.must_be_there(flat.properties.get(*name)))
            .collect();
        let additional = match &flat.additional {
            Some((file, schema)) if schema.is_object() => self.schema(file, schema, true),
            Some((_, allowed)) => allowed.clone(),
            None => json!(false),
        };
        or_null(
            json!({
                "type": "object",
                "properties": properties,
                "required": required,
                "additionalProperties": additional,
            }),
            nullable,
        )
    }

    fn flatten(&self, file: &str, schema: &Value, into: &mut Flat) {
        let (file, schema) = self.specifications.follow(file, schema);
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.flatten(&file, part, into);
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            into.properties
                .insert(name.clone(), (file.clone(), property.clone()));
        }
        let required = schema["required"].as_array().into_iter().flatten();
        into.required
            .extend(required.filter_map(Value::as_str).map(str::to_owned));
        if let Some(additional) = schema.get("additionalProperties") {
            into.additional = Some((file.clone(), additional.clone()));
        }
    }

    fn property(&mut self, file: &str, property: &Value, is_required: bool) -> Value {
        if self.way == Way::Response && self.is_only_written(file, property) {
            return json!(false);
        }
        let (_, target) = self.specifications.follow(file, property);
        let said = [property, &target]
            .into_iter()
            .find_map(|it| it["x-nullable"].as_bool());
        self.schema(file, property, said.unwrap_or(!is_required))
    }

    fn is_only_written(&self, file: &str, property: &Value) -> bool {
        let (_, target) = self.specifications.follow(file, property);
        [property, &target].into_iter().any(|it| {
            let mutability = it["x-ms-mutability"].as_array();
            it["x-ms-secret"] == true || mutability.is_some_and(|it| !it.contains(&json!("read")))
        })
    }

    fn must_be_there(&self, property: Option<&(String, Value)>) -> bool {
        let Some((file, property)) = property else {
            return true;
        };
        match self.way {
            Way::Request => {
                let (_, target) = self.specifications.follow(file, property);
                property["readOnly"] != true && target["readOnly"] != true
            }
            Way::Response => !self.is_only_written(file, property),
        }
    }
}

/// What JSON Schema has by the same name.
pub(crate) fn plain(schema: &Value) -> Value {
    let mut written = json!({"type": schema["type"]});
    let same = [
        "enum",
        "format",
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "multipleOf",
    ];
    copy(schema, &mut written, &same);
    for (bound, exclusive) in [
        ("minimum", "exclusiveMinimum"),
        ("maximum", "exclusiveMaximum"),
    ] {
        if schema[exclusive] == true {
            let limit = written[bound].take();
            written.as_object_mut().unwrap().remove(bound);
            written[exclusive] = limit;
        }
    }
    written
}

fn copy(from: &Value, to: &mut Value, names: &[&str]) {
    for name in names {
        if let Some(value) = from.get(*name) {
            to[*name] = value.clone();
        }
    }
}

/// The same, or `null`.
fn or_null(mut written: Value, nullable: bool) -> Value {
    if nullable && written["type"].is_string() {
        written["type"] = json!([written["type"], "null"]);
        if let Some(values) = written.get_mut("enum").and_then(Value::as_array_mut) {
            values.push(Value::Null);
        }
    }
    written
}
