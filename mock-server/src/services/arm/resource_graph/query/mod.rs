//! A query: text in, rows in, rows out. Knows nothing of Azure.
//!
//! - [`lex`] text as tokens · [`parse`] tokens as a [`Query`] · [`expression`] what an expression means for a row
//! - [`run`] what operators do with rows

pub mod expression;
pub mod lex;
pub mod parse;
pub mod run;

#[cfg(test)]
mod tests;

pub use expression::Expression;

/// Why a query cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Azure's code: `ParserFailure`, `InvalidQueryLanguage`, `InvalidQuery`.
    pub code: &'static str,
    /// A sentence fragment that names what is not understood.
    pub why: String,
    /// The token, and where it begins: line and character, both from 1.
    pub token: Option<(String, usize, usize)>,
}

impl Fault {
    /// The query is read, but means nothing.
    pub fn meaning(why: impl Into<String>) -> Self {
        Self {
            code: "InvalidQuery",
            why: why.into(),
            token: None,
        }
    }
}

/// A query that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Its table, in lower case.
    pub table: String,
    /// What is done with its rows, in order.
    pub operators: Vec<Operator>,
}

impl Query {
    /// May its result be cut into pages? Not when it limits itself (azure-docs, `governance/resource-graph/concepts/
    /// work-with-data.md`).
    pub fn has_pages(&self) -> bool {
        let limits = |it: &Operator| matches!(it, Operator::Limit(_) | Operator::Top(..));
        !self.operators.iter().any(limits)
    }
}

/// An expression with the name of its column.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The column.
    pub name: String,
    /// Its value.
    pub value: Expression,
}

/// `asc` or `desc` by an expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// By what.
    pub by: Expression,
    /// Largest first?
    pub descending: bool,
}

/// What `summarize` counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Aggregate {
    /// `count()`.
    Count,
    /// `dcount(x)`.
    Distinct(Expression),
    /// `min(x)`.
    Least(Expression),
    /// `max(x)`.
    Most(Expression),
}

/// One step of a query.
#[derive(Clone, Debug, PartialEq)]
pub enum Operator {
    /// `where`.
    Where(Expression),
    /// `project`.
    Project(Vec<Named>),
    /// `project-away`.
    ProjectAway(Vec<String>),
    /// `extend`.
    Extend(Vec<Named>),
    /// `summarize … by …`.
    Summarize(Vec<(String, Aggregate)>, Vec<Named>),
    /// `count`.
    Count,
    /// `order by`.
    Sort(Vec<Order>),
    /// `limit`, `take`.
    Limit(usize),
    /// `top n by …`.
    Top(usize, Vec<Order>),
    /// `distinct`; of all columns when empty.
    Distinct(Vec<Named>),
    /// `mv-expand`.
    Expand(Named),
}
