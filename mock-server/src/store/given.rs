//! From what a world gives to what the store keeps: keys in lower case, contents decoded.

use std::collections::BTreeMap;

use super::{StandIn, StoredBlob, StoredSecret, lower};
use crate::world::{Blob, Principal, Vantage, World};

/// Subscription to tenant, both by id in lower case.
pub(super) fn subscriptions(world: &World) -> BTreeMap<String, String> {
    let listed = |tenant: &crate::world::Tenant| {
        let id = lower(&tenant.id);
        tenant
            .subscriptions
            .iter()
            .map(|it| (lower(&it.id), id.clone()))
            .collect::<Vec<_>>()
    };
    world.tenants.values().flat_map(listed).collect()
}

/// The vantages of the world, and `internet`.
pub(super) fn vantages(world: &World) -> BTreeMap<String, Vantage> {
    let mut vantages = world.vantages.clone();
    vantages
        .entry("internet".to_owned())
        .or_insert_with(Vantage::internet);
    vantages
}

/// Stand-ins by name.
pub(super) fn principals(world: &World) -> BTreeMap<String, StandIn> {
    let stand_in = |principal: &Principal| {
        let tenant = world.tenants.get(&principal.tenant)?;
        Some(StandIn {
            tenant: lower(&tenant.id),
            object_id: lower(&principal.service_principal),
        })
    };
    world
        .principals
        .iter()
        .filter_map(|(name, it)| Some((name.clone(), stand_in(it)?)))
        .collect()
}

/// Secrets by vault and name in lower case.
pub(super) fn secrets(world: &World) -> BTreeMap<(String, String), StoredSecret> {
    let mut stored = BTreeMap::new();
    for (vault, secrets) in &world.secrets {
        for (name, secret) in secrets {
            let secret = StoredSecret {
                name: name.clone(),
                secret: secret.clone(),
            };
            stored.insert((lower(vault), lower(name)), secret);
        }
    }
    stored
}

/// Blobs by account in lower case and container, then by name.
pub(super) fn blobs(world: &World) -> BTreeMap<(String, String), BTreeMap<String, StoredBlob>> {
    let mut stored = BTreeMap::new();
    for (account, containers) in &world.blobs {
        for (container, blobs) in containers {
            let decoded = blobs
                .iter()
                .filter_map(|(name, blob)| Some((name.clone(), decode(blob)?)))
                .collect();
            stored.insert((lower(account), container.clone()), decoded);
        }
    }
    stored
}

fn decode(blob: &Blob) -> Option<StoredBlob> {
    Some(StoredBlob {
        content: blob.bytes()?,
        content_type: blob.content_type.clone(),
    })
}
