//! Where in the file does a value stand?

use xtenant_source::{Node, Value};

/// One step down the tree of nodes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'a> {
    /// Into a map.
    Key(&'a str),
    /// Into a list.
    Index(usize),
}

impl<'a> From<&'a str> for Step<'a> {
    fn from(key: &'a str) -> Self {
        Self::Key(key)
    }
}

impl<'a> From<&'a String> for Step<'a> {
    fn from(key: &'a String) -> Self {
        Self::Key(key)
    }
}

impl From<usize> for Step<'_> {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// The node that the steps lead to, or the last one on the way that exists, and what it is in.
pub(super) fn at<'n>(root: &'n Node, steps: &[Step<'_>]) -> (&'n Node, Option<&'n Node>) {
    let (mut node, mut above) = (root, None);
    for step in steps {
        let next = match (&node.value, step) {
            (Value::Map(map), Step::Key(key)) => map.get(key),
            (Value::Seq(nodes), Step::Index(index)) => nodes.get(*index),
            _ => None,
        };
        let Some(next) = next else { break };
        above = Some(node);
        node = next;
    }
    (node, above)
}

/// The steps, then these.
pub(super) fn below<'a>(steps: &[Step<'a>], more: &[Step<'a>]) -> Vec<Step<'a>> {
    [steps, more].concat()
}
