//! Problems as text for people.

use std::ops::Range;

use annotate_snippets::renderer::{DecorStyle, Renderer};
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Snippet};

use crate::clip::{printable, printable_line};
use crate::file::SourceFile;
use crate::problem::Problem;

/// Lines above this many bytes are cut to a window around the span before the renderer fits them to the terminal.
const LONGEST_LINE: usize = 16 << 10;
/// Bytes of such a line shown before the span, and at most from its start on.
const WINDOW: (usize, usize) = (60, 120);

/// All problems in file order, each with its place, its source line and what to do. With `color`, ANSI escapes.
#[must_use]
pub fn render(problems: &[Problem], color: bool) -> String {
    let mut sorted: Vec<_> = problems.iter().collect();
    sorted.sort_by_key(|problem| problem.order());
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let texts: Vec<_> = sorted
        .into_iter()
        .map(|problem| renderer.render(&[group(problem)]) + "\n")
        .collect();
    texts.join("\n")
}

fn group(problem: &Problem) -> Group<'_> {
    let title = Level::ERROR.primary_title(printable(&problem.title));
    let group = place(problem)
        .into_iter()
        .fold(Group::with_title(title), Group::element);
    let notes = [("expected", &problem.expected), ("help", &problem.hint)];
    notes
        .into_iter()
        .fold(group, |group, (name, note)| match note {
            Some(text) => group.element(Level::NOTE.with_name(name).message(printable(text))),
            None => group,
        })
}

/// The ` --> name:line:column` line, and the source line with carets.
fn place(problem: &Problem) -> Vec<Element<'_>> {
    let Some(file) = &problem.file else {
        return Vec::new();
    };
    let name = printable_line(&file.name);
    let Some(span) = problem.span else {
        return vec![Origin::path(name).into()];
    };
    let (line, column) = file.line_column(span.start);
    let excerpt = Excerpt::of(file, line, span.start as usize..span.end as usize);
    let label = problem.label.as_deref().map(printable);
    let annotation = AnnotationKind::Primary.span(excerpt.carets).label(label);
    let snippet = Snippet::source(excerpt.source)
        .line_start(line)
        .annotation(annotation);
    if excerpt.is_whole {
        vec![snippet.path(name).into()]
    } else {
        vec![
            Origin::path(name).line(line).char_column(column).into(),
            snippet.into(),
        ]
    }
}

/// The line of a span's start, or a window of it, and where the carets go in it. A span of several lines is marked on
/// its first.
struct Excerpt {
    source: String,
    carets: Range<usize>,
    is_whole: bool,
}

impl Excerpt {
    fn of(file: &SourceFile, line: usize, span: Range<usize>) -> Self {
        let text = &file.text;
        let whole = file.line_range(line);
        let start = text
            .floor_char_boundary(span.start)
            .clamp(whole.start, whole.end);
        let mut shown = whole.clone();
        if whole.len() > LONGEST_LINE {
            shown.start = text.floor_char_boundary(start.saturating_sub(WINDOW.0).max(whole.start));
            shown.end = text.floor_char_boundary((start + WINDOW.1).min(whole.end));
        }
        let end = text.floor_char_boundary(span.end).clamp(start, shown.end);
        let before = printable_line(&text[shown.start..start]);
        let marked = printable_line(&text[start..end]);
        let after = printable_line(&text[end..shown.end]);
        Self {
            carets: before.len()..before.len() + marked.len(),
            source: before + &marked + &after,
            is_whole: shown == whole,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::file::Span;

    fn at(file: &Arc<SourceFile>, word: &str, title: &str) -> Problem {
        let start = file.text.find(word).unwrap();
        let span = Span::new(start as u32, (start + word.len()) as u32);
        Problem::at(file, span, title)
    }

    #[test]
    fn shows_place_carets_expected_and_help_in_file_order() {
        let file = SourceFile::new("f.yaml", "é: ü\nport: '80'\n");
        let problems = [
            at(&file, "'80'", "unexpected text `80`")
                .label("here")
                .expected("a number")
                .hint("remove the quotes"),
            at(&file, "ü", "unknown"),
            Problem::of_file("a.yaml", "no such file").hint("check the path"),
            Problem::new("nothing to do"),
        ];
        insta::assert_snapshot!(render(&problems, false), @r"
    error: nothing to do

    error: no such file
    --> a.yaml
     = help: check the path

    error: unknown
     --> f.yaml:1:4
      |
    1 | é: ü
      |    ^

    error: unexpected text `80`
     --> f.yaml:2:7
      |
    2 | port: '80'
      |       ^^^^ here
      |
      = expected: a number
      = help: remove the quotes
    ");
    }

    #[test]
    fn nothing_that_controls_a_terminal_gets_through() {
        let bad = "\u{1b}[31m\u{9b}2J\u{7}\u{202e}";
        let file = SourceFile::new(format!("f{bad}"), format!("a: x{bad}y\n"));
        let problem = at(&file, bad, bad).label(bad).expected(bad).hint(bad);
        let text = render(&[problem], false);
        let harmful =
            |letter: char| letter != '\n' && (letter.is_control() || letter == '\u{202e}');
        assert!(!text.contains(harmful), "{text:?}");
        insta::assert_snapshot!(text, @r"
    error: ␛[31m�2J␇�
     --> f␛[31m�2J␇�:1:5
      |
    1 | a: x␛[31m�2J␇�y
      |     ^^^^^^^^^^ ␛[31m�2J␇�
      |
      = expected: ␛[31m�2J␇�
      = help: ␛[31m�2J␇�
    ");
    }

    #[test]
    fn colours_are_escapes() {
        let file = SourceFile::new("f", "a");
        assert!(render(&[at(&file, "a", "b")], true).contains("\u{1b}["));
    }

    #[test]
    fn lines_too_long_to_read_are_cut() {
        for length in [1_000, 100_000] {
            let file = SourceFile::new(
                "f",
                format!("{}!{}", "é".repeat(length), "x".repeat(length)),
            );
            let text = render(&[at(&file, "!", "bad")], false);
            assert!(text.contains(&format!("f:1:{}", length + 1)), "{text}");
            assert!(
                text.lines().all(|line| line.chars().count() < 200),
                "{text}"
            );
        }
    }

    #[test]
    fn any_span_renders() {
        let file = SourceFile::new("f", "a: é\r\n\tb\n\n");
        for (start, end) in (0..12).flat_map(|start| (0..12).map(move |end| (start, end))) {
            let problem = Problem::at(&file, Span::new(start, end), "x");
            assert!(render(&[problem], false).contains("f:"));
        }
    }
}
