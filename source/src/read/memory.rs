//! What a reading keeps from pass to pass.

use std::collections::HashMap;

use crate::node::Node;
use crate::read::filler::Filler;

/// A node is known by its address: the tree is borrowed, so nothing moves while it is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Address(usize);

impl From<&Node> for Address {
    fn from(node: &Node) -> Self {
        Self(std::ptr::from_ref(node).addr())
    }
}

/// How to get past a value with a mistake.
#[derive(Clone, Copy)]
pub(super) enum Repair {
    /// Put a made-up value in its place; one attempt after the other.
    Fill(Filler),
    /// Leave it out.
    Skip,
}

impl Repair {
    fn first() -> Self {
        Self::Fill(Filler::default())
    }

    fn next(self) -> Self {
        match self {
            Self::Fill(filler) => filler.next().map_or(Self::Skip, Self::Fill),
            Self::Skip => Self::Skip,
        }
    }
}

/// A field that is not there.
#[derive(Clone, Copy)]
pub(super) struct Absent {
    pub(super) name: &'static str,
    pub(super) repair: Repair,
}

/// The repairs so far. Every pass that fails adds to them, so the passes come to an end.
#[derive(Default)]
pub(super) struct Memory {
    repairs: HashMap<Address, Repair>,
    absent: HashMap<Address, Vec<Absent>>,
    read: HashMap<Address, usize>,
}

impl Memory {
    /// The repair of a value, if it needs one.
    pub(super) fn repair(&self, node: &Node) -> Option<Repair> {
        self.repairs.get(&node.into()).copied()
    }

    /// Repairs a value, or tries the next way when it was repaired before.
    pub(super) fn repair_further(&mut self, node: &Node) {
        self.repairs
            .entry(node.into())
            .and_modify(|repair| *repair = repair.next())
            .or_insert_with(Repair::first);
    }

    /// The fields a struct lacks.
    pub(super) fn absent(&self, node: &Node) -> Vec<Absent> {
        self.absent.get(&node.into()).cloned().unwrap_or_default()
    }

    /// Notes that a struct lacks a field; false when that is known.
    pub(super) fn add_absent(&mut self, node: &Node, name: &'static str) -> bool {
        let absent = self.absent.entry(node.into()).or_default();
        let is_new = absent.iter().all(|field| field.name != name);
        if is_new {
            let repair = Repair::first();
            absent.push(Absent { name, repair });
        }
        is_new
    }

    /// Tries the next way to make up a field.
    pub(super) fn repair_absent_further(&mut self, node: &Node, name: &str) {
        let absent = self.absent.get_mut(&node.into()).into_iter().flatten();
        for field in absent.filter(|field| field.name == name) {
            field.repair = field.repair.next();
        }
    }

    /// How many elements of a list, or entries of a map, need no further look.
    pub(super) fn done(&self, node: &Node) -> usize {
        self.read.get(&node.into()).copied().unwrap_or(0)
    }

    /// Notes how many elements or entries need no further look.
    pub(super) fn set_done(&mut self, node: &Node, count: usize) {
        self.read.insert(node.into(), count);
    }
}
