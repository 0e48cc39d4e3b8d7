//! Service principals: found, listed, made, changed, deleted.
//!
//! Making one is how an application comes into a tenant: its own, or another one when its `signInAudience` allows it.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::applications::{created, no_content};
use super::asked::{Answer, Asked, Key};
use super::body::{self, Property, Takes, text, texts};
use super::collection::{self, tenant};
use super::errors::Refused;
use super::query::{check_options, entity, selects};
use super::{expand, owners, rights, secrets, shape};
use crate::directory::{Details, GRAPH};
use crate::request::Reply;
use crate::services::entra::application::allows_other_tenants;
use crate::store::State;
use crate::world::{Application, ServicePrincipal};

const OF: &str = "ServicePrincipal";

const PROPERTIES: &[Property] = &[
    ("accountEnabled", Takes::Flag),
    ("addIns", Takes::List),
    ("alternativeNames", Takes::Texts),
    ("appDescription", Takes::ReadOnly),
    ("appDisplayName", Takes::ReadOnly),
    ("appId", Takes::ReadOnly),
    ("appOwnerOrganizationId", Takes::ReadOnly),
    ("appRoleAssignmentRequired", Takes::Flag),
    ("appRoles", Takes::List),
    ("applicationTemplateId", Takes::ReadOnly),
    ("createdByAppId", Takes::ReadOnly),
    ("customSecurityAttributes", Takes::Object),
    ("deletedDateTime", Takes::ReadOnly),
    ("description", Takes::Text),
    ("disabledByMicrosoftStatus", Takes::ReadOnly),
    ("displayName", Takes::Text),
    ("homepage", Takes::Text),
    ("id", Takes::ReadOnly),
    ("info", Takes::Object),
    ("isDisabled", Takes::ReadOnly),
    ("keyCredentials", Takes::List),
    ("loginUrl", Takes::Text),
    ("logoutUrl", Takes::Text),
    ("notes", Takes::Text),
    ("notificationEmailAddresses", Takes::Texts),
    ("oauth2PermissionScopes", Takes::List),
    ("passwordCredentials", Takes::List),
    ("preferredSingleSignOnMode", Takes::Text),
    ("preferredTokenSigningKeyThumbprint", Takes::Text),
    ("replyUrls", Takes::Texts),
    ("resourceSpecificApplicationPermissions", Takes::ReadOnly),
    ("samlSingleSignOnSettings", Takes::Object),
    ("servicePrincipalNames", Takes::ReadOnly),
    ("servicePrincipalType", Takes::ReadOnly),
    ("signInAudience", Takes::ReadOnly),
    ("tags", Takes::Texts),
    ("tokenEncryptionKeyId", Takes::Text),
    ("verifiedPublisher", Takes::ReadOnly),
];

pub(super) fn list(asked: &Asked<'_>) -> Answer {
    rights::read_applications(asked.caller)?;
    collection::list::<ServicePrincipal>(asked)
}

pub(super) fn count(asked: &Asked<'_>) -> Answer {
    rights::read_applications(asked.caller)?;
    collection::count::<ServicePrincipal>(asked)
}

pub(super) fn get(asked: &Asked<'_>) -> Answer {
    check_options(asked, &["$select", "$expand"])?;
    let state = asked.context.state();
    let principal = to_read(&state, asked)?;
    let tenant = tenant(&state, asked)?;
    let mut object = shape::service_principal(principal, &state, tenant);
    if selects(asked, "keyCredentials") {
        let details = state.directory.details(&tenant.id, &principal.id);
        object["keyCredentials"] = shape::keys(details, true).into();
    }
    let object = expand::one(asked, &state, "servicePrincipals", object)?;
    Ok(Reply::ok(&entity("servicePrincipals", object, asked)))
}

pub(super) fn post(asked: &Asked<'_>) -> Answer {
    rights::create_applications(asked.caller)?;
    let mut body = asked.body(false)?;
    let app_id = match body.remove("appId") {
        Some(Value::String(app_id)) => app_id,
        None | Some(Value::Null) => return Err(Refused::missing_value("appId", OF)),
        Some(_) => return Err(Refused::invalid_value("appId", OF)),
    };
    let mut state = asked.context.state_mut();
    let (application, home) = backing(&state, asked, &app_id)?;
    let known = state.service_principal(asked.tenant(), &app_id);
    if known.is_some_and(|it| it.app_id.eq_ignore_ascii_case(&app_id)) {
        return Err(Refused::conflict(format!(
            "The service principal cannot be created, updated, or restored because the service principal name {app_id} is \
             already in use."
        )));
    }
    let id = Uuid::new_v4().to_string();
    let mut principal = ServicePrincipal::of(application, Some(home.to_owned()), id.clone());
    let mut details = Details {
        created: Some(asked.context.clock.now()),
        owners: owners::of_new(&state, asked, &body)?,
        ..Details::default()
    };
    apply(&mut principal, &mut details, &body, asked)?;
    let directory = &mut state.directory;
    directory.add_service_principal(asked.tenant(), principal.clone());
    directory.add_details(asked.tenant(), &id, details);
    let tenant = tenant(&state, asked)?;
    let object = shape::service_principal(&principal, &state, tenant);
    Ok(created("servicePrincipals", object, asked))
}

/// The application that a new service principal stands for, and its home.
fn backing<'s>(
    state: &'s State,
    asked: &Asked<'_>,
    app_id: &str,
) -> Result<(&'s Application, &'s str), Refused> {
    let home = state.directory.home_of(app_id);
    let found = home.and_then(|home| Some((state.application(home, app_id)?, home)));
    if rights::writes_owned_only(asked.caller) {
        let owned = found.filter(|(it, home)| {
            let details = state.directory.details(home, &it.id);
            *home == asked.tenant() && details.is_owned_by(&asked.caller.object_id)
        });
        return owned.ok_or_else(Refused::not_of_local_tenant);
    }
    found
        .filter(|(it, home)| *home == asked.tenant() || allows_other_tenants(it))
        .ok_or_else(|| Refused::no_backing_application(app_id))
}

pub(super) fn patch(asked: &Asked<'_>) -> Answer {
    let mut state = asked.context.state_mut();
    let found = to_write(&state, asked)?;
    let (id, mut principal) = (found.id.clone(), found.clone());
    let mut details = state.directory.details(asked.tenant(), &id).clone();
    let body = asked.body(false)?;
    apply(&mut principal, &mut details, &body, asked)?;
    state
        .directory
        .change_service_principal(asked.tenant(), &id, |it, kept| {
            *it = principal;
            *kept = details;
        });
    Ok(no_content())
}

pub(super) fn delete(asked: &Asked<'_>) -> Answer {
    let mut state = asked.context.state_mut();
    let id = to_write_by_hand(&state, asked)?.id.clone();
    let now = asked.context.clock.now();
    state
        .directory
        .delete_service_principal(asked.tenant(), &id, now);
    Ok(no_content())
}

fn apply(
    principal: &mut ServicePrincipal,
    details: &mut Details,
    body: &Map<String, Value>,
    asked: &Asked<'_>,
) -> Result<(), Refused> {
    for (name, value) in body::check(body, PROPERTIES, OF)? {
        match name {
            "accountEnabled" => {
                let enabled = value.as_bool();
                principal.account_enabled =
                    enabled.ok_or_else(|| Refused::invalid_value(name, OF))?;
            }
            "displayName" => {
                let given = text(body, name).filter(|it| !it.trim().is_empty());
                let given = given.ok_or_else(|| Refused::invalid_value(name, OF))?;
                principal.display_name = given.to_owned();
            }
            "tags" => principal.tags = texts(value),
            "keyCredentials" => details.keys = secrets::keys(&details.keys, value, asked)?,
            "passwordCredentials" => secrets::keep_passwords(&mut details.passwords, value)?,
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

/// The service principal that a path names, by object id or by `appId`.
fn find<'s>(state: &'s State, tenant: &str, key: &Key<'_>) -> Option<&'s ServicePrincipal> {
    let value = key.value();
    let found = state.service_principal(tenant, value);
    match key {
        Key::AppId(_) => found.filter(|it| it.app_id.eq_ignore_ascii_case(value)),
        Key::Id(_) => found.filter(|it| it.id.eq_ignore_ascii_case(value)),
        Key::Name(_) | Key::UniqueName(_) => None,
    }
}

/// The service principal of the caller's tenant that a body names by its object id.
pub(super) fn existing<'s>(
    state: &'s State,
    asked: &Asked<'_>,
    id: &str,
) -> Result<&'s ServicePrincipal, Refused> {
    let found = state.service_principal(asked.tenant(), id);
    found
        .filter(|it| it.id.eq_ignore_ascii_case(id))
        .ok_or_else(|| Refused::not_found(id))
}

/// The service principal to look at; right before existence.
pub(super) fn to_read<'s>(
    state: &'s State,
    asked: &Asked<'_>,
) -> Result<&'s ServicePrincipal, Refused> {
    let key = asked.key()?;
    let found = find(state, asked.tenant(), &key);
    let own = found.is_some_and(|it| rights::is_own(asked.caller, &it.app_id));
    if !own && !rights::reads_applications(asked.caller) {
        return Err(Refused::denied());
    }
    found.ok_or_else(|| Refused::not_found(key.value()))
}

/// The service principal to change; right before existence.
pub(super) fn to_write<'s>(
    state: &'s State,
    asked: &Asked<'_>,
) -> Result<&'s ServicePrincipal, Refused> {
    let key = asked.key()?;
    let Some(found) = find(state, asked.tenant(), &key) else {
        rights::create_applications(asked.caller)?;
        return Err(Refused::not_found(key.value()));
    };
    let details = state.directory.details(asked.tenant(), &found.id);
    rights::write_application(asked.caller, details)?;
    Ok(found)
}

/// The same, but none of a managed identity, which lives and dies with its resource, and not Graph's own. The texts are
/// ours.
pub(super) fn to_write_by_hand<'s>(
    state: &'s State,
    asked: &Asked<'_>,
) -> Result<&'s ServicePrincipal, Refused> {
    let found = to_write(state, asked)?;
    if found.is_managed_identity() {
        let message =
            "The service principal of a managed identity is changed by its Azure resource.";
        return Err(Refused::bad_request(message));
    }
    if found.app_id == GRAPH {
        let message = "The service principal of Microsoft Graph is Microsoft's own.";
        return Err(Refused::bad_request(message));
    }
    Ok(found)
}
