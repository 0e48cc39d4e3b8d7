//! What a body of `SetSecret` or `UpdateSecret` says, checked.
//!
//! Limits are those of azure-docs, `key-vault/secrets/about-secrets.md`: a value of 25 KB, a content type of 255
//! characters, 15 tags of 512 characters each. Key Vault's message for a property that it cannot read is
//! `Property … has invalid value` (azure-sdk-for-node issue 2198); the other texts are ours.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::errors::bad_parameter;
use crate::request::{Reply, Request};

const VALUE_LIMIT: usize = 25 * 1024;
const CONTENT_TYPE_LIMIT: usize = 255;
const TAGS_LIMIT: usize = 15;
const TAG_LIMIT: usize = 512;
/// The last second of the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

/// A body; what it does not say is nothing.
pub(super) struct Given {
    pub(super) value: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) tags: Option<BTreeMap<String, String>>,
    pub(super) enabled: Option<bool>,
    pub(super) not_before: Option<i64>,
    pub(super) expires: Option<i64>,
}

impl Given {
    /// Reads a body.
    ///
    /// # Errors
    /// 400 with what of it is wrong.
    pub(super) fn of(request: &Request) -> Result<Self, Reply> {
        let body = object(request)?;
        let none = Map::new();
        let attributes = match present(&body, "attributes") {
            None => &none,
            Some(Value::Object(attributes)) => attributes,
            Some(_) => return Err(invalid("attributes")),
        };
        let given = Self {
            value: text(&body, "value")?,
            content_type: text(&body, "contentType")?,
            tags: tags(&body)?,
            enabled: flag(attributes, "enabled")?,
            not_before: time(attributes, "nbf")?,
            expires: time(attributes, "exp")?,
        };
        given.check()?;
        Ok(given)
    }

    fn check(&self) -> Result<(), Reply> {
        let longer =
            |text: &Option<String>, limit| text.as_ref().is_some_and(|it| it.len() > limit);
        if longer(&self.value, VALUE_LIMIT) {
            let message = format!("The value of a secret has at most {VALUE_LIMIT} bytes.");
            return Err(bad_parameter(&message));
        }
        if longer(&self.content_type, CONTENT_TYPE_LIMIT) {
            return Err(invalid("contentType"));
        }
        Ok(())
    }
}

/// The JSON object of a body.
///
/// # Errors
/// 400 when it is none.
pub(super) fn object(request: &Request) -> Result<Map<String, Value>, Reply> {
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(bad_parameter("The request body is not a JSON object.")),
    }
}

/// A property as text.
///
/// # Errors
/// 400 when it is something else.
pub(super) fn text(body: &Map<String, Value>, name: &str) -> Result<Option<String>, Reply> {
    match present(body, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(invalid(name)),
    }
}

fn present<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    body.get(name).filter(|value| !value.is_null())
}

fn flag(body: &Map<String, Value>, name: &str) -> Result<Option<bool>, Reply> {
    let Some(value) = present(body, name) else {
        return Ok(None);
    };
    value.as_bool().map(Some).ok_or_else(|| invalid(name))
}

fn time(body: &Map<String, Value>, name: &str) -> Result<Option<i64>, Reply> {
    let Some(value) = present(body, name) else {
        return Ok(None);
    };
    let seconds = value.as_i64().filter(|it| (0..=LAST_SECOND).contains(it));
    seconds.map(Some).ok_or_else(|| invalid(name))
}

fn tags(body: &Map<String, Value>) -> Result<Option<BTreeMap<String, String>>, Reply> {
    let given = match present(body, "tags") {
        None => return Ok(None),
        Some(Value::Object(given)) if given.len() <= TAGS_LIMIT => given,
        Some(_) => return Err(invalid("tags")),
    };
    let tag = |(name, value): (&String, &Value)| {
        let fits = |text: &str| text.chars().count() <= TAG_LIMIT;
        let value = value.as_str().filter(|value| fits(value) && fits(name))?;
        Some((name.clone(), value.to_owned()))
    };
    let tags: Option<BTreeMap<_, _>> = given.iter().map(tag).collect();
    tags.map(Some).ok_or_else(|| invalid("tags"))
}

fn invalid(name: &str) -> Reply {
    bad_parameter(&format!("Property {name} has invalid value"))
}
