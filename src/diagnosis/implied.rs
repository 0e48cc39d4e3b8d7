//! Which unknowns are proved by links that passed?
//!
//! A reader that may not look says nothing about the setting. When a passed link proves every claim that the unknown
//! leaves open, the unknown is implied.

use std::collections::HashMap;

use crate::outcome::{Claim, LinkReport, Outcome};

/// Turns unknowns into implied ones where passed links prove all their claims.
pub fn imply(links: &mut [LinkReport]) {
    let good = |link: &&LinkReport| matches!(link.outcome, Outcome::Pass | Outcome::Warning);
    let mut proofs: HashMap<(String, String), Vec<(String, Claim)>> = HashMap::new();
    for link in links.iter().filter(good) {
        for proof in &link.proves {
            let of_subject = proofs.entry(about(proof)).or_default();
            of_subject.push((link.id.clone(), proof.clone()));
        }
    }
    for link in links
        .iter_mut()
        .filter(|link| link.outcome == Outcome::Unknown && !link.claims.is_empty())
    {
        let provers: Option<Vec<&str>> = link
            .claims
            .iter()
            .map(|open| {
                let of_subject = proofs.get(&about(open))?;
                let settling = of_subject.iter().find(|(_, proof)| proof.settles(open));
                settling.map(|(id, _)| id.as_str())
            })
            .collect();
        if let Some(mut provers) = provers {
            provers.dedup();
            link.outcome = Outcome::Implied;
            let unseen = link.reason.take().unwrap_or_default();
            link.reason = Some(format!(
                "proved by {}; not seen itself: {unseen}",
                provers.join(", ")
            ));
        }
    }
}

/// What a claim is about: only claims of one check and subject can settle each other.
fn about(claim: &Claim) -> (String, String) {
    (claim.check.clone(), claim.subject.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::link::sample;

    fn claim(subject: &str) -> Claim {
        Claim::new("service-principal-provisioned", None, subject)
    }

    #[test]
    fn an_unknown_is_implied_only_when_passed_links_prove_all_its_claims() {
        let mut unknown = sample("sp", Outcome::Unknown);
        unknown.claims = vec![claim("a"), claim("b")];
        let mut token = sample("token", Outcome::Pass);
        token.proves = vec![claim("A")];
        let mut links = [unknown, token];
        imply(&mut links);
        assert_eq!(links[0].outcome, Outcome::Unknown);
        links[1].proves.push(claim("b"));
        imply(&mut links);
        assert_eq!(links[0].outcome, Outcome::Implied);
    }

    #[test]
    fn a_broken_link_proves_nothing() {
        let mut unknown = sample("sp", Outcome::Unknown);
        unknown.claims = vec![claim("a")];
        let mut token = sample("token", Outcome::Fail);
        token.proves = vec![claim("a")];
        let mut links = [unknown, token];
        imply(&mut links);
        assert_eq!(links[0].outcome, Outcome::Unknown);
    }
}
