//! One mistake in what people wrote.

use std::fmt;
use std::sync::Arc;

use crate::file::{SourceFile, Span};

/// What is wrong, where, what was expected, and what to do. Texts are lowercase fragments; a secret never enters one.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The file, when the problem is in one.
    pub file: Option<Arc<SourceFile>>,
    /// The place in the file, when there is one.
    pub span: Option<Span>,
    /// What is wrong.
    pub title: String,
    /// The words at the carets.
    pub label: Option<String>,
    /// What would have been right.
    pub expected: Option<String>,
    /// What to do.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem without a place.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            file: None,
            span: None,
            title: title.into(),
            label: None,
            expected: None,
            hint: None,
        }
    }

    /// A problem at a place of a file.
    #[must_use]
    pub fn at(file: &Arc<SourceFile>, span: Span, title: impl Into<String>) -> Self {
        Self {
            file: Some(Arc::clone(file)),
            span: Some(span),
            ..Self::new(title)
        }
    }

    /// A problem of a whole file whose text is not at hand.
    #[must_use]
    pub fn of_file(name: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            file: Some(SourceFile::new(name, "")),
            ..Self::new(title)
        }
    }

    /// Adds the words at the carets.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds what would have been right.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// `name:line:column`, as far as known.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        let file = self.file.as_ref()?;
        let Some(span) = self.span else {
            return Some(file.name.clone());
        };
        let (line, column) = file.line_column(span.start);
        Some(format!("{}:{line}:{column}", file.name))
    }

    /// The order of messages: by file, then by place.
    pub(crate) fn order(&self) -> (Option<&str>, Option<Span>) {
        (self.file.as_ref().map(|file| file.name.as_str()), self.span)
    }
}

/// One line: the place and the title.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place() {
            Some(place) => write!(f, "{place}: {}", self.title),
            None => f.write_str(&self.title),
        }
    }
}

impl std::error::Error for Problem {}
