//! What does a run under one fault prove?
//!
//! With rows of the drill's file: the row that leads must lead, and each row's link must have its cause and its owner.
//! Without: the first cause must be one that the catalogue knows of this fault ([`super::told`]). A cause that is a
//! warning leaves the chain green, so nothing leads then.

use super::file::Row;
use super::score::{Told, Verdict};
use crate::checks::kind;
use crate::outcome::run::ChainReport;
use crate::outcome::{LinkReport, Outcome};

/// What a run proves, and why when it is not good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// In one word.
    pub verdict: Verdict,
    /// In a few.
    pub why: String,
}

impl Judged {
    pub(super) const fn caught() -> Self {
        Self {
            verdict: Verdict::Caught,
            why: String::new(),
        }
    }

    pub(super) fn wrong(why: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::WrongCause,
            why: why.into(),
        }
    }

    fn missed() -> Self {
        Self {
            verdict: Verdict::Missed,
            why: "nothing was red, nothing warned".to_owned(),
        }
    }
}

/// Whether a code is of a cause that warns.
pub fn warns(code: &str) -> bool {
    let Some((check, id)) = code.split_once('.') else {
        return false;
    };
    kind(check).is_some_and(|kind| kind.card.warnings.iter().any(|cause| cause.id == id))
}

/// Whether the link noticed something.
pub(super) fn noticed(link: &LinkReport) -> bool {
    link.outcome.is_red() || link.outcome == Outcome::Warning
}

/// What leads: the first cause, or else the first warning.
pub fn first(report: &ChainReport) -> Option<Told> {
    let Some(id) = &report.first_cause else {
        let warning = report
            .links
            .iter()
            .find(|link| link.outcome == Outcome::Warning)?;
        return Some(told(warning));
    };
    let identity = report
        .identities
        .iter()
        .find(|own| *id == crate::outcome::run::identity_link(&own.name));
    match (report.link(id), identity) {
        (Some(link), _) => Some(told(link)),
        (None, identity) => {
            let finding = identity.and_then(|own| own.finding.as_ref());
            Some(Told {
                link: id.clone(),
                cause: finding.map_or_else(String::new, |finding| finding.code.clone()),
                owner: finding
                    .and_then(|finding| finding.owner.as_ref())
                    .map(|owner| owner.name.clone()),
            })
        }
    }
}

/// The decisive finding of a link.
fn told(link: &LinkReport) -> Told {
    let finding = link.findings.first();
    Told {
        link: link.id.clone(),
        cause: finding.map_or_else(String::new, |finding| finding.code.clone()),
        owner: finding
            .and_then(|finding| finding.owner.as_ref())
            .map(|owner| owner.name.clone()),
    }
}

/// Holds a run against the rows of the drill's file.
pub fn by_rows(rows: &[&Row], report: &ChainReport) -> Judged {
    if !report.links.iter().any(noticed) && report.first_cause.is_none() {
        return Judged::missed();
    }
    let wrong = rows.iter().find_map(|row| against(row, report));
    wrong.map_or_else(Judged::caught, Judged::wrong)
}

/// What speaks against a row, if anything.
fn against(row: &Row, report: &ChainReport) -> Option<String> {
    let leads = row.first.as_ref().unwrap_or(&row.link);
    let expected = (!warns(&row.cause)).then_some(leads);
    if report.first_cause.as_ref() != expected {
        return Some(match (&report.first_cause, expected) {
            (Some(first), _) => format!("{first} led"),
            (None, _) => "nothing led".to_owned(),
        });
    }
    missing(row, report)
}

/// What a row's own link lacks of it, if anything.
fn missing(row: &Row, report: &ChainReport) -> Option<String> {
    let Some(link) = report.link(&row.link) else {
        return Some(format!("there is no link {}", row.link));
    };
    let found = link.findings.iter().find(|own| own.code == row.cause);
    let Some(finding) = found else {
        let word = link.outcome.word();
        return Some(format!("{} is {word} without {}", link.id, row.cause));
    };
    let owner = finding.owner.as_ref().map(|owner| owner.name.as_str());
    (owner != row.owner.as_deref()).then(|| {
        format!(
            "{} names {} as owner, not {}",
            link.id,
            owner.unwrap_or("nobody"),
            row.owner.as_deref().unwrap_or("nobody")
        )
    })
}

/// Holds a run against the causes that the catalogue knows of a fault.
pub fn by_catalogue(causes: &[&str], report: &ChainReport) -> Judged {
    let Some(first) = first(report) else {
        return Judged::missed();
    };
    if causes.contains(&first.cause.as_str()) {
        return Judged::caught();
    }
    // A warning stands beside others that the healthy chain has too.
    let warned = report.links.iter().flat_map(|link| &link.findings);
    let is_known = |code: &str| causes.contains(&code) && warns(code);
    if report.first_cause.is_none() && warned.map(|own| own.code.as_str()).any(is_known) {
        return Judged::caught();
    }
    Judged::wrong(match first.cause.as_str() {
        "" => format!("{} has no answer and no cause", first.link),
        cause => format!("{} told {cause}", first.link),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::run::sample;

    fn row(link: &str, cause: &str, owner: Option<&str>) -> Row {
        Row::sample(link, cause, owner)
    }

    /// Two links; the second is red with the sample's cause.
    fn report() -> ChainReport {
        let mut run = sample(&[Outcome::Pass, Outcome::Fail]);
        let mut chain = run.chains.remove(0);
        chain.first_cause = Some("link-1".to_owned());
        chain
    }

    #[test]
    fn the_right_cause_at_the_right_link_is_caught() {
        let row = row("link-1", "sample.cause", None);
        assert_eq!(by_rows(&[&row], &report()), Judged::caught());
        assert_eq!(by_catalogue(&["sample.cause"], &report()), Judged::caught());
    }

    #[test]
    fn another_cause_link_or_owner_is_wrong_and_says_what_was_told() {
        for (own, why) in [
            (
                row("link-1", "sample.other", None),
                "link-1 is fail without sample.other",
            ),
            (row("link-0", "sample.cause", None), "link-1 led"),
            (
                row("link-1", "sample.cause", Some("home")),
                "link-1 names nobody as owner, not home",
            ),
        ] {
            assert_eq!(by_rows(&[&own], &report()), Judged::wrong(why));
        }
        assert_eq!(
            by_catalogue(&["sample.other"], &report()),
            Judged::wrong("link-1 told sample.cause")
        );
    }

    #[test]
    fn a_green_chain_has_missed_it() {
        let mut healthy = report();
        healthy.links[1].outcome = Outcome::Pass;
        healthy.links[1].findings.clear();
        healthy.first_cause = None;
        let row = row("link-1", "sample.cause", None);
        assert_eq!(by_rows(&[&row], &healthy).verdict, Verdict::Missed);
        assert_eq!(
            by_catalogue(&["sample.cause"], &healthy).verdict,
            Verdict::Missed
        );
    }

    #[test]
    fn a_link_that_is_red_without_a_cause_is_not_the_right_one() {
        let mut silent = report();
        silent.links[1].findings.clear();
        assert_eq!(
            by_catalogue(&["sample.cause"], &silent).verdict,
            Verdict::WrongCause
        );
    }
}
