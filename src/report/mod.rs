//! Rendering of a finished run: one file per format, and THE list, [`FORMATS`].
//!
//! A format is a function from a finished run to bytes. It decides no outcome, counts no failure again, picks no exit
//! code and asks nobody.

mod console;
mod json;
mod junit;
#[cfg(test)]
mod sample_run;
mod text;
mod xml;

use std::io;

use crate::outcome::FinishedRun;

pub use json::schema;
pub use text::shown;

/// One format of a thing that is reported: of a run, or of a drill.
pub struct Format<T: 'static = FinishedRun> {
    /// Name, as in `-o NAME`.
    pub name: &'static str,
    /// One line for the help.
    pub about: &'static str,
    /// Writes the report. Colour is written as ANSI sequences; whoever owns the sink takes them out where they do not
    /// belong.
    pub render: fn(&T, &mut dyn io::Write) -> io::Result<()>,
}

/// Every format.
pub const FORMATS: &[Format] = &[console::FORMAT, json::FORMAT, junit::FORMAT];
