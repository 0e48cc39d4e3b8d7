//! What an expression means for a row.
//!
//! Text is compared with text, numbers with numbers; what is not there is the empty text. `==` minds case, the operators
//! with `~` and those that search do not, as Kusto documents.

use std::cmp::Ordering;

use serde_json::{Value, json};

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A literal.
    Literal(Value),
    /// A column, and a path into it.
    Path(String, Vec<Step>),
    /// A function of some values.
    Call(Function, Vec<Self>),
    /// A comparison of two values.
    Compare(Box<Self>, Comparison, Box<Self>),
    /// `in` and its siblings: is the value one of these (true) or none (false)?
    Among {
        /// The value.
        value: Box<Self>,
        /// What it is looked for in.
        items: Vec<Self>,
        /// `~`.
        ignores_case: bool,
        /// Without `!`.
        wanted: bool,
    },
    /// All hold.
    And(Vec<Self>),
    /// One holds.
    Or(Vec<Self>),
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// `.name`, `['name']`.
    Field(String),
    /// `[0]`.
    Item(usize),
}

/// Comparisons; all but the first six ignore case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`, or `!=`.
    Equal(bool),
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `=~`, or `!~`.
    Alike(bool),
    /// `contains`, or `!contains`.
    Contains(bool),
    /// `startswith`, or `!startswith`.
    StartsWith(bool),
    /// `endswith`, or `!endswith`.
    EndsWith(bool),
    /// `has`, or `!has`: contains it as a whole term.
    Has(bool),
}

/// Functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `not`.
    Not,
    /// `tostring`.
    ToText,
    /// `tolower`.
    ToLower,
    /// `toupper`.
    ToUpper,
    /// `toint`.
    ToNumber,
    /// `isnull`.
    IsNull,
    /// `isnotnull`.
    IsNotNull,
    /// `isempty`.
    IsEmpty,
    /// `isnotempty`.
    IsNotEmpty,
    /// `strcat`.
    Join,
    /// `array_length`.
    Length,
}

/// Longest text that a function makes. Kusto's own is 1 MiB (`scalar-data-types/string`); this one is ours.
const LONGEST_TEXT: usize = 64 * 1024;

/// Names of functions, and how many values each takes; 0 for any number.
pub const FUNCTIONS: &[(&str, Function, usize)] = &[
    ("not", Function::Not, 1),
    ("tostring", Function::ToText, 1),
    ("tolower", Function::ToLower, 1),
    ("toupper", Function::ToUpper, 1),
    ("toint", Function::ToNumber, 1),
    ("isnull", Function::IsNull, 1),
    ("isnotnull", Function::IsNotNull, 1),
    ("isempty", Function::IsEmpty, 1),
    ("isnotempty", Function::IsNotEmpty, 1),
    ("strcat", Function::Join, 0),
    ("array_length", Function::Length, 1),
];

impl Expression {
    /// Its value for a row, whose columns `column` tells.
    pub fn value(&self, column: &dyn Fn(&str) -> Value) -> Value {
        match self {
            Self::Literal(value) => value.clone(),
            Self::Path(name, steps) => {
                let whole = column(name);
                let found = steps.iter().try_fold(&whole, |value, step| match step {
                    Step::Field(name) => value.get(name),
                    Step::Item(index) => value.get(index),
                });
                found.cloned().unwrap_or_default()
            }
            Self::Call(function, values) => {
                let values: Vec<Value> = values.iter().map(|it| it.value(column)).collect();
                function.of(&values)
            }
            Self::Compare(left, comparison, right) => {
                json!(comparison.holds(&left.value(column), &right.value(column)))
            }
            Self::Among {
                value,
                items,
                ignores_case,
                wanted,
            } => {
                let value = value.value(column);
                let same = |item: &Self| {
                    let item = item.value(column);
                    if *ignores_case {
                        Comparison::Alike(true).holds(&value, &item)
                    } else {
                        Comparison::Equal(true).holds(&value, &item)
                    }
                };
                json!(items.iter().any(same) == *wanted)
            }
            Self::And(parts) => json!(parts.iter().all(|it| it.holds(column))),
            Self::Or(parts) => json!(parts.iter().any(|it| it.holds(column))),
        }
    }

    /// Is its value true for a row?
    pub fn holds(&self, column: &dyn Fn(&str) -> Value) -> bool {
        let value = self.value(column);
        value == json!(true) || value.as_str() == Some("true")
    }

    /// Columns that it names.
    pub fn columns<'a>(&'a self, found: &mut Vec<&'a str>) {
        match self {
            Self::Literal(_) => {}
            Self::Path(name, _) => found.push(name),
            Self::Call(_, parts) | Self::And(parts) | Self::Or(parts) => {
                parts.iter().for_each(|it| it.columns(found));
            }
            Self::Compare(left, _, right) => {
                left.columns(found);
                right.columns(found);
            }
            Self::Among { value, items, .. } => {
                value.columns(found);
                items.iter().for_each(|it| it.columns(found));
            }
        }
    }

    /// The name of its column when nobody gave one: `properties_a_b` for a path, that of the path for a function of one.
    pub fn default_name(&self) -> Option<String> {
        match self {
            Self::Path(name, steps) => {
                let mut name = name.clone();
                for step in steps {
                    name.push('_');
                    match step {
                        Step::Field(field) => name.push_str(field),
                        Step::Item(index) => name.push_str(&index.to_string()),
                    }
                }
                Some(name)
            }
            Self::Call(_, values) if values.len() == 1 => values[0].default_name(),
            _ => None,
        }
    }
}

impl Function {
    fn of(self, values: &[Value]) -> Value {
        let first = values.first().unwrap_or(&Value::Null);
        match self {
            Self::Not => json!(*first == json!(false)),
            Self::ToText => json!(text(first)),
            Self::ToLower => json!(text(first).to_lowercase()),
            Self::ToUpper => json!(text(first).to_uppercase()),
            Self::ToNumber => {
                let number = number(first).map(f64::trunc);
                number.map_or(Value::Null, tidy)
            }
            Self::IsNull => json!(first.is_null()),
            Self::IsNotNull => json!(!first.is_null()),
            Self::IsEmpty => json!(text(first).is_empty()),
            Self::IsNotEmpty => json!(!text(first).is_empty()),
            Self::Join => joined(values),
            Self::Length => first.as_array().map_or(Value::Null, |it| json!(it.len())),
        }
    }
}

/// Texts one after the other, cut where they are too long: joined again and again they would fill the memory.
fn joined(values: &[Value]) -> Value {
    let mut all = String::new();
    for value in values {
        all.push_str(&text(value));
        if all.len() > LONGEST_TEXT {
            let end = (0..=LONGEST_TEXT)
                .rev()
                .find(|at| all.is_char_boundary(*at));
            all.truncate(end.unwrap_or_default());
            break;
        }
    }
    json!(all)
}

impl Comparison {
    fn holds(self, left: &Value, right: &Value) -> bool {
        let lower = |value: &Value| text(value).to_lowercase();
        match self {
            Self::Equal(wanted) => (order(left, right) == Some(Ordering::Equal)) == wanted,
            Self::Less => order(left, right) == Some(Ordering::Less),
            Self::Greater => order(left, right) == Some(Ordering::Greater),
            Self::LessOrEqual => order(left, right).is_some_and(Ordering::is_le),
            Self::GreaterOrEqual => order(left, right).is_some_and(Ordering::is_ge),
            Self::Alike(wanted) => (lower(left) == lower(right)) == wanted,
            Self::Contains(wanted) => lower(left).contains(&lower(right)) == wanted,
            Self::StartsWith(wanted) => lower(left).starts_with(&lower(right)) == wanted,
            Self::EndsWith(wanted) => lower(left).ends_with(&lower(right)) == wanted,
            Self::Has(wanted) => has_term(&lower(left), &lower(right)) == wanted,
        }
    }
}

/// Does the term stand there with nothing alphanumeric on either side?
fn has_term(text: &str, term: &str) -> bool {
    let free = |it: Option<char>| it.is_none_or(|it| !it.is_alphanumeric());
    let mut places = text.match_indices(term);
    places.any(|(at, found)| {
        free(text[..at].chars().next_back()) && free(text[at + found.len()..].chars().next())
    })
}

/// How two values stand: numbers by size, everything else as text.
pub fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(_), _) | (_, Value::Number(_)) => number(left)?.partial_cmp(&number(right)?),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        _ => Some(text(left).cmp(&text(right))),
    }
}

/// A value as text: nothing for null, JSON for lists and objects.
pub fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|it: &f64| it.is_finite()),
        _ => None,
    }
}

/// A number as JSON: whole when it is.
pub fn tidy(number: f64) -> Value {
    let text = number.to_string();
    text.parse::<i64>()
        .map_or_else(|_| json!(number), |it| json!(it))
}
