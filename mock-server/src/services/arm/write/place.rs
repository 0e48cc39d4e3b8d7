//! Where does a write go: which id, in which parent, over what?
//!
//! Group and parent must exist, and the id is spelled as they are: paths ignore case, ids keep that of the first writer.

use std::sync::Arc;

use super::linked::Callers;
use super::{Kind, Verb, Write, names};
use crate::context::Context;
use crate::ids::ResourceId;
use crate::request::{Reply, Request};
use crate::services::arm::errors::{
    bad_request, conflict, parent_not_found_to, resource_group_not_found,
};
use crate::services::arm::found;
use crate::store::{Resource, State};

/// The place that a path names.
#[derive(Clone, Debug)]
pub struct Place {
    /// The id, spelled as it is kept.
    pub id: ResourceId,
    /// What is there.
    pub existing: Option<Arc<Resource>>,
}

impl Place {
    /// The place that the path of a request names.
    ///
    /// # Errors
    /// 400 for a malformed id or name, 404 when group or parent do not exist.
    pub fn of<K: Kind>(state: &State, request: &Request) -> Result<Self, Reply> {
        let id = found::parse(&request.path)?;
        require_above(state, &id)?;
        if let Some(existing) = state.shared_resource(id.as_str()) {
            let id = found::parse(&existing.id)?;
            let existing = Some(existing);
            return Ok(Self { id, existing });
        }
        names::check(K::NAME, &id.name)?;
        let spelled = spelled(state, &id, K::TYPE);
        let id = ResourceId::parse(&spelled).map_err(|why| {
            bad_request(
                "InvalidResourceId",
                &format!("the resource id {spelled} {why}"),
            )
        })?;
        let existing = None;
        Ok(Self { id, existing })
    }

    /// The write to this place.
    pub fn write<'a, K: Kind>(
        &'a self,
        state: &'a State,
        callers: &'a Callers,
        verb: Verb,
        context: &Context,
    ) -> Write<'a> {
        let right = match verb {
            Verb::Delete => "delete",
            Verb::Put | Verb::Patch => "write",
        };
        Write {
            state,
            id: &self.id,
            existing: self.existing.as_deref(),
            callers,
            action: format!("{}/{right}", K::TYPE),
            verb,
            now: context.clock.now(),
        }
    }
}

/// Group and parent exist.
///
/// # Errors
/// 404, saying which does not; 409 when the group is being deleted.
pub fn require_above(state: &State, id: &ResourceId) -> Result<(), Reply> {
    if let (Some(subscription), Some(group)) = (&id.subscription, &id.resource_group)
        && id.resource_type != crate::store::RESOURCE_GROUPS
    {
        let found = state.resource_group(subscription, group);
        let found = found.ok_or_else(|| resource_group_not_found(group))?;
        if found
            .property("/provisioningState")
            .is_some_and(|it| it == "Deleting")
        {
            return Err(being_deleted(group));
        }
    }
    let parent = id
        .parent()
        .and_then(|parent| ResourceId::parse(parent).ok());
    match parent {
        Some(parent) if is_missing(state, &parent) => {
            Err(parent_not_found_to("write", id, &parent))
        }
        _ => Ok(()),
    }
}

fn being_deleted(group: &str) -> Reply {
    let message = format!(
        "The resource group '{group}' is in deprovisioning state and cannot perform this operation."
    );
    conflict("ResourceGroupBeingDeleted", &message)
}

/// Subscriptions are known to exist when a write gets here.
fn is_missing(state: &State, parent: &ResourceId) -> bool {
    parent.resource_type != "Microsoft.Resources/subscriptions"
        && state.resource(parent.as_str()).is_none()
}

/// The id with everything above spelled as it is there, and the type as Azure spells it.
fn spelled(state: &State, id: &ResourceId, kind: &str) -> String {
    let above = id.parent().unwrap_or_default();
    let stored = state.resource(above);
    let nested = stored.filter(|it| {
        kind.rsplit_once('/')
            .is_some_and(|(parent, _)| it.is_a(parent))
    });
    let above = match (stored, above.rsplit_once('/')) {
        (Some(stored), _) => stored.id.clone(),
        (None, Some((_, subscription))) => format!("/subscriptions/{subscription}"),
        (None, None) => String::new(),
    };
    let name = &id.name;
    let last = kind.rsplit('/').next().unwrap_or(kind);
    if kind == crate::store::RESOURCE_GROUPS {
        format!("{above}/resourceGroups/{name}")
    } else if nested.is_some() {
        format!("{above}/{last}/{name}")
    } else {
        format!("{above}/providers/{kind}/{name}")
    }
}
