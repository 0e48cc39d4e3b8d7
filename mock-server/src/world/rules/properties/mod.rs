//! Is it a type that the mock knows, and are its properties spelt as Azure spells them?
//!
//! A type that nothing derives from or answers would stand in the world for nothing, and a misspelt property would
//! silently change nothing. So types are those of the tables below, and so are names, whether the mock uses them or not.
//! The names are those of the bundled specifications (named in each table) and, where a newer version adds some, of its
//! documentation.
//!
//! - [`network`] · [`network_manager`] · [`private_dns`] · [`key_vault`] · [`storage`] · [`web`] ·
//!   [`container_registry`] · [`compute`] · [`identity`] who may do what
//! - [`resource_group`] groups themselves

mod compute;
mod container_registry;
mod identity;
mod key_vault;
mod network;
mod network_manager;
mod private_dns;
mod resource_group;
mod storage;
mod web;

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use xtenant_source::{did_you_mean, one_of};

use super::place::{Step, at};
use super::{Rules, WITH_HINTS};
use crate::ids::ResourceId;

/// A type of resources.
struct Type {
    /// As Azure writes it.
    name: &'static str,
    /// Which names may stand where below `properties`.
    places: &'static [Place],
}

/// A path below `properties`, such as `networkAcls.ipRules[]`, empty for `properties` itself, and the names that are known
/// there, with blanks between them.
type Place = (&'static str, &'static str);

/// A row of the tables.
const fn row(name: &'static str, places: &'static [Place]) -> Type {
    Type { name, places }
}

/// What every sub-resource that is written inside another has, beside its `properties`.
const SUB_RESOURCE: &str = "etag id name properties type";

fn types() -> impl Iterator<Item = &'static Type> {
    let tables = [
        compute::TYPES,
        network::TYPES,
        network_manager::TYPES,
        private_dns::TYPES,
        key_vault::TYPES,
        storage::TYPES,
        web::TYPES,
        container_registry::TYPES,
        identity::TYPES,
        resource_group::TYPES,
    ];
    tables.into_iter().flatten()
}

impl Rules<'_> {
    /// The type and the names of the properties of every resource.
    pub(super) fn properties(&mut self) {
        let world = self.world;
        for (index, resource) in world.resources.iter().enumerate() {
            let Ok(id) = ResourceId::parse(resource.id()) else {
                continue;
            };
            let mut all = types();
            match all.find(|it| it.name.eq_ignore_ascii_case(&id.resource_type)) {
                None => self.unknown_type(index, &id.resource_type),
                Some(known) => {
                    let root = ["resources".into(), index.into(), "properties".into()];
                    for (path, names) in known.places {
                        self.place(known.name, &root, resource.properties(), path, names);
                    }
                }
            }
        }
    }

    fn unknown_type(&mut self, index: usize, resource_type: &str) {
        let hint = self.meant(resource_type, types().map(|it| it.name));
        self.problem(
            &["resources".into(), index.into(), "id".into()],
            format!("the mock knows no resources of the type `{resource_type}`"),
            &known_types(resource_type),
            &hint
                .unwrap_or_else(|| "leave it out: nothing in the mock would ask for it".to_owned()),
        );
    }

    /// Checks the names at a path below `value`.
    fn place<'s>(
        &mut self,
        of: &str,
        steps: &[Step<'s>],
        value: &'s Value,
        path: &'static str,
        names: &str,
    ) {
        if value.is_null() {
            return;
        }
        let Some(map) = value.as_object() else {
            // Every part of a path has a row of its own, so it is told once.
            if path.is_empty() {
                self.problem(steps, "this is not a map", "a map", "");
            }
            return;
        };
        if path.is_empty() {
            return self.names(of, steps, map, names);
        }
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        let (key, is_list) = first
            .strip_suffix("[]")
            .map_or((first, false), |it| (it, true));
        let Some(value) = map.get(key) else { return };
        let steps = [steps, &[key.into()]].concat();
        if !is_list {
            return self.place(of, &steps, value, rest, names);
        }
        let Some(items) = value.as_array() else {
            if rest.is_empty() && !value.is_null() {
                self.problem(&steps, "this is not a list", "a list", "");
            }
            return;
        };
        for (index, item) in items.iter().enumerate() {
            let steps = [&steps[..], &[index.into()]].concat();
            self.place(of, &steps, item, rest, names);
        }
    }

    fn names(&mut self, of: &str, steps: &[Step<'_>], map: &Map<String, Value>, names: &str) {
        let known = || names.split_whitespace();
        self.look_at(map.len());
        for key in map.keys().filter(|key| !known().any(|it| it == *key)) {
            let hint = self.meant(key, known());
            self.misspelt.insert(at(self.root, steps).0.span);
            self.key_problem(
                steps,
                key,
                format!("unknown property `{key}` of {of}"),
                &one_of(&known().collect::<Vec<_>>()),
                &hint.unwrap_or_default(),
            );
        }
    }

    /// The name that was probably meant. Comparing takes a moment, so only the first problems get it.
    fn meant<'n>(&self, name: &str, among: impl Iterator<Item = &'n str>) -> Option<String> {
        (self.problems.len() < WITH_HINTS)
            .then(|| did_you_mean(name, among))
            .flatten()
            .map(|meant| format!("did you mean `{meant}`?"))
    }
}

/// The types of the same provider, or the providers.
fn known_types(resource_type: &str) -> String {
    let names = || types().map(|it| it.name);
    let given = provider(resource_type);
    let is_same = |name: &&str| provider(name).eq_ignore_ascii_case(given);
    let same: Vec<&str> = names().filter(is_same).collect();
    if !same.is_empty() {
        return same.join(", ");
    }
    let providers: BTreeSet<&str> = names().map(provider).collect();
    let providers: Vec<&str> = providers.into_iter().collect();
    format!("a type of {}", providers.join(", "))
}

fn provider(resource_type: &str) -> &str {
    resource_type.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests;
