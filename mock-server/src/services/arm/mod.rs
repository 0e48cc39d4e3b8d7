//! Azure Resource Manager, `management.azure.com`: one service per resource provider, all with ARM's envelope.
//!
//! - [`subscriptions`] · [`authorization`] · [`network`] · [`private_endpoint`] · [`private_dns`] ·
//!   [`managed_identity`] · [`key_vault`] · [`storage`] · [`network_manager`] · [`peering`] · [`management_groups`] — the
//!   providers
//! - [`found`] a resource by the path of the request, or the right 404 · [`page`] lists and `nextLink`
//! - [`shape`] what every resource has · [`connections`] the provider's side of private endpoints
//! - [`errors`] ARM's envelope and texts
//!
//! The mock reads only: writes are in the tables of operations, and answer 501.

pub mod authorization;
pub mod connections;
pub mod errors;
pub mod found;
pub mod key_vault;
pub mod managed_identity;
pub mod management_groups;
pub mod network;
pub mod network_manager;
pub mod page;
pub mod peering;
pub mod private_dns;
pub mod private_endpoint;
pub mod shape;
pub mod storage;
pub mod subscriptions;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod tests;

use http::Method;

use super::{Access, ApiVersion, Handler, Hosts, Operation, Service};

/// A service of ARM.
const fn provider(
    name: &'static str,
    about: &'static str,
    operations: &'static [Operation],
) -> Service {
    Service {
        name,
        about,
        hosts: Hosts::Exact(&["management.azure.com"]),
        api_version: ApiVersion::Date,
        operations,
        refuse: errors::refuse,
    }
}

/// A read that is built.
const fn read(
    id: &'static str,
    path: &'static str,
    action: &'static str,
    spec: &'static str,
    handler: Handler,
) -> Operation {
    Operation {
        id,
        method: Method::GET,
        path,
        access: Access::Arm(action),
        spec: Some(spec),
        simplified: "",
        handler: Some(handler),
    }
}

/// An operation that is known but not built.
const fn not_built(
    id: &'static str,
    method: Method,
    path: &'static str,
    action: &'static str,
    spec: &'static str,
) -> Operation {
    Operation {
        id,
        method,
        path,
        access: Access::Arm(action),
        spec: Some(spec),
        simplified: "",
        handler: None,
    }
}

/// The same operation with a note on what it simplifies.
const fn simplified(mut operation: Operation, note: &'static str) -> Operation {
    operation.simplified = note;
    operation
}
