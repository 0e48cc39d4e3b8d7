//! Lists of containers and blobs, and a container's properties.
//!
//! `prefix`, `marker` and `maxresults` are understood (5000 at most); `delimiter` makes `BlobPrefix` of what lies below.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::StatusCode;

use super::download::{etag, last_modified};
use super::errors::Error;
use super::md5::md5_base64;
use super::xml::{element, escape};
use crate::request::{Reply, Request};
use crate::store::{Resource, State, StoredBlob};

const PAGE: usize = 5000;

pub(super) fn containers(
    state: &State,
    account: &Resource,
    request: &Request,
) -> Result<Reply, Error> {
    let entries = state.containers(&account.name).map(|name| {
        let properties = format!(
            "{}{}<LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState>",
            element("Last-Modified", &last_modified()),
            element("Etag", &etag(name.as_bytes()))
        );
        let text = format!(
            "<Container>{}<Properties>{properties}</Properties></Container>",
            element("Name", name)
        );
        (name.to_owned(), text)
    });
    page(account, None, "Containers", request, entries.collect())
}

pub(super) fn blobs(
    state: &State,
    account: &Resource,
    container: &str,
    request: &Request,
) -> Result<Reply, Error> {
    let blobs = state
        .container(&account.name, container)
        .ok_or(Error::CONTAINER_NOT_FOUND)?;
    let prefix = request.query("prefix").unwrap_or_default();
    let delimiter = request.query("delimiter").unwrap_or_default();
    let mut folders = BTreeSet::new();
    let mut entries = Vec::new();
    for (name, blob) in blobs {
        match folder(name, prefix, delimiter) {
            None => entries.push((name.clone(), entry(name, blob))),
            Some(folder) if folders.insert(folder.to_owned()) => {
                let text = format!("<BlobPrefix>{}</BlobPrefix>", element("Name", folder));
                entries.push((folder.to_owned(), text));
            }
            Some(_) => {}
        }
    }
    page(account, Some(container), "Blobs", request, entries)
}

pub(super) fn properties(
    state: &State,
    account: &Resource,
    container: &str,
) -> Result<Reply, Error> {
    state
        .container(&account.name, container)
        .ok_or(Error::CONTAINER_NOT_FOUND)?;
    let headers = vec![
        ("last-modified", last_modified()),
        ("etag", etag(container.as_bytes())),
        ("x-ms-lease-status", "unlocked".to_owned()),
        ("x-ms-lease-state", "available".to_owned()),
        ("x-ms-has-immutability-policy", "false".to_owned()),
        ("x-ms-has-legal-hold", "false".to_owned()),
    ];
    Ok(Reply {
        status: StatusCode::OK,
        headers,
        body: Bytes::new(),
    })
}

/// The part of a name up to the first delimiter after the prefix.
fn folder<'a>(name: &'a str, prefix: &str, delimiter: &str) -> Option<&'a str> {
    let rest = name
        .strip_prefix(prefix)
        .filter(|_| !delimiter.is_empty())?;
    let end = prefix.len() + rest.find(delimiter)? + delimiter.len();
    Some(&name[..end])
}

fn entry(name: &str, blob: &StoredBlob) -> String {
    let content_type = blob
        .content_type
        .as_deref()
        .unwrap_or("application/octet-stream");
    let properties = [
        ("Creation-Time", last_modified()),
        ("Last-Modified", last_modified()),
        ("Etag", etag(&blob.content).trim_matches('"').to_owned()),
        ("Content-Length", blob.content.len().to_string()),
        ("Content-Type", content_type.to_owned()),
        ("Content-MD5", md5_base64(&blob.content)),
        ("BlobType", "BlockBlob".to_owned()),
        ("LeaseStatus", "unlocked".to_owned()),
        ("LeaseState", "available".to_owned()),
        ("ServerEncrypted", "true".to_owned()),
    ];
    let properties: String = properties
        .iter()
        .map(|(name, text)| element(name, text))
        .collect();
    format!(
        "<Blob>{}<Properties>{properties}</Properties></Blob>",
        element("Name", name)
    )
}

/// One page of entries, which come with the name that `prefix` and `marker` are compared with, in its order.
fn page(
    account: &Resource,
    container: Option<&str>,
    kind: &str,
    request: &Request,
    entries: Vec<(String, String)>,
) -> Result<Reply, Error> {
    let size = match request.query("maxresults").map(str::parse::<usize>) {
        None => PAGE,
        Some(Ok(size)) if size > 0 => size.min(PAGE),
        Some(_) => return Err(Error::OUT_OF_RANGE),
    };
    let (prefix, marker) = (
        request.query("prefix").unwrap_or_default(),
        request.query("marker").unwrap_or_default(),
    );
    let mut wanted = entries
        .into_iter()
        .filter(|(name, _)| name.starts_with(prefix) && name.as_str() >= marker);
    let shown: String = wanted.by_ref().take(size).map(|(_, text)| text).collect();
    let next = wanted.next().map(|(name, _)| name).unwrap_or_default();
    let endpoint = format!("https://{}.blob.core.windows.net/", account.name);
    let container = container
        .map(|name| format!(" ContainerName=\"{}\"", escape(name)))
        .unwrap_or_default();
    let body = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"{}\"{container}>{}{}{}<{kind}>{shown}</{kind}>{}</EnumerationResults>",
        escape(&endpoint),
        optional("Prefix", prefix),
        optional("Marker", marker),
        optional(
            "MaxResults",
            request.query("maxresults").unwrap_or_default()
        ),
        element("NextMarker", &next)
    );
    let headers = vec![("content-type", "application/xml".to_owned())];
    Ok(Reply {
        status: StatusCode::OK,
        headers,
        body: Bytes::from(body),
    })
}

fn optional(name: &str, text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        element(name, text)
    }
}
