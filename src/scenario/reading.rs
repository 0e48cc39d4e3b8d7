//! One reading of a scenario: the problems so far, and which places must not cause more of them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::name;
use super::sensitive::Sensitive;
use crate::checks::{AnyCheck, Kind};
use crate::source::{self, Key, Map, Mode, Node, Problem, Reference, SourceFile, Span, Value};

/// Problems of one file that are shown; whoever made more repairs these first.
const SHOWN: usize = 100;

/// What to do about a mistake that has no better answer.
pub(super) const SEE_FORMAT: &str = "`xtenant schema scenario` describes every key";

/// The problems of one scenario, and what is known about its texts.
pub(super) struct Reading {
    pub(super) file: Arc<SourceFile>,
    /// The checks there are.
    pub(super) kinds: &'static [Kind],
    /// Scalars that have no value, because a variable in them has none. The reason was noted; what follows from it
    /// is not.
    broken: HashSet<Span>,
    /// Where the text of a scalar with variables came from.
    origins: HashMap<Span, String>,
    /// Scalars with a value that only its source calls a secret.
    sensitive: Sensitive,
    problems: Vec<Problem>,
}

impl Reading {
    pub(super) fn new(file: &Arc<SourceFile>, kinds: &'static [Kind]) -> Self {
        Self {
            file: Arc::clone(file),
            kinds,
            broken: HashSet::new(),
            origins: HashMap::new(),
            sensitive: Sensitive::default(),
            problems: Vec::new(),
        }
    }

    /// A problem at a place of the scenario.
    pub(super) fn at(&self, span: Span, title: impl Into<String>) -> Problem {
        Problem::at(&self.file, span, title)
    }

    /// `line 12`, for messages that speak of a second place.
    pub(super) fn line(&self, span: Span) -> String {
        format!("line {}", self.file.line_column(span.start).0)
    }

    /// Notes a problem, unless it follows from one that was noted.
    pub(super) fn note(&mut self, problem: Problem) {
        let follows = problem
            .span
            .is_some_and(|span| self.broken.contains(&span) && self.is_mine(&problem));
        if !follows {
            self.problems.push(problem);
        }
    }

    /// As [`Reading::note`], and says what to do when the problem does not: where a text came from, or else `advice`.
    fn note_with(&mut self, problem: Problem, advice: &str) {
        let origin = || {
            problem
                .span
                .and_then(|span| self.origins.get(&span))
                .cloned()
        };
        let usual = || usual_advice(&problem).unwrap_or(advice).to_owned();
        let hint = problem.hint.clone().or_else(origin).unwrap_or_else(usual);
        let missing = problem
            .title
            .strip_prefix("missing ")
            .map(|key| format!("the key {key}"));
        let expected = problem.expected.clone().or(missing);
        self.note(Problem {
            hint: Some(hint),
            expected,
            ..problem
        });
    }

    fn is_mine(&self, problem: &Problem) -> bool {
        problem
            .file
            .as_ref()
            .is_some_and(|file| Arc::ptr_eq(file, &self.file))
    }

    /// `` did you mean `x`? `` for a name that was mistyped, or else `advice`. When there are many problems already,
    /// nobody compares names any more.
    pub(super) fn meant<'k>(
        &self,
        name: &str,
        known: impl IntoIterator<Item = &'k str>,
        advice: impl Into<String>,
    ) -> String {
        let meant = if self.is_full() {
            None
        } else {
            source::did_you_mean(name, known)
        };
        meant.map_or_else(|| advice.into(), |meant| format!("did you mean `{meant}`?"))
    }

    /// Whether there are more problems than are shown; what follows need not be explained.
    pub(super) fn is_full(&self) -> bool {
        self.count() >= SHOWN
    }

    /// How many problems were noted.
    pub(super) fn count(&self) -> usize {
        self.problems.len()
    }

    /// The scalar at this place has no value.
    pub(super) fn mark_broken(&mut self, span: Span) {
        self.broken.insert(span);
    }

    /// The text of the scalar at this place came from there.
    pub(super) fn mark_origin(&mut self, span: Span, origin: String) {
        self.origins.insert(span, origin);
    }

    /// The scalar at this place holds the value of a variable that only its source calls a secret.
    pub(super) fn mark_sensitive(&mut self, span: Span, name: &str, from: &str) {
        self.sensitive.note(span, name, from);
    }

    /// Whether a scalar in the node has no value.
    pub(super) fn is_broken(&self, node: &Node) -> bool {
        let mut found = false;
        if !self.broken.is_empty() {
            node.walk_scalars(&mut |_, span| found |= self.broken.contains(&span));
        }
        found
    }

    /// Reads a node as a whole. `None` when it has a mistake, which is noted by then.
    pub(super) fn read<T: DeserializeOwned>(&mut self, node: &Node, advice: &str) -> Option<T> {
        let read = source::read::<T>(&self.file, node, Mode::Load);
        self.settle(node, read, advice).map(|(value, _)| value)
    }

    /// Reads the parameters of a check: the facts that they use.
    pub(super) fn read_parameters(&mut self, kind: &Kind, node: &Node) -> Option<Vec<Reference>> {
        let advice = format!("`xtenant checks {}` describes its parameters", kind.card.id);
        let read: Result<(Box<dyn AnyCheck>, _), _> = kind.load(&self.file, node, Mode::Load);
        self.settle(node, read, &advice)
            .map(|(_, references)| references)
    }

    fn settle<T>(&mut self, node: &Node, read: Result<T, Vec<Problem>>, advice: &str) -> Option<T> {
        match read {
            Ok(value) => (!self.is_broken(node)).then_some(value),
            Err(problems) => {
                problems
                    .into_iter()
                    .for_each(|problem| self.note_with(problem, advice));
                None
            }
        }
    }

    /// Reads a map whose keys are all optional. Entries with a mistake are noted and left out; `None` when the node is
    /// no map.
    pub(super) fn read_entries<T: DeserializeOwned>(
        &mut self,
        node: &Node,
        advice: &str,
    ) -> Option<T> {
        if let Some(value) = self.read(node, advice) {
            return Some(value);
        }
        let alone = |(key, value): &(&Key, &Node)| {
            let map = Map::from_iter([((*key).clone(), (*value).clone())]);
            let node = Node::new(map, node.span);
            !self.is_broken(value) && source::read::<T>(&self.file, &node, Mode::Load).is_ok()
        };
        let good = node
            .as_map()?
            .iter()
            .filter(alone)
            .map(|(key, value)| (key.clone(), value.clone()));
        let good = Node::new(good.collect::<Map>(), node.span);
        source::read::<T>(&self.file, &good, Mode::Load)
            .ok()
            .map(|(value, _)| value)
    }

    /// Notes that a map lacks a key it must have. A key without a value counts as lacking.
    pub(super) fn require(&mut self, node: &Node, name: &str, expected: &str, hint: &str) {
        let Some(map) = node.as_map() else { return };
        if map
            .get(name)
            .is_none_or(|value| matches!(value.value, Value::Null))
        {
            let span = map.key(name).map_or(node.span, |key| key.span);
            self.note(
                self.at(span, format!("missing `{name}`"))
                    .expected(expected)
                    .hint(hint),
            );
        }
    }

    /// The value, if there was no problem; otherwise all problems: of the command line, of other files, then of the
    /// scenario in file order.
    pub(super) fn finish<T>(mut self, value: Option<T>) -> Result<T, Vec<Problem>> {
        match value {
            Some(value) if self.problems.is_empty() => return Ok(value),
            None if self.problems.is_empty() => {
                let problem = Problem::of_file(&self.file.name, "the scenario cannot be read");
                self.problems.push(problem);
            }
            _ => {}
        }
        let mut problems = std::mem::take(&mut self.problems);
        problems.sort_by_key(|problem| self.order(problem));
        problems.dedup_by(|a, b| a.span == b.span && a.title == b.title);
        let mut problems = self.sensitive.gather(problems);
        if problems.len() > SHOWN {
            let more = problems.split_off(SHOWN).len();
            let end = u32::try_from(self.file.text.len()).unwrap_or(u32::MAX);
            let title = format!("{more} more problems are not shown");
            let problem = self.at(Span::new(end, end), title);
            problems.push(problem.hint("repair those above, and look again"));
        }
        Err(problems)
    }

    fn order(&self, problem: &Problem) -> (u8, Option<Span>) {
        let rank = match &problem.file {
            None => 0,
            Some(_) if self.is_mine(problem) => 2,
            Some(_) => 1,
        };
        (rank, problem.span)
    }
}

/// What to do about a text that breaks the rules of its type. The types say only what they expect.
fn usual_advice(problem: &Problem) -> Option<&'static str> {
    let expected = problem.expected.as_deref().unwrap_or(&problem.title);
    let about = |words: &str| expected.contains(words);
    if about("a GUID") {
        Some("give the id, not the name: `az account list` shows tenants and subscriptions by id")
    } else if about("an ARM id") {
        Some("copy the id from the portal (JSON view), or from `az resource list`")
    } else if expected == name::RULE {
        Some("write it in lower case, with hyphens between words")
    } else if about("length of time") || about("unit") {
        Some("write whole numbers with `h`, `m`, `s` or `ms` directly behind them")
    } else {
        None
    }
}

/// `` one of `a`, `b` and 3 more ``, or what to say when there is none.
pub(super) fn one_of<'a>(names: impl IntoIterator<Item = &'a str>, none: &str) -> String {
    const LISTED: usize = 12;
    let mut names = names.into_iter();
    let first: Vec<_> = names
        .by_ref()
        .take(LISTED)
        .map(|name| format!("`{name}`"))
        .collect();
    match (first.len(), names.count()) {
        (0, _) => none.to_owned(),
        (1, _) => first.concat(),
        (_, 0) => format!("one of {}", first.join(", ")),
        (_, more) => format!("one of {} and {more} more", first.join(", ")),
    }
}

/// The beginning of a text that the author wrote, in backticks, for one line of a message.
pub(super) fn quote(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}
