//! Why does no role of the principal grant what is needed? (PITFALLS C21-C24)
//!
//! What was probably meant is told: the right role at another scope, a role of the wrong kind, the right given to
//! another object id of the same workload, or to a group that the principal is not in.

use super::matching::{Needed, READ_METADATA, SECRETS, covers};
use super::{Assignment, RoleAssigned, Seen};
use crate::ask::Ask;
use crate::checks::wire::list_of;
use crate::outcome::{NoAnswer, Reason, Refusal};

impl RoleAssigned {
    /// Every role that counts must be known before anybody says that it does not suffice.
    pub(super) fn all_read(&self, ask: &Ask, seen: &Seen) -> Result<(), NoAnswer> {
        let counting = seen.own.iter().flatten().filter(|own| self.counts(own));
        let Some(unread) = counting.into_iter().find(|own| own.unread) else {
            return Ok(());
        };
        Err(NoAnswer::Forbidden(Refusal {
            status: 404,
            codes: vec!["RoleDefinitionDoesNotExist".to_owned()],
            message: format!(
                "what the role {} of the assignment {} grants is not known",
                unread.role, unread.id
            ),
            host: ask.cloud().arm_host.to_owned(),
            ..Refusal::default()
        }))
    }

    /// Other service principals that may do all of this at the scope. A person's or a group's right is its own affair.
    pub(super) fn holders<'s>(
        &self,
        seen: &'s Seen,
        lacking: &[Needed<'_>],
    ) -> Vec<&'s Assignment> {
        let is_service =
            |kind: &str| kind.is_empty() || kind.eq_ignore_ascii_case("ServicePrincipal");
        let others = seen.others.iter();
        others
            .filter(|other| self.counts(other) && is_service(&other.principal_type))
            .filter(|other| other.grants_all(lacking))
            .collect()
    }

    /// The most telling reason why the principal's roles do not grant this.
    pub(super) fn lacking_role(
        &self,
        seen: &Seen,
        own: &[Assignment],
        lacking: &[Needed<'_>],
    ) -> Reason {
        let counting: Vec<&Assignment> = own
            .iter()
            .filter(|assignment| self.counts(assignment))
            .collect();
        let below = own
            .iter()
            .filter(|assignment| !self.counts(assignment))
            .chain(&seen.elsewhere);
        if let Some(elsewhere) = below
            .filter(|assignment| assignment.grants_all(lacking))
            .min_by_key(|assignment| assignment.scope.len())
        {
            return Reason::new("assigned-elsewhere")
                .observed(format!("{} at {}", elsewhere.role, elsewhere.scope))
                .with("other-scope", &elsewhere.scope)
                .with("role", &elsewhere.role);
        }
        let held = || {
            list_of(
                counting
                    .iter()
                    .map(|assignment| format!("{} at {}", assignment.role, assignment.scope)),
            )
        };
        let data_lacking = lacking
            .iter()
            .any(|needed| matches!(needed, Needed::Data(_)));
        let subtracted = |assignment: &&&Assignment| {
            let items = assignment.permissions.iter();
            items
                .clone()
                .any(|item| lacking.iter().any(|needed| item.subtracts(*needed)))
        };
        if !counting.is_empty() && data_lacking && !counting.iter().any(|own| subtracted(&own)) {
            let of_secrets = |needed: &Needed<'_>| covers(SECRETS, needed.name());
            let reads_metadata = |own: &&Assignment| own.grants(Needed::Data(READ_METADATA));
            if lacking.iter().any(of_secrets) && counting.iter().any(reads_metadata) {
                return Reason::new("metadata-only").observed(held());
            }
            let grants_data = |assignment: &&Assignment| {
                assignment
                    .permissions
                    .iter()
                    .any(|item| !item.data_actions.is_empty())
            };
            if !counting.iter().any(grants_data) {
                return Reason::new("control-plane-only").observed(held());
            }
        }
        if !counting.is_empty() {
            return Reason::new("role-lacks-actions").observed(held());
        }
        let holders = self.holders(seen, lacking);
        let kin = holders
            .iter()
            .find_map(|other| Some((other, seen.kin.iter().find(|kin| kin.is(&other.principal))?)));
        match kin {
            Some((other, kin)) => Reason::new("given-to-another")
                .observed(format!(
                    "{} has {} at {}",
                    other.principal, other.role, other.scope
                ))
                .with("other-principal", &other.principal)
                .with("relation", &kin.relation)
                .with("role", &other.role),
            None => self.not_assigned(seen, lacking, &holders),
        }
    }

    /// Nothing at all was given to the principal: others that have the right, groups first.
    fn not_assigned(&self, seen: &Seen, lacking: &[Needed<'_>], holders: &[&Assignment]) -> Reason {
        let is_group = |other: &&Assignment| other.principal_type.eq_ignore_ascii_case("Group");
        let others = seen.others.iter().filter(|other| self.counts(other));
        let groups: Vec<&String> = others
            .filter(is_group)
            .filter(|other| other.grants_all(lacking))
            .map(|group| &group.principal)
            .collect();
        let mut observed = vec!["no assignment".to_owned()];
        if !groups.is_empty() {
            let groups = list_of(&groups);
            observed.push(format!(
                "groups that have it without the principal: {groups}"
            ));
        }
        if !holders.is_empty() {
            let others = list_of(holders.iter().map(|other| &other.principal));
            observed.push(format!("others that have the right here: {others}"));
        }
        let reason = Reason::new("not-assigned").observed(observed.join("; "));
        match groups.first() {
            Some(group) => reason.with("holding-group", group),
            None => reason,
        }
    }
}
