//! Which role assignments count at a scope, and for whom.
//!
//! An assignment is a resource that lives in its scope and counts there and below. Above a subscription are its
//! management groups: those of a world's tenants become ARM's own resources, `managementGroups/{group}/subscriptions/{id}`
//! and the `properties.details.parent.id` of a management group (spec `managementgroups/2023-04-01/management.json`).
//! Deny assignments are [`super::deny`]'s. Missing on purpose: eligible (PIM) assignments, Lighthouse, and assignments at the tenant's root.

use std::collections::BTreeSet;

use serde_json::Value;

use super::definition::Definition;
use crate::ids::ResourceId;
use crate::store::{Resource, State};

/// ARM type of role assignments.
pub const ROLE_ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments";
/// ARM type of role definitions.
pub const ROLE_DEFINITIONS: &str = "Microsoft.Authorization/roleDefinitions";

/// A role assignment.
#[derive(Clone, Copy, Debug)]
pub struct Assignment<'a> {
    /// The resource as it was given.
    pub resource: &'a Resource,
}

impl<'a> Assignment<'a> {
    fn text(&self, pointer: &str) -> Option<&'a str> {
        self.resource.property(pointer).and_then(Value::as_str)
    }

    /// Where it was made: what its id is an extension of.
    pub fn scope(&self) -> String {
        let id = ResourceId::parse(&self.resource.id).ok();
        id.as_ref()
            .and_then(ResourceId::parent)
            .unwrap_or_default()
            .to_owned()
    }

    /// Object id of the principal that holds the role.
    pub fn principal(&self) -> &'a str {
        self.text("/principalId").unwrap_or_default()
    }

    /// Id of the role, as written.
    pub fn role(&self) -> &'a str {
        self.text("/roleDefinitionId").unwrap_or_default()
    }

    /// Condition, when it has one.
    pub fn condition(&self) -> Option<&'a str> {
        self.text("/condition")
            .filter(|condition| !condition.trim().is_empty())
    }

    /// The role; nothing when no such role exists in the assignment's tenant.
    pub fn definition(&self, state: &State) -> Option<Definition> {
        definition(
            state,
            tenant_of(state, self.resource),
            self.role().rsplit('/').next().unwrap_or_default(),
        )
    }
}

/// The tenant of a role assignment or definition: that of its subscription, or of its management group; empty when it is
/// in neither.
pub fn tenant_of<'a>(state: &'a State, resource: &'a Resource) -> &'a str {
    if resource.tenant.is_empty() {
        return state.tenant_of_scope(&resource.id).unwrap_or_default();
    }
    &resource.tenant
}

/// The custom role of a tenant by the GUID at the end of its id, as it is stored.
pub fn custom_role<'a>(state: &'a State, tenant: &str, name: &str) -> Option<&'a Resource> {
    let mut all = state.resources_named(ROLE_DEFINITIONS, name);
    all.find(|role| tenant_of(state, role).eq_ignore_ascii_case(tenant))
}

/// A role definition of a tenant by the GUID at the end of its id.
pub fn definition(state: &State, tenant: &str, name: &str) -> Option<Definition> {
    let custom = || custom_role(state, tenant, name);
    Definition::built_in(name)
        .or_else(|| custom().map(|role| Definition::custom(&role.name, role.properties())))
}

/// The scope itself and everything above it, nearest first.
pub fn scopes_up(state: &State, scope: &str) -> Vec<String> {
    let mut scopes = vec![scope.trim_end_matches('/').to_owned()];
    let mut current = ResourceId::parse(scope).ok();
    let subscription = current.as_ref().and_then(|id| id.subscription.clone());
    while let Some(parent) = current.as_ref().and_then(ResourceId::parent) {
        scopes.push(parent.to_owned());
        current = ResourceId::parse(parent).ok();
    }
    let mut group = match subscription {
        Some(subscription) => management_group_of(state, &subscription),
        None => scopes.last().and_then(|top| parent_group(state, top)),
    };
    while let Some(id) = group.filter(|id| !scopes.contains(id)) {
        group = parent_group(state, &id);
        scopes.push(id);
    }
    scopes
}

/// Assignments at or above a scope, nearest first.
pub fn at_or_above<'a>(state: &'a State, scope: &str) -> Vec<Assignment<'a>> {
    let scopes = scopes_up(state, scope);
    let at = |scope: &String| {
        state
            .children(scope, ROLE_ASSIGNMENTS)
            .map(|resource| Assignment { resource })
    };
    scopes.iter().flat_map(at).collect()
}

/// Assignments below a scope.
pub fn below<'a>(state: &'a State, scope: &str) -> impl Iterator<Item = Assignment<'a>> + use<'a> {
    let prefix = format!("{}/", scope.trim_end_matches('/').to_ascii_lowercase());
    let assignments = state
        .resources_of_type(ROLE_ASSIGNMENTS)
        .map(|resource| Assignment { resource });
    assignments
        .filter(move |assignment| assignment.scope().to_ascii_lowercase().starts_with(&prefix))
}

/// The object itself and the groups it is in: everybody whose assignments it holds.
pub fn holders(state: &State, object_id: &str) -> BTreeSet<String> {
    let mut holders = state.groups_of(object_id);
    holders.insert(object_id.to_ascii_lowercase());
    holders
}

fn management_group_of(state: &State, subscription: &str) -> Option<String> {
    let listed = state.resource_named(
        "Microsoft.Management/managementGroups/subscriptions",
        subscription,
    )?;
    ResourceId::parse(&listed.id)
        .ok()?
        .parent()
        .map(str::to_owned)
}

fn parent_group(state: &State, group: &str) -> Option<String> {
    state
        .resource(group)?
        .property("/details/parent/id")
        .and_then(Value::as_str)
        .map(str::to_owned)
}
