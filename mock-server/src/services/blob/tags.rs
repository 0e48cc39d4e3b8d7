//! Index tags of blobs: Get and Set Blob Tags, and the header that a write may bring (rest-api
//! `storageservices/set-blob-tags`). Who may write blobs may not write their tags: that is a right of its own.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::StatusCode;

use super::access::{Deed, admitted};
use super::errors::Error;
use super::lease::{self, Of};
use super::signed::Proven;
use super::write::of_account;
use super::xml::element;
use super::{Answer, names, snapshots};
use crate::context::Context;
use crate::request::{Reply, Request};

type Tags = BTreeMap<String, String>;

const TAGS_LIMIT: usize = 10;
const KEY_LIMIT: usize = 128;
const VALUE_LIMIT: usize = 256;

/// `x-ms-tags` of a request that may bring tags, in the form of a query.
pub(super) fn of_header(
    context: &Context,
    request: &Request,
    caller: &Proven<'_>,
) -> Result<Tags, Error> {
    let Some(text) = request.header("x-ms-tags").filter(|text| !text.is_empty()) else {
        return Ok(Tags::new());
    };
    let container = request.parameter("containerName");
    admitted(
        &context.state(),
        request,
        caller,
        Deed::WriteTags(container),
    )?;
    let (_, pairs) = crate::router::parse::target_of(&request.host, "/", Some(text))
        .ok_or(Error::INVALID_TAGS)?;
    checked(pairs)
}

/// At most ten, each key once, of the characters that tags have.
fn checked(pairs: Vec<(String, String)>) -> Result<Tags, Error> {
    let count = pairs.len();
    let are_good = pairs.iter().all(|(key, value)| {
        (1..=KEY_LIMIT).contains(&key.len())
            && value.len() <= VALUE_LIMIT
            && key.bytes().chain(value.bytes()).all(is_good)
    });
    let tags: Tags = pairs.into_iter().collect();
    if are_good && tags.len() == count && count <= TAGS_LIMIT {
        Ok(tags)
    } else {
        Err(Error::INVALID_TAGS)
    }
}

fn is_good(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" +-./:=_".contains(&byte)
}

/// Set Blob Tags: what is not given goes; the entity tag stays.
pub(super) fn set(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let container = request.parameter("containerName");
    let deed = Deed::WriteTags(container);
    let account = admitted(&context.state(), request, caller, deed)?;
    let (container, name) = (names::container(request)?, names::blob(request)?);
    super::headers::checked_md5(request, &["content-md5"])?;
    let tags = checked(read(&request.body)?)?;
    let now = context.clock.epoch_seconds();
    let mut state = context.state_mut();
    let within = of_account(&mut state, &account, container)?;
    lease::admits_write(within.leases.get(name), request, now, Of::Blob)?;
    let blob = within.blobs.get_mut(name).ok_or(Error::BLOB_NOT_FOUND)?;
    blob.tags = tags;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// `<Tags><TagSet><Tag><Key/><Value/></Tag>…`.
fn read(body: &[u8]) -> Result<Vec<(String, String)>, Error> {
    let text = std::str::from_utf8(body).map_err(|_| Error::INVALID_XML)?;
    let text = text.trim_start_matches('\u{feff}');
    let document = roxmltree::Document::parse(text).map_err(|_| Error::INVALID_XML)?;
    let root = document.root_element();
    let set = root.children().find(|it| it.has_tag_name("TagSet"));
    let (true, Some(set)) = (root.has_tag_name("Tags"), set) else {
        return Err(Error::INVALID_XML);
    };
    let text = |tag: &roxmltree::Node<'_, '_>, name: &str| {
        let found = tag.children().find(|it| it.has_tag_name(name))?;
        Some(found.text().unwrap_or_default().to_owned())
    };
    let tags = set.children().filter(roxmltree::Node::is_element);
    tags.map(|tag| Some((text(&tag, "Key")?, text(&tag, "Value")?)))
        .collect::<Option<_>>()
        .ok_or(Error::INVALID_XML)
}

/// Get Blob Tags.
pub(super) fn get(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let container = request.parameter("containerName");
    let state = context.state();
    let account = admitted(&state, request, caller, Deed::ReadTags(container))?;
    let (container, name) = (names::container(request)?, names::blob(request)?);
    let within = state
        .container(&account, container)
        .ok_or(Error::CONTAINER_NOT_FOUND)?;
    let blob = snapshots::find(within, name, request)?;
    let now = context.clock.epoch_seconds();
    lease::admits_read(within.leases.get(name), request, now, Of::Blob)?;
    let body = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>{}",
        xml(&blob.tags)
    );
    Ok(Reply {
        status: StatusCode::OK,
        headers: vec![("content-type", "application/xml".to_owned())],
        body: Bytes::from(body),
    })
}

/// As lists and Get Blob Tags show them.
pub(super) fn xml(tags: &Tags) -> String {
    let tag = |(key, value): (&String, &String)| {
        let inner = element("Key", key) + &element("Value", value);
        format!("<Tag>{inner}</Tag>")
    };
    let tags: String = tags.iter().map(tag).collect();
    format!("<Tags><TagSet>{tags}</TagSet></Tags>")
}
