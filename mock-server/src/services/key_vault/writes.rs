//! Setting secrets, changing their attributes, backing them up.
//!
//! A name that is deleted and recoverable cannot be set. What is looked at and what is changed is one state, under one
//! lock. A backup holds all versions and goes back into a vault of the same subscription alone (specification,
//! `RestoreSecret`); ours is readable, Key Vault's is encrypted.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::access::Deed;
use super::given::{Given, object, text};
use super::secrets::present;
use super::shape::{self, Standing};
use super::vault::Vault;
use super::{Answer, errors, name_of, settle};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::{SecretVersion, State, StoredSecret};

pub(super) fn set(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = || -> Answer {
        let name = request.parameter("secret-name");
        let vault = Vault::admitting(context, request, caller, Deed::Set, name)?;
        let name = name_of(request)?;
        let version = new_version(Given::of(request)?, context.clock.epoch_seconds())?;
        let mut state = context.state_mut();
        let name = free_name(context, &state, &vault, name)?;
        let reply = Reply::ok(&shape::bundle(&vault, &name, &version));
        let old = present(context, &state, &vault, &name).is_some();
        match state.secret_mut(vault.name(), &name) {
            Some(secret) if old => secret.versions.push(version),
            _ => state.put_secret(vault.name(), secret_of(name, vec![version])),
        }
        Ok(reply)
    };
    settle(answer())
}

pub(super) fn update(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = || -> Answer {
        let name = request.parameter("secret-name");
        let vault = Vault::admitting(context, request, caller, Deed::Update, name)?;
        let name = name_of(request)?;
        let given = Given::of(request)?;
        let id = request.parameter("secret-version");
        let mut state = context.state_mut();
        let missing = || match id {
            "" => errors::secret_not_found(name),
            id => errors::secret_not_found(&format!("{name}/{id}")),
        };
        present(context, &state, &vault, name).ok_or_else(missing)?;
        let secret = state.secret_mut(vault.name(), name).ok_or_else(missing)?;
        let written = secret.name.clone();
        let version = secret.version_mut(id).ok_or_else(missing)?;
        change(version, given, context.clock.epoch_seconds())?;
        Ok(Reply::ok(&shape::properties(&vault, &written, version)))
    };
    settle(answer())
}

pub(super) fn backup(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = || -> Answer {
        let name = request.parameter("secret-name");
        let vault = Vault::admitting(context, request, caller, Deed::Backup, name)?;
        let name = name_of(request)?;
        let state = context.state();
        let secret =
            present(context, &state, &vault, name).ok_or_else(|| errors::secret_not_found(name))?;
        Ok(Reply::ok(&json!({"value": packed(&vault, secret)})))
    };
    settle(answer())
}

pub(super) fn restore(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = || -> Answer {
        let vault = Vault::admitting(context, request, caller, Deed::Restore, "")?;
        let malformed = || errors::bad_parameter("The backup cannot be read.");
        let value = text(&object(request)?, "value")?.ok_or_else(malformed)?;
        let (subscription, secret) = unpacked(&value).ok_or_else(malformed)?;
        if subscription != vault.subscription() {
            let message = "The backup was made in another subscription than the vault's.";
            return Err(errors::bad_parameter(message));
        }
        let mut state = context.state_mut();
        let name = free_name(context, &state, &vault, &secret.name)?;
        if present(context, &state, &vault, &name).is_some() {
            return Err(errors::secret_exists(&name));
        }
        let latest = secret.latest().ok_or_else(malformed)?;
        let reply = Reply::ok(&shape::properties(&vault, &name, latest));
        state.put_secret(vault.name(), secret);
        Ok(reply)
    };
    settle(answer())
}

/// The name as it is written already, or as given.
fn free_name(context: &Context, state: &State, vault: &Vault, name: &str) -> Result<String, Reply> {
    let Some(secret) = state.secret(vault.name(), name) else {
        return Ok(name.to_owned());
    };
    match Standing::of(vault, secret, &context.clock) {
        Standing::Present => Ok(secret.name.clone()),
        Standing::Gone => Ok(name.to_owned()),
        Standing::Deleted { .. } => Err(errors::secret_deleted_but_recoverable(&secret.name)),
    }
}

fn new_version(given: Given, now: i64) -> Result<SecretVersion, Reply> {
    let Given {
        value: Some(value), ..
    } = &given
    else {
        return Err(errors::bad_parameter("Property value is required."));
    };
    let mut version = SecretVersion {
        id: Uuid::new_v4().simple().to_string(),
        value: value.clone(),
        enabled: true,
        not_before: None,
        expires: None,
        content_type: None,
        tags: std::collections::BTreeMap::new(),
        created: now,
        updated: now,
    };
    change(&mut version, given, now)?;
    Ok(version)
}

/// What is given replaces what was; the value of a version never changes.
fn change(version: &mut SecretVersion, given: Given, now: i64) -> Result<(), Reply> {
    let (not_before, expires) = (
        given.not_before.or(version.not_before),
        given.expires.or(version.expires),
    );
    if not_before.zip(expires).is_some_and(|(from, to)| from >= to) {
        let message = "The attribute nbf must be before the attribute exp.";
        return Err(errors::bad_parameter(message));
    }
    (version.not_before, version.expires) = (not_before, expires);
    version.enabled = given.enabled.unwrap_or(version.enabled);
    version.content_type = given.content_type.or(version.content_type.take());
    version.tags = given.tags.unwrap_or(std::mem::take(&mut version.tags));
    version.updated = now;
    Ok(())
}

fn secret_of(name: String, versions: Vec<SecretVersion>) -> StoredSecret {
    StoredSecret {
        name,
        versions,
        deletion: None,
    }
}

fn packed(vault: &Vault, secret: &StoredSecret) -> String {
    let versions: Vec<Value> = secret
        .versions
        .iter()
        .map(|it| {
            json!([
                it.id,
                it.value,
                it.enabled,
                it.not_before,
                it.expires,
                it.content_type,
                it.tags,
                it.created,
                it.updated
            ])
        })
        .collect();
    let body = json!([vault.subscription(), secret.name, versions]).to_string();
    let mut bytes = Sha256::digest(body.as_bytes()).to_vec();
    bytes.extend_from_slice(body.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn unpacked(value: &str) -> Option<(String, StoredSecret)> {
    type Written = (
        String,
        String,
        bool,
        Option<i64>,
        Option<i64>,
        Option<String>,
        std::collections::BTreeMap<String, String>,
        i64,
        i64,
    );
    let bytes = URL_SAFE_NO_PAD.decode(value.trim_end_matches('=')).ok()?;
    let (digest, body) = bytes.split_at_checked(32)?;
    if Sha256::digest(body).as_slice() != digest {
        return None;
    }
    let (subscription, name, versions): (String, String, Vec<Written>) =
        serde_json::from_slice(body).ok()?;
    let versions = versions.into_iter().map(
        |(id, value, enabled, not_before, expires, content_type, tags, created, updated)| {
            SecretVersion {
                id,
                value,
                enabled,
                not_before,
                expires,
                content_type,
                tags,
                created,
                updated,
            }
        },
    );
    Some((subscription, secret_of(name, versions.collect())))
}
