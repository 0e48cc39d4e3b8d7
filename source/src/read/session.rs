//! What all nodes of one reading share.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::file::{SourceFile, Span};
use crate::node::{Key, Node, Value};
use crate::problem::Problem;
use crate::read::error::{At, Error, Mistake};
use crate::read::memory::Memory;
use crate::read::value::NodeReader;
use crate::read::{Mode, Reference};

pub(super) struct Session<'a> {
    file: &'a Arc<SourceFile>,
    pub(super) mode: Mode,
    problems: RefCell<Vec<Problem>>,
    references: RefCell<Vec<Reference>>,
    pub(super) memory: RefCell<Memory>,
    /// Counts repaired values met. An error above such a value may be a consequence of the repair.
    repairs_met: Cell<usize>,
    is_first: bool,
}

/// How a pass ended.
pub(super) enum Pass<T> {
    /// The value, and no problem anywhere.
    Value(T),
    /// A problem that was repaired; there may be more behind it.
    Again,
    /// All there is to find is found.
    Done,
}

impl<'a> Session<'a> {
    pub(super) fn new(file: &'a Arc<SourceFile>, mode: Mode) -> Self {
        Self {
            file,
            mode,
            problems: RefCell::default(),
            references: RefCell::default(),
            memory: RefCell::default(),
            repairs_met: Cell::new(0),
            is_first: true,
        }
    }

    /// Reads the whole node once.
    pub(super) fn pass<T: DeserializeOwned>(&self, node: &Node) -> Pass<T> {
        match self.at(node, |reader| T::deserialize(reader)) {
            Ok(value) if self.problems() == 0 => Pass::Value(value),
            Err(Error::Repaired) => Pass::Again,
            Ok(_) | Err(_) => Pass::Done,
        }
    }

    /// Prepares another pass.
    pub(super) fn again(&mut self) {
        self.is_first = false;
    }

    pub(super) fn problems(&self) -> usize {
        self.problems.borrow().len()
    }

    /// The problems in file order; one that was met in several passes counts once.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by(|a, b| a.order().cmp(&b.order()));
        problems.dedup_by(|a, b| a.span == b.span && a.title == b.title);
        problems
    }

    pub(super) fn into_references(self) -> Vec<Reference> {
        self.references.into_inner()
    }

    pub(super) fn refer(&self, reference: Reference) {
        self.references.borrow_mut().push(reference);
    }

    /// Reads one node; an error that is at no node yet is at this one.
    pub(super) fn at<'n, T>(
        &'n self,
        node: &'n Node,
        read: impl FnOnce(NodeReader<'n>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let before = self.repairs_met.get();
        read(NodeReader::new(self, node)).map_err(|error| match error {
            Error::Open(mistake) => self.settle(*mistake, node, self.repairs_met.get() != before),
            settled => settled,
        })
    }

    /// Turns a mistake into a problem at its node, unless it is the consequence of a repair.
    fn settle(&self, mistake: Mistake, node: &Node, repaired: bool) -> Error {
        if let At::Missing(name) = mistake.at {
            return self.settle_missing(mistake, name, node);
        }
        if !repaired {
            self.note(mistake, node);
        }
        Error::Noted
    }

    fn settle_missing(&self, mistake: Mistake, name: &'static str, node: &Node) -> Error {
        let is_there = node.as_map().is_some_and(|map| map.contains(name));
        if is_there || !self.memory.borrow_mut().add_absent(node, name) {
            return Error::Noted;
        }
        self.note(mistake, node);
        Error::Repaired
    }

    /// Notes a mistake at a node as a problem.
    pub(super) fn note(&self, mistake: Mistake, node: &Node) {
        let span = span_of(&mistake.at, node);
        let problem = match &node.value {
            Value::Scalar(scalar) if scalar.secret && !matches!(mistake.at, At::Span(_)) => {
                Problem::at(
                    self.file,
                    span,
                    "the value of this secret variable does not fit here",
                )
            }
            _ => Problem::at(self.file, span, mistake.title),
        };
        let hint = mistake.hint;
        let expected = mistake.expected;
        let problem = Problem {
            expected,
            hint,
            ..problem
        };
        self.problems.borrow_mut().push(problem);
    }

    /// Notes a key that no field of the struct has. When it looks like a field, that field is not missing as well.
    pub(super) fn note_unknown(&self, node: &Node, key: &Key, fields: &'static [&'static str]) {
        self.note(
            Mistake::unknown("key", &key.name, fields).at(At::Span(key.span)),
            node,
        );
        let meant = crate::did_you_mean(&key.name, fields.iter().copied());
        let is_there = |name| node.as_map().is_some_and(|map| map.contains(name));
        if let Some(name) = meant.filter(|&name| !is_there(name)) {
            self.memory.borrow_mut().add_absent(node, name);
        }
    }

    /// A repaired value was met.
    pub(super) fn met_repair(&self) {
        self.repairs_met.set(self.repairs_met.get() + 1);
    }

    /// An error in the value of a field: repairs it unless something inside was.
    pub(super) fn repair(&self, value: &Node, error: &Error) -> Error {
        if !matches!(error, Error::Repaired) {
            self.memory.borrow_mut().repair_further(value);
        }
        Error::Repaired
    }

    /// An error in the element `index` of a list or map: next time reading starts there, or behind it.
    pub(super) fn pass_over(&self, collection: &Node, index: usize, error: &Error) -> Error {
        let done = if matches!(error, Error::Repaired) {
            index
        } else {
            index + 1
        };
        self.memory.borrow_mut().set_done(collection, done);
        Error::Repaired
    }

    /// Where to start in a list or map.
    pub(super) fn start(&self, collection: &Node) -> usize {
        if self.is_first {
            return 0;
        }
        let done = self.memory.borrow().done(collection);
        if done > 0 {
            self.met_repair();
        }
        done
    }

    /// A list or map was read to its end. The first pass does not keep that: it is usually the only one.
    pub(super) fn end(&self, collection: &Node, count: usize) {
        if !self.is_first {
            self.memory.borrow_mut().set_done(collection, count);
        }
    }
}

fn span_of(at: &At, node: &Node) -> Span {
    let key = match (at, &node.value) {
        (At::Span(span), _) => return *span,
        (At::Key(name), Value::Map(map)) => map.key(name),
        (At::Variant, Value::Map(map)) => map.at(0).map(|(key, _)| key),
        _ => None,
    };
    key.map_or(node.span, |key| key.span)
}
