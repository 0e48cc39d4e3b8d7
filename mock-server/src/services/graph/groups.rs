//! Security groups: found, listed, made, changed, deleted; and who is in them.
//!
//! Groups with a mailbox (Microsoft 365) carry no rights of the chain and are not built.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::applications::{created, no_content};
use super::asked::{Answer, Asked};
use super::body::{self, Property, Takes, text, texts};
use super::collection::{self, tenant};
use super::errors::Refused;
use super::query::{Query, check_options, entity, page};
use super::{expand, objects, owners, rights, shape};
use crate::directory::Details;
use crate::request::Reply;
use crate::store::State;
use crate::world::Group;

const OF: &str = "Group";
/// References that one request adds (microsoft-graph-docs, `group-post-members`).
const MOST_MEMBERS: usize = 20;

const PROPERTIES: &[Property] = &[
    ("classification", Takes::Text),
    ("createdDateTime", Takes::ReadOnly),
    ("deletedDateTime", Takes::ReadOnly),
    ("description", Takes::Text),
    ("displayName", Takes::Text),
    ("groupTypes", Takes::Texts),
    ("id", Takes::ReadOnly),
    ("isAssignableToRole", Takes::Flag),
    ("mail", Takes::ReadOnly),
    ("mailEnabled", Takes::Flag),
    ("mailNickname", Takes::Text),
    ("preferredLanguage", Takes::Text),
    ("securityEnabled", Takes::Flag),
    ("theme", Takes::Text),
    ("uniqueName", Takes::ReadOnly),
    ("visibility", Takes::Text),
];

pub(super) fn list(asked: &Asked<'_>) -> Answer {
    rights::read_groups(asked.caller)?;
    collection::list::<Group>(asked)
}

pub(super) fn count(asked: &Asked<'_>) -> Answer {
    rights::read_groups(asked.caller)?;
    collection::count::<Group>(asked)
}

pub(super) fn get(asked: &Asked<'_>) -> Answer {
    rights::read_groups(asked.caller)?;
    check_options(asked, &["$select", "$expand"])?;
    let state = asked.context.state();
    let group = find(&state, asked)?;
    let object = shape::group(group, &state, tenant(&state, asked)?);
    let object = expand::one(asked, &state, "groups", object)?;
    Ok(Reply::ok(&entity("groups", object, asked)))
}

/// None: app roles are assigned to service principals alone here.
pub(super) fn app_roles(asked: &Asked<'_>) -> Answer {
    rights::read_groups(asked.caller)?;
    Query::read(asked, &[], "AppRoleAssignment")?;
    find(&asked.context.state(), asked)?;
    page::of_list("appRoleAssignments", Vec::new(), asked)
}

pub(super) fn assign_app_role(asked: &Asked<'_>) -> Answer {
    rights::assign_app_roles(asked.caller)?;
    find(&asked.context.state(), asked)?;
    Err(Refused::not_built("app roles of groups"))
}

pub(super) fn post(asked: &Asked<'_>) -> Answer {
    rights::create_groups(asked.caller)?;
    let body = asked.body(false)?;
    for name in [
        "displayName",
        "mailEnabled",
        "mailNickname",
        "securityEnabled",
    ] {
        if body.get(name).is_none_or(Value::is_null) {
            return Err(Refused::missing_value(name, OF));
        }
    }
    let mut state = asked.context.state_mut();
    let mut group = Group {
        id: Uuid::new_v4().to_string(),
        display_name: String::new(),
        members: Vec::new(),
        security_enabled: true,
    };
    let mut details = Details {
        created: Some(asked.context.clock.now()),
        ..Details::default()
    };
    if body.contains_key("owners@odata.bind") {
        details.owners = owners::of_new(&state, asked, &body)?;
    }
    apply(&mut group, &mut details, &body)?;
    add_members(&mut group, &body, &state, asked)?;
    let directory = &mut state.directory;
    directory.add_group(asked.tenant(), group.clone());
    directory.add_details(asked.tenant(), &group.id, details);
    let object = shape::group(&group, &state, tenant(&state, asked)?);
    Ok(created("groups", object, asked))
}

pub(super) fn patch(asked: &Asked<'_>) -> Answer {
    let body = asked.body(false);
    let only_members = |body: &Map<String, Value>| body.keys().all(|it| it == "members@odata.bind");
    if body.as_ref().is_ok_and(only_members) {
        rights::write_members(asked.caller)?;
    } else {
        rights::write_groups(asked.caller)?;
    }
    let body = body?;
    let mut state = asked.context.state_mut();
    let mut group = find(&state, asked)?.clone();
    let mut details = state.directory.details(asked.tenant(), &group.id).clone();
    apply(&mut group, &mut details, &body)?;
    add_members(&mut group, &body, &state, asked)?;
    let id = group.id.clone();
    state
        .directory
        .change_group(asked.tenant(), &id, |it, kept| {
            *it = group;
            *kept = details;
        });
    Ok(no_content())
}

pub(super) fn delete(asked: &Asked<'_>) -> Answer {
    rights::write_groups(asked.caller)?;
    let mut state = asked.context.state_mut();
    let id = find(&state, asked)?.id.clone();
    state.directory.delete_group(asked.tenant(), &id);
    Ok(no_content())
}

fn apply(
    group: &mut Group,
    details: &mut Details,
    body: &Map<String, Value>,
) -> Result<(), Refused> {
    for (name, value) in body::check(body, PROPERTIES, OF)? {
        match name {
            "displayName" => {
                let given = text(body, name).filter(|it| !it.trim().is_empty());
                let given = given.ok_or_else(|| Refused::invalid_value(name, OF))?;
                group.display_name = given.to_owned();
            }
            "securityEnabled" => {
                let enabled = value.as_bool();
                group.security_enabled = enabled.ok_or_else(|| Refused::invalid_value(name, OF))?;
            }
            "mailEnabled" if value == &Value::Bool(true) => return Err(mailbox()),
            "groupTypes" if !texts(value).is_empty() => return Err(mailbox()),
            "mailEnabled" | "groupTypes" => {}
            _ if value.is_null() => {
                details.properties.remove(name);
            }
            _ => {
                details.properties.insert(name.to_owned(), value.clone());
            }
        }
    }
    Ok(())
}

fn mailbox() -> Refused {
    Refused::not_built("groups with a mailbox or a rule of membership")
}

fn add_members(
    group: &mut Group,
    body: &Map<String, Value>,
    state: &State,
    asked: &Asked<'_>,
) -> Result<(), Refused> {
    let links = body
        .get("members@odata.bind")
        .map(texts)
        .unwrap_or_default();
    if links.len() > MOST_MEMBERS {
        let message = format!("At most {MOST_MEMBERS} members can be added by one request.");
        return Err(Refused::bad_request(message));
    }
    for link in links {
        let member = owners::linked(state, asked, &link)?;
        if is_member(group, &member) {
            return Err(owners::already("members"));
        }
        group.members.push(member);
    }
    Ok(())
}

fn is_member(group: &Group, id: &str) -> bool {
    group.members.iter().any(|it| it.eq_ignore_ascii_case(id))
}

pub(super) fn find<'s>(state: &'s State, asked: &Asked<'_>) -> Result<&'s Group, Refused> {
    let id = asked.key()?.value();
    let found = state.directory.group(asked.tenant(), id);
    found.ok_or_else(|| Refused::not_found(id))
}

// -- members -----------------------------------------------------------------------------------------------------------

pub(super) fn members(asked: &Asked<'_>) -> Answer {
    rights::read_groups(asked.caller)?;
    Query::read(asked, &[], "DirectoryObject")?;
    let state = asked.context.state();
    let ids = find(&state, asked)?.members.iter().map(String::as_str);
    page::of_list(
        "directoryObjects",
        objects::shown(&state, asked, ids)?,
        asked,
    )
}

pub(super) fn members_type(asked: &Asked<'_>) -> Answer {
    rights::read_groups(asked.caller)?;
    Query::read(asked, &[], "DirectoryObject")?;
    let state = asked.context.state();
    let all = find(&state, asked)?.members.iter().map(String::as_str);
    let ids = objects::of_cast(&state, asked, all)?;
    page::of_list(
        "directoryObjects",
        objects::shown(&state, asked, ids.into_iter())?,
        asked,
    )
}

/// Members, and members of groups that are members.
pub(super) fn transitive_members(asked: &Asked<'_>) -> Answer {
    rights::read_groups(asked.caller)?;
    Query::read(asked, &[], "DirectoryObject")?;
    let state = asked.context.state();
    let all = all_members(&state, asked)?;
    let ids = all.iter().map(String::as_str);
    page::of_list(
        "directoryObjects",
        objects::shown(&state, asked, ids)?,
        asked,
    )
}

pub(super) fn transitive_members_type(asked: &Asked<'_>) -> Answer {
    rights::read_groups(asked.caller)?;
    objects::check_advanced(asked)?;
    Query::read(asked, &[], "DirectoryObject")?;
    let state = asked.context.state();
    let all = all_members(&state, asked)?;
    let ids = objects::of_cast(&state, asked, all.iter().map(String::as_str))?;
    page::of_list(
        "directoryObjects",
        objects::shown(&state, asked, ids.into_iter())?,
        asked,
    )
}

fn all_members(state: &State, asked: &Asked<'_>) -> Result<BTreeSet<String>, Refused> {
    let mut open: Vec<String> = find(state, asked)?.members.clone();
    let mut found = BTreeSet::new();
    while let Some(id) = open.pop() {
        if found.insert(id.to_ascii_lowercase())
            && let Some(inner) = state.directory.group(asked.tenant(), &id)
        {
            open.extend(inner.members.iter().cloned());
        }
    }
    Ok(found)
}

pub(super) fn add_member(asked: &Asked<'_>) -> Answer {
    rights::write_members(asked.caller)?;
    let mut state = asked.context.state_mut();
    let group = find(&state, asked)?;
    let body = asked.body(false)?;
    let link = text(&body, "@odata.id").unwrap_or_default();
    let member = owners::linked(&state, asked, link)?;
    if is_member(group, &member) {
        return Err(owners::already("members"));
    }
    let id = group.id.clone();
    state.directory.change_group(asked.tenant(), &id, |it, _| {
        it.members.push(member);
    });
    Ok(no_content())
}

pub(super) fn remove_member(asked: &Asked<'_>) -> Answer {
    rights::write_members(asked.caller)?;
    let mut state = asked.context.state_mut();
    let group = find(&state, asked)?;
    let gone = asked.request.parameter("object");
    if !is_member(group, gone) {
        return Err(Refused::not_found(gone));
    }
    let id = group.id.clone();
    state.directory.change_group(asked.tenant(), &id, |it, _| {
        it.members
            .retain(|member| !member.eq_ignore_ascii_case(gone));
    });
    Ok(no_content())
}

/// `groups/{id}/memberOf`.
pub(super) fn member_of(asked: &Asked<'_>) -> Answer {
    rights::read_groups(asked.caller)?;
    Query::read(asked, &[], "DirectoryObject")?;
    let state = asked.context.state();
    let id = &find(&state, asked)?.id;
    let groups = state.directory.direct_groups_of(asked.tenant(), id);
    let ids = groups.iter().map(|it| it.id.as_str());
    page::of_list(
        "directoryObjects",
        objects::shown(&state, asked, ids)?,
        asked,
    )
}
