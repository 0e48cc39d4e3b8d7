//! Writes of ARM: PUT, PATCH and DELETE of any resource type, from a description of the type.
//!
//! **A new writable type** is a unit struct with [`Kind`], and rows in its provider's table:
//!
//! ```text
//! struct RouteTables;
//!
//! impl Kind for RouteTables {
//!     const TYPE: &'static str = "Microsoft.Network/routeTables";
//!     const LOCATION: Location = Location::Required;
//!     const PUT: Manner = Manner::Operation(Style::AzureAsyncOperation);
//!     const DELETE: Manner = Manner::Operation(Style::Both);
//!
//!     fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
//!         fields::array(body, "/properties/routes")?;
//!         write.linked("properties.x.id", id, "Microsoft.Network/x/join/action")?;
//!         Ok(())
//!     }
//!
//!     fn show(state: &State, it: &Resource) -> Value { … what GET answers, `etag` included … }
//! }
//!
//! get::<RouteTables>("RouteTables_Get", ONE, READ, SPEC),
//! put::<RouteTables>("RouteTables_CreateOrUpdate", ONE, WRITE, SPEC),
//! patch::<RouteTables>("RouteTables_UpdateTags", ONE, WRITE, SPEC),
//! delete::<RouteTables>("RouteTables_Delete", ONE, DELETE, SPEC),
//! ```
//!
//! The plumbing does the rest, in this order: body ([`body`]), auxiliary tokens ([`linked`]), then under one lock of the
//! state group and parent ([`place`]), an operation that still runs, `If-Match` and `If-None-Match` ([`conditions`]), what
//! may not change, what is referred to (`references`), location and tags ([`body`]), the type's own rules ([`Kind::prepare`]), the store, and the answer with
//! status, `ETag`, and the headers of a long-running operation (`operations`).
//!
//! A handler that this does not fit (connections, record sets) is written by hand from the same parts. While a handler holds
//! the state's lock it must not ask the context for the state again: `prepare` gets [`Write::state`].
//!
//! - [`Kind`] the description · [`fields`] values out of a body, or the right 400 · [`names`] what names may be

pub mod body;
pub mod conditions;
pub mod fields;
mod kind;
pub mod linked;
pub mod names;
pub mod place;
mod references;

#[cfg(test)]
mod tests;

use http::StatusCode;
use serde_json::{Value, json};

use super::errors::{bad_request, conflict};
use super::operations;
use super::{found, page, resource_page};
use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::context::{Context, StateMut};
use crate::lro::Ending;
use crate::request::{Reply, Request};
use crate::store::State;
use linked::Callers;
use place::Place;

pub use kind::{Body, Kind, Location, Manner, Patch, Verb, Write};

/// PUT.
pub fn put<K: Kind>(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    try_put::<K>(context, request, caller).unwrap_or_else(|refused| refused)
}

/// PATCH.
pub fn patch<K: Kind>(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    try_patch::<K>(context, request, caller).unwrap_or_else(|refused| refused)
}

/// DELETE.
pub fn delete<K: Kind>(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    try_delete::<K>(context, request, caller).unwrap_or_else(|refused| refused)
}

/// GET of one resource.
pub fn get<K: Kind>(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let show = || {
        let found = found::resource(&state, request)?;
        Ok(shown(StatusCode::OK, &K::show(&state, found)))
    };
    let reply = state.memo().shown(&request.path, show);
    reply.unwrap_or_else(|refused| refused)
}

/// GET of those in a subscription or a resource group, with `$top`.
pub fn list<K: Kind>(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    resource_page::reply_with_top(&state, request, K::TYPE, |it| K::show(&state, it))
}

/// GET of those that live in another resource, with `$top`.
pub fn children<K: Kind>(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    match found::parent(&state, request) {
        Ok(parent) => page::of(request, state.children(&parent.id, K::TYPE), |it| {
            K::show(&state, it)
        }),
        Err(reply) => reply,
    }
}

fn try_put<K: Kind>(
    context: &Context,
    request: &Request,
    caller: Option<&Caller>,
) -> Result<Reply, Reply> {
    let given = body::object(request)?;
    let callers = Callers::of(context, request, caller)?;
    let state = context.state_mut();
    let place = Place::of::<K>(&state, request)?;
    let write = place.write::<K>(&state, &callers, Verb::Put, context);
    free::<K>(context, request, &write)?;
    body::fits(&given, &place.id)?;
    references::check(&write, &given)?;
    let mut body = body::envelope::<K>(&write, given)?;
    K::prepare(&write, &mut body)?;
    let status = match write.existing {
        Some(_) => StatusCode::OK,
        None => K::CREATED,
    };
    store::<K>(
        context,
        request,
        state,
        &place,
        &callers,
        body,
        K::PUT,
        status,
    )
}

fn try_patch<K: Kind>(
    context: &Context,
    request: &Request,
    caller: Option<&Caller>,
) -> Result<Reply, Reply> {
    let given = body::object(request)?;
    let callers = Callers::of(context, request, caller)?;
    let state = context.state_mut();
    let place = Place::of::<K>(&state, request)?;
    let write = place.write::<K>(&state, &callers, Verb::Patch, context);
    let Some(existing) = write.existing else {
        return Err(found::missing(&state, &place.id));
    };
    free::<K>(context, request, &write)?;
    body::fits(&given, &place.id)?;
    references::check(&write, &given)?;
    let merged = body::patched(existing.body.clone(), given, K::PATCH);
    let mut body = body::envelope::<K>(&write, merged)?;
    K::prepare(&write, &mut body)?;
    let (manner, status) = (K::PATCHED, StatusCode::OK);
    store::<K>(
        context, request, state, &place, &callers, body, manner, status,
    )
}

#[expect(
    clippy::too_many_arguments,
    reason = "the last step of two writes, which have all of it"
)]
fn store<K: Kind>(
    context: &Context,
    request: &Request,
    mut state: StateMut<'_>,
    place: &Place,
    callers: &Callers,
    mut body: Body,
    manner: Manner,
    status: StatusCode,
) -> Result<Reply, Reply> {
    let id = place.id.as_str();
    if K::SYSTEM_DATA {
        let before = place.existing.as_ref().map(|it| &it.body);
        let now = rfc3339(context.clock.now());
        body.insert(
            "systemData".to_owned(),
            system_data(before, &callers.main, &now),
        );
    }
    state
        .put_resource(id, body)
        .map_err(|why| bad_request("InvalidResourceId", &why))?;
    K::stored(&mut state, id);
    let Manner::Operation(style) = manner else {
        return Ok(shown_by::<K>(&state, id, status));
    };
    let going = place.existing.as_ref().map_or(K::CREATING, |_| "Updating");
    state.set_provisioning_state(id, Some(going));
    let reply = shown_by::<K>(&state, id, status);
    let of = id.to_owned();
    let finish = Box::new(move |state: &mut State| {
        state.set_provisioning_state(&of, None);
        Ending::Succeeded(state.resource(&of).map(|it| K::show(state, it)))
    });
    let begun = operations::begin(context, &mut state, callers, id, finish);
    Ok(begun.announce(request, style, reply))
}

fn try_delete<K: Kind>(
    context: &Context,
    request: &Request,
    caller: Option<&Caller>,
) -> Result<Reply, Reply> {
    let callers = Callers::of(context, request, caller)?;
    let mut state = context.state_mut();
    let place = Place::of::<K>(&state, request)?;
    let write = place.write::<K>(&state, &callers, Verb::Delete, context);
    free::<K>(context, request, &write)?;
    if write.existing.is_none() {
        return Ok(K::absent(&write));
    }
    K::may_delete(&write)?;
    let id = place.id.as_str().to_owned();
    K::deleting(&mut state, &id, context.clock.now());
    let Manner::Operation(style) = K::DELETE else {
        state.delete_resource(&id, context.clock.now());
        return Ok(Reply::empty(StatusCode::OK));
    };
    state.set_provisioning_state(&id, Some("Deleting"));
    let (of, now) = (id.clone(), context.clock.now());
    let finish = Box::new(move |state: &mut State| {
        state.delete_resource(&of, now);
        Ending::Succeeded(None)
    });
    let begun = operations::begin(context, &mut state, &callers, &id, finish);
    Ok(begun.announce(request, style, Reply::empty(StatusCode::ACCEPTED)))
}

/// Nothing else is going on, and the conditions of the request hold.
fn free<K: Kind>(context: &Context, request: &Request, write: &Write<'_>) -> Result<(), Reply> {
    if let Some(operation) = context.operations.running_on(write.id.as_str()) {
        return Err(conflict(
            "AnotherOperationInProgress",
            &format!(
                "Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: {}.",
                operations::url(
                    request,
                    write.state,
                    write.id.as_str(),
                    "operations",
                    &operation
                )
            ),
        ));
    }
    let etag = write
        .existing
        .map(|it| conditions::etag(&K::show(write.state, it)));
    conditions::check(request, etag.as_ref().map(Option::as_deref))
}

fn shown_by<K: Kind>(state: &State, id: &str, status: StatusCode) -> Reply {
    let body = state.resource(id).map(|it| K::show(state, it));
    shown(status, &body.unwrap_or_default())
}

/// A resource as an answer, its entity tag in the header too.
pub fn shown(status: StatusCode, body: &Value) -> Reply {
    let reply = Reply::json(status, body);
    match conditions::etag(body) {
        Some(etag) => reply.with("etag", etag),
        None => reply,
    }
}

/// `systemData` (common-types `SystemData`): only applications call the mock.
fn system_data(before: Option<&Body>, caller: &Caller, now: &str) -> Value {
    let created = before.and_then(|body| body.get("systemData"));
    let first = |name: &str, new: &str| {
        let old = created.and_then(|it| it.get(name)).cloned();
        old.unwrap_or_else(|| json!(new))
    };
    json!({
        "createdBy": first("createdBy", &caller.app_id),
        "createdByType": first("createdByType", "Application"),
        "createdAt": first("createdAt", now),
        "lastModifiedBy": caller.app_id,
        "lastModifiedByType": "Application",
        "lastModifiedAt": now,
    })
}
