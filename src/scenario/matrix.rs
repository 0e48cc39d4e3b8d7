//! `matrix:`: one chain for each row of values.
//!
//! A row gives values to variables; every row gives them to the same ones. It wins over defaults, the environment and
//! files, and `--var` wins over it. The chain of a row is named `<scenario>[<label>]`: the label is the value of the
//! row's first variable when that tells the rows apart, otherwise all its values; secret ones are left out.

use std::collections::HashSet;

use super::reading::{Reading, SEE_FORMAT, one_of, quote};
use super::variables::refuse_variables;
use crate::source::{Key, Map, Node, Span, Value};

/// The values of one chain.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// What tells it from the other rows.
    pub(super) label: String,
    /// Variables and their values.
    pub(super) values: Vec<RowValue>,
    /// Whether the matrix has no mistake. Otherwise variables without a value may have been meant to get one by it.
    pub(super) is_whole: bool,
}

/// A value that a row gives.
#[derive(Clone, Debug)]
pub(super) struct RowValue {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) span: Span,
}

/// The rows of a file; nothing when it has no matrix. A matrix with a mistake, which is noted by then, gives one row
/// to read the rest of the file with.
pub(super) fn read(reading: &mut Reading, root: &Node) -> Option<Vec<Row>> {
    let map = root.as_map()?;
    let (key, node) = (map.key("matrix")?, map.get("matrix")?);
    let before = reading.count();
    let declared = map.get("variables").and_then(Node::as_map);
    let rows: Vec<_> = match &node.value {
        Value::Seq(nodes) if !nodes.is_empty() => nodes
            .iter()
            .filter_map(|node| Some((node, row(reading, node, declared)?)))
            .collect(),
        Value::Null | Value::Seq(_) => {
            let problem = reading.at(
                key.span,
                "the matrix has no rows, so there is no chain to run",
            );
            let problem = problem.expected("a row `- {variable: value}` for each chain");
            reading.note(problem.hint("add a row, or remove `matrix`"));
            Vec::new()
        }
        Value::Map(_) | Value::Scalar(_) => {
            let problem = reading.at(node.span, "`matrix` is a list of rows");
            reading.note(
                problem
                    .expected("a row `- {variable: value}` for each chain")
                    .hint(SEE_FORMAT),
            );
            Vec::new()
        }
    };
    refuse_gaps(reading, &rows);
    let is_secret = |name: &str| declared.is_some_and(|map| is_secret(map, name));
    let mut rows = labelled(reading, rows, &is_secret);
    if reading.count() > before {
        rows.truncate(1);
        let mut first = rows.pop().unwrap_or_default();
        first.is_whole = false;
        return Some(vec![first]);
    }
    Some(rows)
}

fn row(reading: &mut Reading, node: &Node, declared: Option<&Map>) -> Option<Row> {
    let Some(map) = node.as_map().filter(|map| !map.is_empty()) else {
        let problem = reading.at(node.span, "a row of the matrix gives values to variables");
        reading.note(problem.expected("`- {variable: value}`").hint(SEE_FORMAT));
        return None;
    };
    let values = map
        .iter()
        .filter_map(|(key, node)| value(reading, key, node, declared));
    let values = values.collect();
    Some(Row {
        label: String::new(),
        values,
        is_whole: true,
    })
}

fn value(
    reading: &mut Reading,
    key: &Key,
    node: &Node,
    declared: Option<&Map>,
) -> Option<RowValue> {
    let names = || {
        declared
            .into_iter()
            .flat_map(|map| map.iter().map(|(key, _)| key.name.as_str()))
    };
    if !names().any(|name| name == key.name) {
        let title = format!("the row names an undeclared variable {}", quote(&key.name));
        let advice = format!("declare `{}` under `variables:`", key.name);
        let hint = reading.meant(&key.name, names(), advice);
        let problem = reading.at(key.span, title);
        reading.note(
            problem
                .expected(one_of(names(), "a variable declared under `variables:`"))
                .hint(hint),
        );
    }
    let Some(scalar) = node.as_scalar() else {
        let title = format!("the row gives {} no value", quote(&key.name));
        let problem = reading.at(node.span, title);
        reading.note(
            problem
                .expected("a text, a number, `true` or `false`")
                .hint("write the value, in quotes when it is empty"),
        );
        return None;
    };
    refuse_variables(reading, node, &scalar.text, "a row of the matrix");
    Some(RowValue {
        name: key.name.clone(),
        text: scalar.text.replace("$${", "${"),
        span: key.span,
    })
}

/// Every row gives values to the same variables.
fn refuse_gaps(reading: &mut Reading, rows: &[(&Node, Row)]) {
    let names = rows
        .iter()
        .flat_map(|(node, _)| node.as_map())
        .flat_map(Map::iter);
    let mut seen = HashSet::new();
    let names: Vec<&str> = names
        .map(|(key, _)| key.name.as_str())
        .filter(|name| seen.insert(*name))
        .collect();
    for (node, _) in rows {
        let lacking = names
            .iter()
            .filter(|name| node.as_map().is_some_and(|map| !map.contains(name)));
        for name in lacking {
            let title = format!("the row gives no value to `{name}`, as other rows do");
            let problem = reading.at(node.span, title);
            reading.note(
                problem
                    .expected("a value for the same variables in every row")
                    .hint(format!("add `{name}` to it")),
            );
        }
    }
}

/// The rows with their labels; two equal rows would be the same chain twice.
fn labelled(
    reading: &mut Reading,
    rows: Vec<(&Node, Row)>,
    is_secret: &dyn Fn(&str) -> bool,
) -> Vec<Row> {
    let mut seen = HashSet::new();
    for (node, row) in &rows {
        let mut values: Vec<_> = row
            .values
            .iter()
            .map(|own| (&own.name, &own.text))
            .collect();
        values.sort_unstable();
        if !seen.insert(values) {
            let problem = reading.at(node.span, "the row equals an earlier one");
            reading.note(
                problem
                    .expected("rows that differ")
                    .hint("remove it: it would be the same chain again"),
            );
        }
    }
    let texts: Vec<Vec<String>> = rows
        .iter()
        .map(|(_, row)| {
            let shown = row.values.iter().filter(|value| !is_secret(&value.name));
            shown.map(|value| one_line(&value.text)).collect()
        })
        .collect();
    let labels: [Vec<String>; 2] = [
        texts
            .iter()
            .map(|row| row.first().cloned().unwrap_or_default())
            .collect(),
        texts.iter().map(|row| row.join(", ")).collect(),
    ];
    let labels = labels.into_iter().find(|labels| tells_apart(labels));
    // Only secrets differ.
    let numbers = || (1..=rows.len()).map(|number| number.to_string()).collect();
    let labels: Vec<String> = labels.unwrap_or_else(numbers);
    rows.into_iter()
        .zip(labels)
        .map(|((_, row), label)| Row { label, ..row })
        .collect()
}

fn tells_apart(labels: &[String]) -> bool {
    let mut seen = HashSet::new();
    labels
        .iter()
        .all(|label| !label.is_empty() && seen.insert(label))
}

fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ").trim().to_owned()
}

/// Whether a variable is declared as secret.
fn is_secret(declared: &Map, name: &str) -> bool {
    let declaration = declared.get(name).and_then(Node::as_map);
    let secret = declaration.and_then(|map| map.get("secret")?.as_scalar());
    secret.is_some_and(|scalar| scalar.text == "true")
}
