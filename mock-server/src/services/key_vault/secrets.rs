//! The operations on secrets.
//!
//! A secret of the world has one version, whose id follows from its name. A disabled secret cannot be read; an expired or
//! early one can: `exp` and `nbf` are for information (azure-docs, `key-vault/secrets/about-secrets.md`,
//! "Date-time controlled operations").

use http::StatusCode;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::access::{self, Deed};
use super::{errors, network, no_such_vault, refuse, vault_of};
use crate::auth::{self, Caller};
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::Refusal;
use crate::services::arm::page::encode;
use crate::services::private_endpoint::derived_guid;
use crate::store::{Resource, State, StoredSecret};

/// `created` and `updated` of every secret: 2024-01-01.
const CREATED: i64 = 1_704_067_200;
/// Items of a page at most, and by default (specification: `maxresults` up to 25).
const PAGE: usize = 25;

pub(super) fn get(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    let name = request.parameter("secret-name");
    let vault = match admitted(&state, context, request, caller, Deed::Get, name) {
        Ok(vault) => vault,
        Err(reply) => return reply,
    };
    let version = request.parameter("secret-version");
    match state
        .secret(&vault.name, name)
        .filter(|it| !it.secret.deleted)
    {
        Some(found)
            if version.is_empty() || version.eq_ignore_ascii_case(&version_of(vault, found)) =>
        {
            value(vault, found)
        }
        Some(_) => errors::secret_not_found(&format!("{name}/{version}")),
        None => errors::secret_not_found(name),
    }
}

pub(super) fn list(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    let vault = match admitted(&state, context, request, caller, Deed::List, "") {
        Ok(vault) => vault,
        Err(reply) => return reply,
    };
    let present = state.secrets(&vault.name).filter(|it| !it.secret.deleted);
    let items = present
        .map(|it| described(it, &format!("{}/secrets/{}", base(vault), it.name)))
        .collect();
    page(request, items)
}

pub(super) fn versions(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    let name = request.parameter("secret-name");
    let vault = match admitted(&state, context, request, caller, Deed::List, name) {
        Ok(vault) => vault,
        Err(reply) => return reply,
    };
    let found = state
        .secret(&vault.name, name)
        .filter(|it| !it.secret.deleted);
    page(
        request,
        found
            .into_iter()
            .map(|it| described(it, &id(vault, it)))
            .collect(),
    )
}

pub(super) fn health(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let Some(vault) = vault_of(&state, request) else {
        return no_such_vault(request);
    };
    if network::way(&state, vault, "vault", &request.peer) == network::Way::Elsewhere {
        return errors::wrong_connection(&request.host);
    }
    let seen = format!(
        "conn_type=Ipv4;addr={};act_addr_fam=InterNetwork;",
        request.peer.source
    );
    Reply::ok(&json!({"status": "Success"})).with("x-ms-keyvault-network-info", seen)
}

/// The vault, once way, tenant and right are checked.
fn admitted<'a>(
    state: &'a State,
    context: &Context,
    request: &Request,
    caller: Option<&Caller>,
    deed: Deed,
    secret: &str,
) -> Result<&'a Resource, Reply> {
    let vault = vault_of(state, request).ok_or_else(|| no_such_vault(request))?;
    network::admit(state, vault, request)?;
    let caller = caller.ok_or_else(|| refuse(&Refusal::NoToken, request, context))?;
    auth::require_tenant(caller, vault.own_tenant())
        .map_err(|refusal| refuse(&refusal, request, context))?;
    access::admit(state, vault, caller, deed, secret, request)?;
    Ok(vault)
}

fn value(vault: &Resource, found: &StoredSecret) -> Reply {
    if !found.secret.enabled {
        return errors::secret_unusable("a disabled", "SecretDisabled");
    }
    let mut body = described(found, &id(vault, found));
    body["value"] = json!(found.secret.value);
    Reply::ok(&body)
}

/// What lists show: never the value.
fn described(found: &StoredSecret, id: &str) -> Value {
    let mut body = json!({"id": id, "attributes": attributes(found)});
    if let Some(content_type) = &found.secret.content_type {
        body["contentType"] = json!(content_type);
    }
    body
}

fn attributes(found: &StoredSecret) -> Value {
    let mut attributes =
        json!({"enabled": found.secret.enabled, "created": CREATED, "updated": CREATED});
    for (name, time) in [
        ("nbf", &found.secret.not_before),
        ("exp", &found.secret.expires),
    ] {
        let time = time
            .as_deref()
            .and_then(|time| OffsetDateTime::parse(time, &Rfc3339).ok());
        if let Some(time) = time {
            attributes[name] = json!(time.unix_timestamp());
        }
    }
    attributes["recoveryLevel"] = json!("Recoverable+Purgeable");
    attributes["recoverableDays"] = json!(90);
    attributes
}

fn page(request: &Request, items: Vec<Value>) -> Reply {
    let number = |name: &str, default: usize| match request.query(name) {
        None => Ok(default),
        Some(text) => text
            .parse::<usize>()
            .map_err(|_| errors::bad_parameter(&format!("{name} is not a number"))),
    };
    let (size, start) = match (number("maxresults", PAGE), number("$skiptoken", 0)) {
        (Ok(size), Ok(start)) => (size, start),
        (Err(reply), _) | (_, Err(reply)) => return reply,
    };
    if !(1..=PAGE).contains(&size) || start > items.len() {
        return errors::error(
            StatusCode::BAD_REQUEST,
            "BadParameter",
            "maxresults or $skiptoken is out of range",
            None,
        );
    }
    let end = items.len().min(start + size);
    let next = (end < items.len()).then(|| next_link(request, end));
    let value: Vec<Value> = items.into_iter().skip(start).take(size).collect();
    Reply::ok(&json!({"value": value, "nextLink": next}))
}

fn next_link(request: &Request, start: usize) -> String {
    let kept = request
        .query
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("$skiptoken"));
    let kept: String = kept
        .map(|(name, value)| format!("{}={}&", encode(name), encode(value)))
        .collect();
    format!(
        "https://{}{}?{kept}$skiptoken={start}",
        request.host, request.path
    )
}

fn base(vault: &Resource) -> String {
    format!(
        "https://{}.vault.azure.net",
        vault.name.to_ascii_lowercase()
    )
}

fn id(vault: &Resource, found: &StoredSecret) -> String {
    format!(
        "{}/secrets/{}/{}",
        base(vault),
        found.name,
        version_of(vault, found)
    )
}

fn version_of(vault: &Resource, found: &StoredSecret) -> String {
    derived_guid(
        &format!("{}/secrets/{}", vault.id, found.name),
        "secret-version",
    )
    .replace('-', "")
}
