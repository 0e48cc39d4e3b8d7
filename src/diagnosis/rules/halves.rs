//! Which half of a connection across tenants knows why it does not stand?
//!
//! A network manager and a scope of another tenant are connected by two objects, one in each tenant, and both show one
//! state. While one of them is missing or names something else, the other shows no more than that it waits; who reads
//! both tenants should hear of the half that is wrong (PITFALLS A01-A03, A07).

use super::{Rule, Source};
use crate::diagnosis::ground::Ground;
use crate::diagnosis::keys::{folded, text};
use crate::outcome::LinkReport;

const SAYS: &str = "it looks at the other half, which is wrong";

pub(super) const RULES: &[Rule] = &[
    Rule {
        symptoms: &[
            "network-manager-connection-connected.pending",
            "network-manager-connection-connected.revoked",
        ],
        source: Source::Red(&[
            "scope-connection-connected.missing",
            "scope-connection-connected.other-tenant",
            "scope-connection-connected.other-scope",
            "scope-connection-connected.unknown-state",
        ]),
        of: connection,
        by: connection,
        says: SAYS,
    },
    Rule {
        symptoms: &[
            "scope-connection-connected.conflict",
            "scope-connection-connected.pending",
            "scope-connection-connected.rejected",
            "scope-connection-connected.revoked",
        ],
        source: Source::Red(&[
            "network-manager-connection-connected.missing",
            "network-manager-connection-connected.subscription-elsewhere",
            "network-manager-connection-connected.other-manager",
            "network-manager-connection-connected.conflict",
            "network-manager-connection-connected.other-agreement",
            "network-manager-connection-connected.conflict-unexplained",
            "network-manager-connection-connected.rejected",
            "network-manager-connection-connected.unknown-state",
        ]),
        of: connection,
        by: connection,
        says: SAYS,
    },
];

/// The scope that the manager's object names, in which the member's object lies.
fn connection(link: &LinkReport, _: &Ground) -> Vec<String> {
    let member = text(link, "network-manager-connection").map(folded);
    let around = member
        .as_deref()
        .and_then(|id| id.rsplit_once("/providers/"));
    let around = around.map(|(scope, _)| scope.to_owned());
    let named = text(link, "scope").map(folded);
    around.or(named).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::diagnosis::{explained, first_cause};
    use crate::outcome::Outcome::Fail;
    use crate::outcome::link::sample;

    fn red(id: &str, check: &str, cause: &str, parameters: Value) -> LinkReport {
        let mut link = sample(id, Fail);
        link.findings[0].code = format!("{check}.{cause}");
        LinkReport {
            check: check.to_owned(),
            parameters,
            ..link
        }
    }

    fn offer(cause: &str) -> LinkReport {
        let scope = json!({"scope": "/subscriptions/B"});
        red("offer", "scope-connection-connected", cause, scope)
    }

    fn agreement(cause: &str, subscription: &str) -> LinkReport {
        let id = format!("/subscriptions/{subscription}/providers/x/networkManagerConnections/c");
        let id = json!({"network-manager-connection": id});
        red(
            "agreement",
            "network-manager-connection-connected",
            cause,
            id,
        )
    }

    fn first(mut links: [LinkReport; 2]) -> (Option<String>, [LinkReport; 2]) {
        explained::explain(&mut links, Ground::default());
        (first_cause(&links).map(str::to_owned), links)
    }

    #[test]
    fn the_half_that_is_wrong_leads_and_not_the_one_that_waits() {
        let told = |links| first(links).0;
        let links = [offer("pending"), agreement("missing", "b")];
        assert_eq!(told(links).as_deref(), Some("agreement"));
        let links = [agreement("pending", "b"), offer("other-scope")];
        assert_eq!(told(links).as_deref(), Some("offer"));
        let links = [offer("missing"), agreement("pending", "b")];
        assert_eq!(told(links).as_deref(), Some("offer"));
    }

    #[test]
    fn a_half_that_waits_for_a_wrong_one_has_no_commands_of_its_own() {
        let given = [offer("pending"), agreement("missing", "b")];
        let theirs = given[1].findings[0].fix.clone();
        let (_, links) = first(given);
        assert_eq!(links[0].findings[0].fix.len(), 1);
        assert!(links[0].findings[0].fix[0].starts_with("# see agreement:"));
        assert_eq!(links[1].findings[0].fix, theirs);
    }

    #[test]
    fn halves_that_both_wait_or_of_another_connection_leave_the_order_of_the_file() {
        let links = [offer("pending"), agreement("pending", "b")];
        assert_eq!(first(links).0.as_deref(), Some("offer"));
        let links = [offer("pending"), agreement("missing", "bb")];
        assert_eq!(first(links).0.as_deref(), Some("offer"));
    }
}
