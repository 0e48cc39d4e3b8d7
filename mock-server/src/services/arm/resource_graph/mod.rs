//! `Microsoft.ResourceGraph`: questions about everything that a caller may read in its tenant.
//!
//! - [`query`] the language: what of it is understood, and what a query makes of rows
//! - `tables` rows: what the caller may read, in the scopes that it names · `handlers` requests and pages
//!
//! **Tables**: `resources` (also when a query names none), `resourcecontainers` (subscriptions, resource groups, management
//! groups), `networkresources` (`microsoft.network/networkgroupmemberships` of virtual networks; azure-docs,
//! `virtual-network-manager/how-to-view-applied-config.md`).
//!
//! **Operators**: `where`/`filter`, `project`, `project-away`, `extend`, `summarize` (`count()`, `dcount()`, `min()`,
//! `max()`, `by`), `count`, `order by`/`sort by`, `limit`/`take`, `top … by`, `distinct`, `mv-expand`.
//!
//! **Expressions**: `==`, `!=`, `=~`, `!~`, `<`, `<=`, `>`, `>=`, `contains`, `startswith`, `endswith`, `has` and their
//! negations with `!`, `in`, `in~`, `!in`, `!in~`, `and`, `or`, parentheses, paths (`properties.a.b`, `tags['x']`, `a[0]`),
//! literals, `not()`, `tostring()`, `tolower()`, `toupper()`, `toint()`, `isnull()`, `isnotnull()`, `isempty()`,
//! `isnotempty()`, `strcat()`, `array_length()`.
//!
//! Anything else (`join`, `union`, `parse`, `let`, other functions and tables, facets) is a 400 that names it: `BadRequest`
//! with `details` (codes and message as captured in Azure/aztfexport #485 and azure-powershell #13762; the last detail, which
//! says what was not understood, is ours). Text is compared as Kusto documents it: `==` minds case, `=~`, `contains`, `has`
//! do not. There is no throttling: the quota headers are those of a first query.

mod handlers;
pub mod query;
pub mod tables;

#[cfg(test)]
mod tests;

use http::Method;

use super::{provider, simplified};
use crate::auth::Audience;
use crate::services::{Access, Operation, Service};

const SPEC: &str = "resourcegraph/2024-04-01/resourcegraph.json";

/// The service.
pub const SERVICE: Service = provider(
    "arm-resource-graph",
    "queries over all resources that a caller may read",
    OPERATIONS,
);

/// Any caller may ask: it gets what it may read.
const OPERATIONS: &[Operation] = &[
    simplified(
        Operation {
            id: "Resources",
            method: Method::POST,
            path: "/providers/Microsoft.ResourceGraph/resources",
            access: Access::Bearer(Audience::Arm),
            spec: Some(SPEC),
            simplified: "",
            handler: Some(handlers::resources),
        },
        "tables resources, resourcecontainers, networkresources; operators where, project, project-away, extend, summarize (count, dcount, min, max), count, order by, limit, top, distinct, mv-expand; no facets; no throttling; always up to date",
    ),
    Operation {
        id: "Operations_List",
        method: Method::GET,
        path: "/providers/Microsoft.ResourceGraph/operations",
        access: Access::Bearer(Audience::Arm),
        spec: Some(SPEC),
        simplified: "",
        handler: Some(handlers::operations),
    },
];
