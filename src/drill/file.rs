//! `drill.yaml`, beside a scenario: what must be told under a fault, row by row.
//!
//! A row names a fault and its place, and either the link, cause and owner that must lead (`first` names the link that
//! leads where two are red for the same reason), or by `nothing` why this chain need not notice it. `scenario` is the
//! file of the folder that is meant, `scenario.yaml` when it is not named.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use crate::checks::{KINDS, kind};
use crate::outcome::general::GENERAL;
use crate::scenario::Scenario;
use crate::source::{self, Mode, Node, Problem, SourceFile, Span, did_you_mean};
use crate::target::mock::fault_ids;

/// The name of the file beside a scenario.
pub const DRILL_NAME: &str = "drill.yaml";

/// A drill as written.
#[derive(Debug)]
pub struct DrillFile {
    file: Arc<SourceFile>,
    rows: Vec<(Row, Span)>,
}

/// One fault at one place, and what must be told about it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Keys {
    scenario: Option<String>,
    fault: String,
    at: String,
    link: Option<String>,
    cause: Option<String>,
    owner: Option<String>,
    first: Option<String>,
    nothing: Option<String>,
}

/// A row that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The scenario file of the folder.
    pub scenario: String,
    /// The fault.
    pub fault: String,
    /// Its place.
    pub at: String,
    /// The link that is red first; with `first`, one that is red beside it.
    pub link: String,
    /// Code of the cause.
    pub cause: String,
    /// Name of the tenant that must act.
    pub owner: Option<String>,
    /// The link that leads when two are red for the same reason and neither needs the other.
    pub first: Option<String>,
    /// Why nothing needs to be told; the other keys are empty then.
    pub nothing: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Head {
    version: u32,
    #[serde(rename = "drill")]
    _drill: String,
}

impl DrillFile {
    /// Reads a file.
    ///
    /// # Errors
    /// Every problem of the file.
    pub fn read(path: &Path) -> Result<Self, Vec<Problem>> {
        let file = SourceFile::read(path).map_err(|problem| vec![problem])?;
        let mut root = source::parse(&file)?;
        let rows = match &mut root.value {
            source::Value::Map(map) => map.remove("rows").map(|(_, rows)| rows),
            _ => None,
        };
        let (head, _) = source::read::<Head>(&file, &root, Mode::Load)?;
        if head.version != 1 {
            let problem = Problem::at(&file, root.span, format!("version {}", head.version));
            return Err(vec![problem.expected("`version: 1`")]);
        }
        let Some(rows) = rows.as_ref().and_then(Node::as_seq) else {
            let problem = Problem::at(&file, root.span, "a drill without a list of rows");
            return Err(vec![problem.expected("`rows:` with one row per fault")]);
        };
        let (mut read, mut problems) = (Vec::new(), Vec::new());
        for node in rows {
            match row(&file, node) {
                Ok(row) => read.push((row, node.span)),
                Err(own) => problems.extend(own),
            }
        }
        if problems.is_empty() {
            Ok(Self { file, rows: read })
        } else {
            Err(problems)
        }
    }

    /// All rows, with the scenario file that each is for.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().map(|(row, _)| row)
    }

    /// The rows for a scenario file of the folder.
    pub fn of<'a>(&'a self, scenario: &'a str) -> impl Iterator<Item = &'a Row> {
        self.rows().filter(move |row| row.scenario == scenario)
    }

    /// What rows for a scenario file name and the scenario does not have.
    pub fn check(&self, name: &str, scenario: &Scenario) -> Vec<Problem> {
        let own = self.rows.iter().filter(|(row, _)| row.scenario == name);
        own.flat_map(|(row, span)| self.strange_links(row, *span, scenario))
            .collect()
    }

    fn strange_links(&self, row: &Row, span: Span, scenario: &Scenario) -> Vec<Problem> {
        let links = || scenario.links.iter().map(|link| link.id.as_str());
        let named = [Some(&row.link), row.first.as_ref()];
        let named = named.into_iter().flatten().filter(|link| !link.is_empty());
        named
            .filter(|link| !links().any(|own| own == link.as_str()))
            .map(|link| {
                let title = format!("there is no link `{link}` in {}", row.scenario);
                let problem = Problem::at(&self.file, span, title);
                hinted(problem, did_you_mean(link, links()))
            })
            .collect()
    }
}

fn hinted(problem: Problem, near: Option<&str>) -> Problem {
    match near {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem,
    }
}

fn row(file: &Arc<SourceFile>, node: &Node) -> Result<Row, Vec<Problem>> {
    let (keys, _) = source::read::<Keys>(file, node, Mode::Load)?;
    let place = |key: &str| {
        let own = node.as_map().and_then(|map| map.get(key));
        own.map_or(node.span, |node| node.span)
    };
    if !fault_ids().any(|id| id == keys.fault) {
        let title = format!("there is no fault `{}`", keys.fault);
        let problem = Problem::at(file, place("fault"), title);
        let problem = problem.expected("an id of the catalogue: `xtenant drill --list` shows it");
        let near = did_you_mean(&keys.fault, fault_ids());
        return Err(vec![hinted(problem, near)]);
    }
    if let Some(cause) = &keys.cause
        && !is_cause(cause)
    {
        let problem = Problem::at(file, place("cause"), format!("there is no cause `{cause}`"));
        let problem = problem.expected("a code such as `dns-resolves-privately.no-record`");
        let codes: Vec<String> = codes().collect();
        let near = did_you_mean(cause, codes.iter().map(String::as_str));
        return Err(vec![hinted(problem, near)]);
    }
    complete(keys).map_err(|(key, title, expected)| {
        vec![Problem::at(file, place(key), title).expected(expected)]
    })
}

type Incomplete = (&'static str, &'static str, &'static str);

/// A row tells a link and its cause, or why it tells nothing.
fn complete(keys: Keys) -> Result<Row, Incomplete> {
    let tells = keys.link.is_some() || keys.cause.is_some() || keys.owner.is_some();
    match &keys.nothing {
        Some(_) if tells || keys.first.is_some() => Err((
            "nothing",
            "a row that tells something and nothing",
            "either `link`, `cause` and `owner`, or `nothing` with the reason",
        )),
        Some(reason) if reason.trim().is_empty() => Err((
            "nothing",
            "a row that tells nothing without a reason",
            "why this chain need not notice the fault",
        )),
        None if keys.link.is_none() || keys.cause.is_none() => Err((
            "fault",
            "a row without a link and its cause",
            "`link` and `cause`, or `nothing` with the reason",
        )),
        _ => Ok(Row {
            scenario: keys.scenario.unwrap_or_else(|| "scenario.yaml".to_owned()),
            fault: keys.fault,
            at: keys.at,
            link: keys.link.unwrap_or_default(),
            cause: keys.cause.unwrap_or_default(),
            owner: keys.owner,
            first: keys.first,
            nothing: keys.nothing,
        }),
    }
}

/// Whether a code is one of a check, or one that every check has.
fn is_cause(code: &str) -> bool {
    code.split_once('.').is_some_and(|(check, id)| {
        let is_own = |kind: &crate::checks::Kind| kind.card.cause(id).is_some();
        kind(check).is_some_and(|kind| is_own(kind) || GENERAL.iter().any(|own| own.id == id))
    })
}

fn codes() -> impl Iterator<Item = String> {
    KINDS.iter().flat_map(|kind| {
        let causes = kind.card.causes.iter().chain(kind.card.warnings);
        causes.map(|cause| format!("{}.{}", kind.card.id, cause.id))
    })
}

#[cfg(test)]
impl Row {
    pub(super) fn sample(link: &str, cause: &str, owner: Option<&str>) -> Self {
        Self {
            scenario: "scenario.yaml".to_owned(),
            fault: "application-disabled".to_owned(),
            at: "home/orders".to_owned(),
            link: link.to_owned(),
            cause: cause.to_owned(),
            owner: owner.map(str::to_owned),
            first: None,
            nothing: None,
        }
    }
}
