//! From a path to a scenario, or to every problem of its file.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::document::{Document, TargetName};
use super::identity::IdentityKind;
use super::links::Draft;
use super::matrix::{self, Row};
use super::model::{Link, Scenario};
use super::reading::{Reading, SEE_FORMAT};
use super::sections::Sections;
use super::substitute::substitute;
use super::variables::{Sources, Variables};
use super::{asking, digest, links, references};
use crate::checks::{KINDS, Kind};
use crate::outcome::link::Place;
use crate::secret::Secret;
use crate::source::{self, Map, Node, Problem, SourceFile, Value};

/// Problems after which no further row of a matrix is read.
const ENOUGH: usize = 100;

/// Reads the chains of a scenario file: one, or one for each row of its matrix.
///
/// # Errors
/// Every problem, in file order; one only when the file cannot be read or is not YAML.
pub fn load_all(path: &Path, sources: &Sources) -> Result<Vec<Scenario>, Vec<Problem>> {
    let file = SourceFile::read(path).map_err(|problem| vec![problem])?;
    read_with(&file, sources, KINDS)
}

/// Reads a scenario file of one chain.
///
/// # Errors
/// As [`load_all`], and when a matrix makes several chains of it.
pub fn load(path: &Path, sources: &Sources) -> Result<Scenario, Vec<Problem>> {
    let file = SourceFile::read(path).map_err(|problem| vec![problem])?;
    read(&file, sources)
}

/// The target that a scenario file names, before anything else of it is read.
pub fn target_named(path: &Path) -> Option<String> {
    let file = SourceFile::read(path).ok()?;
    let (root, _) = source::parse_what_can_be_read(&file).ok()?;
    let target = root.as_map()?.get("target")?.as_scalar()?;
    Some(target.text.clone())
}

/// As [`load`], for a scenario whose text is at hand.
///
/// # Errors
/// As [`load`].
pub fn read(file: &Arc<SourceFile>, sources: &Sources) -> Result<Scenario, Vec<Problem>> {
    the_only(file, read_with(file, sources, KINDS)?)
}

/// The only one of the chains.
pub(super) fn the_only(file: &SourceFile, chains: Vec<Scenario>) -> Result<Scenario, Vec<Problem>> {
    let count = chains.len();
    <[Scenario; 1]>::try_from(chains)
        .map(|[only]| only)
        .map_err(|_| {
            let title = format!("the matrix makes {count} chains of the scenario");
            vec![Problem::of_file(&file.name, title).expected("one chain")]
        })
}

/// As [`load_all`], with the text at hand and these checks.
pub(super) fn read_with(
    file: &Arc<SourceFile>,
    sources: &Sources,
    kinds: &'static [Kind],
) -> Result<Vec<Scenario>, Vec<Problem>> {
    let parsed = source::parse_what_can_be_read(file).map_err(|problem| vec![*problem])?;
    let (root, refused) = parsed;
    let mut reading = Reading::new(file, kinds);
    refused
        .into_iter()
        .for_each(|problem| reading.note(problem));
    let Some(rows) = matrix::read(&mut reading, &root) else {
        return chain(reading, root, sources, None).map(|chain| vec![chain]);
    };
    if let ([row], true) = (&rows[..], reading.count() > 0) {
        return chain(reading, root, sources, Some(row)).map(|chain| vec![chain]);
    }
    let chains = rows.iter().map(|row| {
        let reading = Reading::new(file, kinds);
        chain(reading, root.clone(), sources, Some(row))
    });
    all_of(chains)
}

/// The chains, or the problems of all of them, each once: most rows have the same.
fn all_of(
    chains: impl Iterator<Item = Result<Scenario, Vec<Problem>>>,
) -> Result<Vec<Scenario>, Vec<Problem>> {
    let (mut good, mut problems) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for chain in chains {
        match chain {
            Ok(chain) => good.push(chain),
            Err(own) => problems.extend(
                own.into_iter()
                    .filter(|problem| seen.insert((problem.place(), problem.title.clone()))),
            ),
        }
        if problems.len() >= ENOUGH {
            break;
        }
    }
    if problems.is_empty() {
        Ok(good)
    } else {
        Err(problems)
    }
}

/// One chain of a file: with the values of a row, when there is a matrix.
fn chain(
    mut reading: Reading,
    mut root: Node,
    sources: &Sources,
    row: Option<&Row>,
) -> Result<Scenario, Vec<Problem>> {
    let section = root.as_map().and_then(|map| map.get("variables"));
    let variables = Variables::read(&mut reading, section, sources, row);
    substitute(&mut reading, &mut root, &variables, sources);
    let scenario = match &root.value {
        Value::Map(map) => scenario(&mut reading, &root, map, &variables),
        _ => {
            let problem = reading.at(root.span, "no scenario in this file");
            reading.note(
                problem
                    .expected("a map with `version`, `scenario`, `tenants`, `links`")
                    .hint(SEE_FORMAT),
            );
            None
        }
    };
    let scenario = scenario.map(|scenario| match row {
        Some(row) => Scenario {
            name: format!("{}[{}]", scenario.name, row.label),
            ..scenario
        },
        None => scenario,
    });
    reading.finish(scenario)
}

/// Everything but variables. The scenario is of use only when there was no problem.
fn scenario(
    reading: &mut Reading,
    root: &Node,
    map: &Map,
    variables: &Variables,
) -> Option<Scenario> {
    let header: Option<Document> = reading.read_entries(root, SEE_FORMAT);
    reading.require(
        root,
        "version",
        "`version: 1`",
        "add `version: 1` at the top of the file",
    );
    reading.require(
        root,
        "scenario",
        "a name for the scenario",
        "add `scenario: <name>`",
    );
    let target = target(reading, map);
    let sections = Sections::read(reading, map);
    let drafts = links::read(reading, root);
    references::compare(reading, &drafts);
    asking::check(reading, &drafts, &sections);
    let links = drafts
        .iter()
        .map(|draft| link(reading, draft))
        .collect::<Option<_>>()?;
    let header = header?;
    let mut secrets: Vec<_> = variables.secrets().collect();
    secrets.extend(
        sections
            .identities
            .values()
            .filter_map(|identity| client_secret(&identity.kind)),
    );
    Some(Scenario {
        file: Arc::clone(&reading.file),
        name: header.scenario?.into(),
        about: header.about.unwrap_or_default(),
        target: target.map(|target| target.as_str().to_owned()),
        tenants: sections.tenants.into_values(),
        identities: sections.identities.into_values(),
        vantages: sections.vantages.into_values(),
        links,
        variables: variables.names().map(str::to_owned).collect(),
        secrets,
        digest: digest::of(map),
    })
}

fn target(reading: &mut Reading, map: &Map) -> Option<TargetName> {
    let node = map
        .get("target")
        .filter(|node| !matches!(node.value, Value::Null))?;
    reading.read(node, "the address of a running mock is given on the command line only: `--target mock@HOST:PORT`")
}

fn client_secret(kind: &IdentityKind) -> Option<Secret> {
    match kind {
        IdentityKind::ClientSecret { secret, .. } => Some(secret.clone()),
        _ => None,
    }
}

/// A link without a mistake.
fn link(reading: &Reading, draft: &Draft<'_>) -> Option<Link> {
    let check = draft.check.as_ref()?;
    let keys = &draft.keys;
    let (line, column) = reading.file.line_column(draft.node.span.start);
    Some(Link {
        id: keys.id.clone()?.into(),
        about: keys.about.clone(),
        tenant: keys.tenant.clone(),
        at: keys.at.clone(),
        identity: keys.r#as.clone(),
        needs: keys.needs.clone().unwrap_or_default(),
        tags: keys
            .tags
            .iter()
            .flatten()
            .cloned()
            .map(String::from)
            .collect(),
        within: keys.within.map(Into::into),
        timeout: keys.timeout.map(Into::into),
        budget: keys.budget.map(Into::into),
        expect: keys.expect.clone().unwrap_or_default(),
        control: keys.control.clone(),
        kind: check.kind,
        parameters: check.parameters.clone(),
        references: check.references.clone()?,
        span: draft.node.span,
        place: Place {
            file: reading.file.name.clone(),
            line,
            column,
        },
    })
}
