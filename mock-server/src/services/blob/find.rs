//! Find Blobs by Tags: an expression over index tags, in an account or a container (rest-api
//! `storageservices/find-blobs-by-tags`). Comparisons of texts joined by `AND`; `@container` is the container's name.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::StatusCode;

use super::access::{Deed, admitted};
use super::errors::Error;
use super::signed::Proven;
use super::xml::{element, escape, named};
use super::{Answer, tags};
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::StoredBlob;

const PAGE: usize = 5000;
const CONTAINER: &str = "@container";

pub(super) fn run(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let only = request.parameter("containerName");
    let deed = match only {
        "" => Deed::FindBlobs,
        name => Deed::FindBlobsWithin(name),
    };
    let state = context.state();
    let account = admitted(&state, request, caller, deed)?;
    if !only.is_empty() && state.container(&account, only).is_none() {
        return Err(Error::CONTAINER_NOT_FOUND);
    }
    let text = request
        .query("where")
        .ok_or_else(|| Error::MISSING_QUERY.detailed("where"))?;
    let wanted = parsed(text).ok_or_else(|| Error::INVALID_QUERY.detailed("where"))?;
    let (after, size) = (marker(request)?, size(request)?);
    let found = state
        .containers(&account, only)
        .take_while(|(name, _)| only.is_empty() || *name == only)
        .flat_map(|(container, it)| {
            it.blobs
                .iter()
                .map(move |(name, blob)| (container, name, blob))
        })
        .filter(|(container, _, blob)| wanted.iter().all(|it| it.holds(container, blob)))
        .map(|(container, name, blob)| (format!("{container}/{name}"), container, name, blob))
        .filter(|(key, ..)| after.as_ref().is_none_or(|after| key > after));
    let mut found: Vec<_> = found.take(size + 1).collect();
    let has_more = found.len() > size;
    found.truncate(size);
    let last = found.last().filter(|_| has_more);
    let next = last.map(|(key, ..)| URL_SAFE_NO_PAD.encode(key));
    let entries: String = found
        .iter()
        .map(|(_, container, name, blob)| entry(container, name, blob, &wanted))
        .collect();
    let body = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"https://{}/\">{}<Blobs>{entries}</Blobs>{}</EnumerationResults>",
        escape(&request.host),
        element("Where", text),
        element("NextMarker", &next.unwrap_or_default())
    );
    Ok(Reply {
        status: StatusCode::OK,
        headers: vec![("content-type", "application/xml".to_owned())],
        body: Bytes::from(body),
    })
}

fn size(request: &Request) -> Result<usize, Error> {
    match request.query("maxresults").map(str::parse::<usize>) {
        None => Ok(PAGE),
        Some(Ok(size)) if size > 0 => Ok(size.min(PAGE)),
        Some(_) => Err(Error::OUT_OF_RANGE),
    }
}

fn marker(request: &Request) -> Result<Option<String>, Error> {
    let Some(marker) = request.query("marker").filter(|it| !it.is_empty()) else {
        return Ok(None);
    };
    let bytes = URL_SAFE_NO_PAD.decode(marker).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.map(Some)
        .ok_or_else(|| Error::INVALID_QUERY.detailed("marker"))
}

/// With the tags that the expression names.
fn entry(container: &str, name: &str, blob: &StoredBlob, wanted: &[Comparison]) -> String {
    let mut shown = blob.tags.clone();
    shown.retain(|key, _| wanted.iter().any(|it| it.key == *key));
    format!(
        "<Blob>{}{}{}</Blob>",
        named(name),
        element("ContainerName", container),
        tags::xml(&shown)
    )
}

/// One comparison of an expression.
#[derive(Debug, PartialEq, Eq)]
struct Comparison {
    key: String,
    operator: &'static str,
    value: String,
}

impl Comparison {
    fn holds(&self, container: &str, blob: &StoredBlob) -> bool {
        let own = blob.tags.get(&self.key).map(String::as_str);
        let Some(own) = own.or_else(|| Some(container).filter(|_| self.key == CONTAINER)) else {
            return false;
        };
        let value = self.value.as_str();
        match self.operator {
            "=" => own == value,
            ">" => own > value,
            ">=" => own >= value,
            "<" => own < value,
            _ => own <= value,
        }
    }
}

fn parsed(text: &str) -> Option<Vec<Comparison>> {
    let mut rest = text.trim();
    let mut parsed = Vec::new();
    loop {
        let key;
        (key, rest) = key_of(rest)?;
        rest = rest.trim_start();
        let operator = [">=", "<=", "=", ">", "<"]
            .into_iter()
            .find(|it| rest.starts_with(it))?;
        if key == CONTAINER && operator != "=" {
            return None;
        }
        let (value, after) = quoted(rest.strip_prefix(operator)?.trim_start(), '\'')?;
        parsed.push(Comparison {
            key,
            operator,
            value,
        });
        rest = after.trim_start();
        if rest.is_empty() {
            return Some(parsed);
        }
        let and = rest.get(..3).filter(|it| it.eq_ignore_ascii_case("and"));
        rest = rest.get(and?.len()..)?.trim_start();
    }
}

/// `"key"`, `key` or `@container`.
fn key_of(text: &str) -> Option<(String, &str)> {
    if text.starts_with('"') {
        return quoted(text, '"');
    }
    let is_part = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '@';
    let end = text.find(|it| !is_part(it))?;
    let (key, rest) = text.split_at(end);
    (!key.is_empty()).then(|| (key.to_owned(), rest))
}

fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let (inner, rest) = text.strip_prefix(quote)?.split_once(quote)?;
    Some((inner.to_owned(), rest))
}
