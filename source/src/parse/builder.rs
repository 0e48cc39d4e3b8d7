//! The tree under construction: a stack of open collections.

use std::sync::Arc;

use granit_parser::{ScalarStyle as Written, StructureStyle, Tag};

use crate::core_schema::{Resolved, resolve};
use crate::file::{SourceFile, Span};
use crate::node::{Key, Map, Node, Scalar, ScalarStyle, Value};
use crate::parse::alias::{Anchors, Refused};
use crate::parse::{DEPTH_LIMIT, NODE_LIMIT, refuse};
use crate::problem::Problem;

/// A finished value and its measures.
#[derive(Clone)]
pub(super) struct Built {
    pub(super) node: Node,
    pub(super) nodes: usize,
    pub(super) bytes: usize,
    pub(super) height: usize,
    /// Whether it was written without quotes; matters for keys.
    pub(super) plain: bool,
}

/// A problem that ends the parse.
type Fatal = Box<Problem>;

pub(super) struct Builder<'a> {
    file: &'a Arc<SourceFile>,
    open: Vec<Open>,
    anchors: Anchors,
    nodes: usize,
    documents: usize,
    root: Option<Node>,
    problems: Vec<Problem>,
}

/// A collection whose end has not been seen.
struct Open {
    contents: Contents,
    span: Span,
    flow: bool,
    anchor: usize,
    nodes: usize,
    bytes: usize,
    height: usize,
}

enum Contents {
    Map(Map, Slot),
    Seq(Vec<Node>),
}

/// What a map waits for.
enum Slot {
    Key,
    /// The value of a key that was refused.
    Nothing,
    Value(Key),
}

impl<'a> Builder<'a> {
    pub(super) fn new(file: &'a Arc<SourceFile>) -> Self {
        Self {
            file,
            open: Vec::new(),
            anchors: Anchors::default(),
            nodes: 0,
            documents: 0,
            root: None,
            problems: Vec::new(),
        }
    }

    /// The tree, and all problems that did not end the parse.
    pub(super) fn finish(self) -> (Node, Vec<Problem>) {
        (self.root.unwrap_or_default(), self.problems)
    }

    pub(super) fn document(&mut self, span: Span) -> Result<(), Fatal> {
        self.documents += 1;
        if self.documents > 1 {
            return Err(refuse::second_document(self.file, span).into());
        }
        Ok(())
    }

    pub(super) fn scalar(
        &mut self,
        text: String,
        written: Written,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), Fatal> {
        let is_text = self.is_tagged_text(tag, span);
        let plain = written == Written::Plain && !is_text;
        let bytes = text.len();
        let value = if plain && resolve(&text) == Resolved::Null {
            Value::Null
        } else {
            let style = if plain {
                ScalarStyle::Plain
            } else {
                ScalarStyle::Quoted
            };
            Scalar::new(text, style).into()
        };
        let node = Node { span, value };
        let built = Built {
            node,
            nodes: 1,
            bytes,
            height: 0,
            plain,
        };
        self.anchors.keep(anchor, &built);
        self.deliver(built)
    }

    pub(super) fn open_seq(
        &mut self,
        style: StructureStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), Fatal> {
        self.open(Contents::Seq(Vec::new()), style, anchor, tag, span)
    }

    pub(super) fn open_map(
        &mut self,
        style: StructureStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), Fatal> {
        self.open(
            Contents::Map(Map::new(), Slot::Key),
            style,
            anchor,
            tag,
            span,
        )
    }

    fn open(
        &mut self,
        contents: Contents,
        style: StructureStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), Fatal> {
        if self.is_tagged_text(tag, span) {
            self.refuse_tag(tag, span);
        }
        if self.open.len() >= DEPTH_LIMIT {
            return Err(refuse::too_deep(self.file, span).into());
        }
        let flow = style == StructureStyle::Flow;
        self.open.push(Open {
            contents,
            span,
            flow,
            anchor,
            nodes: 1,
            bytes: 0,
            height: 1,
        });
        Ok(())
    }

    /// Ends the innermost collection. A block ends with its last value, not where the next one begins.
    pub(super) fn close(&mut self, end: Span) -> Result<(), Fatal> {
        let Some(mut done) = self.open.pop() else {
            return Ok(());
        };
        if done.flow {
            done.span.end = end.end;
        }
        let value = match done.contents {
            Contents::Map(map, _) => Value::Map(map),
            Contents::Seq(nodes) => Value::Seq(nodes),
        };
        let node = Node {
            span: done.span,
            value,
        };
        let built = Built {
            node,
            nodes: done.nodes,
            bytes: done.bytes,
            height: done.height,
            plain: false,
        };
        self.anchors.keep(done.anchor, &built);
        self.deliver(built)
    }

    pub(super) fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Fatal> {
        let built = self
            .anchors
            .copy(anchor, span)
            .map_err(|refused| match refused {
                Refused::Bomb => refuse::alias_bomb(self.file, span),
                Refused::InsideItself => refuse::alias_in_itself(self.file, span),
            })?;
        if built.height + self.open.len() > DEPTH_LIMIT {
            return Err(refuse::too_deep(self.file, span).into());
        }
        self.nodes += built.nodes;
        self.deliver(built)
    }

    /// Puts a finished value where it belongs.
    fn deliver(&mut self, built: Built) -> Result<(), Fatal> {
        let span = built.node.span;
        self.nodes += 1;
        if self.nodes > NODE_LIMIT {
            return Err(refuse::too_many(self.file, span, NODE_LIMIT).into());
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(built.node);
            return Ok(());
        };
        parent.grow(&built);
        match &mut parent.contents {
            Contents::Seq(nodes) => nodes.push(built.node),
            Contents::Map(map, slot) => match std::mem::replace(slot, Slot::Key) {
                Slot::Key => match key(self.file, map, built) {
                    Ok(key) => *slot = Slot::Value(key),
                    Err(problem) => {
                        *slot = Slot::Nothing;
                        self.problems.push(*problem);
                    }
                },
                Slot::Nothing => {}
                Slot::Value(key) => {
                    map.insert(key, built.node);
                }
            },
        }
        Ok(())
    }

    /// Whether the tag is `!!str`. Any other tag is a problem.
    fn is_tagged_text(&mut self, tag: Option<&Tag>, span: Span) -> bool {
        let is_text = tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
        if !is_text {
            self.refuse_tag(tag, span);
        }
        is_text
    }

    fn refuse_tag(&mut self, tag: Option<&Tag>, span: Span) {
        if let Some(tag) = tag {
            self.problems.push(refuse::tag(self.file, span, tag));
        }
    }
}

impl Open {
    fn grow(&mut self, child: &Built) {
        self.nodes += child.nodes;
        self.bytes += child.bytes;
        self.height = self.height.max(child.height + 1);
        self.span.end = self.span.end.max(child.node.span.end);
    }
}

fn key(file: &Arc<SourceFile>, map: &Map, built: Built) -> Result<Key, Fatal> {
    let span = built.node.span;
    let Value::Scalar(scalar) = built.node.value else {
        return Err(refuse::key_is_no_text(file, span).into());
    };
    if built.plain && scalar.text == "<<" {
        return Err(refuse::merge_key(file, span).into());
    }
    let key = Key::new(scalar.text, span);
    match map.key(&key.name) {
        Some(first) => Err(refuse::key_twice(file, &key, first.span).into()),
        None => Ok(key),
    }
}
