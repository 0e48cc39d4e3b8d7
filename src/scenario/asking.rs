//! Who asks whom from where: what the card of a check makes of `tenant:`, `as:`, `at:` and `expect:`.

use std::collections::HashSet;

use super::links::{Check, Draft};
use super::model::{Expect, Tenant};
use super::reading::{Reading, one_of};
use super::sections::{Sections, not_listed};
use super::tenancy::{tenant_of, tenant_of_workload};
use crate::ids::ResourceId;
use crate::outcome::{Asks, card};
use crate::source::{Node, Problem, Span};

/// Looks at every link for itself.
pub(super) fn check(reading: &mut Reading, drafts: &[Draft<'_>], sections: &Sections<'_>) {
    let tenants = sections.tenant_list();
    let mut asking = Asking {
        reading,
        sections,
        tenants: &tenants,
        without_reader: HashSet::new(),
    };
    for draft in drafts {
        asking.names(draft);
        if let Some(check) = &draft.check {
            asking.sides(draft, check);
            asking.expectation(draft, check);
        }
    }
}

struct Asking<'a, 'n> {
    reading: &'a mut Reading,
    sections: &'a Sections<'n>,
    tenants: &'a [Tenant],
    /// Tenants that were found to have nobody who reads them.
    without_reader: HashSet<String>,
}

impl Asking<'_, '_> {
    /// What a link names must exist.
    fn names(&mut self, draft: &Draft<'_>) {
        let Sections {
            tenants,
            identities,
            vantages,
            ..
        } = self.sections;
        if let Some(name) = &draft.keys.tenant {
            tenants.require(self.reading, name, draft.span_of("tenant"));
        }
        if let Some(name) = &draft.keys.r#as {
            identities.require(self.reading, name, draft.span_of("as"));
        }
        if let Some(name) = &draft.keys.at {
            vantages.require(self.reading, name, draft.span_of("at"));
        }
    }

    /// The card says which of `tenant:`, `as:` and `at:` decide something.
    fn sides(&mut self, draft: &Draft<'_>, check: &Check<'_>) {
        let asks = check.kind.card.asks;
        if asks != Asks::Graph {
            let why = match asks {
                Asks::Arm(parameter) | Asks::ArmOperation(parameter) => {
                    format!("the id in `{parameter}` decides which tenant is asked")
                }
                Asks::Dns | Asks::Endpoint | Asks::Network => {
                    "the vantage decides which tenant is asked".to_owned()
                }
                Asks::Graph | Asks::Workload => {
                    "the identity decides which tenant is asked".to_owned()
                }
            };
            self.refuse(draft, check, "tenant", &why);
        }
        if !matches!(asks, Asks::Workload | Asks::Endpoint) {
            let why = match asks {
                Asks::Dns => "names are resolved without an identity",
                Asks::Network => "connections are opened without an identity",
                _ => "settings are read by the identity in `read-as` of the tenant",
            };
            self.refuse(draft, check, "as", why);
        }
        match asks {
            Asks::Arm(parameter) | Asks::ArmOperation(parameter) => {
                self.resource(draft, check, parameter);
            }
            Asks::Dns => self.require(
                draft,
                check,
                "at",
                "names resolve differently from place to place",
                "vantages",
            ),
            Asks::Network => self.require(
                draft,
                check,
                "at",
                "what is reached differs from place to place",
                "vantages",
            ),
            Asks::Endpoint if draft.map.contains("as") => self.workload(draft, check),
            Asks::Endpoint => {}
            Asks::Graph => self.graph(draft, check),
            Asks::Workload => self.workload(draft, check),
        }
    }

    /// A key that would have no effect.
    fn refuse(&mut self, draft: &Draft<'_>, check: &Check<'_>, name: &str, why: &str) {
        if let Some(key) = draft.map.key(name) {
            let title = format!("`{name}` has no effect on `{}`: {why}", check.kind.card.id);
            let problem = self
                .reading
                .at(key.span, title)
                .expected(format!("a link without `{name}`"));
            self.reading.note(problem.hint(format!("remove `{name}`")));
        }
    }

    /// A key that the check needs.
    fn require(
        &mut self,
        draft: &Draft<'_>,
        check: &Check<'_>,
        name: &str,
        why: &str,
        section: &str,
    ) {
        if !draft.map.contains(name) {
            let title = format!("`{}` needs `{name}`: {why}", check.kind.card.id);
            let problem = self.reading.at(check.key.span, title);
            let names: Vec<_> = match section {
                "identities" => self.sections.identities.names().collect(),
                "tenants" => self.sections.tenants.names().collect(),
                _ => self.sections.vantages.names().collect(),
            };
            let names = one_of(names, &format!("a name declared under `{section}:`"));
            let problem = problem.expected(format!("`{name}` with {names}"));
            self.reading
                .note(problem.hint(format!("add `{name}: <name>` to the link")));
        }
    }

    /// The tenant that lists the subscription of the resource is asked; of a list of resources, each one's.
    fn resource(&mut self, draft: &Draft<'_>, check: &Check<'_>, parameter: &str) {
        let node = check.parameters.as_map().and_then(|map| map.get(parameter));
        for node in node.iter().flat_map(|node| node.one_or_many()) {
            let Some(id) = self.id(node) else { continue };
            match tenant_of(self.tenants, &id) {
                Some(tenant) => self.reader(draft, &tenant.name),
                None if self.sections.lists_are_sound => {
                    self.reading.note(not_listed(self.reading, node.span, &id));
                }
                None => {}
            }
        }
    }

    /// The id that a parameter holds; absent when it has a mistake or will come from a fact.
    fn id(&self, node: &Node) -> Option<ResourceId> {
        let scalar = node
            .as_scalar()
            .filter(|scalar| !scalar.secret && !self.reading.is_broken(node))?;
        scalar.text.parse().ok()
    }

    fn graph(&mut self, draft: &Draft<'_>, check: &Check<'_>) {
        self.require(
            draft,
            check,
            "tenant",
            "its parameters do not say which tenant to ask",
            "tenants",
        );
        if let Some(name) = &draft.keys.tenant {
            self.reader(draft, name);
        }
    }

    /// Somebody must read a tenant that is asked. Noted once for each tenant, there.
    fn reader(&mut self, draft: &Draft<'_>, tenant: &str) {
        let Some(entry) = self.sections.tenants.entry(tenant) else {
            return;
        };
        let lacks = entry
            .node
            .as_map()
            .is_some_and(|map| !map.contains("read-as"));
        if lacks && self.without_reader.insert(tenant.to_owned()) {
            let link = draft.id().unwrap_or_default();
            let title =
                format!("the tenant `{tenant}` has no `read-as`, and the link `{link}` reads it");
            let names = one_of(
                self.sections.identities.names(),
                "a name declared under `identities:`",
            );
            let problem = self.reading.at(entry.key.span, title);
            let problem = problem.expected(format!("`read-as` with {names}"));
            self.reading.note(
                problem.hint("add `read-as: <name>`: the identity that may read its settings"),
            );
        }
    }

    /// The identity under test asks, from where it lives.
    fn workload(&mut self, draft: &Draft<'_>, check: &Check<'_>) {
        self.require(
            draft,
            check,
            "as",
            "it asks as the identity under test",
            "identities",
        );
        let identity = draft
            .keys
            .r#as
            .as_deref()
            .and_then(|name| self.sections.identities.get(name));
        let Some(identity) = identity else { return };
        if identity.kind.lives_at_a_vantage() {
            let why = format!(
                "the managed identity of `{}` exists at a vantage only",
                identity.name
            );
            self.require(draft, check, "at", &why, "vantages");
        }
        let vantage = draft
            .keys
            .at
            .as_deref()
            .and_then(|name| self.sections.vantages.get(name));
        let tenant = tenant_of_workload(self.tenants, &identity.kind, vantage);
        let is_decided = tenant.is_some() || !self.sections.is_sound;
        let says_where = draft.map.contains("at") || !identity.kind.lives_at_a_vantage();
        if !is_decided && says_where {
            let name = &identity.name;
            let kind = identity.kind.name();
            let title = format!(
                "no telling which tenant's tokens `{name}` gets: it is of the kind `{kind}`"
            );
            let problem = self.reading.at(draft.span_of("as"), title);
            let problem = problem.expected("an identity whose tenant the scenario says");
            self.reading.note(problem.hint(
                "give the vantage its `network:`, or the identity a `tenant:`, or a managed identity its `resource-id:`",
            ));
        }
    }

    /// Only some checks can be expected to be refused, and only with a code, or to reach nobody, and only beside a link
    /// that shows that the vantage is not cut off.
    fn expectation(&mut self, draft: &Draft<'_>, check: &Check<'_>) {
        let span = draft.span_of("expect");
        match &draft.keys.expect {
            Some(Expect::Denied(codes)) => {
                let why = "a refusal: it asks no one who could refuse";
                self.takes(draft, check, card::Mode::Denied, why);
                self.codes(codes, span);
            }
            Some(Expect::Unreachable) => {
                let why = "to reach nobody: it opens no connection of its own";
                self.takes(draft, check, card::Mode::Unreachable, why);
                if draft.keys.control.is_none() && !draft.map.contains("control") {
                    let problem = self.reading.at(
                        span,
                        "`unreachable` without a `control`: a vantage that reaches nothing proves nothing",
                    );
                    let problem =
                        problem.expected("`control` with the name of a link from the same vantage");
                    self.reading.note(problem.hint(
                        "add `control: <link>`: one that must reach something from there, such as \
                         `tcp-reachable` of Entra's host",
                    ));
                }
            }
            Some(Expect::Allowed) | None => {}
        }
        if draft.keys.expect != Some(Expect::Unreachable)
            && let Some(key) = draft.map.key("control")
            && !draft
                .map
                .get("expect")
                .is_some_and(|node| self.reading.is_broken(node))
        {
            let problem = self.reading.at(
                key.span,
                "`control` has no effect: the link does not expect to reach nobody",
            );
            let problem = problem.expected("`expect: unreachable` beside it");
            self.reading
                .note(problem.hint("remove `control`, or add `expect: unreachable`"));
        }
    }

    /// The check must take the mode.
    fn takes(&mut self, draft: &Draft<'_>, check: &Check<'_>, mode: card::Mode, why: &str) {
        if !check.kind.card.modes.contains(&mode) {
            let title = format!("`{}` cannot expect {why}", check.kind.card.id);
            let problem = self
                .reading
                .at(draft.span_of("expect"), title)
                .expected("`allowed`, or no `expect` at all");
            self.reading.note(problem.hint("remove `expect`"));
        }
    }

    fn codes(&mut self, codes: &[String], span: Span) {
        if codes.is_empty() {
            let problem: Problem = self
                .reading
                .at(span, "`denied` without a code accepts any refusal");
            let problem = problem.expected(
                "the codes of the refusals that are right, such as `{denied: [AKV10032]}`",
            );
            self.reading
                .note(problem.hint("list at least one code; a run shows the codes of a refusal"));
        }
    }
}
