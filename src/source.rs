//! What authors wrote: nodes with spans, messages that point at them.
//!
//! The work is done by the package `xtenant-source`, which the mock's world files share (`docs/design/002`).

pub use xtenant_source::*;
