//! The vault that a request names, and what its settings mean for deletions.
//!
//! `softDeleteRetentionInDays` is 90 unless given; `recoveryLevel` follows from it and from `enablePurgeProtection`
//! (specification, `SecretAttributes`). Soft delete cannot be switched off in Azure any more; in a world it can, as in
//! vaults of old, and a deletion is then final.

use serde_json::Value;

use super::access::{self, Deed};
use super::{SUFFIX, network, no_such_vault, printed, refuse};
use crate::auth::{self, Caller};
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::Refusal;
use crate::store::{Resource, State};

const RETENTION_DAYS: i64 = 90;

/// A vault that a caller was admitted to: what its secrets need to know of it.
pub(super) struct Vault {
    name: String,
    printed: String,
    subscription: String,
    retention_days: i64,
    is_purge_protected: bool,
}

impl Vault {
    /// The vault, once way, tenant and right are checked; `secret` is empty when all are meant.
    ///
    /// # Errors
    /// The first refusal.
    pub(super) fn admitting(
        context: &Context,
        request: &Request,
        caller: Option<&Caller>,
        deed: Deed,
        secret: &str,
    ) -> Result<Self, Reply> {
        let state = context.state();
        let vault = vault_of(&state, request).ok_or_else(|| no_such_vault(request))?;
        network::admit(&state, vault, request)?;
        let caller = caller.ok_or_else(|| refuse(&Refusal::NoToken, request, context))?;
        auth::require_tenant(caller, vault.own_tenant())
            .map_err(|refusal| refuse(&refusal, request, context))?;
        access::admit(&state, vault, caller, deed, secret, request)?;
        Ok(Self::of(vault))
    }

    fn of(vault: &Resource) -> Self {
        let flag = |name| vault.property(name).and_then(Value::as_bool);
        let days = vault.property("/softDeleteRetentionInDays");
        let days = days.and_then(Value::as_i64).unwrap_or(RETENTION_DAYS);
        let keeps = flag("/enableSoftDelete") != Some(false);
        let subscription = vault.id.split('/').nth(2).unwrap_or_default();
        Self {
            name: vault.name.clone(),
            printed: printed(vault),
            subscription: subscription.to_ascii_lowercase(),
            retention_days: if keeps { days } else { 0 },
            is_purge_protected: flag("/enablePurgeProtection") == Some(true),
        }
    }

    /// The key of its secrets in the state.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// `name;location=region`, as messages print it.
    pub(super) fn printed(&self) -> &str {
        &self.printed
    }

    /// The subscription that a backup belongs to, in lower case.
    pub(super) fn subscription(&self) -> &str {
        &self.subscription
    }

    /// `https://name.vault.azure.net`.
    pub(super) fn url(&self) -> String {
        format!("https://{}{SUFFIX}", self.name.to_ascii_lowercase())
    }

    /// How long a deleted secret can be recovered; 0 without soft delete.
    pub(super) fn retention_days(&self) -> i64 {
        self.retention_days
    }

    /// May nobody purge before the time is over?
    pub(super) fn is_purge_protected(&self) -> bool {
        self.is_purge_protected
    }

    /// `recoveryLevel` of its secrets.
    pub(super) fn recovery_level(&self) -> &'static str {
        match (self.retention_days, self.is_purge_protected) {
            (0, _) => "Purgeable",
            (RETENTION_DAYS, false) => "Recoverable+Purgeable",
            (RETENTION_DAYS, true) => "Recoverable",
            (_, false) => "CustomizedRecoverable+Purgeable",
            (_, true) => "CustomizedRecoverable",
        }
    }
}

/// The vault that the host names.
pub(super) fn vault_of<'a>(state: &'a State, request: &Request) -> Option<&'a Resource> {
    state.resource_named(
        "Microsoft.KeyVault/vaults",
        request.host.strip_suffix(SUFFIX)?,
    )
}
