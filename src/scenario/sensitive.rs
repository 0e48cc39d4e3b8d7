//! A value that its source marks as sensitive, used where it would be shown: one mistake for the variable, not one for
//! each of its uses, because what must change is the source.

use std::collections::{HashMap, HashSet};

use crate::source::{Problem, SECRET_SHOWN, Span};

/// The texts with such values, by their places.
#[derive(Default)]
pub(super) struct Sensitive {
    uses: HashMap<Span, Marked>,
}

/// A variable that the scenario does not call a secret, and the source that does.
struct Marked {
    name: String,
    from: String,
}

impl Sensitive {
    /// The text at this place holds the variable's value, which came from there.
    pub(super) fn note(&mut self, span: Span, name: &str, from: &str) {
        let (name, from) = (name.to_owned(), from.to_owned());
        self.uses.insert(span, Marked { name, from });
    }

    /// The problems with one for each such variable: at its first use, and how many there are.
    pub(super) fn gather(&self, problems: Vec<Problem>) -> Vec<Problem> {
        let mut count: HashMap<&str, usize> = HashMap::new();
        for marked in problems.iter().filter_map(|problem| self.of(problem)) {
            *count.entry(&marked.name).or_default() += 1;
        }
        let mut told = HashSet::new();
        let gathered = problems.into_iter().filter_map(|problem| {
            let Some(marked) = self.of(&problem) else {
                return Some(problem);
            };
            let is_first = told.insert(marked.name.as_str());
            is_first.then(|| marked.problem(problem, count[marked.name.as_str()]))
        });
        gathered.collect()
    }

    fn of(&self, problem: &Problem) -> Option<&Marked> {
        let span = problem.span.filter(|_| problem.title == SECRET_SHOWN)?;
        self.uses.get(&span)
    }
}

impl Marked {
    fn problem(&self, at_first_use: Problem, count: usize) -> Problem {
        let Self { name, from } = self;
        let others = match count - 1 {
            0 => String::new(),
            1 => " (and at one more place)".to_owned(),
            more => format!(" (and at {more} more places)"),
        };
        let title =
            format!("the value of `{name}` would be shown here{others}; it comes from {from}");
        Problem {
            title,
            hint: Some(format!(
                "if it is no secret, make the output one that is not sensitive, or give `--var {name}=…`"
            )),
            ..at_first_use
        }
    }
}
