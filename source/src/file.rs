//! Source files: the text people wrote, under the name people know it by.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::problem::Problem;

/// Files above this many bytes are refused by [`SourceFile::read`].
pub const DEFAULT_SIZE_LIMIT: u64 = 64 << 20;

/// A range of bytes in the text of a [`SourceFile`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    #[must_use]
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }
}

/// A text and its name.
pub struct SourceFile {
    /// The path as shown to people.
    pub name: String,
    /// The whole text, without a byte order mark.
    pub text: String,
    line_starts: OnceLock<Vec<usize>>,
}

impl SourceFile {
    /// A file with this name and text; a leading byte order mark is dropped.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        let mut text = text.into();
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        Arc::new(Self {
            name: name.into(),
            text,
            line_starts: OnceLock::new(),
        })
    }

    /// Reads a file of at most [`DEFAULT_SIZE_LIMIT`] bytes.
    ///
    /// # Errors
    /// When the file is missing, not a file, not readable, too large, or not UTF-8.
    pub fn read(path: &Path) -> Result<Arc<Self>, Problem> {
        Self::read_at_most(path, DEFAULT_SIZE_LIMIT)
    }

    /// Reads a file of at most `limit` bytes.
    ///
    /// # Errors
    /// As [`SourceFile::read`].
    pub fn read_at_most(path: &Path, limit: u64) -> Result<Arc<Self>, Problem> {
        let name = path.display().to_string();
        let bytes = match load(path, limit) {
            Ok(bytes) => bytes,
            Err(error) => return Err(unreadable(name, path, &error)),
        };
        if bytes.len() as u64 > limit {
            return Err(Problem::of_file(name, "the file is too large")
                .expected(format!("at most {limit} bytes"))
                .hint("split it into several files"));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(name, text)),
            Err(error) => Err(not_utf8(
                name,
                error.as_bytes(),
                error.utf8_error().valid_up_to(),
            )),
        }
    }

    /// Line and column of a byte offset, both counted from 1, the column in characters.
    #[must_use]
    pub fn line_column(&self, offset: u32) -> (usize, usize) {
        let offset = self.text.floor_char_boundary(offset as usize);
        let starts = self.line_starts();
        let line = starts.partition_point(|&start| start <= offset).max(1);
        let start = starts.get(line - 1).copied().unwrap_or(0);
        let column = self.text[start..offset].chars().count() + 1;
        (line, column)
    }

    /// The byte range of a line (counted from 1), without its line break.
    pub(crate) fn line_range(&self, line: usize) -> std::ops::Range<usize> {
        let starts = self.line_starts();
        let start = starts.get(line - 1).copied().unwrap_or(self.text.len());
        let end = starts.get(line).copied().unwrap_or(self.text.len());
        let trimmed = self.text[start..end].trim_end_matches(['\r', '\n']);
        start..start + trimmed.len()
    }

    fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| line_starts(&self.text))
    }
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceFile")
            .field("name", &self.name)
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}

/// YAML breaks lines at LF, at CR LF and at a lone CR.
fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let breaks = bytes.iter().enumerate().filter(|&(at, byte)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    });
    std::iter::once(0)
        .chain(breaks.map(|(at, _)| at + 1))
        .collect()
}

fn load(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreadable(name: String, path: &Path, error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::NotFound => Problem::of_file(name, "no such file").hint("check the path"),
        io::ErrorKind::PermissionDenied => Problem::of_file(name, "no permission to read the file"),
        _ if path.is_dir() => {
            Problem::of_file(name, "this is a folder").hint("give the path of a file inside it")
        }
        _ => Problem::of_file(name, format!("failed to read the file: {error}")),
    }
}

fn not_utf8(name: String, bytes: &[u8], valid: usize) -> Problem {
    let problem = Problem::of_file(name, "the file is not UTF-8 text");
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return problem.hint("it is UTF-16, as `>` of Windows PowerShell writes: save it as UTF-8");
    }
    let line = bytes[..valid].iter().filter(|&&byte| byte == b'\n').count() + 1;
    problem.hint(format!(
        "the first invalid byte is in line {line}: save the file as UTF-8"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem_of(path: &Path) -> Problem {
        SourceFile::read(path).expect_err("must be refused")
    }

    fn temporary(name: &str, bytes: &[u8]) -> std::path::PathBuf {
        let path =
            std::env::temp_dir().join(format!("xtenant-source-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        path
    }

    #[test]
    fn columns_count_characters_and_lines_end_in_lf_crlf_and_cr() {
        let file = SourceFile::new("f", "é: 🦀x\r\nb\rc\n");
        assert_eq!(file.line_column(0), (1, 1));
        assert_eq!(file.line_column(8), (1, 5)); // x
        assert_eq!(file.line_column(11), (2, 1)); // b
        assert_eq!(file.line_column(13), (3, 1)); // c
        assert_eq!(file.line_column(999), (4, 1));
        assert_eq!(&file.text[file.line_range(1)], "é: 🦀x");
    }

    #[test]
    fn a_byte_order_mark_is_not_part_of_the_text() {
        assert_eq!(SourceFile::new("f", "\u{feff}a").text, "a");
    }

    #[test]
    fn says_why_a_file_cannot_be_read() {
        assert_eq!(problem_of(Path::new("/no/such/file")).title, "no such file");
        assert_eq!(problem_of(&std::env::temp_dir()).title, "this is a folder");
    }

    #[test]
    fn refuses_files_that_are_too_large_or_not_utf8() {
        let path = temporary("large", b"12345");
        let problem = SourceFile::read_at_most(&path, 4).expect_err("too large");
        assert_eq!(problem.title, "the file is too large");
        assert!(SourceFile::read_at_most(&path, 5).is_ok());
        std::fs::write(&path, b"a\n\xff").unwrap();
        assert!(problem_of(&path).hint.unwrap().contains("line 2"));
        std::fs::write(&path, b"\xff\xfea\0").unwrap();
        assert!(problem_of(&path).hint.unwrap().contains("UTF-16"));
        std::fs::remove_file(path).unwrap();
    }
}
