//! Variables into the nodes.
//!
//! Every text of the file may use them, except the sections `variables` and `matrix`; keys may not. A text whose variables
//! have no value is marked as broken and left as it is.

use std::collections::BTreeSet;

use super::reading::{Reading, one_of, quote};
use super::template::{Malformed, Piece, pieces};
use super::variables::{Found, Sources, Variables};
use crate::source::{Key, Node, Scalar, ScalarStyle, Span, Value};

/// Replaces the variables in everything below `root` but where their values are given.
pub(super) fn substitute(
    reading: &mut Reading,
    root: &mut Node,
    variables: &Variables,
    sources: &Sources,
) {
    let Value::Map(map) = &mut root.value else {
        return;
    };
    let mut substitution = Substitution {
        reading,
        variables,
        unset: BTreeSet::new(),
    };
    let gives_values = |key: &Key| matches!(key.name.as_str(), "matrix" | "variables");
    for (_, node) in map.iter_mut().filter(|(key, _)| !gives_values(key)) {
        node.walk_scalars_mut(&mut |scalar, span| substitution.scalar(scalar, span));
    }
    let unset = substitution.unset;
    for name in unset {
        if let Found::Unset(variable) = variables.find(&name) {
            refuse_unset(reading, &variable.key, &variable.how_to_set(sources));
        }
    }
}

struct Substitution<'a> {
    reading: &'a mut Reading,
    variables: &'a Variables,
    /// Names of variables that are used and have no value.
    unset: BTreeSet<String>,
}

impl Substitution<'_> {
    fn scalar(&mut self, scalar: &mut Scalar, span: Span) {
        if !scalar.text.contains("${") {
            return;
        }
        let written = scalar.text.clone();
        match pieces(&written) {
            Ok(pieces) => match self.fill(&pieces, scalar, span) {
                Some(text) => scalar.text = text,
                None => self.reading.mark_broken(span),
            },
            Err(Malformed(part)) => {
                self.refuse_malformed(part, span);
                self.reading.mark_broken(span);
            }
        }
    }

    /// The text with its variables filled in, unless one of them has no value.
    fn fill(&mut self, pieces: &[Piece<'_>], scalar: &mut Scalar, span: Span) -> Option<String> {
        let (mut text, mut origins, mut is_whole) = (String::new(), Vec::new(), true);
        for piece in pieces {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Variable(name) => match self.variables.find(name) {
                    Found::Value {
                        text: value,
                        from,
                        is_secret,
                        is_declared,
                    } => {
                        text.push_str(value);
                        if is_secret && !is_declared {
                            self.reading.mark_sensitive(span, name, from);
                        }
                        scalar.secret |= is_secret;
                        scalar.style = ScalarStyle::Substituted;
                        origins.push(format!("the value of `{name}` comes from {from}"));
                    }
                    other => {
                        is_whole = false;
                        self.no_value(name, &other, span);
                    }
                },
            }
        }
        if !origins.is_empty() {
            self.reading
                .mark_origin(span, format!("check the variable: {}", origins.join(", ")));
        }
        is_whole.then_some(text)
    }

    fn no_value(&mut self, name: &str, found: &Found<'_>, span: Span) {
        match found {
            Found::Broken | Found::Value { .. } => {}
            Found::Unset(_) => {
                self.unset.insert(name.to_owned());
            }
            Found::Undeclared => {
                let span = self.part(&format!("${{{name}}}"), span);
                let known = || self.variables.names();
                let hint = self.reading.meant(
                    name,
                    known(),
                    format!("declare `{name}` under `variables:`"),
                );
                let problem = self
                    .reading
                    .at(span, format!("undeclared variable {}", quote(name)));
                self.reading.note(
                    problem
                        .expected(one_of(known(), "a variable declared under `variables:`"))
                        .hint(hint),
                );
            }
        }
    }

    fn refuse_malformed(&mut self, part: &str, span: Span) {
        let span = self.part(part, span);
        let problem = self
            .reading
            .at(span, format!("malformed variable {}", quote(part)));
        let problem = problem.expected("`${name}`, without spaces");
        self.reading
            .note(problem.hint("write `$${` for the characters `${`"));
    }

    /// Where a part of a text stands, when the text is in the file as it is.
    fn part(&self, part: &str, span: Span) -> Span {
        let written = self
            .reading
            .file
            .text
            .get(span.start as usize..span.end as usize);
        let Some(at) = written.and_then(|written| written.find(part)) else {
            return span;
        };
        let offset = |bytes: usize| span.start + u32::try_from(bytes).unwrap_or_default();
        Span::new(offset(at), offset(at + part.len()))
    }
}

fn refuse_unset(reading: &mut Reading, key: &Key, how_to_set: &str) {
    let problem = reading.at(
        key.span,
        format!("the variable `{}` has no value", key.name),
    );
    reading.note(
        problem
            .expected("a value, because the scenario uses it")
            .hint(how_to_set),
    );
}
