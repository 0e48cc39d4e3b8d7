//! What operators do with rows.
//!
//! A row may know some of its cells only when asked ([`Rows::later`]): what nobody asks for costs nothing. Which columns there
//! are is known after every step, also when no row is left, and a query that names another is refused.

use std::cell::Cell;
use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::expression::{order, text};
use super::{Aggregate, Expression, Fault, Named, Operator, Order, Query};

/// What the cells that a query makes may hold, in bytes. Ours: a query that multiplies rows or texts would fill the memory.
const MOST_MADE: usize = 256 << 20;

/// A row: its cells, and the key of those that are made when asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Cells by column.
    pub cells: Map<String, Value>,
    /// What cells that are not there yet are made from.
    pub key: Option<String>,
}

/// Rows with their columns.
pub struct Rows<'a> {
    /// Columns, in order.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
    /// Makes a cell of a row, from its key and the column.
    pub later: &'a dyn Fn(&str, &str) -> Value,
    /// Bytes of the cells that were made so far.
    pub made: Cell<usize>,
}

impl Rows<'_> {
    /// Applies a query.
    ///
    /// # Errors
    /// A column that is not there.
    pub fn apply(mut self, query: &Query) -> Result<Self, Fault> {
        for operator in &query.operators {
            self.step(operator)?;
        }
        Ok(self)
    }

    /// A cell.
    pub fn cell(&self, row: &Row, column: &str) -> Value {
        cell(self.later, row, column)
    }

    fn step(&mut self, operator: &Operator) -> Result<(), Fault> {
        match operator {
            Operator::Where(condition) => {
                self.knows(condition)?;
                let later = self.later;
                self.rows
                    .retain(|row| condition.holds(&|column| cell(later, row, column)));
            }
            Operator::Project(columns) => self.project(columns)?,
            Operator::ProjectAway(names) => {
                for name in names {
                    self.knows(&Expression::Path(name.clone(), Vec::new()))?;
                }
                self.columns.retain(|column| !names.contains(column));
            }
            Operator::Extend(columns) => {
                for column in columns {
                    self.extend(column)?;
                }
            }
            Operator::Summarize(aggregates, by) => self.summarize(aggregates, by)?,
            Operator::Count => {
                let count = json!(self.rows.len());
                self.replace(vec!["Count".to_owned()], vec![vec![count]]);
            }
            Operator::Sort(orders) => self.sort(orders)?,
            Operator::Limit(most) => self.rows.truncate(*most),
            Operator::Top(most, orders) => {
                self.sort(orders)?;
                self.rows.truncate(*most);
            }
            Operator::Distinct(columns) => {
                let itself = |name: &String| Named {
                    name: name.clone(),
                    value: Expression::Path(name.clone(), Vec::new()),
                };
                let all: Vec<Named> = self.columns.iter().map(itself).collect();
                let columns = if columns.is_empty() { &all } else { columns };
                self.summarize(&[], columns)?;
            }
            Operator::Expand(column) => self.expand(column)?,
        }
        Ok(())
    }

    /// Every column that an expression names is there.
    fn knows(&self, expression: &Expression) -> Result<(), Fault> {
        let mut named = Vec::new();
        expression.columns(&mut named);
        match named.iter().find(|name| !self.has(name)) {
            None => Ok(()),
            Some(name) => {
                let known = self.columns.join(", ");
                Err(Fault::meaning(format!(
                    "there is no column '{name}'; there are: {known}"
                )))
            }
        }
    }

    fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column == name)
    }

    fn values(&self, row: &Row, columns: &[Named]) -> Result<Vec<Value>, Fault> {
        let of = |column: &Named| {
            let value = column.value.value(&|name| self.cell(row, name));
            count(&self.made, weight(&value))?;
            Ok(value)
        };
        columns.iter().map(of).collect()
    }

    fn project(&mut self, columns: &[Named]) -> Result<(), Fault> {
        for column in columns {
            self.knows(&column.value)?;
        }
        let renamed = |it: &Named| it.value != Expression::Path(it.name.clone(), Vec::new());
        if !columns.iter().any(renamed) {
            self.columns = names(columns);
            return Ok(());
        }
        let rows = self.rows.iter().map(|row| self.values(row, columns));
        let rows = rows.collect::<Result<_, _>>()?;
        self.replace(names(columns), rows);
        Ok(())
    }

    fn extend(&mut self, column: &Named) -> Result<(), Fault> {
        self.knows(&column.value)?;
        let later = self.later;
        for row in &mut self.rows {
            let value = column.value.value(&|name| cell(later, row, name));
            count(&self.made, weight(&value))?;
            row.cells.insert(column.name.clone(), value);
        }
        if !self.has(&column.name) {
            self.columns.push(column.name.clone());
        }
        Ok(())
    }

    /// Groups in the order of their first rows.
    fn summarize(&mut self, aggregates: &[(String, Aggregate)], by: &[Named]) -> Result<(), Fault> {
        let of = aggregates.iter().filter_map(|(_, it)| it.of());
        for value in by.iter().map(|it| &it.value).chain(of) {
            self.knows(value)?;
        }
        let mut places = std::collections::BTreeMap::new();
        let mut groups: Vec<(Vec<Value>, Vec<&Row>)> = Vec::new();
        for row in &self.rows {
            let keys = self.values(row, by)?;
            let place = json!(keys).to_string();
            let place = *places.entry(place).or_insert_with(|| {
                groups.push((keys, Vec::new()));
                groups.len() - 1
            });
            groups[place].1.push(row);
        }
        if by.is_empty() && groups.is_empty() {
            groups.push((Vec::new(), Vec::new()));
        }
        let row = |(mut values, rows): (Vec<Value>, Vec<&Row>)| {
            values.extend(aggregates.iter().map(|(_, it)| self.aggregate(it, &rows)));
            values
        };
        let rows = groups.into_iter().map(row).collect();
        let mut columns = names(by);
        columns.extend(aggregates.iter().map(|(name, _)| name.clone()));
        self.replace(columns, rows);
        Ok(())
    }

    fn aggregate(&self, aggregate: &Aggregate, rows: &[&Row]) -> Value {
        let values = |of: &Expression| -> Vec<Value> {
            let values = rows
                .iter()
                .map(|row| of.value(&|name| self.cell(row, name)));
            values.filter(|it| !it.is_null()).collect()
        };
        let better = |values: Vec<Value>, wanted: Ordering| {
            values.into_iter().reduce(|best, it| {
                if order(&it, &best) == Some(wanted) {
                    it
                } else {
                    best
                }
            })
        };
        match aggregate {
            Aggregate::Count => json!(rows.len()),
            Aggregate::Distinct(of) => {
                let texts = values(of).into_iter().map(|it| text(&it));
                json!(texts.collect::<std::collections::BTreeSet<_>>().len())
            }
            Aggregate::Least(of) => better(values(of), Ordering::Less).unwrap_or_default(),
            Aggregate::Most(of) => better(values(of), Ordering::Greater).unwrap_or_default(),
        }
    }

    /// What is not there is smallest.
    fn sort(&mut self, orders: &[Order]) -> Result<(), Fault> {
        for by in orders {
            self.knows(&by.by)?;
        }
        let later = self.later;
        let keys = |row: &Row| -> Vec<Value> {
            let of = |it: &Order| it.by.value(&|name| cell(later, row, name));
            orders.iter().map(of).collect()
        };
        let mut keyed: Vec<(Vec<Value>, Row)> = std::mem::take(&mut self.rows)
            .into_iter()
            .map(|row| (keys(&row), row))
            .collect();
        keyed.sort_by(|(left, _), (right, _)| {
            let compare = |(order, (left, right)): (&Order, (&Value, &Value))| {
                let ordering = compare(left, right);
                if order.descending {
                    ordering.reverse()
                } else {
                    ordering
                }
            };
            let mut all = orders.iter().zip(left.iter().zip(right)).map(compare);
            all.find(|it| it.is_ne()).unwrap_or(Ordering::Equal)
        });
        self.rows = keyed.into_iter().map(|(_, row)| row).collect();
        Ok(())
    }

    /// One row for each item of a list or field of an object; none of a row whose list is empty; one where it is no list.
    fn expand(&mut self, column: &Named) -> Result<(), Fault> {
        self.knows(&column.value)?;
        let later = self.later;
        let mut rows = Vec::new();
        for row in &self.rows {
            let value = column.value.value(&|name| cell(later, row, name));
            let items = match value {
                Value::Array(items) => items,
                Value::Object(fields) => fields
                    .into_iter()
                    .map(|(name, value)| Value::Object(Map::from_iter([(name, value)])))
                    .collect(),
                other => vec![other],
            };
            let cells = row.cells.values().map(weight).sum::<usize>();
            for item in items {
                count(&self.made, cells + weight(&item))?;
                let mut row = row.clone();
                row.cells.insert(column.name.clone(), item);
                rows.push(row);
            }
        }
        self.rows = rows;
        if !self.has(&column.name) {
            self.columns.push(column.name.clone());
        }
        Ok(())
    }

    fn replace(&mut self, columns: Vec<String>, rows: Vec<Vec<Value>>) {
        let row = |values: Vec<Value>| Row {
            cells: columns.iter().cloned().zip(values).collect(),
            key: None,
        };
        self.rows = rows.into_iter().map(row).collect();
        self.columns = columns;
    }
}

impl Aggregate {
    fn of(&self) -> Option<&Expression> {
        match self {
            Self::Count => None,
            Self::Distinct(of) | Self::Least(of) | Self::Most(of) => Some(of),
        }
    }
}

/// What a value holds, about.
fn weight(value: &Value) -> usize {
    let inside = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(fields) => fields.iter().map(|(key, it)| key.len() + weight(it)).sum(),
        _ => 0,
    };
    size_of::<Value>() + inside
}

fn count(made: &Cell<usize>, bytes: usize) -> Result<(), Fault> {
    made.set(made.get().saturating_add(bytes));
    if made.get() <= MOST_MADE {
        return Ok(());
    }
    let most = MOST_MADE >> 20;
    let why = format!("the query makes more than {most} MiB of cells");
    Err(Fault::meaning(why))
}

fn cell(later: &dyn Fn(&str, &str) -> Value, row: &Row, column: &str) -> Value {
    match (row.cells.get(column), &row.key) {
        (Some(value), _) => value.clone(),
        (None, Some(key)) => later(key, column),
        (None, None) => Value::Null,
    }
}

fn names(columns: &[Named]) -> Vec<String> {
    columns.iter().map(|it| it.name.clone()).collect()
}

fn compare(left: &Value, right: &Value) -> Ordering {
    match (left.is_null(), right.is_null()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => order(left, right).unwrap_or_else(|| text(left).cmp(&text(right))),
    }
}
