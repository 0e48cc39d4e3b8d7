//! Which link broke first?
//!
//! A red link with no red ancestor. Of several: control plane before data plane, a known cause before an answer that
//! never came, final before healing, then the order of the file (`DESIGN.md` §8; the second rule is ours: an unexplained
//! error beside an explained failure is more often its consequence than its cause). A link that another red one explains
//! (`rules`) does not lead, wherever it stands and whatever it needs.

use crate::outcome::link::behind;
use crate::outcome::{LinkReport, Outcome};

/// The id of the link that broke first, if any is red.
pub fn first_cause(links: &[LinkReport]) -> Option<&str> {
    let behind_red = behind(links, |link| link.outcome.is_red());
    let roots = || {
        let red = links.iter().enumerate();
        let red = red.filter(|(_, link)| link.outcome.is_red());
        red.filter(|(_, link)| !behind_red.contains(link.id.as_str()))
    };
    // Where each is explained by another one, none of them is better than the others.
    let first = first_of(roots().filter(|(_, link)| !is_explained(link)));
    first
        .or_else(|| first_of(roots()))
        .map(|link| link.id.as_str())
}

fn first_of<'a>(links: impl Iterator<Item = (usize, &'a LinkReport)>) -> Option<&'a LinkReport> {
    let by_rank = links
        .min_by_key(|(at, link)| (link.plane, link.outcome == Outcome::Error, heals(link), *at));
    by_rank.map(|(_, link)| link)
}

/// Whether another red link is why this one is red.
fn is_explained(link: &LinkReport) -> bool {
    link.explained_by.iter().any(|own| own.certain)
}

fn heals(link: &LinkReport) -> bool {
    link.findings
        .first()
        .is_some_and(|finding| finding.heals_within_seconds.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Outcome::{Blocked, Error, Fail, Pass};
    use crate::outcome::link::PlaneName::{Control, Data};
    use crate::outcome::link::sample;

    #[test]
    fn the_red_link_without_a_red_ancestor_comes_first() {
        let mut zone = sample("zone", Fail);
        zone.needs = vec!["endpoint".to_owned()];
        let links = [zone, sample("endpoint", Fail), sample("other", Pass)];
        assert_eq!(first_cause(&links), Some("endpoint"));
    }

    #[test]
    fn settings_come_before_data_and_final_before_healing_and_then_the_file_decides() {
        let mut data = sample("data", Fail);
        data.plane = Data;
        let mut healing = sample("healing", Fail);
        healing.plane = Control;
        healing.findings[0].heals_within_seconds = Some(60);
        let links = [data, healing, sample("one", Fail), sample("two", Fail)];
        assert_eq!(first_cause(&links), Some("one"));
        assert_eq!(first_cause(&links[..2]), Some("healing"));
    }

    #[test]
    fn a_known_cause_comes_before_an_answer_that_never_came() {
        let mut healing = sample("healing", Fail);
        healing.findings[0].heals_within_seconds = Some(60);
        assert_eq!(
            first_cause(&[sample("silent", Error), healing]),
            Some("healing")
        );
    }

    #[test]
    fn an_ancestor_is_red_through_a_blocked_link_too() {
        let mut middle = sample("middle", Blocked);
        middle.needs = vec!["last".to_owned()];
        let mut top = sample("top", Fail);
        top.needs = vec!["middle".to_owned()];
        assert_eq!(
            first_cause(&[top, middle, sample("last", Fail)]),
            Some("last")
        );
        assert_eq!(first_cause(&[sample("fine", Pass)]), None);
    }
}
