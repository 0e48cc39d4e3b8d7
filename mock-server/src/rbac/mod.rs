//! May this caller do this there? Azure role-based access control, asked on every call.
//!
//! - [`assignment`] which role assignments count at a scope, and for whom
//! - [`definition`] what a role grants; [`built_in`] the roles that Microsoft defines
//! - [`condition`] under which an assignment holds
//! - [`deny`] what takes a right away again
//! - [`wildcard`] patterns of actions
//!
//! Nothing here knows of requests. Access policies of vaults are Key Vault's own business.

pub mod assignment;
pub mod built_in;
pub mod condition;
pub mod definition;
pub mod deny;
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

/// What somebody wants to do.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// `Microsoft.KeyVault/vaults/read`.
    pub action: &'a str,
    /// What conditions call a suboperation: `Blob.List`.
    pub sub_operation: Option<&'a str>,
    /// Id of what is acted on.
    pub scope: &'a str,
    /// Control plane or data plane.
    pub plane: Plane,
}

impl<'a> Asked<'a> {
    /// An action of the control plane.
    pub fn control(action: &'a str, scope: &'a str) -> Self {
        let sub_operation = None;
        Self {
            action,
            sub_operation,
            scope,
            plane: Plane::Control,
        }
    }

    /// A data action.
    pub fn data(action: &'a str, scope: &'a str) -> Self {
        let plane = Plane::Data;
        Self {
            plane,
            ..Self::control(action, scope)
        }
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// No assignment grants it.
    NotGranted,
    /// An assignment would grant it, and a deny assignment takes it away.
    TakenAway(DenyAssignment),
    /// This one does.
    Granted {
        /// Id of the role assignment.
        assignment: String,
    },
}

/// The deny assignment that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DenyAssignment {
    /// Its id.
    pub id: String,
    /// Its display name.
    pub name: String,
    /// Where it was made.
    pub scope: String,
}

impl Decision {
    /// Is it granted?
    pub fn is_granted(&self) -> bool {
        matches!(self, Self::Granted { .. })
    }
}

/// Whether the caller may do what is asked: some assignment at or above the scope, held by the caller or by a group that
/// it is in, of a role that grants the action, without a condition or with one that holds, and no deny assignment.
///
/// A caller of another tenant than the scope's is refused whatever its object id.
pub fn allowed(state: &State, caller: &Caller, asked: &Asked<'_>) -> Decision {
    if !same_tenant(state, caller, asked.scope) {
        return Decision::NotGranted;
    }
    let holders = assignment::holders(state, &caller.object_id);
    let grants = |held: &assignment::Assignment<'_>| {
        holders.contains(&held.principal().to_ascii_lowercase())
            && !state.is_unheard(&held.resource.id)
            && held
                .definition(state)
                .is_some_and(|role| role.grants(asked.plane, asked.action))
            && held.condition().is_none_or(|condition| {
                condition::Condition::parse(condition).is_ok_and(|it| it.holds(asked))
            })
    };
    let mut all = assignment::at_or_above(state, asked.scope).into_iter();
    let Some(granting) = all.find(grants) else {
        return Decision::NotGranted;
    };
    match deny::denying(state, asked, &holders) {
        Some(denying) => Decision::TakenAway(DenyAssignment::of(denying)),
        None => Decision::Granted {
            assignment: granting.resource.id.clone(),
        },
    }
}

impl DenyAssignment {
    fn of(resource: &crate::store::Resource) -> Self {
        let name = resource.property("/denyAssignmentName");
        let name = name.and_then(serde_json::Value::as_str);
        Self {
            id: resource.id.clone(),
            name: name.unwrap_or(&resource.name).to_owned(),
            scope: deny::scope_of(resource),
        }
    }
}

fn same_tenant(state: &State, caller: &Caller, scope: &str) -> bool {
    let subscription = ResourceId::parse(scope).ok().and_then(|id| id.subscription);
    subscription
        .is_none_or(|it| state.tenant_of_subscription(&it) == Some(caller.tenant_id.as_str()))
}
