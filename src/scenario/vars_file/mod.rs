//! Files of variables: which value does a file give to a variable?
//!
//! - `dotenv`: `KEY=value` lines, as `azd env get-values` and shells write them
//! - `outputs`: outputs of Terraform (`terraform output -json`) and of ARM or Bicep deployments, each a map with a
//!   `value`
//! - anything else is a YAML or JSON map from name to value
//!
//! The name in a file is the variable's own, or one that is the same in kebab-case (`vault_name`, `VAULT_NAME` and
//! `vaultName` are `vault-name`); in a dotenv file also the variable's `env`. The exact name wins. Texts, numbers, true
//! and false are values; a list, a map or nothing is a mistake only when the scenario declares the variable, since
//! files are shared and written by other programs.
//!
//! Such files hold secrets, so messages name a place and never show its line.

mod dotenv;
mod outputs;
mod words;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use self::words::kebab_case;
use super::reading::quote;
use crate::source::{self, Node, Problem, SourceFile, Span, Value};

/// A value that a file gives to a variable.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) text: String,
    /// `file:line:column`, and that it is sensitive when it is.
    pub(super) from: String,
    /// Whether the file says that the value must never be shown.
    pub(super) is_secret: bool,
}

/// The entries of a file, found by the variables that they are for.
#[derive(Debug)]
pub(super) struct VarsFile {
    file: Arc<SourceFile>,
    entries: Vec<Entry>,
    /// Positions by the name as written.
    exact: HashMap<String, usize>,
    /// Positions by the name in kebab-case.
    alike: HashMap<String, Vec<usize>>,
    /// Whether the names may be those of environment variables.
    is_environment: bool,
}

/// One name of a file, and what stands there.
#[derive(Debug)]
struct Entry {
    name: String,
    span: Span,
    content: Content,
}

/// What stands behind a name.
#[derive(Debug)]
enum Content {
    /// A value.
    Text { text: String, is_secret: bool },
    /// Something else: what it is, and what to do about it.
    Unusable {
        found: &'static str,
        hint: &'static str,
    },
}

const WRITE_VALUES: &str = "write each value that a scenario uses as `name: value`";

/// Reads a file.
///
/// # Errors
/// When the file as a whole cannot be read; what single entries lack is told by [`VarsFile::find`].
pub(super) fn read(path: &Path) -> Result<VarsFile, Vec<Problem>> {
    let file = SourceFile::read(path).map_err(|problem| vec![problem])?;
    if dotenv::is_meant(path, &file.text) {
        let entries = dotenv::read(&file)?;
        return Ok(VarsFile::new(file, entries, true));
    }
    let root = source::parse(&file)
        .map_err(|problems| problems.into_iter().map(without_line).collect::<Vec<_>>())?;
    let Some(map) = root.as_map() else {
        return Err(vec![
            Problem::of_file(&file.name, "a file of variables is a map")
                .expected("a line `name: value` for each variable, or `NAME=value`")
                .hint("write YAML, JSON or dotenv, or give the outputs of Terraform, ARM or Bicep as JSON"),
        ]);
    };
    let map = outputs::of_deployment(map).unwrap_or(map);
    let entries = map.iter().map(|(key, node)| Entry {
        name: key.name.clone(),
        span: key.span,
        content: outputs::output(node).unwrap_or_else(|| content_of(node)),
    });
    let entries = entries.collect();
    Ok(VarsFile::new(file, entries, false))
}

/// The text of a value, as written; or what stands there instead.
fn content_of(node: &Node) -> Content {
    let found = match &node.value {
        Value::Scalar(scalar) => {
            return Content::Text {
                text: scalar.text.clone(),
                is_secret: false,
            };
        }
        Value::Map(_) => "a map",
        Value::Null => "no value",
        Value::Seq(_) => "a list",
    };
    Content::Unusable {
        found,
        hint: WRITE_VALUES,
    }
}

impl VarsFile {
    fn new(file: Arc<SourceFile>, entries: Vec<Entry>, is_environment: bool) -> Self {
        let mut alike: HashMap<_, Vec<usize>> = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            let positions = alike.entry(kebab_case(&entry.name)).or_default();
            positions.retain(|&earlier| entries[earlier].name != entry.name);
            positions.push(at);
        }
        let names = entries.iter().enumerate();
        Self {
            exact: names.map(|(at, entry)| (entry.name.clone(), at)).collect(),
            file,
            entries,
            alike,
            is_environment,
        }
    }

    /// The value for a variable, which may also be taken from an environment variable `env`.
    ///
    /// # Errors
    /// When what the file holds for it is no value, or when two names of the file are meant equally.
    pub(super) fn find(&self, name: &str, env: Option<&str>) -> Result<Option<Given>, Problem> {
        let by_env = || {
            env.filter(|_| self.is_environment)
                .and_then(|env| self.exact.get(env))
        };
        if let Some(&at) = self.exact.get(name).or_else(by_env) {
            return self.given(name, at).map(Some);
        }
        match self.alike.get(name).map(Vec::as_slice) {
            None | Some([]) => Ok(None),
            Some([only]) => self.given(name, *only).map(Some),
            Some([first, second, ..]) => Err(self.ambiguous(name, *first, *second)),
        }
    }

    fn given(&self, name: &str, at: usize) -> Result<Given, Problem> {
        let place = self.place(at);
        match &self.entries[at].content {
            Content::Text { text, is_secret } => Ok(Given {
                text: text.clone(),
                from: match is_secret {
                    true => {
                        let name = quote(&self.entries[at].name);
                        format!("{place}, where the output {name} is sensitive")
                    }
                    false => place,
                },
                is_secret: *is_secret,
            }),
            Content::Unusable { found, hint } => {
                let title = format!("the variable {} is given {found}", quote(name));
                Err(Problem::of_file(place, title)
                    .expected("a text, a number, `true` or `false`")
                    .hint(*hint))
            }
        }
    }

    fn ambiguous(&self, name: &str, first: usize, second: usize) -> Problem {
        let [one, other] = [first, second].map(|at| quote(&self.entries[at].name));
        let title = format!(
            "{one} and {other} are both the variable {} in kebab-case",
            quote(name)
        );
        Problem::of_file(self.place(second), title)
            .expected("one value for each variable")
            .hint(format!("name the one that is meant {}", quote(name)))
    }

    fn place(&self, at: usize) -> String {
        Problem::at(&self.file, self.entries[at].span, "")
            .place()
            .unwrap_or_default()
    }
}

/// The same problem, with its place but not the line that stands there.
fn without_line(problem: Problem) -> Problem {
    let place = problem.place().unwrap_or_default();
    Problem {
        file: Problem::of_file(place, "").file,
        span: None,
        ..problem
    }
}
