//! JSON values to nodes and back: facts enter the tree and resolved parameters leave it this way.

use serde_json::{Number, Value as Json};

use crate::core_schema::{Resolved, resolve};
use crate::file::Span;
use crate::node::{Key, Map, Node, Scalar, ScalarStyle, Value};

/// What stands in JSON and in `Debug` in place of a secret.
pub const SECRET_MARK: &str = "«secret»";

impl Node {
    /// The tree of a JSON value; every node of it gets the same span.
    #[must_use]
    pub fn from_json(value: &Json, span: Span) -> Self {
        let plain = |text: String| Scalar::new(text, ScalarStyle::Plain).into();
        let value = match value {
            Json::Null => Value::Null,
            Json::Bool(value) => plain(value.to_string()),
            Json::Number(number) => plain(number.to_string()),
            Json::String(text) => Scalar::new(text, ScalarStyle::Quoted).into(),
            Json::Array(values) => Value::Seq(
                values
                    .iter()
                    .map(|value| Self::from_json(value, span))
                    .collect(),
            ),
            Json::Object(entries) => entries
                .iter()
                .map(|(name, value)| (Key::new(name, span), Self::from_json(value, span)))
                .collect::<Map>()
                .into(),
        };
        Self { span, value }
    }

    /// The tree as JSON, plain scalars typed by the core schema. Secrets become [`SECRET_MARK`]; a number that JSON
    /// cannot hold stays a text.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match &self.value {
            Value::Null => Json::Null,
            Value::Scalar(scalar) => scalar_to_json(scalar),
            Value::Seq(nodes) => nodes.iter().map(Self::to_json).collect(),
            Value::Map(map) => map
                .iter()
                .map(|(key, node)| (key.name.clone(), node.to_json()))
                .collect(),
        }
    }
}

fn scalar_to_json(scalar: &Scalar) -> Json {
    if scalar.secret {
        return SECRET_MARK.into();
    }
    let typed = match scalar.style {
        ScalarStyle::Plain => plain_to_json(&scalar.text),
        ScalarStyle::Quoted | ScalarStyle::Substituted => None,
    };
    typed.unwrap_or_else(|| scalar.text.as_str().into())
}

fn plain_to_json(text: &str) -> Option<Json> {
    match resolve(text) {
        Resolved::Bool(value) => Some(value.into()),
        Resolved::Float(number) => Number::from_f64(number).map(Json::Number),
        Resolved::Int(number) => Number::from_i128(number).map(Json::Number),
        Resolved::Null => Some(Json::Null),
        Resolved::Text => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{SourceFile, parse};

    #[test]
    fn json_survives_the_way_through_the_tree() {
        let value = json!({"b": [1, -2.5, true, null, "007", {}], "a": {"x": u64::MAX}});
        assert_eq!(Node::from_json(&value, Span::new(3, 5)).to_json(), value);
    }

    #[test]
    fn quoted_scalars_stay_texts_and_large_numbers_keep_their_digits() {
        let file = SourceFile::new("f", "['1', 2, 123456789012345678901234567890, .inf]");
        let json = parse(&file).unwrap().to_json();
        assert_eq!(
            json,
            json!(["1", 2, "123456789012345678901234567890", ".inf"])
        );
    }

    #[test]
    fn a_secret_leaves_its_mark_only() {
        let mut scalar = Scalar::new("hunter2", ScalarStyle::Substituted);
        scalar.secret = true;
        assert_eq!(
            Node::new(scalar, Span::default()).to_json(),
            json!("«secret»")
        );
    }
}
