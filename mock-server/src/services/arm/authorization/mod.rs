//! `Microsoft.Authorization`: role assignments and role definitions at any scope. What is written counts at the next call.
//!
//! - [`filter`] `$filter` of the list of role assignments
//! - `assignments`, `definitions` reads · `assign`, `define` writes · `principal` who is to hold a role
//! - `permissions` of the caller · `deny` deny assignments
//!
//! Missing on purpose: classic administrators, PIM, policies, locks.

mod assign;
mod assignments;
mod define;
mod definitions;
mod deny;
pub mod filter;
mod permissions;
mod principal;

#[cfg(test)]
mod tests;

use http::Method;

use super::{built, provider, read, simplified, unbundled};
use crate::auth::Audience;
use crate::services::{Access, Operation, Service};

const ASSIGNMENTS: &str = "authorization/2022-04-01/authorization-RoleAssignmentsCalls.json";
const DEFINITIONS: &str = "authorization/2022-04-01/authorization-RoleDefinitionsCalls.json";
const READ_ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments/read";
const READ_DEFINITIONS: &str = "Microsoft.Authorization/roleDefinitions/read";

/// The service.
pub const SERVICE: Service = provider(
    "arm-authorization",
    "role assignments and role definitions, permissions of the caller",
    OPERATIONS,
);

const ASSIGNMENT: &str =
    "/{scope*}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}";
const DEFINITION: &str =
    "/{scope*}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}";

const OPERATIONS: &[Operation] = &[
    simplified(
        read(
            "RoleAssignments_ListForScope",
            "/{scope*}/providers/Microsoft.Authorization/roleAssignments",
            READ_ASSIGNMENTS,
            ASSIGNMENTS,
            assignments::list,
        ),
        "also answers ListForSubscription, ListForResourceGroup and ListForResource; `tenantId` is ignored",
    ),
    read(
        "RoleAssignments_Get",
        ASSIGNMENT,
        READ_ASSIGNMENTS,
        ASSIGNMENTS,
        assignments::get,
    ),
    simplified(
        built(
            "RoleAssignments_Create",
            Method::PUT,
            ASSIGNMENT,
            "Microsoft.Authorization/roleAssignments/write",
            ASSIGNMENTS,
            assign::create,
        ),
        "conditions that the mock does not evaluate are refused; conditions of who assigns are not looked at",
    ),
    built(
        "RoleAssignments_Delete",
        Method::DELETE,
        ASSIGNMENT,
        "Microsoft.Authorization/roleAssignments/delete",
        ASSIGNMENTS,
        assign::delete,
    ),
    simplified(
        read(
            "Permissions_ListForResource",
            "/{scope*}/providers/Microsoft.Authorization/permissions",
            "Microsoft.Authorization/permissions/read",
            DEFINITIONS,
            permissions::list,
        ),
        "also answers ListForResourceGroup, and at any other scope",
    ),
    // Built-in roles are the same for everybody: anybody who has a token may read them without a scope.
    Operation {
        id: "RoleDefinitions_GetById",
        method: Method::GET,
        path: "/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}",
        access: Access::Bearer(Audience::Arm),
        spec: Some(DEFINITIONS),
        simplified: "without a scope only built-in roles are found",
        handler: Some(definitions::get),
    },
    simplified(
        read(
            "RoleDefinitions_List",
            "/{scope*}/providers/Microsoft.Authorization/roleDefinitions",
            READ_DEFINITIONS,
            DEFINITIONS,
            definitions::list,
        ),
        "knows the built-in roles of rbac/built_in.rs only; custom roles of the tenant whose assignable scopes cover the scope",
    ),
    read(
        "RoleDefinitions_Get",
        DEFINITION,
        READ_DEFINITIONS,
        DEFINITIONS,
        definitions::get,
    ),
    simplified(
        built(
            "RoleDefinitions_CreateOrUpdate",
            Method::PUT,
            DEFINITION,
            "Microsoft.Authorization/roleDefinitions/write",
            DEFINITIONS,
            define::put,
        ),
        "of actions only the form is checked: the mock does not know all operations of all providers",
    ),
    built(
        "RoleDefinitions_Delete",
        Method::DELETE,
        DEFINITION,
        "Microsoft.Authorization/roleDefinitions/delete",
        DEFINITIONS,
        define::delete,
    ),
];

/// Deny assignments: a service of their own, because their specification is not among the bundled ones.
pub const DENY: Service = provider("arm-deny-assignments", "deny assignments", DENY_OPERATIONS);

const READ_DENY: &str = "Microsoft.Authorization/denyAssignments/read";

const DENY_OPERATIONS: &[Operation] = &[
    unbundled(read(
        "DenyAssignments_ListForScope",
        "/{scope*}/providers/Microsoft.Authorization/denyAssignments",
        READ_DENY,
        "",
        deny::list,
    )),
    unbundled(read(
        "DenyAssignments_Get",
        "/{scope*}/providers/Microsoft.Authorization/denyAssignments/{denyAssignmentId}",
        READ_DENY,
        "",
        deny::get,
    )),
];
