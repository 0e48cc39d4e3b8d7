//! The blob service's data plane, `<account>.blob.core.windows.net`: reading containers and blobs.
//!
//! - `operations` what the queries `restype` and `comp` choose · `download` blobs: ranges, conditions, checksums
//! - `list` containers and blobs as XML · `access` way, tenant, right · [`errors`] XML and `x-ms-error-code`
//! - `md5` for `Content-MD5`
//!
//! Order of the checks: network, authentication, authorization, existence (PITFALLS D09: "network first, then role").
//! Missing on purpose: shared keys and SAS, anonymous reads, snapshots, versions, leases, tags, writes, other services of
//! an account.

mod access;
pub mod download;
pub mod errors;
mod list;
mod md5;
mod operations;
mod xml;

#[cfg(test)]
mod tests;

use http::Method;

use crate::auth::Audience;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::{Access, ApiVersion, Handler, Hosts, Operation, Refusal, Service};
use errors::Error;

const SPEC: &str = "storage-blob-data/2024-08-04/blob.json";
const SUFFIX: &str = ".blob.core.windows.net";

/// The service.
pub const SERVICE: Service = Service {
    name: "blob",
    about: "containers and blobs of a storage account, over private endpoints and the public address",
    hosts: Hosts::Suffix(SUFFIX),
    api_version: ApiVersion::None,
    operations: OPERATIONS,
    refuse,
};

const OPERATIONS: &[Operation] = &[
    operation(
        "Service_ListContainersSegment",
        Method::GET,
        "/",
        Some(operations::service),
    ),
    operation(
        "Container_GetProperties, Container_ListBlobFlatSegment",
        Method::GET,
        "/{containerName}",
        Some(operations::container),
    ),
    operation(
        "Container_GetProperties",
        Method::HEAD,
        "/{containerName}",
        Some(operations::container),
    ),
    operation(
        "Blob_Download",
        Method::GET,
        "/{containerName}/{blob*}",
        Some(operations::blob),
    ),
    operation(
        "Blob_GetProperties",
        Method::HEAD,
        "/{containerName}/{blob*}",
        Some(operations::blob),
    ),
    operation("Container_Create", Method::PUT, "/{containerName}", None),
    operation("Container_Delete", Method::DELETE, "/{containerName}", None),
    operation(
        "BlockBlob_Upload",
        Method::PUT,
        "/{containerName}/{blob*}",
        None,
    ),
    operation(
        "Blob_Delete",
        Method::DELETE,
        "/{containerName}/{blob*}",
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
        access: Access::Bearer(Audience::Storage),
        spec: Some(SPEC),
        simplified: "bearer tokens only; no snapshots, versions, tags or leases",
        handler,
    }
}

/// What the router and `auth` refuse, in the blob service's words; a request that may not come this way is refused for
/// that.
fn refuse(refusal: &Refusal, request: &Request, context: &Context) -> Reply {
    let error = match refusal {
        Refusal::NotImplemented { operation } => Error::NOT_IMPLEMENTED.detailed(operation.clone()),
        Refusal::Misdirected { .. } => Error::AUTHORIZATION_FAILURE,
        Refusal::Malformed { .. } | Refusal::ApiVersion { .. } => Error::OUT_OF_RANGE,
        _ => access::unauthenticated(refusal, request, &context.state()),
    };
    error.reply(request, context)
}
