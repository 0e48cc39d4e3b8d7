//! Which half of a connection across tenants knows why it does not stand?
//!
//! A network manager and a scope of another tenant are connected by two objects, one in each tenant, and both show one
//! state. While one of them is missing or names something else, the other shows no more than that it waits; who reads
//! both tenants should hear of the half that is wrong (PITFALLS A01-A03, A07).

use serde_json::Value;

use crate::outcome::LinkReport;

const MANAGERS_HALF: &str = "scope-connection-connected";
const MEMBERS_HALF: &str = "network-manager-connection-connected";

/// Codes that only tell that something is wrong with the other half, and the check that looks at that.
const WAITING: &[(&str, &str)] = &[
    (
        "network-manager-connection-connected.pending",
        MANAGERS_HALF,
    ),
    (
        "network-manager-connection-connected.revoked",
        MANAGERS_HALF,
    ),
    ("scope-connection-connected.conflict", MEMBERS_HALF),
    ("scope-connection-connected.pending", MEMBERS_HALF),
    ("scope-connection-connected.rejected", MEMBERS_HALF),
    ("scope-connection-connected.revoked", MEMBERS_HALF),
];

/// The red link that looks at the other half of the same connection, when `link` only waits for that one.
pub(super) fn other_half<'a>(
    link: &LinkReport,
    mut red: impl Iterator<Item = &'a LinkReport>,
) -> Option<&'a LinkReport> {
    let check = waits_for(link)?;
    red.find(|other| {
        other.check == check && is_same_connection(link, other) && waits_for(other).is_none()
    })
}

/// Takes the commands from halves that only wait for one that is wrong: typed beside that one's, they would make a second
/// object for the same half.
pub(super) fn defer(links: &mut [LinkReport]) {
    let yields: Vec<(usize, String)> = links
        .iter()
        .enumerate()
        .filter(|(_, link)| link.outcome.is_red())
        .filter_map(|(at, link)| {
            let red = links.iter().filter(|other| other.outcome.is_red());
            Some((at, other_half(link, red)?.id.clone()))
        })
        .collect();
    for (at, other) in yields {
        if let Some(finding) = links[at].findings.first_mut() {
            finding.fix = vec![format!(
                "# see {other}: it looks at the other half, which is wrong"
            )];
        }
    }
}

/// The check that knows why.
fn waits_for(link: &LinkReport) -> Option<&'static str> {
    let code = &link.findings.first()?.code;
    let row = WAITING.iter().find(|(own, _)| own == code)?;
    Some(row.1)
}

/// Whether the member's object lies in the scope that the manager's object names.
fn is_same_connection(one: &LinkReport, other: &LinkReport) -> bool {
    let parameter = |name: &str| {
        let mut links = [one, other].into_iter();
        let found = links.find_map(|link| link.parameters.get(name).and_then(Value::as_str));
        found.unwrap_or_default().to_ascii_lowercase()
    };
    let scope = format!("{}/", parameter("scope").trim_end_matches('/'));
    parameter("network-manager-connection").starts_with(&scope)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::diagnosis::first_cause;
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
        red("offer", MANAGERS_HALF, cause, scope)
    }

    fn agreement(cause: &str, subscription: &str) -> LinkReport {
        let id = format!("/subscriptions/{subscription}/providers/x/networkManagerConnections/c");
        let id = json!({"network-manager-connection": id});
        red("agreement", MEMBERS_HALF, cause, id)
    }

    #[test]
    fn the_half_that_is_wrong_leads_and_not_the_one_that_waits() {
        let links = [offer("pending"), agreement("missing", "b")];
        assert_eq!(first_cause(&links), Some("agreement"));
        let links = [agreement("pending", "b"), offer("other-scope")];
        assert_eq!(first_cause(&links), Some("offer"));
        let links = [offer("missing"), agreement("pending", "b")];
        assert_eq!(first_cause(&links), Some("offer"));
    }

    #[test]
    fn a_half_that_waits_for_a_wrong_one_has_no_commands_of_its_own() {
        let mut links = [offer("pending"), agreement("missing", "b")];
        let theirs = links[1].findings[0].fix.clone();
        defer(&mut links);
        assert_eq!(links[0].findings[0].fix.len(), 1);
        assert!(links[0].findings[0].fix[0].starts_with("# see agreement:"));
        assert_eq!(links[1].findings[0].fix, theirs);
    }

    #[test]
    fn halves_that_both_wait_or_of_another_connection_leave_the_order_of_the_file() {
        let links = [offer("pending"), agreement("pending", "b")];
        assert_eq!(first_cause(&links), Some("offer"));
        let links = [offer("pending"), agreement("missing", "bb")];
        assert_eq!(first_cause(&links), Some("offer"));
    }
}
