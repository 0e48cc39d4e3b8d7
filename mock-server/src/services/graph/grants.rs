//! Delegated permissions that an administrator consented to, for everybody in the tenant (`oAuth2PermissionGrant`).
//!
//! Kept and shown; nobody signs in here, so no token has them. A grant for one person is for nobody: there are no people. Rules:
//! microsoft-graph-docs, `oauth2permissiongrant-post`, `-update`; the texts of the refusals are ours.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::applications::no_content;
use super::asked::{Answer, Asked};
use super::body::{guid, text};
use super::errors::Refused;
use super::query::filter::Field;
use super::query::{Query, check_options, entity, page};
use super::{principals, rights};
use crate::directory::Grant;
use crate::request::Reply;
use crate::store::State;
use crate::world::ServicePrincipal;

const OF: &str = "OAuth2PermissionGrant";
const KIND: &str = "oauth2PermissionGrants";
/// Properties by which they are filtered.
const PROPERTIES: &[&str] = &[
    "clientId",
    "consentType",
    "id",
    "principalId",
    "resourceId",
    "scope",
];
const EVERYBODY: &str = "AllPrincipals";

/// A grant, and the object that holds it.
struct Held<'s> {
    client: &'s ServicePrincipal,
    grant: &'s Grant,
}

impl Held<'_> {
    /// Derived from what it says, so that it is the same in every run; in Azure it is as long and as opaque.
    fn id(&self) -> String {
        id_of(&self.client.id, &self.grant.resource)
    }

    fn shape(&self) -> Value {
        json!({
            "id": self.id(),
            "clientId": self.client.id,
            "consentType": EVERYBODY,
            "principalId": null,
            "resourceId": self.grant.resource,
            "scope": self.grant.scope,
        })
    }
}

fn id_of(client: &str, resource: &str) -> String {
    let name = format!("{client}/{resource}").to_ascii_lowercase();
    URL_SAFE_NO_PAD.encode(Sha256::digest(name))
}

/// All of a tenant; nothing for resources that are gone.
fn all<'s>(state: &'s State, tenant: &str) -> Vec<Held<'s>> {
    let clients = state.directory.service_principals(tenant);
    let each = clients.flat_map(|client| of_client(state, tenant, client));
    each.collect()
}

fn of_client<'s>(state: &'s State, tenant: &str, client: &'s ServicePrincipal) -> Vec<Held<'s>> {
    let grants = state.directory.details(tenant, &client.id).grants.iter();
    let there = grants.filter(|it| state.service_principal(tenant, &it.resource).is_some());
    there.map(|grant| Held { client, grant }).collect()
}

pub(super) fn list(asked: &Asked<'_>) -> Answer {
    rights::read_grants(asked.caller)?;
    let state = asked.context.state();
    listed(asked, &all(&state, asked.tenant()))
}

/// Those of one service principal.
pub(super) fn list_of_client(asked: &Asked<'_>) -> Answer {
    rights::read_grants(asked.caller)?;
    let state = asked.context.state();
    let client = principals::to_read(&state, asked)?;
    listed(asked, &of_client(&state, asked.tenant(), client))
}

fn listed(asked: &Asked<'_>, all: &[Held<'_>]) -> Answer {
    let query = Query::read(asked, PROPERTIES, OF)?;
    let takes = |it: &&Held<'_>| {
        let id = it.id();
        query.takes(&|name| match name {
            "clientId" => Field::Text(&it.client.id),
            "consentType" => Field::Text(EVERYBODY),
            "id" => Field::Text(&id),
            "resourceId" => Field::Text(&it.grant.resource),
            "scope" => Field::Text(&it.grant.scope),
            _ => Field::None,
        })
    };
    let found = all.iter().filter(takes);
    page::of_list(KIND, found.map(Held::shape).collect(), asked)
}

pub(super) fn get(asked: &Asked<'_>) -> Answer {
    rights::read_grants(asked.caller)?;
    check_options(asked, &["$select"])?;
    let state = asked.context.state();
    let found = named(asked, all(&state, asked.tenant()))?;
    Ok(Reply::ok(&entity(KIND, found.shape(), asked)))
}

fn named<'s>(asked: &Asked<'_>, all: Vec<Held<'s>>) -> Result<Held<'s>, Refused> {
    let id = asked.request.parameter("id");
    let found = all.into_iter().find(|it| it.id() == id);
    found.ok_or_else(|| Refused::not_found(id))
}

pub(super) fn post(asked: &Asked<'_>) -> Answer {
    rights::write_grants(asked.caller)?;
    let body = asked.body(false)?;
    let mut state = asked.context.state_mut();
    let client = principals::existing(&state, asked, guid(&body, "clientId", OF)?)?
        .id
        .clone();
    let resource = principals::existing(&state, asked, guid(&body, "resourceId", OF)?)?
        .id
        .clone();
    match text(&body, "consentType") {
        Some(EVERYBODY) => {}
        Some("Principal") => return Err(Refused::not_found(guid(&body, "principalId", OF)?)),
        Some(_) => return Err(Refused::invalid_value("consentType", OF)),
        None => return Err(Refused::missing_value("consentType", OF)),
    }
    let scope = scope_in(&body)?;
    let details = state.directory.details(asked.tenant(), &client);
    if details.grants.iter().any(|it| it.resource == resource) {
        return Err(Refused::conflict("Permission entry already exists."));
    }
    let grant = Grant { resource, scope };
    let id = id_of(&client, &grant.resource);
    let directory = &mut state.directory;
    directory.change_service_principal(asked.tenant(), &client, |_, details| {
        details.grants.push(grant);
    });
    let made = all(&state, asked.tenant());
    let made = made.into_iter().find(|it| it.id() == id);
    let shape = made.ok_or_else(|| Refused::not_found(&id))?.shape();
    Ok(Reply::json(
        StatusCode::CREATED,
        &entity(KIND, shape, asked),
    ))
}

/// Another scope; nothing else of a grant changes.
pub(super) fn patch(asked: &Asked<'_>) -> Answer {
    rights::write_grants(asked.caller)?;
    let body = asked.body(false)?;
    let scope = scope_in(&body)?;
    change(asked, |grant| {
        grant.scope.clone_from(&scope);
        true
    })
}

pub(super) fn delete(asked: &Asked<'_>) -> Answer {
    rights::write_grants(asked.caller)?;
    change(asked, |_| false)
}

/// Changes the grant that the path names, and keeps it or not.
fn change(asked: &Asked<'_>, keep: impl Fn(&mut Grant) -> bool) -> Answer {
    let mut state = asked.context.state_mut();
    let found = named(asked, all(&state, asked.tenant()))?;
    let (client, resource) = (found.client.id.clone(), found.grant.resource.clone());
    let directory = &mut state.directory;
    directory.change_service_principal(asked.tenant(), &client, |_, details| {
        details
            .grants
            .retain_mut(|it| it.resource != resource || keep(it));
    });
    Ok(no_content())
}

/// Names of permissions with blanks between them.
fn scope_in(body: &Map<String, Value>) -> Result<String, Refused> {
    match body.get("scope") {
        Some(Value::String(scope)) => Ok(scope.trim().to_owned()),
        None => Err(Refused::missing_value("scope", OF)),
        Some(_) => Err(Refused::invalid_value("scope", OF)),
    }
}
