//! Blob's bodies as JSON: the schema says which elements are lists, numbers and texts (`xml` of OpenAPI 2.0).

use roxmltree::{Document, Node};
use serde_json::{Map, Value, json};

use super::Specifications;

/// The JSON of a document whose root element stands for this schema.
pub(crate) fn as_json(
    specifications: &Specifications,
    file: &str,
    schema: &Value,
    text: &str,
) -> Result<Value, String> {
    let document =
        Document::parse(text.trim_start_matches('\u{feff}')).map_err(|error| error.to_string())?;
    Ok(read(specifications, file, schema, document.root_element()))
}

fn read(specifications: &Specifications, file: &str, schema: &Value, node: Node<'_, '_>) -> Value {
    let (file, schema) = specifications.follow(file, schema);
    let text = node.text().unwrap_or_default();
    match schema["type"].as_str() {
        Some("integer" | "number") => text.parse::<i64>().map_or(json!(text), |it| json!(it)),
        Some("boolean") => text.parse::<bool>().map_or(json!(text), |it| json!(it)),
        Some("string") => json!(text),
        Some("array") => elements(node)
            .map(|item| read(specifications, &file, &schema["items"], item))
            .collect(),
        _ => object(specifications, &file, &schema, node),
    }
}

fn object(
    specifications: &Specifications,
    file: &str,
    schema: &Value,
    node: Node<'_, '_>,
) -> Value {
    let mut found = Map::new();
    let named: Vec<(String, String, Value)> = properties(specifications, file, schema);
    for attribute in node.attributes() {
        let property = named.iter().find(|(xml, _, _)| xml == attribute.name());
        let name = property.map_or(attribute.name(), |(_, name, _)| name);
        found.insert(name.to_owned(), json!(attribute.value()));
    }
    for child in elements(node) {
        let tag = child.tag_name().name();
        match named.iter().find(|(xml, _, _)| xml == tag) {
            Some((_, name, property)) => {
                let (of, target) = specifications.follow(file, property);
                if target["type"] == "array" && !is_wrapped(&target) {
                    let item = read(specifications, &of, &target["items"], child);
                    let list = found.entry(name.clone()).or_insert_with(|| json!([]));
                    list.as_array_mut().unwrap().push(item);
                } else {
                    found.insert(name.clone(), read(specifications, file, property, child));
                }
            }
            None => {
                let text = child.text().unwrap_or_default();
                found.insert(tag.to_owned(), json!(text));
            }
        }
    }
    // A list without an element around it has none of its own when it is empty.
    for (_, name, property) in &named {
        let (_, target) = specifications.follow(file, property);
        if target["type"] == "array" && !is_wrapped(&target) {
            found.entry(name.clone()).or_insert_with(|| json!([]));
        }
    }
    if elements(node).next().is_none() && named.iter().any(|(_, name, _)| name == "content") {
        found.insert("content".to_owned(), json!(node.text().unwrap_or_default()));
    }
    Value::Object(found)
}

/// Name of the element, name of the property, schema.
fn properties(
    specifications: &Specifications,
    file: &str,
    schema: &Value,
) -> Vec<(String, String, Value)> {
    let own = schema["properties"].as_object().into_iter().flatten();
    own.map(|(name, property)| {
        let (_, target) = specifications.follow(file, property);
        let said = [property, &target]
            .into_iter()
            .find_map(|it| it["xml"]["name"].as_str())
            .map(str::to_owned);
        let item = specifications.follow(file, &target["items"]).1;
        let unwrapped = (target["type"] == "array" && !is_wrapped(&target)).then(|| {
            let said = item["xml"]["name"].as_str();
            // The specification forgets this one: `BlobPrefix` has no name of its own.
            let referred = target["items"]["$ref"].as_str();
            let of_definition = referred.and_then(|it| it.rsplit('/').next());
            said.or(of_definition).map(str::to_owned)
        });
        let unwrapped = unwrapped.flatten();
        let xml = unwrapped.or(said).unwrap_or_else(|| name.clone());
        (xml, name.clone(), property.clone())
    })
    .collect()
}

fn is_wrapped(schema: &Value) -> bool {
    schema["xml"]["wrapped"] == true
}

fn elements<'a, 'i>(node: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(Node::is_element)
}
