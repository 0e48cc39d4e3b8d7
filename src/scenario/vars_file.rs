//! Files of variables: YAML or JSON maps from name to value.
//!
//! [`text_of`] decides what counts as a value: texts, numbers, true and false. Maps are refused, those with a `value`
//! of their own (`{"value": …}`, as Terraform and ARM write outputs) included. Such files hold secrets, so messages
//! name a place and never show its line.

use std::path::Path;

use super::reading::quote;
use crate::source::{self, Node, Problem, SourceFile, Value};

/// A value that a file gives to a variable.
pub(super) struct Given {
    pub(super) name: String,
    pub(super) text: String,
    /// `file:line:column`.
    pub(super) place: String,
}

/// Reads the values of a file. Those without a mistake are returned even when there are mistakes.
pub(super) fn read(path: &Path) -> (Vec<Given>, Vec<Problem>) {
    match values(path) {
        Ok(found) => found,
        Err(problems) => (Vec::new(), problems),
    }
}

fn values(path: &Path) -> Result<(Vec<Given>, Vec<Problem>), Vec<Problem>> {
    let file = SourceFile::read(path).map_err(|problem| vec![problem])?;
    let root = source::parse(&file)
        .map_err(|problems| problems.into_iter().map(without_line).collect::<Vec<_>>())?;
    let Some(map) = root.as_map() else {
        return Err(vec![
            Problem::of_file(&file.name, "a file of variables is a map")
                .expected("a line `name: value` for each variable")
                .hint("write YAML or JSON"),
        ]);
    };
    let (mut given, mut problems) = (Vec::new(), Vec::new());
    for (key, node) in map.iter() {
        let place = Problem::at(&file, key.span, "").place().unwrap_or_default();
        match text_of(node) {
            Ok(text) => {
                given.push(Given {
                    name: key.name.clone(),
                    text: text.to_owned(),
                    place,
                });
            }
            Err(found) => {
                let title = format!("the variable {} is given {found}", quote(&key.name));
                let problem =
                    Problem::of_file(place, title).expected("a text, a number, `true` or `false`");
                problems
                    .push(problem.hint("write each value that a scenario uses as `name: value`"));
            }
        }
    }
    Ok((given, problems))
}

/// The text of a value, as written; or what stands there instead.
fn text_of(node: &Node) -> Result<&str, &'static str> {
    match &node.value {
        Value::Scalar(scalar) => Ok(&scalar.text),
        Value::Map(_) => Err("a map"),
        Value::Null => Err("no value"),
        Value::Seq(_) => Err("a list"),
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
