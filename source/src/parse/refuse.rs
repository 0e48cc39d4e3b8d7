//! What the parser refuses, and in which words.

use std::sync::Arc;

use granit_parser::{ErrorKind, ScanError, Tag};

use crate::clip::quote;
use crate::file::{SourceFile, Span};
use crate::node::Key;
use crate::parse::DEPTH_LIMIT;
use crate::problem::Problem;

/// The text does not follow the grammar of YAML.
pub(super) fn syntax(file: &Arc<SourceFile>, error: &ScanError) -> Problem {
    let at = error.marker().byte_offset().unwrap_or(file.text.len());
    let at = u32::try_from(at).unwrap_or(u32::MAX);
    let span = Span::new(at, at);
    let (title, hint) = match error.kind() {
        ErrorKind::RecursionLimitExceeded => return too_deep(file, span),
        ErrorKind::UnexpectedCharacter { character } => {
            let title = format!("a text cannot begin with {}", quote(&character.to_string()));
            return Problem::at(file, span, title).hint("quote it");
        }
        kind => explain(kind).unwrap_or_else(|| (format!("not YAML: {kind}"), None)),
    };
    Problem {
        hint: hint.map(String::from),
        ..Problem::at(file, span, title)
    }
}

/// Frequent mistakes in plain words, each with what to do.
fn explain(kind: &ErrorKind) -> Option<(String, Option<&'static str>)> {
    let (title, hint) = match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation => ("a tab in the indentation", "indent with spaces"),
        ErrorKind::DirectiveDisallowed => (
            "directives are not supported",
            "remove it: files are read as YAML 1.2",
        ),
        ErrorKind::UnknownAnchor => (
            "an alias without an anchor",
            "set `&name` above it, or quote the text if `*` is part of it",
        ),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::InvalidQuotedScalarIndent => (
            "a quote that is not closed",
            "close it; a quoted text of several lines is indented",
        ),
        ErrorKind::MappingValueNotAllowed => (
            "a second `:` where a key cannot stand",
            "check the indentation, or quote a text that contains `: `",
        ),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidIndentation => (
            "this does not line up with what is above",
            "check the indentation",
        ),
        ErrorKind::InvalidSimpleKey | ErrorKind::SimpleKeyExpected => (
            "a key without `:`",
            "write `key: value`, with a space behind the colon",
        ),
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator => (
            "a `,` or the closing bracket is missing here",
            "inside brackets, quote texts with `{`, `}`, `[`, `]` or `,`, such as \"${name}\"",
        ),
        ErrorKind::UnclosedFlowCollection { open } => {
            return Some((
                format!("the bracket `{open}` is not closed"),
                Some("close it, or quote the text"),
            ));
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            return Some((format!("the bracket `{open}` is closed by `{close}`"), None));
        }
        _ => return None,
    };
    Some((title.to_owned(), Some(hint)))
}

pub(super) fn too_deep(file: &Arc<SourceFile>, span: Span) -> Problem {
    Problem::at(file, span, "nested too deeply").expected(format!("at most {DEPTH_LIMIT} levels"))
}

pub(super) fn too_many(file: &Arc<SourceFile>, span: Span, limit: usize) -> Problem {
    Problem::at(file, span, "too many values in one file").expected(format!("at most {limit}"))
}

pub(super) fn alias_bomb(file: &Arc<SourceFile>, span: Span) -> Problem {
    Problem::at(file, span, "aliases copy too much").hint("write the values out")
}

pub(super) fn alias_in_itself(file: &Arc<SourceFile>, span: Span) -> Problem {
    Problem::at(file, span, "an alias of the value it stands in").hint("write the value out")
}

pub(super) fn second_document(file: &Arc<SourceFile>, span: Span) -> Problem {
    Problem::at(file, span, "a second document in the file")
        .expected("one document")
        .hint("put each document into a file of its own")
}

pub(super) fn tag(file: &Arc<SourceFile>, span: Span, tag: &Tag) -> Problem {
    Problem::at(
        file,
        span,
        format!("the tag {} has no meaning here", quote(&tag.original())),
    )
    .hint("remove the tag; quotes make a text")
}

pub(super) fn key_is_no_text(file: &Arc<SourceFile>, span: Span) -> Problem {
    Problem::at(file, span, "a key must be a text").hint("quote it if it is one")
}

pub(super) fn merge_key(file: &Arc<SourceFile>, span: Span) -> Problem {
    Problem::at(file, span, "merge keys (`<<`) are not supported")
        .hint("write the keys out, or use an alias for a whole value")
}

pub(super) fn key_twice(file: &Arc<SourceFile>, key: &Key, first: Span) -> Problem {
    let (line, column) = file.line_column(first.start);
    Problem::at(
        file,
        key.span,
        format!("the key {} is given twice", quote(&key.name)),
    )
    .hint(format!("the first is at line {line}, column {column}"))
}
