//! What a test says when it fails: cause, owner and fix, as the console does.

use std::fmt::Write as _;

use crate::outcome::run::{ChainReport, FORMAT_VERSION, identity_link};
use crate::outcome::{Finding, FinishedRun, LinkReport};
use crate::report::shown;

/// A chain as a run of its own.
pub(super) fn alone(chain: &ChainReport) -> FinishedRun {
    FinishedRun {
        format: FORMAT_VERSION,
        xtenant: env!("CARGO_PKG_VERSION").to_owned(),
        interrupted: false,
        chains: vec![chain.clone()],
    }
}

/// Everything of a chain that is not good.
pub(super) fn of_chain(chain: &ChainReport) -> String {
    let mut text = failed_identities(chain);
    for link in &chain.links {
        if link.outcome.is_red() {
            text.push_str(&of_link(link));
        } else if !link.outcome.is_good() {
            let reason = link.reason.as_deref().unwrap_or_default();
            line(
                &mut text,
                &format!("{} is {}", link.id, link.outcome.word()),
                reason,
            );
        }
    }
    text
}

/// A red link.
pub(super) fn of_link(link: &LinkReport) -> String {
    let mut text = String::new();
    let reason = link.reason.as_deref().unwrap_or_default();
    line(
        &mut text,
        &format!("{} is {}", link.id, link.outcome.word()),
        reason,
    );
    for finding in &link.findings {
        explain(finding, &mut text);
    }
    let place = &link.place;
    line(
        &mut text,
        "  at",
        &format!("{}:{}:{}", place.file, place.line, place.column),
    );
    text
}

/// A blocked link, with what blocks it.
pub(super) fn of_blocked(link: &LinkReport, chain: &ChainReport) -> String {
    let reason = link.reason.as_deref().unwrap_or_default();
    let mut text = String::new();
    line(&mut text, &format!("{} is blocked", link.id), reason);
    text.push_str(&failed_identities(chain));
    for broken in super::broken_before(link, chain) {
        text.push_str(&of_link(broken));
    }
    text
}

fn failed_identities(chain: &ChainReport) -> String {
    let mut text = String::new();
    for identity in &chain.identities {
        if let Some(finding) = &identity.finding {
            line(
                &mut text,
                &format!("{} failed", identity_link(&identity.name)),
                "",
            );
            explain(finding, &mut text);
        }
    }
    text
}

fn explain(finding: &Finding, text: &mut String) {
    line(
        text,
        "  cause",
        &format!("{}: {}", finding.code, finding.says),
    );
    if let Some(expected) = &finding.expected {
        line(text, "  expected", expected);
    }
    if let Some(observed) = &finding.observed {
        line(text, "  observed", observed);
    }
    if let Some(owner) = &finding.owner {
        line(text, "  owner", &format!("{} ({})", owner.name, owner.id));
    }
    for command in &finding.fix {
        line(text, "  fix", command);
    }
    line(text, "  see", &finding.docs);
}

/// Writing to a string cannot fail.
fn line(text: &mut String, name: &str, value: &str) {
    let value = shown(value);
    let _ = writeln!(text, "{}", format!("{name:<11} {value}").trim_end());
}
