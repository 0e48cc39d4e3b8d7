//! Vaults that were deleted and can be recovered: their names stay taken, their secrets stay there (PITFALLS D06).
//!
//! Azure purges a deleted vault when its retention is over. Nothing is removed by itself here: a reader says what time it
//! is, and a vault whose time is over is not there.

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::{Resource, State, kept, lower};
use crate::ids::ResourceId;

/// ARM type of vaults.
pub const VAULTS: &str = "Microsoft.KeyVault/vaults";
/// `softDeleteRetentionInDays` where none was given (specification `keyvault-mgmt`).
pub const RETENTION_DAYS: i64 = 90;

/// A vault that was deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DeletedVault {
    /// The vault as it was.
    #[serde(with = "kept::shared")]
    pub vault: Arc<Resource>,
    /// When it was deleted.
    #[serde(with = "time::serde::rfc3339")]
    pub deleted: OffsetDateTime,
}

impl DeletedVault {
    /// When Azure purges it.
    pub fn purged(&self) -> OffsetDateTime {
        let days = self.vault.property("/softDeleteRetentionInDays");
        let days = days.and_then(Value::as_i64).unwrap_or(RETENTION_DAYS);
        let until = self.deleted.checked_add(Duration::days(days));
        until.unwrap_or(self.deleted)
    }

    /// May nobody purge it before?
    pub fn is_protected(&self) -> bool {
        let protected = self.vault.property("/enablePurgeProtection");
        protected.and_then(Value::as_bool).unwrap_or(false)
    }

    /// The subscription it was in.
    pub fn subscription(&self) -> Option<String> {
        ResourceId::parse(&self.vault.id).ok()?.subscription
    }
}

impl State {
    /// As [`State::remove_resource`], when a client does it: vaults can be recovered.
    pub fn delete_resource(&mut self, id: &str, now: OffsetDateTime) -> bool {
        let below: Vec<String> = self.below(id).map(|it| it.id.clone()).collect();
        let ids = below.iter().map(String::as_str).chain([id]);
        let going = ids.filter_map(|id| self.shared_resource(id));
        let vaults: Vec<Arc<Resource>> = going.filter(|it| it.is_a(VAULTS)).collect();
        let was_there = self.remove_resource(id);
        for vault in vaults {
            let name = lower(&vault.name);
            let deleted = now;
            self.deleted_vaults
                .insert(name, DeletedVault { vault, deleted });
        }
        was_there
    }

    /// A deleted vault by name.
    pub fn deleted_vault(&self, name: &str, now: OffsetDateTime) -> Option<&DeletedVault> {
        let found = self.deleted_vaults.get(&lower(name));
        found.filter(|it| now < it.purged())
    }

    /// Deleted vaults of all tenants whose names are taken. The public DNS reads them, which knows no time: a name stays
    /// until the vault is purged or its name is used again, also when its retention is over.
    pub fn vaults_to_recover(&self) -> impl Iterator<Item = &Resource> {
        self.deleted_vaults.values().map(|it| it.vault.as_ref())
    }

    /// The deleted vaults of a subscription, by name.
    pub fn deleted_vaults<'a>(
        &'a self,
        subscription: &'a str,
        now: OffsetDateTime,
    ) -> impl Iterator<Item = &'a DeletedVault> + use<'a> {
        let all = self.deleted_vaults.values();
        all.filter(move |it| {
            let of = it.subscription().unwrap_or_default();
            now < it.purged() && of.eq_ignore_ascii_case(subscription)
        })
    }

    /// A deleted vault and its secrets are gone for good.
    pub fn purge_vault(&mut self, name: &str) {
        if self.deleted_vaults.remove(&lower(name)).is_some() {
            self.remove_secrets(name);
        }
    }

    /// A vault was written: one of its name that was deleted is recovered, or its time is over.
    pub fn vault_written(&mut self, id: &str) {
        let Some(name) = self.resource(id).map(|it| it.name.clone()) else {
            return;
        };
        let mut recovered = false;
        self.resources.amend(id, |vault| {
            let properties = vault.body.get_mut("properties");
            let properties = properties.and_then(Value::as_object_mut);
            recovered = properties.is_some_and(|it| it.shift_remove("createMode").is_some());
        });
        self.derived = OnceLock::new();
        if recovered {
            self.deleted_vaults.remove(&lower(&name));
        } else {
            self.purge_vault(&name);
        }
    }
}
