//! Does a deny assignment take away what the roles grant? It wins over every role assignment.
//!
//! It counts at its scope and, unless `doNotApplyToChildScopes`, below; for its `principals`, groups included, of whom
//! the empty GUID is everybody; not for its `excludePrincipals`. Its permissions subtract as those of roles do. A
//! reader that may not list them does not know whether the rights count: the link is unknown. Source: MicrosoftDocs/azure-docs,
//! `role-based-access-control/deny-assignments.md`.

use serde::{Deserialize, Serialize};

use super::matching::{Needed, Permissions, reaches};
use super::reading::groups_of;
use super::{RoleAssigned, Seen};
use crate::ask::Ask;
use crate::checks::wire::{Resource, lenient, same_id};
use crate::outcome::{NoAnswer, Reason};

/// Below any scope: its deny assignments.
const DENY_ASSIGNMENTS: &str = "providers/Microsoft.Authorization/denyAssignments";
/// The system-defined principal: everybody.
const EVERYBODY: &str = "00000000-0000-0000-0000-000000000000";

/// A deny assignment that takes away something that is needed here.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Denial {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) scope: String,
    /// `doNotApplyToChildScopes`.
    pub(super) only_here: bool,
    pub(super) principals: Vec<Whom>,
    pub(super) excluded: Vec<Whom>,
    pub(super) permissions: Vec<Permissions>,
}

/// Whom a deny assignment names.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Whom {
    #[serde(deserialize_with = "lenient")]
    pub(super) id: String,
    #[serde(rename = "type", deserialize_with = "lenient")]
    pub(super) kind: String,
}

impl RoleAssigned {
    /// Reads the deny assignments that take away something needed, and the principal's groups where they decide.
    pub(super) async fn read_denials(&self, ask: &Ask, seen: &mut Seen) -> Result<(), NoAnswer> {
        let by_role = |needed: &Needed<'_>| !self.asks_policies(seen, *needed);
        if !self.needed().iter().any(by_role) {
            return Ok(());
        }
        let listed = ask
            .arm_list::<Resource<DenialProperties>>(
                &self.scope.child(DENY_ASSIGNMENTS),
                &[("$filter", "atScope()")],
            )
            .await;
        let denials = listed?.unwrap_or_default().into_iter().map(Denial::from);
        seen.denials = denials
            .filter(|denial| self.takes(seen, denial).is_some())
            .collect();
        let by_group = seen.denials.iter().any(Denial::names_a_group);
        if by_group && seen.groups.is_empty() {
            seen.groups = groups_of(ask, &self.principal).await?;
        }
        Ok(())
    }

    /// Why what the roles grant does not count.
    pub(super) fn denied(&self, seen: &Seen) -> Option<Reason> {
        let concerning = |denial: &&Denial| self.concerns(seen, denial);
        let denial = seen.denials.iter().find(concerning)?;
        let action = self.takes(seen, denial)?;
        Some(
            Reason::new("denied")
                .expected(&action)
                .observed(format!("{} at {}", denial.id, denial.scope))
                .with("missing", action)
                .with("deny-assignment", &denial.id)
                .with("deny-name", &denial.name),
        )
    }

    /// The needed action that a deny assignment takes away at the scope. Vaults that ask access policies ask no deny
    /// assignments for their data.
    fn takes(&self, seen: &Seen, denial: &Denial) -> Option<String> {
        let reaches_here = if denial.only_here {
            same_id(&self.scope, &denial.scope)
        } else {
            reaches(&denial.scope, self.scope.as_str())
        };
        let by_role = self.needed().into_iter();
        by_role
            .filter(|needed| reaches_here && !self.asks_policies(seen, *needed))
            .find(|needed| denial.permissions.iter().any(|item| item.grant(*needed)))
            .map(|needed| needed.name().to_owned())
    }

    fn concerns(&self, seen: &Seen, denial: &Denial) -> bool {
        let is_me = |whom: &Whom| {
            let own = |id: &str| id.eq_ignore_ascii_case(&whom.id);
            own(self.principal.as_str()) || seen.groups.iter().any(|group| own(group))
        };
        let is_named = |whom: &Whom| whom.id == EVERYBODY || is_me(whom);
        denial.principals.iter().any(is_named) && !denial.excluded.iter().any(is_me)
    }
}

impl Denial {
    fn names_a_group(&self) -> bool {
        let mut named = self.principals.iter().chain(&self.excluded);
        named.any(|whom| whom.kind.eq_ignore_ascii_case("Group"))
    }
}

impl From<Resource<DenialProperties>> for Denial {
    fn from(read: Resource<DenialProperties>) -> Self {
        let own = read.properties;
        Self {
            id: read.id,
            name: own.deny_assignment_name,
            scope: own.scope,
            only_here: own.do_not_apply_to_child_scopes.unwrap_or(false),
            principals: own.principals,
            excluded: own.exclude_principals,
            permissions: own.permissions,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DenialProperties {
    #[serde(deserialize_with = "lenient")]
    deny_assignment_name: String,
    #[serde(deserialize_with = "lenient")]
    scope: String,
    do_not_apply_to_child_scopes: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    principals: Vec<Whom>,
    #[serde(deserialize_with = "lenient")]
    exclude_principals: Vec<Whom>,
    #[serde(deserialize_with = "lenient")]
    permissions: Vec<Permissions>,
}
