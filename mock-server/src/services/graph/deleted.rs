//! `directory/deletedItems`: applications and service principals that can still be restored.

use serde_json::Value;

use super::applications::no_content;
use super::asked::{Answer, Asked, type_of};
use super::collection::tenant;
use super::errors::Refused;
use super::query::{Query, check_options, entity, page};
use super::{rights, shape};
use crate::clock::rfc3339;
use crate::directory::{Deleted, DeletedObject};
use crate::request::Reply;
use crate::store::{State, Tenant};

/// One deleted object, or all of a type: `deletedItems/microsoft.graph.application`.
pub(super) fn get(asked: &Asked<'_>) -> Answer {
    rights::read_applications(asked.caller)?;
    if let Some(wanted) = type_of(asked.request.parameter("id")) {
        return list(asked, wanted);
    }
    check_options(asked, &["$select"])?;
    let state = asked.context.state();
    let found = find(&state, asked)?;
    let (kind, object) = object(found, &state, tenant(&state, asked)?);
    let object = shape::typed(kind, object);
    Ok(Reply::ok(&entity("directoryObjects", object, asked)))
}

fn list(asked: &Asked<'_>, wanted: &str) -> Answer {
    Query::read(asked, &[], "DirectoryObject")?;
    let state = asked.context.state();
    let (tenant, now) = (tenant(&state, asked)?, asked.context.clock.now());
    let all = state.directory.deleted(&tenant.id);
    let kept = all.filter(|it| it.is_kept_at(now));
    let objects = kept
        .map(|it| object(it, &state, tenant))
        .filter(|(kind, _)| *kind == wanted)
        .map(|(_, object)| object);
    page::of_list(&format!("{wanted}s"), objects.collect(), asked)
}

pub(super) fn restore(asked: &Asked<'_>) -> Answer {
    let mut state = asked.context.state_mut();
    let found = to_write(&state, asked)?;
    let (kind, mut object) = object(found, &state, tenant(&state, asked)?);
    object["deletedDateTime"] = Value::Null;
    if let DeletedObject::ServicePrincipal(it) = &found.object
        && state
            .service_principal(asked.tenant(), &it.app_id)
            .is_some()
    {
        return Err(Refused::conflict(format!(
            "The service principal cannot be created, updated, or restored because the service principal name {} is \
             already in use.",
            it.app_id
        )));
    }
    let id = asked.request.parameter("id");
    state.directory.restore(asked.tenant(), id);
    let object = shape::typed(kind, object);
    Ok(Reply::ok(&entity("directoryObjects", object, asked)))
}

/// Deletes for good.
pub(super) fn delete(asked: &Asked<'_>) -> Answer {
    let mut state = asked.context.state_mut();
    to_write(&state, asked)?;
    let id = asked.request.parameter("id");
    state.directory.purge(asked.tenant(), id);
    Ok(no_content())
}

fn find<'s>(state: &'s State, asked: &Asked<'_>) -> Result<&'s Deleted, Refused> {
    let (id, now) = (asked.request.parameter("id"), asked.context.clock.now());
    let found = state.directory.deleted_object(asked.tenant(), id);
    found
        .filter(|it| it.is_kept_at(now))
        .ok_or_else(|| Refused::not_found(id))
}

fn to_write<'s>(state: &'s State, asked: &Asked<'_>) -> Result<&'s Deleted, Refused> {
    rights::create_applications(asked.caller)?;
    let found = find(state, asked)?;
    rights::write_application(asked.caller, found.details())?;
    Ok(found)
}

fn object(it: &Deleted, state: &State, tenant: &Tenant) -> (&'static str, Value) {
    let (kind, mut object) = match &it.object {
        DeletedObject::Application(it) => ("application", shape::application(it, state, tenant)),
        DeletedObject::ServicePrincipal(it) => (
            "servicePrincipal",
            shape::service_principal(it, state, tenant),
        ),
    };
    object["deletedDateTime"] = rfc3339(it.at).into();
    (kind, object)
}
