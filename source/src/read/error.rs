//! What goes wrong while a node is read.

use std::fmt;

use serde::de::{Expected, Unexpected};

use crate::clip::one_of;
use crate::file::Span;
use crate::read::words;
use crate::similar::did_you_mean;

/// An error on its way up to the node it belongs to, and from there to where reading can go on.
#[derive(Debug)]
pub(super) enum Error {
    /// Without a node so far.
    Open(Box<Mistake>),
    /// A problem by now, or the consequence of one; the value it is in must be repaired.
    Noted,
    /// Repaired: another pass will get further.
    Repaired,
}

/// A problem without a place.
#[derive(Debug, Default)]
pub(super) struct Mistake {
    pub(super) title: String,
    pub(super) expected: Option<String>,
    pub(super) hint: Option<String>,
    pub(super) at: At,
}

/// Which part of the node is wrong.
#[derive(Debug, Default)]
pub(super) enum At {
    /// The key of this name.
    Key(String),
    /// The struct lacks this field.
    Missing(&'static str),
    /// A place that is already known.
    Span(Span),
    /// The node itself.
    #[default]
    Value,
    /// The name of an enum's variant: the only key, or the scalar.
    Variant,
}

impl Mistake {
    pub(super) fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    pub(super) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn at(mut self, at: At) -> Self {
        self.at = at;
        self
    }

    /// A name that is not among the known ones.
    pub(super) fn unknown(what: &str, name: &str, known: &[&str]) -> Self {
        let mistake = Self::new(format!("unknown {what} {}", crate::clip::quote(name)))
            .expected(one_of(known));
        match did_you_mean(name, known.iter().copied()) {
            Some(meant) => mistake.hint(format!("did you mean `{meant}`?")),
            None => mistake,
        }
    }

    /// A mistake of a visitor, not of an author.
    pub(super) fn value_before_key() -> Self {
        Self::new("the reader asked for a value before its key")
    }
}

impl From<Mistake> for Error {
    fn from(mistake: Mistake) -> Self {
        Self::Open(Box::new(mistake))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(mistake) => f.write_str(&mistake.title),
            Self::Noted | Self::Repaired => f.write_str("noted as a problem"),
        }
    }
}

impl std::error::Error for Error {}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Mistake::new(message.to_string()).into()
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Mistake::new(format!("unexpected {}", words::found(&found)))
            .expected(words::expected(expected))
            .into()
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Mistake::new(format!("invalid {}", words::found(&found)))
            .expected(words::expected(expected))
            .into()
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Mistake::new(format!("wrong number of elements: {length}"))
            .expected(words::expected(expected))
            .into()
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        Mistake::unknown("name", variant, known)
            .at(At::Variant)
            .into()
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        Mistake::unknown("key", field, known)
            .at(At::Key(field.to_owned()))
            .into()
    }

    fn missing_field(field: &'static str) -> Self {
        Mistake::new(format!("missing `{field}`"))
            .at(At::Missing(field))
            .into()
    }

    fn duplicate_field(field: &'static str) -> Self {
        Mistake::new(format!("`{field}` is given twice, under two names")).into()
    }
}
