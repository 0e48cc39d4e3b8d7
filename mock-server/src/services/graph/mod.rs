//! Microsoft Graph v1.0, `graph.microsoft.com`: applications, service principals, groups — of the token's tenant alone.
//!
//! - `operations` THE list · `asked` request and caller, keys of paths · `batch` many requests in one
//! - `applications` · `credentials` (federated) · `secrets` (passwords, certificates) · `principals` · `owners`
//! - `app_roles` what may be assigned · `role_assignments` what is
//! - `groups` · `objects` (of any kind, memberships) · `deleted` · `organization`
//! - `rights` who may · `collection` lists · `query` `$filter`, `$select`, pages · `body` what may be written
//! - `shape` the objects · [`errors`] envelope and texts
//!
//! Rights come before existence: who may not look gets 403 whether the object exists or not (MORE.md §6). A change is
//! checked and made under one lock, and shows in the next request: the mock has no replication delay. Missing on purpose:
//! beta, `$expand`, users, groups with a mailbox, delegated permissions for one person, app roles of groups.

mod app_roles;
mod applications;
mod asked;
mod batch;
mod body;
mod collection;
mod credentials;
mod deleted;
pub mod errors;
mod expand;
mod grants;
mod groups;
mod objects;
mod operations;
mod organization;
mod owners;
mod principals;
mod query;
mod rights;
mod role_assignments;
mod secrets;
mod shape;

#[cfg(test)]
mod tests;

pub use app_roles::permission;
pub use rights::permissions;
pub use role_assignments::roles_for;

use crate::services::{ApiVersion, Hosts, Service};

/// The service.
pub const SERVICE: Service = Service {
    name: "graph",
    about: "applications and their credentials, service principals, groups: of the token's tenant",
    hosts: Hosts::Exact(&["graph.microsoft.com"]),
    api_version: ApiVersion::None,
    operations: operations::OPERATIONS,
    refuse: errors::refuse,
};
