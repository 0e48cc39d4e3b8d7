//! The canonical report: the finished run as JSON, versioned, with a schema.

use std::io;

use serde_json::Value;

use super::Format;
use crate::outcome::FinishedRun;

/// `-o json`.
pub(super) const FORMAT: Format = Format {
    name: "json",
    about: "the whole run, versioned, with evidence (schemas/report.json)",
    render,
};

fn render(run: &FinishedRun, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, run)?;
    writeln!(out)
}

/// The JSON Schema of the report.
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(FinishedRun).to_value();
    schema["title"] = "xtenant report".into();
    schema
}
