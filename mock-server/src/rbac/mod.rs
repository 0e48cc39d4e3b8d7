//! May this caller do this there? Azure role-based access control, asked on every call.
//!
//! - [`assignment`] which role assignments count at a scope, and for whom
//! - [`definition`] what a role grants; [`built_in`] the roles that Microsoft defines
//! - [`condition`] the one form of condition that is evaluated
//! - [`wildcard`] patterns of actions
//!
//! Nothing here knows of requests. Access policies of vaults are Key Vault's own business.

pub mod assignment;
pub mod built_in;
pub mod condition;
pub mod definition;
pub mod wildcard;

#[cfg(test)]
mod tests;

use crate::auth::Caller;
use crate::ids::ResourceId;
use crate::store::State;

/// Which half of a role definition is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    /// `actions` and `notActions`.
    Control,
    /// `dataActions` and `notDataActions`.
    Data,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// No assignment grants it.
    Denied,
    /// This one does.
    Granted {
        /// Id of the role assignment.
        assignment: String,
    },
}

impl Decision {
    /// Is it granted?
    pub fn is_granted(&self) -> bool {
        matches!(self, Self::Granted { .. })
    }
}

/// Whether the caller may do `action` at `scope`: some assignment at or above the scope, held by the caller or by a group
/// that it is in, of a role that grants the action, without a condition or with one that holds.
///
/// A caller of another tenant than the scope's is denied whatever its object id.
pub fn allowed(
    state: &State,
    caller: &Caller,
    action: &str,
    scope: &str,
    plane: Plane,
) -> Decision {
    if !same_tenant(state, caller, scope) {
        return Decision::Denied;
    }
    let holders = assignment::holders(state, &caller.object_id);
    let grants = |held: &assignment::Assignment<'_>| {
        holders.contains(&held.principal().to_ascii_lowercase())
            && held
                .definition(state)
                .is_some_and(|role| role.grants(plane, action))
            && held
                .condition()
                .is_none_or(|condition| condition::holds(condition, action, scope))
    };
    match assignment::at_or_above(state, scope)
        .into_iter()
        .find(grants)
    {
        Some(found) => Decision::Granted {
            assignment: found.resource.id.clone(),
        },
        None => Decision::Denied,
    }
}

fn same_tenant(state: &State, caller: &Caller, scope: &str) -> bool {
    let subscription = ResourceId::parse(scope).ok().and_then(|id| id.subscription);
    subscription
        .is_none_or(|it| state.tenant_of_subscription(&it) == Some(caller.tenant_id.as_str()))
}
