//! The secrets of vaults: names, versions, deletions.
//!
//! A name has at least one version, the newest last. A deleted name keeps its versions until it is recovered or purged,
//! or until its time is over: a reader says what time it is, nothing is removed by itself. Values never appear in `Debug`
//! output.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{State, lower};
use crate::services::private_endpoint::derived_guid;
use crate::world::{Secret, World};

/// When everything that a world gives was made: 2024-01-01.
pub(super) const GIVEN_AT: i64 = 1_704_067_200;

/// Vault in lower case, then name in lower case. Shared, so that a change copies the secrets of one vault alone.
pub(super) type Secrets = BTreeMap<String, Arc<BTreeMap<String, StoredSecret>>>;

/// A secret: a name with its versions.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StoredSecret {
    /// Name as written.
    pub name: String,
    /// Oldest first.
    pub versions: Vec<SecretVersion>,
    /// Soft-deleted, and since when.
    pub deletion: Option<Deletion>,
}

/// When a secret was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deletion {
    /// The world says so: when the mock began.
    Given,
    /// Seconds since 1970.
    At(i64),
}

/// One value that a secret had.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SecretVersion {
    /// 32 hexadecimal digits.
    pub id: String,
    /// The value.
    pub value: String,
    /// May it be read?
    pub enabled: bool,
    /// `nbf`, in seconds since 1970.
    pub not_before: Option<i64>,
    /// `exp`, in seconds since 1970.
    pub expires: Option<i64>,
    /// MIME type.
    pub content_type: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// Seconds since 1970.
    pub created: i64,
    /// Seconds since 1970.
    pub updated: i64,
}

impl fmt::Debug for SecretVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretVersion")
            .field("id", &self.id)
            .field("enabled", &self.enabled)
            .finish_non_exhaustive()
    }
}

impl StoredSecret {
    /// The version that a request without one means.
    pub fn latest(&self) -> Option<&SecretVersion> {
        self.versions.last()
    }

    /// A version by id, or the latest when the id is empty.
    pub fn version(&self, id: &str) -> Option<&SecretVersion> {
        if id.is_empty() {
            return self.latest();
        }
        self.versions
            .iter()
            .find(|version| version.id.eq_ignore_ascii_case(id))
    }

    /// The same, to change.
    pub fn version_mut(&mut self, id: &str) -> Option<&mut SecretVersion> {
        if id.is_empty() {
            return self.versions.last_mut();
        }
        self.versions
            .iter_mut()
            .find(|version| version.id.eq_ignore_ascii_case(id))
    }
}

impl State {
    /// A secret of a vault, deleted or not.
    pub fn secret(&self, vault: &str, name: &str) -> Option<&StoredSecret> {
        self.secrets.get(&lower(vault))?.get(&lower(name))
    }

    /// The same, to change.
    pub fn secret_mut(&mut self, vault: &str, name: &str) -> Option<&mut StoredSecret> {
        let secrets = self.secrets.get_mut(&lower(vault))?;
        Arc::make_mut(secrets).get_mut(&lower(name))
    }

    /// The secrets of a vault by name, from the one after `after` on.
    pub fn secrets_after<'a>(
        &'a self,
        vault: &str,
        after: Option<&str>,
    ) -> impl Iterator<Item = &'a StoredSecret> + use<'a> {
        let from = after.map_or(Bound::Unbounded, |name| Bound::Excluded(lower(name)));
        self.secrets
            .get(&lower(vault))
            .into_iter()
            .flat_map(move |secrets| secrets.range((from.clone(), Bound::Unbounded)))
            .map(|(_, secret)| secret)
    }

    /// Creates or replaces a secret with all of its versions.
    pub fn put_secret(&mut self, vault: &str, secret: StoredSecret) {
        let secrets = self.secrets.entry(lower(vault)).or_default();
        Arc::make_mut(secrets).insert(lower(&secret.name), secret);
    }

    /// Forgets a secret with all of its versions; gives it back if it was there.
    pub fn remove_secret(&mut self, vault: &str, name: &str) -> Option<StoredSecret> {
        let secrets = self.secrets.get_mut(&lower(vault))?;
        Arc::make_mut(secrets).remove(&lower(name))
    }

    /// Forgets all secrets of a vault, as its purge does.
    pub fn remove_secrets(&mut self, vault: &str) {
        self.secrets.remove(&lower(vault));
    }
}

/// What a world gives: one version per secret, whose id follows from the vault and the name.
pub(super) fn given(world: &World) -> Secrets {
    let mut stored = Secrets::new();
    for (vault, secrets) in &world.secrets {
        let id = vault_id(world, vault);
        let named = secrets.iter().map(|(name, secret)| {
            let place = format!("{id}/secrets/{name}");
            let version = derived_guid(&place, "secret-version").replace('-', "");
            (lower(name), given_secret(name, secret, version))
        });
        stored.insert(lower(vault), Arc::new(named.collect()));
    }
    stored
}

fn vault_id(world: &World, vault: &str) -> String {
    let end = lower(&format!("/Microsoft.KeyVault/vaults/{vault}"));
    let found = world
        .resources
        .iter()
        .find(|it| lower(it.id()).ends_with(&end));
    found.map_or_else(|| vault.to_owned(), |it| it.id().to_owned())
}

fn given_secret(name: &str, secret: &Secret, id: String) -> StoredSecret {
    let seconds = |text: &Option<String>| {
        let time = OffsetDateTime::parse(text.as_deref()?, &Rfc3339).ok()?;
        Some(time.unix_timestamp())
    };
    let version = SecretVersion {
        id,
        value: secret.value.clone(),
        enabled: secret.enabled,
        not_before: seconds(&secret.not_before),
        expires: seconds(&secret.expires),
        content_type: secret.content_type.clone(),
        tags: BTreeMap::new(),
        created: GIVEN_AT,
        updated: GIVEN_AT,
    };
    StoredSecret {
        name: name.to_owned(),
        versions: vec![version],
        deletion: secret.deleted.then_some(Deletion::Given),
    }
}
