//! Which parts of Azure the mock imitates: one module per service, and THE list, [`SERVICES`].
//!
//! A service is a host pattern, a table of operations and the shape of its errors. Handlers are plain functions over
//! the state; everything that is derived (addresses of endpoints, records, rights) is computed when it is asked for.
//! No sockets here, and no knowledge of how a request arrived beyond [`crate::request::Peer`].

use http::Method;

use crate::auth::{Audience, Caller};
use crate::context::Context;
use crate::rbac::DenyAssignment;
use crate::request::{Reply, Request};

pub mod arm;
pub mod bearer;
pub mod blob;
pub mod derived;
pub mod entra;
pub mod envelope;
pub mod functions;
pub mod graph;
pub mod key_vault;
pub mod managed_identity;
pub mod network_manager;
pub mod private_dns;
pub mod private_endpoint;
pub mod registry;
pub mod subnets;

#[cfg(test)]
pub(crate) mod apps_world;
#[cfg(test)]
mod refusals;
#[cfg(test)]
pub(crate) mod testing;

/// Every imitated service; the router asks them in this order.
pub const SERVICES: &[&Service] = &[
    // -- identity --
    &entra::SERVICE,
    &managed_identity::IMDS,
    &managed_identity::APP_SERVICE,
    // -- resources and data --
    &arm::metadata::SERVICE,
    &arm::subscriptions::SERVICE,
    &arm::providers::SERVICE,
    &arm::providers::REGISTRATION,
    &arm::resource_groups::SERVICE,
    &arm::resource_lists::SERVICE,
    &arm::authorization::SERVICE,
    &arm::authorization::DENY,
    &arm::locks::SERVICE,
    &arm::tags::SERVICE,
    &arm::resource_graph::SERVICE,
    &arm::management_groups::SERVICE,
    &arm::management_group_writes::SERVICE,
    &arm::network::SERVICE,
    &arm::network::REGIONS,
    &arm::network::PARTS,
    &arm::network_manager::SERVICE,
    &arm::peering::SERVICE,
    &arm::private_endpoint::SERVICE,
    &arm::private_dns::SERVICE,
    &arm::private_dns::RECORDS,
    &arm::managed_identity::SERVICE,
    &arm::key_vault::SERVICE,
    &arm::key_vault::SECRETS,
    &arm::storage::SERVICE,
    &arm::storage::PARTS,
    &arm::operations::SERVICE,
    &arm::web::SERVICE,
    &arm::web::STACKS,
    &arm::web::PLANS,
    &arm::web::PARTS,
    &arm::web::SECRETS,
    &arm::container_registry::SERVICE,
    &arm::others::SERVICE,
    &arm::provider_operations::SERVICE,
    &arm::export::SERVICE,
    &arm::by_id::SERVICE,
    &graph::SERVICE,
    &key_vault::SERVICE,
    &key_vault::OTHERS,
    &key_vault::HEALTH,
    &registry::storage::SERVICE,
    &blob::SERVICE,
    &functions::SERVICE,
    &registry::SERVICE,
    &registry::data::SERVICE,
];

/// One imitated service.
pub struct Service {
    /// Short name: `key-vault`, `arm`, `graph`.
    pub name: &'static str,
    /// One line for the coverage page.
    pub about: &'static str,
    /// Which hosts are this service's.
    pub hosts: Hosts,
    /// What `api-version` its requests need. Operations with another rule make a second service of the same hosts.
    pub api_version: ApiVersion,
    /// Operations; the first match wins.
    pub operations: &'static [Operation],
    /// The service's own error envelope for what the router and `auth` refuse.
    pub refuse: fn(&Refusal, &Request, &Context) -> Reply,
}

/// Host names of a service.
#[derive(Clone, Copy, Debug)]
pub enum Hosts {
    /// Exactly one of these names.
    Exact(&'static [&'static str]),
    /// `<resource>` followed by this suffix (with its leading dot).
    Suffix(&'static str),
    /// `<resource>.<region>` followed by this suffix (with its leading dot).
    Regional(&'static str),
    /// Plain HTTP of the managed identity endpoints: chosen by the listener, not by name.
    LinkLocal,
}

/// Which `api-version` query parameter a service asks for. Any well-formed one is taken: clients of tomorrow send
/// versions that are not known today (CLIENTS.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiVersion {
    /// None (Graph has it in the path, Blob in a header).
    None,
    /// `2024-05-01`, `2022-05-01-preview`.
    Date,
    /// A date, or the number that Key Vault's data plane had until 2025: `7.5`, `7.6-preview.1`.
    DateOrNumber,
}

/// How an operation knows its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody may ask.
    Anonymous,
    /// A valid token of this audience; rights are the handler's (or, for ARM, the table's) business.
    Bearer(Audience),
    /// A valid token of this audience, or a signature of the request's own, which the service judges itself.
    Signed(Audience),
    /// A valid ARM token, and this action at the scope that the path names.
    Arm(&'static str),
    /// A valid Graph token whose application permissions contain one of these.
    Graph(&'static [&'static str]),
}

/// One REST operation.
pub struct Operation {
    /// Operation id as in the specification: `Vaults_Get`.
    pub id: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path template below the host, `{name}` for one segment, `{name*}` for any number of segments (joined by `/`,
    /// without a leading one; at most one per template, at any place); literal segments ignore case. A segment may mix
    /// text and one value, as Graph's keys do: `/v1.0/applications(appId='{appId}')`.
    pub path: &'static str,
    /// Who may call.
    pub access: Access,
    /// Specification file below the folder of official specifications, when there is one.
    pub spec: Option<&'static str>,
    /// What is simplified on purpose; empty when nothing is.
    pub simplified: &'static str,
    /// The handler, or nothing when the operation is known but not built: it then answers 501 and names itself.
    pub handler: Option<Handler>,
}

/// A handler. `caller` is present unless the operation is [`Access::Anonymous`], or [`Access::Signed`] and the request signed.
pub type Handler = fn(&Context, &Request, Option<&Caller>) -> Reply;

/// Why the router or `auth` refused a request; each service words it in its own envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No operation of the service has this path and method, or it is not built: 501, names itself.
    NotImplemented {
        /// Its id, or method and URL.
        operation: String,
    },
    /// No `api-version`, or a malformed one.
    ApiVersion {
        /// What was given, if anything.
        given: Option<String>,
    },
    /// No `Authorization: Bearer`.
    NoToken,
    /// The token is malformed, of an unknown key, or its signature does not fit.
    BadToken {
        /// A sentence fragment.
        why: String,
    },
    /// The token's time is over or has not come.
    ExpiredToken,
    /// The token is for another audience.
    WrongAudience {
        /// What the service wants.
        wanted: String,
        /// What the token says.
        found: String,
    },
    /// The token is of another tenant than the resource.
    WrongTenant {
        /// What the service wants.
        wanted: String,
        /// What the token says.
        found: String,
    },
    /// The path names a subscription that no tenant has.
    UnknownSubscription {
        /// Its id.
        subscription: String,
    },
    /// The caller lacks the right.
    Forbidden {
        /// The action.
        action: String,
        /// Where.
        scope: String,
        /// What takes the right away, when the caller would have it otherwise.
        denied_by: Option<DenyAssignment>,
    },
    /// The connection was made to the address of another service than the `Host` header names: 421.
    Misdirected {
        /// The host that the request names.
        host: String,
    },
    /// The body is longer than the listener takes: 413.
    TooLarge {
        /// In bytes.
        limit: usize,
    },
    /// A request that cannot be read.
    Malformed {
        /// A sentence fragment.
        why: String,
    },
}

/// What a 501 says, whatever its envelope.
pub fn not_implemented(operation: &str) -> String {
    format!("The mock does not implement this operation: {operation}")
}

/// What a 421 says, whatever its envelope.
pub fn misdirected(host: &str) -> String {
    format!("The address that was dialled does not serve this host: {host}")
}

/// What a 413 says, whatever its envelope.
pub fn too_large(limit: usize) -> String {
    format!("The body of the request is longer than {limit} bytes")
}
