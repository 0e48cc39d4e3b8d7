//! Faults of resources that trust another tenant than people think (PITFALLS.md C27, C29, D11, D17).
//!
//! Places are ids of vaults and storage accounts in a world of more than one tenant.

use serde_json::{Value, json};

use super::{Fault, patch};
use crate::directory::USER_ASSIGNED_IDENTITY;
use crate::rbac::assignment::{ROLE_ASSIGNMENTS, ROLE_DEFINITIONS};
use crate::world::{Resource, Tenant, World};

const VAULTS: &str = "Microsoft.KeyVault/vaults";
const ACCOUNTS: &str = "Microsoft.Storage/storageAccounts";
const KEY_VAULT_SECRETS_USER: &str = "4633458b-17de-408a-b874-0445c86b69e6";
const BLOB_DATA_READER: &str = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
const ASSIGNMENT: &str = "0b000000-0000-4000-8000-0000000000ff";

/// The vault trusts another tenant.
pub const VAULT: Fault = Fault {
    id: "vault-of-other-tenant",
    about: "the vault still trusts the tenant that its subscription was transferred from (properties.tenantId)",
    places: |world| in_several_tenants(world, VAULTS),
    plant: trust_other,
};

/// The storage account is in another tenant.
pub const ACCOUNT: Fault = Fault {
    id: "storage-account-of-other-tenant",
    about: "the storage account of that name is in a subscription of the other tenant",
    places: |world| in_several_tenants(world, ACCOUNTS),
    plant: |world, at| move_to_other(world, at).map(drop),
};

/// The vault lets the managed identity in, without any exchange.
pub const VAULT_OPEN_TO_IDENTITY: Fault = Fault {
    id: "vault-open-to-identity",
    about: "the vault is in the tenant of the managed identity, which may read its secrets without any exchange",
    places: |world| in_several_tenants(world, VAULTS),
    plant: |world, at| {
        let moved = move_to_other(world, at)?;
        let role = format!("/providers/{ROLE_DEFINITIONS}/{KEY_VAULT_SECRETS_USER}");
        let identity = identity(world)?;
        assign(world, &moved, &identity, &role);
        Ok(())
    },
};

/// The storage account lets the managed identity in, without any exchange.
pub const ACCOUNT_OPEN_TO_IDENTITY: Fault = Fault {
    id: "storage-account-open-to-identity",
    about: "the storage account is in the tenant of the managed identity, which may read its blobs without any exchange",
    places: |world| in_several_tenants(world, ACCOUNTS),
    plant: |world, at| {
        let moved = move_to_other(world, at)?;
        let role = format!("/providers/{ROLE_DEFINITIONS}/{BLOB_DATA_READER}");
        let identity = identity(world)?;
        assign(world, &moved, &identity, &role);
        Ok(())
    },
};

fn in_several_tenants(world: &World, resource_type: &str) -> Vec<String> {
    patch::of_type(world, resource_type)
        .into_iter()
        .filter(|id| other(world, id).is_some())
        .collect()
}

/// A tenant with a subscription, other than that of a resource.
fn other<'w>(world: &'w World, id: &str) -> Option<&'w Tenant> {
    let own = patch::tenant_of(world, id)?;
    world
        .tenants
        .values()
        .find(|tenant| tenant.id != own && !tenant.subscriptions.is_empty())
}

fn trust_other(world: &mut World, at: &str) -> Result<(), String> {
    let tenant = other(world, at)
        .ok_or("there is no other tenant")?
        .id
        .clone();
    patch::set(world, at, "/tenantId", json!(tenant))
}

/// Moves a resource, what is below it and who names it, to a subscription of another tenant.
fn move_to_other(world: &mut World, at: &str) -> Result<String, String> {
    let subscription = other(world, at)
        .and_then(|tenant| tenant.subscriptions.first())
        .ok_or("there is no other subscription")?;
    let rest = at
        .splitn(4, '/')
        .nth(3)
        .ok_or("the id is in no subscription")?;
    let moved = format!("/subscriptions/{}/{rest}", subscription.id);
    let again = |text: &str| {
        let head = text.get(..at.len())?;
        let below = text.get(at.len()..)?;
        (head.eq_ignore_ascii_case(at) && (below.is_empty() || below.starts_with('/')))
            .then(|| format!("{moved}{below}"))
    };
    for resource in &mut world.resources {
        resource
            .body
            .values_mut()
            .for_each(|value| replace(value, &again));
    }
    for approval in &mut world.approvals {
        if let Some(moved) = again(&approval.resource) {
            approval.resource = moved;
        }
    }
    Ok(moved)
}

/// Replaces every text of a value for which there is another one.
fn replace(value: &mut Value, again: &impl Fn(&str) -> Option<String>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, again)),
        Value::Object(map) => map.values_mut().for_each(|item| replace(item, again)),
        Value::String(text) => {
            if let Some(other) = again(text) {
                *text = other;
            }
        }
        _ => {}
    }
}

/// Principal id of the world's first managed identity.
fn identity(world: &World) -> Result<String, String> {
    let identities = patch::of_type(world, USER_ASSIGNED_IDENTITY);
    let id = identities
        .first()
        .ok_or("the world has no managed identity")?;
    let resource = world.resources.iter().find(|it| it.id() == id);
    let principal = resource.and_then(|it| it.properties().get("principalId")?.as_str());
    principal
        .map(str::to_owned)
        .ok_or_else(|| "the managed identity has no principal id".to_owned())
}

fn assign(world: &mut World, scope: &str, principal: &str, role: &str) {
    let id = format!("{scope}/providers/{ROLE_ASSIGNMENTS}/{ASSIGNMENT}");
    let properties = json!({
        "roleDefinitionId": role,
        "principalId": principal,
        "principalType": "ServicePrincipal",
    });
    let body = [
        ("id".to_owned(), json!(id)),
        ("properties".to_owned(), properties),
    ]
    .into_iter()
    .collect();
    world.resources.push(Resource { body });
}
