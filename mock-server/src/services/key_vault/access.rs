//! Who may do what to the secrets of a vault?
//!
//! With `enableRbacAuthorization: true` role assignments decide, otherwise (also when it is absent, as in vaults made with
//! old versions) the vault's access policies, which name object ids of the vault's own tenant. Never both.
//!
//! A policy with an `applicationId` is for a compound identity, a user through that application (`specs/keyvault-mgmt`,
//! `AccessPolicyEntry`); the mock only has callers that are applications themselves, so it grants nobody anything.

use serde_json::Value;

use super::{errors, printed, printed_caller};
use crate::auth::Caller;
use crate::rbac::{self, Asked, Decision, assignment};
use crate::request::{Reply, Request};
use crate::store::{Resource, State};

/// What is done to a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Read a value.
    Get,
    /// Read names and attributes.
    List,
    /// Make a version.
    Set,
    /// Change attributes of a version.
    Update,
    /// Delete.
    Delete,
    /// Read a deleted secret, which never shows its value.
    GetDeleted,
    /// Read the names of deleted secrets.
    ListDeleted,
    /// Undo a deletion.
    Recover,
    /// Make a deletion final.
    Purge,
    /// Take all versions out.
    Backup,
    /// Put all versions back.
    Restore,
    /// Read the names of keys.
    ListKeys,
    /// Read the names of certificates.
    ListCertificates,
}

impl Deed {
    /// The data action (azure-docs, `role-based-access-control/permissions/security.md`, "Microsoft.KeyVault"). Of a
    /// deleted secret only metadata can be read, so `readMetadata` is asked for it.
    fn action(self) -> &'static str {
        match self {
            Self::Get => "Microsoft.KeyVault/vaults/secrets/getSecret/action",
            Self::List | Self::GetDeleted | Self::ListDeleted => {
                "Microsoft.KeyVault/vaults/secrets/readMetadata/action"
            }
            Self::Set => "Microsoft.KeyVault/vaults/secrets/setSecret/action",
            Self::Update => "Microsoft.KeyVault/vaults/secrets/update/action",
            Self::Delete => "Microsoft.KeyVault/vaults/secrets/delete",
            Self::Recover => "Microsoft.KeyVault/vaults/secrets/recover/action",
            Self::Purge => "Microsoft.KeyVault/vaults/secrets/purge/action",
            Self::Backup => "Microsoft.KeyVault/vaults/secrets/backup/action",
            Self::Restore => "Microsoft.KeyVault/vaults/secrets/restore/action",
            Self::ListKeys => "Microsoft.KeyVault/vaults/keys/read",
            Self::ListCertificates => "Microsoft.KeyVault/vaults/certificates/read",
        }
    }

    /// The permission of an access policy: "requires the secrets/… permission" in the specification's descriptions.
    fn permission(self) -> &'static str {
        match self {
            Self::Get | Self::GetDeleted => "get",
            Self::List | Self::ListDeleted | Self::ListKeys | Self::ListCertificates => "list",
            Self::Set | Self::Update => "set",
            Self::Delete => "delete",
            Self::Recover => "recover",
            Self::Purge => "purge",
            Self::Backup => "backup",
            Self::Restore => "restore",
        }
    }

    /// What it is done to, as access policies name it.
    fn kind(self) -> &'static str {
        match self {
            Self::ListKeys => "keys",
            Self::ListCertificates => "certificates",
            _ => "secrets",
        }
    }

    /// `all` holds every permission but `purge`, which must be named: "'all' … does not include the
    /// 'purge' permission" (warning of the cmdlet `Set-AzureRmKeyVaultAccessPolicy`).
    fn is_permitted_by(self, permission: &str) -> bool {
        let is_all = permission.eq_ignore_ascii_case("all") && self != Self::Purge;
        is_all || permission.eq_ignore_ascii_case(self.permission())
    }
}

/// Checks the right of a caller; `secret` is empty when all are meant.
///
/// # Errors
/// The 403 of the vault's permission model.
pub(super) fn admit(
    state: &State,
    vault: &Resource,
    caller: &Caller,
    deed: Deed,
    secret: &str,
    request: &Request,
) -> Result<(), Reply> {
    let by_roles = vault
        .property("/enableRbacAuthorization")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    if !by_roles {
        let listed = has_policy(state, vault, caller, deed);
        let permission = format!("{} {}", deed.kind(), deed.permission());
        let refused = || errors::by_policy(&printed_caller(request), &permission, &printed(vault));
        return listed.then_some(()).ok_or_else(refused);
    }
    let scope = if secret.is_empty() {
        vault.id.clone()
    } else {
        format!("{}/secrets/{secret}", vault.id)
    };
    let asked = Asked::data(deed.action(), &scope);
    let denied_by = match rbac::allowed(state, caller, &asked) {
        Decision::Granted { .. } => return Ok(()),
        Decision::TakenAway(by) => Some(by),
        Decision::NotGranted => None,
    };
    let refused = errors::Refused {
        action: deed.action(),
        resource: &scope.to_ascii_lowercase(),
        denied_by: denied_by.as_ref(),
    };
    Err(errors::by_rbac(
        &printed_caller(request),
        &refused,
        &printed(vault),
    ))
}

fn has_policy(state: &State, vault: &Resource, caller: &Caller, deed: Deed) -> bool {
    let holders = assignment::holders(state, &caller.object_id);
    let text = |policy: &Value, key: &str| {
        policy
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let tenant = vault.own_tenant().to_ascii_lowercase();
    let concerns = |policy: &&Value| {
        let is_compound = !text(policy, "applicationId").is_empty();
        let is_listed = holders.contains(&text(policy, "objectId"));
        text(policy, "tenantId") == tenant && is_listed && !is_compound
    };
    let grants = |policy: &Value| {
        let permissions = policy
            .pointer(&format!("/permissions/{}", deed.kind()))
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        permissions
            .filter_map(Value::as_str)
            .any(|it| deed.is_permitted_by(it))
    };
    let policies = vault
        .property("/accessPolicies")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    policies.filter(concerns).any(grants)
}
