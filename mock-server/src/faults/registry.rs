//! Faults of container registries and their images (MORE.md §1).
//!
//! Places are ids of registries, of role assignments, or `registry/REPOSITORY`, `registry/REPOSITORY:TAG`.

use serde_json::{Value, json};

use super::{Fault, patch};
use crate::services::registry::REGISTRIES;
use crate::world::{Blob, Image, World};

/// AcrPull, and what reads in its place where roles count for each repository (MORE.md §1f).
const ACR_PULL: &str = "7f951dda-4ed3-4680-a7ca-43fe172d538d";
const REPOSITORY_READER: &str = "b93aa761-3e63-49ed-ac28-beffa264f7ac";

/// The registry was deleted.
pub const MISSING: Fault = Fault {
    id: "registry-missing",
    about: "the container registry was deleted",
    places: registries,
    plant: |world, at| {
        let name = at.rsplit('/').next().unwrap_or_default().to_owned();
        world
            .registries
            .retain(|registry, _| !registry.eq_ignore_ascii_case(&name));
        world
            .approvals
            .retain(|row| !row.resource.eq_ignore_ascii_case(at));
        patch::remove(world, at)
    },
};

/// Tokens for ARM are not taken any more.
pub const NO_ARM_TOKENS: Fault = Fault {
    id: "registry-refuses-arm-tokens",
    about: "the container registry takes no tokens for Azure Resource Manager any more",
    places: registries,
    plant: |world, at| {
        let pointer = "/policies/azureADAuthenticationAsArmPolicy/status";
        patch::set(world, at, pointer, json!("disabled"))
    },
};

/// Roles count for each repository.
pub const PER_REPOSITORY: Fault = Fault {
    id: "registry-roles-per-repository",
    about: "the container registry has roles for each repository, so that AcrPull counts for nothing",
    places: registries,
    plant: set_per_repository,
};

/// The role is for another repository.
pub const OTHER_REPOSITORY: Fault = Fault {
    id: "registry-role-for-other-repository",
    about: "the role on the container registry is for another repository",
    places: |world| {
        patch::that(world, "Microsoft.Authorization/roleAssignments", |it| {
            let role = it
                .properties()
                .get("roleDefinitionId")
                .and_then(Value::as_str);
            role.is_some_and(|role| role.ends_with(ACR_PULL)) && registry_of(it.id()).is_some()
        })
    },
    plant: |world, at| {
        let registry = registry_of(at)
            .ok_or("the role is on no registry")?
            .to_owned();
        set_per_repository(world, &registry)?;
        let role =
            format!("/providers/Microsoft.Authorization/roleDefinitions/{REPOSITORY_READER}");
        let condition = "@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEqualsIgnoreCase 'other'";
        patch::set(world, at, "/roleDefinitionId", json!(role))?;
        patch::set(world, at, "/condition", json!(condition))?;
        patch::set(world, at, "/conditionVersion", json!("2.0"))
    },
};

/// The repository was deleted.
pub const REPOSITORY_MISSING: Fault = Fault {
    id: "repository-missing",
    about: "the repository was deleted, with its images",
    places: |world| {
        let mut places = Vec::new();
        for (registry, repositories) in &world.registries {
            places.extend(repositories.keys().map(|name| format!("{registry}/{name}")));
        }
        places
    },
    plant: |world, at| {
        let (registry, name) = at.split_once('/').ok_or("names no repository")?;
        let repositories = world.registries.get_mut(registry);
        let removed = repositories.and_then(|it| it.remove(name));
        removed
            .map(drop)
            .ok_or_else(|| "no such repository".to_owned())
    },
};

/// The image was deleted.
pub const IMAGE_MISSING: Fault = Fault {
    id: "image-missing",
    about: "the image was deleted, or never pushed",
    places: images,
    plant: |world, at| {
        let (tags, tag) = tags(world, at)?;
        let removed = tags.remove(&tag);
        removed.map(drop).ok_or_else(|| "no such image".to_owned())
    },
};

/// The tag names another image.
pub const IMAGE_CHANGED: Fault = Fault {
    id: "image-changed",
    about: "another image was pushed under the same tag",
    places: images,
    plant: |world, at| {
        let (tags, tag) = tags(world, at)?;
        let image: &mut Image = tags.get_mut(&tag).ok_or("no such image")?;
        let layer: Blob = serde_json::from_value(json!({"text": "another layer"}))
            .map_err(|error| error.to_string())?;
        image.layers.push(layer);
        Ok(())
    },
};

fn set_per_repository(world: &mut World, at: &str) -> Result<(), String> {
    let mode = json!("AbacRepositoryPermissions");
    patch::set(world, at, "/roleAssignmentMode", mode)
}

fn registries(world: &World) -> Vec<String> {
    patch::of_type(world, REGISTRIES)
}

/// The registry that an id is below.
fn registry_of(id: &str) -> Option<&str> {
    let (registry, _) = id.split_once("/providers/Microsoft.Authorization/")?;
    registry
        .contains("/Microsoft.ContainerRegistry/registries/")
        .then_some(registry)
}

fn images(world: &World) -> Vec<String> {
    let mut places = Vec::new();
    for (registry, repositories) in &world.registries {
        for (name, tags) in repositories {
            places.extend(tags.keys().map(|tag| format!("{registry}/{name}:{tag}")));
        }
    }
    places
}

type Tags = std::collections::BTreeMap<String, Image>;

fn tags<'w>(world: &'w mut World, at: &str) -> Result<(&'w mut Tags, String), String> {
    let (registry, rest) = at.split_once('/').ok_or("names no image")?;
    let (name, tag) = rest.rsplit_once(':').ok_or("names no tag")?;
    let found = world
        .registries
        .get_mut(registry)
        .and_then(|repositories| repositories.get_mut(name));
    Ok((found.ok_or("no such repository")?, tag.to_owned()))
}
