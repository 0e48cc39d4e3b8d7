//! XML as it is written: elements with attributes, every character that means something escaped.

use std::fmt::Display;
use std::io::{self, Write};

/// Writes one document, element by element.
pub(super) struct Xml<'w> {
    out: &'w mut dyn Write,
    open: Vec<&'static str>,
}

impl<'w> Xml<'w> {
    /// Begins a document.
    pub(super) fn new(out: &'w mut dyn Write) -> io::Result<Self> {
        writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        Ok(Self {
            out,
            open: Vec::new(),
        })
    }

    /// Opens an element.
    pub(super) fn open(
        &mut self,
        name: &'static str,
        attributes: &[(&str, &dyn Display)],
    ) -> io::Result<()> {
        self.tag(name, attributes)?;
        writeln!(self.out, ">")?;
        self.open.push(name);
        Ok(())
    }

    /// Closes the innermost open element.
    pub(super) fn close(&mut self) -> io::Result<()> {
        match self.open.pop() {
            Some(name) => writeln!(self.out, "{:1$}</{name}>", "", 2 * self.open.len()),
            None => Ok(()),
        }
    }

    /// An element with nothing in it.
    pub(super) fn empty(
        &mut self,
        name: &'static str,
        attributes: &[(&str, &dyn Display)],
    ) -> io::Result<()> {
        self.tag(name, attributes)?;
        writeln!(self.out, "/>")
    }

    /// An element with a text in it.
    pub(super) fn text(
        &mut self,
        name: &'static str,
        attributes: &[(&str, &dyn Display)],
        text: &str,
    ) -> io::Result<()> {
        self.tag(name, attributes)?;
        writeln!(self.out, ">{}</{name}>", escaped(text, false))
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &dyn Display)]) -> io::Result<()> {
        write!(self.out, "{:1$}<{name}", "", 2 * self.open.len())?;
        for (name, value) in attributes {
            write!(
                self.out,
                " {name}=\"{}\"",
                escaped(&value.to_string(), true)
            )?;
        }
        Ok(())
    }
}

/// The text without characters that XML 1.0 cannot hold, and with those escaped that mean something.
fn escaped(text: &str, is_attribute: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            // `]]>` may not stand in a text.
            '>' => escaped.push_str("&gt;"),
            '"' if is_attribute => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' if is_attribute => {
                escaped.push_str(&format!("&#{};", u32::from(letter)));
            }
            '\r' => escaped.push_str("&#13;"),
            '\t' | '\n' => escaped.push(letter),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_comes_back_from_a_parser_unless_xml_cannot_hold_it() {
        for text in ["", "a<b>&\"c\"'", "]]>", "a\nb\tc\rd", "é 🦀", "&amp;"] {
            let mut bytes = Vec::new();
            let mut xml = Xml::new(&mut bytes).unwrap();
            xml.open("a", &[("x", &text)]).unwrap();
            xml.text("b", &[], text).unwrap();
            xml.close().unwrap();
            let written = String::from_utf8(bytes).unwrap();
            let document = roxmltree::Document::parse(&written).unwrap();
            let root = document.root_element();
            assert_eq!(root.attribute("x"), Some(text));
            let inner = root.first_element_child().unwrap();
            assert_eq!(inner.text().unwrap_or_default(), text);
        }
        assert_eq!(
            escaped("a\u{0}\u{1b}[31m\u{ffff}", true),
            "a\u{fffd}\u{fffd}[31m\u{fffd}"
        );
    }
}
