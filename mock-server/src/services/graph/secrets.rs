//! Client secrets and certificates of applications and service principals.
//!
//! A secret is made by Graph and shown once; then only its hint and its time are known. Certificates are written as a whole
//! list (`keyCredentials`); one that is there already keeps its certificate when it is written without it.

use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::applications::{self, no_content};
use super::asked::{Answer, Asked};
use super::body::{self, Property, Takes, text};
use super::errors::Refused;
use super::{principals, query, shape};
use crate::directory::{Details, Key, Password};
use crate::ids::is_guid;
use crate::request::Reply;
use crate::store::State;
use crate::tokens::Certificate;

/// How long a secret lasts when nobody says (microsoft-graph-docs, `application-addpassword`: two years).
const DEFAULT_LIFETIME: Duration = Duration::days(730);

const PASSWORD: &[Property] = &[
    ("customKeyIdentifier", Takes::Text),
    ("displayName", Takes::Text),
    ("endDateTime", Takes::Text),
    ("hint", Takes::Text),
    ("keyId", Takes::Text),
    ("secretText", Takes::Text),
    ("startDateTime", Takes::Text),
];

/// Whose credentials are changed.
#[derive(Clone, Copy)]
enum Owner {
    Application,
    Principal,
}

impl Owner {
    /// The object id of whom the path names, when the caller may change it.
    fn id(self, state: &State, asked: &Asked<'_>) -> Result<String, Refused> {
        match self {
            Self::Application => Ok(applications::to_write(state, asked)?.id.clone()),
            Self::Principal => principals::to_write_by_hand(state, asked).map(|it| it.id.clone()),
        }
    }

    fn change(
        self,
        state: &mut State,
        asked: &Asked<'_>,
        id: &str,
        change: impl FnOnce(&mut Details),
    ) {
        let directory = &mut state.directory;
        match self {
            Self::Application => {
                directory.change_application(asked.tenant(), id, |_, it| change(it));
            }
            Self::Principal => {
                directory.change_service_principal(asked.tenant(), id, |_, it| change(it));
            }
        }
    }
}

pub(super) fn add_to_application(asked: &Asked<'_>) -> Answer {
    add(asked, Owner::Application)
}

pub(super) fn add_to_principal(asked: &Asked<'_>) -> Answer {
    add(asked, Owner::Principal)
}

pub(super) fn remove_from_application(asked: &Asked<'_>) -> Answer {
    remove(asked, Owner::Application)
}

pub(super) fn remove_from_principal(asked: &Asked<'_>) -> Answer {
    remove(asked, Owner::Principal)
}

fn add(asked: &Asked<'_>, owner: Owner) -> Answer {
    let mut state = asked.context.state_mut();
    let id = owner.id(&state, asked)?;
    let body = asked.body(true)?;
    let given = match body.get("passwordCredential") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(given)) => given.clone(),
        Some(_) => return Err(Refused::invalid_value("passwordCredential", "Application")),
    };
    body::check(&given, PASSWORD, "PasswordCredential")?;
    let secret = secret();
    let password = password(&given, &secret, asked.context.clock.now())?;
    let mut object = shape::password(&password);
    object["secretText"] = json!(secret);
    object["@odata.context"] = json!(query::context("microsoft.graph.passwordCredential"));
    owner.change(&mut state, asked, &id, |it| it.passwords.push(password));
    Ok(Reply::ok(&object).with("cache-control", "no-store"))
}

fn remove(asked: &Asked<'_>, owner: Owner) -> Answer {
    let mut state = asked.context.state_mut();
    let id = owner.id(&state, asked)?;
    let body = asked.body(false)?;
    let wanted = text(&body, "keyId").unwrap_or_default();
    let is_it = |it: &Password| it.key_id.eq_ignore_ascii_case(wanted);
    let details = state.directory.details(asked.tenant(), &id);
    if !details.passwords.iter().any(is_it) {
        let message = format!("No password credential found with keyId {wanted}.");
        return Err(Refused::bad_request(message));
    }
    owner.change(&mut state, asked, &id, |it| {
        it.passwords.retain(|it| !is_it(it));
    });
    Ok(no_content())
}

/// 40 characters that nobody guesses.
fn secret() -> String {
    let random = [Uuid::new_v4(), Uuid::new_v4()].map(|it| it.simple().to_string());
    let text = random.concat();
    format!("{}~{}", &text[..3], &text[24..60])
}

fn password(
    given: &Map<String, Value>,
    secret: &str,
    now: OffsetDateTime,
) -> Result<Password, Refused> {
    let start = moment(given, "startDateTime", "PasswordCredential")?.unwrap_or(now);
    let end = moment(given, "endDateTime", "PasswordCredential")?;
    let end = end.unwrap_or_else(|| start.saturating_add(DEFAULT_LIFETIME));
    if end <= start {
        return Err(Refused::invalid_value("endDateTime", "PasswordCredential"));
    }
    let mut password = Password::new(Uuid::new_v4().to_string(), secret);
    password.display_name = text(given, "displayName").map(str::to_owned);
    password.start = Some(start);
    password.end = Some(end);
    Ok(password)
}

fn moment(
    given: &Map<String, Value>,
    name: &str,
    of: &str,
) -> Result<Option<OffsetDateTime>, Refused> {
    let text = text(given, name).filter(|text| !text.is_empty());
    let parsed = text.map(|text| OffsetDateTime::parse(text, &Rfc3339));
    parsed
        .transpose()
        .map_err(|_| Refused::invalid_value(name, of))
}

/// Secrets cannot be written by `PATCH`; those that the list no longer names are gone.
pub(super) fn keep_passwords(passwords: &mut Vec<Password>, value: &Value) -> Result<(), Refused> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let ids: Vec<&str> = items
        .iter()
        .map(|item| item["keyId"].as_str().unwrap_or_default())
        .collect();
    let is_known = |id: &&str| {
        passwords
            .iter()
            .any(|it| it.key_id.eq_ignore_ascii_case(id))
    };
    if !ids.iter().all(is_known) {
        let message = "New passwords are added by addPassword, not by writing passwordCredentials.";
        return Err(Refused::bad_request(message));
    }
    passwords.retain(|it| ids.iter().any(|id| it.key_id.eq_ignore_ascii_case(id)));
    Ok(())
}

/// The certificates of a list that was written.
pub(super) fn keys(old: &[Key], value: &Value, asked: &Asked<'_>) -> Result<Vec<Key>, Refused> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().map(|item| key(old, item, asked)).collect()
}

const KEY: &[Property] = &[
    ("customKeyIdentifier", Takes::Text),
    ("displayName", Takes::Text),
    ("endDateTime", Takes::Text),
    ("key", Takes::Text),
    ("keyId", Takes::Text),
    ("startDateTime", Takes::Text),
    ("type", Takes::Text),
    ("usage", Takes::Text),
];

fn key(old: &[Key], item: &Value, asked: &Asked<'_>) -> Result<Key, Refused> {
    let invalid = |name: &str| Refused::invalid_value(name, "KeyCredential");
    let item = item.as_object().ok_or_else(|| invalid("keyCredentials"))?;
    // A certificate is longer than any other text: it is checked by being read.
    let mut rest = item.clone();
    rest.remove("key");
    body::check(&rest, KEY, "KeyCredential")?;
    let id = text(item, "keyId").map(str::to_owned);
    let known = old.iter().find(|it| Some(&it.key_id) == id.as_ref());
    let certificate = match (text(item, "key"), known) {
        (Some(given), _) => Certificate::read(given).ok_or_else(|| invalid("key"))?,
        (None, Some(known)) => return Ok(known.clone()),
        (None, None) => return Err(Refused::missing_value("key", "KeyCredential")),
    };
    for (name, wanted) in [("type", "AsymmetricX509Cert"), ("usage", "Verify")] {
        if text(item, name) != Some(wanted) {
            return Err(invalid(name));
        }
    }
    if id.as_deref().is_some_and(|id| !is_guid(id)) {
        return Err(invalid("keyId"));
    }
    let mut key = Key::new(
        id.unwrap_or_else(|| Uuid::new_v4().to_string()),
        certificate,
    );
    key.display_name = text(item, "displayName").map(str::to_owned);
    key.custom_key_identifier = text(item, "customKeyIdentifier").map(str::to_owned);
    key.start = moment(item, "startDateTime", "KeyCredential")?.unwrap_or(key.start);
    if let Some(end) = moment(item, "endDateTime", "KeyCredential")? {
        if end > key.certificate.not_after || end <= asked.context.clock.now() {
            return Err(Refused::bad_request("Key credential end date is invalid."));
        }
        key.end = end;
    }
    Ok(key)
}
