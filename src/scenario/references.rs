//! What links need of each other: `needs:` and facts; both must exist, and lead in no circle.

use std::collections::HashMap;

use super::circles::{Edge, circles};
use super::links::{Draft, Use};
use super::model::Expect;
use super::reading::{Reading, one_of, quote};
use crate::outcome::FactSpec;
use crate::source::Span;

/// The link and the fact of `link.fact`.
pub fn split_fact(target: &str) -> Option<(&str, &str)> {
    let (link, fact) = target.split_once('.')?;
    (!link.is_empty() && !fact.is_empty()).then_some((link, fact))
}

/// Compares the links with each other.
pub(super) fn compare(reading: &mut Reading, drafts: &[Draft<'_>]) {
    let chain = Chain::new(reading, drafts);
    let edges: Vec<_> = (0..drafts.len())
        .map(|index| chain.edges(reading, index))
        .collect();
    for circle in circles(&edges) {
        chain.refuse_circle(reading, &circle);
    }
}

/// The links by name.
struct Chain<'d, 'n> {
    drafts: &'d [Draft<'n>],
    by_id: HashMap<&'d str, usize>,
    /// Whether the name of every link is known.
    is_known: bool,
}

impl<'d, 'n> Chain<'d, 'n> {
    /// Gathers the names; the first of two links keeps the name.
    fn new(reading: &mut Reading, drafts: &'d [Draft<'n>]) -> Self {
        let mut chain = Self {
            drafts,
            by_id: HashMap::new(),
            is_known: true,
        };
        for (index, draft) in drafts.iter().enumerate() {
            let is_broken = draft
                .map
                .get("id")
                .is_some_and(|node| reading.is_broken(node));
            chain.is_known &= !is_broken;
            let Some(id) = draft.id().filter(|_| !is_broken) else {
                continue;
            };
            if let Some(&first) = chain.by_id.get(id) {
                let problem = reading.at(
                    draft.span_of("id"),
                    format!("a second link named {}", quote(id)),
                );
                let first = reading.line(drafts[first].span_of("id"));
                reading.note(
                    problem
                        .expected("a name of its own for each link")
                        .hint(format!("rename it; the first is in {first}")),
                );
            } else {
                chain.by_id.insert(id, index);
            }
        }
        chain
    }

    /// The links that a link needs. Notes those that do not exist.
    fn edges(&self, reading: &mut Reading, index: usize) -> Vec<Edge> {
        let draft = &self.drafts[index];
        let needs = draft
            .needs()
            .filter_map(|(name, span)| self.link(reading, index, name, span));
        let mut edges: Vec<_> = needs.collect();
        edges.extend(self.control(reading, index));
        let uses = draft.uses().iter();
        edges.extend(uses.filter_map(|used| self.fact(reading, index, used)));
        edges
    }

    /// The link that shows that this one's vantage is not cut off. Notes one that cannot show it.
    fn control(&self, reading: &mut Reading, from: usize) -> Option<Edge> {
        let draft = &self.drafts[from];
        let name = draft.keys.control.as_deref()?;
        let span = draft.span_of("control");
        let edge = self.link(reading, from, name, span)?;
        let control = &self.drafts[edge.to];
        let (title, hint) = if control.keys.at != draft.keys.at {
            (
                format!("the link {} is asked from another vantage", quote(name)),
                "name a link with the same `at`",
            )
        } else if !matches!(control.keys.expect, None | Some(Expect::Allowed)) {
            (
                format!("the link {} expects not to get through itself", quote(name)),
                "name a link that must get through",
            )
        } else {
            return Some(edge);
        };
        let problem = reading.at(span, title);
        let problem = problem.expected("a link that reaches something from the same vantage");
        reading.note(problem.hint(hint));
        Some(edge)
    }

    /// The link of that name, when it is another one.
    fn link(&self, reading: &mut Reading, from: usize, name: &str, span: Span) -> Option<Edge> {
        match self.by_id.get(name) {
            Some(&to) if to == from => {
                let problem = reading.at(span, format!("the link {} needs itself", quote(name)));
                reading.note(
                    problem
                        .expected("the name of another link")
                        .hint("remove it, or name the link that was meant"),
                );
                None
            }
            Some(&to) => Some(Edge { to, span }),
            None => {
                self.refuse_unknown(reading, name, span);
                None
            }
        }
    }

    fn refuse_unknown(&self, reading: &mut Reading, name: &str, span: Span) {
        if self.is_known {
            let ids = || self.drafts.iter().filter_map(Draft::id);
            let hint = reading.meant(name, ids(), "name a link of this chain, or add one");
            let expected = match reading.is_full() {
                true => "the name of a link".to_owned(),
                false => one_of(ids(), "the name of a link"),
            };
            let problem = reading.at(span, format!("unknown link {}", quote(name)));
            reading.note(problem.expected(expected).hint(hint));
        }
    }

    /// The link that provides a fact. Notes a fact that it does not provide, or of another type.
    fn fact(&self, reading: &mut Reading, from: usize, used: &Use) -> Option<Edge> {
        let Some((link, fact)) = split_fact(&used.target) else {
            let problem = reading.at(used.span, format!("{} names no fact", quote(&used.target)));
            reading.note(
                problem
                    .expected("a link and one of its facts, as `link.fact`")
                    .hint("`xtenant checks` lists the facts of each check"),
            );
            return None;
        };
        let edge = self.link(reading, from, link, used.span)?;
        let card = self.drafts[edge.to].check.as_ref()?.kind.card;
        match card.fact(fact) {
            Some(spec) => refuse_other_type(reading, used, spec),
            None => {
                let names = || card.facts.iter().map(|spec| spec.name);
                let none = format!("another link: `{}` provides no facts", card.id);
                let hint = reading.meant(
                    fact,
                    names(),
                    format!("`xtenant checks {}` lists its facts", card.id),
                );
                let title = format!("the link `{link}` provides no fact {}", quote(fact));
                let problem = reading.at(used.span, title);
                reading.note(problem.expected(one_of(names(), &none)).hint(hint));
            }
        }
        Some(edge)
    }

    fn refuse_circle(&self, reading: &mut Reading, circle: &[(usize, Span)]) {
        let name = |index: usize| format!("`{}`", self.drafts[index].id().unwrap_or_default());
        let Some(&(first, span)) = circle.first() else {
            return;
        };
        let mut names: Vec<_> = circle.iter().map(|&(index, _)| name(index)).collect();
        names.push(name(first));
        let following = names[1..].iter();
        let steps = circle.iter().zip(following).map(|(&(index, span), next)| {
            format!("{} needs {next} ({})", name(index), reading.line(span))
        });
        let steps: Vec<_> = steps.collect();
        let problem = reading.at(
            span,
            format!(
                "links that need each other in a circle: {}",
                names.join(" → ")
            ),
        );
        let problem =
            problem.expected("an order in which every link comes after those that it needs");
        reading.note(problem.hint(format!("remove one of: {}", steps.join(", "))));
    }
}

fn refuse_other_type(reading: &mut Reading, used: &Use, spec: &FactSpec) {
    let provided = spec.fact_type.name();
    let Some(wanted) = used.wanted.filter(|wanted| *wanted != provided) else {
        return;
    };
    let title = format!(
        "the fact {} is of the type `{provided}`",
        quote(&used.target)
    );
    let problem = reading
        .at(used.span, title)
        .expected(format!("a fact of the type `{wanted}`"));
    reading.note(problem.hint(format!(
        "use a fact of the type `{wanted}`, or write the value; `xtenant checks` lists the facts"
    )));
}

#[cfg(test)]
mod tests {
    use super::split_fact;

    #[test]
    fn a_fact_is_named_by_link_and_name() {
        assert_eq!(
            split_fact("vault-endpoint.addresses"),
            Some(("vault-endpoint", "addresses"))
        );
        for text in ["", ".", "a.", ".b", "a"] {
            assert_eq!(split_fact(text), None, "{text}");
        }
    }
}
