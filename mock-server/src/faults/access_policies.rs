//! Faults of vaults that decide by access policies (PITFALLS.md C25, C26, D13).
//!
//! Places are ids of vaults that decide by roles when healthy.

use serde_json::{Value, json};

use super::roles::{application_object, data_roles, principal_of};
use super::{Fault, patch};
use crate::world::World;

const VAULTS: &str = "Microsoft.KeyVault/vaults";
/// A tenant and an application that no world has.
const NOBODY: &str = "0ddddddd-dddd-4ddd-8ddd-dddddddddddd";

/// The vault does not look at roles.
pub const MODE: Fault = Fault {
    id: "vault-in-access-policy-mode",
    about: "the vault decides by access policies, of which it has none; the role assignment means nothing",
    places: vaults,
    plant: |world, at| patch::set(world, at, "/enableRbacAuthorization", json!(false)),
};

/// The vault has no policy at all, and there is no role either.
pub const NONE: Fault = Fault {
    id: "access-policy-missing",
    about: "the vault decides by access policies, and has none",
    places: vaults,
    plant: |world, at| decide_by(world, at, None, &[]),
};

/// The policy allows too little.
pub const LIST_ONLY: Fault = Fault {
    id: "access-policy-list-only",
    about: "the vault decides by access policies, and lets the principal list secrets, not read them",
    places: vaults,
    plant: |world, at| {
        let principal = assignment(world, at).and_then(|role| principal_of(world, &role));
        let principal = principal.ok_or("nobody has a role on the vault")?;
        decide_by(world, at, Some(principal), &["list"])
    },
};

/// The policy names the wrong object.
pub const WRONG_OBJECT: Fault = Fault {
    id: "access-policy-wrong-object",
    about: "the vault decides by access policies, and its policy names the application's object id",
    places: |world| {
        let has_application = |at: &String| {
            assignment(world, at).is_some_and(|role| application_object(world, &role).is_some())
        };
        vaults(world).into_iter().filter(has_application).collect()
    },
    plant: |world, at| {
        let object = assignment(world, at).and_then(|role| application_object(world, &role));
        let object = object.ok_or("nobody has a role on the vault")?;
        decide_by(world, at, Some(object), &["get", "list"])
    },
};

/// The policy stems from the tenant that the vault was in before.
pub const OTHER_TENANT: Fault = Fault {
    id: "access-policy-of-other-tenant",
    about: "the vault decides by access policies, and its policy was written for another tenant than the vault's",
    places: vaults,
    plant: |world, at| {
        by_policy_of_principal(world, at)?;
        patch::set(world, at, "/accessPolicies/0/tenantId", json!(NOBODY))
    },
};

/// The policy is for people who come through the application.
pub const FOR_USERS: Fault = Fault {
    id: "access-policy-for-users",
    about: "the vault decides by access policies, and its policy is for users of the application, not for the application",
    places: vaults,
    plant: |world, at| {
        by_policy_of_principal(world, at)?;
        patch::set(world, at, "/accessPolicies/0/applicationId", json!(NOBODY))
    },
};

/// Gives the principal the right by a policy instead of a role.
fn by_policy_of_principal(world: &mut World, at: &str) -> Result<(), String> {
    let principal = assignment(world, at).and_then(|role| principal_of(world, &role));
    let principal = principal.ok_or("nobody has a role on the vault")?;
    decide_by(world, at, Some(principal), &["get", "list"])
}

fn vaults(world: &World) -> Vec<String> {
    patch::that(world, VAULTS, |vault| {
        let by_roles = vault.properties().get("enableRbacAuthorization");
        by_roles == Some(&json!(true)) && assignment(world, vault.id()).is_some()
    })
}

/// The role assignment of a workload below a vault.
fn assignment(world: &World, vault: &str) -> Option<String> {
    let below = format!("{}/", vault.to_ascii_lowercase());
    data_roles(world)
        .into_iter()
        .find(|id| id.to_ascii_lowercase().starts_with(&below))
}

/// Replaces the roles on a vault by one policy, or by none.
fn decide_by(
    world: &mut World,
    vault: &str,
    object: Option<String>,
    permissions: &[&str],
) -> Result<(), String> {
    let tenant = patch::tenant_of(world, vault);
    if let Some(role) = assignment(world, vault) {
        patch::remove(world, &role)?;
    }
    let policies: Vec<Value> = object
        .into_iter()
        .map(|object| {
            json!({
                "tenantId": tenant,
                "objectId": object,
                "permissions": {"secrets": permissions, "keys": [], "certificates": []},
            })
        })
        .collect();
    patch::set(world, vault, "/enableRbacAuthorization", json!(false))?;
    patch::set(world, vault, "/accessPolicies", json!(policies))
}
