//! What does a link still say of itself, when another one says why it is red?
//!
//! It names the other one, and has no commands of its own: typed beside the other's they would mend what is not broken, or
//! make a second object for the same thing. When the other's cause does not heal, neither does this one.

use super::ground::Ground;
use super::known::Known;
use crate::outcome::LinkReport;

/// Names, at every red link, those that say why.
pub(super) fn explain(links: &mut [LinkReport], ground: Ground) {
    let mut known = Known::on(ground);
    links.iter().for_each(|link| known.learn(link));
    for link in links.iter_mut() {
        link.explained_by = known.explain(link);
        if known.is_final(link) {
            make_final(link);
        }
        defer(link);
    }
}

/// Says that waiting does not help.
pub fn make_final(link: &mut LinkReport) {
    link.still_healing = false;
    if let Some(finding) = link.findings.first_mut() {
        finding.heals_within_seconds = None;
    }
}

/// Takes the commands from a link that another one explains.
fn defer(link: &mut LinkReport) {
    let why = link.explained_by.first().filter(|own| own.certain);
    if let (Some(why), Some(finding)) = (why, link.findings.first_mut()) {
        finding.fix = vec![format!("# see {}: {}", why.link, why.says)];
    }
}
