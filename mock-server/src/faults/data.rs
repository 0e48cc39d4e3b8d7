//! Faults of the data itself: secrets, blobs, and the resources that hold them (PITFALLS.md D05, D06).
//!
//! Places are `vault/secret`, `account/container` and `account/container/blob`, `tenant/subscription`, or resource ids.

use time::Duration;

use super::{Fault, patch};
use crate::clock::{Clock, rfc3339};
use crate::start::start_of;
use crate::world::{Blob, Secret, SubscriptionState, World};

/// The secret was never written.
pub const SECRET_MISSING: Fault = Fault {
    id: "secret-missing",
    about: "the vault has no such secret",
    places: secrets,
    plant: |world, at| {
        let (vault, name) = at.split_once('/').ok_or("names no secret")?;
        world
            .secrets
            .get_mut(vault)
            .and_then(|secrets| secrets.remove(name))
            .map(drop)
            .ok_or_else(|| "no such secret".to_owned())
    },
};

/// The secret was deleted and can be recovered.
pub const SECRET_SOFT_DELETED: Fault = Fault {
    id: "secret-soft-deleted",
    about: "the secret was deleted and can still be recovered",
    places: secrets,
    plant: |world, at| change(world, at, |secret| secret.deleted = true),
};

/// The secret is disabled.
pub const SECRET_DISABLED: Fault = Fault {
    id: "secret-disabled",
    about: "the secret is disabled",
    places: secrets,
    plant: |world, at| change(world, at, |secret| secret.enabled = false),
};

/// The secret's time is over.
pub const SECRET_EXPIRED: Fault = Fault {
    id: "secret-expired",
    about: "the secret is past its expiry; Key Vault still gives it out and says so in its attributes",
    places: secrets,
    plant: |world, at| {
        change(world, at, |secret| {
            secret.expires = Some("2020-01-01T00:00:00Z".to_owned())
        })
    },
};

/// The secret's time will soon be over.
pub const SECRET_EXPIRING: Fault = Fault {
    id: "secret-expiring-soon",
    about: "the secret expires in ten days",
    places: secrets,
    plant: |world, at| {
        let soon = Clock::starting_at(start_of(world)).now() + Duration::days(10);
        change(world, at, |secret| secret.expires = Some(rfc3339(soon)))
    },
};

/// The secret's time has not come.
pub const SECRET_NOT_YET_VALID: Fault = Fault {
    id: "secret-not-yet-valid",
    about: "the secret is to be used from a later day on; Key Vault already gives it out",
    places: secrets,
    plant: |world, at| {
        change(world, at, |secret| {
            secret.not_before = Some("2100-01-01T00:00:00Z".to_owned())
        })
    },
};

/// The secret has another value.
pub const SECRET_VALUE_DIFFERS: Fault = Fault {
    id: "secret-value-differs",
    about: "the secret has another value than people think",
    places: secrets,
    plant: |world, at| change(world, at, |secret| secret.value.push_str("-rotated")),
};

/// The blob was never written.
pub const BLOB_MISSING: Fault = Fault {
    id: "blob-missing",
    about: "the container has no such blob",
    places: blobs,
    plant: |world, at| {
        let (account, container, name) = parts(at)?;
        let container = world
            .blobs
            .get_mut(account)
            .and_then(|it| it.get_mut(container));
        container
            .and_then(|it| it.remove(name))
            .map(drop)
            .ok_or_else(|| "no such blob".to_owned())
    },
};

/// The blob holds something else.
pub const BLOB_CONTENT_DIFFERS: Fault = Fault {
    id: "blob-content-differs",
    about: "the blob holds something else than people think",
    places: blobs,
    plant: |world, at| {
        let (account, container, name) = parts(at)?;
        let container = world
            .blobs
            .get_mut(account)
            .and_then(|it| it.get_mut(container))
            .ok_or("no such container")?;
        container.insert(name.to_owned(), Blob::of_text("something else"));
        Ok(())
    },
};

/// The blob holds other bytes, as many as before.
pub const BLOB_BYTES_DIFFER: Fault = Fault {
    id: "blob-bytes-differ",
    about: "the blob holds other bytes than people think, and as many",
    places: blobs,
    plant: |world, at| {
        let (account, container, name) = parts(at)?;
        let container = world
            .blobs
            .get_mut(account)
            .and_then(|it| it.get_mut(container))
            .ok_or("no such container")?;
        let bytes = container.get(name).and_then(Blob::bytes);
        let size = bytes.ok_or("no such blob")?.len();
        container.insert(name.to_owned(), Blob::of_text("x".repeat(size)));
        Ok(())
    },
};

/// The container was never made.
pub const CONTAINER_MISSING: Fault = Fault {
    id: "container-missing",
    about: "the storage account has no such container",
    places: |world| {
        let of = |(account, containers): (&String, &std::collections::BTreeMap<String, _>)| {
            containers
                .keys()
                .map(|name| format!("{account}/{name}"))
                .collect::<Vec<_>>()
        };
        world.blobs.iter().flat_map(of).collect()
    },
    plant: |world, at| {
        let (account, name) = at.split_once('/').ok_or("names no container")?;
        let removed = world
            .blobs
            .get_mut(account)
            .and_then(|containers| containers.remove(name));
        removed
            .map(drop)
            .ok_or_else(|| "no such container".to_owned())
    },
};

/// The vault was deleted.
pub const VAULT_MISSING: Fault = Fault {
    id: "vault-missing",
    about: "the vault was deleted",
    places: |world| patch::of_type(world, "Microsoft.KeyVault/vaults"),
    plant: |world, at| {
        forget(world, at, |world, name| {
            world
                .secrets
                .retain(|vault, _| !vault.eq_ignore_ascii_case(name))
        })
    },
};

/// The storage account was deleted.
pub const ACCOUNT_MISSING: Fault = Fault {
    id: "storage-account-missing",
    about: "the storage account was deleted",
    places: |world| patch::of_type(world, "Microsoft.Storage/storageAccounts"),
    plant: |world, at| {
        forget(world, at, |world, name| {
            world
                .blobs
                .retain(|account, _| !account.eq_ignore_ascii_case(name))
        })
    },
};

/// The subscription of the data is disabled. Place: `tenant/subscription id`.
pub const SUBSCRIPTION_DISABLED: Fault = Fault {
    id: "subscription-disabled",
    about: "the subscription of a storage account was disabled, as happens when nobody pays",
    places: |world| {
        let accounts = patch::of_type(world, "Microsoft.Storage/storageAccounts");
        let holds = |id: &str| {
            let start = format!("/subscriptions/{id}/").to_ascii_lowercase();
            accounts
                .iter()
                .any(|account| account.to_ascii_lowercase().starts_with(&start))
        };
        let mut places = Vec::new();
        for (key, tenant) in &world.tenants {
            let own = tenant.subscriptions.iter().filter(|it| holds(&it.id));
            places.extend(own.map(|it| format!("{key}/{}", it.id)));
        }
        places
    },
    plant: |world, at| {
        let (key, id) = at.split_once('/').ok_or("names no subscription")?;
        let tenant = world.tenants.get_mut(key).ok_or("no such tenant")?;
        let found = tenant.subscriptions.iter_mut().find(|it| it.id == id);
        found.ok_or("no such subscription")?.state = SubscriptionState::Disabled;
        Ok(())
    },
};

/// Removes a resource with what it holds and what its owner did with connections.
fn forget(world: &mut World, at: &str, contents: fn(&mut World, &str)) -> Result<(), String> {
    world
        .approvals
        .retain(|row| !row.resource.eq_ignore_ascii_case(at));
    contents(world, at.rsplit('/').next().unwrap_or_default());
    patch::remove(world, at)
}

fn secrets(world: &World) -> Vec<String> {
    let mut places = Vec::new();
    for (vault, secrets) in &world.secrets {
        places.extend(secrets.keys().map(|name| format!("{vault}/{name}")));
    }
    places
}

fn blobs(world: &World) -> Vec<String> {
    let mut places = Vec::new();
    for (account, containers) in &world.blobs {
        for (container, blobs) in containers {
            places.extend(
                blobs
                    .keys()
                    .map(|name| format!("{account}/{container}/{name}")),
            );
        }
    }
    places
}

fn change(world: &mut World, at: &str, how: impl FnOnce(&mut Secret)) -> Result<(), String> {
    let (vault, name) = at.split_once('/').ok_or("names no secret")?;
    let secret = world
        .secrets
        .get_mut(vault)
        .and_then(|secrets| secrets.get_mut(name))
        .ok_or("no such secret")?;
    how(secret);
    Ok(())
}

fn parts(at: &str) -> Result<(&str, &str, &str), String> {
    let mut parts = at.splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(account), Some(container), Some(name)) => Ok((account, container, name)),
        _ => Err("names no blob".to_owned()),
    }
}
