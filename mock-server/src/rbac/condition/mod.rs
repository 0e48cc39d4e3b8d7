//! Does the condition of a role assignment hold for what is asked?
//!
//! - `lex` a condition's text as tokens, `parse` tokens as an `Expression`; here is what an expression means
//!
//! Evaluated: `ActionMatches`, `SubOperationMatches`, comparisons of the name of a container or of a
//! registry's repository with text, `AND`, `OR`, `NOT`
//! and parentheses. A condition of another form cannot be in a world: the loader refuses it, and until then it does not
//! hold. What is asked of something that has no such name (a vault, a whole account) can be compared with nothing: such a
//! comparison is neither true nor false, and a condition that hangs on it does not hold.
//!
//! Source: MicrosoftDocs/azure-docs, `role-based-access-control/conditions-format.md` and
//! `storage/blobs/storage-auth-abac-attributes.md` (suboperations).

mod lex;
mod parse;

#[cfg(test)]
mod tests;

use super::Asked;
use super::wildcard::covers;

/// A condition that can be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition(Expression);

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// A sentence fragment: what of it the mock does not evaluate, or where it is malformed.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse::parse(text).map(Self)
    }

    /// Whether it holds.
    pub fn holds(&self, asked: &Asked<'_>) -> bool {
        self.0.value(asked) == Some(true)
    }
}

/// A part of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Expression {
    /// `ActionMatches{'…'}`: a pattern of actions.
    Action(String),
    /// `SubOperationMatches{'…'}`.
    SubOperation(String),
    /// `@Resource[…containers:name] StringEquals 'orders'`.
    ContainerName(Comparison),
    /// `@Request[…registries/repositories:name] StringEquals 'orders/api'`.
    RepositoryName(Comparison),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

impl Expression {
    /// True, false, or nothing when it compares what is not there.
    fn value(&self, asked: &Asked<'_>) -> Option<bool> {
        match self {
            Self::Action(pattern) => Some(covers(pattern, asked.action)),
            Self::SubOperation(name) => {
                let own = asked.sub_operation.unwrap_or_default();
                Some(own.eq_ignore_ascii_case(name))
            }
            Self::ContainerName(comparison) => {
                container_of(asked.scope).map(|it| comparison.of(it))
            }
            Self::RepositoryName(comparison) => {
                repository_of(asked.scope).map(|it| comparison.of(&it))
            }
            Self::Not(inner) => inner.value(asked).map(|value| !value),
            Self::And(parts) => first_or(parts, asked, false),
            Self::Or(parts) => first_or(parts, asked, true),
        }
    }
}

/// `decisive` when some part is; nothing when some part has no value; the opposite otherwise.
fn first_or(parts: &[Expression], asked: &Asked<'_>, decisive: bool) -> Option<bool> {
    let values: Vec<Option<bool>> = parts.iter().map(|part| part.value(asked)).collect();
    if values.contains(&Some(decisive)) {
        Some(decisive)
    } else if values.contains(&None) {
        None
    } else {
        Some(!decisive)
    }
}

/// A text operator and what stands on its right.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Comparison {
    how: How,
    negated: bool,
    ignore_case: bool,
    /// Compared with every one of the values instead of any.
    every: bool,
    values: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Equals,
    StartsWith,
    /// `*` for any text, `?` for one character, a backslash before either for itself.
    Like,
}

impl Comparison {
    fn of(&self, name: &str) -> bool {
        let fits = |value: &String| self.fits(name, value) != self.negated;
        if self.every {
            self.values.iter().all(fits)
        } else {
            self.values.iter().any(fits)
        }
    }

    fn fits(&self, name: &str, value: &str) -> bool {
        let fold = |text: &str| {
            if self.ignore_case {
                text.to_lowercase()
            } else {
                text.to_owned()
            }
        };
        let (name, value) = (fold(name), fold(value));
        match self.how {
            How::Equals => name == value,
            How::StartsWith => name.starts_with(&value),
            How::Like => is_like(&name, &value),
        }
    }
}

/// Does the pattern cover the whole name? Linear in both lengths multiplied; both are short.
fn is_like(name: &str, pattern: &str) -> bool {
    let mut pattern = pattern.chars();
    let name: Vec<char> = name.chars().collect();
    // Where the pattern that was read so far can end in the name.
    let mut ends = vec![false; name.len() + 1];
    ends[0] = true;
    while let Some(letter) = pattern.next() {
        if letter == '*' {
            let first = ends.iter().position(|end| *end).unwrap_or(ends.len());
            ends[first..].fill(true);
            continue;
        }
        let wanted = match letter {
            '?' => None,
            '\\' => Some(pattern.next().unwrap_or('\\')),
            other => Some(other),
        };
        for at in (1..ends.len()).rev() {
            ends[at] = ends[at - 1] && wanted.is_none_or(|wanted| wanted == name[at - 1]);
        }
        ends[0] = false;
    }
    ends[name.len()]
}

fn container_of(scope: &str) -> Option<&str> {
    let mut segments = scope.split('/');
    segments.find(|segment| segment.eq_ignore_ascii_case("containers"))?;
    segments.next()
}

/// The name of a repository, whose `/` a scope writes as `%2F`.
fn repository_of(scope: &str) -> Option<String> {
    let mut segments = scope.split('/');
    segments.find(|segment| segment.eq_ignore_ascii_case("repositories"))?;
    segments.next().map(|name| name.replace("%2F", "/"))
}
