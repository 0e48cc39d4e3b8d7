//! The JSON Schema of a scenario file, made from the types that read it.

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::document::{Document, LinkKeys, Plain};
use super::name::Name;
use crate::checks::KINDS;

/// The JSON Schema (draft 2020-12) of a scenario. Wherever something else than a free text is wanted, a text with a
/// variable (`${name}`) is accepted as well.
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<Document>();
    RecursiveTransform(remove_null).transform(&mut schema);
    OrVariable.transform(&mut schema);
    schema.to_value()
}

/// The rows of a matrix.
pub(super) struct Matrix;

impl JsonSchema for Matrix {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Matrix".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let row = generator.subschema_for::<BTreeMap<Name, Plain>>();
        json_schema!({ "type": "array", "minItems": 1, "items": row })
    }
}

/// The links of a chain.
pub(super) struct Links;

impl JsonSchema for Links {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Links".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "minItems": 1, "items": generator.subschema_for::<Link>() })
    }
}

/// One link: the common keys, and exactly one that names a check of [`KINDS`].
struct Link;

impl JsonSchema for Link {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Link".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = LinkKeys::json_schema(generator);
        let one_check: Vec<_> = KINDS
            .iter()
            .map(|kind| json!({ "required": [kind.card.id] }))
            .collect();
        if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
            properties.extend(KINDS.iter().map(|kind| {
                let mut parameters = kind.schema(generator);
                parameters.insert("description".to_owned(), kind.card.sentence.into());
                (kind.card.id.to_owned(), parameters.to_value())
            }));
        }
        schema.insert(
            "description".to_owned(),
            "A named claim, and the check that proves it.".into(),
        );
        schema.insert("oneOf".to_owned(), one_check.into());
        schema
    }
}

/// Lets a text with a variable stand for whatever is no free text.
struct OrVariable;

/// Definitions in which variables are not filled in.
const LITERAL: [&str; 1] = ["VariableKeys"];

impl Transform for OrVariable {
    fn transform(&mut self, schema: &mut Schema) {
        let literal = take_literal(schema);
        transform_subschemas(self, schema);
        put_back(schema, literal);
        let Some(object) = schema.as_object_mut() else {
            return;
        };
        if is_strict_leaf(object) {
            wrap(object);
        } else if object
            .get("oneOf")
            .and_then(Value::as_array)
            .is_some_and(|branches| !chooses_keys(branches))
        {
            // A variable fits several branches.
            if let Some(branches) = object.remove("oneOf") {
                object.insert("anyOf".to_owned(), branches);
            }
        }
    }
}

/// A key that may be left out need not be given as null as well.
fn remove_null(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(branches)) = object.get_mut("anyOf") {
        branches.retain(|branch| branch != &json!({ "type": "null" }));
        if let [Value::Object(only)] = &branches[..] {
            let only = only.clone();
            object.remove("anyOf");
            object.extend(only.into_iter().filter(|(word, _)| word != "description"));
        }
    }
}

/// Takes out the definitions in which nothing changes.
fn take_literal(schema: &mut Schema) -> Vec<(String, Value)> {
    let Some(definitions) = schema.get_mut("$defs").and_then(Value::as_object_mut) else {
        return Vec::new();
    };
    LITERAL
        .iter()
        .filter_map(|name| definitions.remove_entry(*name))
        .collect()
}

fn put_back(schema: &mut Schema, literal: Vec<(String, Value)>) {
    if let Some(definitions) = schema.get_mut("$defs").and_then(Value::as_object_mut) {
        definitions.extend(literal);
        definitions.sort_keys();
    }
}

/// Whether the branches only choose which key is there.
fn chooses_keys(branches: &[Value]) -> bool {
    branches.iter().all(|branch| {
        branch
            .as_object()
            .is_some_and(|object| object.len() == 1 && object.contains_key("required"))
    })
}

/// Whether a schema wants one value, and not just any text.
fn is_strict_leaf(schema: &Map<String, Value>) -> bool {
    let is_collection = |name: &str| matches!(name, "array" | "object");
    let types: Vec<_> = match schema.get("type") {
        Some(Value::String(name)) => vec![name.as_str()],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is_restricted = ["const", "enum", "format", "pattern"]
        .iter()
        .any(|word| schema.contains_key(*word));
    let takes_variables = schema
        .get("pattern")
        .and_then(Value::as_str)
        .is_some_and(|pattern| pattern.contains(r"\$\{"));
    match &types[..] {
        _ if takes_variables => false,
        [] => is_restricted,
        names if names.iter().any(|name| is_collection(name)) => false,
        names => is_restricted || !names.contains(&"string"),
    }
}

/// `{…}` becomes `{anyOf: [{…}, a text with a variable]}`; what describes it stays outside.
fn wrap(schema: &mut Map<String, Value>) {
    let mut inner = std::mem::take(schema);
    for word in ["title", "description", "default"] {
        if let Some((word, text)) = inner.remove_entry(word) {
            schema.insert(word, text);
        }
    }
    schema.insert(
        "anyOf".to_owned(),
        json!([inner, { "type": "string", "pattern": r"\$\{" }]),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceFile, parse};

    fn accepts(text: &str) -> bool {
        let schema = jsonschema::validator_for(&schema()).unwrap();
        let node = parse(&SourceFile::new("scenario.yaml", text)).unwrap();
        schema.is_valid(&node.to_json())
    }

    /// A scenario of one link with these keys.
    fn with(link: &str) -> String {
        format!("version: 1\nscenario: s\nlinks:\n- {link}\n")
    }

    #[test]
    fn accepts_the_scenarios_of_this_repository() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
        for file in crate::scenario::find(&[folder.into()]).unwrap() {
            assert!(
                accepts(&std::fs::read_to_string(&file).unwrap()),
                "{}",
                file.display()
            );
        }
    }

    #[test]
    fn accepts_variables_wherever_no_free_text_is_wanted() {
        let check = "token-exchanged: {scope: '${s}'}";
        assert!(accepts(&with(&format!(
            "{{id: '${{i}}', within: '${{w}}', expect: '${{e}}', tags: ['${{t}}'], {check}}}"
        ))));
        let head = "variables: {s: {default: 5, secret: true}}\nidentities: {a: auto, b: '${x}', c: {client-secret: {tenant: t, application: '${a}', secret: '${s}'}}}\n";
        assert!(accepts(
            &(head.to_owned() + &with(&format!("{{id: a, {check}}}")))
        ));
        assert!(!accepts(&with(&format!("{{id: a, within: 5, {check}}}"))));
    }

    #[test]
    fn refuses_what_the_loader_refuses() {
        let check = "token-exchanged: {scope: s}";
        assert!(accepts(&with(&format!("{{id: a, {check}}}"))));
        for text in [
            with("{id: a}"),
            with(&format!("{{{check}}}")),
            with(&format!("{{id: a, colour: red, {check}}}")),
            with(&format!(
                "{{id: a, {check}, application-multi-tenant: {{application: '${{a}}'}}}}"
            )),
            with("{id: a, token-exchanged: {}}"),
            with(&format!("{{id: a, {check}}}")).replace("version: 1", "version: 2"),
            with(&format!("{{id: a, {check}}}")).replace("scenario: s", "scenario: S S"),
            "variables: {a: {secret: '${b}'}}\n".to_owned() + &with(&format!("{{id: a, {check}}}")),
        ] {
            assert!(!accepts(&text), "{text}");
        }
    }
}
