//! What people read in a terminal: one line per link in the file's order, then what is not good, first cause on top.

use std::io::{self, Write};

use anstyle::{AnsiColor, Color, Style};

use super::Format;
use crate::outcome::run::{ChainReport, IdentityReport, Tally};
use crate::outcome::{Finding, FinishedRun, LinkReport, Outcome};

/// `-o console`, the default.
pub(super) const FORMAT: Format = Format {
    name: "console",
    about: "for people, in a terminal",
    render,
};

/// Widest id that moves the sentences to the right.
const ID_WIDTH: usize = 28;

fn render(run: &FinishedRun, out: &mut dyn Write) -> io::Result<()> {
    for chain in &run.chains {
        header(chain, out)?;
        let width = chain
            .links
            .iter()
            .map(|link| link.id.chars().count())
            .max()
            .unwrap_or(0)
            .min(ID_WIDTH);
        for identity in chain
            .identities
            .iter()
            .filter(|identity| identity.failure.is_some())
        {
            failed_identity(identity, out)?;
        }
        for link in &chain.links {
            line(link, width, out)?;
        }
        writeln!(out)?;
        details(chain, out)?;
    }
    if run.chains.len() > 1 {
        writeln!(
            out,
            "{}{} scenarios: {}{:#}",
            bold(),
            run.chains.len(),
            summary(&run.tally()),
            bold()
        )?;
    }
    Ok(())
}

fn header(chain: &ChainReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{}{}{:#}  {}",
        bold(),
        chain.scenario,
        bold(),
        chain.file
    )?;
    if !chain.about.is_empty() {
        writeln!(out, "  {}", chain.about)?;
    }
    writeln!(out, "  target   {}", chain.target)?;
    for identity in &chain.identities {
        let who = identity
            .object_id
            .as_deref()
            .map(|id| format!(", object id {id}"))
            .unwrap_or_default();
        writeln!(
            out,
            "  reads    {} as {} ({}{who})",
            identity.tenant.name, identity.name, identity.source
        )?;
    }
    for vantage in &chain.vantages {
        writeln!(out, "  vantage  {} ({})", vantage.name, vantage.proof)?;
    }
    writeln!(out)
}

fn failed_identity(identity: &IdentityReport, out: &mut dyn Write) -> io::Result<()> {
    let style = style(Outcome::Fail);
    let why = identity.failure.as_deref().unwrap_or_default();
    writeln!(
        out,
        "  {style}✗{style:#} identity/{}  cannot read {}: {why}",
        identity.name, identity.tenant.name
    )
}

fn line(link: &LinkReport, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let (style, mark) = (style(link.outcome), mark(link.outcome));
    write!(
        out,
        "  {style}{mark}{style:#} {:width$}  {}",
        link.id, link.sentence
    )?;
    if let Some(vantage) = &link.at {
        write!(out, " {}from {vantage}{:#}", dim(), dim())?;
    }
    match link.outcome {
        Outcome::Pass | Outcome::Fail | Outcome::Warning | Outcome::Error => {
            write!(out, "  {}{}{:#}", dim(), duration(link.milliseconds), dim())?;
        }
        other => write!(out, "  {style}{}{style:#}", other.word())?,
    }
    if link.tries > 1 {
        write!(out, "  {}{} tries{:#}", dim(), link.tries, dim())?;
    }
    writeln!(out)?;
    let shown = matches!(
        link.outcome,
        Outcome::Skipped | Outcome::Blocked | Outcome::Unknown | Outcome::Implied
    );
    match &link.reason {
        Some(reason) if shown => writeln!(out, "      {}{reason}{:#}", dim(), dim()),
        _ => Ok(()),
    }
}

/// What is not good: the first cause, the other red links, the warnings; then the count.
fn details(chain: &ChainReport, out: &mut dyn Write) -> io::Result<()> {
    let first = chain.first_cause.as_deref().and_then(|id| chain.link(id));
    if let Some(link) = first {
        let style = style(Outcome::Fail);
        writeln!(out, "{style}First cause: {}{style:#}", link.id)?;
        explain(link, out)?;
    }
    let is_first = |link: &LinkReport| first.is_some_and(|first| first.id == link.id);
    for link in chain
        .links
        .iter()
        .filter(|link| link.outcome.is_red() && !is_first(link))
    {
        writeln!(out, "Also red: {}", link.id)?;
        explain(link, out)?;
    }
    for link in chain
        .links
        .iter()
        .filter(|link| link.outcome == Outcome::Warning)
    {
        writeln!(out, "Warning: {}", link.id)?;
        explain(link, out)?;
    }
    writeln!(out, "{}{}{:#}\n", bold(), summary(&chain.tally()), bold())
}

fn explain(link: &LinkReport, out: &mut dyn Write) -> io::Result<()> {
    if link.findings.is_empty() {
        if let Some(reason) = &link.reason {
            writeln!(out, "  {reason}")?;
        }
        writeln!(
            out,
            "  at        {}:{}:{}",
            link.place.file, link.place.line, link.place.column
        )?;
    }
    for finding in &link.findings {
        finding_lines(finding, out)?;
        writeln!(
            out,
            "  at        {}:{}:{}",
            link.place.file, link.place.line, link.place.column
        )?;
    }
    writeln!(out)
}

fn finding_lines(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  {}", finding.says)?;
    writeln!(out, "  cause     {}", finding.code)?;
    if let Some(expected) = &finding.expected {
        writeln!(out, "  expected  {expected}")?;
    }
    if let Some(observed) = &finding.observed {
        writeln!(out, "  observed  {observed}")?;
    }
    if let Some(owner) = &finding.owner {
        writeln!(out, "  owner     {} ({})", owner.name, owner.id)?;
    }
    if let Some(seconds) = finding.heals_within_seconds {
        writeln!(
            out,
            "  heals     may be gone within {} of the last change",
            duration(seconds.saturating_mul(1000))
        )?;
    }
    for (at, command) in finding.fix.iter().enumerate() {
        writeln!(
            out,
            "  {}{command}",
            if at == 0 { "fix       " } else { "          " }
        )?;
    }
    writeln!(out, "  see       {}", finding.docs)
}

/// The counts of a chain or a run, as one line.
fn summary(tally: &Tally) -> String {
    let mut parts = vec![format!("{} good", tally.good)];
    let counts = [
        (tally.warnings, "with a warning"),
        (tally.red, "red"),
        (tally.failed_identities, "identities failed"),
        (tally.unknown, "unknown"),
        (tally.blocked, "blocked"),
        (tally.skipped, "skipped"),
    ];
    parts.extend(
        counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}")),
    );
    parts.join(", ")
}

const fn mark(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "✓",
        Outcome::Implied => "≈",
        Outcome::Warning => "!",
        Outcome::Fail => "✗",
        Outcome::Error => "⚡",
        Outcome::Unknown => "?",
        Outcome::Blocked => "·",
        Outcome::Skipped => "-",
    }
}

fn style(outcome: Outcome) -> Style {
    let colour = match outcome {
        Outcome::Pass | Outcome::Implied => AnsiColor::Green,
        Outcome::Warning | Outcome::Unknown => AnsiColor::Yellow,
        Outcome::Fail | Outcome::Error => AnsiColor::Red,
        Outcome::Blocked | Outcome::Skipped => AnsiColor::BrightBlack,
    };
    Style::new().fg_color(Some(Color::Ansi(colour)))
}

const fn bold() -> Style {
    Style::new().bold()
}

const fn dim() -> Style {
    Style::new().dimmed()
}

/// A time for people.
fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        _ if milliseconds / 1000 % 60 == 0 => format!("{} min", milliseconds / 60_000),
        _ => format!(
            "{} min {} s",
            milliseconds / 60_000,
            milliseconds / 1_000 % 60
        ),
    }
}
