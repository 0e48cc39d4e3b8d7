//! How secrets look: bundles, list items, ids, attributes, pages.
//!
//! Names and forms are those of the examples below `keyvault-data/7.5`. A `$skiptoken` is opaque, as Key Vault's is: the
//! last name or version of the page before, in base64.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Vault, errors};
use crate::clock::Clock;
use crate::request::{Reply, Request};
use crate::services::arm::page::encode;
use crate::store::{Deletion, SecretVersion, StoredSecret};

/// Items of a page at most, and by default (specification: `maxresults` up to 25).
const PAGE: usize = 25;
const DAY: i64 = 86_400;

/// Is a name in use?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It can be read.
    Present,
    /// It can be recovered or purged.
    Deleted {
        /// Seconds since 1970.
        since: i64,
        /// Seconds since 1970.
        until: i64,
    },
    /// Its time after the deletion is over.
    Gone,
}

impl Standing {
    /// Of a secret, by the mock's clock.
    pub(super) fn of(vault: &Vault, secret: &StoredSecret, clock: &Clock) -> Self {
        let since = match secret.deletion {
            None => return Self::Present,
            Some(Deletion::Given) => clock.start().unix_timestamp(),
            Some(Deletion::At(since)) => since,
        };
        let until = since.saturating_add(vault.retention_days().saturating_mul(DAY));
        if clock.epoch_seconds() < until {
            Self::Deleted { since, until }
        } else {
            Self::Gone
        }
    }
}

/// With its value.
pub(super) fn bundle(vault: &Vault, name: &str, version: &SecretVersion) -> Value {
    let mut body = properties(vault, name, version);
    body["value"] = json!(version.value);
    body
}

/// A version without its value.
pub(super) fn properties(vault: &Vault, name: &str, version: &SecretVersion) -> Value {
    let id = format!("{}/secrets/{name}/{}", vault.url(), version.id);
    described(vault, version, &id)
}

/// A secret in a list of names.
pub(super) fn item(vault: &Vault, secret: &StoredSecret, version: &SecretVersion) -> Value {
    let id = format!("{}/secrets/{}", vault.url(), secret.name);
    described(vault, version, &id)
}

/// A deleted secret as itself or, with the id of the name alone, as an item of a list.
pub(super) fn deleted(
    vault: &Vault,
    secret: &StoredSecret,
    mut shown: Value,
    at: Standing,
) -> Value {
    if let Standing::Deleted { since, until } = at {
        shown["recoveryId"] = json!(format!("{}/deletedsecrets/{}", vault.url(), secret.name));
        shown["deletedDate"] = json!(since);
        shown["scheduledPurgeDate"] = json!(until);
    }
    shown
}

fn described(vault: &Vault, version: &SecretVersion, id: &str) -> Value {
    let mut body = json!({"id": id, "attributes": attributes(vault, version)});
    if let Some(content_type) = &version.content_type {
        body["contentType"] = json!(content_type);
    }
    if !version.tags.is_empty() {
        body["tags"] = json!(version.tags);
    }
    body
}

fn attributes(vault: &Vault, version: &SecretVersion) -> Value {
    let mut attributes = json!({
        "enabled": version.enabled,
        "created": version.created,
        "updated": version.updated,
        "recoveryLevel": vault.recovery_level(),
        "recoverableDays": vault.retention_days(),
    });
    for (name, time) in [("nbf", version.not_before), ("exp", version.expires)] {
        if let Some(time) = time {
            attributes[name] = json!(time);
        }
    }
    attributes
}

/// What a page begins after, and how long it may be.
pub(super) struct Page {
    /// The last item of the page before.
    pub(super) after: Option<String>,
    size: usize,
}

impl Page {
    /// As the query says.
    ///
    /// # Errors
    /// 400 for a size or a token out of range. The texts are ours.
    pub(super) fn of(request: &Request) -> Result<Self, Reply> {
        let size = match request.query("maxresults").map(str::parse::<usize>) {
            None => PAGE,
            Some(Ok(size)) if (1..=PAGE).contains(&size) => size,
            Some(_) => {
                let message = format!("maxresults is not a number from 1 to {PAGE}");
                return Err(errors::bad_parameter(&message));
            }
        };
        let after = request.query("$skiptoken").map(|token| {
            let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
            String::from_utf8(bytes).ok()
        });
        match after {
            Some(None) => Err(errors::bad_parameter("$skiptoken is not one of this list")),
            after => Ok(Self {
                after: after.flatten(),
                size,
            }),
        }
    }

    /// The page of what follows [`Page::after`]; each item with what the next page would begin after.
    pub(super) fn reply(
        &self,
        request: &Request,
        mut items: impl Iterator<Item = (String, Value)>,
    ) -> Reply {
        let (mut value, mut last) = (Vec::new(), String::new());
        for (key, item) in items.by_ref().take(self.size) {
            last = key;
            value.push(item);
        }
        let next = items.next().map(|_| next_link(request, &last));
        Reply::ok(&json!({"value": value, "nextLink": next}))
    }
}

fn next_link(request: &Request, last: &str) -> String {
    let kept = request
        .query
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("$skiptoken"));
    let kept: String = kept
        .map(|(name, value)| format!("{}={}&", encode(name), encode(value)))
        .collect();
    let token = URL_SAFE_NO_PAD.encode(last);
    format!(
        "https://{}{}?{kept}$skiptoken={token}",
        request.host, request.path
    )
}
