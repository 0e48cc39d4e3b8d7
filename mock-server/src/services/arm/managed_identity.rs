//! `Microsoft.ManagedIdentity`: user-assigned identities.
//!
//! Their service principals are derived by the directory, their tokens issued by IMDS and App Service. Missing on purpose:
//! federated credentials of managed identities, system-assigned identities by scope, writes.

use http::Method;
use serde_json::{Value, json};

use super::{found, not_built, page, provider, read, shape};
use crate::auth::Caller;
use crate::context::Context;
use crate::directory::USER_ASSIGNED_IDENTITY;
use crate::request::{Reply, Request};
use crate::services::{Operation, Service};
use crate::store::Resource;

const SPEC: &str = "managedidentity/2023-01-31/ManagedIdentity.json";
const READ: &str = "Microsoft.ManagedIdentity/userAssignedIdentities/read";
const ONE: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}";

/// The service.
pub const SERVICE: Service = provider(
    "arm-managed-identity",
    "user-assigned managed identities",
    OPERATIONS,
);

const OPERATIONS: &[Operation] = &[
    read("UserAssignedIdentities_Get", ONE, READ, SPEC, get),
    read(
        "UserAssignedIdentities_ListByResourceGroup",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ManagedIdentity/userAssignedIdentities",
        READ,
        SPEC,
        list,
    ),
    read(
        "UserAssignedIdentities_ListBySubscription",
        "/subscriptions/{subscriptionId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities",
        READ,
        SPEC,
        list,
    ),
    not_built(
        "UserAssignedIdentities_CreateOrUpdate",
        Method::PUT,
        ONE,
        "Microsoft.ManagedIdentity/userAssignedIdentities/write",
        SPEC,
    ),
    not_built(
        "UserAssignedIdentities_Update",
        Method::PATCH,
        ONE,
        "Microsoft.ManagedIdentity/userAssignedIdentities/write",
        SPEC,
    ),
    not_built(
        "UserAssignedIdentities_Delete",
        Method::DELETE,
        ONE,
        "Microsoft.ManagedIdentity/userAssignedIdentities/delete",
        SPEC,
    ),
];

fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::resource(&state, request).map_or_else(|reply| reply, |it| Reply::ok(&identity(it)))
}

fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    match found::listed(&state, request, USER_ASSIGNED_IDENTITY) {
        Ok(all) => page::reply(request, all.into_iter().map(identity).collect()),
        Err(reply) => reply,
    }
}

/// Identities have no `provisioningState`.
fn identity(given: &Resource) -> Value {
    let mut body = shape::resource(given);
    if let Some(properties) = body["properties"].as_object_mut() {
        properties.shift_remove("provisioningState");
    }
    shape::default(&mut body, "tenantId", json!(given.own_tenant()));
    body
}
