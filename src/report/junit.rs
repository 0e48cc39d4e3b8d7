//! JUnit XML for CI: a suite per chain, a case per link, outcomes by the table of `DESIGN.md` §8.
//!
//! There is no standard; this is what Jenkins, GitLab, Azure Pipelines and GitHub actions read alike
//! (github.com/testmoapp/junitxml). Written by hand: `quick-junit` would bring a second library for dates.
//!
//! | outcome | case |
//! | --- | --- |
//! | pass, implied | passed; `implied` as a property |
//! | warning | passed, each warning as a property |
//! | fail | `failure`, its type the cause |
//! | error | `error` |
//! | unknown, blocked, skipped | `skipped` with the reason |

use std::fmt::{Display, Write as _};
use std::io;

use super::Format;
use super::text::fit_to_be_shown;
use super::xml::Xml;
use crate::outcome::run::{ChainReport, IdentityReport, identity_link};
use crate::outcome::{Finding, FinishedRun, LinkReport, Outcome};

/// `-o junit`.
pub(super) const FORMAT: Format = Format {
    name: "junit",
    about: "JUnit XML for CI",
    render,
};

/// The counts that suites carry.
#[derive(Clone, Copy, Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn of(chain: &ChainReport) -> Self {
        let tally = chain.tally();
        let errors = |link: &&LinkReport| link.outcome == Outcome::Error;
        let errors = chain.links.iter().filter(errors).count();
        Self {
            tests: chain.links.len() + tally.failed_identities,
            failures: tally.red - errors + tally.failed_identities,
            errors,
            skipped: tally.unknown + tally.blocked + tally.skipped + tally.waived,
        }
    }

    fn sum(counts: impl Iterator<Item = Self>) -> Self {
        counts.fold(Self::default(), |sum, own| Self {
            tests: sum.tests + own.tests,
            failures: sum.failures + own.failures,
            errors: sum.errors + own.errors,
            skipped: sum.skipped + own.skipped,
        })
    }
}

fn render(run: &FinishedRun, out: &mut dyn io::Write) -> io::Result<()> {
    let run = fit_to_be_shown(run)?;
    let counts = Counts::sum(run.chains.iter().map(Counts::of));
    let milliseconds = run.chains.iter().map(|chain| chain.milliseconds).sum();
    let mut xml = Xml::new(out)?;
    xml.open(
        "testsuites",
        &[
            ("name", &"xtenant"),
            ("tests", &counts.tests),
            ("failures", &counts.failures),
            ("errors", &counts.errors),
            ("skipped", &counts.skipped),
            ("time", &seconds(milliseconds)),
        ],
    )?;
    for chain in &run.chains {
        suite(&run, chain, &mut xml)?;
    }
    xml.close()
}

fn suite(run: &FinishedRun, chain: &ChainReport, xml: &mut Xml<'_>) -> io::Result<()> {
    let counts = Counts::of(chain);
    xml.open(
        "testsuite",
        &[
            ("name", &chain.scenario),
            ("tests", &counts.tests),
            ("failures", &counts.failures),
            ("errors", &counts.errors),
            ("skipped", &counts.skipped),
            ("time", &seconds(chain.milliseconds)),
            ("timestamp", &chain.started),
            ("file", &chain.file),
        ],
    )?;
    let mut about = vec![
        ("xtenant", run.xtenant.clone()),
        ("target", chain.target.clone()),
        ("digest", chain.digest.clone()),
    ];
    about.extend((!chain.about.is_empty()).then(|| ("about", chain.about.clone())));
    about.extend(run.interrupted.then(|| ("interrupted", "true".to_owned())));
    let first = chain.first_cause.clone();
    about.extend(first.map(|link| ("first-cause", link)));
    for waiver in chain.waivers.iter().filter(|own| own.state.is_stale()) {
        let words = format!("{} of {}: {}", waiver.cause, waiver.link, waiver.words());
        about.push(("waiver-for-nothing", words));
    }
    properties(&about, xml)?;
    for identity in &chain.identities {
        failed_identity(chain, identity, xml)?;
    }
    for link in &chain.links {
        case(link, xml)?;
    }
    xml.close()
}

fn properties(properties: &[(&str, String)], xml: &mut Xml<'_>) -> io::Result<()> {
    if properties.is_empty() {
        return Ok(());
    }
    xml.open("properties", &[])?;
    for (name, value) in properties {
        xml.empty("property", &[("name", name), ("value", value)])?;
    }
    xml.close()
}

/// The pseudo-link that a failed auditor is.
fn failed_identity(
    chain: &ChainReport,
    identity: &IdentityReport,
    xml: &mut Xml<'_>,
) -> io::Result<()> {
    let Some(finding) = &identity.finding else {
        return Ok(());
    };
    let name = identity_link(&identity.name);
    xml.open(
        "testcase",
        &[
            ("name", &name),
            ("classname", &"identity"),
            ("time", &seconds(0)),
            ("file", &chain.file),
        ],
    )?;
    properties(&of_finding(finding), xml)?;
    failure(finding, &[], xml)?;
    xml.close()
}

fn case(link: &LinkReport, xml: &mut Xml<'_>) -> io::Result<()> {
    let time = seconds(link.milliseconds);
    let attributes: [(&str, &dyn Display); 5] = [
        ("name", &link.id),
        ("classname", &link.check),
        ("time", &time),
        ("file", &link.place.file),
        ("line", &link.place.line),
    ];
    xml.open("testcase", &attributes)?;
    properties(&of_link(link), xml)?;
    let reason = link.reason.as_deref().unwrap_or_default();
    match (link.outcome, link.findings.first()) {
        (Outcome::Fail, Some(finding)) => failure(finding, &link.findings[1..], xml)?,
        (Outcome::Fail, None) => xml.text("failure", &[("message", &reason)], reason)?,
        (Outcome::Error, _) => xml.text("error", &[("message", &reason)], reason)?,
        (Outcome::Blocked | Outcome::Skipped | Outcome::Unknown, _) => {
            let message = format!("{}: {reason}", link.outcome.word());
            xml.empty("skipped", &[("message", &message)])?;
        }
        (Outcome::Implied | Outcome::Pass | Outcome::Warning, _) => {}
    }
    xml.close()
}

/// What a case says beside its outcome.
fn of_link(link: &LinkReport) -> Vec<(&'static str, String)> {
    let mut found = vec![("sentence", link.sentence.clone())];
    let vantage = link.at.clone();
    found.extend(vantage.map(|at| ("at", at)));
    found.extend(link.identity.clone().map(|identity| ("as", identity)));
    found.extend((link.tries > 1).then(|| ("tries", link.tries.to_string())));
    found.extend((link.failed_tries > 0).then(|| ("failed-tries", link.failed_tries.to_string())));
    found.extend(link.tags.iter().map(|tag| ("tag", tag.clone())));
    let others = link.explained_by.iter();
    found.extend(others.map(|other| {
        let word = if other.certain { "because" } else { "perhaps" };
        (word, format!("{}: {}", other.link, other.says))
    }));
    match (link.outcome, link.findings.first()) {
        (Outcome::Implied, _) => {
            found.extend(link.reason.clone().map(|reason| ("implied", reason)));
        }
        (Outcome::Warning, _) => {
            let warnings = link.findings.iter();
            found.extend(warnings.map(|own| ("warning", format!("{}: {}", own.code, own.says))));
        }
        (_, Some(finding)) => found.extend(of_finding(finding)),
        (_, None) => {}
    }
    found
}

fn of_finding(finding: &Finding) -> Vec<(&'static str, String)> {
    let owner = finding.owner.as_ref();
    let owner = owner.map(|owner| ("owner", format!("{} ({})", owner.name, owner.id)));
    let cause = ("cause", finding.code.clone());
    [cause].into_iter().chain(owner).collect()
}

/// What broke, with everything that a person needs to act.
fn failure(finding: &Finding, others: &[Finding], xml: &mut Xml<'_>) -> io::Result<()> {
    let mut text = String::new();
    explain(finding, &mut text);
    for other in others {
        text.push('\n');
        explain(other, &mut text);
    }
    let attributes: [(&str, &dyn Display); 2] =
        [("message", &finding.says), ("type", &finding.code)];
    xml.text("failure", &attributes, &text)
}

/// Writing to a string cannot fail.
fn explain(finding: &Finding, text: &mut String) {
    let _ = writeln!(text, "{}", finding.says);
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name:<9} {value}");
    };
    line("cause", &finding.code);
    if let Some(expected) = &finding.expected {
        line("expected", expected);
    }
    if let Some(observed) = &finding.observed {
        line("observed", observed);
    }
    if let Some(owner) = &finding.owner {
        line("owner", &format!("{} ({})", owner.name, owner.id));
    }
    for command in &finding.fix {
        line("fix", command);
    }
    line("see", &finding.docs);
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1_000, milliseconds % 1_000)
}

#[cfg(test)]
mod tests {
    use super::super::sample_run::sample_run;
    use super::*;

    fn xml(run: &FinishedRun) -> String {
        let mut bytes = Vec::new();
        render(run, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn every_outcome_is_written_as_the_table_says() {
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!("junit", xml(&sample_run()));
        });
    }

    #[test]
    fn it_is_xml_and_its_counts_are_those_of_its_cases() {
        let text = xml(&sample_run());
        let document = roxmltree::Document::parse(&text).unwrap();
        let count = |node: roxmltree::Node<'_, '_>, name: &str| {
            let found = node.descendants().filter(|own| own.has_tag_name(name));
            found.count().to_string()
        };
        let suites = document
            .descendants()
            .filter(|node| node.has_tag_name("testsuite") || node.has_tag_name("testsuites"));
        for suite in suites {
            for (attribute, name) in [
                ("tests", "testcase"),
                ("failures", "failure"),
                ("errors", "error"),
                ("skipped", "skipped"),
            ] {
                assert_eq!(
                    suite.attribute(attribute),
                    Some(count(suite, name).as_str())
                );
            }
        }
    }
}
