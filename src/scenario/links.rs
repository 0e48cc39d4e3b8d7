//! The links of the file: common keys, the check, its parameters; each read for itself.

use super::document::LinkKeys;
use super::reading::{Reading, SEE_FORMAT, one_of, quote};
use crate::checks::Kind;
use crate::source::{Key, Map, Node, Span, Value};

/// The facts that parameters use, as far as they can be told.
pub(super) struct Use {
    /// The text behind `from:`.
    pub(super) target: String,
    /// Where that text stands.
    pub(super) span: Span,
    /// The fact type that is wanted; unknown when the parameters have a mistake.
    pub(super) wanted: Option<&'static str>,
}

/// A link as far as it could be read.
pub(super) struct Draft<'n> {
    pub(super) node: &'n Node,
    pub(super) map: &'n Map,
    /// The common keys without a mistake.
    pub(super) keys: LinkKeys,
    /// The check, when exactly one is named.
    pub(super) check: Option<Check<'n>>,
}

/// The check of a link.
pub(super) struct Check<'n> {
    pub(super) kind: &'static Kind,
    pub(super) key: &'n Key,
    pub(super) parameters: &'n Node,
    pub(super) uses: Vec<Use>,
    /// The references of parameters without a mistake.
    pub(super) references: Option<Vec<crate::source::Reference>>,
}

/// Reads the links of a file.
pub(super) fn read<'n>(reading: &mut Reading, root: &'n Node) -> Vec<Draft<'n>> {
    let Some(map) = root.as_map() else {
        return Vec::new();
    };
    match map.get("links").map(|node| (&node.value, node)) {
        Some((Value::Seq(nodes), _)) if !nodes.is_empty() => nodes
            .iter()
            .filter_map(|node| link(reading, node))
            .collect(),
        None | Some((Value::Null | Value::Seq(_), _)) => {
            let span = map.key("links").map_or(root.span, |key| key.span);
            let problem = reading
                .at(span, "the chain has no links")
                .expected("a list of links under `links:`");
            reading.note(problem.hint("add a link: an `id` and a check with its parameters"));
            Vec::new()
        }
        Some((_, node)) => {
            let problem = reading
                .at(node.span, "`links` is a list")
                .expected("an entry `- id: …` for each link");
            reading.note(problem.hint("put `- ` before the first key of each link"));
            Vec::new()
        }
    }
}

fn link<'n>(reading: &mut Reading, node: &'n Node) -> Option<Draft<'n>> {
    let Some(map) = node.as_map() else {
        let problem = reading
            .at(node.span, "a link is a map")
            .expected("an `id` and a check with its parameters");
        reading.note(problem.hint(SEE_FORMAT));
        return None;
    };
    let is_common = |key: &Key| LinkKeys::NAMES.contains(&key.name.as_str());
    let common = map
        .iter()
        .filter(|(key, _)| is_common(key))
        .map(|(key, node)| (key.clone(), node.clone()));
    let common = Node::new(common.collect::<Map>(), node.span);
    let keys = reading
        .read_entries(&common, SEE_FORMAT)
        .unwrap_or_default();
    reading.require(node, "id", "a name for the link", "add `id: <name>`");
    let others: Vec<_> = map.iter().filter(|(key, _)| !is_common(key)).collect();
    let check = the_check(reading, node, &others);
    Some(Draft {
        node,
        map,
        keys,
        check,
    })
}

/// The one key that names a check; every key that names one has its parameters read.
fn the_check<'n>(
    reading: &mut Reading,
    link: &Node,
    others: &[(&'n Key, &'n Node)],
) -> Option<Check<'n>> {
    let mut found = Vec::new();
    for &(key, node) in others {
        match reading.kinds.iter().find(|kind| kind.card.id == key.name) {
            Some(kind) => found.push(check(reading, kind, key, node)),
            None => refuse_key(reading, key),
        }
    }
    if let [first, second, ..] = &found[..] {
        let title = format!("a second check, `{}`, in one link", second.key.name);
        let problem = reading
            .at(second.key.span, title)
            .expected("one check for each link");
        reading.note(problem.hint(format!(
            "move it to a link of its own; the first is `{}`",
            first.key.name
        )));
        return None;
    }
    if others.is_empty() {
        let problem = reading
            .at(link.span, "the link names no check")
            .expected(checks_to_choose_from(reading));
        reading.note(problem.hint("add a check and its parameters; `xtenant checks` lists them"));
    }
    found.pop()
}

/// A key that is neither common nor a check.
fn refuse_key(reading: &mut Reading, key: &Key) {
    let known = LinkKeys::NAMES.into_iter().chain(ids(reading));
    let hint = reading.meant(&key.name, known, "`xtenant checks` lists the checks");
    let problem = reading.at(
        key.span,
        format!("{} is neither a check nor a key of links", quote(&key.name)),
    );
    reading.note(problem.expected(checks_to_choose_from(reading)).hint(hint));
}

fn checks_to_choose_from(reading: &Reading) -> String {
    format!(
        "a check: {}",
        one_of(ids(reading), "of which there is none")
    )
}

fn ids(reading: &Reading) -> impl Iterator<Item = &'static str> + use<> {
    reading.kinds.iter().map(|kind| kind.card.id)
}

fn check<'n>(
    reading: &mut Reading,
    kind: &'static Kind,
    key: &'n Key,
    parameters: &'n Node,
) -> Check<'n> {
    let references = reading.read_parameters(kind, parameters);
    let uses = match &references {
        Some(references) => references.iter().map(Use::from).collect(),
        None => written_uses(parameters),
    };
    require_one_of(reading, kind, key, parameters);
    Check {
        kind,
        key,
        parameters,
        uses,
        references,
    }
}

/// Some checks need at least one of several parameters.
fn require_one_of(reading: &mut Reading, kind: &Kind, key: &Key, parameters: &Node) {
    let names = kind.card.at_least_one_of;
    let Some(map) = parameters.as_map().filter(|_| !names.is_empty()) else {
        return;
    };
    let is_given = |name: &&str| {
        map.get(name)
            .is_some_and(|node| !matches!(node.value, Value::Null))
    };
    if !names.iter().any(is_given) {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        let title = format!(
            "`{}` has nothing to compare: none of {} is given",
            key.name,
            names.join(", ")
        );
        let problem = reading
            .at(key.span, title)
            .expected(format!("at least one of {}", names.join(", ")));
        reading.note(problem.hint(format!("`xtenant checks {}` describes them", kind.card.id)));
    }
}

impl From<&crate::source::Reference> for Use {
    fn from(reference: &crate::source::Reference) -> Self {
        Self {
            target: reference.target.clone(),
            span: reference.span,
            wanted: Some(reference.fact_type),
        }
    }
}

/// Every `{from: …}` in parameters that could not be read.
fn written_uses(node: &Node) -> Vec<Use> {
    match &node.value {
        Value::Map(map) => match (
            map.len(),
            map.get("from").map(|from| (from, from.as_scalar())),
        ) {
            (1, Some((from, Some(scalar)))) if !scalar.secret => {
                vec![Use {
                    target: scalar.text.clone(),
                    span: from.span,
                    wanted: None,
                }]
            }
            _ => map
                .iter()
                .flat_map(|(_, node)| written_uses(node))
                .collect(),
        },
        Value::Seq(nodes) => nodes.iter().flat_map(written_uses).collect(),
        Value::Null | Value::Scalar(_) => Vec::new(),
    }
}

impl Draft<'_> {
    /// The link's name, also one that breaks the rules for names.
    pub(super) fn id(&self) -> Option<&str> {
        self.map
            .get("id")?
            .as_scalar()
            .filter(|scalar| !scalar.secret)
            .map(|scalar| scalar.text.as_str())
    }

    /// Where the value of a common key stands.
    pub(super) fn span_of(&self, name: &str) -> Span {
        self.map.get(name).map_or(self.node.span, |node| node.span)
    }

    /// The needs with their places.
    pub(super) fn needs(&self) -> impl Iterator<Item = (&str, Span)> {
        let nodes = self
            .map
            .get("needs")
            .and_then(Node::as_seq)
            .unwrap_or_default();
        let names = self.keys.needs.as_deref().unwrap_or_default();
        names
            .iter()
            .zip(nodes)
            .map(|(name, node)| (name.as_str(), node.span))
    }

    /// The facts that its check uses.
    pub(super) fn uses(&self) -> &[Use] {
        self.check.as_ref().map_or(&[], |check| &check.uses)
    }
}
