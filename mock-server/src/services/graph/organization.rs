//! The tenant itself, its domain, and the people of whom the mock has none: lists of users, of what users consented to and
//! of active directory roles are empty.

use super::asked::{Answer, Asked};
use super::collection::tenant;
use super::errors::Refused;
use super::query::{Query, check_options, entity, page};
use super::{rights, shape};
use crate::request::Reply;

pub(super) fn list(asked: &Asked<'_>) -> Answer {
    rights::read_organization(asked.caller)?;
    Query::read(asked, &[], "Organization")?;
    let state = asked.context.state();
    let object = shape::organization(tenant(&state, asked)?);
    page::of_list("organization", vec![object], asked)
}

pub(super) fn get(asked: &Asked<'_>) -> Answer {
    rights::read_organization(asked.caller)?;
    check_options(asked, &["$select"])?;
    let id = asked.request.parameter("id");
    if !id.eq_ignore_ascii_case(asked.tenant()) {
        return Err(Refused::not_found(id));
    }
    let state = asked.context.state();
    let object = shape::organization(tenant(&state, asked)?);
    Ok(Reply::ok(&entity("organization", object, asked)))
}

pub(super) fn domains(asked: &Asked<'_>) -> Answer {
    rights::read_domains(asked.caller)?;
    Query::read(asked, &[], "Domain")?;
    let state = asked.context.state();
    let object = shape::domain(tenant(&state, asked)?);
    page::of_list("domains", vec![object], asked)
}

pub(super) fn domain(asked: &Asked<'_>) -> Answer {
    rights::read_domains(asked.caller)?;
    check_options(asked, &["$select"])?;
    let state = asked.context.state();
    let (tenant, id) = (tenant(&state, asked)?, asked.request.parameter("id"));
    if !id.eq_ignore_ascii_case(&tenant.domain) {
        return Err(Refused::not_found(id));
    }
    Ok(Reply::ok(&entity("domains", shape::domain(tenant), asked)))
}

/// Directory roles are given to people, of whom there are none: none was activated.
pub(super) fn directory_roles(asked: &Asked<'_>) -> Answer {
    rights::read_directory_roles(asked.caller)?;
    Query::read(asked, &["roleTemplateId", "displayName"], "DirectoryRole")?;
    page::of_list("directoryRoles", Vec::new(), asked)
}

/// Tokens of the mock are of applications, never of people (text of public captures).
pub(super) fn me(_: &Asked<'_>) -> Answer {
    let message = "/me request is only valid with delegated authentication flow.";
    Err(Refused::bad_syntax(message))
}

/// Users: the directories of a world hold applications, identities and groups.
pub(super) fn users(asked: &Asked<'_>) -> Answer {
    rights::read_users(asked.caller)?;
    Query::read(asked, USER, "User")?;
    page::of_list("users", Vec::new(), asked)
}

pub(super) fn user(asked: &Asked<'_>) -> Answer {
    rights::read_users(asked.caller)?;
    check_options(asked, &["$select"])?;
    Err(Refused::not_found(asked.request.parameter("id")))
}

/// Changes since a time are not kept.
pub(super) fn delta(asked: &Asked<'_>) -> Answer {
    let collection = asked.request.parameter("collection");
    Err(Refused::not_built(&format!(
        "GET /v1.0/{collection:.50}/delta"
    )))
}

/// Properties of `user` by which clients filter.
const USER: &[&str] = &[
    "accountEnabled",
    "displayName",
    "id",
    "mail",
    "mailNickname",
    "userPrincipalName",
    "userType",
];
