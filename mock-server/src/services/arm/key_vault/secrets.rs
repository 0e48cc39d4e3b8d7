//! Secrets of a vault as resources: set and described by whoever may write the vault's parts, never read.
//!
//! It is the vault's own secret that is written: the data plane shows it. The vault's firewall does not matter here. Shapes:
//! azure-rest-api-specs `keyvault/…/2023-07-01/secrets.json`, which is not at hand; names: its pattern. What a deletion left
//! behind is not written over.

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::page;
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::errors::{bad_request, conflict, resource_not_found};
use crate::services::arm::write::body::checked_tags;
use crate::services::arm::write::{Body, body, fields};
use crate::services::arm::{built, found, provider, read, unbundled};
use crate::services::{Operation, Service};
use crate::store::{Resource, SecretVersion, State, StoredSecret};

/// The service.
pub const SERVICE: Service = provider(
    "arm-key-vault-secrets",
    "secrets of vaults as resources, without their values",
    OPERATIONS,
);

const ONE: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.KeyVault/vaults/{vaultName}/secrets/{secretName}";
const READ: &str = "Microsoft.KeyVault/vaults/secrets/read";
const WRITE: &str = "Microsoft.KeyVault/vaults/secrets/write";

/// THE list.
const OPERATIONS: &[Operation] = &[
    unbundled(read(
        "Secrets_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.KeyVault/vaults/{vaultName}/secrets",
        READ,
        "",
        list,
    )),
    unbundled(read("Secrets_Get", ONE, READ, "", get)),
    unbundled(built(
        "Secrets_CreateOrUpdate",
        Method::PUT,
        ONE,
        WRITE,
        "",
        put,
    )),
    unbundled(built(
        "Secrets_Update",
        Method::PATCH,
        ONE,
        WRITE,
        "",
        patch,
    )),
];

fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let vault = match found::parent(&state, request) {
        Ok(vault) => vault,
        Err(missing) => return missing,
    };
    let all = state.secrets_after(&vault.name, None);
    let present = all.filter(|it| it.deletion.is_none());
    page::reply(request, present.filter_map(|it| shown(vault, it)).collect())
}

fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let answer = || {
        let (vault, name) = place(&state, request)?;
        let secret = state.secret(&vault.name, &name);
        let secret = secret.filter(|it| it.deletion.is_none());
        let shown = secret.and_then(|it| shown(vault, it));
        match shown {
            Some(shown) => Ok(Reply::ok(&shown)),
            None => Err(resource_not_found(&found::parse(&request.path)?)),
        }
    };
    answer().unwrap_or_else(|refused| refused)
}

fn put(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    write(context, request, true).unwrap_or_else(|refused| refused)
}

fn patch(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    write(context, request, false).unwrap_or_else(|refused| refused)
}

/// The vault and the name of the secret.
fn place<'a>(state: &'a State, request: &Request) -> Result<(&'a Resource, String), Reply> {
    let id = found::parse(&request.path)?;
    let vault = state.resource(id.parent().unwrap_or_default());
    let vault = vault.ok_or_else(|| found::missing(state, &id))?;
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if id.name.len() > 127 || !id.name.bytes().all(is_good) {
        let message = "a secret's name has letters, digits and hyphens, 127 at most";
        return Err(bad_request("BadRequest", message));
    }
    Ok((vault, id.name))
}

fn write(context: &Context, request: &Request, is_put: bool) -> Result<Reply, Reply> {
    let given = body::object(request)?;
    fields::object(&given, "/properties")?;
    let now = context.clock.epoch_seconds();
    let mut state = context.state_mut();
    let (vault, name) = place(&state, request)?;
    let vault = vault.clone();
    let before = state.secret(&vault.name, &name).cloned();
    if before.as_ref().is_some_and(|it| it.deletion.is_some()) {
        let message = format!(
            "Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged."
        );
        return Err(conflict("Conflict", &message));
    }
    let latest = before.as_ref().and_then(StoredSecret::latest);
    let value = fields::text(&given, "/properties/value")?;
    let version = match (latest, value) {
        (None, None) if is_put => return Err(fields::missing("/properties/value")),
        (None, _) if !is_put => return Err(resource_not_found(&found::parse(&request.path)?)),
        (Some(latest), None) if !is_put => changed(latest.clone(), &given, now)?,
        (_, value) => changed(new_version(value.unwrap_or_default(), now), &given, now)?,
    };
    let status = if before.is_some() {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let mut secret = before.unwrap_or(StoredSecret {
        name,
        versions: Vec::new(),
        deletion: None,
    });
    secret.versions.retain(|it| it.id != version.id);
    secret.versions.push(version);
    let shown = shown(&vault, &secret);
    state.put_secret(&vault.name, secret);
    Ok(Reply::json(status, &shown.unwrap_or_default()))
}

fn new_version(value: &str, now: i64) -> SecretVersion {
    SecretVersion {
        id: Uuid::new_v4().simple().to_string(),
        value: value.to_owned(),
        enabled: true,
        not_before: None,
        expires: None,
        content_type: None,
        tags: BTreeMap::new(),
        created: now,
        updated: now,
    }
}

fn changed(mut version: SecretVersion, given: &Body, now: i64) -> Result<SecretVersion, Reply> {
    if let Some(kind) = fields::text(given, "/properties/contentType")? {
        version.content_type = Some(kind.to_owned());
    }
    if let Some(enabled) = fields::flag(given, "/properties/attributes/enabled")? {
        version.enabled = enabled;
    }
    let from = fields::number(given, "/properties/attributes/nbf")?;
    let to = fields::number(given, "/properties/attributes/exp")?;
    version.not_before = from.or(version.not_before);
    version.expires = to.or(version.expires);
    if let Some(tags) = given.get("tags").filter(|it| !it.is_null()) {
        let tags = checked_tags(tags)?.into_iter();
        let text = |it: Value| it.as_str().unwrap_or_default().to_owned();
        version.tags = tags.map(|(name, value)| (name, text(value))).collect();
    }
    version.updated = now;
    Ok(version)
}

fn shown(vault: &Resource, secret: &StoredSecret) -> Option<Value> {
    let version = secret.latest()?;
    let host = format!(
        "https://{}.vault.azure.net",
        vault.name.to_ascii_lowercase()
    );
    let uri = format!("{host}/secrets/{}", secret.name);
    let mut attributes = json!({
        "enabled": version.enabled,
        "created": version.created,
        "updated": version.updated,
    });
    for (name, time) in [("nbf", version.not_before), ("exp", version.expires)] {
        if let Some(time) = time {
            attributes[name] = time.into();
        }
    }
    let mut properties = json!({
        "attributes": attributes,
        "secretUri": uri,
        "secretUriWithVersion": format!("{uri}/{}", version.id),
    });
    if let Some(kind) = &version.content_type {
        properties["contentType"] = json!(kind);
    }
    Some(json!({
        "id": format!("{}/secrets/{}", vault.id, secret.name),
        "name": secret.name,
        "type": "Microsoft.KeyVault/vaults/secrets",
        "location": vault.body.get("location"),
        "tags": version.tags,
        "properties": properties,
    }))
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use crate::auth::Audience;
    use crate::services::testing::{
        RESOURCE, RESOURCE_AUDITOR, RESOURCE_WRITER, VAULT, ask, writable,
    };

    #[test]
    fn a_secret_is_set_and_described_and_its_value_stays_in_the_vault() {
        let context = writable();
        let arm = |method: Method, part: &str, who: &str| {
            let url = format!("management.azure.com{VAULT}/secrets{part}?api-version=2023-07-01");
            ask(&context, method, &url).bearing(RESOURCE, who, Audience::Arm)
        };
        let body = json!({"properties": {"value": "hidden", "contentType": "t", "attributes": {"exp": 1_900_000_000}}, "tags": {"a": "b"}});
        let (status, made) = arm(Method::PUT, "/made", RESOURCE_WRITER)
            .body(&body)
            .json();
        assert_eq!(status, 201, "{made}");
        assert!(!made.to_string().contains("hidden"), "{made}");
        let uri = "https://kv-resource.vault.azure.net/secrets/made";
        assert_eq!(made["properties"]["secretUri"], uri);
        let stored = context
            .state()
            .secret("kv-resource", "made")
            .cloned()
            .unwrap();
        assert_eq!(stored.latest().unwrap().value, "hidden");
        let off = json!({"properties": {"attributes": {"enabled": false}}});
        let patched = arm(Method::PATCH, "/made", RESOURCE_WRITER).body(&off).ok();
        assert_eq!(patched["properties"]["attributes"]["enabled"], false);
        assert_eq!(patched["tags"]["a"], "b");
        let all = arm(Method::GET, "", RESOURCE_AUDITOR).ok();
        let names: Vec<_> = all["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["name"])
            .collect();
        assert!(names.contains(&&json!("made")), "{names:?}");
        assert_eq!(arm(Method::GET, "/none", RESOURCE_AUDITOR).json().0, 404);
        let empty = json!({"properties": {}});
        assert_eq!(
            arm(Method::PUT, "/none", RESOURCE_WRITER)
                .body(&empty)
                .json()
                .0,
            400
        );
        assert_eq!(
            arm(Method::PUT, "/a_b", RESOURCE_WRITER)
                .body(&body)
                .json()
                .0,
            400
        );
        let reader = arm(Method::PUT, "/made", RESOURCE_AUDITOR).body(&body);
        assert_eq!(reader.json().0, 403);
    }
}
