//! `Microsoft.Authorization`: role assignments and role definitions, readable at any scope.
//!
//! - [`filter`] `$filter` of the list of role assignments
//! - `assignments`, `definitions` the operations
//!
//! Missing on purpose: the list of deny assignments (which count, see `rbac`), classic administrators, PIM, `permissions` of the caller.

mod assignments;
mod definitions;
pub mod filter;

use http::Method;

use super::{not_built, provider, read, simplified};
use crate::auth::Audience;
use crate::services::{Access, Operation, Service};

const ASSIGNMENTS: &str = "authorization/2022-04-01/authorization-RoleAssignmentsCalls.json";
const DEFINITIONS: &str = "authorization/2022-04-01/authorization-RoleDefinitionsCalls.json";
const READ_ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments/read";
const READ_DEFINITIONS: &str = "Microsoft.Authorization/roleDefinitions/read";

/// The service.
pub const SERVICE: Service = provider(
    "arm-authorization",
    "role assignments and role definitions",
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
    not_built(
        "RoleAssignments_Create",
        Method::PUT,
        ASSIGNMENT,
        "Microsoft.Authorization/roleAssignments/write",
        ASSIGNMENTS,
    ),
    not_built(
        "RoleAssignments_Delete",
        Method::DELETE,
        ASSIGNMENT,
        "Microsoft.Authorization/roleAssignments/delete",
        ASSIGNMENTS,
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
    not_built(
        "RoleDefinitions_CreateOrUpdate",
        Method::PUT,
        DEFINITION,
        "Microsoft.Authorization/roleDefinitions/write",
        DEFINITIONS,
    ),
    not_built(
        "RoleDefinitions_Delete",
        Method::DELETE,
        DEFINITION,
        "Microsoft.Authorization/roleDefinitions/delete",
        DEFINITIONS,
    ),
];
