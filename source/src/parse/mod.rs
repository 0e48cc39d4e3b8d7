//! YAML 1.2 text into a tree of nodes.
//!
//! `granit-parser` gives events with byte spans; [`builder`] makes the tree of them, [`alias`] keeps copies within
//! bounds, [`refuse`] has the words for what is refused. A syntax error stands alone; what is wrong with a well-formed
//! file (a key given twice, a tag) is collected.

mod alias;
mod builder;
mod refuse;

use std::sync::Arc;

use granit_parser::{Event, Parser};

use crate::file::{SourceFile, Span};
use crate::node::Node;
use crate::problem::Problem;
use builder::Builder;

/// Collections inside collections; what reads the tree may recurse.
const DEPTH_LIMIT: usize = 100;
/// Nodes of one file, copies by aliases included.
const NODE_LIMIT: usize = 4_000_000;

/// Reads a file as one YAML document; JSON is YAML. An empty file is null.
///
/// Aliases (`*name`) are copied in; merge keys (`<<`), tags other than `!!str`, directives, keys that are no texts,
/// keys given twice and a second document are refused.
///
/// # Errors
/// One problem for a syntax error or an exceeded limit; otherwise all problems found.
pub fn parse(file: &Arc<SourceFile>) -> Result<Node, Vec<Problem>> {
    match parse_what_can_be_read(file) {
        Ok((node, problems)) if problems.is_empty() => Ok(node),
        Ok((_, problems)) => Err(problems),
        Err(problem) => Err(vec![*problem]),
    }
}

/// As [`parse`], for a caller that has more to say about the rest of the file: what is refused is left out of the tree.
///
/// # Errors
/// A syntax error or an exceeded limit, which stands alone.
pub fn parse_what_can_be_read(
    file: &Arc<SourceFile>,
) -> Result<(Node, Vec<Problem>), Box<Problem>> {
    let mut builder = Builder::new(file);
    build(file, &mut builder)?;
    Ok(builder.finish())
}

fn build(file: &Arc<SourceFile>, builder: &mut Builder<'_>) -> Result<(), Box<Problem>> {
    if u32::try_from(file.text.len()).is_err() {
        return Err(Box::new(
            Problem::of_file(&file.name, "the file is too large").expected("at most 4 GiB"),
        ));
    }
    let mut options = granit_parser::options! {
        disallow_directives: true,
        flow_nesting_limit: DEPTH_LIMIT,
        block_nesting_limit: DEPTH_LIMIT,
    };
    options.set_emit_comments(false);
    for event in Parser::new_from_str_with_options(&file.text, options) {
        let (event, span) = event.map_err(|error| Box::new(refuse::syntax(file, &error)))?;
        add(builder, event, place(&span))?;
    }
    Ok(())
}

fn add(builder: &mut Builder<'_>, event: Event<'_>, span: Span) -> Result<(), Box<Problem>> {
    match event {
        Event::DocumentStart(..) => builder.document(span),
        Event::Scalar(text, style, anchor, tag) => {
            builder.scalar(text.into_owned(), style, anchor, tag.as_deref(), span)
        }
        Event::SequenceStart(style, anchor, tag) => {
            builder.open_seq(style, anchor, tag.as_deref(), span)
        }
        Event::MappingStart(style, anchor, tag) => {
            builder.open_map(style, anchor, tag.as_deref(), span)
        }
        Event::SequenceEnd | Event::MappingEnd => builder.close(span),
        Event::Alias(anchor) => builder.alias(anchor, span),
        _ => Ok(()),
    }
}

/// Offsets fit: the length of the text was checked, and string input always has byte offsets.
fn place(span: &granit_parser::Span) -> Span {
    let range = span.byte_range().unwrap_or_default();
    let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    Span::new(offset(range.start), offset(range.end))
}

#[cfg(test)]
mod tests;
