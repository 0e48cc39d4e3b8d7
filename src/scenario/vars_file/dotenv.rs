//! Dotenv files: `KEY=value` lines, with `export`, comments and quotes.
//!
//! A value without quotes ends at ` #` and is taken without the spaces around it; one in single quotes is taken as it
//! is; in double quotes `\n`, `\r`, `\t`, `\"`, `\\` and `\$` are escapes. A quoted value may span lines. `$NAME` is not
//! filled in: values are what they look like.

use std::path::Path;
use std::sync::Arc;

use super::{Content, Entry};
use crate::source::{Problem, SourceFile, Span};

/// Whether a file is meant as dotenv: by its name, or because its first line assigns.
pub(super) fn is_meant(path: &Path, text: &str) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy());
    let by_name = name.is_some_and(|name| name.ends_with(".env") || name.starts_with(".env."));
    let mut lines = text.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    by_name || first.is_some_and(|line| assignment(line).is_some())
}

/// The name and what is behind the `=`.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.split_once('=')?;
    let name = name.trim();
    let name = name.strip_prefix("export ").map_or(name, str::trim);
    let begins = |first: u8| first.is_ascii_alphabetic() || first == b'_';
    let follows = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let is_name = name.bytes().next().is_some_and(begins) && name.bytes().all(follows);
    is_name.then_some((name, rest))
}

/// Reads every assignment; a later one of the same name wins.
///
/// # Errors
/// Every line that is no assignment, by its place.
pub(super) fn read(file: &Arc<SourceFile>) -> Result<Vec<Entry>, Vec<Problem>> {
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    let mut rest = file.text.as_str();
    while !rest.is_empty() {
        let start = file.text.len() - rest.len();
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let line = rest[..end].trim();
        let mut behind = end;
        if !(line.is_empty() || line.starts_with('#')) {
            match one(rest, end) {
                Ok((name, text, read)) => {
                    behind = read;
                    entries.push(Entry {
                        name,
                        span: at(start),
                        content: Content::Text {
                            text,
                            is_secret: false,
                        },
                    });
                }
                Err((title, hint)) => problems.push(problem(file, start, title, hint)),
            }
        }
        rest = rest.get(behind..).unwrap_or_default();
        rest = rest.strip_prefix(['\n', '\r']).unwrap_or(rest);
    }
    if problems.is_empty() {
        Ok(entries)
    } else {
        Err(problems)
    }
}

type Mistake = (&'static str, &'static str);

/// One assignment at the beginning of `rest`, whose first line ends at `end`: its name, its value, where it ends.
fn one(rest: &str, end: usize) -> Result<(String, String, usize), Mistake> {
    let (name, value) = assignment(&rest[..end]).ok_or((
        "this line assigns nothing",
        "begin a comment with `#`, and quote a value of several lines",
    ))?;
    let skipped = value.len() - value.trim_start().len();
    let from = end - value.len() + skipped;
    let Some(quote) = rest[from..]
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''))
    else {
        return Ok((name.to_owned(), unquoted(value).to_owned(), end));
    };
    let (text, length) =
        quoted(&rest[from..], quote).ok_or(("a quote that is not closed", "close it"))?;
    let close = from + length;
    let line = rest[close..]
        .find(['\n', '\r'])
        .map_or(rest.len(), |at| close + at);
    let trailing = rest[close..line].trim();
    if !(trailing.is_empty() || trailing.starts_with('#')) {
        return Err((
            "something stands behind the closing quote",
            "end the line there, or begin a comment with `#`",
        ));
    }
    Ok((name.to_owned(), text, line))
}

fn unquoted(value: &str) -> &str {
    let is_comment = |at: &usize| {
        value[..*at]
            .chars()
            .next_back()
            .is_none_or(char::is_whitespace)
    };
    let end = value
        .match_indices('#')
        .map(|(at, _)| at)
        .find(is_comment)
        .unwrap_or(value.len());
    value[..end].trim()
}

/// The text between quotes, and the length of both with what is between them.
fn quoted(rest: &str, quote: char) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            letter if letter == quote => return Some((text, at + 1)),
            '\\' if quote == '"' => match letters.next()?.1 {
                'n' => text.push('\n'),
                'r' => text.push('\r'),
                't' => text.push('\t'),
                escaped @ ('"' | '\\' | '$') => text.push(escaped),
                other => text.extend(['\\', other]),
            },
            letter => text.push(letter),
        }
    }
    None
}

fn problem(file: &Arc<SourceFile>, start: usize, title: &str, hint: &str) -> Problem {
    let place = Problem::at(file, at(start), "").place().unwrap_or_default();
    Problem::of_file(place, title)
        .expected("`NAME=value`")
        .hint(hint)
}

fn at(start: usize) -> Span {
    let start = u32::try_from(start).unwrap_or(u32::MAX);
    Span::new(start, start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<(String, String)> {
        let entries = read(&SourceFile::new("x.env", text)).unwrap();
        let text = |content: Content| match content {
            Content::Text { text, .. } => text,
            Content::Unusable { found, .. } => found.to_owned(),
        };
        entries
            .into_iter()
            .map(|entry| (entry.name, text(entry.content)))
            .collect()
    }

    #[test]
    fn reads_assignments_as_shells_and_azd_write_them() {
        for (text, value) in [
            ("A=b", "b"),
            ("export A=b\r\n", "b"),
            ("  A = b  # why", "b"),
            ("A=b#c", "b#c"),
            ("A=", ""),
            ("A=#", ""),
            ("A=\"b # c\" # why", "b # c"),
            ("A='b\\n\"'", "b\\n\""),
            (r#"A="b\n\"\\\$\x""#, "b\n\"\\$\\x"),
            ("A=\"b\nc\"\n", "b\nc"),
            ("A=é=ü", "é=ü"),
            ("A=$B", "$B"),
        ] {
            assert_eq!(
                values(text),
                [("A".to_owned(), value.to_owned())],
                "{text:?}"
            );
        }
        let several = values("# a\n\nA=1\nB=\"2\n3\"\n\nA=4");
        let names: Vec<_> = several.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["A", "B", "A"]);
        assert_eq!(several[2].1, "4");
    }

    #[test]
    fn refuses_lines_that_assign_nothing_by_their_place_and_shows_no_value() {
        for (text, place) in [
            ("A=1\nhunter2", "x.env:2:1"),
            ("A=\"hunter2", "x.env:1:1"),
            ("A='x' hunter2", "x.env:1:1"),
            ("A=1\n\n1A=hunter2", "x.env:3:1"),
        ] {
            let found = read(&SourceFile::new("x.env", text)).unwrap_err();
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].place().unwrap(), place);
            assert!(!crate::source::render(&found, false).contains("hunter2"));
        }
    }

    #[test]
    fn a_file_is_dotenv_by_its_name_or_its_first_line() {
        for (path, text, is_dotenv) in [
            (".env", "", true),
            ("a/prod.env", "x: y", true),
            (".env.local", "", true),
            ("vars", "# a\nexport A=b", true),
            ("vars.yaml", "a: b=c", false),
            ("vars.json", "{\"a\": \"b=c\"}", false),
            ("environment", "", false),
        ] {
            assert_eq!(is_meant(path.as_ref(), text), is_dotenv, "{path} {text}");
        }
    }
}
