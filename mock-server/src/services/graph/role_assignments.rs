//! App role assignments: which application permissions a service principal holds, and who holds those of one.
//!
//! `appRoleAssignments` is the holder's side, `appRoleAssignedTo` the side of the resource that declares the role; both
//! write the same. What is assigned stands in the `roles` of the next token for that resource. Only service principals are
//! assigned here: groups and users answer 501 and 404.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::applications::no_content;
use super::asked::{Answer, Asked};
use super::body::guid;
use super::errors::Refused;
use super::query::filter::Field;
use super::query::{Query, check_options, entity, page};
use super::{app_roles, principals, rights};
use crate::clock::rfc3339;
use crate::directory::{AppRole, Details, GRAPH};
use crate::request::Reply;
use crate::store::State;
use crate::world::ServicePrincipal;

const OF: &str = "AppRoleAssignment";
const KIND: &str = "appRoleAssignments";
/// Properties by which they are filtered.
const PROPERTIES: &[&str] = &["appRoleId", "id", "principalId", "resourceId"];

/// One assignment.
struct Assignment<'s> {
    holder: &'s ServicePrincipal,
    resource: &'s ServicePrincipal,
    role: String,
    created: Option<OffsetDateTime>,
}

impl Assignment<'_> {
    /// Derived from what it says, so that it is the same in every run; in Azure it is as long and as opaque.
    fn id(&self) -> String {
        let name = format!("{}/{}/{}", self.holder.id, self.resource.id, self.role);
        URL_SAFE_NO_PAD.encode(Sha256::digest(name.to_ascii_lowercase()))
    }

    fn shape(&self) -> Value {
        json!({
            "id": self.id(),
            "deletedDateTime": null,
            "appRoleId": self.role,
            "createdDateTime": self.created.map(rfc3339),
            "principalDisplayName": self.holder.display_name,
            "principalId": self.holder.id,
            "principalType": "ServicePrincipal",
            "resourceDisplayName": self.resource.display_name,
            "resourceId": self.resource.id,
        })
    }
}

// -- the holder's side ---------------------------------------------------------------------------------------------------

pub(super) fn list_held(asked: &Asked<'_>) -> Answer {
    let state = asked.context.state();
    let holder = principals::to_read(&state, asked)?;
    list(asked, &held(&state, asked.tenant(), holder))
}

pub(super) fn get_held(asked: &Asked<'_>) -> Answer {
    let state = asked.context.state();
    let holder = principals::to_read(&state, asked)?;
    get(asked, held(&state, asked.tenant(), holder))
}

pub(super) fn post_held(asked: &Asked<'_>) -> Answer {
    post(asked, "principalId")
}

pub(super) fn delete_held(asked: &Asked<'_>) -> Answer {
    delete(asked, held)
}

// -- the resource's side -------------------------------------------------------------------------------------------------

pub(super) fn list_given(asked: &Asked<'_>) -> Answer {
    let state = asked.context.state();
    let resource = principals::to_read(&state, asked)?;
    list(asked, &given(&state, asked.tenant(), resource))
}

pub(super) fn get_given(asked: &Asked<'_>) -> Answer {
    let state = asked.context.state();
    let resource = principals::to_read(&state, asked)?;
    get(asked, given(&state, asked.tenant(), resource))
}

pub(super) fn post_given(asked: &Asked<'_>) -> Answer {
    post(asked, "resourceId")
}

pub(super) fn delete_given(asked: &Asked<'_>) -> Answer {
    delete(asked, given)
}

// -- both ----------------------------------------------------------------------------------------------------------------

/// What a service principal holds; nothing of resources that are gone.
fn held<'s>(state: &'s State, tenant: &str, holder: &'s ServicePrincipal) -> Vec<Assignment<'s>> {
    let details = state.directory.details(tenant, &holder.id);
    let graph = state.service_principal(tenant, GRAPH);
    let created = |role: &str| {
        let noted = details.app_roles.iter().find(|it| it.role == role);
        noted.map(|it| it.created)
    };
    let of_graph = holder.graph_permissions.iter().filter_map(|permission| {
        let role = app_roles::id_of(permission)?;
        Some(Assignment {
            holder,
            resource: graph?,
            role: role.to_owned(),
            created: created(role),
        })
    });
    let others = details.app_roles.iter().filter_map(|it| {
        let resource = state.service_principal(tenant, &it.resource)?;
        (resource.app_id != GRAPH).then(|| Assignment {
            holder,
            resource,
            role: it.role.clone(),
            created: Some(it.created),
        })
    });
    of_graph.chain(others).collect()
}

/// Who holds a role of this resource.
fn given<'s>(
    state: &'s State,
    tenant: &str,
    resource: &'s ServicePrincipal,
) -> Vec<Assignment<'s>> {
    let all = state.directory.service_principals(tenant);
    let held = all.flat_map(|it| held(state, tenant, it));
    held.filter(|it| it.resource.id == resource.id).collect()
}

fn list(asked: &Asked<'_>, all: &[Assignment<'_>]) -> Answer {
    let query = Query::read(asked, PROPERTIES, OF)?;
    let takes = |it: &&Assignment<'_>| {
        let id = it.id();
        // Lives as long as the call: `takes` asks for each property as it goes.
        query.takes(&|name| match name {
            "appRoleId" => Field::Text(&it.role),
            "id" => Field::Text(&id),
            "principalId" => Field::Text(&it.holder.id),
            "resourceId" => Field::Text(&it.resource.id),
            _ => Field::None,
        })
    };
    let found = all.iter().filter(takes);
    page::of_list(KIND, found.map(Assignment::shape).collect(), asked)
}

fn get(asked: &Asked<'_>, all: Vec<Assignment<'_>>) -> Answer {
    check_options(asked, &["$select"])?;
    let found = named(asked, all)?;
    Ok(Reply::ok(&entity(KIND, found.shape(), asked)))
}

fn named<'s>(asked: &Asked<'_>, all: Vec<Assignment<'s>>) -> Result<Assignment<'s>, Refused> {
    let id = asked.request.parameter("assignment");
    let found = all.into_iter().find(|it| it.id() == id);
    found.ok_or_else(|| Refused::not_found(id))
}

/// Assigns a role; `own` names the property that must say what the path says.
fn post(asked: &Asked<'_>, own: &str) -> Answer {
    rights::assign_app_roles(asked.caller)?;
    let mut state = asked.context.state_mut();
    let named_by_path = principals::to_read(&state, asked)?.id.clone();
    let body = asked.body(false)?;
    if !guid(&body, own, OF)?.eq_ignore_ascii_case(&named_by_path) {
        return Err(Refused::bad_request("Not a valid reference update."));
    }
    let created = asked.context.clock.now();
    let assignment = Assignment {
        holder: holder(&state, asked, guid(&body, "principalId", OF)?)?,
        resource: principals::existing(&state, asked, guid(&body, "resourceId", OF)?)?,
        role: guid(&body, "appRoleId", OF)?.to_ascii_lowercase(),
        created: Some(created),
    };
    check(&state, asked, &assignment)?;
    let (object, id) = (assignment.shape(), assignment.id());
    let role = AppRole {
        role: assignment.role,
        resource: assignment.resource.id.clone(),
        created,
    };
    let permission = permission_of(assignment.resource, &role.role);
    let holder = assignment.holder.id.clone();
    let set = |principal: &mut ServicePrincipal, details: &mut Details| {
        principal
            .graph_permissions
            .extend(permission.map(str::to_owned));
        details.app_roles.push(role);
    };
    let directory = &mut state.directory;
    directory.change_service_principal(asked.tenant(), &holder, set);
    let base = format!("https://{}/v1.0", asked.request.host);
    let reply = Reply::json(http::StatusCode::CREATED, &entity(KIND, object, asked));
    Ok(reply.with("location", format!("{base}/{KIND}/{id}")))
}

fn delete(
    asked: &Asked<'_>,
    all: for<'s> fn(&'s State, &str, &'s ServicePrincipal) -> Vec<Assignment<'s>>,
) -> Answer {
    rights::remove_app_roles(asked.caller)?;
    let mut state = asked.context.state_mut();
    let principal = principals::to_read(&state, asked)?;
    let gone = named(asked, all(&state, asked.tenant(), principal))?;
    let permission = permission_of(gone.resource, &gone.role);
    let (holder, resource, role) = (
        gone.holder.id.clone(),
        gone.resource.id.clone(),
        gone.role.clone(),
    );
    let set = |principal: &mut ServicePrincipal, details: &mut Details| {
        principal
            .graph_permissions
            .retain(|it| permission != Some(it.as_str()));
        details
            .app_roles
            .retain(|it| it.role != role || it.resource != resource);
    };
    let directory = &mut state.directory;
    directory.change_service_principal(asked.tenant(), &holder, set);
    Ok(no_content())
}

/// The permission that a role of Graph is; none for roles of other resources.
fn permission_of(resource: &ServicePrincipal, role: &str) -> Option<&'static str> {
    let is_graph = resource.app_id == GRAPH;
    app_roles::permission(role).filter(|_| is_graph)
}

/// Texts: public captures of scripts that assign them.
fn check(state: &State, asked: &Asked<'_>, new: &Assignment<'_>) -> Result<(), Refused> {
    if app_roles::value_of(new.resource, state, &new.role).is_none() {
        let message = format!(
            "Permission being assigned was not found on application '{}'",
            new.resource.app_id
        );
        return Err(Refused::bad_request(message));
    }
    let id = new.id();
    let before = held(state, asked.tenant(), new.holder);
    if before.iter().any(|it| it.id() == id) {
        let message = "Permission being assigned already exists on the object";
        return Err(Refused::bad_request(message));
    }
    Ok(())
}

fn holder<'s>(
    state: &'s State,
    asked: &Asked<'_>,
    id: &str,
) -> Result<&'s ServicePrincipal, Refused> {
    if state.directory.group(asked.tenant(), id).is_some() {
        return Err(Refused::not_built("app roles of groups"));
    }
    principals::existing(state, asked, id)
}

/// Values of the roles of a resource that a service principal of this tenant holds: `roles` of its tokens.
pub fn roles_for(
    state: &State,
    tenant: &str,
    holder: &ServicePrincipal,
    app_id: &str,
) -> Vec<String> {
    let held = held(state, tenant, holder).into_iter();
    let of_it = held.filter(|it| it.resource.app_id.eq_ignore_ascii_case(app_id));
    let values = of_it.filter_map(|it| app_roles::value_of(it.resource, state, &it.role));
    values.filter(|value| !value.is_empty()).collect()
}
