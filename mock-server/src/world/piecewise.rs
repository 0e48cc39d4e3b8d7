//! What of a malformed world can be checked further?
//!
//! When the shape is wrong somewhere, the rules still run over the rest, so that one misspelt key hides nothing else. A
//! key or value with a problem is left out, then, if that leaves a gap, what it was in; a few rounds of that, each reading
//! the file once, or nothing is checked further. Where something was left out, the rules must not miss it: such sections
//! and maps are *torn*.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use xtenant_source::{
    Key, Map, Mode, Node, Problem, Scalar, ScalarStyle, SourceFile, Span, Value, did_you_mean, read,
};

use super::World;

/// A bad value, then a gap, then the next larger one, as deep as things are nested.
const ROUNDS: usize = 6;
/// Deeper than `tenants/home/groups/0`, only part of a thing is left out.
const WHOLE_THINGS: usize = 4;
/// The sections that others point into.
const POINTED_AT: &[&str] = &["blobs", "resources", "secrets", "tenants", "vantages"];

/// A world of what is sound.
pub(super) struct Sound {
    /// The world.
    pub(super) world: World,
    /// The nodes that it was read from; their places are those of the file.
    pub(super) root: Node,
    /// What it lacks.
    pub(super) torn: Torn,
}

/// What was left out of a world.
#[derive(Default)]
pub(super) struct Torn {
    /// Sections that lack whole things.
    pub(super) sections: BTreeSet<String>,
    /// Places of maps that lack a key.
    pub(super) maps: HashSet<Span>,
}

/// Reads what is sound; nothing when too little is.
pub(super) fn read_sound(file: &Arc<SourceFile>, root: &Node, shape: &[Problem]) -> Option<Sound> {
    let mut root = root.clone();
    let mut torn = Torn::default();
    let mut problems = shape.to_vec();
    for _ in 0..ROUNDS {
        let mut cut = Cut {
            spans: problems
                .iter()
                .filter_map(|it| Some((it.span?, it.hint.is_some())))
                .collect(),
            torn: &mut torn,
            section: String::new(),
            found: false,
        };
        cut.out_of(&mut root, 0);
        if !cut.found && !fill(&mut root, &mut torn) {
            return None;
        }
        match read::<World>(file, &root, Mode::Values) {
            Ok((world, _)) => return Some(Sound { world, root, torn }),
            Err(more) => problems = more,
        }
    }
    None
}

/// Takes what has a problem out of the tree.
struct Cut<'a> {
    /// Where problems are, and whether each says what was probably meant.
    spans: HashMap<Span, bool>,
    torn: &'a mut Torn,
    section: String,
    found: bool,
}

impl Cut<'_> {
    fn out_of(&mut self, node: &mut Node, depth: usize) {
        let span = node.span;
        match &mut node.value {
            Value::Null | Value::Scalar(_) => {}
            Value::Seq(nodes) => self.out_of_list(nodes, depth + 1),
            Value::Map(map) => self.out_of_map(map, span, depth + 1),
        }
    }

    fn out_of_list(&mut self, nodes: &mut Vec<Node>, depth: usize) {
        let before = nodes.len();
        nodes.retain(|node| !self.spans.contains_key(&node.span));
        if nodes.len() < before {
            self.note(depth);
        }
        nodes.iter_mut().for_each(|node| self.out_of(node, depth));
    }

    fn out_of_map(&mut self, map: &mut Map, span: Span, depth: usize) {
        let is_bad = |(key, node): &(&Key, &Node)| {
            self.spans.contains_key(&key.span) || self.spans.contains_key(&node.span)
        };
        let bad = map.iter().filter(is_bad);
        let bad: Vec<Key> = bad.map(|(key, _)| key.clone()).collect();
        for key in bad {
            map.remove(&key.name);
            self.torn.maps.insert(span);
            if depth == 1 {
                self.may_have_been(&key, map);
                self.section.clone_from(&key.name);
            }
            self.note(depth);
        }
        for (key, node) in map.iter_mut() {
            if depth == 1 {
                self.section.clone_from(&key.name);
            }
            self.out_of(node, depth);
        }
    }

    /// A key of the top that is like a section which is not there, or like nothing, may have been such a section.
    fn may_have_been(&mut self, key: &Key, map: &Map) {
        let absent: Vec<&str> = POINTED_AT
            .iter()
            .copied()
            .filter(|name| !map.contains(name))
            .collect();
        let is_like_another = self.spans.get(&key.span) == Some(&true);
        if !is_like_another || did_you_mean(&key.name, absent.iter().copied()).is_some() {
            let absent = absent.into_iter().map(str::to_owned);
            self.torn.sections.extend(absent);
        }
    }

    /// Something was taken out at this depth.
    fn note(&mut self, depth: usize) {
        self.found = true;
        if depth <= WHOLE_THINGS {
            self.torn.sections.insert(self.section.clone());
        }
    }
}

/// Puts in what every world has, when it is missing; says whether anything was.
fn fill(root: &mut Node, torn: &mut Torn) -> bool {
    let span = root.span;
    let Value::Map(map) = &mut root.value else {
        return false;
    };
    let text = |text: &str| Value::Scalar(Scalar::new(text, ScalarStyle::Plain));
    let needed = [
        ("version", text("1")),
        ("world", text("unnamed")),
        ("tenants", Value::Map(Map::new())),
    ];
    let mut filled = false;
    for (name, value) in needed {
        if !map.contains(name) {
            map.insert(Key::new(name, span), Node::new(value, span));
            torn.sections.insert(name.to_owned());
            filled = true;
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::rules;

    const EXAMPLE: &str = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../scenarios/cross-tenant-vault/world.yaml"
    ));

    /// Titles of the problems of the example after some replacements.
    fn titles(replacements: &[(&str, &str)]) -> Vec<String> {
        let mut text = EXAMPLE.to_owned();
        for (from, to) in replacements {
            assert!(text.contains(from), "the example has no {from}");
            text = text.replacen(from, to, 1);
        }
        let problems = World::parse(&SourceFile::new("world.yaml", text)).unwrap_err();
        problems.into_iter().map(|problem| problem.title).collect()
    }

    const DANGLING: (&str, &str) = (
        "service-principal: 05000000-0000-4000-8000-000000000004",
        "service-principal: 05000000-0000-4000-8000-000000000009",
    );

    #[test]
    fn a_misspelt_key_hides_no_broken_rule() {
        for (from, to, title) in [
            (
                "signInAudience:",
                "signInAudiense:",
                "unknown key `signInAudiense`",
            ),
            ("about:", "abuot:", "unknown key `abuot`"),
            ("version: 1\n", "", "missing `version`"),
            ("world: cross-tenant-vault\n", "", "missing `world`"),
            (
                "status: Approved",
                "status: Aproved",
                "unknown name `Aproved`",
            ),
            (
                "address: 10.1.1.4",
                "address: 10.1.1",
                "invalid IPv4 address syntax",
            ),
        ] {
            let titles = titles(&[(from, to), DANGLING]);
            assert_eq!(titles.len(), 2, "{to}: {titles:?}");
            assert!(
                titles
                    .iter()
                    .any(|it| it.contains("has no service principal"))
            );
            assert!(
                titles.iter().any(|it| it.contains(title)),
                "{to}: {titles:?}"
            );
        }
    }

    /// What was left out is not missed: whoever names it may be right.
    #[test]
    fn what_is_malformed_is_not_also_missing() {
        for (from, to) in [
            ("    name: Fabrikam\n", ""),
            ("    domain: fabrikam.onmicrosoft.com\n", ""),
            (
                "    subscriptions:\n      - {id: bbbb",
                "    subscription:\n      - {id: bbbb",
            ),
            (
                "{id: bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb, name: fabrikam-shared}",
                "{id: bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb}",
            ),
            ("tenants:\n", "tenantz:\n"),
            ("resources:\n", "resource:\n"),
            ("resources:\n", "things:\n"),
            ("        displayName: resource-auditor\n", ""),
            ("resources:\n", "resources:\n  - text\n"),
            ("secrets:\n", "secret:\n"),
        ] {
            let titles = titles(&[(from, to)]);
            assert_eq!(titles.len(), 1, "{to}: {titles:?}");
        }
    }

    #[test]
    fn places_stay_those_of_the_file() {
        let text = EXAMPLE
            .replacen("resources:\n", "resources:\n  - text\n", 1)
            .replacen("kind: StorageV2", "kinds: StorageV2", 1);
        let file = SourceFile::new("world.yaml", text);
        let problems = World::parse(&file).unwrap_err();
        let kinds = problems.iter().find(|it| it.title.contains("kinds"));
        let span = kinds.and_then(|it| it.span).unwrap();
        assert_eq!(&file.text[span.start as usize..span.end as usize], "kinds");
    }

    #[test]
    fn what_is_no_world_at_all_is_told_once() {
        for text in ["[]", "x", "tenants: {home: x}", ""] {
            let file = SourceFile::new("world.yaml", text);
            assert!(!World::parse(&file).unwrap_err().is_empty(), "{text}");
        }
    }

    /// A world of this many identities, of which all are right or every one is wrong in one way.
    fn large(count: usize, wrong: bool, json: bool) -> Arc<SourceFile> {
        use serde_json::json;
        let subscription = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
        let guid = |index: usize| format!("00000000-0000-4000-8000-{index:012x}");
        let resource = |index: usize| {
            let id = format!(
                "/subscriptions/{subscription}/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i{index}"
            );
            let key = if wrong { "principalIds" } else { "principalId" };
            json!({"id": id, "properties": {"clientId": guid(index), key: guid(index)}})
        };
        let vantage = |index: usize| json!({"identities": [format!("/subscriptions/{subscription}/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{}{index}", if wrong { "x" } else { "i" })]});
        let vantages: serde_json::Map<_, _> = (0..30)
            .map(|index| (format!("v{index}"), vantage(index)))
            .collect();
        let tenant = json!({"id": guid(1), "name": "n", "domain": "n.example", "subscriptions": [{"id": subscription, "name": "s"}]});
        let resources: Vec<_> = (0..count).map(resource).collect();
        let world = json!({"version": 1, "world": "w", "tenants": {"home": tenant}, "resources": resources, "vantages": vantages});
        if json {
            return SourceFile::new("world.json", world.to_string());
        }
        let mut text = String::new();
        for (key, value) in world.as_object().unwrap() {
            match value.as_array() {
                Some(items) => {
                    text += &format!("{key}:\n");
                    items
                        .iter()
                        .for_each(|item| text += &format!("  - {item}\n"));
                }
                None => text += &format!("{key}: {value}\n"),
            }
        }
        SourceFile::new("world.yaml", text)
    }

    /// Counted, not timed: what the rules look at grows with the world and no faster, right or wrong, YAML or JSON.
    #[test]
    fn the_work_grows_with_the_world_and_no_faster() {
        for (wrong, json) in [(false, false), (false, true), (true, false), (true, true)] {
            let work = |count: usize| {
                let file = large(count, wrong, json);
                let (root, _) = xtenant_source::parse_what_can_be_read(&file).unwrap();
                let world = read::<World>(&file, &root, Mode::Values).unwrap().0;
                let (problems, work) =
                    rules::broken_counted(&world, &file, &root, &Torn::default());
                assert_eq!(!problems.is_empty(), wrong, "{:?}", problems.first());
                work
            };
            let (small, large) = (work(200), work(800));
            assert!(small >= 200, "nothing was counted");
            assert!(large <= 4 * small + small / 2, "{small} → {large}");
        }
    }
}
