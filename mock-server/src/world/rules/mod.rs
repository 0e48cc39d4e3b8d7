//! What must hold in a world beyond its shape: everything that is named exists, once, in its proper form.
//!
//! - [`place`] where in the file a value stands
//! - [`identity`] tenants, subscriptions, directory objects, principals; [`credentials`] of applications
//! - [`resources`] ARM resources · [`properties`] the types and names that are known · [`links`] what resources and
//!   approvals point at · [`known`] what can be pointed at · [`authorization`] conditions, deny assignments
//! - [`impossible`] what Azure would not have taken, or makes itself
//! - [`network`] prefixes, vantages, DNS servers · [`data`] secrets and blobs · [`functions`] · [`registries`]
//! - [`management_groups`] · [`network_manager`] connections, members, configurations · [`commits`] and the past
//!
//! A world that breaks a rule would answer like a tenant that nobody has; better to refuse it with a place and a hint.

mod authorization;
mod commits;
mod credentials;
mod data;
mod functions;
mod identity;
mod impossible;
mod known;
mod links;
mod management_groups;
mod network;
mod network_manager;
mod place;
mod propagation;
mod properties;
mod registries;
mod resources;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use xtenant_source::{Node, Problem, SourceFile, Span};

use super::World;
use super::piecewise::Torn;
use crate::ids::is_guid;
use known::Known;
use place::{Step, at};

/// Version of the world format that this mock reads.
const VERSION: u32 = 1;
/// Problems that get a "did you mean".
const WITH_HINTS: usize = 20;

/// Every broken rule, but for what only comes of what was left out.
pub(super) fn broken(
    world: &World,
    file: &Arc<SourceFile>,
    root: &Node,
    torn: &Torn,
) -> Vec<Problem> {
    broken_counted(world, file, root, torn).0
}

/// The same, with how many things were looked at.
pub(super) fn broken_counted(
    world: &World,
    file: &Arc<SourceFile>,
    root: &Node,
    torn: &Torn,
) -> (Vec<Problem>, usize) {
    let mut rules = Rules {
        world,
        file,
        root,
        torn,
        known: known::known(world),
        names: known::names(world),
        misspelt: HashSet::new(),
        problems: Vec::new(),
        looked_at: Cell::new(0),
    };
    rules.head();
    rules.identity();
    rules.properties();
    rules.resources();
    rules.authorization();
    rules.links();
    rules.impossible();
    rules.management_groups();
    rules.network();
    rules.network_manager();
    rules.commits();
    rules.propagation();
    rules.data();
    rules.functions();
    rules.registries();
    (rules.problems, rules.looked_at.get())
}

struct Rules<'w> {
    world: &'w World,
    file: &'w Arc<SourceFile>,
    root: &'w Node,
    torn: &'w Torn,
    /// Everything that can be pointed at, by id in lower case.
    known: BTreeMap<String, Known>,
    /// Type and name of every resource, in lower case.
    names: BTreeSet<(String, String)>,
    /// Places of maps with an unknown property: what they lack may be what was meant.
    misspelt: HashSet<Span>,
    problems: Vec<Problem>,
    /// Counts, for the law that the work grows with the world and no faster.
    looked_at: Cell<usize>,
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
        let (node, map) = at(self.root, steps);
        let is_in = |maps: &HashSet<Span>, node: &Node| {
            node.as_map().is_some() && maps.contains(&node.span)
        };
        let lacks = is_in(&self.torn.maps, node) || is_in(&self.misspelt, node);
        if !lacks && !map.is_some_and(|map| is_in(&self.torn.maps, map)) {
            self.push(node.span, title.into(), expected, hint);
        }
    }

    /// A problem with something that is named and not there, unless it may be among what was left out of its section.
    fn missing(
        &mut self,
        sections: &[&str],
        steps: &[Step<'_>],
        title: impl Into<String>,
        expected: &str,
        hint: &str,
    ) {
        if !self.is_torn(sections) {
            self.problem(steps, title, expected, hint);
        }
    }

    /// Was something left out of one of these sections?
    fn is_torn(&self, sections: &[&str]) -> bool {
        sections
            .iter()
            .any(|section| self.torn.sections.contains(*section))
    }

    fn look_at(&self, count: usize) {
        self.looked_at.set(self.looked_at.get() + count);
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
        let (node, _) = at(self.root, map);
        let key = node.as_map().and_then(|map| map.key(key));
        let span = key.map_or(node.span, |key| key.span);
        self.push(span, title.into(), expected, hint);
    }

    fn push(&mut self, span: Span, title: String, expected: &str, hint: &str) {
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
        self.look_at(1);
        match self.known.get(&id.to_ascii_lowercase()) {
            Some(known) if known.resource_type.eq_ignore_ascii_case(resource_type) => {}
            Some(known) => {
                let title = format!("this is a {}", known.resource_type);
                self.problem(steps, title, &format!("the id of a {resource_type}"), "");
            }
            None => {
                let hint = self.closest(id, resource_type);
                let is_group =
                    resource_type.eq_ignore_ascii_case("Microsoft.Management/managementGroups");
                self.missing(
                    &[if is_group { "tenants" } else { "resources" }],
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
        self.look_at(self.known.len());
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
            .map(|meant| format!("did you mean `{meant}`?"))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
