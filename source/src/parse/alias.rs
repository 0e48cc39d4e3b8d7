//! Anchored values and how often they may be copied.

use std::collections::HashMap;

use crate::file::Span;
use crate::node::Node;
use crate::parse::builder::Built;

/// What aliases may copy in total: about this many bytes.
const COPY_LIMIT: usize = 16 << 20;
/// What a node costs beside its text.
const NODE_COST: usize = 64;

/// The anchors of a document and the budget of their copies.
#[derive(Default)]
pub(super) struct Anchors {
    finished: HashMap<usize, Built>,
    copied: usize,
}

/// Why an alias cannot be resolved.
pub(super) enum Refused {
    Bomb,
    InsideItself,
}

impl Anchors {
    /// Remembers a finished value; anchor 0 is none.
    pub(super) fn keep(&mut self, anchor: usize, built: &Built) {
        if anchor != 0 {
            self.finished.insert(anchor, built.clone());
        }
    }

    /// A copy of the anchored value, standing at the alias. What is inside keeps its place.
    pub(super) fn copy(&mut self, anchor: usize, span: Span) -> Result<Built, Refused> {
        let built = self.finished.get(&anchor).ok_or(Refused::InsideItself)?;
        self.copied = self.copied.saturating_add(cost(built));
        if self.copied > COPY_LIMIT {
            return Err(Refused::Bomb);
        }
        let node = Node {
            span,
            value: built.node.value.clone(),
        };
        Ok(Built { node, ..*built })
    }
}

fn cost(built: &Built) -> usize {
    built.nodes * NODE_COST + built.bytes
}
