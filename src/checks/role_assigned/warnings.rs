//! What wants attention although the principal has every right: a condition that nobody evaluates here, and more than is
//! needed.

use super::matching::{NarrowRole, Needed};
use super::{Assignment, RoleAssigned, Seen};
use crate::checks::wire::same_id;
use crate::outcome::Reason;

impl RoleAssigned {
    /// What wants attention although every right is there.
    pub(super) fn warnings(&self, seen: &Seen, own: &[Assignment]) -> Vec<Reason> {
        let by_role: Vec<Needed<'_>> = self
            .needed()
            .into_iter()
            .filter(|needed| !self.asks_policies(seen, *needed))
            .collect();
        let counting: Vec<&Assignment> = own
            .iter()
            .filter(|assignment| self.counts(assignment))
            .collect();
        let mut warnings = Vec::new();
        let conditions = by_role.iter();
        warnings.extend(
            conditions
                .filter_map(|needed| conditional(&counting, *needed))
                .next(),
        );
        if let Some(narrow) = NarrowRole::for_all(&by_role).filter(|_| !by_role.is_empty()) {
            let granting = counting
                .iter()
                .filter(|assignment| by_role.iter().any(|needed| assignment.grants(*needed)));
            if let Some(wide) = granting
                .clone()
                .find(|assignment| narrow.is_exceeded_by(&assignment.permissions, &by_role))
            {
                // Only what was given to this principal at this very scope is sure to be for nothing else.
                let exact = wide.principal.eq_ignore_ascii_case(self.principal.as_str())
                    && same_id(&self.scope, &wide.scope);
                let cause = if exact {
                    "more-than-needed"
                } else {
                    "more-than-needed-inherited"
                };
                warnings.push(
                    Reason::new(cause)
                        .expected(narrow.name)
                        .observed(format!("{} at {}", wide.role, wide.scope))
                        .with("held-role", &wide.role)
                        .with("held-scope", &wide.scope)
                        .with("holder", &wide.principal)
                        .with("role", narrow.name)
                        .with("assignment", &wide.id),
                );
            }
        }
        warnings
    }
}

/// The condition that every assignment granting this has.
fn conditional(counting: &[&Assignment], needed: Needed<'_>) -> Option<Reason> {
    let mut granting = counting.iter().filter(|own| own.grants(needed));
    let first = granting.next()?;
    if first.condition.is_empty() || granting.any(|own| own.condition.is_empty()) {
        return None;
    }
    Some(
        Reason::new("conditional")
            .expected("an unconditional right")
            .observed(format!("the condition {}", first.condition))
            .with("held-role", &first.role)
            .with("held-scope", &first.scope)
            .with("assignment-query", format!("[?id=='{}'] | [0]", first.id))
            .with(
                "unconditional-query",
                format!(
                    "[?id=='{}'] | [0] | merge(@, {{condition: `null`, conditionVersion: `null`}})",
                    first.id
                ),
            ),
    )
}
