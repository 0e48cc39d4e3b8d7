//! Append blobs: made empty, written at their end (rest-api `storageservices/append-block`).

use bytes::{Bytes, BytesMut};
use http::StatusCode;

use super::access::{admitted, admitted_to_write};
use super::errors::Error;
use super::signed::Proven;
use super::write::{Given, change_at, written};
use super::{Answer, copy, headers};
use crate::context::Context;
use crate::request::Request;
use crate::store::{BlobKind, StoredBlob};

const BLOCKS_LIMIT: usize = 50_000;
/// Longest block (since version 2022-11-02).
const BLOCK_LIMIT: usize = 100 << 20;
/// The longest append blob that the mock keeps; Azure's are longer.
const BLOB_LIMIT: usize = 512 << 20;

/// Put Blob of an append blob.
pub(super) fn create(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let given = Given::admitted(context, request, caller)?;
    if !request.body.is_empty() {
        return Err(Error::INVALID_HEADER.detailed("content-length"));
    }
    let mark = given.replace(context, request, |_, blob, _| {
        blob.kind = BlobKind::Append {
            blocks: 0,
            is_sealed: false,
        };
        Ok(())
    })?;
    let reply = written(StatusCode::CREATED, &mark);
    Ok(reply.with("x-ms-request-server-encrypted", "true"))
}

/// Append Block, of the body or of a blob.
pub(super) fn block(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let container = request.parameter("containerName");
    let account = admitted_to_write(&context.state(), request, caller, container)?.account;
    let content = copy::body_or_source(context, request, caller)?;
    if content.is_empty() {
        return Err(Error::INVALID_HEADER.detailed("content-length"));
    }
    if content.len() > BLOCK_LIMIT || !context.state().has_room_for(content.len()) {
        return Err(Error::BODY_TOO_LARGE);
    }
    let checksum = headers::checked_md5_of(&content, request, &["content-md5"])?;
    let (position, most) = (
        number(request, "x-ms-blob-condition-appendpos")?,
        number(request, "x-ms-blob-condition-maxsize")?,
    );
    let (mark, offset, blocks) = change_at(context, request, &account, |blob| {
        let offset = blob.content.len();
        let blocks = append(blob, &content, position, most)?;
        Ok((blob.mark.clone(), offset, blocks))
    })?;
    Ok(written(StatusCode::CREATED, &mark)
        .with("content-md5", checksum)
        .with("x-ms-blob-append-offset", offset.to_string())
        .with("x-ms-blob-committed-block-count", blocks.to_string())
        .with("x-ms-request-server-encrypted", "true"))
}

fn append(
    blob: &mut StoredBlob,
    content: &Bytes,
    position: Option<usize>,
    most: Option<usize>,
) -> Result<usize, Error> {
    let BlobKind::Append { blocks, is_sealed } = &mut blob.kind else {
        return Err(Error::INVALID_BLOB_TYPE);
    };
    let size = blob.content.len().saturating_add(content.len());
    if *is_sealed {
        return Err(Error::BLOB_IS_SEALED);
    }
    if position.is_some_and(|position| position != blob.content.len()) {
        return Err(Error::APPEND_POSITION);
    }
    if most.is_some_and(|most| size > most) {
        return Err(Error::MAX_BLOB_SIZE);
    }
    if *blocks >= BLOCKS_LIMIT {
        return Err(Error::TOO_MANY_APPENDED);
    }
    if size > BLOB_LIMIT {
        return Err(Error::BODY_TOO_LARGE);
    }
    *blocks += 1;
    let blocks = *blocks;
    let mut joined = writable(std::mem::take(&mut blob.content));
    joined.extend_from_slice(content);
    blob.content = joined.freeze();
    blob.properties.content_md5 = None;
    Ok(blocks)
}

/// The bytes to write to: themselves when no snapshot and no reader shares them, else a copy.
pub(super) fn writable(content: Bytes) -> BytesMut {
    content
        .try_into_mut()
        .unwrap_or_else(|shared| BytesMut::from(&shared[..]))
}

/// Append Blob Seal.
pub(super) fn seal(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let container = request.parameter("containerName");
    let deed = super::access::Deed::WriteBlob(container);
    let account = admitted(&context.state(), request, caller, deed)?;
    let wanted = number(request, "x-ms-blob-condition-appendpos")?;
    let mark = change_at(context, request, &account, |blob| {
        let size = blob.content.len();
        let BlobKind::Append { is_sealed, .. } = &mut blob.kind else {
            return Err(Error::INVALID_BLOB_TYPE);
        };
        if wanted.is_some_and(|wanted| wanted != size) {
            return Err(Error::APPEND_POSITION);
        }
        *is_sealed = true;
        Ok(blob.mark.clone())
    })?;
    Ok(written(StatusCode::OK, &mark).with("x-ms-blob-sealed", "true"))
}

/// What only an append blob says of itself.
pub(super) fn described(blob: &StoredBlob) -> Vec<(&'static str, String)> {
    let BlobKind::Append { blocks, is_sealed } = &blob.kind else {
        return Vec::new();
    };
    let mut headers = vec![("x-ms-blob-committed-block-count", blocks.to_string())];
    if *is_sealed {
        headers.push(("x-ms-blob-sealed", "true".to_owned()));
    }
    headers
}

/// A header that is a number.
pub(super) fn number(request: &Request, name: &'static str) -> Result<Option<usize>, Error> {
    let parse = |text: &str| text.trim().parse();
    let given = request.header(name).map(parse).transpose();
    given.map_err(|_| Error::INVALID_HEADER.detailed(name))
}
