//! What must hold in a world beyond its shape: everything that is named exists, once, in its proper form.
//!
//! - [`place`] where in the file a value stands
//! - [`identity`] tenants, subscriptions, directory objects, principals; [`credentials`] of applications
//! - [`resources`] ARM resources · [`links`] what resources and approvals point at
//! - [`network`] prefixes, vantages, DNS servers · [`data`] secrets and blobs
//!
//! A world that breaks a rule would answer like a tenant that nobody has; better to refuse it with a place and a hint.

mod credentials;
mod data;
mod identity;
mod links;
mod network;
mod place;
mod resources;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use xtenant_source::{Node, Problem, SourceFile};

use super::World;
use crate::ids::{ResourceId, is_guid};
use place::{Step, at};

/// Version of the world format that this mock reads.
const VERSION: u32 = 1;
/// Problems that get a "did you mean".
const WITH_HINTS: usize = 20;

/// Every broken rule.
pub(super) fn broken(world: &World, file: &Arc<SourceFile>, root: &Node) -> Vec<Problem> {
    let known = known(world);
    let names = names(world);
    let mut rules = Rules {
        world,
        file,
        root,
        known,
        names,
        problems: Vec::new(),
    };
    rules.head();
    rules.identity();
    rules.resources();
    rules.links();
    rules.network();
    rules.data();
    rules.problems
}

struct Rules<'w> {
    world: &'w World,
    file: &'w Arc<SourceFile>,
    root: &'w Node,
    /// Resources by id in lower case; subnets that are written inside their networks too.
    known: BTreeMap<String, Known>,
    /// Type and name of every resource, in lower case.
    names: BTreeSet<(String, String)>,
    problems: Vec<Problem>,
}

/// A resource that the world has.
struct Known {
    /// Index in `resources:`.
    index: usize,
    /// Id as written.
    id: String,
    /// Type as written.
    resource_type: String,
}

impl Rules<'_> {
    /// A problem with a value.
    fn problem(
        &mut self,
        steps: &[Step<'_>],
        title: impl Into<String>,
        expected: &str,
        hint: &str,
    ) {
        let span = at(self.root, steps).span;
        self.push(span, title.into(), expected, hint);
    }

    /// A problem with a key of a map.
    fn key_problem(
        &mut self,
        map: &[Step<'_>],
        key: &str,
        title: impl Into<String>,
        expected: &str,
        hint: &str,
    ) {
        let node = at(self.root, map);
        let key = node.as_map().and_then(|map| map.key(key));
        let span = key.map_or(node.span, |key| key.span);
        self.push(span, title.into(), expected, hint);
    }

    fn push(&mut self, span: xtenant_source::Span, title: String, expected: &str, hint: &str) {
        let mut problem = Problem::at(self.file, span, title);
        if !expected.is_empty() {
            problem = problem.expected(expected);
        }
        if !hint.is_empty() {
            problem = problem.hint(hint);
        }
        self.problems.push(problem);
    }

    fn guid(&mut self, steps: &[Step<'_>], what: &str, text: &str) {
        if !is_guid(text) {
            self.problem(
                steps,
                format!("{what} is not a GUID: {text}"),
                "8-4-4-4-12 hexadecimal digits",
                "",
            );
        }
    }

    fn time(&mut self, steps: &[Step<'_>], text: &str) {
        if OffsetDateTime::parse(text, &Rfc3339).is_err() {
            self.problem(
                steps,
                format!("not a time: {text}"),
                "RFC 3339, such as 2026-11-22T10:00:00Z",
                "",
            );
        }
    }

    fn head(&mut self) {
        let world = self.world;
        if world.version != VERSION {
            let title = format!("this mock does not read version {}", world.version);
            self.problem(&["version".into()], title, "1", "");
        }
        if world.world.trim().is_empty() {
            self.problem(&["world".into()], "the world has no name", "a name", "");
        }
        if let Some(clock) = &world.clock {
            self.time(&["clock".into()], clock);
        }
    }

    /// The id must be one of a resource of this type that the world has.
    fn points_at(&mut self, steps: &[Step<'_>], id: &str, resource_type: &str) {
        match self.known.get(&id.to_ascii_lowercase()) {
            Some(known) if known.resource_type.eq_ignore_ascii_case(resource_type) => {}
            Some(known) => {
                let title = format!("this is a {}", known.resource_type);
                self.problem(steps, title, &format!("the id of a {resource_type}"), "");
            }
            None => {
                let hint = self.closest(id, resource_type);
                self.problem(
                    steps,
                    format!("the world has no resource {id}"),
                    &format!("the id of a {resource_type} of this world"),
                    &hint,
                );
            }
        }
    }

    /// The resource that was probably meant. Comparing takes a moment, so only the first problems get it.
    fn closest(&self, id: &str, resource_type: &str) -> String {
        if self.problems.len() >= WITH_HINTS {
            return String::new();
        }
        let is_it = |known: &&Known| known.resource_type.eq_ignore_ascii_case(resource_type);
        let of_type: Vec<&str> = self
            .known
            .values()
            .filter(is_it)
            .map(|known| known.id.as_str())
            .collect();
        if of_type.is_empty() {
            return format!("the world has no {resource_type} at all");
        }
        let name = |id: &str| {
            id.rsplit('/')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase()
        };
        let same_name = of_type
            .iter()
            .find(|candidate| name(candidate) == name(id))
            .copied();
        let meant = same_name.or_else(|| xtenant_source::did_you_mean(id, of_type.iter().copied()));
        meant
            .map(|meant| format!("did you mean {meant}?"))
            .unwrap_or_default()
    }
}

fn known(world: &World) -> BTreeMap<String, Known> {
    let mut known = BTreeMap::new();
    for (index, resource) in world.resources.iter().enumerate() {
        let Ok(id) = ResourceId::parse(resource.id()) else {
            continue;
        };
        for subnet in network::subnets(resource) {
            let id = format!("{id}/subnets/{subnet}");
            let resource_type = network::SUBNET.to_owned();
            known.insert(
                id.to_ascii_lowercase(),
                Known {
                    index,
                    id,
                    resource_type,
                },
            );
        }
        let key = id.key();
        known.insert(
            key,
            Known {
                index,
                id: id.as_str().to_owned(),
                resource_type: id.resource_type,
            },
        );
    }
    known
}

fn names(world: &World) -> BTreeSet<(String, String)> {
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

#[cfg(test)]
mod tests;
