//! Which two faults go together, and what do they prove?
//!
//! Under two faults one of the two causes must lead, and the link that tells the other alone must not look good: it is
//! red too, or was not asked because it waits for a red one. Where one link waits for the other, that one must lead.

use super::judge::{Judged, first};
use super::score::{Planted, Told};
use crate::outcome::Finding;
use crate::outcome::link::behind;
use crate::outcome::run::ChainReport;

/// A fault that was caught alone, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Single {
    /// The fault.
    pub planted: Planted,
    /// What led.
    pub told: Told,
}

/// Pairs of singles, `count` of them, in an order that the seed decides; each pair once, never two of the same fault nor
/// two at the same place: those may well undo each other.
pub fn pairs(singles: &[Single], count: usize, seed: u64) -> Vec<(usize, usize)> {
    let mut all = Vec::new();
    for (at, one) in singles.iter().enumerate() {
        for (beside, two) in singles.iter().enumerate().skip(at + 1) {
            if one.planted.at != two.planted.at && one.planted.fault != two.planted.fault {
                all.push((at, beside));
            }
        }
    }
    let mut random = Random(seed);
    let wanted = count.min(all.len());
    for at in 0..wanted {
        let other = at + random.below(all.len() - at);
        all.swap(at, other);
    }
    all.truncate(wanted);
    all
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same seed draws the same pairs on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Less than `end`, which is not zero.
    fn below(&mut self, end: usize) -> usize {
        let end = end.max(1);
        usize::try_from(self.next() % end as u64).unwrap_or(0)
    }
}

/// What a run under two faults proves.
pub fn judge(one: &Single, two: &Single, report: &ChainReport) -> Judged {
    let Some(led) = first(report) else {
        return Judged {
            verdict: super::Verdict::Missed,
            why: "nothing was red, nothing warned".to_owned(),
        };
    };
    let (leading, other) = if is(&led, one) {
        (one, two)
    } else if is(&led, two) {
        (two, one)
    } else {
        return Judged::wrong(format!("{} led with {}", led.link, led.cause));
    };
    let waits = behind(&report.links, |link| link.id == other.told.link);
    if other.told.link != leading.told.link
        && waits.contains(leading.told.link.as_str())
        && is_red(other, report)
    {
        return Judged::wrong(format!(
            "{} led, though it waits for {}",
            led.link, other.told.link
        ));
    }
    hidden(other, report).map_or_else(Judged::caught, Judged::wrong)
}

fn is(told: &Told, single: &Single) -> bool {
    told.link == single.told.link && told.cause == single.told.cause
}

fn is_red(single: &Single, report: &ChainReport) -> bool {
    let link = report.link(&single.told.link);
    link.is_some_and(|link| link.outcome.is_red())
}

/// Why the other fault is hidden, if it is: its link looks good. A link that is red for the leading fault's sake, that
/// waits or that could not be looked at will tell the other one when the first is mended.
fn hidden(other: &Single, report: &ChainReport) -> Option<String> {
    let link = report.link(&other.told.link)?;
    let tells = |own: &Finding| own.code == other.told.cause;
    let looks_good = link.outcome.is_good() && !link.findings.iter().any(tells);
    looks_good.then(|| {
        format!(
            "{} is {} and hides {}",
            link.id,
            link.outcome.word(),
            other.told.cause
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;
    use crate::outcome::Outcome;
    use crate::outcome::run::sample;

    fn single(fault: &str, at: &str, link: &str) -> Single {
        Single {
            planted: Planted {
                fault: fault.to_owned(),
                at: at.to_owned(),
            },
            told: Told {
                link: link.to_owned(),
                cause: "sample.cause".to_owned(),
                owner: None,
            },
        }
    }

    /// Two links; the first of the red ones leads.
    fn report(outcomes: [Outcome; 2]) -> ChainReport {
        let mut chain = sample(&outcomes).chains.remove(0);
        let red = chain.links.iter().find(|link| link.outcome.is_red());
        chain.first_cause = red.map(|link| link.id.clone());
        chain
    }

    #[test]
    fn the_other_must_not_look_good() {
        let (one, two) = (single("a", "x", "link-0"), single("b", "y", "link-1"));
        for (second, verdict) in [
            (Outcome::Fail, Verdict::Caught),
            (Outcome::Blocked, Verdict::Caught),
            (Outcome::Pass, Verdict::WrongCause),
        ] {
            let judged = judge(&one, &two, &report([Outcome::Fail, second]));
            assert_eq!(judged.verdict, verdict, "{second:?}: {}", judged.why);
        }
        let green = judge(&one, &two, &report([Outcome::Pass, Outcome::Pass]));
        assert_eq!(green.verdict, Verdict::Missed);
    }

    #[test]
    fn what_waits_for_a_red_link_does_not_lead() {
        let (one, two) = (single("a", "x", "link-0"), single("b", "y", "link-1"));
        let mut report = report([Outcome::Fail, Outcome::Fail]);
        report.links[0].needs = vec!["link-1".to_owned()];
        let judged = judge(&one, &two, &report);
        assert_eq!(judged.verdict, Verdict::WrongCause);
        report.first_cause = Some("link-1".to_owned());
        assert_eq!(judge(&one, &two, &report), Judged::caught());
    }

    #[test]
    fn a_third_cause_that_leads_is_wrong() {
        let (one, two) = (single("a", "x", "link-1"), single("b", "y", "link-2"));
        let judged = judge(&one, &two, &report([Outcome::Fail, Outcome::Fail]));
        assert_eq!(judged.why, "link-0 led with sample.cause");
    }

    #[test]
    fn each_pair_once_never_two_at_one_place_and_the_seed_decides() {
        let singles = [
            single("a", "x", "link-0"),
            single("b", "x", "link-0"),
            single("c", "y", "link-1"),
            single("d", "z", "link-1"),
        ];
        let all = pairs(&singles, 100, 1);
        let mut sorted = all.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [(0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]);
        assert_eq!(pairs(&singles, 3, 7), pairs(&singles, 3, 7));
        let drawn: std::collections::HashSet<_> =
            (0..20).map(|seed| pairs(&singles, 1, seed)).collect();
        assert!(drawn.len() > 1, "the seed decides nothing");
    }
}
