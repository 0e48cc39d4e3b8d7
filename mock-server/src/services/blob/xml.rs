//! XML of the blob service's lists and errors, written by hand: a few elements, every text escaped.

use std::collections::BTreeMap;

use crate::services::arm::page::encode;

/// Text as it may stand in an element or an attribute; what XML has no characters for is replaced.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' => escaped.push(character),
            other if !is_character(other) => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

/// `<name>text</name>`, the text escaped.
pub(super) fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}

/// A resource's name: percent-encoded, and marked so, when XML cannot hold it as it is (rest-api `list-blobs`, since
/// version 2021-02-12).
pub(super) fn named(name: &str) -> String {
    if name.chars().all(is_character) {
        element("Name", name)
    } else {
        format!("<Name Encoded=\"true\">{}</Name>", encode(name))
    }
}

/// `<Metadata>`; names are identifiers.
pub(super) fn metadata(given: &BTreeMap<String, String>) -> String {
    let inner: String = given
        .iter()
        .map(|(name, text)| element(name, text))
        .collect();
    format!("<Metadata>{inner}</Metadata>")
}

/// Can a reader get it back unchanged? Line breaks it would fold.
fn is_character(character: char) -> bool {
    character >= ' ' && !matches!(character, '\u{fffe}' | '\u{ffff}')
}
