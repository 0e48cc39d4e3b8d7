//! Nodes into plain serde structs, all problems at once.
//!
//! Serde stops at the first error. So a value with a mistake is noted and repaired, and the node is read again, until
//! no new mistake is found; only a first pass without any mistake gives a value. A repaired value is replaced by one
//! that fits ([`filler`]) or left out, list elements and map entries are simply passed over, and what was read before
//! is not read twice ([`session`]), so many mistakes in a long list stay cheap.
//!
//! - [`value`] one node as a serde deserializer, [`key`] a key
//! - [`fields`], [`items`], [`elements`], [`variant`] the structs, maps, lists and enums in it
//! - [`error`] what went wrong, [`words`] in which words
//! - [`session`] what all nodes of one reading share, [`memory`] what it keeps from pass to pass

mod elements;
mod error;
mod fields;
mod filler;
mod items;
mod key;
mod memory;
mod session;
mod value;
mod variant;
mod words;

use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::file::{SourceFile, Span};
use crate::node::Node;
use crate::problem::Problem;
use session::{Pass, Session};

/// A newtype struct whose name starts so may be given as `{from: LINK.FACT}`; the rest of the name is the fact type.
/// Its visitor gets `visit_unit` for a reference and `visit_newtype_struct` for a value.
pub const INPUT_PREFIX: &str = "$xtenant::input:";

/// A newtype struct of this name may hold a secret scalar; nothing else may.
pub const SECRET_NAME: &str = "$xtenant::secret";

/// Title of the problem that a secret stands where its value would be shown.
pub const SECRET_SHOWN: &str = "a secret variable cannot be used here: its value would be shown";

/// Whether facts are known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Inputs may be references; they are reported and become placeholders.
    Load,
    /// All inputs are values.
    Values,
}

/// A fact that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The text behind `from:`, such as `vault-endpoint.addresses`.
    pub target: String,
    /// Where that text stands.
    pub span: Span,
    /// The fact type the input wants.
    pub fact_type: &'static str,
}

/// Passes until the reader gives up looking for more.
const MAX_PASSES: usize = 1_000;
/// Problems that are enough for one run.
const ENOUGH: usize = 100;

/// Reads a node as a `T`, with the references its inputs make.
///
/// Unknown keys of structs are always refused, whether or not `T` says `deny_unknown_fields`. Types with `flatten`,
/// `untagged` or internal tags can be read, but serde loses the places inside them.
///
/// # Errors
/// All problems found, in file order; never none.
pub fn read<T: DeserializeOwned>(
    file: &Arc<SourceFile>,
    node: &Node,
    mode: Mode,
) -> Result<(T, Vec<Reference>), Vec<Problem>> {
    let mut session = Session::new(file, mode);
    for _ in 0..MAX_PASSES {
        match session.pass(node) {
            Pass::Value(value) => return Ok((value, session.into_references())),
            Pass::Again if session.problems() < ENOUGH => session.again(),
            Pass::Again | Pass::Done => break,
        }
    }
    Err(session.into_problems())
}

#[cfg(test)]
mod tests;
