//! Which application permissions does Microsoft Graph have, and which does any other service principal offer?
//!
//! Every tenant has a service principal of Graph itself: permissions are its app roles, and who holds one is assigned to
//! it (microsoft-graph-docs, `permissions-grant-via-msgraph`). Ids: `permissions-reference` there. Permissions that a world
//! grants and that have no row here have no assignment to show.

use serde_json::{Value, json};

use crate::directory::GRAPH;
use crate::store::State;
use crate::world::ServicePrincipal;

/// The role of a resource that declares none (microsoft-graph-docs, `approleassignment`).
pub(super) const DEFAULT: &str = "00000000-0000-0000-0000-000000000000";

/// Id and name of each permission.
pub(super) const PERMISSIONS: &[(&str, &str)] = &[
    (
        "06b708a9-e830-4db3-a914-8e69da51d44f",
        "AppRoleAssignment.ReadWrite.All",
    ),
    (
        "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
        "Application.Read.All",
    ),
    (
        "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
        "Application.ReadWrite.All",
    ),
    (
        "18a4783c-866b-4cc7-a460-3d5e5662c884",
        "Application.ReadWrite.OwnedBy",
    ),
    ("b0afded3-3588-46d8-8b3d-9842eff778da", "AuditLog.Read.All"),
    ("798ee544-9d2d-430c-a058-570e29e34338", "Calendars.Read"),
    (
        "ef54d2bf-783f-4e0f-bca1-3210c0444d99",
        "Calendars.ReadWrite",
    ),
    (
        "81b4724a-58aa-41c1-8a55-84ef97466587",
        "DelegatedPermissionGrant.Read.All",
    ),
    (
        "8e8e4742-1d95-4f68-9d56-6ee75648c72a",
        "DelegatedPermissionGrant.ReadWrite.All",
    ),
    ("7438b122-aefc-4978-80ed-43db9fcc7715", "Device.Read.All"),
    ("7ab1d382-f21e-4acd-a863-ba3e13f7da61", "Directory.Read.All"),
    (
        "19dbc75e-c2e2-444c-a770-ec69d8559fc7",
        "Directory.ReadWrite.All",
    ),
    ("dbb9058a-0e50-45d7-ae91-66909b5d4664", "Domain.Read.All"),
    (
        "7e05723c-0bb0-42da-be95-ae9f08a6e53c",
        "Domain.ReadWrite.All",
    ),
    ("bf7b1a76-6e77-406b-b258-bf5c7720e98f", "Group.Create"),
    ("5b567255-7703-4780-807c-7be8301ae99b", "Group.Read.All"),
    (
        "62a82d76-70ea-41e2-9197-370581804d09",
        "Group.ReadWrite.All",
    ),
    (
        "98830695-27a2-44f7-8c18-0c3ebc9698f6",
        "GroupMember.Read.All",
    ),
    (
        "dbaae8cf-10b5-4b86-a4a1-f871c94c6695",
        "GroupMember.ReadWrite.All",
    ),
    ("810c84a8-4a9e-49e6-bf7d-12d183f40d01", "Mail.Read"),
    ("e2a3a72e-5f79-4c64-b1b1-878b674786c9", "Mail.ReadWrite"),
    ("b633e1c5-b582-4048-a93e-9f11b44c7e96", "Mail.Send"),
    (
        "498476ce-e0fe-48b0-b801-37ba7e2685c6",
        "Organization.Read.All",
    ),
    (
        "292d869f-3427-49a8-9dab-8c70152b74e9",
        "Organization.ReadWrite.All",
    ),
    ("246dd0d5-5bd0-4def-940b-0421030a5b68", "Policy.Read.All"),
    (
        "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
        "RoleManagement.Read.Directory",
    ),
    (
        "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8",
        "RoleManagement.ReadWrite.Directory",
    ),
    ("332a536c-c7ef-4017-ab91-336970924f0d", "Sites.Read.All"),
    ("df021288-bdef-4463-88db-98f22de89214", "User.Read.All"),
    ("97235f07-e226-4f63-ace3-39588e11d3a1", "User.ReadBasic.All"),
    ("741f803b-c850-494e-b5df-cde7c675a1ca", "User.ReadWrite.All"),
];

/// The name of the permission with this id.
pub fn permission(id: &str) -> Option<&'static str> {
    let row = PERMISSIONS
        .iter()
        .find(|(it, _)| it.eq_ignore_ascii_case(id));
    row.map(|(_, name)| *name)
}

/// The id of the permission with this name.
pub(super) fn id_of(permission: &str) -> Option<&'static str> {
    let row = PERMISSIONS.iter().find(|(_, name)| *name == permission);
    row.map(|(id, _)| *id)
}

/// `appRoles` of a service principal: Graph's permissions, or what its application declares.
pub(super) fn of(principal: &ServicePrincipal, state: &State) -> Value {
    if principal.app_id == GRAPH {
        return PERMISSIONS.iter().map(role).collect();
    }
    let declared = || {
        let home = state.directory.home_of(&principal.app_id)?;
        let application = state.application(home, &principal.app_id)?;
        let details = state.directory.details(home, &application.id);
        details.properties.get("appRoles").cloned()
    };
    declared().unwrap_or_else(|| json!([]))
}

/// The value of a role that applications can be assigned to; nothing when there is no such role.
pub(super) fn value_of(principal: &ServicePrincipal, state: &State, id: &str) -> Option<String> {
    let roles = of(principal, state);
    let roles = roles.as_array()?;
    if id == DEFAULT {
        return roles.is_empty().then(String::new);
    }
    let is_it = |role: &&Value| {
        let same = role["id"].as_str().is_some_and(|it| same(it, id));
        same && role["isEnabled"] != json!(false) && takes_applications(role)
    };
    let found = roles.iter().find(is_it)?;
    Some(found["value"].as_str().unwrap_or_default().to_owned())
}

fn takes_applications(role: &Value) -> bool {
    let types = role["allowedMemberTypes"].as_array();
    types.is_some_and(|types| types.contains(&json!("Application")))
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// `microsoft.graph.appRole`; the texts for people are ours.
fn role((id, name): &(&str, &str)) -> Value {
    json!({
        "allowedMemberTypes": ["Application"],
        "description": format!("Allows the app {name} without a signed-in user."),
        "displayName": name,
        "id": id,
        "isEnabled": true,
        "origin": "Application",
        "value": name,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_permission_stands_once_and_may_be_given_by_a_world() {
        let ids: BTreeSet<&str> = PERMISSIONS.iter().map(|(id, _)| *id).collect();
        assert_eq!(ids.len(), PERMISSIONS.len());
        let known: BTreeSet<&str> = super::super::permissions().collect();
        for (id, name) in PERMISSIONS {
            assert!(crate::ids::is_guid(id) && known.contains(name), "{name}");
            assert_eq!((permission(id), id_of(name)), (Some(*name), Some(*id)));
        }
    }
}
