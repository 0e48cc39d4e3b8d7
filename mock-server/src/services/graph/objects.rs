//! Directory objects of any kind by id, and in which groups they are.
//!
//! Of a kind that the caller may not read, only type and id are told; the rest is null (microsoft-graph-docs,
//! `permissions-overview`: limited information returned for inaccessible member objects).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::asked::{Answer, Asked, Key};
use super::body::texts;
use super::collection::tenant;
use super::errors::Refused;
use super::query::{Query, check_options, context, entity, page};
use super::{principals, rights, shape};
use crate::request::Reply;
use crate::store::{State, Tenant};
use crate::world::{Application, Group, ServicePrincipal};

/// `getByIds` takes so many ids (microsoft-graph-docs, `directoryobject-getbyids`).
const MOST_IDS: usize = 1000;
/// `checkMemberGroups` takes so many (microsoft-graph-docs, `directoryobject-checkmembergroups`).
const MOST_GROUPS: usize = 20;

/// An object of a directory.
#[derive(Clone, Copy)]
pub(super) enum Object<'s> {
    Application(&'s Application),
    Group(&'s Group),
    ServicePrincipal(&'s ServicePrincipal),
}

impl Object<'_> {
    pub(super) fn id(&self) -> &str {
        match self {
            Self::Application(it) => &it.id,
            Self::Group(it) => &it.id,
            Self::ServicePrincipal(it) => &it.id,
        }
    }

    /// Its type, without namespace.
    fn kind(self) -> &'static str {
        match self {
            Self::Application(_) => "application",
            Self::Group(_) => "group",
            Self::ServicePrincipal(_) => "servicePrincipal",
        }
    }

    /// Can it be in a group, or own something?
    pub(super) fn can_be_member(&self) -> bool {
        !matches!(self, Self::Application(_))
    }

    fn is_readable(self, asked: &Asked<'_>) -> bool {
        match self {
            Self::Group(_) => rights::reads_groups(asked.caller),
            Self::Application(_) | Self::ServicePrincipal(_) => {
                rights::reads_applications(asked.caller)
            }
        }
    }

    fn shape(self, state: &State, tenant: &Tenant, asked: &Asked<'_>) -> Value {
        let object = match self {
            Self::Application(it) => shape::application(it, state, tenant),
            Self::Group(it) => shape::group(it, state, tenant),
            Self::ServicePrincipal(it) => shape::service_principal(it, state, tenant),
        };
        let told = if self.is_readable(asked) {
            object
        } else {
            limited(object)
        };
        shape::typed(self.kind(), told)
    }
}

fn limited(mut object: Value) -> Value {
    let properties = object.as_object_mut().into_iter().flatten();
    for (_, value) in properties.filter(|(name, _)| *name != "id") {
        *value = Value::Null;
    }
    object
}

/// The object of this object id.
pub(super) fn find<'s>(state: &'s State, tenant: &str, id: &str) -> Option<Object<'s>> {
    let group = || state.directory.group(tenant, id).map(Object::Group);
    let principal = || {
        let found = state.service_principal(tenant, id);
        let found = found.filter(|it| it.id.eq_ignore_ascii_case(id));
        found.map(Object::ServicePrincipal)
    };
    let application = || {
        let found = state.application(tenant, id);
        let found = found.filter(|it| it.id.eq_ignore_ascii_case(id));
        found.map(Object::Application)
    };
    group().or_else(principal).or_else(application)
}

/// Those of the ids that are of the type to which the path is narrowed.
pub(super) fn of_cast<'i>(
    state: &State,
    asked: &Asked<'_>,
    ids: impl Iterator<Item = &'i str>,
) -> Result<Vec<&'i str>, Refused> {
    let wanted = asked.cast()?;
    let fits = |id: &&str| find(state, asked.tenant(), id).is_some_and(|it| it.kind() == wanted);
    Ok(ids.filter(fits).collect())
}

/// The objects of these ids, as far as they are there.
pub(super) fn shown<'i>(
    state: &State,
    asked: &Asked<'_>,
    ids: impl Iterator<Item = &'i str>,
) -> Result<Vec<Value>, Refused> {
    let tenant = tenant(state, asked)?;
    let found = ids.filter_map(|id| find(state, &tenant.id, id));
    Ok(found.map(|it| it.shape(state, tenant, asked)).collect())
}

pub(super) fn get(asked: &Asked<'_>) -> Answer {
    check_options(asked, &["$select"])?;
    let state = asked.context.state();
    let (tenant, id) = (tenant(&state, asked)?, asked.request.parameter("id"));
    if !rights::reads_applications(asked.caller) && !rights::reads_groups(asked.caller) {
        return Err(Refused::denied());
    }
    let found = find(&state, &tenant.id, id).ok_or_else(|| Refused::not_found(id))?;
    if !found.is_readable(asked) {
        return Err(Refused::denied());
    }
    let object = found.shape(&state, tenant, asked);
    Ok(Reply::ok(&entity("directoryObjects", object, asked)))
}

/// Ids that are not found are left out, as in Graph.
pub(super) fn get_by_ids(asked: &Asked<'_>) -> Answer {
    if !rights::reads_applications(asked.caller) && !rights::reads_groups(asked.caller) {
        return Err(Refused::denied());
    }
    check_options(asked, &["$select"])?;
    let state = asked.context.state();
    let tenant = tenant(&state, asked)?;
    let body = asked.body(false)?;
    let list = |name: &str| body.get(name).map(texts).unwrap_or_default();
    let (ids, types) = (list("ids"), list("types"));
    if ids.is_empty() || ids.len() > MOST_IDS {
        let message = format!("The body must hold between 1 and {MOST_IDS} ids.");
        return Err(Refused::bad_request(message));
    }
    let wanted = |kind: &str| {
        let is_it = |it: &String| it.eq_ignore_ascii_case(kind) || it == "directoryObject";
        types.is_empty() || types.iter().any(is_it)
    };
    let unique: BTreeSet<String> = ids.iter().map(|id| id.to_ascii_lowercase()).collect();
    let found = unique
        .iter()
        .filter_map(|id| find(&state, &tenant.id, id))
        .filter(|it| wanted(it.kind()));
    let objects: Vec<Value> = found.map(|it| it.shape(&state, tenant, asked)).collect();
    let selected = objects
        .into_iter()
        .map(|it| super::query::select(it, asked));
    let value: Vec<Value> = selected.collect();
    Ok(Reply::ok(&json!({
        "@odata.context": context("directoryObjects"),
        "value": value,
    })))
}

// -- in which groups ---------------------------------------------------------------------------------------------------

/// `servicePrincipals/{id}/memberOf`.
pub(super) fn principal_member_of(asked: &Asked<'_>) -> Answer {
    let state = asked.context.state();
    let principal = principals::to_read(&state, asked)?;
    let groups = state
        .directory
        .direct_groups_of(asked.tenant(), &principal.id);
    let ids = groups.iter().map(|it| it.id.as_str());
    listed(asked, &state, "directoryObjects", ids)
}

/// `servicePrincipals/{id}/transitiveMemberOf`.
pub(super) fn principal_memberships(asked: &Asked<'_>) -> Answer {
    let state = asked.context.state();
    let principal = principals::to_read(&state, asked)?;
    let ids = state.groups_of(&principal.id);
    listed(
        asked,
        &state,
        "directoryObjects",
        ids.iter().map(String::as_str),
    )
}

/// The cast of `memberOf`.
pub(super) fn principal_member_of_type(asked: &Asked<'_>) -> Answer {
    let state = asked.context.state();
    let principal = principals::to_read(&state, asked)?;
    let groups = state
        .directory
        .direct_groups_of(asked.tenant(), &principal.id);
    let ids = of_cast(&state, asked, groups.iter().map(|it| it.id.as_str()))?;
    listed(asked, &state, "directoryObjects", ids.into_iter())
}

/// The cast of `transitiveMemberOf`: an advanced query, which needs a header and a count (MORE.md §2).
pub(super) fn principal_memberships_type(asked: &Asked<'_>) -> Answer {
    let state = asked.context.state();
    let principal = principals::to_read(&state, asked)?;
    check_advanced(asked)?;
    let ids = state.groups_of(&principal.id);
    let ids = of_cast(&state, asked, ids.iter().map(String::as_str))?;
    listed(asked, &state, "groups", ids.into_iter())
}

/// 400 for a cast of a transitive list that is no advanced query.
pub(super) fn check_advanced(asked: &Asked<'_>) -> Result<(), Refused> {
    if asked.is_advanced() {
        return Ok(());
    }
    let message = "Request with $count=true and the header ConsistencyLevel: eventual is needed for this cast.";
    Err(Refused::unsupported_query(message))
}

fn listed<'i>(
    asked: &Asked<'_>,
    state: &State,
    kind: &str,
    ids: impl Iterator<Item = &'i str>,
) -> Answer {
    Query::read(asked, &[], "DirectoryObject")?;
    page::of_list(kind, shown(state, asked, ids)?, asked)
}

/// `getMemberGroups` and `getMemberObjects`: ids only; there are no directory roles that the second could add.
pub(super) fn member_groups(asked: &Asked<'_>) -> Answer {
    let (_, groups) = memberships(asked)?;
    let body = asked.body(false)?;
    if !body
        .get("securityEnabledOnly")
        .is_some_and(Value::is_boolean)
    {
        let message = "The parameter securityEnabledOnly must be true or false.";
        return Err(Refused::bad_request(message));
    }
    Ok(ids(groups.into_iter().collect()))
}

/// `checkMemberGroups`: those of the given groups that the object is in.
pub(super) fn check_member_groups(asked: &Asked<'_>) -> Answer {
    let (_, groups) = memberships(asked)?;
    let body = asked.body(false)?;
    let wanted = body.get("groupIds").map(texts).unwrap_or_default();
    if wanted.is_empty() || wanted.len() > MOST_GROUPS {
        let message = format!("The body must hold between 1 and {MOST_GROUPS} groupIds.");
        return Err(Refused::bad_request(message));
    }
    let is_in = |id: &String| groups.contains(&id.to_ascii_lowercase());
    Ok(ids(wanted.into_iter().filter(is_in).collect()))
}

fn ids(value: Vec<String>) -> Reply {
    Reply::ok(&json!({"@odata.context": context("Collection(Edm.String)"), "value": value}))
}

/// The object that the path names, of whatever collection, and the groups that it is in.
fn memberships(asked: &Asked<'_>) -> Result<(String, BTreeSet<String>), Refused> {
    let state = asked.context.state();
    let key = asked.key()?;
    let found = match key {
        Key::AppId(app_id) => state
            .service_principal(asked.tenant(), app_id)
            .map(Object::ServicePrincipal),
        Key::Id(id) => find(&state, asked.tenant(), id),
        Key::Name(_) | Key::UniqueName(_) => None,
    };
    let own = found.is_some_and(|it| it.id().eq_ignore_ascii_case(&asked.caller.object_id));
    if !own && !rights::reads_memberships(asked.caller) {
        return Err(Refused::denied());
    }
    let id = found.map(|it| it.id().to_owned());
    let id = id.ok_or_else(|| Refused::not_found(key.value()))?;
    let groups = state.groups_of(&id);
    Ok((id, groups))
}
