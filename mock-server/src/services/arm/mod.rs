//! Azure Resource Manager, `management.azure.com`: one service per resource provider, all with ARM's envelope.
//!
//! - [`subscriptions`] · [`resource_groups`] · [`resource_lists`] ([`resource_filter`]) · [`authorization`] ·
//!   [`network`] · [`private_endpoint`] · [`private_dns`] · [`managed_identity`] · [`key_vault`] · [`storage`] · [`network_manager`] · [`peering`] · [`management_groups`] · [`management_group_writes`] ·
//!   [`web`] · [`container_registry`] · [`tags`] · [`locks`] · [`others`] (empty lists) — the providers
//! - [`by_id`] · [`export`] · [`provider_operations`] · [`providers`] · [`metadata`] · [`resource_graph`] — what clients ask about everything ([`own_get`])
//! - [`scope_exists`] scopes that roles are assigned at
//! - [`found`] a resource by the path of the request, or the right 404 · [`page`] lists and `nextLink`
//! - [`shape`] what every resource has · [`connections`] the provider's side of private endpoints
//! - [`mod@write`] PUT, PATCH and DELETE of any type, from a description of it · [`operations`] those that take a while
//! - [`errors`] ARM's envelope and texts
//!
//! What is in a table and not built answers 501.

mod associated;
pub mod authorization;
pub mod by_id;
mod catalogues;
pub mod connections;
pub mod container_registry;
pub mod entities;
pub mod errors;
pub mod export;
pub mod found;
pub mod key_vault;
pub mod locations;
pub mod locks;
mod machines;
pub mod managed_identity;
pub mod management_group_writes;
pub mod management_groups;
pub mod metadata;
pub mod network;
pub mod network_manager;
pub mod operations;
pub mod others;
pub mod own_get;
pub mod page;
pub mod peering;
pub mod private_dns;
pub mod private_endpoint;
pub mod provider_operations;
pub mod providers;
pub mod resource_filter;
pub mod resource_graph;
pub mod resource_groups;
pub mod resource_lists;
pub mod resource_page;
pub mod scope_exists;
pub mod shape;
pub mod storage;
pub mod subscriptions;
pub mod tags;
pub mod web;
pub mod write;

#[cfg(test)]
mod lock_tests;
#[cfg(test)]
mod managed_identity_tests;
#[cfg(test)]
mod management_group_tests;
#[cfg(test)]
mod provider_tests;
#[cfg(test)]
mod resource_group_tests;
#[cfg(test)]
mod tag_tests;
#[cfg(test)]
mod tests;

use http::Method;

use super::{Access, ApiVersion, Handler, Hosts, Operation, Service};
use crate::auth::Audience;
use write::Kind;

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
    built(id, Method::GET, path, action, spec, handler)
}

/// Any operation that is built: actions by POST, HEAD, and what the kinds below do not fit.
const fn built(
    id: &'static str,
    method: Method,
    path: &'static str,
    action: &'static str,
    spec: &'static str,
    handler: Handler,
) -> Operation {
    Operation {
        id,
        method,
        path,
        access: Access::Arm(action),
        spec: Some(spec),
        simplified: "",
        handler: Some(handler),
    }
}

/// GET of a resource of a kind.
const fn get<K: Kind>(
    id: &'static str,
    path: &'static str,
    action: &'static str,
    spec: &'static str,
) -> Operation {
    read(id, path, action, spec, write::get::<K>)
}

/// GET of the resources of a kind in a subscription or a resource group.
const fn list<K: Kind>(
    id: &'static str,
    path: &'static str,
    action: &'static str,
    spec: &'static str,
) -> Operation {
    read(id, path, action, spec, write::list::<K>)
}

/// GET of the resources of a kind in the resource that the path names.
const fn children<K: Kind>(
    id: &'static str,
    path: &'static str,
    action: &'static str,
    spec: &'static str,
) -> Operation {
    read(id, path, action, spec, write::children::<K>)
}

/// PUT of a resource of a kind.
const fn put<K: Kind>(
    id: &'static str,
    path: &'static str,
    action: &'static str,
    spec: &'static str,
) -> Operation {
    built(id, Method::PUT, path, action, spec, write::put::<K>)
}

/// PATCH of a resource of a kind.
const fn patch<K: Kind>(
    id: &'static str,
    path: &'static str,
    action: &'static str,
    spec: &'static str,
) -> Operation {
    built(id, Method::PATCH, path, action, spec, write::patch::<K>)
}

/// DELETE of a resource of a kind.
const fn delete<K: Kind>(
    id: &'static str,
    path: &'static str,
    action: &'static str,
    spec: &'static str,
) -> Operation {
    built(id, Method::DELETE, path, action, spec, write::delete::<K>)
}

/// A URL that says how an operation goes: whoever began it may ask, whatever its rights are by now.
const fn polled(id: &'static str, path: &'static str, handler: Handler) -> Operation {
    Operation {
        id,
        method: Method::GET,
        path,
        access: Access::Bearer(Audience::Arm),
        spec: Some("common-types/v4/types.json"),
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

/// An operation whose official file is not at hand: the header of its module says where shapes come from.
const fn unbundled(mut operation: Operation) -> Operation {
    operation.spec = None;
    operation
}

/// The same operation with a note on what it simplifies.
const fn simplified(mut operation: Operation, note: &'static str) -> Operation {
    operation.simplified = note;
    operation
}
