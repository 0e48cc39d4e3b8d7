//! Which unknowns are proved by links that passed?
//!
//! A reader that may not look says nothing about the setting. When a passed link proves every claim that the unknown
//! leaves open, the unknown is implied.

use crate::outcome::{Claim, LinkReport, Outcome};

/// Turns unknowns into implied ones where passed links prove all their claims.
pub fn imply(links: &mut [LinkReport]) {
    let good = |link: &&LinkReport| matches!(link.outcome, Outcome::Pass | Outcome::Warning);
    let proofs: Vec<(String, Claim)> = links
        .iter()
        .filter(good)
        .flat_map(|link| {
            link.proves
                .iter()
                .map(|claim| (link.id.clone(), claim.clone()))
        })
        .collect();
    for link in links
        .iter_mut()
        .filter(|link| link.outcome == Outcome::Unknown && !link.claims.is_empty())
    {
        let provers: Option<Vec<&str>> = link
            .claims
            .iter()
            .map(|open| {
                proofs
                    .iter()
                    .find(|(_, proof)| proof.settles(open))
                    .map(|(id, _)| id.as_str())
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
