//! Rendering of a finished drill: THE list, [`FORMATS`]. Nothing is decided here.

use std::io::{self, Write};

use anstyle::{AnsiColor, Color, Style};

use super::score::{ChainDrill, Drill, Score, Told, Trial, Verdict};
use crate::report::{Format, shown};

/// Every format.
pub const FORMATS: &[Format<Drill>] = &[
    Format {
        name: "console",
        about: "for people: what was not caught, what nothing tests, the score",
        render: console,
    },
    Format {
        name: "json",
        about: "every trial, versioned (schemas/drill-report.json)",
        render: json,
    },
    Format {
        name: "table",
        about: "for people: every trial, and the same below it",
        render: table,
    },
];

fn json(drill: &Drill, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, drill)?;
    writeln!(out)
}

fn console(drill: &Drill, out: &mut dyn Write) -> io::Result<()> {
    write(drill, out, |trial| {
        matches!(trial.verdict, Verdict::WrongCause | Verdict::Missed)
    })
}

fn table(drill: &Drill, out: &mut dyn Write) -> io::Result<()> {
    write(drill, out, |_| true)
}

fn write(drill: &Drill, out: &mut dyn Write, is_shown: fn(&Trial) -> bool) -> io::Result<()> {
    for chain in &drill.chains {
        header(chain, out)?;
        for trial in chain.trials.iter().filter(|trial| is_shown(trial)) {
            line(trial, out)?;
        }
        untested(chain, out)?;
        summary(&chain.score, out)?;
        speed(chain, out)?;
        writeln!(out)?;
    }
    if drill.chains.len() > 1 {
        write!(out, "{} scenarios: ", drill.chains.len())?;
        summary(&drill.score(), out)?;
        writeln!(out)?;
    }
    if drill.interrupted {
        writeln!(out, "interrupted: faults are missing")?;
    }
    Ok(())
}

fn header(chain: &ChainDrill, out: &mut dyn Write) -> io::Result<()> {
    let (bold, name) = (Style::new().bold(), shown(&chain.scenario));
    writeln!(
        out,
        "{bold}{name}{bold:#} in the mock's world {}",
        shown(&chain.world)
    )
}

fn line(trial: &Trial, out: &mut dyn Write) -> io::Result<()> {
    let style = style(trial.verdict);
    let words = trial.verdict.words();
    let faults = trial.faults.iter();
    let faults: Vec<String> = faults
        .map(|own| format!("{}@{}", own.fault, shown(&own.at)))
        .collect();
    writeln!(
        out,
        "  {style}{words:<11}{style:#} {}",
        faults.join(" and ")
    )?;
    if trial.verdict == Verdict::Caught {
        return trial
            .first
            .as_ref()
            .map_or(Ok(()), |told| cause("", told, out));
    }
    if !trial.why.is_empty() {
        writeln!(out, "              {}", shown(&trial.why))?;
    }
    let expected = trial.expected.as_ref();
    expected.map_or(Ok(()), |told| cause("expected ", told, out))
}

fn cause(word: &str, told: &Told, out: &mut dyn Write) -> io::Result<()> {
    let owner = told.owner.as_ref();
    let owner = owner.map(|owner| format!(", owner {}", shown(owner)));
    writeln!(
        out,
        "              {word}{} by {}{}",
        shown(&told.cause),
        shown(&told.link),
        owner.unwrap_or_default()
    )
}

fn untested(chain: &ChainDrill, out: &mut dyn Write) -> io::Result<()> {
    if chain.untested.is_empty() {
        return Ok(());
    }
    let links: Vec<String> = chain.untested.iter().map(|id| shown(id)).collect();
    writeln!(
        out,
        "  untested    {}: no fault turned {} red",
        links.join(", "),
        if links.len() == 1 { "it" } else { "them" }
    )
}

fn summary(score: &Score, out: &mut dyn Write) -> io::Result<()> {
    let percent = score.percent();
    let percent = percent.map_or("none".to_owned(), |percent| {
        format!("{:.1} %", floor(percent))
    });
    write!(
        out,
        "score {percent}: {} of {} caught, {} with the wrong cause, {} missed",
        score.caught,
        score.counted(),
        score.wrong_cause,
        score.missed
    )?;
    if score.excused > 0 {
        write!(out, ", {} excused", score.excused)?;
    }
    Ok(())
}

/// 99.96 is not shown as 100.0: only a whole score is one.
fn floor(percent: f64) -> f64 {
    (percent * 10.0).floor() / 10.0
}

fn speed(chain: &ChainDrill, out: &mut dyn Write) -> io::Result<()> {
    #[expect(clippy::cast_precision_loss, reason = "for people")]
    let (seconds, trials) = (
        chain.milliseconds as f64 / 1000.0,
        chain.trials.len() as f64,
    );
    let rate = if seconds > 0.0 {
        trials / seconds
    } else {
        trials
    };
    writeln!(out, " · {seconds:.1} s, {rate:.0} faults a second")
}

fn style(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Caught => AnsiColor::Green,
        Verdict::WrongCause => AnsiColor::Yellow,
        Verdict::Missed => AnsiColor::Red,
        Verdict::Excused => AnsiColor::BrightBlack,
    };
    Style::new().fg_color(Some(Color::Ansi(colour)))
}
