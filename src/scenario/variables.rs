//! Variables: where their values come from, and which wins.
//!
//! Later wins: `default`, the environment, files in the order given, the row of a matrix, `--var` in the order given.
//! An environment variable that is empty counts as not set, because a CI passes what is not configured as an empty
//! text.

use std::path::PathBuf;

use super::document::VariableKeys;
use super::matrix::Row;
use super::name::{RULE, is_name};
use super::reading::{Reading, SEE_FORMAT, one_of, quote};
use super::template::{Piece, pieces};
use super::vars_file::{self, VarsFile};
use crate::secret::Secret;
use crate::source::{Key, Map, Node, Problem, Value};

/// Looks up an environment variable.
pub type Environment = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Where values come from, beside the scenario itself.
#[derive(Default)]
pub struct Sources {
    /// The environment; absent on the mock, where the real environment is never consulted.
    pub environment: Option<Environment>,
    /// Files of variables: `--vars`.
    pub files: Vec<PathBuf>,
    /// Names and values: `--var`.
    pub pairs: Vec<(String, String)>,
    /// Whether the pairs are for several scenarios: one that this scenario does not declare may then be another's.
    pub is_shared: bool,
}

/// The variables of a scenario.
pub(super) struct Variables {
    entries: Vec<Variable>,
    /// Whether all names are known: the section is a map.
    is_known: bool,
}

/// One variable.
pub(super) struct Variable {
    pub(super) key: Key,
    /// The environment variable that it may be taken from.
    env: Option<String>,
    is_secret: bool,
    /// Whether its declaration has no mistake.
    is_sound: bool,
    value: Option<Assigned>,
}

/// A value, and where it came from.
struct Assigned {
    text: String,
    from: String,
    /// Whether its source says that it must never be shown, whatever the scenario says.
    is_secret: bool,
}

impl Assigned {
    fn new(text: impl Into<String>, from: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            from: from.into(),
            is_secret: false,
        }
    }
}

/// What a name stands for.
pub(super) enum Found<'v> {
    /// A value, and where it came from.
    Value {
        text: &'v str,
        from: &'v str,
        /// Whether it must never be shown.
        is_secret: bool,
        /// Whether the scenario itself says that.
        is_declared: bool,
    },
    /// A declared variable that nobody gave a value.
    Unset(&'v Variable),
    /// A variable whose declaration has a mistake.
    Broken,
    /// No such variable.
    Undeclared,
}

impl Variables {
    /// Reads the section and gathers the values.
    pub(super) fn read(
        reading: &mut Reading,
        section: Option<&Node>,
        sources: &Sources,
        row: Option<&Row>,
    ) -> Self {
        let mut variables = Self {
            entries: Vec::new(),
            is_known: true,
        };
        match section.map(|node| (&node.value, node)) {
            None | Some((Value::Null, _)) => {}
            Some((Value::Map(map), _)) => variables.declare(reading, map),
            Some((_, node)) => {
                variables.is_known = false;
                let problem = reading.at(node.span, "`variables` is a map");
                reading.note(
                    problem
                        .expected("a line `name: {default: value}` for each variable")
                        .hint(SEE_FORMAT),
                );
            }
        }
        variables.take_environment(sources);
        variables.take_files(reading, sources);
        if let Some(row) = row {
            variables.take_row(reading, row);
        }
        variables.take_pairs(reading, sources);
        variables
    }

    fn declare(&mut self, reading: &mut Reading, map: &Map) {
        for (key, node) in map.iter() {
            if !is_name(&key.name) {
                let problem = reading.at(key.span, format!("invalid name {}", quote(&key.name)));
                reading.note(
                    problem
                        .expected(RULE)
                        .hint("rename the variable, also where it is used"),
                );
            }
            let before = reading.count();
            let keys = reading
                .read_entries::<VariableKeys>(node, SEE_FORMAT)
                .unwrap_or_default();
            let default = node
                .as_map()
                .and_then(|map| map.get("default"))
                .zip(keys.default);
            if let Some((node, text)) = &default {
                refuse_variables(reading, node, text, "a default");
            }
            let unescape = |text: String| text.replace("$${", "${");
            self.entries.push(Variable {
                key: key.clone(),
                env: keys.env,
                is_secret: keys.secret.unwrap_or_default(),
                is_sound: reading.count() == before,
                value: default.map(|(_, text)| Assigned::new(unescape(text), "its default")),
            });
        }
    }

    fn take_environment(&mut self, sources: &Sources) {
        let Some(environment) = &sources.environment else {
            return;
        };
        for variable in &mut self.entries {
            let Some(name) = &variable.env else { continue };
            if let Some(text) = environment(name).filter(|text| !text.is_empty()) {
                let from = format!("the environment variable {name}");
                variable.value = Some(Assigned::new(text, from));
            }
        }
    }

    /// Files may hold more than the scenario asks for: they are shared, or written by other programs.
    fn take_files(&mut self, reading: &mut Reading, sources: &Sources) {
        for path in &sources.files {
            match vars_file::read(path) {
                Ok(file) => self.take_file(reading, &file),
                Err(problems) => problems
                    .into_iter()
                    .for_each(|problem| reading.note(problem)),
            }
        }
    }

    fn take_file(&mut self, reading: &mut Reading, file: &VarsFile) {
        for variable in &mut self.entries {
            match file.find(&variable.key.name, variable.env.as_deref()) {
                Ok(None) => {}
                Ok(Some(given)) => {
                    variable.value = Some(Assigned {
                        text: given.text,
                        from: given.from,
                        is_secret: given.is_secret,
                    });
                }
                Err(problem) => {
                    variable.is_sound = false;
                    reading.note(problem);
                }
            }
        }
    }

    fn take_row(&mut self, reading: &Reading, row: &Row) {
        for given in &row.values {
            let variable = self
                .entries
                .iter_mut()
                .find(|own| own.key.name == given.name);
            if let Some(variable) = variable {
                let from = format!("the matrix, {}", reading.line(given.span));
                variable.value = Some(Assigned::new(given.text.as_str(), from));
            }
        }
        if !row.is_whole {
            for variable in &mut self.entries {
                variable.is_sound &= variable.value.is_some();
            }
        }
    }

    fn take_pairs(&mut self, reading: &mut Reading, sources: &Sources) {
        for (name, text) in &sources.pairs {
            if let Some(variable) = self.entries.iter_mut().find(|own| own.key.name == *name) {
                variable.value = Some(Assigned::new(text, "--var"));
            } else if self.is_known && !sources.is_shared {
                let title = format!(
                    "--var {}: {} declares no such variable",
                    quote(name),
                    reading.file.name
                );
                let hint = reading.meant(
                    name,
                    self.names(),
                    "declare it under `variables:`, or leave it out",
                );
                let expected = one_of(
                    self.names(),
                    "no variable at all: the scenario declares none",
                );
                reading.note(Problem::new(title).expected(expected).hint(hint));
            }
        }
    }

    /// The names that are declared.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries
            .iter()
            .map(|variable| variable.key.name.as_str())
    }

    /// What a name stands for.
    pub(super) fn find(&self, name: &str) -> Found<'_> {
        let Some(variable) = self.entries.iter().find(|own| own.key.name == name) else {
            return if self.is_known {
                Found::Undeclared
            } else {
                Found::Broken
            };
        };
        match &variable.value {
            _ if !variable.is_sound => Found::Broken,
            Some(value) => Found::Value {
                text: &value.text,
                from: &value.from,
                is_secret: variable.is_secret || value.is_secret,
                is_declared: variable.is_secret,
            },
            None => Found::Unset(variable),
        }
    }

    /// The values that must never be shown.
    pub(super) fn secrets(&self) -> impl Iterator<Item = Secret> {
        self.entries.iter().filter_map(|variable| {
            let value = variable.value.as_ref()?;
            (variable.is_secret || value.is_secret).then(|| Secret::new(value.text.as_str()))
        })
    }
}

impl Variable {
    /// How a person can give it a value.
    pub(super) fn how_to_set(&self, sources: &Sources) -> String {
        let name = &self.key.name;
        match &self.env {
            Some(env) if sources.environment.is_some() => {
                format!(
                    "set the environment variable {env}, give `--var {name}=…`, or add a `default:`"
                )
            }
            _ => format!("give `--var {name}=…`, or add a `default:`"),
        }
    }
}

/// A value that is written for a variable uses no variables itself.
pub(super) fn refuse_variables(reading: &mut Reading, node: &Node, text: &str, what: &str) {
    let is_text = |piece: &Piece<'_>| matches!(piece, Piece::Text(_));
    if !pieces(text).is_ok_and(|pieces| pieces.iter().all(is_text)) {
        let problem = reading
            .at(node.span, format!("{what} cannot use variables"))
            .expected("a value as it is");
        reading.note(problem.hint("write the value out, or `$${` for the characters `${`"));
    }
}
