//! What people read in a terminal: one line per link in the file's order, then what is not good, first cause on top.

use std::io::{self, Write};

use anstyle::{AnsiColor, Color, Style};

use super::Format;
use super::text::fit_to_be_shown;
use crate::outcome::run::{ChainReport, IdentityReport, Tally, identity_link};
use crate::outcome::{Finding, FinishedRun, LinkReport, Outcome, WaiverState};

/// `-o console`, the default.
pub(super) const FORMAT: Format = Format {
    name: "console",
    about: "for people, in a terminal",
    render,
};

/// Widest id that moves the sentences to the right.
const ID_WIDTH: usize = 28;

fn render(run: &FinishedRun, out: &mut dyn Write) -> io::Result<()> {
    let run = fit_to_be_shown(run)?;
    for chain in &run.chains {
        if is_a_good_row(chain, &run) {
            row(chain, out)?;
            continue;
        }
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
            .filter(|identity| identity.finding.is_some())
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
    if run.interrupted {
        let style = style(Outcome::Fail);
        writeln!(
            out,
            "{style}Interrupted: the run ended early, and the report is partial{style:#}"
        )?;
    }
    Ok(())
}

/// Whether a chain is one of several of a file, and all of it is good: one line tells that.
fn is_a_good_row(chain: &ChainReport, run: &FinishedRun) -> bool {
    let is_row = run
        .chains
        .iter()
        .any(|other| other.file == chain.file && other.scenario != chain.scenario);
    let tally = chain.tally();
    let wants_attention = tally.warnings + tally.unknown + tally.blocked + tally.waived;
    let is_good = tally.good > 0 && tally.red + tally.failed_identities == 0;
    is_row && is_good && wants_attention + tally.stale_waivers == 0 && !run.interrupted
}

fn row(chain: &ChainReport, out: &mut dyn Write) -> io::Result<()> {
    let (good, time) = (style(Outcome::Pass), duration(chain.milliseconds));
    writeln!(
        out,
        "{good}✓{good:#} {}{}{:#}  {}  {}  {}{time}{:#}",
        bold(),
        chain.scenario,
        bold(),
        chain.target,
        summary(&chain.tally()),
        dim(),
        dim()
    )
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
    writeln!(
        out,
        "  {style}✗{style:#} identity/{}  cannot read {}",
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
        _ if link.waived => write!(out, "  {style}waived{style:#}")?,
        other => write!(out, "  {style}{}{style:#}", other.word())?,
    }
    match (link.failed_tries, link.tries) {
        (_, 0 | 1) => {}
        (0, tries) => write!(out, "  {}{tries} tries{:#}", dim(), dim())?,
        (failed, tries) => write!(
            out,
            "  {}{failed} of {tries} tries failed{:#}",
            dim(),
            dim()
        )?,
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

/// The auditors that could not be used: nothing that is read as them can be known.
fn failed_identities(chain: &ChainReport, out: &mut dyn Write) -> io::Result<()> {
    for identity in &chain.identities {
        if let Some(finding) = &identity.finding {
            let id = identity_link(&identity.name);
            title(chain.first_cause.as_deref() == Some(&id), &id, out)?;
            finding_lines(finding, out)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

/// Begins what is told about something red; only one of a chain is the first cause.
fn title(is_first: bool, id: &str, out: &mut dyn Write) -> io::Result<()> {
    let style = style(Outcome::Fail);
    match is_first {
        true => writeln!(out, "{style}First cause: {id}{style:#}"),
        false => writeln!(out, "Also red: {id}"),
    }
}

/// What is not good: the first cause, the other red links, the warnings; then the count.
fn details(chain: &ChainReport, out: &mut dyn Write) -> io::Result<()> {
    failed_identities(chain, out)?;
    let first = chain.first_cause.as_deref().and_then(|id| chain.link(id));
    if let Some(link) = first {
        title(true, &link.id, out)?;
        explain(link, out)?;
    }
    let is_first = |link: &LinkReport| first.is_some_and(|first| first.id == link.id);
    for link in chain
        .links
        .iter()
        .filter(|link| link.outcome.is_red() && !is_first(link))
    {
        title(false, &link.id, out)?;
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
    for link in chain.links.iter().filter(|link| link.waived) {
        writeln!(out, "Waived: {}", link.id)?;
        explain(link, out)?;
    }
    stale_waivers(chain, out)?;
    writeln!(out, "{}{}{:#}\n", bold(), summary(&chain.tally()), bold())
}

/// The waivers that should be removed or renewed.
fn stale_waivers(chain: &ChainReport, out: &mut dyn Write) -> io::Result<()> {
    for waiver in chain.waivers.iter().filter(|own| own.state.is_stale()) {
        let why = match waiver.state {
            WaiverState::Expired => format!("its last day was {}", waiver.expires),
            _ => format!("{} does not fail for {}", waiver.link, waiver.cause),
        };
        writeln!(
            out,
            "Warning: a waiver for {} is for nothing: {why}\n  owner     {}\n  at        {}:{}:{}\n",
            waiver.link, waiver.owner, waiver.place.file, waiver.place.line, waiver.place.column
        )?;
    }
    Ok(())
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
    for other in &link.explained_by {
        let word = if other.certain { "because" } else { "perhaps" };
        writeln!(out, "  {word:<9} {}: {}", other.link, other.says)?;
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
        (tally.warnings, "with a warning", "with a warning"),
        (tally.red, "red", "red"),
        (
            tally.failed_identities,
            "identity failed",
            "identities failed",
        ),
        (tally.unknown, "unknown", "unknown"),
        (tally.blocked, "blocked", "blocked"),
        (tally.waived, "waived", "waived"),
        (tally.skipped, "skipped", "skipped"),
        (
            tally.stale_waivers,
            "waiver for nothing",
            "waivers for nothing",
        ),
    ];
    parts.extend(
        counts
            .iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, one, several)| {
                format!("{count} {}", if *count == 1 { one } else { several })
            }),
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
        _ if (milliseconds / 1_000).is_multiple_of(60) => format!("{} min", milliseconds / 60_000),
        _ => format!(
            "{} min {} s",
            milliseconds / 60_000,
            milliseconds / 1_000 % 60
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_run::sample_run;
    use super::*;

    fn told(run: &FinishedRun) -> String {
        let mut bytes = Vec::new();
        render(run, &mut bytes).unwrap();
        let plain = anstream::adapter::strip_bytes(&bytes).into_vec();
        String::from_utf8(plain).unwrap()
    }

    #[test]
    fn one_cause_of_a_chain_is_the_first_also_of_two_auditors() {
        let mut run = sample_run();
        let identities = &mut run.chains[0].identities;
        identities.insert(0, identities[0].clone());
        identities[0].name = "other".to_owned();
        let text = told(&run);
        let firsts = text.lines().filter(|line| line.starts_with("First cause"));
        assert_eq!(
            firsts.collect::<Vec<_>>(),
            ["First cause: identity/auditor"]
        );
        assert!(text.contains("\nAlso red: identity/other\n"), "{text}");
        assert!(text.contains("2 identities failed"), "{text}");
    }

    #[test]
    fn what_is_one_is_counted_as_one() {
        let text = told(&sample_run());
        assert!(text.contains("1 identity failed"), "{text}");
        assert!(text.contains("1 waiver for nothing"), "{text}");
    }
}
