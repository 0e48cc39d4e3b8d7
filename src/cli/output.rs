//! Where reports go: each `-o FORMAT[:FILE]`, opened before the run, so that a path that cannot be written is told
//! before anything is asked.

use std::fs::File;
use std::io::{self, IsTerminal, Write};

use super::Failure;
use crate::outcome::FinishedRun;
use crate::report::{FORMATS, Format, format};
use crate::source::did_you_mean;

/// A format and its sink.
pub(super) struct Output {
    format: &'static Format,
    sink: Sink,
}

enum Sink {
    Stdout,
    File { path: String, file: File },
}

/// Opens every output; without any, the console's.
pub(super) fn open(specifications: &[String]) -> Result<Vec<Output>, Failure> {
    if specifications.is_empty() {
        return Ok(vec![Output {
            format: &FORMATS[0],
            sink: Sink::Stdout,
        }]);
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
            format: known(name)?,
            sink: sink(path)?,
        });
    }
    Ok(outputs)
}

fn known(name: &str) -> Result<&'static Format, Failure> {
    format(name).ok_or_else(|| {
        let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        let hint = did_you_mean(name, names.iter().copied())
            .map(|near| format!("; did you mean `{near}`?"));
        Failure::usage(format!(
            "there is no format `{name}`{}\nformats: {}",
            hint.unwrap_or_default(),
            names.join(", ")
        ))
    })
}

fn sink(path: &str) -> Result<Sink, Failure> {
    if path.is_empty() {
        return Ok(Sink::Stdout);
    }
    let file = File::create(path)
        .map_err(|error| Failure::usage(format!("the report {path} cannot be written: {error}")))?;
    Ok(Sink::File {
        path: path.to_owned(),
        file,
    })
}

impl Output {
    /// Renders the run.
    pub(super) fn write(self, run: &FinishedRun) -> Result<(), Failure> {
        let render = self.format.render;
        match self.sink {
            Sink::Stdout => {
                let choice = anstream::AutoStream::choice(&io::stdout());
                let colour = io::stdout().is_terminal() || choice != anstream::ColorChoice::Auto;
                let choice = if colour {
                    choice
                } else {
                    anstream::ColorChoice::Never
                };
                let mut out = anstream::AutoStream::new(io::stdout(), choice).lock();
                let written = render(run, &mut out).and_then(|()| out.flush());
                written.map_err(|error| {
                    Failure::usage(format!("standard output cannot be written: {error}"))
                })
            }
            Sink::File { path, file } => {
                let mut coloured = Vec::new();
                let rendered = render(run, &mut coloured);
                let plain = anstream::adapter::strip_bytes(&coloured).into_vec();
                let written = rendered.and_then(|()| (&file).write_all(&plain));
                written.map_err(|error| {
                    Failure::usage(format!("the report {path} cannot be written: {error}"))
                })
            }
        }
    }
}
