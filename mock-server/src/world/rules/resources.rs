//! ARM resources: well-formed ids, once each, in a subscription that a tenant lists, in ARM's shape.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use xtenant_source::did_you_mean;

use super::Rules;
use super::place::Step;
use crate::directory::USER_ASSIGNED_IDENTITY;
use crate::ids::{ResourceId, is_guid};
use crate::world::resource::TOP_LEVEL;
use crate::world::{Resource, World};

/// Types whose names are unique in the whole cloud, since they are part of a host name.
const GLOBAL_NAMES: &[&str] = &[
    "Microsoft.ContainerRegistry/registries",
    "Microsoft.KeyVault/vaults",
    "Microsoft.Storage/storageAccounts",
    "Microsoft.Web/sites",
];
/// Top-level keys that hold an object.
const OBJECTS: &[&str] = &[
    "extendedLocation",
    "identity",
    "plan",
    "properties",
    "sku",
    "systemData",
    "tags",
];

impl Rules<'_> {
    pub(super) fn resources(&mut self) {
        let world = self.world;
        let mut ids = BTreeMap::new();
        let mut names = BTreeMap::new();
        let mut listed = subscriptions(world);
        for (index, resource) in world.resources.iter().enumerate() {
            self.body(index, resource);
            let Some(id) = self.id(index, resource) else {
                continue;
            };
            if let Some(first) = ids.insert(id.key(), index) {
                let title = format!("resource {} of the list has this id already", first + 1);
                self.problem(
                    &place(index, "id"),
                    title,
                    "each resource once (ids ignore case)",
                    "",
                );
                continue;
            }
            self.agrees(index, resource, "type", &id.resource_type);
            self.agrees(index, resource, "name", &id.name);
            self.subscription(index, &id, &mut listed);
            self.parent(index, &id);
            let global = GLOBAL_NAMES
                .iter()
                .any(|it| it.eq_ignore_ascii_case(&id.resource_type));
            let name = (
                id.resource_type.to_ascii_lowercase(),
                id.name.to_ascii_lowercase(),
            );
            if global && names.insert(name, index).is_some() {
                let title = format!("another {} has the name {}", id.resource_type, id.name);
                self.problem(
                    &place(index, "id"),
                    title,
                    "a name that is unique in the cloud",
                    "",
                );
            }
            if id
                .resource_type
                .eq_ignore_ascii_case(USER_ASSIGNED_IDENTITY)
            {
                self.managed_identity(index, resource);
            }
        }
    }

    fn body(&mut self, index: usize, resource: &Resource) {
        for (key, value) in resource.body.iter().filter(|(key, _)| *key != "id") {
            if !TOP_LEVEL.contains(&key.as_str()) {
                let hint = did_you_mean(key, TOP_LEVEL.iter().copied())
                    .map(|meant| format!("did you mean {meant}?"));
                let title = format!("ARM resources have no top-level key {key}");
                let map = ["resources".into(), index.into()];
                self.key_problem(
                    &map,
                    key,
                    title,
                    &TOP_LEVEL.join(", "),
                    &hint.unwrap_or_default(),
                );
            } else if OBJECTS.contains(&key.as_str()) && !value.is_object() {
                self.problem(
                    &place(index, key),
                    format!("{key} is not a map"),
                    "a map",
                    "",
                );
            } else if matches!(key.as_str(), "location" | "kind" | "name" | "type")
                && !value.is_string()
            {
                self.problem(
                    &place(index, key),
                    format!("{key} is not a text"),
                    "a text",
                    "",
                );
            }
        }
    }

    fn id(&mut self, index: usize, resource: &Resource) -> Option<ResourceId> {
        let Some(id) = resource.body.get("id").and_then(Value::as_str) else {
            self.problem(
                &place(index, "id"),
                "the resource has no id",
                "an ARM resource id",
                "",
            );
            return None;
        };
        match ResourceId::parse(id) {
            Ok(id) => Some(id),
            Err(why) => {
                let expected = "/subscriptions/{guid}/resourceGroups/{name}/providers/{namespace}/{type}/{name}…";
                self.problem(
                    &place(index, "id"),
                    format!("not an ARM resource id: it {why}"),
                    expected,
                    "",
                );
                None
            }
        }
    }

    fn agrees(&mut self, index: usize, resource: &Resource, key: &str, of_id: &str) {
        if let Some(written) = resource.text(key)
            && !written.eq_ignore_ascii_case(of_id)
        {
            let title = format!("the {key} is not that of the id: {written}");
            self.problem(
                &place(index, key),
                title,
                of_id,
                "leave it out; it follows from the id",
            );
        }
    }

    /// Each subscription that nobody lists is told once, at the first resource in it.
    fn subscription(&mut self, index: usize, id: &ResourceId, listed: &mut BTreeSet<String>) {
        let Some(subscription) = &id.subscription else {
            return;
        };
        if listed.insert(subscription.to_ascii_lowercase()) {
            let title = format!("no tenant lists the subscription {subscription}");
            let hint = "add it to `subscriptions:` of the tenant that it belongs to";
            self.missing(
                &["tenants"],
                &place(index, "id"),
                title,
                "a subscription of one of the tenants",
                hint,
            );
        }
    }

    /// A nested resource lives in one that exists; extension resources (`…/providers/Microsoft.Authorization/…`) too.
    fn parent(&mut self, index: usize, id: &ResourceId) {
        let Some(parent) = id
            .parent()
            .and_then(|parent| ResourceId::parse(parent).ok())
        else {
            return;
        };
        let is_group_or_subscription = parent
            .resource_type
            .to_ascii_lowercase()
            .starts_with("microsoft.resources/");
        if !is_group_or_subscription && !self.known.contains_key(&parent.key()) {
            let title = format!("the world has no resource {parent}");
            let hint = self.closest(parent.as_str(), &parent.resource_type);
            self.missing(
                &["resources", "secrets", "blobs", "tenants"],
                &place(index, "id"),
                title,
                "the id of a resource inside one of this world",
                &hint,
            );
        }
    }

    fn managed_identity(&mut self, index: usize, resource: &Resource) {
        for key in ["clientId", "principalId"] {
            let steps = [
                "resources".into(),
                index.into(),
                "properties".into(),
                key.into(),
            ];
            match resource.properties().get(key).and_then(Value::as_str) {
                Some(id) if is_guid(id) => {}
                Some(id) => self.guid(&steps, key, id),
                None => self.problem(
                    &steps,
                    format!("the managed identity has no {key}"),
                    "a GUID",
                    "",
                ),
            }
        }
    }
}

fn subscriptions(world: &World) -> BTreeSet<String> {
    let all = world
        .tenants
        .values()
        .flat_map(|tenant| &tenant.subscriptions);
    all.map(|subscription| subscription.id.to_ascii_lowercase())
        .collect()
}

fn place(index: usize, key: &str) -> [Step<'_>; 3] {
    ["resources".into(), index.into(), key.into()]
}
