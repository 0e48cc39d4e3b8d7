//! Owners of applications and service principals, whom `Application.ReadWrite.OwnedBy` lets write; and of groups.
//!
//! Who makes something with that permission owns it; everybody else who makes something names owners by `owners@odata.bind`
//! or has none.

use serde_json::{Map, Value};

use super::applications::{self, no_content};
use super::asked::{Answer, Asked};
use super::body::{linked_id, text, texts};
use super::errors::Refused;
use super::query::{Query, page};
use super::{groups, objects, principals, rights};
use crate::directory::Details;
use crate::store::State;

/// Owners of something new.
pub(super) fn of_new(
    state: &State,
    asked: &Asked<'_>,
    body: &Map<String, Value>,
) -> Result<Vec<String>, Refused> {
    let mut owners = Vec::new();
    for link in body.get("owners@odata.bind").map(texts).unwrap_or_default() {
        owners.push(linked(state, asked, &link)?);
    }
    let own = &asked.caller.object_id;
    if rights::writes_owned_only(asked.caller) && !owners.contains(own) {
        owners.push(own.clone());
    }
    Ok(owners)
}

/// The object of the caller's tenant that a link names.
pub(super) fn linked(state: &State, asked: &Asked<'_>, link: &str) -> Result<String, Refused> {
    let invalid =
        || Refused::bad_request(format!("Invalid URL format specified in payload: {link}"));
    let id = linked_id(link).ok_or_else(invalid)?;
    let known = objects::find(state, asked.tenant(), id);
    let known = known.filter(objects::Object::can_be_member);
    known
        .map(|it| it.id().to_ascii_lowercase())
        .ok_or_else(|| Refused::not_found(id))
}

pub(super) fn of_application(asked: &Asked<'_>) -> Answer {
    let state = asked.context.state();
    let id = &applications::to_read(&state, asked)?.id;
    list(asked, &state, id)
}

pub(super) fn of_principal(asked: &Asked<'_>) -> Answer {
    let state = asked.context.state();
    let id = &principals::to_read(&state, asked)?.id;
    list(asked, &state, id)
}

pub(super) fn add_to_application(asked: &Asked<'_>) -> Answer {
    let mut state = asked.context.state_mut();
    let id = applications::to_write(&state, asked)?.id.clone();
    let owners = added(&state, asked, &id)?;
    let set = |it: &mut Details| it.owners = owners;
    let directory = &mut state.directory;
    directory.change_application(asked.tenant(), &id, |_, it| set(it));
    Ok(no_content())
}

pub(super) fn add_to_principal(asked: &Asked<'_>) -> Answer {
    let mut state = asked.context.state_mut();
    let id = principals::to_write(&state, asked)?.id.clone();
    let owners = added(&state, asked, &id)?;
    let set = |it: &mut Details| it.owners = owners;
    let directory = &mut state.directory;
    directory.change_service_principal(asked.tenant(), &id, |_, it| set(it));
    Ok(no_content())
}

pub(super) fn remove_from_application(asked: &Asked<'_>) -> Answer {
    let mut state = asked.context.state_mut();
    let id = applications::to_write(&state, asked)?.id.clone();
    let owners = removed(&state, asked, &id)?;
    let set = |it: &mut Details| it.owners = owners;
    let directory = &mut state.directory;
    directory.change_application(asked.tenant(), &id, |_, it| set(it));
    Ok(no_content())
}

pub(super) fn remove_from_principal(asked: &Asked<'_>) -> Answer {
    let mut state = asked.context.state_mut();
    let id = principals::to_write(&state, asked)?.id.clone();
    let owners = removed(&state, asked, &id)?;
    let set = |it: &mut Details| it.owners = owners;
    let directory = &mut state.directory;
    directory.change_service_principal(asked.tenant(), &id, |_, it| set(it));
    Ok(no_content())
}

pub(super) fn of_group(asked: &Asked<'_>) -> Answer {
    rights::read_groups(asked.caller)?;
    let state = asked.context.state();
    let id = &groups::find(&state, asked)?.id;
    list(asked, &state, id)
}

pub(super) fn add_to_group(asked: &Asked<'_>) -> Answer {
    rights::write_groups(asked.caller)?;
    let mut state = asked.context.state_mut();
    let id = groups::find(&state, asked)?.id.clone();
    let owners = added(&state, asked, &id)?;
    let set = |it: &mut Details| it.owners = owners;
    let directory = &mut state.directory;
    directory.change_group(asked.tenant(), &id, |_, it| set(it));
    Ok(no_content())
}

pub(super) fn remove_from_group(asked: &Asked<'_>) -> Answer {
    rights::write_groups(asked.caller)?;
    let mut state = asked.context.state_mut();
    let id = groups::find(&state, asked)?.id.clone();
    let owners = removed(&state, asked, &id)?;
    let set = |it: &mut Details| it.owners = owners;
    let directory = &mut state.directory;
    directory.change_group(asked.tenant(), &id, |_, it| set(it));
    Ok(no_content())
}

fn list(asked: &Asked<'_>, state: &State, id: &str) -> Answer {
    Query::read(asked, &[], "DirectoryObject")?;
    let details = state.directory.details(asked.tenant(), id);
    let ids = details.owners.iter().map(String::as_str);
    page::of_list(
        "directoryObjects",
        objects::shown(state, asked, ids)?,
        asked,
    )
}

fn added(state: &State, asked: &Asked<'_>, id: &str) -> Result<Vec<String>, Refused> {
    let body = asked.body(false)?;
    let link = text(&body, "@odata.id").unwrap_or_default();
    let owner = linked(state, asked, link)?;
    let details = state.directory.details(asked.tenant(), id);
    if details.is_owned_by(&owner) {
        return Err(already("owners"));
    }
    Ok([details.owners.clone(), vec![owner]].concat())
}

fn removed(state: &State, asked: &Asked<'_>, id: &str) -> Result<Vec<String>, Refused> {
    let details = state.directory.details(asked.tenant(), id);
    let gone = asked.request.parameter("object");
    if !details.is_owned_by(gone) {
        return Err(Refused::not_found(gone));
    }
    let kept = details.owners.iter();
    Ok(kept
        .filter(|it| !it.eq_ignore_ascii_case(gone))
        .cloned()
        .collect())
}

/// 400 of public captures: the reference is there.
pub(super) fn already(property: &str) -> Refused {
    Refused::bad_request(format!(
        "One or more added object references already exist for the following modified properties: '{property}'."
    ))
}
