//! What does one link say about another one? THE list of rules, [`RULES`].
//!
//! A rule names what a red link tells (`symptoms`), what another link told or was (`source`), and by which keys the two
//! are about the same thing: the same application, the same resource, the same network. It knows nothing of needs, of the
//! order of the file, nor of which links a scenario has, so it holds for every chain. One file per subject; a file holds
//! the rows of its rule.
//!
//! - [`network_manager`] a manager that is not as it should be, and what hangs on it
//! - [`halves`] which half of a connection across tenants is wrong
//! - [`members`] who is no member, and what acts on nobody
//! - [`commit`] what was configured or committed, and what acts
//! - [`application`] an application, its service principal, its credentials, its tokens
//! - [`trust`] whom an application trusts, and what its tokens are refused with
//! - [`gone`] what does not exist any more, seen from several sides
//! - [`endpoint`] an endpoint that is not connected, and what leads to it
//! - [`names`] zones, name servers, and names that lead elsewhere
//! - [`rights`] rights that were seen, and what services refuse
//! - [`refused`] refusals of another kind than a scenario expects
//! - [`way`] why nobody may answer behind a name that is right
//!
//! To add a rule: a row in its file, or a file and a line here.

mod application;
mod commit;
mod endpoint;
mod gone;
mod halves;
mod members;
mod names;
mod network_manager;
mod refused;
mod rights;
mod trust;
mod way;

use super::ground::Ground;
use crate::outcome::{LinkReport, Outcome};

/// Every rule, by subject.
pub(super) const RULES: &[&[Rule]] = &[
    network_manager::RULES,
    halves::RULES,
    members::RULES,
    commit::RULES,
    application::RULES,
    trust::RULES,
    gone::RULES,
    endpoint::RULES,
    names::RULES,
    rights::RULES,
    refused::RULES,
    way::RULES,
];

/// By what two links are found to be about the same thing; lower case.
pub(super) type Keys = fn(&LinkReport, &Ground) -> Vec<String>;

/// One row: a link that tells one of the symptoms is explained by a link of the source with an equal key.
pub(super) struct Rule {
    /// Codes, or a whole check as `check.*`.
    pub(super) symptoms: &'static [&'static str],
    pub(super) source: Source,
    /// Keys of the link that tells the symptom.
    pub(super) of: Keys,
    /// Keys of the link that explains it.
    pub(super) by: Keys,
    /// What the explaining link has to do with it: a fragment that follows its name.
    pub(super) says: &'static str,
}

/// What explains.
pub(super) enum Source {
    /// A red link that tells one of these codes is why: it leads, and what is typed is what it says.
    Red(&'static [&'static str]),
    /// A link that warns of one of these codes may be why.
    Warning(&'static [&'static str]),
    /// A link of one of these checks that could not be looked at may be why.
    Unseen(&'static [&'static str]),
    /// A link of one of these checks holds: what the symptom usually means was seen to be right.
    Held(&'static [&'static str]),
}

impl Rule {
    /// Whether a link tells what this row explains.
    pub(super) fn is_about(&self, link: &LinkReport) -> bool {
        link.outcome.is_red() && tells(link, self.symptoms)
    }

    /// Whether a link may explain what this row is about.
    pub(super) fn may_be_by(&self, link: &LinkReport) -> bool {
        let is_of = |checks: &[&str]| checks.contains(&link.check.as_str());
        match self.source {
            Source::Red(codes) => link.outcome.is_red() && tells(link, codes),
            Source::Warning(codes) => link.outcome == Outcome::Warning && tells(link, codes),
            Source::Unseen(checks) => link.outcome == Outcome::Unknown && is_of(checks),
            Source::Held(checks) => {
                matches!(link.outcome, Outcome::Pass | Outcome::Warning) && is_of(checks)
            }
        }
    }

    /// Whether what explains is why, and not only may be.
    pub(super) const fn is_certain(&self) -> bool {
        matches!(self.source, Source::Red(_))
    }
}

/// Whether what a link tells is one of these codes. Of a red link the decisive finding counts, of a warning each.
fn tells(link: &LinkReport, patterns: &[&str]) -> bool {
    let count = if link.outcome.is_red() { 1 } else { usize::MAX };
    let mut told = link.findings.iter().take(count);
    told.any(|finding| patterns.iter().any(|own| fits(own, &finding.code)))
}

fn fits(pattern: &str, code: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(check) => code.starts_with(check),
        None => pattern == code,
    }
}

/// Every code that a row names, for tests.
#[cfg(test)]
pub(crate) fn named_codes() -> impl Iterator<Item = &'static str> {
    RULES.iter().copied().flatten().flat_map(|rule| {
        let of_source: &[&str] = match rule.source {
            Source::Red(codes) | Source::Warning(codes) => codes,
            Source::Unseen(_) | Source::Held(_) => &[],
        };
        rule.symptoms.iter().chain(of_source).copied()
    })
}

/// Every check that a row names, for tests.
#[cfg(test)]
pub(crate) fn named_checks() -> impl Iterator<Item = &'static str> {
    RULES
        .iter()
        .copied()
        .flatten()
        .flat_map(|rule| match rule.source {
            Source::Unseen(checks) | Source::Held(checks) => checks.iter().copied(),
            Source::Red(_) | Source::Warning(_) => [].iter().copied(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_code_or_a_whole_check() {
        assert!(fits("role-assigned.*", "role-assigned.not-assigned"));
        assert!(fits("role-assigned.denied", "role-assigned.denied"));
        assert!(!fits("role-assigned.denied", "role-assigned.denied-too"));
        assert!(!fits("role-assigned.*", "role-assigned-twice.denied"));
    }

    #[test]
    fn no_row_explains_a_code_by_itself() {
        for rule in RULES.iter().copied().flatten() {
            if let Source::Red(codes) = rule.source {
                for code in codes.iter().filter(|code| !code.ends_with('*')) {
                    let itself = rule.symptoms.iter().any(|own| fits(own, code));
                    assert!(!itself, "{code} explains itself");
                }
            }
        }
    }
}
