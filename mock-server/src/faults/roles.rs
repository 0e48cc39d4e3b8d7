//! Faults of role assignments (PITFALLS.md C20–C24).
//!
//! Places are ids of role assignments whose role carries data actions.

use serde_json::{Value, json};

use super::{Fault, patch};
use crate::directory::USER_ASSIGNED_IDENTITY;
use crate::ids::ResourceId;
use crate::rbac::assignment::{ROLE_ASSIGNMENTS, ROLE_DEFINITIONS};
use crate::rbac::definition::Definition;
use crate::rbac::deny::DENY_ASSIGNMENTS;
use crate::world::{Resource, World};

const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const KEY_VAULT_READER: &str = "21090545-7ca7-4776-b22c-e363652d74d2";
const KEY_VAULT_SECRETS_OFFICER: &str = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7";
const BLOB_DATA_CONTRIBUTOR: &str = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const DENY: &str = "0ddddddd-0000-4000-8000-000000000001";
const CUSTOM: &str = "0cccccc0-0000-4000-8000-000000000001";

/// The role was never given.
pub const MISSING: Fault = Fault {
    id: "role-missing",
    about: "the principal has no role on the resource",
    places: data_roles,
    plant: patch::remove,
};

/// The role was given somewhere else.
pub const OTHER_SCOPE: Fault = Fault {
    id: "role-on-other-scope",
    about: "the role was given on another resource group",
    places: data_roles,
    plant: |world, at| {
        let id = ResourceId::parse(at)?;
        let subscription = id
            .subscription
            .as_deref()
            .ok_or("the assignment is in no subscription")?;
        let moved = format!(
            "/subscriptions/{subscription}/resourceGroups/other/providers/{ROLE_ASSIGNMENTS}/{}",
            id.name
        );
        patch::resource(world, at)?
            .body
            .insert("id".to_owned(), json!(moved));
        Ok(())
    },
};

/// The role was given to the service principal of the other tenant.
pub const TO_HOME_SERVICE_PRINCIPAL: Fault = Fault {
    id: "role-to-home-service-principal",
    about: "the role was given to the object id that the service principal has in the home tenant",
    places: |world| {
        data_roles(world)
            .into_iter()
            .filter(|at| home_service_principal(world, at).is_some())
            .collect()
    },
    plant: |world, at| {
        let other = home_service_principal(world, at)
            .ok_or("the application has no other service principal")?;
        patch::set(world, at, "/principalId", json!(other))
    },
};

/// The role was given to the application object.
pub const TO_APPLICATION_OBJECT: Fault = Fault {
    id: "role-to-application-object",
    about: "the role was given to the object id of the application, not of its service principal",
    places: |world| {
        data_roles(world)
            .into_iter()
            .filter(|at| application_object(world, at).is_some())
            .collect()
    },
    plant: |world, at| {
        let other = application_object(world, at).ok_or("the principal has no application")?;
        patch::set(world, at, "/principalId", json!(other))
    },
};

/// The role was given to the managed identity.
pub const TO_MANAGED_IDENTITY: Fault = Fault {
    id: "role-to-managed-identity",
    about: "the role was given to the managed identity, which means nothing in another tenant",
    places: |world| {
        let Some(other) = managed_identity(world) else {
            return Vec::new();
        };
        // Inside one tenant the identity may be who the role belongs to.
        let has_it = |role: &Resource| text(role, "/principalId").eq_ignore_ascii_case(&other);
        let right = patch::that(world, ROLE_ASSIGNMENTS, has_it);
        let mut roles = data_roles(world);
        roles.retain(|role| !right.contains(role));
        roles
    },
    plant: |world, at| {
        let other = managed_identity(world).ok_or("the world has no managed identity")?;
        patch::set(world, at, "/principalId", json!(other))
    },
};

/// Owner instead of a data role.
pub const OWNER_INSTEAD: Fault = Fault {
    id: "role-owner-instead",
    about: "the principal is Owner, which carries no data actions",
    places: data_roles,
    plant: |world, at| set_role(world, at, OWNER),
};

/// Reader instead of a data role.
pub const READER_INSTEAD: Fault = Fault {
    id: "role-reader-instead",
    about: "the principal is Reader, which carries no data actions",
    places: data_roles,
    plant: |world, at| set_role(world, at, READER),
};

/// Key Vault Reader instead of Secrets User.
pub const KEY_VAULT_READER_INSTEAD: Fault = Fault {
    id: "role-key-vault-reader-instead",
    about: "the principal is Key Vault Reader, which reads metadata and no values",
    places: |world| {
        data_roles(world)
            .into_iter()
            .filter(|at| data_action(at).contains("KeyVault"))
            .collect()
    },
    plant: |world, at| set_role(world, at, KEY_VAULT_READER),
};

/// More than what is needed.
pub const BROADER: Fault = Fault {
    id: "role-broader-than-needed",
    about: "the principal may write too, where it needs to read only",
    places: data_roles,
    plant: |world, at| set_role(world, at, broader(at)),
};

/// More than what is needed, and wherever one looks.
pub const BROADER_ABOVE: Fault = Fault {
    id: "role-broader-on-subscription",
    about: "the principal may write too, and in the whole subscription",
    places: data_roles,
    plant: |world, at| {
        set_role(world, at, broader(at))?;
        let id = ResourceId::parse(at)?;
        let subscription = id
            .subscription
            .as_deref()
            .ok_or("the assignment is in no subscription")?;
        let above = format!(
            "/subscriptions/{subscription}/providers/{ROLE_ASSIGNMENTS}/{}",
            id.name
        );
        patch::resource(world, at)?
            .body
            .insert("id".to_owned(), json!(above));
        Ok(())
    },
};

/// The role holds under a condition that is not met.
pub const BEHIND_CONDITION: Fault = Fault {
    id: "role-behind-condition",
    about: "the role holds only for a container that is not the one that is read",
    places: data_roles,
    plant: |world, at| {
        let condition = format!(
            "((!(ActionMatches{{'{}'}})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'another-container'))",
            data_action(at)
        );
        patch::set(world, at, "/conditionVersion", json!("2.0"))?;
        patch::set(world, at, "/condition", json!(condition))
    },
};

/// A custom role takes away what it gives.
pub const CUSTOM_NOT_DATA_ACTIONS: Fault = Fault {
    id: "role-custom-not-data-actions",
    about: "the principal has a custom role whose notDataActions take the right away again",
    places: data_roles,
    plant: |world, at| {
        let subscription = ResourceId::parse(at)?
            .subscription
            .ok_or("the assignment is in no subscription")?;
        let id = format!("/subscriptions/{subscription}/providers/{ROLE_DEFINITIONS}/{CUSTOM}");
        let action = data_action(at);
        let provider = action.split('/').next().unwrap_or_default();
        let properties = json!({
            "roleName": "everything but reading",
            "type": "CustomRole",
            "description": "a role of somebody's own",
            "assignableScopes": [format!("/subscriptions/{subscription}")],
            "permissions": [{"actions": [], "notActions": [], "dataActions": [format!("{provider}/*")], "notDataActions": [action]}],
        });
        let body = [
            ("id".to_owned(), json!(id)),
            ("properties".to_owned(), properties),
        ]
        .into_iter()
        .collect();
        world.resources.push(Resource { body });
        patch::set(world, at, "/roleDefinitionId", json!(id))
    },
};

/// A deny assignment takes away what the role gives.
pub const DENIED: Fault = Fault {
    id: "role-denied",
    about: "a deny assignment takes away what the role gives",
    places: data_roles,
    plant: |world, at| {
        let scope = ResourceId::parse(at)?;
        let scope = scope.parent().ok_or("the assignment is nowhere")?;
        let id = format!("{scope}/providers/{DENY_ASSIGNMENTS}/{DENY}");
        let principal = principal_of(world, at).ok_or("the assignment is nobody's")?;
        let properties = json!({
            "denyAssignmentName": "kept by a deployment stack",
            "permissions": [{"actions": [], "notActions": [], "dataActions": [data_action(at)], "notDataActions": []}],
            "principals": [{"id": principal, "type": "ServicePrincipal"}],
        });
        let body = [
            ("id".to_owned(), json!(id)),
            ("properties".to_owned(), properties),
        ]
        .into_iter()
        .collect();
        world.resources.push(Resource { body });
        Ok(())
    },
};

/// Assignments whose role carries data actions: those of a workload, not of an auditor.
pub(super) fn data_roles(world: &World) -> Vec<String> {
    let carries = |resource: &Resource| {
        let role = text(resource, "/roleDefinitionId");
        let role = Definition::built_in(role.rsplit('/').next().unwrap_or_default());
        role.is_some_and(|role| {
            role.permissions
                .iter()
                .any(|permission| !permission.data_actions.is_empty())
        })
    };
    patch::that(world, ROLE_ASSIGNMENTS, carries)
}

/// The read that an assignment at this place is for.
fn data_action(at: &str) -> &'static str {
    if at.to_ascii_lowercase().contains("/microsoft.keyvault/") {
        "Microsoft.KeyVault/vaults/secrets/getSecret/action"
    } else {
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
    }
}

/// The role that grants writing too.
fn broader(at: &str) -> &'static str {
    if data_action(at).contains("KeyVault") {
        KEY_VAULT_SECRETS_OFFICER
    } else {
        BLOB_DATA_CONTRIBUTOR
    }
}

fn set_role(world: &mut World, at: &str, role: &str) -> Result<(), String> {
    patch::set(
        world,
        at,
        "/roleDefinitionId",
        json!(format!("/providers/{ROLE_DEFINITIONS}/{role}")),
    )
}

fn text(resource: &Resource, pointer: &str) -> String {
    resource
        .properties()
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

pub(super) fn principal_of(world: &World, at: &str) -> Option<String> {
    world
        .resources
        .iter()
        .find(|it| it.id().eq_ignore_ascii_case(at))
        .map(|it| text(it, "/principalId"))
}

/// The application id of the principal of an assignment.
fn application_id(world: &World, at: &str) -> Option<String> {
    let principal = principal_of(world, at)?;
    let mut all = world
        .tenants
        .values()
        .flat_map(|tenant| &tenant.service_principals);
    all.find(|it| it.id.eq_ignore_ascii_case(&principal))
        .map(|it| it.app_id.clone())
}

fn home_service_principal(world: &World, at: &str) -> Option<String> {
    let (principal, app_id) = (principal_of(world, at)?, application_id(world, at)?);
    let mut all = world
        .tenants
        .values()
        .flat_map(|tenant| &tenant.service_principals);
    let other = all.find(|it| {
        it.app_id.eq_ignore_ascii_case(&app_id) && !it.id.eq_ignore_ascii_case(&principal)
    });
    other.map(|it| it.id.clone())
}

pub(super) fn application_object(world: &World, at: &str) -> Option<String> {
    let app_id = application_id(world, at)?;
    let mut all = world
        .tenants
        .values()
        .flat_map(|tenant| &tenant.applications);
    all.find(|it| it.app_id.eq_ignore_ascii_case(&app_id))
        .map(|it| it.id.clone())
}

fn managed_identity(world: &World) -> Option<String> {
    let id = patch::of_type(world, USER_ASSIGNED_IDENTITY)
        .into_iter()
        .next()?;
    principal_of(world, &id)
}
