//! The blob service's data plane, `<account>.blob.core.windows.net`: containers and block blobs.
//!
//! - `operations` what the queries `restype` and `comp` choose · `names` what a path names · `access` way, tenant, right
//! - `download` blobs: ranges, checksums · `write` whole, metadata, properties, tier · `blocks` block by block · `append`
//!   and `pages` the other kinds · `copy` from another blob · `snapshots` those, and deletion · `tags` index tags, `find` by them
//! - `containers` containers and the account, `policies` stored access policies · `list` and `entries` both as XML · `batch` many deletions at once
//! - `delegation` keys to sign with · `signed` who signs with those or with keys of the account · `settings` of the service
//! - `conditions` and `lease` when a read or a write happens
//! - `headers` what the headers of a write say · [`errors`] XML and `x-ms-error-code` · `md5`, `crc64` checksums
//!
//! Order of the checks: network, authentication, authorization, the request itself, existence, conditions (PITFALLS D09:
//! "network first, then role"). Names of metadata are written in lower case, as HTTP/2 has them. Missing on purpose, each
//! answered by name: anonymous reads, copies from elsewhere, incremental copies, versions, archived
//! blobs, other services of an account.

mod access;
mod append;
mod batch;
mod blocks;
mod conditions;
mod containers;
mod copy;
mod crc64;
mod delegation;
pub mod download;
mod entries;
pub mod errors;
mod find;
mod headers;
mod lease;
mod list;
pub(crate) mod md5;
mod names;
mod operations;
mod pages;
mod policies;
mod refused;
mod settings;
pub(crate) mod signed;
mod snapshots;
mod tags;
mod write;
mod xml;

#[cfg(test)]
mod batch_tests;
#[cfg(test)]
mod block_tests;
#[cfg(test)]
mod container_tests;
#[cfg(test)]
mod copy_tests;
#[cfg(test)]
mod find_tests;
#[cfg(test)]
mod kind_tests;
#[cfg(test)]
mod lease_tests;
#[cfg(test)]
mod snapshot_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod write_tests;

use http::Method;

use crate::auth::Audience;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::{Access, ApiVersion, Handler, Hosts, Operation, Refusal, Service};
use errors::Error;

const SPEC: &str = "storage-blob-data/2024-08-04/blob.json";
/// What follows the account in a host name.
pub(crate) const SUFFIX: &str = ".blob.core.windows.net";

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
    // -- the account --
    operation(
        "Service_ListContainersSegment, Service_FilterBlobs, Service_GetProperties, Service_GetAccountInfo",
        Method::GET,
        "/",
        operations::service,
    ),
    operation(
        "Service_GetAccountInfo",
        Method::HEAD,
        "/",
        operations::service,
    ),
    operation(
        "Service_SetProperties",
        Method::PUT,
        "/",
        operations::service,
    ),
    operation(
        "Service_SubmitBatch, Service_GetUserDelegationKey",
        Method::POST,
        "/",
        operations::service,
    ),
    // -- containers --
    operation(
        "Container_GetProperties, Container_GetAccessPolicy, Container_FilterBlobs, Container_ListBlobFlatSegment, Container_ListBlobHierarchySegment",
        Method::GET,
        "/{containerName}",
        operations::container,
    ),
    operation(
        "Container_GetProperties",
        Method::HEAD,
        "/{containerName}",
        operations::container,
    ),
    operation(
        "Container_Create, Container_SetMetadata, Container_SetAccessPolicy, Container_AcquireLease, Container_RenewLease, Container_ChangeLease, Container_ReleaseLease, Container_BreakLease",
        Method::PUT,
        "/{containerName}",
        operations::container,
    ),
    operation(
        "Container_Delete",
        Method::DELETE,
        "/{containerName}",
        operations::container,
    ),
    operation(
        "Container_SubmitBatch",
        Method::POST,
        "/{containerName}",
        operations::container,
    ),
    // -- blobs --
    operation(
        "Blob_Download, Blob_GetTags, BlockBlob_GetBlockList, PageBlob_GetPageRanges",
        Method::GET,
        "/{containerName}/{blob*}",
        operations::blob,
    ),
    operation(
        "Blob_GetProperties",
        Method::HEAD,
        "/{containerName}/{blob*}",
        operations::blob,
    ),
    operation(
        "BlockBlob_Upload, BlockBlob_StageBlock, BlockBlob_CommitBlockList, BlockBlob_PutBlobFromUrl, BlockBlob_StageBlockFromURL, AppendBlob_Create, AppendBlob_AppendBlock, AppendBlob_Seal, PageBlob_Create, PageBlob_UploadPages, PageBlob_ClearPages, PageBlob_Resize, Blob_StartCopyFromURL, Blob_CopyFromURL, Blob_AbortCopyFromURL, Blob_CreateSnapshot, Blob_AcquireLease, Blob_RenewLease, Blob_ChangeLease, Blob_ReleaseLease, Blob_BreakLease, Blob_SetMetadata, Blob_SetHTTPHeaders, Blob_SetTags, Blob_SetTier, Blob_Undelete",
        Method::PUT,
        "/{containerName}/{blob*}",
        operations::blob,
    ),
    operation(
        "Blob_Delete",
        Method::DELETE,
        "/{containerName}/{blob*}",
        operations::blob,
    ),
];

const fn operation(
    id: &'static str,
    method: Method,
    path: &'static str,
    handler: Handler,
) -> Operation {
    Operation {
        id,
        method,
        path,
        access: Access::Signed(Audience::Storage),
        spec: Some(SPEC),
        simplified: "no anonymous access, no Shared Key Lite; copies are done at once; no versions, nothing deleted is kept",
        handler: Some(handler),
    }
}

type Answer = Result<Reply, Error>;

/// What the router and `auth` refuse, in the blob service's words; a request that may not come this way is refused for
/// that.
fn refuse(refusal: &Refusal, request: &Request, context: &Context) -> Reply {
    let error = match refusal {
        Refusal::NotImplemented { operation } => Error::NOT_IMPLEMENTED.detailed(operation.clone()),
        Refusal::Misdirected { .. } => Error::AUTHORIZATION_FAILURE,
        Refusal::Malformed { why } => Error::INVALID_URI.detailed(why.clone()),
        Refusal::TooLarge { .. } => Error::BODY_TOO_LARGE,
        _ => access::unauthenticated(refusal, request, &context.state()),
    };
    error.reply(request, context)
}
