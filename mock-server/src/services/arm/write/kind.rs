//! What must the plumbing know of a resource type to write it?

use http::StatusCode;
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::linked::{self, Callers};
use super::names::{self, Name};
use crate::ids::ResourceId;
use crate::request::Reply;
use crate::services::arm::operations::Style;
use crate::store::{Resource, State};

/// A resource as a client writes it and the store keeps it: `location`, `tags`, `properties`, …
pub type Body = Map<String, Value>;

/// A resource type that can be written.
pub trait Kind {
    /// The type as Azure spells it; of nested types too.
    const TYPE: &'static str;
    /// What its name may be.
    const NAME: Name = names::NETWORK;
    /// Whether it has a location, and with it tags.
    const LOCATION: Location = Location::None;
    /// Does it show who wrote it?
    const SYSTEM_DATA: bool = false;
    /// How PUT is answered.
    const PUT: Manner = Manner::AtOnce;
    /// The status of the answer to a PUT of what is new.
    const CREATED: StatusCode = StatusCode::CREATED;
    /// `provisioningState` while it is created by an operation.
    const CREATING: &'static str = "Updating";
    /// What PATCH changes.
    const PATCH: Patch = Patch::Tags;
    /// How PATCH is answered.
    const PATCHED: Manner = Manner::AtOnce;
    /// How DELETE of what is there is answered.
    const DELETE: Manner = Manner::AtOnce;

    /// What GET answers, and what a write is answered with.
    fn show(state: &State, resource: &Resource) -> Value;

    /// Checks what was given and brings it into the form that is kept. Read-only properties that must survive a PUT are
    /// copied from [`Write::existing`] here. After PATCH it gets the merged body.
    ///
    /// # Errors
    /// The answer that refuses the write.
    fn prepare(_write: &Write<'_>, _body: &mut Body) -> Result<(), Reply> {
        Ok(())
    }

    /// What else changes when a resource was stored.
    fn stored(_state: &mut State, _id: &str) {}

    /// The answer to DELETE of what is not there.
    fn absent(_write: &Write<'_>) -> Reply {
        Reply::empty(StatusCode::NO_CONTENT)
    }

    /// May it be deleted?
    ///
    /// # Errors
    /// The answer that refuses.
    fn may_delete(_write: &Write<'_>) -> Result<(), Reply> {
        Ok(())
    }

    /// What else changes when its deletion begins.
    fn deleting(_state: &mut State, _id: &str, _now: OffsetDateTime) {}
}

/// Whether a type has a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// None, and no tags: a proxy resource.
    None,
    /// Any, and it must be given.
    Required,
    /// `global`, and it must be given.
    Global,
}

/// How a write is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Done.
    AtOnce,
    /// By a long-running operation.
    Operation(Style),
}

/// What PATCH changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patch {
    /// `tags`, as a whole.
    Tags,
    /// `tags` as a whole, everything else as JSON merge patch (RFC 7396).
    Merge,
}

/// Which method writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

/// One write, while the state is locked for it.
pub struct Write<'a> {
    /// The state before it.
    pub state: &'a State,
    /// The resource, spelled as it will be kept.
    pub id: &'a ResourceId,
    /// The resource as it is, unless it is new.
    pub existing: Option<&'a Resource>,
    /// Who writes.
    pub callers: &'a Callers,
    /// The action that the caller was found to have: `…/write`.
    pub action: String,
    /// The method.
    pub verb: Verb,
    /// The mock's time.
    pub now: OffsetDateTime,
}

impl Write<'_> {
    /// Requires that whoever calls in the tenant of `reference` may do `action` there, and reads the reference.
    ///
    /// # Errors
    /// 400 when it is no resource id, 403 `LinkedAuthorizationFailed`.
    pub fn linked(
        &self,
        property: &str,
        reference: &str,
        action: &str,
    ) -> Result<ResourceId, Reply> {
        linked::require(self, property, reference, action)
    }
}
