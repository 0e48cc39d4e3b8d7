//! Types and values in the words of people who write YAML, not of serde.

use serde::de::{Expected, Unexpected};

use crate::clip::quote;
use crate::core_schema::{Resolved, resolve};
use crate::node::{Node, Scalar, ScalarStyle, Value};

/// What a node holds, for "unexpected …". A secret is not shown.
pub(super) fn unexpected(node: &Node) -> String {
    match &node.value {
        Value::Null => "no value given".into(),
        Value::Map(_) => "unexpected map".into(),
        Value::Seq(_) => "unexpected list".into(),
        Value::Scalar(scalar) => format!("unexpected {}", scalar_words(scalar)),
    }
}

fn scalar_words(scalar: &Scalar) -> String {
    if scalar.secret {
        return "secret".into();
    }
    let kind = match scalar.style {
        ScalarStyle::Plain => match resolve(&scalar.text) {
            Resolved::Float(_) | Resolved::Int(_) => "number",
            Resolved::Bool(_) => "boolean",
            Resolved::Null | Resolved::Text => "text",
        },
        ScalarStyle::Quoted | ScalarStyle::Substituted => "text",
    };
    format!("{kind} {}", quote(&scalar.text))
}

/// What a visitor was given.
pub(super) fn found(found: &Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => format!("boolean `{value}`"),
        Unexpected::Unsigned(number) => format!("number `{number}`"),
        Unexpected::Signed(number) => format!("number `{number}`"),
        Unexpected::Float(number) => format!("number `{number}`"),
        Unexpected::Char(letter) => format!("text `{letter}`"),
        Unexpected::Str(text) => format!("text {}", quote(text)),
        Unexpected::Unit | Unexpected::Option => "empty value".into(),
        Unexpected::Seq => "list".into(),
        Unexpected::Map => "map".into(),
        Unexpected::UnitVariant => "name without a value".into(),
        Unexpected::NewtypeVariant | Unexpected::TupleVariant | Unexpected::StructVariant => {
            "name with a value".into()
        }
        other => other.to_string(),
    }
}

/// What a visitor wanted.
pub(super) fn expected(wanted: &dyn Expected) -> String {
    let text = wanted.to_string();
    let first = text.split(' ').next().unwrap_or_default();
    match (text.as_str(), first) {
        ("a string" | "a borrowed string" | "string", _) => "a text".into(),
        ("a boolean", _) => "`true` or `false`".into(),
        ("a sequence", _) | (_, "tuple") => "a list".into(),
        ("unit", _) => "no value".into(),
        (_, "struct") => "a map".into(),
        (_, "enum") => "a name, or a map with a name as its only key".into(),
        ("u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" | "isize", _) => {
            "a whole number".into()
        }
        ("f32" | "f64", _) => "a number".into(),
        _ => text,
    }
}
