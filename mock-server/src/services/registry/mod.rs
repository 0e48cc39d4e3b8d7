//! Container registries, `<registry>.azurecr.io`: pulling images with an Entra token (MORE.md §1).
//!
//! ```text
//! /v2/ ──▶ 401 with realm ──▶ /oauth2/exchange ──▶ /oauth2/token ──▶ manifests, tags ──▶ blobs ──▶ 307 ──▶ layers
//!            (challenge)       Entra → refresh       → access                                        data, storage
//! ```
//!
//! - [`hosts`] the names that a registry has · [`network`] by which way a request may come
//! - `oauth` challenge and tokens; `tokens` the registry's own; `scope` what is asked for · `rights` who may do what
//! - `read` manifests and blobs · `lists` tags and repositories; `properties` what is told of each, below `/acr/v1`
//! - [`data`] and [`storage`] the two places where layers lie; `layers` the links to them
//! - [`errors`] envelope and texts
//!
//! Order of the checks: registry, network, token, scope, existence. Missing on purpose: pushing and deleting, admin users,
//! tokens of scope maps, domain name labels, regional endpoints, image lists (indexes), referrers, rate limits.

mod admin;
pub mod data;
pub mod errors;
pub mod hosts;
mod layers;
mod lists;
pub mod network;
mod oauth;
mod properties;
mod read;
mod rights;
mod scope;
pub mod storage;
mod tokens;

#[cfg(test)]
mod tests;

use http::Method;

use crate::request::Request;
use crate::services::{Access, ApiVersion, Handler, Hosts, Operation, Service};
use crate::store::{Resource, State};

/// ARM type of registries.
pub const REGISTRIES: &str = "Microsoft.ContainerRegistry/registries";

/// The login server.
pub const SERVICE: Service = Service {
    name: "registry",
    about: "container registries: tokens, manifests, tags",
    hosts: Hosts::Suffix(hosts::SUFFIX),
    api_version: ApiVersion::None,
    operations: OPERATIONS,
    refuse: errors::refuse,
};

const OPERATIONS: &[Operation] = &[
    get(
        "ContainerRegistry_CheckDockerV2Support",
        "/v2",
        Some(oauth::challenge),
    ),
    operation(
        "Authentication_ExchangeAadAccessTokenForAcrRefreshToken",
        Method::POST,
        "/oauth2/exchange",
        Some(oauth::exchange),
    ),
    operation(
        "Authentication_ExchangeAcrRefreshTokenForAcrAccessToken",
        Method::POST,
        "/oauth2/token",
        Some(oauth::token),
    ),
    get(
        "Authentication_GetAcrAccessTokenFromLogin",
        "/oauth2/token",
        Some(oauth::token_from_login),
    ),
    get(
        "ContainerRegistry_GetRepositories",
        "/v2/_catalog",
        Some(lists::catalog),
    ),
    get("Tags_List", "/v2/{name*}/tags/list", Some(lists::tags)),
    get(
        "ContainerRegistry_GetManifest",
        "/v2/{name*}/manifests/{reference}",
        Some(read::manifest),
    ),
    operation(
        "ContainerRegistry_HeadManifest",
        Method::HEAD,
        "/v2/{name*}/manifests/{reference}",
        Some(read::manifest),
    ),
    get(
        "ContainerRegistryBlob_GetBlob",
        "/v2/{name*}/blobs/{digest}",
        Some(read::blob),
    ),
    operation(
        "ContainerRegistryBlob_CheckBlobExists",
        Method::HEAD,
        "/v2/{name*}/blobs/{digest}",
        Some(read::blob),
    ),
    get(
        "Acr_GetRepositories",
        "/acr/v1/_catalog",
        Some(lists::catalog),
    ),
    get(
        "ContainerRegistry_GetTags",
        "/acr/v1/{name*}/_tags",
        Some(lists::acr_tags),
    ),
    get(
        "ContainerRegistry_GetManifests",
        "/acr/v1/{name*}/_manifests",
        Some(lists::acr_manifests),
    ),
    get(
        "ContainerRegistry_GetTagProperties",
        "/acr/v1/{name*}/_tags/{tag}",
        Some(properties::tag),
    ),
    get(
        "ContainerRegistry_GetManifestProperties",
        "/acr/v1/{name*}/_manifests/{digest}",
        Some(properties::manifest),
    ),
    get(
        "ContainerRegistry_GetProperties",
        "/acr/v1/{name*}",
        Some(properties::repository),
    ),
    operation(
        "ContainerRegistry_CreateManifest",
        Method::PUT,
        "/v2/{name*}/manifests/{reference}",
        None,
    ),
    operation(
        "ContainerRegistryBlob_StartUpload",
        Method::POST,
        "/v2/{name*}/blobs/uploads",
        None,
    ),
    operation(
        "ContainerRegistry_DeleteRepository",
        Method::DELETE,
        "/acr/v1/{name*}",
        None,
    ),
];

const fn get(id: &'static str, path: &'static str, handler: Option<Handler>) -> Operation {
    operation(id, Method::GET, path, handler)
}

/// The registry knows its callers by its own tokens, so the router lets everybody in.
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
        access: Access::Anonymous,
        spec: None,
        simplified: "the registry's own tokens decide; an image has one platform",
        handler,
    }
}

/// The registry that the host names, when the request may come this way.
fn reached<'a>(state: &'a State, request: &Request) -> Result<&'a Resource, crate::request::Reply> {
    let registry = hosts::registry_of(state, &request.host);
    let registry = registry.ok_or_else(|| errors::no_such_registry(&request.host))?;
    network::admit(state, registry, request)?;
    Ok(registry)
}
