//! What links said so far, by what rules look for: which links explain a red one?
//!
//! Links are learnt one by one, while the engine runs or afterwards, and looked up by key: a look-up costs the same in a
//! chain of ten links as in one of ten thousand.

use std::collections::{HashMap, HashSet};

use super::ground::Ground;
use super::rules::{RULES, Rule};
use crate::outcome::{Explanation, LinkReport};

/// Most explanations of one link; whoever reads more reads none.
const MOST: usize = 3;

/// What links said.
#[derive(Debug, Default)]
pub struct Known {
    ground: Ground,
    /// Links by the position of a rule and a key.
    said: HashMap<(usize, String), Vec<Said>>,
}

#[derive(Clone, Debug)]
struct Said {
    link: String,
    is_final: bool,
}

impl Known {
    /// Nothing yet, on this ground.
    pub fn on(ground: Ground) -> Self {
        Self {
            ground,
            said: HashMap::new(),
        }
    }

    /// Takes in what became of a link.
    pub fn learn(&mut self, link: &LinkReport) {
        for (at, rule) in all().filter(|(_, rule)| rule.may_be_by(link)) {
            for key in (rule.by)(link, &self.ground) {
                let said = self.said.entry((at, key)).or_default();
                if said.len() <= MOST {
                    said.push(Said {
                        link: link.id.clone(),
                        is_final: is_final(link),
                    });
                }
            }
        }
    }

    /// What explains a red link: certain ones first, each link once.
    pub fn explain(&self, link: &LinkReport) -> Vec<Explanation> {
        let mut found: Vec<Explanation> = self
            .found(link)
            .map(|(rule, said)| Explanation {
                link: said.link.clone(),
                says: rule.says.to_owned(),
                certain: rule.is_certain(),
            })
            .collect();
        found.sort_by_key(|own| !own.certain);
        let mut seen = HashSet::new();
        found.retain(|own| seen.insert(own.link.clone()));
        found.truncate(MOST);
        found
    }

    /// Whether a link that could heal by itself does not, for why it is red was seen, and that does not.
    pub fn is_final(&self, link: &LinkReport) -> bool {
        self.found(link)
            .any(|(rule, said)| rule.is_certain() && said.is_final)
    }

    fn found<'a>(
        &'a self,
        link: &'a LinkReport,
    ) -> impl Iterator<Item = (&'static Rule, &'a Said)> {
        let about = all().filter(|(_, rule)| rule.is_about(link));
        about.flat_map(move |(at, rule)| {
            let keys = (rule.of)(link, &self.ground);
            let said = keys
                .into_iter()
                .filter_map(move |key| self.said.get(&(at, key)));
            let others = said.flatten().filter(|said| said.link != link.id);
            others.map(move |said| (rule, said)).collect::<Vec<_>>()
        })
    }
}

fn all() -> impl Iterator<Item = (usize, &'static Rule)> {
    RULES.iter().copied().flatten().enumerate()
}

/// Whether a red link stays so, whatever time goes by.
fn is_final(link: &LinkReport) -> bool {
    let told = link.findings.first();
    link.outcome.is_red() && told.is_some_and(|finding| finding.heals_within_seconds.is_none())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::diagnosis::{explained, first_cause};
    use crate::outcome::Outcome::{self, Fail, Pass, Unknown, Warning};
    use crate::outcome::link::PlaneName::Data;
    use crate::outcome::link::sample;
    use crate::outcome::run::{VantageReport, WorkloadReport};

    const APPLICATION: &str = "cccccccc-cccc-cccc-cccc-cccccccccccc";

    fn ground() -> Ground {
        let vantage = VantageReport {
            name: "app".to_owned(),
            network: Some("/subscriptions/a/virtualNetworks/Home".to_owned()),
            proof: String::new(),
        };
        let workload = WorkloadReport {
            name: "workload".to_owned(),
            tenant: crate::outcome::TenantRef {
                name: "resource".to_owned(),
                id: crate::ids::TenantId::nil(),
            },
            application: Some(APPLICATION.to_owned()),
            managed_identity: None,
        };
        Ground::of(&[vantage], &[workload])
    }

    fn link(id: &str, outcome: Outcome, code: &str, parameters: serde_json::Value) -> LinkReport {
        let mut link = sample(id, Fail);
        (link.outcome, link.parameters) = (outcome, parameters);
        link.check = code.split('.').next().unwrap().to_owned();
        link.findings[0].code = code.to_owned();
        if matches!(outcome, Pass | Unknown) {
            link.findings.clear();
        }
        link
    }

    fn credential(outcome: Outcome) -> LinkReport {
        let of = json!({"application": APPLICATION.to_uppercase()});
        link(
            "credential",
            outcome,
            "federated-credential-matches.issuer-differs",
            of,
        )
    }

    fn token() -> LinkReport {
        let mut token = link(
            "token",
            Fail,
            "token-exchanged.issuer-not-trusted",
            json!({}),
        );
        token.identity = Some("workload".to_owned());
        token.plane = Data;
        token.still_healing = true;
        token.findings[0].heals_within_seconds = Some(600);
        token
    }

    fn explained(mut links: Vec<LinkReport>) -> Vec<LinkReport> {
        explained::explain(&mut links, ground());
        links
    }

    #[test]
    fn a_credential_that_was_seen_to_be_wrong_is_not_waited_for() {
        let mut known = Known::on(ground());
        assert!(!known.is_final(&token()));
        known.learn(&credential(Fail));
        assert!(known.is_final(&token()));
        let links = explained(vec![token(), credential(Fail)]);
        assert!(!links[0].still_healing && links[0].findings[0].heals_within_seconds.is_none());
        assert!(links[0].findings[0].fix[0].starts_with("# see credential: "));
        assert_eq!(first_cause(&links), Some("credential"));
    }

    #[test]
    fn one_that_was_seen_to_be_right_is_and_one_that_nobody_may_see_is_named() {
        for (outcome, says) in [
            (Pass, "seen to be right"),
            (Unknown, "could not be looked at"),
        ] {
            let links = explained(vec![credential(outcome), token()]);
            let other = &links[1].explained_by[0];
            assert!(other.says.contains(says) && !other.certain, "{outcome:?}");
            assert!(links[1].still_healing);
            assert_eq!(first_cause(&links), Some("token"));
        }
    }

    #[test]
    fn a_cause_that_heals_does_not_make_what_it_explains_final() {
        let mut deployed = link(
            "deployed",
            Fail,
            "connectivity-deployed.deploying",
            json!({"configuration": "/c"}),
        );
        deployed.findings[0].heals_within_seconds = Some(1200);
        let mut effective = link(
            "effective",
            Fail,
            "connectivity-effective.not-effective",
            json!({"configuration": "/C", "virtual-network": "/n"}),
        );
        effective.findings[0].heals_within_seconds = Some(1200);
        effective.still_healing = true;
        let links = explained(vec![effective, deployed]);
        assert!(links[0].still_healing && links[0].explained_by[0].certain);
        assert_eq!(first_cause(&links), Some("deployed"));
    }

    #[test]
    fn links_of_other_things_explain_nothing() {
        let of = json!({"application": "0ccccccc-cccc-cccc-cccc-cccccccccccc"});
        let other = LinkReport {
            parameters: of,
            ..credential(Fail)
        };
        let links = explained(vec![other, token()]);
        assert!(links[1].explained_by.is_empty() && links[1].still_healing);
    }

    #[test]
    fn a_warning_may_be_why_and_leaves_the_red_link_first() {
        let network = json!({"virtual-network": "/subscriptions/A/virtualNetworks/home"});
        let crowded = link(
            "effective",
            Warning,
            "connectivity-effective.many-connected-groups",
            network,
        );
        let vault = json!({"vault": "https://kv.vault.azure.net"});
        let mut secret = link("secret", Fail, "secret-readable.unreachable", vault);
        secret.at = Some("app".to_owned());
        let links = explained(vec![crowded, secret]);
        assert!(!links[1].explained_by[0].certain);
        assert_eq!(first_cause(&links), Some("secret"));
    }

    #[test]
    fn links_that_explain_each_other_leave_the_order_of_the_file() {
        let mut one = token();
        let mut two = token();
        two.id = "two".to_owned();
        let by = |link: &str| Explanation {
            link: link.to_owned(),
            says: String::new(),
            certain: true,
        };
        one.explained_by = vec![by("two")];
        two.explained_by = vec![by("token")];
        assert_eq!(first_cause(&[one, two]), Some("token"));
    }

    #[test]
    fn concluding_twice_says_the_same() {
        let once = explained(vec![token(), credential(Fail)]);
        assert_eq!(explained(once.clone()), once);
    }

    #[test]
    fn a_look_up_costs_the_same_in_a_long_chain() {
        let mut known = Known::on(ground());
        for at in 0..2_000 {
            let mut credential = credential(Fail);
            credential.id = format!("credential-{at}");
            known.learn(&credential);
        }
        assert!(known.said.values().all(|said| said.len() <= MOST + 1));
        assert_eq!(known.explain(&token()).len(), MOST);
    }
}
