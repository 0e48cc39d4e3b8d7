//! Writing a blob in blocks: Put Block, Put Block List, Get Block List.
//!
//! Blocks wait, by blob and id, until a list makes a blob of some of them; the others are then forgotten, as they are when
//! the blob is written whole. A list may name a block more than once, so its total is limited before anything is copied.
//! Uncommitted blocks do not expire, where Azure keeps them a week.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use http::StatusCode;

use super::access::{Deed, admitted};
use super::download::marked;
use super::errors::Error;
use super::lease::{self, Of};
use super::signed::Proven;
use super::write::{Given, of_account, written};
use super::xml::element;
use super::{Answer, copy, headers, names, snapshots};
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::{BlobKind, Blocks, StoredBlob};

const ID_LIMIT: usize = 64;
const UNCOMMITTED_LIMIT: usize = 100_000;
const LIST_LIMIT: usize = 50_000;
/// The longest blob that the mock makes of blocks; Azure's are longer.
const BLOB_LIMIT: usize = 512 << 20;

/// Put Block, of the body or of a blob.
pub(super) fn put(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let container = request.parameter("containerName");
    let deed = Deed::WriteBlob(container);
    let account = admitted(&context.state(), request, caller, deed)?;
    let (container, name) = (names::container(request)?, names::blob(request)?);
    let id = block_id(request)?;
    let content = copy::body_or_source(context, request, caller)?;
    if content.is_empty() {
        return Err(Error::INVALID_HEADER.detailed("content-length"));
    }
    let checksum = headers::checked_md5_of(&content, request, &["content-md5"])?;
    let now = context.clock.epoch_seconds();
    let mut state = context.state_mut();
    if !state.has_room_for(content.len()) {
        return Err(Error::BODY_TOO_LARGE);
    }
    let within = of_account(&mut state, &account, container)?;
    lease::admits_write(within.leases.get(name), request, now, Of::Blob)?;
    let Blocks(blocks) = within.uncommitted.entry(name.to_owned()).or_default();
    if blocks
        .keys()
        .next()
        .is_some_and(|other| other.len() != id.len())
    {
        return Err(Error::INVALID_BLOCK);
    }
    if blocks.len() >= UNCOMMITTED_LIMIT && !blocks.contains_key(id) {
        return Err(Error::TOO_MANY_BLOCKS);
    }
    blocks.insert(id.to_owned(), content);
    Ok(Reply::empty(StatusCode::CREATED)
        .with("content-md5", checksum)
        .with("x-ms-request-server-encrypted", "true"))
}

fn block_id(request: &Request) -> Result<&str, Error> {
    let id = request
        .query("blockid")
        .ok_or_else(|| Error::MISSING_QUERY.detailed("blockid"))?;
    match STANDARD.decode(id) {
        Ok(bytes) if (1..=ID_LIMIT).contains(&bytes.len()) => Ok(id),
        Ok(_) => Err(Error::INVALID_QUERY.detailed("blockid")),
        Err(_) => Err(Error::INVALID_BLOCK_ID),
    }
}

/// Put Block List.
pub(super) fn commit(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let container = request.parameter("containerName");
    let deed = Deed::WriteBlob(container);
    admitted(&context.state(), request, caller, deed)?;
    let given = Given::admitted(context, request, caller)?;
    headers::checked_md5(request, &["content-md5"])?;
    let wanted = wanted(&request.body)?;
    let mark = given.replace(context, request, |_, blob, within| {
        let name = names::blob(request)?;
        let (there, waiting) = (within.blobs.get(name), within.uncommitted.get(name));
        (blob.content, blob.blocks) = joined(&wanted, there, waiting)?;
        Ok(())
    })?;
    Ok(written(StatusCode::CREATED, &mark).with("x-ms-request-server-encrypted", "true"))
}

/// Where a list takes a block from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    Committed,
    Uncommitted,
    Latest,
}

/// `<BlockList><Latest>id</Latest>…</BlockList>`.
fn wanted(body: &[u8]) -> Result<Vec<(From, String)>, Error> {
    let text = std::str::from_utf8(body).map_err(|_| Error::INVALID_XML)?;
    let text = text.trim_start_matches('\u{feff}');
    let document = roxmltree::Document::parse(text).map_err(|_| Error::INVALID_XML)?;
    let root = document.root_element();
    if root.tag_name().name() != "BlockList" {
        return Err(Error::INVALID_XML);
    }
    let block = |node: roxmltree::Node<'_, '_>| {
        let from = match node.tag_name().name() {
            "Committed" => From::Committed,
            "Uncommitted" => From::Uncommitted,
            "Latest" => From::Latest,
            _ => return Err(Error::INVALID_XML),
        };
        Ok((from, node.text().unwrap_or_default().trim().to_owned()))
    };
    let blocks = root.children().filter(roxmltree::Node::is_element);
    let wanted: Vec<_> = blocks.map(block).collect::<Result<_, _>>()?;
    if wanted.len() > LIST_LIMIT {
        return Err(Error::BLOCK_LIST_TOO_LONG);
    }
    Ok(wanted)
}

type Joined = (Bytes, Vec<(String, usize)>);

/// The content that a list means.
fn joined(
    wanted: &[(From, String)],
    there: Option<&StoredBlob>,
    uncommitted: Option<&Blocks>,
) -> Result<Joined, Error> {
    let committed = committed(there);
    let find = |(from, id): &(From, String)| {
        let old = || committed.get(id.as_str()).cloned();
        let new = || uncommitted.and_then(|blocks| blocks.0.get(id)).cloned();
        let found = match from {
            From::Committed => old(),
            From::Uncommitted => new(),
            From::Latest => new().or_else(old),
        };
        found.ok_or(Error::INVALID_BLOCK_LIST)
    };
    let parts: Vec<Bytes> = wanted.iter().map(find).collect::<Result<_, _>>()?;
    let size = parts
        .iter()
        .fold(0_usize, |sum, part| sum.saturating_add(part.len()));
    if size > BLOB_LIMIT {
        return Err(Error::BODY_TOO_LARGE);
    }
    let ids = wanted.iter().zip(&parts);
    let blocks = ids
        .map(|((_, id), part)| (id.clone(), part.len()))
        .collect();
    if let [only] = &parts[..] {
        return Ok((only.clone(), blocks));
    }
    let mut content = BytesMut::with_capacity(size);
    parts
        .iter()
        .for_each(|part| content.extend_from_slice(part));
    Ok((content.freeze(), blocks))
}

/// The blocks of a blob that is there, cut out of it.
fn committed(there: Option<&StoredBlob>) -> HashMap<&str, Bytes> {
    let mut found = HashMap::new();
    let mut start = 0;
    for (blob, (id, size)) in there
        .iter()
        .flat_map(|it| it.blocks.iter().map(move |b| (it, b)))
    {
        found.insert(id.as_str(), blob.content.slice(start..start + size));
        start += size;
    }
    found
}

/// Get Block List.
pub(super) fn list(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let container = request.parameter("containerName");
    let state = context.state();
    let account = admitted(&state, request, caller, Deed::ReadBlobs(container))?;
    let (container, name) = (names::container(request)?, names::blob(request)?);
    let kind = request.query("blocklisttype").unwrap_or("committed");
    if !["committed", "uncommitted", "all"].contains(&kind) {
        return Err(Error::INVALID_QUERY.detailed("blocklisttype"));
    }
    let within = state
        .container(&account, container)
        .ok_or(Error::CONTAINER_NOT_FOUND)?;
    let now = context.clock.epoch_seconds();
    lease::admits_read(within.leases.get(name), request, now, Of::Blob)?;
    let (there, waiting) = match request.query("snapshot") {
        None => (within.blobs.get(name), within.uncommitted.get(name)),
        Some(_) => (Some(snapshots::find(within, name, request)?), None),
    };
    if there.is_none() && waiting.is_none() {
        return Err(Error::BLOB_NOT_FOUND);
    }
    if there.is_some_and(|it| it.kind != BlobKind::Block) {
        return Err(Error::INVALID_BLOB_TYPE);
    }
    let old = there.into_iter().flat_map(|it| &it.blocks);
    let old = old.map(|(id, size)| block(id, *size)).collect::<String>();
    let new = waiting.into_iter().flat_map(|it| &it.0);
    let new = new
        .map(|(id, part)| block(id, part.len()))
        .collect::<String>();
    let list = |name: &str, shown: bool, blocks: String| match shown {
        true => format!("<{name}>{blocks}</{name}>"),
        false => String::new(),
    };
    let body = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>{}{}</BlockList>",
        list("CommittedBlocks", kind != "uncommitted", old),
        list("UncommittedBlocks", kind != "committed", new)
    );
    let mut headers = there.map(|it| marked(&it.mark)).unwrap_or_default();
    let size = there.map_or(0, |it| it.content.len());
    headers.push(("x-ms-blob-content-length", size.to_string()));
    headers.push(("content-type", "application/xml".to_owned()));
    Ok(Reply {
        status: StatusCode::OK,
        headers,
        body: Bytes::from(body),
    })
}

fn block(id: &str, size: usize) -> String {
    let inner = element("Name", id) + &element("Size", &size.to_string());
    format!("<Block>{inner}</Block>")
}
