//! What the author wrote: a scenario file, read with its places, variables filled in, every mistake at once.
//!
//! ```text
//! file ──parse──▶ nodes ──substitute──▶ nodes ──read, entry by entry──▶ drafts ──cross-checks──▶ Scenario
//!                              ▲                                           │
//!                  variables (default, env, files, row, --var)                  └──▶ problems, in file order
//! ```
//!
//! A node with a mistake is left out of the later stages, so one mistake gives one message and hides no other.
//!
//! - [`load()`]: the way above; [`find()`]: scenario files below a folder; [`schema()`]: the JSON Schema of the format
//! - `model`, `identity`: what comes out: [`Scenario`], [`Link`], [`IdentityKind`]
//! - `document`: what goes in: the keys of the file, as serde and the schema see them
//! - `name`, `period`: texts with rules of their own
//! - `matrix`: one chain for each row of values
//! - `variables`, `vars_file`, `template`, `substitute`: `${name}` and where its value comes from
//! - `waivers`: failures that are let be for a while
//! - `reading`: collects problems; `section`, `sections`, `links`: the parts of the file, entry by entry
//! - `references`, `circles`, `asking`: what only the whole file can tell
//! - `tenancy`: which tenant a resource or an identity belongs to; `digest`: what halves of a run are compared by
//!
//! Defaults stay unfilled here; order, selection and defaults are the plan's. Nothing here asks anything.

mod asking;
mod circles;
mod digest;
mod document;
mod find;
mod identity;
mod links;
mod load;
mod matrix;
mod model;
mod name;
mod period;
mod reading;
mod references;
mod schema;
mod section;
mod sections;
mod sensitive;
mod substitute;
mod template;
mod tenancy;
mod variables;
mod vars_file;
mod waivers;

pub use find::{FILE_NAME, find};
pub use identity::IdentityKind;
pub use load::{load, load_all, read, target_named};
pub use model::{Expect, Identity, Link, Scenario, Tenant, Vantage};
pub use period::duration;
pub use references::split_fact;
pub use schema::schema;
pub use tenancy::{tenant_of, tenant_of_subscription, tenant_of_workload};
pub use variables::{Environment, Sources};
pub use waivers::{WAIVERS_NAME, Waivers, waivers};

#[cfg(test)]
pub(crate) mod tests;
