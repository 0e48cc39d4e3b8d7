//! What is told of a cause: its sentence and commands with their values, whose turn it is, where it is documented.

use std::collections::BTreeMap;

use super::Ground;
use crate::engine::typists::typed_as;
use crate::engine::words::{self, Values};
use crate::outcome::general::OF_EVERY_CHECK;
use crate::outcome::{Card, Cause, Finding, Owner, Reason, TenantRef};

/// What is told of a cause.
pub(in crate::engine) fn finding(
    card: &Card,
    cause: &Cause,
    reason: &Reason,
    ground: &dyn Ground,
) -> Finding {
    let owner = owner(cause.owner, reason, ground);
    let values = FindingValues {
        values: &reason.values,
        owner: owner.as_ref(),
        ground,
    };
    Finding {
        code: format!("{}.{}", card.id, cause.id),
        says: words::sentence(cause.says, &values),
        expected: reason.expected.clone(),
        observed: reason.observed.clone(),
        heals_within_seconds: cause.heals.bound().map(|bound| bound.as_secs()),
        fix: typed_as(words::commands(cause.fix, &values), owner.as_ref(), ground),
        docs: anchor(card, cause.id),
        source: cause.source.to_owned(),
        owner,
    }
}

/// Where a cause is documented.
pub fn anchor(card: &Card, cause: &str) -> String {
    let is_of_every = OF_EVERY_CHECK.iter().any(|own| own.id == cause);
    if is_of_every && card.cause(cause).is_none() {
        // It says the same of every check, and stands there once.
        return format!("docs/checks.md#{cause}");
    }
    format!("docs/checks.md#{}.{cause}", card.id)
}

/// The tenant whose administrator must act.
fn owner(owner: Owner, reason: &Reason, ground: &dyn Ground) -> Option<TenantRef> {
    let text = |name: &str| {
        reason
            .values
            .get(name)
            .cloned()
            .or_else(|| ground.value(name))
    };
    match owner {
        Owner::Asked => ground.asked(),
        Owner::Of(name) => text(name)?
            .parse()
            .ok()
            .and_then(|id| ground.tenant_of(&id)),
        Owner::Tenant(name) => text(name)?.parse().ok().map(|id| ground.named(id)),
        Owner::HomeOf(name) => text(name)?
            .parse()
            .ok()
            .and_then(|application| ground.home_of(&application)),
    }
}

/// The values of one finding: what the judgement gave, then what the link knows.
struct FindingValues<'a> {
    values: &'a BTreeMap<String, String>,
    owner: Option<&'a TenantRef>,
    ground: &'a dyn Ground,
}

impl Values for FindingValues<'_> {
    fn value(&self, name: &str) -> Option<String> {
        match name {
            "owner" => self.owner.map(|owner| owner.id.to_string()),
            "tenant" => self.ground.asked().map(|tenant| tenant.id.to_string()),
            "tenant-name" => self.ground.asked().map(|tenant| tenant.name),
            "workload-home" => {
                let application = self.ground.value("workload-application")?.parse().ok()?;
                self.ground.home_of(&application).map(|home| home.name)
            }
            _ => self
                .values
                .get(name)
                .cloned()
                .or_else(|| self.ground.value(name)),
        }
    }
}
