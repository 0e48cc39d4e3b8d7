//! The tree: nodes with spans, scalars with their source text.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};

use indexmap::IndexMap;

use crate::file::Span;

/// A value and where it stands.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// Where the value stands in its file.
    pub span: Span,
    /// The value.
    pub value: Value,
}

impl Node {
    /// A node of this value at this place.
    #[must_use]
    pub fn new(value: impl Into<Value>, span: Span) -> Self {
        let value = value.into();
        Self { span, value }
    }

    /// The map, if the node is one.
    #[must_use]
    pub fn as_map(&self) -> Option<&Map> {
        match &self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The elements, if the node is a list.
    #[must_use]
    pub fn as_seq(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Seq(nodes) => Some(nodes),
            _ => None,
        }
    }

    /// The elements, if the node is a list; otherwise the node itself.
    #[must_use]
    pub fn one_or_many(&self) -> &[Self] {
        self.as_seq().unwrap_or(std::slice::from_ref(self))
    }

    /// The scalar, if the node is one; null is none.
    #[must_use]
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// Calls `visit` with every scalar of the tree and its span, in file order. Keys are not visited.
    pub fn walk_scalars(&self, visit: &mut dyn FnMut(&Scalar, Span)) {
        match &self.value {
            Value::Null => {}
            Value::Scalar(scalar) => visit(scalar, self.span),
            Value::Seq(nodes) => nodes.iter().for_each(|node| node.walk_scalars(visit)),
            Value::Map(map) => map.iter().for_each(|(_, node)| node.walk_scalars(visit)),
        }
    }

    /// As [`Node::walk_scalars`], and the scalars may be changed.
    pub fn walk_scalars_mut(&mut self, visit: &mut dyn FnMut(&mut Scalar, Span)) {
        match &mut self.value {
            Value::Null => {}
            Value::Scalar(scalar) => visit(scalar, self.span),
            Value::Seq(nodes) => nodes
                .iter_mut()
                .for_each(|node| node.walk_scalars_mut(visit)),
            Value::Map(map) => map
                .iter_mut()
                .for_each(|(_, node)| node.walk_scalars_mut(visit)),
        }
    }
}

/// What a node holds.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// A map with ordered keys.
    Map(Map),
    /// Nothing: `null`, `~`, or an empty place.
    #[default]
    Null,
    /// A text whose type its reader decides.
    Scalar(Scalar),
    /// A list.
    Seq(Vec<Node>),
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}

impl From<Scalar> for Value {
    fn from(scalar: Scalar) -> Self {
        Self::Scalar(scalar)
    }
}

impl From<Vec<Node>> for Value {
    fn from(nodes: Vec<Node>) -> Self {
        Self::Seq(nodes)
    }
}

/// How a scalar came to its text; decides what may be read from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarStyle {
    /// Written without quotes: a number, a boolean or a text, whatever is asked for.
    Plain,
    /// Written in quotes or as a block: always a text.
    Quoted,
    /// The value of a variable: a text, unless something else is asked for.
    Substituted,
}

/// A text that is typed when it is read.
#[derive(Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The text, escapes resolved, otherwise as written.
    pub text: String,
    /// Where the text comes from.
    pub style: ScalarStyle,
    /// Whether the text must never be shown. It may then be read as [`crate::SECRET_NAME`] only.
    pub secret: bool,
}

impl Scalar {
    /// A scalar that may be shown.
    #[must_use]
    pub fn new(text: impl Into<String>, style: ScalarStyle) -> Self {
        Self {
            text: text.into(),
            style,
            secret: false,
        }
    }
}

impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = if self.secret {
            crate::SECRET_MARK
        } else {
            &self.text
        };
        f.debug_struct("Scalar")
            .field("text", &text)
            .field("style", &self.style)
            .finish()
    }
}

/// A key of a map. Keys with the same name are equal, wherever they stand.
#[derive(Clone, Debug)]
pub struct Key {
    /// The text of the key.
    pub name: String,
    /// Where the key stands.
    pub span: Span,
}

impl Key {
    /// A key of this name at this place.
    #[must_use]
    pub fn new(name: impl Into<String>, span: Span) -> Self {
        let name = name.into();
        Self { name, span }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.name
    }
}

/// Keys and values in the order of the file; each name once.
#[derive(Clone, Debug, Default)]
pub struct Map(IndexMap<Key, Node>);

impl Map {
    /// An empty map.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is an entry of this name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The value of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.0.get(name)
    }

    /// The value of this name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Node> {
        self.0.get_mut(name)
    }

    /// The key of this name, which knows its place.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&Key> {
        self.0.get_key_value(name).map(|(key, _)| key)
    }

    /// The entry at a position.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<(&Key, &Node)> {
        self.0.get_index(index)
    }

    /// Adds an entry at the end. When the name is taken, the key stays where it is and the old value is returned.
    pub fn insert(&mut self, key: Key, value: Node) -> Option<Node> {
        self.0.insert(key, value)
    }

    /// Takes an entry out; the others keep their order.
    pub fn remove(&mut self, name: &str) -> Option<(Key, Node)> {
        self.0.shift_remove_entry(name)
    }

    /// The entries in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Key, &Node)> {
        self.0.iter()
    }

    /// The entries in order, values to be changed.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&Key, &mut Node)> {
        self.0.iter_mut()
    }
}

impl IntoIterator for Map {
    type Item = (Key, Node);
    type IntoIter = indexmap::map::IntoIter<Key, Node>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl FromIterator<(Key, Node)> for Map {
    fn from_iter<I: IntoIterator<Item = (Key, Node)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_prints() {
        let mut scalar = Scalar::new("hunter2", ScalarStyle::Substituted);
        scalar.secret = true;
        assert!(!format!("{:?}", Node::new(scalar, Span::default())).contains("hunter2"));
    }

    #[test]
    fn removing_keeps_the_order_of_the_others() {
        let entry = |name| (Key::new(name, Span::default()), Node::default());
        let mut map = Map::from_iter(["a", "b", "c"].map(entry));
        assert!(map.remove("a").is_some());
        let names: Vec<_> = map.iter().map(|(key, _)| key.name.as_str()).collect();
        assert_eq!(names, ["b", "c"]);
    }

    #[test]
    fn walks_scalars_in_file_order() {
        let file = crate::SourceFile::new("f", "{a: 1, b: [2, {c: x}]}");
        let mut node = crate::parse(&file).unwrap();
        node.walk_scalars_mut(&mut |scalar, _| scalar.text.push('!'));
        let mut seen = Vec::new();
        node.walk_scalars(&mut |scalar, span| seen.push((scalar.text.clone(), span.start)));
        assert_eq!(
            seen,
            [("1!".into(), 4), ("2!".into(), 11), ("x!".into(), 18)]
        );
    }
}
