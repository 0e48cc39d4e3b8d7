//! Applications: found, listed, made, changed, deleted.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::asked::{Answer, Asked, Key};
use super::body::{self, Property, Takes, text, texts};
use super::collection::{self, tenant};
use super::errors::Refused;
use super::query::{check_options, entity, selects};
use super::{expand, owners, rights, secrets, shape};
use crate::context::StateMut;
use crate::directory::{Details, Directory};
use crate::request::Reply;
use crate::store::State;
use crate::world::Application;

const OF: &str = "Application";
const AUDIENCES: &[&str] = &[
    "AzureADMyOrg",
    "AzureADMultipleOrgs",
    "AzureADandPersonalMicrosoftAccount",
    "PersonalMicrosoftAccount",
];
/// Longest display name (microsoft-graph-docs, `resources/application`).
const NAME_LIMIT: usize = 256;

const PROPERTIES: &[Property] = &[
    ("addIns", Takes::List),
    ("api", Takes::Object),
    ("appId", Takes::ReadOnly),
    ("appRoles", Takes::List),
    ("applicationTemplateId", Takes::ReadOnly),
    ("authenticationBehaviors", Takes::Object),
    ("certification", Takes::ReadOnly),
    ("createdByAppId", Takes::ReadOnly),
    ("createdDateTime", Takes::ReadOnly),
    ("defaultRedirectUri", Takes::Text),
    ("deletedDateTime", Takes::ReadOnly),
    ("description", Takes::Text),
    ("disabledByMicrosoftStatus", Takes::ReadOnly),
    ("displayName", Takes::Text),
    ("groupMembershipClaims", Takes::Text),
    ("id", Takes::ReadOnly),
    ("identifierUris", Takes::Texts),
    ("info", Takes::Object),
    ("isDeviceOnlyAuthSupported", Takes::Flag),
    ("isDisabled", Takes::Flag),
    ("isFallbackPublicClient", Takes::Flag),
    ("keyCredentials", Takes::List),
    ("notes", Takes::Text),
    ("oauth2RequirePostResponse", Takes::Flag),
    ("optionalClaims", Takes::Object),
    ("parentalControlSettings", Takes::Object),
    ("passwordCredentials", Takes::List),
    ("publicClient", Takes::Object),
    ("publisherDomain", Takes::ReadOnly),
    ("requestSignatureVerification", Takes::Object),
    ("requiredResourceAccess", Takes::List),
    ("samlMetadataUrl", Takes::Text),
    ("serviceManagementReference", Takes::Text),
    ("servicePrincipalLockConfiguration", Takes::Object),
    ("signInAudience", Takes::Text),
    ("spa", Takes::Object),
    ("tags", Takes::Texts),
    ("tokenEncryptionKeyId", Takes::Text),
    ("uniqueName", Takes::ReadOnly),
    ("verifiedPublisher", Takes::ReadOnly),
    ("web", Takes::Object),
];

pub(super) fn list(asked: &Asked<'_>) -> Answer {
    rights::read_applications(asked.caller)?;
    collection::list::<Application>(asked)
}

pub(super) fn count(asked: &Asked<'_>) -> Answer {
    rights::read_applications(asked.caller)?;
    collection::count::<Application>(asked)
}

pub(super) fn get(asked: &Asked<'_>) -> Answer {
    check_options(asked, &["$select", "$expand"])?;
    let state = asked.context.state();
    let application = to_read(&state, asked)?;
    let tenant = tenant(&state, asked)?;
    let mut object = shape::application(application, &state, tenant);
    if selects(asked, "keyCredentials") {
        let details = state.directory.details(&tenant.id, &application.id);
        object["keyCredentials"] = shape::keys(details, true).into();
    }
    let object = expand::one(asked, &state, "applications", object)?;
    Ok(Reply::ok(&entity("applications", object, asked)))
}

pub(super) fn post(asked: &Asked<'_>) -> Answer {
    rights::create_applications(asked.caller)?;
    create(asked, &mut asked.context.state_mut(), None)
}

/// `PATCH`; by unique name, and where the client prefers so, it makes what is missing (microsoft-graph-docs,
/// `application-upsert`).
pub(super) fn patch(asked: &Asked<'_>) -> Answer {
    let mut state = asked.context.state_mut();
    let key = asked.key()?;
    if let Key::UniqueName(name) = key
        && asked.creates_if_missing()
        && find(&state, asked.tenant(), &key).is_none()
    {
        rights::create_applications(asked.caller)?;
        return create(asked, &mut state, Some(name));
    }
    let id = to_write(&state, asked)?.id.clone();
    let body = asked.body(false)?;
    let (mut application, mut details) = copy(&state, asked.tenant(), &id)?;
    apply(
        &mut application,
        &mut details,
        &body,
        &state.directory,
        asked,
    )?;
    let home = state.service_principal(asked.tenant(), &application.app_id);
    let home = home.map(|it| it.id.clone());
    let directory = &mut state.directory;
    if let Some(principal) = home {
        directory.change_service_principal(asked.tenant(), &principal, |it, _| {
            it.display_name.clone_from(&application.display_name);
        });
    }
    directory.change_application(asked.tenant(), &id, |it, kept| {
        *it = application;
        *kept = details;
    });
    Ok(no_content())
}

pub(super) fn delete(asked: &Asked<'_>) -> Answer {
    let mut state = asked.context.state_mut();
    let id = to_write(&state, asked)?.id.clone();
    let now = asked.context.clock.now();
    state.directory.delete_application(asked.tenant(), &id, now);
    Ok(no_content())
}

fn create(asked: &Asked<'_>, state: &mut StateMut<'_>, unique_name: Option<&str>) -> Answer {
    let body = asked.body(false)?;
    let mut application = Application {
        id: Uuid::new_v4().to_string(),
        app_id: Uuid::new_v4().to_string(),
        display_name: String::new(),
        sign_in_audience: AUDIENCES[0].to_owned(),
        is_disabled: false,
        web: None,
        required_resource_access: Vec::new(),
        identifier_uris: Vec::new(),
        federated_identity_credentials: Vec::new(),
        password_credentials: Vec::new(),
        key_credentials: Vec::new(),
    };
    let mut details = Details {
        created: Some(asked.context.clock.now()),
        owners: owners::of_new(state, asked, &body)?,
        ..Details::default()
    };
    apply(
        &mut application,
        &mut details,
        &body,
        &state.directory,
        asked,
    )?;
    if application.display_name.is_empty() {
        return Err(Refused::missing_value("displayName", OF));
    }
    if let Some(name) = unique_name {
        details
            .properties
            .insert("uniqueName".to_owned(), name.into());
    }
    let id = application.id.clone();
    let directory = &mut state.directory;
    directory.add_application(asked.tenant(), application.clone());
    directory.add_details(asked.tenant(), &id, details);
    let tenant = tenant(state, asked)?;
    let object = shape::application(&application, state, tenant);
    Ok(created("applications", object, asked))
}

/// Writes the properties of a body.
fn apply(
    application: &mut Application,
    details: &mut Details,
    body: &Map<String, Value>,
    directory: &Directory,
    asked: &Asked<'_>,
) -> Result<(), Refused> {
    for (name, value) in body::check(body, PROPERTIES, OF)? {
        match name {
            "displayName" => application.display_name = display_name(body)?,
            "signInAudience" => application.sign_in_audience = audience(body)?,
            "isDisabled" => application.is_disabled = value.as_bool().unwrap_or_default(),
            "web" => application.web = value.is_object().then(|| value.clone()),
            "requiredResourceAccess" => {
                application.required_resource_access =
                    value.as_array().cloned().unwrap_or_default();
            }
            "identifierUris" => {
                application.identifier_uris = uris(application, value, directory)?;
            }
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

fn display_name(body: &Map<String, Value>) -> Result<String, Refused> {
    let name = text(body, "displayName").unwrap_or_default();
    if name.trim().is_empty() || name.chars().count() > NAME_LIMIT {
        return Err(Refused::invalid_value("displayName", OF));
    }
    Ok(name.to_owned())
}

fn audience(body: &Map<String, Value>) -> Result<String, Refused> {
    let audience = text(body, "signInAudience").unwrap_or_default();
    let known = AUDIENCES.iter().find(|known| **known == audience);
    known
        .map(|known| (*known).to_owned())
        .ok_or_else(|| Refused::invalid_value("signInAudience", OF))
}

/// Each has a scheme, and no other application has it.
fn uris(
    application: &Application,
    value: &Value,
    directory: &Directory,
) -> Result<Vec<String>, Refused> {
    let uris = texts(value);
    for uri in &uris {
        if !uri.contains(':') || uri.ends_with('/') {
            return Err(Refused::invalid_value("identifierUris", OF));
        }
        let other = directory.application_of_uri(uri);
        if other.is_some_and(|other| other.id != application.id) {
            return Err(Refused::value_in_use("identifierUris"));
        }
    }
    Ok(uris)
}

fn copy(state: &State, tenant: &str, id: &str) -> Result<(Application, Details), Refused> {
    let found = state.application(tenant, id);
    let application = found.ok_or_else(|| Refused::not_found(id))?.clone();
    Ok((application, state.directory.details(tenant, id).clone()))
}

/// The application that a path names, by object id or by another key.
pub(super) fn find<'s>(state: &'s State, tenant: &str, key: &Key<'_>) -> Option<&'s Application> {
    let value = key.value();
    let found = || state.application(tenant, value);
    match key {
        Key::AppId(_) => found().filter(|it| it.app_id.eq_ignore_ascii_case(value)),
        Key::Id(_) => found().filter(|it| it.id.eq_ignore_ascii_case(value)),
        Key::UniqueName(_) => state.directory.application_of_unique_name(tenant, value),
        Key::Name(_) => None,
    }
}

/// The application to look at; right before existence.
pub(super) fn to_read<'s>(state: &'s State, asked: &Asked<'_>) -> Result<&'s Application, Refused> {
    let key = asked.key()?;
    let found = find(state, asked.tenant(), &key);
    let own = found.is_some_and(|it| rights::is_own(asked.caller, &it.app_id));
    if !own && !rights::reads_applications(asked.caller) {
        return Err(Refused::denied());
    }
    found.ok_or_else(|| Refused::not_found(key.value()))
}

/// The application to change; right before existence.
pub(super) fn to_write<'s>(
    state: &'s State,
    asked: &Asked<'_>,
) -> Result<&'s Application, Refused> {
    let key = asked.key()?;
    let Some(found) = find(state, asked.tenant(), &key) else {
        rights::create_applications(asked.caller)?;
        return Err(Refused::not_found(key.value()));
    };
    let details = state.directory.details(asked.tenant(), &found.id);
    rights::write_application(asked.caller, details)?;
    Ok(found)
}

/// 201 with the object and its address.
pub(super) fn created(kind: &str, object: Value, asked: &Asked<'_>) -> Reply {
    let id = object["id"].as_str().unwrap_or_default().to_owned();
    let body = entity(kind, object, asked);
    let base = format!("https://{}/v1.0", asked.request.host);
    let place = format!("{base}/directoryObjects/{id}");
    Reply::json(http::StatusCode::CREATED, &body).with("location", place)
}

/// 204.
pub(super) fn no_content() -> Reply {
    Reply {
        status: http::StatusCode::NO_CONTENT,
        headers: Vec::new(),
        body: bytes::Bytes::new(),
    }
}
