//! Federated identity credentials of an application.
//!
//! What is refused: a name that is no part of an address, too long texts, more than one audience, the 21st credential, a
//! name or a pair of issuer and subject that is taken (IDENTITY.md §2). A wrong issuer, subject or audience is accepted
//! silently and fails at the exchange (PITFALLS C10).

use serde_json::{Map, Value};
use uuid::Uuid;

use super::applications::{created, no_content, to_read, to_write};
use super::asked::{Answer, Asked};
use super::body::{self, Property, Takes, text, texts};
use super::errors::Refused;
use super::query::filter::Field;
use super::query::{Query, check_options, entity, page};
use super::shape;
use crate::context::StateMut;
use crate::request::Reply;
use crate::world::{Application, FederatedIdentityCredential};

const OF: &str = "FederatedIdentityCredential";
/// Credentials of one application, and longest texts (IDENTITY.md §2).
const MOST: usize = 20;
const TEXT_LIMIT: usize = 600;

const PROPERTIES: &[Property] = &[
    ("audiences", Takes::Texts),
    ("description", Takes::Text),
    ("id", Takes::ReadOnly),
    ("issuer", Takes::Text),
    ("name", Takes::Text),
    ("subject", Takes::Text),
];

pub(super) fn list(asked: &Asked<'_>) -> Answer {
    let state = asked.context.state();
    let application = to_read(&state, asked)?;
    let query = Query::read(asked, &["id", "issuer", "name", "subject"], OF)?;
    let all = application.federated_identity_credentials.iter();
    let found = all.filter(|it| query.takes(&|name| field(it, name)));
    page::of_list(
        &kind(application),
        found.map(shape::credential).collect(),
        asked,
    )
}

pub(super) fn get(asked: &Asked<'_>) -> Answer {
    check_options(asked, &["$select"])?;
    let state = asked.context.state();
    let application = to_read(&state, asked)?;
    let (_, credential) = find(application, asked)?;
    let object = shape::credential(credential);
    Ok(Reply::ok(&entity(&kind(application), object, asked)))
}

pub(super) fn post(asked: &Asked<'_>) -> Answer {
    let mut state = asked.context.state_mut();
    let application = to_write(&state, asked)?.clone();
    let body = asked.body(false)?;
    create(asked, &mut state, application, &body, None)
}

/// `PATCH`; by name, and where the client prefers so, it makes what is missing (microsoft-graph-docs,
/// `federatedidentitycredential-upsert`).
pub(super) fn patch(asked: &Asked<'_>) -> Answer {
    let mut state = asked.context.state_mut();
    let application = to_write(&state, asked)?.clone();
    let body = asked.body(false)?;
    let by_name = !asked.request.parameter("credentialKey").is_empty();
    let (at, mut changed) = match find(&application, asked) {
        Ok((at, found)) => (at, found.clone()),
        Err(_) if by_name && asked.creates_if_missing() => {
            let name = asked.key_of("credential", "credentialKey")?.value();
            return create(asked, &mut state, application, &body, Some(name));
        }
        Err(refused) => return Err(refused),
    };
    let name = changed.name.clone();
    apply(&mut changed, &body)?;
    if changed.name != name {
        let message =
            "The name of a federated identity credential is immutable and cannot be changed.";
        return Err(Refused::bad_request(message));
    }
    check_unique(&application, &changed, Some(at))?;
    state
        .directory
        .change_application(asked.tenant(), &application.id, |it, _| {
            it.federated_identity_credentials[at] = changed;
        });
    Ok(no_content())
}

pub(super) fn delete(asked: &Asked<'_>) -> Answer {
    let mut state = asked.context.state_mut();
    let application = to_write(&state, asked)?;
    let (at, _) = find(application, asked)?;
    let id = application.id.clone();
    state
        .directory
        .change_application(asked.tenant(), &id, |it, _| {
            it.federated_identity_credentials.remove(at);
        });
    Ok(no_content())
}

fn create(
    asked: &Asked<'_>,
    state: &mut StateMut<'_>,
    application: Application,
    body: &Map<String, Value>,
    name: Option<&str>,
) -> Answer {
    let mut credential = FederatedIdentityCredential {
        id: Uuid::new_v4().to_string(),
        name: name.unwrap_or_default().to_owned(),
        issuer: String::new(),
        subject: String::new(),
        audiences: Vec::new(),
        description: None,
    };
    apply(&mut credential, body)?;
    check_whole(&credential)?;
    check_unique(&application, &credential, None)?;
    if application.federated_identity_credentials.len() >= MOST {
        let message = format!(
            "The application has {MOST} federated identity credentials, which is the most that it can have."
        );
        return Err(Refused::bad_request(message));
    }
    let object = shape::credential(&credential);
    state
        .directory
        .change_application(asked.tenant(), &application.id, |it, _| {
            it.federated_identity_credentials.push(credential);
        });
    Ok(created(&kind(&application), object, asked))
}

fn apply(
    credential: &mut FederatedIdentityCredential,
    body: &Map<String, Value>,
) -> Result<(), Refused> {
    let given = |name: &str| text(body, name).unwrap_or_default().to_owned();
    for (name, value) in body::check(body, PROPERTIES, OF)? {
        match name {
            "audiences" => credential.audiences = texts(value),
            "description" => credential.description = text(body, name).map(str::to_owned),
            "issuer" => credential.issuer = given(name),
            "name" => credential.name = given(name),
            _ => credential.subject = given(name),
        }
    }
    check_texts(credential, body)
}

/// Texts that were given must fit; what was not given is checked by [`check_whole`].
fn check_texts(
    credential: &FederatedIdentityCredential,
    body: &Map<String, Value>,
) -> Result<(), Refused> {
    let long = |text: &str| text.is_empty() || text.chars().count() > TEXT_LIMIT;
    let description = credential.description.as_deref().unwrap_or("-");
    for (name, wrong) in [
        ("name", !is_name(&credential.name)),
        ("issuer", long(&credential.issuer)),
        ("subject", long(&credential.subject)),
        ("audiences", credential.audiences.len() != 1),
        ("description", long(description)),
    ] {
        if wrong && body.contains_key(name) {
            return Err(Refused::invalid_value(name, OF));
        }
    }
    Ok(())
}

fn check_whole(credential: &FederatedIdentityCredential) -> Result<(), Refused> {
    for (name, missing) in [
        ("name", credential.name.is_empty()),
        ("issuer", credential.issuer.is_empty()),
        ("subject", credential.subject.is_empty()),
        ("audiences", credential.audiences.is_empty()),
    ] {
        if missing {
            return Err(Refused::missing_value(name, OF));
        }
    }
    if is_name(&credential.name) {
        Ok(())
    } else {
        Err(Refused::invalid_value("name", OF))
    }
}

/// 3 to 120 characters that may stand in an address as they are.
fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (3..=120).contains(&name.len()) && name.bytes().all(is_plain)
}

fn check_unique(
    application: &Application,
    credential: &FederatedIdentityCredential,
    except: Option<usize>,
) -> Result<(), Refused> {
    let all = application
        .federated_identity_credentials
        .iter()
        .enumerate();
    for (_, other) in all.filter(|(at, _)| Some(*at) != except) {
        if other.name.eq_ignore_ascii_case(&credential.name) {
            return Err(Refused::conflict(format!(
                "FederatedIdentityCredential with name {} already exists.",
                credential.name
            )));
        }
        if other.issuer == credential.issuer && other.subject == credential.subject {
            return Err(Refused::credential_in_use(
                &credential.issuer,
                &credential.subject,
            ));
        }
    }
    Ok(())
}

/// The credential that the path names, by id or by name, and its place.
fn find<'a>(
    application: &'a Application,
    asked: &Asked<'_>,
) -> Result<(usize, &'a FederatedIdentityCredential), Refused> {
    let wanted = asked.key_of("credential", "credentialKey")?.value();
    let mut all = application
        .federated_identity_credentials
        .iter()
        .enumerate();
    let is_it = |it: &FederatedIdentityCredential| {
        it.id.eq_ignore_ascii_case(wanted) || it.name.eq_ignore_ascii_case(wanted)
    };
    all.find(|(_, it)| is_it(it))
        .ok_or_else(|| Refused::not_found(wanted))
}

fn field<'o>(it: &'o FederatedIdentityCredential, name: &str) -> Field<'o> {
    match name {
        "id" => Field::Text(&it.id),
        "issuer" => Field::Text(&it.issuer),
        "name" => Field::Text(&it.name),
        "subject" => Field::Text(&it.subject),
        _ => Field::None,
    }
}

fn kind(application: &Application) -> String {
    format!(
        "applications('{}')/federatedIdentityCredentials",
        application.id
    )
}
