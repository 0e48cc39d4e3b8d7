//! What can be pointed at in a world?
//!
//! Resources; what is written inside others: subnets of networks, management groups of tenants; and what has a section of
//! its own: secrets of vaults and containers of storage accounts, which roles may be assigned on.

use std::collections::{BTreeMap, BTreeSet};

use super::{management_groups, network};
use crate::ids::ResourceId;
use crate::world::{Resource, World};

const VAULT: &str = "Microsoft.KeyVault/vaults";
const ACCOUNT: &str = "Microsoft.Storage/storageAccounts";

/// Something that an id may name.
pub(super) struct Known {
    /// Index in `resources:` of it or of what it is in; nothing for a management group.
    pub(super) index: Option<usize>,
    /// Id as written.
    pub(super) id: String,
    /// Type as written.
    pub(super) resource_type: String,
}

/// Everything that can be pointed at, by id in lower case.
pub(super) fn known(world: &World) -> BTreeMap<String, Known> {
    let mut known = management_groups::known(world);
    let inside = Inside::of(world);
    for (index, resource) in world.resources.iter().enumerate() {
        let Ok(id) = ResourceId::parse(resource.id()) else {
            continue;
        };
        let mut insert = |id: String, resource_type: String| {
            let index = Some(index);
            let known_as = id.to_ascii_lowercase();
            let it = Known {
                index,
                id,
                resource_type,
            };
            known.insert(known_as, it);
        };
        for (path, resource_type) in inside.resource(&id, resource) {
            insert(format!("{id}/{path}"), resource_type.to_owned());
        }
        insert(id.as_str().to_owned(), id.resource_type);
    }
    known
}

/// Type and name of every resource, in lower case.
pub(super) fn names(world: &World) -> BTreeSet<(String, String)> {
    let ids = world
        .resources
        .iter()
        .filter_map(|resource| ResourceId::parse(resource.id()).ok());
    ids.map(|id| {
        (
            id.resource_type.to_ascii_lowercase(),
            id.name.to_ascii_lowercase(),
        )
    })
    .collect()
}

/// Secrets by vault, containers by account; the owners' names in lower case.
struct Inside<'w> {
    secrets: BTreeMap<String, Vec<&'w str>>,
    containers: BTreeMap<String, Vec<&'w str>>,
}

impl<'w> Inside<'w> {
    fn of(world: &'w World) -> Self {
        Self {
            secrets: by_owner(&world.secrets),
            containers: by_owner(&world.blobs),
        }
    }

    /// Path below the resource, and type, of what is in it.
    fn resource<'a>(
        &'a self,
        id: &ResourceId,
        resource: &'a Resource,
    ) -> Vec<(String, &'static str)> {
        let owned = |by_owner: &'a BTreeMap<String, Vec<&'w str>>| {
            let names = by_owner.get(&id.name.to_ascii_lowercase());
            names.into_iter().flatten()
        };
        if id.resource_type.eq_ignore_ascii_case(VAULT) {
            owned(&self.secrets)
                .map(|name| {
                    (
                        format!("secrets/{name}"),
                        "Microsoft.KeyVault/vaults/secrets",
                    )
                })
                .collect()
        } else if id.resource_type.eq_ignore_ascii_case(ACCOUNT) {
            let services = "Microsoft.Storage/storageAccounts/blobServices";
            let containers = "Microsoft.Storage/storageAccounts/blobServices/containers";
            let service = ("blobServices/default".to_owned(), services);
            let path = |name| format!("blobServices/default/containers/{name}");
            owned(&self.containers)
                .map(|name| (path(name), containers))
                .chain([service])
                .collect()
        } else {
            network::subnets(resource)
                .map(|name| (format!("subnets/{name}"), network::SUBNET))
                .collect()
        }
    }
}

fn by_owner<T>(section: &BTreeMap<String, BTreeMap<String, T>>) -> BTreeMap<String, Vec<&str>> {
    let mut owners: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (owner, items) in section {
        let names = items.keys().map(String::as_str);
        owners
            .entry(owner.to_ascii_lowercase())
            .or_default()
            .extend(names);
    }
    owners
}
