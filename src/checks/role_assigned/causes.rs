//! Why a principal may not do what it needs to.

use crate::outcome::{Cause, Heals, Owner};

const ASSIGN: &str = "az role assignment create --assignee-object-id {principal} --assignee-principal-type ServicePrincipal --role {role} --scope {scope}";
const LIST: &str = "az role assignment list --assignee {principal} --scope {scope} --include-inherited --include-groups --output table";
const LIST_ALL: &str = "az role assignment list --scope {scope} --include-inherited --output table";
const JOIN: &str = "# or, where the principal belongs in the group that has the role: az ad group member add --group {holding-group} --member-id {principal}";
const LIST_INSTEAD: &str =
    "# otherwise: az role assignment list --scope {scope} --include-inherited --output table";
const SHOW_POLICIES: &str = "az keyvault show --subscription {vault.subscription} --name {vault.name} --query properties.accessPolicies";
const SET_POLICY: &str = "az keyvault set-policy --subscription {vault.subscription} --resource-group {vault.group} --name {vault.name} --object-id {principal} {policy-option} {policy-permission}";

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        id: "scope-missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "there is no resource {scope} to have a role at",
        fix: &[
            "az resource list --subscription {scope.subscription} --name {scope.name} --output table",
        ],
        source: "API.md §5 (roleAssignments)",
    },
    // -- a vault that does not ask roles --------------------------------------------------------------------
    Cause {
        id: "access-policy-mode",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{principal} has the role, but the vault {vault} asks its access policies and not roles",
        fix: &[
            SET_POLICY,
            "# or, where nobody needs the access policies, all of which stop counting: az keyvault update --subscription {vault.subscription} --resource-group {vault.group} --name {vault.name} --enable-rbac-authorization true",
        ],
        source: "PITFALLS C25; key-vault access-control-default.md",
    },
    Cause {
        id: "policy-lacks-permission",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the access policy of {principal} at the vault {vault} lacks the permission {policy-permission}",
        fix: &[SHOW_POLICIES, SET_POLICY],
        source: "PITFALLS C25, D13; IDENTITY.md §6 (AccessDenied)",
    },
    Cause {
        id: "policy-names-another",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the vault {vault} has no access policy for {principal}; the permission was given to {other-principal}, {relation}",
        fix: &[SHOW_POLICIES, SET_POLICY],
        source: "PITFALLS C26; key-vault troubleshooting-access-issues.md",
    },
    Cause {
        id: "policy-of-another-tenant",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the access policy of {principal} at the vault {vault} is for the tenant {policy-tenant}, and the vault trusts {vault-tenant}: the policy does not count",
        fix: &[
            SHOW_POLICIES,
            "# the whole list, without what is for other tenants than {vault-tenant}: that does not count, and a vault takes no such entry any more",
            "az rest --method patch --url {vault} --url-parameters api-version=2023-07-01 --body {policies-json}",
        ],
        source: "key-vault move-subscription.md; specs/keyvault-mgmt (AccessPolicyEntry.tenantId)",
    },
    Cause {
        id: "policy-for-users",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the access policy of {principal} at the vault {vault} is for users of the application {policy-application}; for the application on its own it does not count",
        fix: &[SHOW_POLICIES, SET_POLICY],
        source: "specs/keyvault-mgmt (AccessPolicyEntry.applicationId); key-vault assign-access-policy.md",
    },
    Cause {
        id: "no-access-policy",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the vault {vault} asks its access policies, and none names {principal}",
        fix: &[SET_POLICY],
        source: "PITFALLS C25; IDENTITY.md §6 (AccessDenied)",
    },
    // -- what wins over every role ---------------------------------------------------------------------------
    Cause {
        id: "denied",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{principal} has the right {missing}, and the deny assignment {deny-name} takes it away; it wins over every role",
        fix: &[
            "az rest --method get --url https://management.azure.com{deny-assignment}?api-version=2022-04-01",
            "# people cannot change it: Azure made it for a managed application, a deployment stack or a blueprint, whose owner has to leave out or exclude {principal}",
        ],
        source: "role-based-access-control/deny-assignments.md",
    },
    // -- roles ----------------------------------------------------------------------------------------------
    Cause {
        id: "assigned-elsewhere",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{principal} has the role {role} at {other-scope}, which does not reach {scope}",
        fix: &[ASSIGN],
        source: "PITFALLS C22; role-based-access-control/scope-overview.md",
    },
    Cause {
        id: "metadata-only",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{principal} may read the vault's metadata, not the values of its secrets: Key Vault Reader is not enough",
        fix: &[ASSIGN],
        source: "PITFALLS C24, D13; Azure/get-keyvault-secrets #25",
    },
    Cause {
        id: "control-plane-only",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{principal} may manage the resource, not use its data: Owner, Contributor and Reader grant no data actions",
        fix: &[ASSIGN],
        source: "PITFALLS C23; key-vault rbac-guide.md",
    },
    Cause {
        id: "role-lacks-actions",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the roles of {principal} at {scope} do not grant {missing}",
        fix: &[ASSIGN, LIST],
        source: "PITFALLS C22, C23; role-based-access-control/role-definitions.md",
    },
    Cause {
        id: "given-to-another",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{principal} has no role at {scope}; it was given to {other-principal}, {relation}",
        fix: &[ASSIGN, LIST_ALL],
        source: "PITFALLS C22; key-vault rest-error-codes.md",
    },
    Cause {
        id: "not-assigned",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "{principal} has no role at {scope} at all",
        fix: &[ASSIGN, JOIN, LIST_INSTEAD],
        source: "PITFALLS C21, C22; role-based-access-control/troubleshooting.md",
    },
];

pub(super) const WARNINGS: &[Cause] = &[
    Cause {
        id: "conditional",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{principal} has the right by {held-role} at {held-scope} under a condition only, which is not evaluated here",
        fix: &[
            "az role assignment list --scope {held-scope} --query {assignment-query} --output json > assignment.json",
            "# in assignment.json: a condition that holds for what is read here; or null for condition and conditionVersion, where none is needed",
            "az role assignment update --role-assignment assignment.json",
            "# or, where none is needed: az role assignment list --scope {held-scope} --query {unconditional-query} --output json > assignment.json && az role assignment update --role-assignment assignment.json",
        ],
        source: "API.md §5 (condition); MORE.md §1f; role-based-access-control/conditions-role-assignments-cli.md",
    },
    Cause {
        id: "more-than-needed",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{principal} has {held-role}, which grants more than is needed here; {role} is enough",
        fix: &[ASSIGN, "az role assignment delete --ids {assignment}"],
        source: "DESIGN.md §3 (role-assigned); role-based-access-control/best-practices.md",
    },
    Cause {
        id: "more-than-needed-inherited",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{principal} has {held-role} by an assignment to {holder} at {held-scope}, which grants more than is needed here; {role} at {scope} is enough, if nothing else needs the rest",
        fix: &[
            ASSIGN,
            LIST,
            "# and where nothing else needs the rest: az role assignment delete --ids {assignment}",
        ],
        source: "DESIGN.md §3 (role-assigned); role-based-access-control/best-practices.md",
    },
];
