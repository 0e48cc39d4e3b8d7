//! Microsoft Graph v1.0, `graph.microsoft.com`: applications, service principals, groups — of the token's tenant alone.
//!
//! - `applications` · `principals` · `groups` the operations · `rights` who may look
//! - `query` `$filter`, `$select`, `$top` and paging · `shape` the objects · [`errors`] envelope and texts
//!
//! Rights come before existence: who may not look gets 403 whether the object exists or not (MORE.md §6). Missing on
//! purpose: beta, `$batch`, `$search`, `$expand`, `$orderby`, users, writes.

mod applications;
pub mod errors;
mod groups;
mod principals;
mod query;
mod rights;
mod shape;

#[cfg(test)]
mod tests;

use http::Method;

use crate::auth::Audience;
use crate::services::{Access, ApiVersion, Handler, Hosts, Operation, Service};

/// The service.
pub const SERVICE: Service = Service {
    name: "graph",
    about: "applications, federated credentials, service principals and groups of the token's tenant",
    hosts: Hosts::Exact(&["graph.microsoft.com"]),
    api_version: ApiVersion::None,
    operations: OPERATIONS,
    refuse: errors::refuse,
};

const CREDENTIALS: &str = "/v1.0/applications/{id}/federatedIdentityCredentials";

const OPERATIONS: &[Operation] = &[
    operation(
        "application-get (appId)",
        Method::GET,
        "/v1.0/applications(appId='{appId}')",
        Some(applications::get),
    ),
    operation(
        "application-list",
        Method::GET,
        "/v1.0/applications",
        Some(applications::list),
    ),
    operation(
        "application-get",
        Method::GET,
        "/v1.0/applications/{id}",
        Some(applications::get),
    ),
    operation("application-post", Method::POST, "/v1.0/applications", None),
    operation(
        "application-update",
        Method::PATCH,
        "/v1.0/applications/{id}",
        None,
    ),
    operation(
        "application-delete",
        Method::DELETE,
        "/v1.0/applications/{id}",
        None,
    ),
    operation(
        "application-list-federatedidentitycredentials",
        Method::GET,
        CREDENTIALS,
        Some(applications::credentials),
    ),
    operation(
        "application-list-federatedidentitycredentials (appId)",
        Method::GET,
        "/v1.0/applications(appId='{appId}')/federatedIdentityCredentials",
        Some(applications::credentials),
    ),
    operation(
        "federatedidentitycredential-get",
        Method::GET,
        "/v1.0/applications/{id}/federatedIdentityCredentials/{credential}",
        Some(applications::credential),
    ),
    operation(
        "application-post-federatedidentitycredentials",
        Method::POST,
        CREDENTIALS,
        None,
    ),
    operation(
        "serviceprincipal-get (appId)",
        Method::GET,
        "/v1.0/servicePrincipals(appId='{appId}')",
        Some(principals::get),
    ),
    operation(
        "serviceprincipal-list",
        Method::GET,
        "/v1.0/servicePrincipals",
        Some(principals::list),
    ),
    operation(
        "serviceprincipal-get",
        Method::GET,
        "/v1.0/servicePrincipals/{id}",
        Some(principals::get),
    ),
    operation(
        "serviceprincipal-post-serviceprincipals",
        Method::POST,
        "/v1.0/servicePrincipals",
        None,
    ),
    operation(
        "serviceprincipal-update",
        Method::PATCH,
        "/v1.0/servicePrincipals/{id}",
        None,
    ),
    operation(
        "serviceprincipal-delete",
        Method::DELETE,
        "/v1.0/servicePrincipals/{id}",
        None,
    ),
    operation(
        "serviceprincipal-list-transitivememberof",
        Method::GET,
        "/v1.0/servicePrincipals/{id}/transitiveMemberOf",
        Some(principals::memberships),
    ),
    operation(
        "serviceprincipal-list-transitivememberof (group)",
        Method::GET,
        "/v1.0/servicePrincipals/{id}/transitiveMemberOf/microsoft.graph.group",
        Some(principals::groups),
    ),
    operation(
        "group-get",
        Method::GET,
        "/v1.0/groups/{id}",
        Some(groups::get),
    ),
    operation(
        "directoryobject-getbyids",
        Method::POST,
        "/v1.0/directoryObjects/getByIds",
        Some(groups::get_by_ids),
    ),
];

const fn operation(
    id: &'static str,
    method: Method,
    path: &'static str,
    handler: Option<Handler>,
) -> Operation {
    Operation {
        id,
        method,
        path,
        access: Access::Bearer(Audience::Graph),
        spec: Some("graph/v1.0/graph-v1.0-cut.csdl.xml"),
        simplified: "the properties that the world knows; $select keeps those it names",
        handler,
    }
}
