//! One blob through the SDK: streamed, measured, never kept.

use std::num::NonZero;

use azure_core::http::{ClientOptions, Url};
use azure_storage_blob::models::BlobClientDownloadOptions;
use azure_storage_blob::{BlobClient, BlobClientOptions};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt;
use md5::{Digest, Md5};
use ring::digest;

use super::recorder::Recorder;
use super::sdk;
use crate::outcome::NoAnswer;
use crate::secret::Secret;

/// The action on data that reading a blob takes (azure-docs, built-in role Storage Blob Data Reader).
pub const READ_BLOB: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";

/// What was read of a blob.
#[derive(Debug)]
pub struct Measured {
    /// Bytes.
    pub size: u64,
    /// MD5, base64.
    pub md5: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// Streams a blob. `options` carries the transport whose recorder is given.
///
/// # Errors
/// What the recorder kept of the refusal: SDKs lose error bodies.
pub async fn measure(
    url: Url,
    token: &Secret,
    options: ClientOptions,
    recorder: &Recorder,
) -> Result<Measured, NoAnswer> {
    let lost = |error: azure_core::Error| {
        recorder
            .no_answer()
            .unwrap_or_else(|| NoAnswer::Unusable(error.to_string()))
    };
    let client_options = BlobClientOptions {
        client_options: options,
        ..BlobClientOptions::default()
    };
    let client =
        BlobClient::new(url, Some(sdk::credential(token)), Some(client_options)).map_err(lost)?;
    // One range after the other, so that what the last one met is what the blob met.
    let one_at_a_time = BlobClientDownloadOptions {
        parallel: Some(NonZero::<usize>::MIN),
        ..Default::default()
    };
    let mut body = client
        .download(Some(one_at_a_time))
        .await
        .map_err(lost)?
        .body;
    let (mut size, mut md5, mut sha256) =
        (0_u64, Md5::new(), digest::Context::new(&digest::SHA256));
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(lost)?;
        size = size.saturating_add(chunk.len() as u64);
        md5.update(&chunk);
        sha256.update(&chunk);
    }
    Ok(Measured {
        size,
        md5: STANDARD.encode(md5.finalize()),
        sha256: sha256
            .finish()
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    })
}
