//! The resources, and the ways to find them: by id, by type, by parent and type, by type and name.
//!
//! Keys are lower case and shared, and so are the resources: a copy of all of this, which a change makes while somebody
//! still looks at the state before it, copies pointers and no bodies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Serialize, Serializer};

use super::{Resource, lower};
use crate::ids::ResourceId;

type Key = Arc<str>;

/// All resources. Written as a list; what is found by is made anew from it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "Kept")]
pub(super) struct Resources {
    by_id: BTreeMap<Key, Arc<Resource>>,
    by_type: BTreeSet<(Key, Key)>,
    by_parent: BTreeSet<(Key, Key, Key)>,
    by_name: BTreeSet<(Key, Key, Key)>,
    changes: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Kept {
    changes: usize,
    all: Vec<Resource>,
}

impl Serialize for Resources {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Every field has a name here, so that no new one is forgotten.
        let Self {
            by_id,
            by_type: _,
            by_parent: _,
            by_name: _,
            changes,
        } = self;
        let all: Vec<&Resource> = by_id.values().map(Arc::as_ref).collect();
        let mut kept = serializer.serialize_struct("Resources", 2)?;
        kept.serialize_field("changes", changes)?;
        kept.serialize_field("all", &all)?;
        kept.end()
    }
}

impl TryFrom<Kept> for Resources {
    type Error = String;

    fn try_from(kept: Kept) -> Result<Self, String> {
        let mut resources = Self {
            changes: kept.changes,
            ..Self::default()
        };
        for resource in kept.all {
            let id = ResourceId::parse(&resource.id);
            let id = id.map_err(|why| format!("resource id {}: {why}", resource.id))?;
            let key = key(id.as_str());
            if resource.version >= kept.changes || resource.order >= kept.changes {
                return Err(format!(
                    "resource {} is newer than the last change",
                    resource.id
                ));
            }
            resources.index(&id, &key);
            if resources.by_id.insert(key, Arc::new(resource)).is_some() {
                return Err(format!("resource {id} is there twice"));
            }
        }
        Ok(resources)
    }
}

impl Resources {
    /// How many times a resource was created or replaced.
    pub(super) fn changes(&self) -> usize {
        self.changes
    }

    /// A resource by its id in any case.
    pub(super) fn get(&self, id: &str) -> Option<&Arc<Resource>> {
        self.by_id.get(lower(id).as_str())
    }

    /// All of them, by id.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Resource>> {
        self.by_id.values()
    }

    /// Those of a type whose lower-case id begins with `prefix`, by id.
    pub(super) fn of_type<'a>(
        &'a self,
        resource_type: &str,
        prefix: String,
    ) -> impl Iterator<Item = &'a Resource> + use<'a> {
        let from = prefix.clone();
        self.of_type_from(resource_type, prefix, from)
    }

    /// The same, from a lower-case id on.
    pub(super) fn of_type_from<'a>(
        &'a self,
        resource_type: &str,
        prefix: String,
        from: String,
    ) -> impl Iterator<Item = &'a Resource> + use<'a> {
        let resource_type = key(resource_type);
        self.by_type
            .range((Key::clone(&resource_type), Key::from(from))..)
            .take_while(move |(of, id)| *of == resource_type && id.starts_with(&prefix))
            .filter_map(|(_, id)| self.by_id.get(id).map(Arc::as_ref))
    }

    /// Those of a type that live directly in `parent`, by id.
    pub(super) fn children<'a>(
        &'a self,
        parent: &str,
        resource_type: &str,
    ) -> impl Iterator<Item = &'a Resource> + use<'a> {
        let (parent, resource_type) = (key(parent), key(resource_type));
        let from = (
            Key::clone(&parent),
            Key::clone(&resource_type),
            Key::from(""),
        );
        self.by_parent
            .range(from..)
            .take_while(move |(of, kind, _)| *of == parent && *kind == resource_type)
            .filter_map(|(_, _, id)| self.by_id.get(id).map(Arc::as_ref))
    }

    /// Those of a type and name, by id.
    pub(super) fn named<'a>(
        &'a self,
        resource_type: &str,
        name: &str,
    ) -> impl Iterator<Item = &'a Resource> + use<'a> {
        let (resource_type, name) = (key(resource_type), key(name));
        let from = (Key::clone(&resource_type), Key::clone(&name), Key::from(""));
        self.by_name
            .range(from..)
            .take_while(move |(of, called, _)| *of == resource_type && *called == name)
            .filter_map(|(_, _, id)| self.by_id.get(id).map(Arc::as_ref))
    }

    /// Everything below an id, at any depth, by id.
    pub(super) fn below<'a>(&'a self, id: &str) -> impl Iterator<Item = &'a Resource> + use<'a> {
        let prefix = format!("{}/", lower(id));
        self.by_id
            .range(Key::from(prefix.as_str())..)
            .take_while(move |(key, _)| key.starts_with(&prefix))
            .map(|(_, resource)| resource.as_ref())
    }

    /// Creates or replaces; gives the resource its order and version.
    pub(super) fn put(&mut self, id: &ResourceId, mut resource: Resource) -> Arc<Resource> {
        let key = key(id.as_str());
        resource.version = self.changes;
        resource.order = self
            .by_id
            .get(&key)
            .map_or(self.changes, |replaced| replaced.order);
        self.changes += 1;
        let resource = Arc::new(resource);
        self.index(id, &key);
        self.by_id.insert(key, Arc::clone(&resource));
        resource
    }

    /// Changes the body of a resource that stays the same version of itself.
    pub(super) fn amend(&mut self, id: &str, change: impl FnOnce(&mut Resource)) -> bool {
        let found = self.by_id.get_mut(lower(id).as_str());
        found.map(|it| change(Arc::make_mut(it))).is_some()
    }

    /// Takes one resource out, and nothing below it.
    pub(super) fn remove(&mut self, id: &str) -> Option<Arc<Resource>> {
        let (key, resource) = self.by_id.remove_entry(lower(id).as_str())?;
        let kind = self::key(&resource.resource_type);
        self.by_type.remove(&(Key::clone(&kind), Key::clone(&key)));
        let name = self::key(&resource.name);
        self.by_name
            .remove(&(Key::clone(&kind), name, Key::clone(&key)));
        if let Some(parent) = ResourceId::parse(&resource.id)
            .ok()
            .as_ref()
            .and_then(ResourceId::parent)
        {
            self.by_parent.remove(&(self::key(parent), kind, key));
        }
        Some(resource)
    }

    fn index(&mut self, id: &ResourceId, key: &Key) {
        let kind = self::key(&id.resource_type);
        self.by_type.insert((Key::clone(&kind), Key::clone(key)));
        let name = self::key(&id.name);
        self.by_name
            .insert((Key::clone(&kind), name, Key::clone(key)));
        if let Some(parent) = id.parent() {
            let parent = self.shared(parent);
            self.by_parent.insert((parent, kind, Key::clone(key)));
        }
    }

    /// The key that the map has already, or a new one.
    fn shared(&self, id: &str) -> Key {
        let id = lower(id);
        let known = self.by_id.get_key_value(id.as_str());
        known.map_or_else(|| Key::from(id.as_str()), |(key, _)| Key::clone(key))
    }
}

fn key(text: &str) -> Key {
    Key::from(lower(text))
}
