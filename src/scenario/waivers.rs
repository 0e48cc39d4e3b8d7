//! `waivers.yaml`: failures that are let be for a while. Which are they, and does what they name exist?
//!
//! A list of `{link, cause, reason, owner, expires}`, every key required; `scenario` may say which scenario, or which
//! row of one, is meant. A waiver for a link, a cause or a scenario that does not exist is an error: it would never
//! let anything be, and nobody would know. So is a second one for the same failure, and one without a reason or an
//! owner. Whether it is used or expired is seen when the chain has run.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::model::{Link, Scenario};
use crate::outcome::general::GENERAL;
use crate::outcome::link::Place;
use crate::outcome::{Card, Cause, Waiver, WaiverState};
use crate::source::{self, Mode, Node, Problem, SourceFile, Span, Value, did_you_mean};
use crate::timestamp::Timestamp;

/// The name of the file beside a scenario.
pub const WAIVERS_NAME: &str = "waivers.yaml";

const KEYS: &str = "`link`, `cause`, `reason`, `owner` and `expires`";

/// What to do about a mistake that has no better answer.
const SEE_FORMAT: &str = "docs/scenario-format.md#waivers shows one";

/// The waivers of a file.
#[derive(Debug)]
pub struct Waivers {
    file: Arc<SourceFile>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    scenario: Option<String>,
    waiver: Waiver,
    places: Places,
}

/// Where the parts of a waiver stand.
#[derive(Debug)]
struct Places {
    whole: Span,
    scenario: Span,
    link: Span,
    cause: Span,
}

/// A waiver as written.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Keys {
    scenario: Option<String>,
    link: String,
    cause: String,
    reason: String,
    owner: String,
    expires: String,
}

/// Reads a file of waivers.
///
/// # Errors
/// Every problem of the file.
pub fn waivers(path: &Path) -> Result<Waivers, Vec<Problem>> {
    let file = SourceFile::read(path).map_err(|problem| vec![problem])?;
    let root = source::parse(&file)?;
    let nodes = match &root.value {
        Value::Null => &[],
        Value::Seq(nodes) => &nodes[..],
        Value::Map(_) | Value::Scalar(_) => {
            let problem = Problem::at(&file, root.span, "a file of waivers is a list");
            let problem = problem.expected(format!("`- ` before {KEYS} of each waiver"));
            return Err(vec![problem.hint(SEE_FORMAT)]);
        }
    };
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    for node in nodes {
        match entry(&file, node) {
            Ok(entry) => entries.push(entry),
            Err(own) => problems.extend(own),
        }
    }
    problems.extend(twice(&file, &entries));
    if problems.is_empty() {
        Ok(Waivers { file, entries })
    } else {
        Err(problems)
    }
}

fn entry(file: &Arc<SourceFile>, node: &Node) -> Result<Entry, Vec<Problem>> {
    let keys = source::read::<Keys>(file, node, Mode::Load);
    let (keys, _) =
        keys.map_err(|problems| problems.into_iter().map(complete).collect::<Vec<_>>())?;
    let place = |name: &str| {
        let own = node.as_map().and_then(|map| map.get(name));
        own.map_or(node.span, |node| node.span)
    };
    let is_date = Timestamp::parse(&format!("{}T00:00:00Z", keys.expires)).is_ok();
    let rules = [
        (
            "expires",
            is_date,
            "a waiver ends on a date",
            "the last day on which it holds, such as `2026-12-31`",
            "write year, month and day",
        ),
        (
            "reason",
            !keys.reason.trim().is_empty(),
            "a waiver without a reason",
            "why the failure is let be",
            "say it in a few words, or remove the waiver",
        ),
        (
            "owner",
            !keys.owner.trim().is_empty(),
            "a waiver without an owner",
            "who answers for it",
            "name a person or a team",
        ),
    ];
    let broken = rules.iter().filter(|(_, holds, ..)| !holds);
    let problem = |&(key, _, title, expected, hint): &(&str, bool, &str, &str, &str)| {
        let problem = Problem::at(file, place(key), title);
        problem.expected(expected).hint(hint)
    };
    let broken: Vec<Problem> = broken.map(problem).collect();
    if !broken.is_empty() {
        return Err(broken);
    }
    let (line, column) = file.line_column(node.span.start);
    Ok(Entry {
        scenario: keys.scenario,
        waiver: Waiver {
            link: keys.link,
            cause: keys.cause,
            reason: keys.reason,
            owner: keys.owner,
            expires: keys.expires,
            place: Place {
                file: file.name.clone(),
                line,
                column,
            },
            state: WaiverState::Open,
        },
        places: Places {
            whole: node.span,
            scenario: place("scenario"),
            link: place("link"),
            cause: place("cause"),
        },
    })
}

/// The problem with what was expected and what to do.
fn complete(problem: Problem) -> Problem {
    let missing = problem.title.strip_prefix("missing `");
    let missing = missing.map(|key| key.trim_end_matches('`').to_owned());
    let hint = missing.as_ref().map_or_else(
        || SEE_FORMAT.to_owned(),
        |key| format!("add `{key}:`; {SEE_FORMAT}"),
    );
    let key = missing.map(|key| format!("the key `{key}`; a waiver has {KEYS}"));
    Problem {
        expected: problem.expected.clone().or(key),
        hint: problem.hint.clone().or(Some(hint)),
        ..problem
    }
}

/// The waivers for a failure that an earlier one is for, too.
fn twice(file: &Arc<SourceFile>, entries: &[Entry]) -> Vec<Problem> {
    let second = |(at, entry): (usize, &Entry)| {
        let first = entries[..at].iter().find(|first| first.meets(entry))?;
        let line = file.line_column(first.places.whole.start).0;
        let Waiver { link, cause, .. } = &entry.waiver;
        let title = format!("a second waiver for `{cause}` of the link `{link}`");
        let problem = Problem::at(file, entry.places.whole, title);
        let problem = problem.expected("one waiver for one failure");
        Some(problem.hint(format!("the first is in line {line}; keep one of them")))
    };
    entries.iter().enumerate().filter_map(second).collect()
}

impl Waivers {
    /// Those for a scenario.
    pub fn of(&self, scenario: &Scenario) -> Vec<Waiver> {
        let own = self.entries.iter().filter(|entry| {
            entry.names(scenario) && scenario.links.iter().any(|link| entry.is_for(link))
        });
        own.map(|entry| entry.waiver.clone()).collect()
    }

    /// What they name and none of the scenarios has.
    pub fn check(&self, scenarios: &[&Scenario]) -> Vec<Problem> {
        self.entries
            .iter()
            .filter_map(|entry| self.refuse(entry, scenarios))
            .collect()
    }

    fn refuse(&self, entry: &Entry, scenarios: &[&Scenario]) -> Option<Problem> {
        let named: Vec<&&Scenario> = scenarios
            .iter()
            .filter(|scenario| entry.names(scenario))
            .collect();
        if let (Some(name), true) = (&entry.scenario, named.is_empty()) {
            // With a name, it may be for a scenario that is not run today.
            let near = did_you_mean(name, scenarios.iter().map(|scenario| family(scenario)))?;
            let title = format!("a waiver for the scenario `{name}`, which does not exist");
            let problem = Problem::at(&self.file, entry.places.scenario, title);
            let problem = problem.expected("the name of a scenario, or of one of its rows");
            return Some(problem.hint(format!("did you mean `{near}`?")));
        }
        let links: Vec<&Link> = named.iter().flat_map(|scenario| &scenario.links).collect();
        let Waiver { link, .. } = &entry.waiver;
        let Some(found) = links.iter().find(|own| entry.is_for(own)) else {
            let title = format!("a waiver for the link `{link}`, which does not exist");
            let problem = Problem::at(&self.file, entry.places.link, title)
                .expected("the `id` of a link of the scenario");
            let near = did_you_mean(link, links.iter().map(|link| link.id.as_str()));
            return Some(problem.hint(near.map_or_else(
                || "remove it, or say by `scenario:` which scenario is meant".to_owned(),
                |near| format!("did you mean `{near}`?"),
            )));
        };
        self.refuse_cause(entry, found)
    }

    /// The problem that the link cannot fail for the cause.
    fn refuse_cause(&self, entry: &Entry, found: &Link) -> Option<Problem> {
        let Waiver { link, cause, .. } = &entry.waiver;
        let card = found.kind.card;
        let (failures, warnings) = (
            codes(card, card.causes.iter().chain(GENERAL)),
            codes(card, card.warnings),
        );
        if failures.contains(cause) {
            return None;
        }
        let at = |title| Problem::at(&self.file, entry.places.cause, title);
        if warnings.contains(cause) {
            let problem = at(format!("a waiver for `{cause}`, which is a warning"));
            let problem = problem.expected("a cause for which a link fails");
            return Some(
                problem
                    .hint("remove it: a warning fails a run only with `--strict`, waived or not"),
            );
        }
        let near = did_you_mean(cause, failures.iter().map(String::as_str));
        let hint = near.map_or_else(
            || format!("`xtenant checks {}` lists them", card.id),
            |near| format!("did you mean `{near}`?"),
        );
        let problem = at(format!(
            "a waiver for the cause `{cause}`, which the link `{link}` cannot have"
        ));
        let problem = problem.expected(format!("a cause of the check, `{}.…`", card.id));
        Some(problem.hint(hint))
    }
}

impl Entry {
    /// Whether it is for this scenario, or for the one whose row this is.
    fn names(&self, scenario: &Scenario) -> bool {
        let is_meant = |name: &String| *name == scenario.name || name == family(scenario);
        self.scenario.as_ref().is_none_or(is_meant)
    }

    fn is_for(&self, link: &Link) -> bool {
        link.id == self.waiver.link
    }

    /// Whether both would let the same failure be.
    fn meets(&self, other: &Self) -> bool {
        let is_same =
            self.waiver.link == other.waiver.link && self.waiver.cause == other.waiver.cause;
        is_same && meet(self.scenario.as_deref(), other.scenario.as_deref())
    }
}

/// The name of a scenario without its row.
fn family(scenario: &Scenario) -> &str {
    without_row(&scenario.name)
}

fn without_row(name: &str) -> &str {
    name.split_once('[').map_or(name, |(name, _)| name)
}

/// Whether a chain may be meant by both; without a name, every one is.
fn meet(one: Option<&str>, other: Option<&str>) -> bool {
    let (Some(one), Some(other)) = (one, other) else {
        return true;
    };
    one == other || without_row(one) == other || one == without_row(other)
}

/// The codes of some causes of a check.
fn codes(card: &Card, causes: impl IntoIterator<Item = &'static Cause>) -> Vec<String> {
    let codes = causes.into_iter();
    codes
        .map(|cause| format!("{}.{}", card.id, cause.id))
        .collect()
}
