//! What several outcomes mean together. Pure functions over the links of a finished chain; no I/O, no rendering.
//!
//! - [`first_cause`]: which red link leads the summary
//! - [`implied`]: which unknowns are proved by links that passed

mod first_cause;
mod implied;

pub use first_cause::first_cause;
pub use implied::imply;
