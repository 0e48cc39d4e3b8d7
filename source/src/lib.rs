//! What people wrote, and what is wrong with it.
//!
//! ```text
//! file ──SourceFile──▶ parse ──Node──▶ (the caller substitutes variables) ──▶ read ──▶ plain serde structs
//!                        └────────────────── Problem ──────────────────────────┘ ──▶ render
//! ```
//!
//! - [`SourceFile`]: a name, a text, and the way from a byte offset to line and column.
//! - [`parse()`]: YAML 1.2 (and so JSON) into a tree of [`Node`]s. Every node and key has a [`Span`]; scalars keep their
//!   text, so `007` and `1e3` are what the author wrote until somebody asks for a number.
//! - [`read()`]: a serde deserializer over the nodes. It collects *all* problems of a node, each at its place.
//! - [`Problem`] and [`render()`]: messages with file, line, column, the source line with carets, what was expected and
//!   what to do.
//! - [`did_you_mean()`]: the known word closest to an unknown one.
//!
//! ```
//! use xtenant_source::{Mode, SourceFile, parse, read, render};
//!
//! #[derive(serde::Deserialize)]
//! struct Zone {
//!     name: String,
//!     ttl: u32,
//! }
//!
//! let file = SourceFile::new("zone.yaml", "name: 007\nttl: 1h\n");
//! let node = parse(&file).unwrap();
//! let problems = read::<Zone>(&file, &node, Mode::Load).err().unwrap();
//! assert_eq!(problems[0].to_string(), "zone.yaml:2:6: unexpected text `1h`");
//! assert!(render(&problems, false).contains("2 | ttl: 1h"));
//! ```
//!
//! The crate knows nothing of scenarios, worlds or Azure; variables and facts are the business of its callers.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "a test may fail"
    )
)]

mod clip;
mod core_schema;
mod file;
mod json;
mod node;
mod parse;
mod problem;
mod read;
mod render;
mod similar;

pub use clip::one_of;
pub use file::{DEFAULT_SIZE_LIMIT, SourceFile, Span};
pub use json::SECRET_MARK;
pub use node::{Key, Map, Node, Scalar, ScalarStyle, Value};
pub use parse::{parse, parse_what_can_be_read};
pub use problem::Problem;
pub use read::{INPUT_PREFIX, Mode, Reference, SECRET_NAME, SECRET_SHOWN, read};
pub use render::render;
pub use similar::did_you_mean;
