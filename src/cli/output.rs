//! Where reports go: each `-o FORMAT[:FILE]`. A path that cannot be written is told before anything is asked; a report of
//! before stays whole until the new one takes its place; one report that fails does not take the others with it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Failure, stdout};
use crate::report::Format;
use crate::source::did_you_mean;

/// A format and its sink.
pub(super) struct Output<T: 'static> {
    format: &'static Format<T>,
    sink: Sink,
}

enum Sink {
    Stdout,
    File(PathBuf),
}

/// Opens every output; without any, the first format's on standard output.
pub(super) fn open<T>(
    specifications: &[String],
    formats: &'static [Format<T>],
) -> Result<Vec<Output<T>>, Failure> {
    if let ([], [format, ..]) = (specifications, formats) {
        let sink = Sink::Stdout;
        return Ok(vec![Output { format, sink }]);
    }
    let mut taken: Vec<&str> = Vec::new();
    let mut outputs = Vec::new();
    for specification in specifications {
        let (name, path) = specification
            .split_once(':')
            .map_or((specification.as_str(), ""), |(name, path)| (name, path));
        if taken.contains(&path) {
            let place = if path.is_empty() {
                "standard output"
            } else {
                path
            };
            return Err(Failure::usage(format!(
                "two reports cannot go to {place}; give each its own file: -o FORMAT:FILE"
            )));
        }
        taken.push(path);
        outputs.push(Output {
            format: known(name, formats)?,
            sink: sink(path)?,
        });
    }
    Ok(outputs)
}

fn known<T>(name: &str, formats: &'static [Format<T>]) -> Result<&'static Format<T>, Failure> {
    let own = formats.iter().find(|format| format.name == name);
    own.ok_or_else(|| {
        let names: Vec<&str> = formats.iter().map(|format| format.name).collect();
        let hint = did_you_mean(name, names.iter().copied())
            .map(|near| format!("; did you mean `{near}`?"));
        Failure::usage(format!(
            "there is no format `{name}`{}\nformats: {}",
            hint.unwrap_or_default(),
            names.join(", ")
        ))
    })
}

/// The sink, once it is known that it can be written.
fn sink(path: &str) -> Result<Sink, Failure> {
    if path.is_empty() {
        return Ok(Sink::Stdout);
    }
    writable(path).map_err(|error| unwritable(path, &error))?;
    Ok(Sink::File(PathBuf::from(path)))
}

/// Tries whether a file can be written, and leaves nothing behind: when nothing runs there is no report.
fn writable(path: &str) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let opened = OpenOptions::new().append(true).create(true).open(path);
            opened.map(drop)
        }
        Err(error) => Err(error),
    }
}

fn unwritable(place: &str, error: &io::Error) -> Failure {
    Failure::usage(format!("the report {place} cannot be written: {error}"))
}

/// Writes every report; the first that cannot be written is told when all were tried.
pub(super) fn write_all<T>(outputs: &[Output<T>], run: &T) -> Result<(), Failure> {
    let failures: Vec<Failure> = outputs
        .iter()
        .filter_map(|output| output.write(run).err())
        .collect();
    failures.into_iter().next().map_or(Ok(()), Err)
}

impl<T> Output<T> {
    /// Renders what was found.
    fn write(&self, run: &T) -> Result<(), Failure> {
        let render = self.format.render;
        match &self.sink {
            Sink::Stdout => {
                let mut coloured = Vec::new();
                let rendered = render(run, &mut coloured);
                rendered.map_err(|error| unwritable("to standard output", &error))?;
                stdout::write_coloured(&coloured)
            }
            Sink::File(path) => {
                let mut coloured = Vec::new();
                let rendered = render(run, &mut coloured);
                let plain = anstream::adapter::strip_bytes(&coloured).into_vec();
                let written = rendered.and_then(|()| replace(path, &plain));
                written.map_err(|error| unwritable(&path.display().to_string(), &error))
            }
        }
    }
}

/// Writes beside the file first, so that nobody ever reads half a report. What is no plain file (a pipe, a device) is
/// written as it is.
fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return OpenOptions::new()
            .write(true)
            .open(path)?
            .write_all(content);
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    fs::write(&beside, content)?;
    fs::rename(&beside, path)
}
