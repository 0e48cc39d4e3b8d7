//! Managed identities, roles, management groups. Source: `specs/managedidentity/2023-01-31/ManagedIdentity.json`,
//! `specs/authorization/2022-04-01`, `specs/managementgroups/2023-04-01/management.json`; deny assignments: azure-docs,
//! `role-based-access-control/deny-assignments.md`.

use super::{Place, Type, row};

pub(super) const TYPES: &[Type] = &[
    row(
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        &[("", "clientId isolationScope principalId tenantId")],
    ),
    row(
        "Microsoft.Authorization/roleAssignments",
        &[(
            "",
            "condition conditionVersion createdBy createdOn delegatedManagedIdentityResourceId description principalId \
             principalType roleDefinitionId scope updatedBy updatedOn",
        )],
    ),
    row(
        "Microsoft.Authorization/roleDefinitions",
        &[
            (
                "",
                "assignableScopes createdBy createdOn description permissions roleName type updatedBy updatedOn",
            ),
            ("permissions[]", PERMISSION),
        ],
    ),
    row("Microsoft.Authorization/denyAssignments", DENY_ASSIGNMENT),
    row(
        "Microsoft.Authorization/locks",
        &[("", "level notes owners")],
    ),
    row(
        "Microsoft.Management/managementGroups",
        &[
            ("", "children details displayName tenantId"),
            (
                "details",
                "managementGroupAncestors managementGroupAncestorsChain parent path updatedBy updatedTime version",
            ),
            ("details.parent", "displayName id name"),
        ],
    ),
    row(
        "Microsoft.Management/managementGroups/subscriptions",
        &[("", "displayName parent state tenant")],
    ),
];

const PERMISSION: &str = "actions condition conditionVersion dataActions notActions notDataActions";

const PRINCIPAL: &str = "displayName email id type";

const DENY_ASSIGNMENT: &[Place] = &[
    (
        "",
        "createdBy createdOn denyAssignmentEffect denyAssignmentName description doNotApplyToChildScopes \
         excludePrincipals isSystemProtected permissions principals scope updatedBy updatedOn",
    ),
    ("permissions[]", PERMISSION),
    ("principals[]", PRINCIPAL),
    ("excludePrincipals[]", PRINCIPAL),
];
