//! Assignments, role definitions, groups and access policies, read from ARM and Graph.

use serde::Deserialize;

use super::matching::Permissions;
use super::policies::Policy;
use super::{Assignment, RoleAssigned, Seen, vault_of};
use crate::ask::Ask;
use crate::checks::wire::{Resource, lenient};
use crate::ids::{ObjectId, ResourceId};
use crate::outcome::NoAnswer;

/// Below any scope: its role assignments.
const ASSIGNMENTS: &str = "providers/Microsoft.Authorization/roleAssignments";

/// By what a scope decides who may use its data.
pub(super) enum Decides {
    /// By roles, as everything but some vaults does.
    ByRoles,
    /// A vault, by access policies.
    ByPolicies {
        /// The policies.
        policies: Vec<Policy>,
        /// The tenant that the vault trusts.
        tenant: String,
    },
    /// There is no such resource.
    Gone,
}

impl RoleAssigned {
    /// The principal's assignments, and whether its groups' are among them.
    pub(super) async fn own_assignments(
        &self,
        ask: &Ask,
    ) -> Result<(Option<Vec<Assignment>>, bool), NoAnswer> {
        match list(
            ask,
            &self.scope,
            &format!("assignedTo('{}')", *self.principal),
        )
        .await
        {
            // A filter that only the documentation of some versions knows (`MORE.md` §2).
            Err(NoAnswer::Refused(refusal)) if refusal.status == 400 => Ok((
                list(
                    ask,
                    &self.scope,
                    &format!("principalId eq '{}'", *self.principal),
                )
                .await?,
                false,
            )),
            answered => Ok((answered?, true)),
        }
    }

    /// Reads the principal's groups when only one of them could still have the right.
    pub(super) async fn look_through_groups(
        &self,
        ask: &Ask,
        seen: &mut Seen,
        with_groups: bool,
    ) -> Result<(), NoAnswer> {
        let lacking = self.lacking(seen);
        let by_policy = lacking
            .iter()
            .any(|needed| self.asks_policies(seen, *needed))
            && seen
                .policies
                .iter()
                .flatten()
                .any(|policy| lacking.iter().any(|needed| policy.permits(needed.name())));
        let of_group = |assignment: &&Assignment| {
            assignment.principal_type.eq_ignore_ascii_case("Group") && self.counts(assignment)
        };
        let by_role = !with_groups
            && seen
                .others
                .iter()
                .filter(of_group)
                .any(|assignment| lacking.iter().any(|needed| assignment.grants(*needed)));
        if !by_policy && !by_role {
            return Ok(());
        }
        seen.groups = match groups_of(ask, &self.principal).await {
            Ok(groups) => groups,
            // A group may have the right, and nobody says whether the principal is in it.
            Err(why) if by_role => return Err(why),
            Err(_) => Vec::new(),
        };
        let groups = &seen.groups;
        let through_group = seen.others.iter().filter(|other| {
            groups
                .iter()
                .any(|group| group.eq_ignore_ascii_case(&other.principal))
        });
        let through_group: Vec<Assignment> = through_group.cloned().collect();
        seen.own.get_or_insert_default().extend(through_group);
        Ok(())
    }

    /// What decides about the scope's data; whether there is such a scope is asked by the way, since assignments of
    /// what is above answer for a resource that is gone, too.
    pub(super) async fn decides(&self, ask: &Ask) -> Result<Decides, NoAnswer> {
        let Some(vault) = vault_of(&self.scope) else {
            // Only an answer that says "no such thing" counts: not every type can be read by every auditor.
            let read = ask.arm::<serde_json::Value>(&self.scope.top()).await;
            let is_gone = matches!(read, Ok(None));
            return Ok(if is_gone {
                Decides::Gone
            } else {
                Decides::ByRoles
            });
        };
        let Some(read) = ask.arm::<Resource<VaultProperties>>(&vault).await? else {
            return Ok(Decides::Gone);
        };
        Ok(match read.properties.enable_rbac_authorization {
            Some(true) => Decides::ByRoles,
            _ => Decides::ByPolicies {
                policies: read.properties.access_policies,
                tenant: read.properties.tenant_id,
            },
        })
    }
}

/// The groups that a principal is in, through others too.
pub(super) async fn groups_of(ask: &Ask, principal: &ObjectId) -> Result<Vec<String>, NoAnswer> {
    let path = format!("/servicePrincipals/{principal}/transitiveMemberOf");
    let members = ask.graph_list::<Member>(&path).await?.unwrap_or_default();
    Ok(members.into_iter().map(|member| member.id).collect())
}

/// Role assignments at a scope, by filter; their roles are not read yet.
pub(super) async fn list(
    ask: &Ask,
    scope: &ResourceId,
    filter: &str,
) -> Result<Option<Vec<Assignment>>, NoAnswer> {
    let read = ask
        .arm_list::<Resource<AssignmentProperties>>(
            &scope.child(ASSIGNMENTS),
            &[("$filter", filter)],
        )
        .await?;
    Ok(read.map(|items| items.into_iter().map(Assignment::from).collect()))
}

/// Reads what each assignment's role grants; of one that is not there to be read, nobody knows. A role is read where the
/// scope lies: in its resource group, so that whoever may read no more than that can tell what it grants
/// (`RoleDefinitions_Get` takes any scope).
pub(super) async fn fill_roles(
    ask: &Ask,
    scope: &ResourceId,
    assignments: &mut [Assignment],
) -> Result<(), NoAnswer> {
    for assignment in assignments {
        let id = definition_id(&assignment.role, scope).map_err(NoAnswer::Unusable)?;
        let Some(read) = ask.arm::<Resource<DefinitionProperties>>(&id).await? else {
            assignment.unread = true;
            continue;
        };
        assignment.permissions = read.properties.permissions;
        if !read.properties.role_name.is_empty() {
            assignment.role = read.properties.role_name;
        }
    }
    Ok(())
}

pub(super) fn definition_id(role: &str, scope: &ResourceId) -> Result<ResourceId, String> {
    let id: ResourceId = role.parse()?;
    let place = match (
        scope.subscription(),
        scope.resource_group(),
        scope.management_group(),
    ) {
        (Some(subscription), Some(group), _) => {
            format!("/subscriptions/{subscription}/resourceGroups/{group}")
        }
        (Some(subscription), None, _) => format!("/subscriptions/{subscription}"),
        (None, _, Some(group)) => {
            format!("/providers/Microsoft.Management/managementGroups/{group}")
        }
        (None, _, None) => return Ok(id),
    };
    format!(
        "{place}/providers/Microsoft.Authorization/roleDefinitions/{}",
        id.name()
    )
    .parse()
}

impl From<Resource<AssignmentProperties>> for Assignment {
    fn from(read: Resource<AssignmentProperties>) -> Self {
        let own = read.properties;
        // An assignment that does not say its scope lies where its id says.
        let by_id = read
            .id
            .to_ascii_lowercase()
            .find("/providers/microsoft.authorization/roleassignments/");
        let scope = match by_id {
            Some(end) if own.scope.is_empty() => read.id[..end].to_owned(),
            _ => own.scope,
        };
        Self {
            id: read.id,
            scope,
            principal: own.principal_id,
            principal_type: own.principal_type,
            condition: own.condition.trim().to_owned(),
            role: own.role_definition_id,
            permissions: Vec::new(),
            unread: false,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct AssignmentProperties {
    #[serde(deserialize_with = "lenient")]
    scope: String,
    #[serde(deserialize_with = "lenient")]
    role_definition_id: String,
    #[serde(deserialize_with = "lenient")]
    principal_id: String,
    #[serde(deserialize_with = "lenient")]
    principal_type: String,
    #[serde(deserialize_with = "lenient")]
    condition: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DefinitionProperties {
    #[serde(deserialize_with = "lenient")]
    role_name: String,
    #[serde(deserialize_with = "lenient")]
    permissions: Vec<Permissions>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct VaultProperties {
    #[serde(deserialize_with = "lenient")]
    tenant_id: String,
    enable_rbac_authorization: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    access_policies: Vec<Policy>,
}

/// A group or anything else that a principal is a member of; the id suffices.
#[derive(Deserialize)]
struct Member {
    id: String,
}
