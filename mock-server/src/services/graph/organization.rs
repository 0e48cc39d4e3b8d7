//! The tenant itself, and the person that no caller of this mock is.

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

/// Tokens of the mock are of applications, never of people (text of public captures).
pub(super) fn me(_: &Asked<'_>) -> Answer {
    let message = "/me request is only valid with delegated authentication flow.";
    Err(Refused::bad_syntax(message))
}
