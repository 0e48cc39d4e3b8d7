//! Who must be allowed what for a chain to be checked: the least custom role and Graph permissions of each identity, per
//! tenant.
//!
//! Nothing is listed here: a check's card says what it asks (`crate::outcome::permission`), and asks nothing else; the
//! links of the plan say of which resources. Pure: nothing is asked.
//!
//! - `grant`: the rights that one link needs, each of whom and where
//! - `place`: which resources a card means by a parameter, in a scenario
//! - `least`: everything together, per identity and tenant: [`Permissions`]
//! - `role`: a custom role as the Azure CLI takes it
//! - `graph`: application permissions of Microsoft Graph by their ids
//! - [`mod@report`]: what is printed: [`report::FORMATS`]

mod grant;
mod graph;
mod least;
mod place;
pub mod report;
mod role;

pub use grant::{Grant, Kind, names};
pub use least::{GraphPermission, Holder, Least, NeedWord, NeededRight, Permissions, schema};
pub use role::RoleDefinition;
