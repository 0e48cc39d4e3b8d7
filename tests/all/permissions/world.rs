//! A bundled scenario in its world, where its auditors have exactly the rights that were printed for them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use xtenant::permissions::{Least, Permissions};
use xtenant::plan::{Plan, Selection};
use xtenant::scenario::{self, Sources};
use xtenant::source::render;
use xtenant_mock_server::World;

use crate::mending::administrators::push;

/// A folder with one scenario and its world.
pub(super) struct Staged {
    _folder: tempfile::TempDir,
    pub(super) scenario: PathBuf,
}

/// What is printed for one scenario file.
pub(super) fn printed(path: &Path, explanations: bool) -> Permissions {
    let scenario = scenario::load(path, &Sources::default())
        .unwrap_or_else(|problems| panic!("{}", render(&problems, false)));
    let plan = Plan::new(&scenario, &Selection::default()).expect("everything is selected");
    Permissions::of([(&scenario, &plan)], explanations)
}

/// The world beside a scenario.
pub(super) fn world_of(scenario: &Path) -> Value {
    let world = World::load(&scenario.with_file_name("world.yaml"))
        .unwrap_or_else(|problems| panic!("{}", render(&problems, false)));
    serde_json::to_value(world).expect("JSON")
}

/// The principals that stand in for auditors, by name: the tenant's name in the world, and the object id.
pub(super) fn auditors(world: &Value) -> BTreeMap<String, (String, String)> {
    let principals = world["principals"].as_object().expect("principals");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    principals
        .iter()
        .map(|(name, own)| {
            (
                name.clone(),
                (text(&own["tenant"]), text(&own["service-principal"])),
            )
        })
        .collect()
}

/// The scenario in its world, its auditors with these rights and no others.
pub(super) fn staged(scenario: &Path, permissions: &Permissions) -> Staged {
    let mut world = world_of(scenario);
    let auditors = auditors(&world);
    for (_, object_id) in auditors.values() {
        strip(&mut world, object_id);
    }
    for own in &permissions.identities {
        if let Some((tenant, object_id)) = auditors.get(&own.identity) {
            grant(&mut world, tenant, object_id, own);
        }
    }
    write(scenario, &world)
}

/// Writes a world beside a copy of a scenario.
pub(super) fn write(scenario: &Path, world: &Value) -> Staged {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("world.yaml"), world.to_string()).expect("written");
    let copy = folder.path().join(scenario.file_name().expect("a file"));
    fs::copy(scenario, &copy).expect("copied");
    Staged {
        _folder: folder,
        scenario: copy,
    }
}

/// Takes every role and every permission of Microsoft Graph away from a principal.
pub(super) fn strip(world: &mut Value, object_id: &str) {
    let resources = world["resources"].as_array_mut().expect("resources");
    resources.retain(|own| {
        let id = own["id"].as_str().unwrap_or_default();
        !(id.contains("/roleAssignments/") && own["properties"]["principalId"] == object_id)
    });
    for tenant in world["tenants"]
        .as_object_mut()
        .expect("tenants")
        .values_mut()
    {
        for own in tenant["service-principals"]
            .as_array_mut()
            .into_iter()
            .flatten()
        {
            if own["id"] == object_id {
                own["graph-permissions"] = json!([]);
            }
        }
    }
}

/// Gives a principal what was printed for it.
fn grant(world: &mut Value, tenant: &str, object_id: &str, least: &Least) {
    let names: Vec<&String> = least.graph.iter().map(|own| &own.permission).collect();
    let principals = world["tenants"][tenant]["service-principals"].as_array_mut();
    for own in principals
        .into_iter()
        .flatten()
        .filter(|own| own["id"] == object_id)
    {
        own["graph-permissions"] = json!(names);
    }
    for (number, role) in least.role_definitions.iter().enumerate() {
        let serial = format!("{}{number}", &object_id[object_id.len() - 4..]);
        let id = format!("0d000000-0000-4000-8000-0000000{serial}");
        let home = role.assignable_scopes.first().expect("a scope");
        let home = home
            .split("/resourceGroups/")
            .next()
            .expect("a subscription");
        let definition = format!("{home}/providers/Microsoft.Authorization/roleDefinitions/{id}");
        push(
            world,
            "resources",
            json!({"id": definition, "properties": body(role)}),
        );
        let at = least.assign_at.iter().filter(|at| {
            let holds = |scope: &String| *at == scope || at.starts_with(&format!("{scope}/"));
            role.assignable_scopes.iter().any(holds)
        });
        for (place, scope) in at.enumerate() {
            let id = format!(
                "{scope}/providers/Microsoft.Authorization/roleAssignments/0b000000-0000-4000-80{place:02}-0000000{serial}"
            );
            let properties = json!({
                "roleDefinitionId": definition, "principalId": object_id, "principalType": "ServicePrincipal",
            });
            push(
                world,
                "resources",
                json!({"id": id, "properties": properties}),
            );
        }
    }
}

/// A role definition in ARM's shape.
pub(super) fn body(role: &xtenant::permissions::RoleDefinition) -> Value {
    json!({
        "roleName": role.name,
        "description": role.description,
        "type": "CustomRole",
        "permissions": [{
            "actions": role.actions, "notActions": role.not_actions,
            "dataActions": role.data_actions, "notDataActions": role.not_data_actions,
        }],
        "assignableScopes": role.assignable_scopes,
    })
}
