//! Is a right that a service does not know one that counts under a condition only?
//!
//! Services refuse a request that does not meet the condition of a role as if there were no role. Where a link that the
//! refused one needs has warned of such a condition at the same resource, that is why: waiting does not help, and giving
//! the role again is refused as existing. Where it needs no link that looked at a role there, those that did count all
//! the same, if every one of them warned.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::outcome::general::CONDITION_NOT_MET;
use crate::outcome::{Finding, LinkReport};

/// What refused links say when there seems to be no role, and by which parameter they name the service.
const REFUSALS: &[(&str, &str)] = &[
    ("blob-readable.no-role", "account"),
    ("secret-readable.no-role", "vault"),
];
const ROLE: &str = "role-assigned";
const WARNING: &str = "role-assigned.conditional";

/// Puts the condition in the place of the missing role.
pub(super) fn blame_conditions(links: &mut [LinkReport]) {
    let explained: Vec<(usize, Finding)> = links
        .iter()
        .enumerate()
        .filter_map(|(at, link)| Some((at, explain(link, links)?)))
        .collect();
    for (at, finding) in explained {
        if let Some(link) = links.get_mut(at) {
            link.findings = vec![finding];
            link.still_healing = false;
        }
    }
}

/// The finding of a refused link, with the condition that refuses it.
fn explain(link: &LinkReport, links: &[LinkReport]) -> Option<Finding> {
    let told = link.findings.first().filter(|_| link.outcome.is_red())?;
    let (_, parameter) = REFUSALS.iter().find(|(code, _)| *code == told.code)?;
    let host = link.parameters.get(parameter).and_then(Value::as_str)?;
    let needed = needed(link, links);
    let looked = |role: &&LinkReport| role.check == ROLE && reaches(role, host);
    let near = needed.iter().copied().any(|own| looked(&own));
    let mut roles: Vec<&LinkReport> = match near {
        true => needed,
        false => links.iter().collect(),
    };
    roles.retain(looked);
    let warning = match near {
        true => roles.into_iter().find_map(warning)?,
        false if roles.iter().all(|role| warning(role).is_some()) => warning(roles.first()?)?,
        false => return None,
    };
    let condition = warning.observed.clone().unwrap_or_default();
    let code = format!("{}.{}", link.check, CONDITION_NOT_MET.id);
    Some(Finding {
        docs: format!("docs/checks.md#{code}"),
        code,
        says: CONDITION_NOT_MET.says.to_owned(),
        expected: Some(format!("{host} meets {condition}")),
        heals_within_seconds: None,
        fix: warning.fix.clone(),
        source: CONDITION_NOT_MET.source.to_owned(),
        ..told.clone()
    })
}

fn warning(link: &LinkReport) -> Option<&Finding> {
    link.findings.iter().find(|finding| finding.code == WARNING)
}

/// Whether the scope of a role is the service of that name, in it, or above any.
fn reaches(role: &LinkReport, host: &str) -> bool {
    let scope = role.parameters.get("scope").and_then(Value::as_str);
    let scope = scope.unwrap_or_default().to_ascii_lowercase();
    let host = host.rsplit("//").next().unwrap_or_default();
    let name = host.split('.').next().unwrap_or_default();
    let is_above = !scope.contains("/providers/");
    is_above || scope.split('/').any(|own| own.eq_ignore_ascii_case(name))
}

/// The links that a link needs, near ones first, through others too.
fn needed<'a>(link: &'a LinkReport, links: &'a [LinkReport]) -> Vec<&'a LinkReport> {
    let by_id: HashMap<&str, &LinkReport> =
        links.iter().map(|own| (own.id.as_str(), own)).collect();
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    let mut open: Vec<&str> = link.needs.iter().map(String::as_str).collect();
    while !open.is_empty() {
        let near: Vec<&LinkReport> = open
            .drain(..)
            .filter(|id| seen.insert(*id))
            .filter_map(|id| by_id.get(id).copied())
            .collect();
        open.extend(
            near.iter()
                .flat_map(|own| own.needs.iter().map(String::as_str)),
        );
        found.extend(near);
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::outcome::Outcome::{Fail, Warning};
    use crate::outcome::link::sample;

    const SCOPE: &str =
        "/subscriptions/b/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/st";

    fn role(scope: &str) -> LinkReport {
        let mut role = sample("role", Fail);
        role.check = ROLE.to_owned();
        role.outcome = Warning;
        role.findings[0].code = WARNING.to_owned();
        role.findings[0].observed = Some("the condition @Resource[x]".to_owned());
        role.findings[0].fix = vec!["az role assignment update".to_owned()];
        role.parameters = json!({"scope": scope});
        role
    }

    fn blob(code: &str) -> LinkReport {
        let mut blob = sample("blob", Fail);
        blob.check = "blob-readable".to_owned();
        blob.needs = vec!["between".to_owned()];
        blob.still_healing = true;
        blob.findings[0].code = code.to_owned();
        blob.findings[0].heals_within_seconds = Some(600);
        blob.parameters = json!({"account": "https://st.blob.core.windows.net"});
        blob
    }

    fn told(scope: &str, code: &str) -> LinkReport {
        let mut between = sample("between", Warning);
        between.needs = vec!["role".to_owned()];
        let mut links = [role(scope), between, blob(code)];
        blame_conditions(&mut links);
        links[2].clone()
    }

    #[test]
    fn a_missing_role_that_a_needed_link_saw_under_a_condition_is_that_condition() {
        let link = told(SCOPE, "blob-readable.no-role");
        let finding = &link.findings[0];
        assert_eq!(finding.code, "blob-readable.condition-not-met");
        assert!(finding.expected.as_ref().unwrap().contains("@Resource[x]"));
        assert_eq!(finding.fix, ["az role assignment update"]);
        assert!(finding.heals_within_seconds.is_none() && !link.still_healing);
    }

    #[test]
    fn without_a_need_every_role_at_the_resource_must_count_under_a_condition() {
        let alone = || {
            let mut blob = blob("blob-readable.no-role");
            blob.needs.clear();
            blob
        };
        let mut links = [role(SCOPE), alone()];
        blame_conditions(&mut links);
        assert_eq!(links[1].findings[0].code, "blob-readable.condition-not-met");
        let mut plain = role(SCOPE);
        (plain.id, plain.outcome) = ("plain".to_owned(), crate::outcome::Outcome::Pass);
        plain.findings.clear();
        let mut links = [role(SCOPE), plain, alone()];
        blame_conditions(&mut links);
        assert_eq!(links[2].findings[0].code, "blob-readable.no-role");
    }

    #[test]
    fn another_refusal_or_another_resource_stays_what_it_was() {
        let other = told(&SCOPE.replace("/st", "/sx"), "blob-readable.no-role");
        assert_eq!(other.findings[0].code, "blob-readable.no-role");
        let refused = told(SCOPE, "blob-readable.network-refused");
        assert_eq!(refused.findings[0].code, "blob-readable.network-refused");
        assert!(refused.still_healing);
    }
}
