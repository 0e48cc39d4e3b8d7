//! Key Vault's data plane, `<vault>.vault.azure.net`: reading secrets.
//!
//! - [`network`] by which way a request may come · `access` who may do what to secrets
//! - `secrets` the operations · [`errors`] envelope and texts
//!
//! Order of the checks: network, authentication, authorization, existence (IDENTITY.md §6). So a request without a token
//! that came by a closed way is refused for its way, not challenged. Missing on purpose: keys, certificates, deleted
//! secrets, versions other than the one of the world, writes, trusted services.

mod access;
pub mod errors;
pub mod network;
mod secrets;

#[cfg(test)]
mod tests;

use http::{Method, StatusCode};

use crate::auth::Audience;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::bearer::Bearer;
use crate::services::{Access, ApiVersion, Handler, Hosts, Operation, Refusal, Service};
use crate::store::{Resource, State};

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
    operation("GetSecrets", Method::GET, "/secrets", Some(secrets::list)),
    operation(
        "GetSecretVersions",
        Method::GET,
        "/secrets/{secret-name}/versions",
        Some(secrets::versions),
    ),
    operation(
        "GetSecret",
        Method::GET,
        "/secrets/{secret-name}",
        Some(secrets::get),
    ),
    operation(
        "GetSecret",
        Method::GET,
        "/secrets/{secret-name}/{secret-version}",
        Some(secrets::get),
    ),
    operation("SetSecret", Method::PUT, "/secrets/{secret-name}", None),
    operation(
        "DeleteSecret",
        Method::DELETE,
        "/secrets/{secret-name}",
        None,
    ),
    operation("GetDeletedSecrets", Method::GET, "/deletedsecrets", None),
    operation(
        "GetDeletedSecret",
        Method::GET,
        "/deletedsecrets/{secret-name}",
        None,
    ),
];

const fn operation(
    id: &'static str,
    method: Method,
    path: &'static str,
    handler: Option<Handler>,
) -> Operation {
    Operation {
        id,
        method,
        path,
        access: Access::Bearer(Audience::KeyVault),
        spec: Some(SPEC),
        simplified: "a secret has one version",
        handler,
    }
}

/// The vault that the host names.
fn vault_of<'a>(state: &'a State, request: &Request) -> Option<&'a Resource> {
    state.resource_named(
        "Microsoft.KeyVault/vaults",
        request.host.strip_suffix(SUFFIX)?,
    )
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
