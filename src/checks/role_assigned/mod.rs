//! May this principal do what it needs to at this scope?
//!
//! Asks ARM for the role assignments that count for the principal, groups included, and for the role definitions, as the
//! resource tenant's auditor. Every needed action must be granted at the scope or above it. A vault in access-policy mode
//! does not ask roles for its data; its policies are read instead. When something is lacking, the scope's other
//! assignments and the principal's in the whole subscription say what was probably meant.
//!
//! - [`matching`]: patterns, scopes, what a role grants
//! - [`causes`]: why the right is lacking
//! - [`denials`]: deny assignments, which win over every role
//! - [`kin`]: under which other object ids the same workload is known
//! - [`policies`]: what access policies permit, of a vault that asks them instead of roles
//! - [`reading`]: assignments, definitions, groups and policies, read
//! - [`roles`]: why no role grants what is needed · [`warnings`]: what wants attention although one does

mod causes;
mod denials;
mod kin;
mod matching;
mod policies;
mod reading;
mod roles;
#[cfg(test)]
mod tests;
mod warnings;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::denials::Denial;
use self::kin::Kin;
use self::matching::{NarrowRole, Needed, Permissions, reaches};
use self::policies::Policy;
use self::reading::{Decides, fill_roles, list};
use super::Check;
use super::listed::{Listed, given};
use super::wire::{explaining, list_of};
use crate::ask::Ask;
use crate::ids::{ObjectId, ResourceId};
use crate::outcome::{Asks, At, Card, Claim, Input, NoAnswer, Permission, Plane, Reason, Verdict};
use crate::timestamp::Timestamp;

/// The resource type that may ask policies instead of roles.
const VAULTS: &str = "Microsoft.KeyVault/vaults";
/// The principal has the needed rights at the scope.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RoleAssigned {
    /// Object id of the principal: a service principal's own in this tenant, or a managed identity's.
    principal: Input<ObjectId>,
    /// The resource, or anything above it, at which the rights are needed.
    scope: ResourceId,
    /// Actions on settings that are needed, such as `Microsoft.ContainerRegistry/registries/pull/read`.
    actions: Option<Listed<String>>,
    /// Actions on data that are needed, such as `Microsoft.KeyVault/vaults/secrets/getSecret/action`.
    data_actions: Option<Listed<String>>,
}

/// Who may do what.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    /// The principal's assignments, its groups' included; absent when there is no such scope.
    own: Option<Vec<Assignment>>,
    /// The principal's assignments in the whole subscription, looked for when its own do not suffice.
    elsewhere: Vec<Assignment>,
    /// Other service principals' assignments that reach the scope, looked for when the own ones do not suffice.
    others: Vec<Assignment>,
    /// Present when the scope is a vault that asks access policies.
    policies: Option<Vec<Policy>>,
    /// The tenant that such a vault trusts; empty when it does not say.
    #[serde(default)]
    vault_tenant: String,
    /// Groups of the principal, looked for when only a group could have the right.
    groups: Vec<String>,
    /// Other object ids of the same workload, looked for when somebody else has the right.
    #[serde(default)]
    kin: Vec<Kin>,
    /// Deny assignments that take away something needed.
    #[serde(default)]
    denials: Vec<Denial>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Assignment {
    id: String,
    scope: String,
    principal: String,
    principal_type: String,
    /// Under which it counts; empty for an unconditional one.
    #[serde(default)]
    condition: String,
    role: String,
    permissions: Vec<Permissions>,
    /// Whether its role definition could not be read, so that nobody knows what it grants.
    #[serde(default)]
    unread: bool,
}

impl Check for RoleAssigned {
    const CARD: Card = Card {
        id: "role-assigned",
        sentence: "the principal has the rights it needs at the scope",
        about: "Reads the role assignments that count for the principal at the scope, inherited and through groups, and the role \
                definitions behind them. Each needed action and data action must be granted, and no deny assignment may take it away. A vault \
                with access policies is read as such.",
        asks: Asks::Arm("scope"),
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &["actions", "data-actions"],
        homes: &[],
        facts: &[],
        permissions: &[
            Permission::action(
                "Microsoft.Authorization/roleAssignments/read",
                At::Id("scope"),
            ),
            Permission::action(
                "Microsoft.Authorization/roleDefinitions/read",
                At::Id("scope"),
            ),
            Permission::action(
                "Microsoft.Authorization/denyAssignments/read",
                At::Id("scope"),
            ),
            Permission::action("Microsoft.KeyVault/vaults/read", At::IdOf("scope", VAULTS)),
            Permission::graph("Application.Read.All")
                .sometimes("when a group that has the right may hold the principal"),
            // Whether the resource is there, rights given elsewhere, other object ids of the workload.
            Permission::of_type("read", At::Id("scope")).explains(),
            Permission::action(
                "Microsoft.Authorization/roleAssignments/read",
                At::SubscriptionOf("scope"),
            )
            .explains(),
            Permission::graph("Application.Read.All")
                .at(At::Directories)
                .explains(),
            Permission::action(
                "Microsoft.ManagedIdentity/userAssignedIdentities/read",
                At::Named("Microsoft.ManagedIdentity/userAssignedIdentities"),
            )
            .explains(),
        ],
        causes: causes::CAUSES,
        warnings: causes::WARNINGS,
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let (Some(mut own), with_groups) = self.own_assignments(ask).await? else {
            return Ok(Seen::default());
        };
        let mut seen = Seen::default();
        match self.decides(ask).await? {
            Decides::ByRoles => {}
            Decides::ByPolicies { policies, tenant } => {
                (seen.policies, seen.vault_tenant) = (Some(policies), tenant);
            }
            Decides::Gone => return Ok(seen),
        }
        fill_roles(ask, &self.scope, &mut own).await?;
        seen.own = Some(own);
        if self.lacking(&seen).is_empty() {
            self.read_denials(ask, &mut seen).await?;
            return Ok(seen);
        }
        self.all_read(ask, &seen)?;
        let at_scope = list(ask, &self.scope, "atScope()").await;
        seen.others = explaining(at_scope).unwrap_or_default();
        if let Some(subscription) = self.scope.subscription() {
            let whole = format!("/subscriptions/{subscription}")
                .parse::<ResourceId>()
                .map_err(NoAnswer::Unusable)?;
            let of_principal = format!("principalId eq '{}'", *self.principal);
            seen.elsewhere = explaining(list(ask, &whole, &of_principal).await).unwrap_or_default();
        }
        seen.elsewhere
            .retain(|assignment| !reaches(&assignment.scope, self.scope.as_str()));
        seen.others.retain(|assignment| {
            !assignment
                .principal
                .eq_ignore_ascii_case(self.principal.as_str())
        });
        // Both only explain; a definition that may not be read explains nothing.
        for list in [&mut seen.others, &mut seen.elsewhere] {
            if fill_roles(ask, &self.scope, list).await.is_err() {
                list.clear();
            }
        }
        self.look_through_groups(ask, &mut seen, with_groups)
            .await?;
        if self.others_may(&seen) {
            seen.kin = self.kin(ask).await;
        }
        Ok(seen)
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let Some(own) = &seen.own else {
            return Reason::new("scope-missing")
                .expected(&self.scope)
                .observed("no such resource")
                .into();
        };
        let lacking = self.lacking(seen);
        if lacking.is_empty() {
            return match self.denied(seen) {
                Some(reason) => reason.into(),
                None => Verdict::holds_but(self.warnings(seen, own)),
            };
        }
        let missing = list_of(lacking.iter().map(|needed| needed.name()));
        let policy_data: Vec<Needed<'_>> = lacking
            .iter()
            .copied()
            .filter(|needed| self.asks_policies(seen, *needed))
            .collect();
        let reason = match policy_data.first() {
            Some(needed) => self.lacking_policy(seen, own, *needed),
            None => self.lacking_role(seen, own, &lacking),
        };
        let role = NarrowRole::for_all(&self.needed()).map_or("", |role| role.name);
        let known = reason.values.contains_key("role");
        let reason = if known || role.is_empty() {
            reason
        } else {
            reason.with("role", role)
        };
        reason
            .expected(missing.clone())
            .with("missing", missing)
            .into()
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(
            Self::CARD.id,
            None,
            format!("{} {}", *self.principal, self.scope),
        )]
    }
}

impl RoleAssigned {
    fn needed(&self) -> Vec<Needed<'_>> {
        let control = given(self.actions.as_ref())
            .iter()
            .map(|action| Needed::Control(action));
        control
            .chain(
                given(self.data_actions.as_ref())
                    .iter()
                    .map(|action| Needed::Data(action)),
            )
            .collect()
    }

    /// What is needed and not granted.
    fn lacking(&self, seen: &Seen) -> Vec<Needed<'_>> {
        let own = seen.own.as_deref().unwrap_or_default();
        let granted = |needed: Needed<'_>| match seen
            .policies
            .as_deref()
            .filter(|_| self.asks_policies(seen, needed))
        {
            Some(policies) => policies
                .iter()
                .any(|policy| self.is_mine(seen, policy) && policy.permits(needed.name())),
            None => own
                .iter()
                .any(|assignment| self.counts(assignment) && assignment.grants(needed)),
        };
        self.needed()
            .into_iter()
            .filter(|needed| !granted(*needed))
            .collect()
    }

    /// Whether somebody else has what the principal lacks.
    fn others_may(&self, seen: &Seen) -> bool {
        let lacking = self.lacking(seen);
        let by_policy = seen.policies.iter().flatten().any(|policy| {
            !self.names_me(seen, policy) && lacking.iter().any(|own| policy.permits(own.name()))
        });
        !lacking.is_empty() && (by_policy || !self.holders(seen, &lacking).is_empty())
    }

    fn counts(&self, assignment: &Assignment) -> bool {
        reaches(&assignment.scope, self.scope.as_str())
    }
}

impl Assignment {
    fn grants(&self, needed: Needed<'_>) -> bool {
        self.permissions.iter().any(|item| item.grant(needed))
    }

    fn grants_all(&self, needed: &[Needed<'_>]) -> bool {
        needed.iter().all(|needed| self.grants(*needed))
    }
}

/// The vault that a scope is, or lies in.
fn vault_of(scope: &ResourceId) -> Option<ResourceId> {
    let mut id = scope.clone();
    while !id.is_a(VAULTS) {
        id = id.parent()?;
    }
    Some(id)
}
