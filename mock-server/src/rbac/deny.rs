//! Does a deny assignment take a right away? It wins over every role assignment.
//!
//! A deny assignment lives in its scope and counts there and, unless `doNotApplyToChildScopes`, below. It concerns its
//! `principals` (groups too; the empty GUID is everybody) but not its `excludePrincipals`. Permissions subtract as those
//! of roles do. Source: MicrosoftDocs/azure-docs, `role-based-access-control/deny-assignments.md`. Missing on purpose:
//! conditions of deny permissions, which the loader refuses.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Asked;
use super::assignment::scopes_up;
use super::definition::Permission;
use crate::ids::ResourceId;
use crate::store::{Resource, State};

/// ARM type of deny assignments.
pub const DENY_ASSIGNMENTS: &str = "Microsoft.Authorization/denyAssignments";
/// The system-defined principal: everybody.
const EVERYBODY: &str = "00000000-0000-0000-0000-000000000000";

/// The nearest deny assignment that takes away what is asked from these holders: the caller and the groups it is in.
pub fn denying<'s>(
    state: &'s State,
    asked: &Asked<'_>,
    holders: &BTreeSet<String>,
) -> Option<&'s Resource> {
    let scopes = scopes_up(state, asked.scope);
    let denies = |resource: &&Resource, is_below: bool| {
        let only_here = resource.property("/doNotApplyToChildScopes") == Some(&Value::Bool(true));
        !(is_below && only_here) && concerns(resource, holders) && takes(resource, asked)
    };
    let at = |(index, scope): (usize, &String)| {
        let mut all = state.children(scope, DENY_ASSIGNMENTS);
        all.find(|resource| denies(resource, index > 0))
    };
    scopes.iter().enumerate().find_map(at)
}

/// Where a deny assignment was made.
pub fn scope_of(resource: &Resource) -> String {
    let id = ResourceId::parse(&resource.id).ok();
    let parent = id.as_ref().and_then(ResourceId::parent);
    parent.unwrap_or_default().to_owned()
}

fn concerns(resource: &Resource, holders: &BTreeSet<String>) -> bool {
    let ids = |key: &str| {
        let list = resource.property(key).and_then(Value::as_array);
        let id = |item: &Value| Some(item.get("id")?.as_str()?.to_ascii_lowercase());
        list.into_iter()
            .flatten()
            .filter_map(id)
            .collect::<BTreeSet<_>>()
    };
    let (denied, excluded) = (ids("/principals"), ids("/excludePrincipals"));
    (denied.contains(EVERYBODY) || !denied.is_disjoint(holders)) && excluded.is_disjoint(holders)
}

fn takes(resource: &Resource, asked: &Asked<'_>) -> bool {
    let permissions = resource.property("/permissions").and_then(Value::as_array);
    let mut permissions = permissions.into_iter().flatten().map(Permission::from_json);
    permissions.any(|permission| permission.grants(asked.plane, asked.action))
}
