//! Key Vault's data plane, `<vault>.vault.azure.net`: secrets.
//!
//! - [`network`] by which way a request may come · `access` who may do what to secrets · `vault` both together
//! - `secrets` reads, `writes` set, update, backup and restore, `deleted` deletions and what follows them
//! - `given` bodies, checked · `shape` how secrets look · [`errors`] envelope and texts
//!
//! Order of the checks: network, authentication, authorization, the request itself, existence (IDENTITY.md §6). So a
//! request without a token that came by a closed way is refused for its way, not challenged. Missing on purpose: keys and
//! certificates (`others`: their lists are empty), trusted services.

mod access;
mod deleted;
pub mod errors;
mod given;
pub mod network;
mod others;
mod secrets;
mod shape;
mod vault;
mod writes;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod write_tests;

use http::{Method, StatusCode};

use crate::auth::Audience;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::bearer::Bearer;
use crate::services::{Access, ApiVersion, Handler, Hosts, Operation, Refusal, Service, too_large};
use crate::store::Resource;
use vault::{Vault, vault_of};

pub use others::SERVICE as OTHERS;

const SPEC: &str = "keyvault-data/7.5/secrets.json";
const SUFFIX: &str = ".vault.azure.net";

/// Secrets.
pub const SERVICE: Service = Service {
    name: "key-vault",
    about: "secrets of a vault, over private endpoints and the public address",
    hosts: Hosts::Suffix(SUFFIX),
    api_version: ApiVersion::DateOrNumber,
    operations: OPERATIONS,
    refuse,
};

/// The health probe, which needs neither a token nor a version.
pub const HEALTH: Service = Service {
    name: "key-vault-health",
    about: "which source address a vault sees",
    hosts: Hosts::Suffix(SUFFIX),
    api_version: ApiVersion::None,
    operations: &[Operation {
        id: "HealthStatus",
        method: Method::GET,
        path: "/healthstatus",
        access: Access::Anonymous,
        spec: None,
        simplified: "answers by every way that leads to the vault, whatever its firewall says",
        handler: Some(secrets::health),
    }],
    refuse,
};

const OPERATIONS: &[Operation] = &[
    // -- reads --
    get("GetSecrets", "/secrets", secrets::list),
    get(
        "GetSecretVersions",
        "/secrets/{secret-name}/versions",
        secrets::versions,
    ),
    get("GetSecret", "/secrets/{secret-name}", secrets::get),
    get(
        "GetSecret",
        "/secrets/{secret-name}/{secret-version}",
        secrets::get,
    ),
    // -- writes --
    operation(
        "SetSecret",
        Method::PUT,
        "/secrets/{secret-name}",
        "",
        writes::set,
    ),
    operation(
        "UpdateSecret",
        Method::PATCH,
        "/secrets/{secret-name}/{secret-version}",
        "",
        writes::update,
    ),
    operation(
        "UpdateSecret",
        Method::PATCH,
        "/secrets/{secret-name}",
        "",
        writes::update,
    ),
    operation(
        "BackupSecret",
        Method::POST,
        "/secrets/{secret-name}/backup",
        "a backup is readable",
        writes::backup,
    ),
    operation(
        "RestoreSecret",
        Method::POST,
        "/secrets/restore",
        "a backup is readable",
        writes::restore,
    ),
    // -- deletions --
    operation(
        "DeleteSecret",
        Method::DELETE,
        "/secrets/{secret-name}",
        "done at once",
        deleted::delete,
    ),
    get("GetDeletedSecrets", "/deletedsecrets", deleted::list),
    get(
        "GetDeletedSecret",
        "/deletedsecrets/{secret-name}",
        deleted::get,
    ),
    operation(
        "RecoverDeletedSecret",
        Method::POST,
        "/deletedsecrets/{secret-name}/recover",
        "done at once",
        deleted::recover,
    ),
    operation(
        "PurgeDeletedSecret",
        Method::DELETE,
        "/deletedsecrets/{secret-name}",
        "done at once",
        deleted::purge,
    ),
];

const fn get(id: &'static str, path: &'static str, handler: Handler) -> Operation {
    operation(id, Method::GET, path, "", handler)
}

const fn operation(
    id: &'static str,
    method: Method,
    path: &'static str,
    simplified: &'static str,
    handler: Handler,
) -> Operation {
    Operation {
        id,
        method,
        path,
        access: Access::Bearer(Audience::KeyVault),
        spec: Some(SPEC),
        simplified,
        handler: Some(handler),
    }
}

type Answer = Result<Reply, Reply>;

fn settle(answer: Answer) -> Reply {
    answer.unwrap_or_else(|refused| refused)
}

/// The secret's name, when one can have it: letters, digits and hyphens, at most 127 (specification, `SetSecret`).
fn name_of(request: &Request) -> Result<&str, Reply> {
    let name = request.parameter("secret-name");
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if (1..=127).contains(&name.len()) && name.bytes().all(is_good) {
        Ok(name)
    } else {
        Err(errors::invalid_name(name))
    }
}

/// `name;location=region`, as messages print a vault.
fn printed(vault: &Resource) -> String {
    let location = vault
        .body
        .get("location")
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default();
    format!("{};location={location}", vault.name)
}

fn no_such_vault(request: &Request) -> Reply {
    let message = format!(
        "no vault has this host name, which does not resolve in Azure: {}",
        request.host
    );
    errors::error(StatusCode::NOT_FOUND, "VaultNotFound", &message, None)
}

/// What the router and `auth` refuse, in Key Vault's words; a request that may not come this way is refused for that.
fn refuse(refusal: &Refusal, request: &Request, context: &Context) -> Reply {
    match refusal {
        Refusal::NotImplemented { operation } => {
            let message = format!("the mock does not imitate this operation: {operation}");
            return errors::error(
                StatusCode::NOT_IMPLEMENTED,
                "NotImplemented",
                &message,
                None,
            );
        }
        Refusal::Misdirected { host } => return errors::wrong_connection(host),
        Refusal::ApiVersion { given: None } => {
            return errors::bad_parameter("api-version must be specified");
        }
        Refusal::ApiVersion { given: Some(given) } => {
            return errors::bad_parameter(&format!(
                "The specified version ({given}) is not recognized."
            ));
        }
        Refusal::TooLarge { limit } => {
            let message = too_large(*limit);
            let status = StatusCode::PAYLOAD_TOO_LARGE;
            return errors::error(status, "RequestEntityTooLarge", &message, None);
        }
        Refusal::Malformed { why } => {
            return errors::bad_parameter(&format!("The request cannot be read: {why}"));
        }
        _ => {}
    }
    let state = context.state();
    let Some(vault) = vault_of(&state, request) else {
        return no_such_vault(request);
    };
    if let Err(reply) = network::admit(&state, vault, request) {
        return reply;
    }
    let tenant = vault.own_tenant();
    errors::unauthorized(&unauthorized_text(refusal, tenant), tenant)
}

fn unauthorized_text(refusal: &Refusal, tenant: &str) -> String {
    match refusal {
        Refusal::WrongAudience { wanted, found } => {
            format!("AKV10022: Invalid audience. Expected {wanted}, found: {found}.")
        }
        Refusal::WrongTenant { found, .. } => format!(
            "AKV10032: Invalid issuer. Expected one of https://sts.windows.net/{tenant}/, https://login.microsoftonline.com/{tenant}/v2.0, found https://sts.windows.net/{found}/."
        ),
        Refusal::ExpiredToken => {
            "[TokenExpired] Error validating token: the token is expired.".to_owned()
        }
        Refusal::BadToken { why } => {
            format!("[BearerReadAccessTokenFailed] Error validating token: {why}.")
        }
        _ => "AKV10000: Request is missing a Bearer or PoP token.".to_owned(),
    }
}

/// The caller as messages print it; read from the token, which nobody has to believe for that.
fn printed_caller(request: &Request) -> String {
    Bearer::of(request).as_key_vault_caller()
}
