//! Lists of containers and blobs.
//!
//! `prefix`, `marker`, `startFrom` and `maxresults` are understood (5000 at most); `delimiter` makes `BlobPrefix` of what
//! lies below. A page costs what it shows: it begins where the one before ended, and steps over a folder at once. A marker
//! is opaque, as the service's is: the next name in base64.

use std::ops::Bound;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::StatusCode;

use super::download::{content_type, tier};
use super::errors::Error;
use super::xml::{element, escape, metadata, named};
use super::{Answer, names};
use crate::clock::http_date;
use crate::request::{Reply, Request};
use crate::store::{Container, State, StoredBlob};

const PAGE: usize = 5000;
/// What `include` may name; of all but `metadata` there is nothing to show.
const INCLUDES: &[&str] = &[
    "copy",
    "deleted",
    "deletedwithversions",
    "immutabilitypolicy",
    "legalhold",
    "metadata",
    "permissions",
    "snapshots",
    "system",
    "tags",
    "uncommittedblobs",
    "versions",
];

/// What a list shows, from the query.
struct Query<'a> {
    prefix: &'a str,
    delimiter: &'a str,
    /// The name that the page begins with.
    from: String,
    size: usize,
    with_metadata: bool,
    with_system: bool,
}

impl<'a> Query<'a> {
    fn of(request: &'a Request) -> Result<Self, Error> {
        let size = match request.query("maxresults").map(str::parse::<usize>) {
            None => PAGE,
            Some(Ok(size)) if size > 0 => size.min(PAGE),
            Some(_) => return Err(Error::OUT_OF_RANGE),
        };
        let prefix = request.query("prefix").unwrap_or_default();
        let marker = marker(request)?;
        let start = request.query("startFrom").unwrap_or_default();
        let includes = includes(request)?;
        Ok(Self {
            prefix,
            delimiter: request.query("delimiter").unwrap_or_default(),
            from: marker.max(start.to_owned()).max(prefix.to_owned()),
            size,
            with_metadata: includes.contains(&"metadata"),
            with_system: includes.contains(&"system"),
        })
    }

    /// The part of a name up to the first delimiter after the prefix.
    fn folder<'n>(&self, name: &'n str) -> Option<&'n str> {
        let rest = name
            .strip_prefix(self.prefix)
            .filter(|_| !self.delimiter.is_empty())?;
        let end = self.prefix.len() + rest.find(self.delimiter)? + self.delimiter.len();
        Some(&name[..end])
    }
}

fn marker(request: &Request) -> Result<String, Error> {
    let Some(marker) = request.query("marker").filter(|it| !it.is_empty()) else {
        return Ok(String::new());
    };
    let bytes = URL_SAFE_NO_PAD.decode(marker).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| Error::INVALID_QUERY.detailed("marker"))
}

fn includes(request: &Request) -> Result<Vec<&str>, Error> {
    let given = request.query("include").unwrap_or_default();
    let given = given.split(',').map(str::trim).filter(|it| !it.is_empty());
    let given: Vec<_> = given.collect();
    if given.iter().all(|it| INCLUDES.contains(it)) {
        Ok(given)
    } else {
        Err(Error::INVALID_QUERY.detailed("include"))
    }
}

/// A page under construction.
#[derive(Default)]
struct Shown {
    entries: String,
    count: usize,
    next: Option<String>,
}

impl Shown {
    /// Adds an entry; says whether the page is full, and then what the next one begins with.
    fn is_full(&mut self, query: &Query<'_>, name: &str, entry: impl FnOnce() -> String) -> bool {
        if self.count == query.size {
            self.next = Some(name.to_owned());
            return true;
        }
        self.entries += &entry();
        self.count += 1;
        false
    }
}

pub(super) fn containers(state: &State, account: &str, request: &Request) -> Answer {
    let query = Query::of(request)?;
    let mut shown = Shown::default();
    let wanted = state
        .containers(account, &query.from)
        .take_while(|(name, _)| name.starts_with(query.prefix))
        .filter(|(name, _)| query.with_system || *name != "$logs");
    for (name, container) in wanted {
        if shown.is_full(&query, name, || container_entry(name, container, &query)) {
            break;
        }
    }
    Ok(reply(account, "", "Containers", request, &shown))
}

pub(super) fn blobs(state: &State, account: &str, request: &Request) -> Answer {
    let name = names::container(request)?;
    let container = state
        .container(account, name)
        .ok_or(Error::CONTAINER_NOT_FOUND)?;
    let query = Query::of(request)?;
    let shown = page(container, &query);
    let within = format!(" ContainerName=\"{}\"", escape(name));
    Ok(reply(account, &within, "Blobs", request, &shown))
}

fn page(container: &Container, query: &Query<'_>) -> Shown {
    let mut shown = Shown::default();
    let mut last_folder = None;
    let from = |name: &str| {
        let from = Bound::Included(name.to_owned());
        container.blobs.range((from, Bound::Unbounded))
    };
    let mut rest = from(&query.from);
    while let Some((name, blob)) = rest.next().filter(|it| it.0.starts_with(query.prefix)) {
        let folder = query.folder(name);
        let is_full = match folder {
            None => shown.is_full(query, name, || entry(name, blob, query)),
            Some(folder) if last_folder == Some(folder) => false,
            Some(folder) => shown.is_full(query, folder, || {
                format!("<BlobPrefix>{}</BlobPrefix>", named(folder))
            }),
        };
        if is_full {
            break;
        }
        if let Some(folder) = folder.filter(|it| last_folder != Some(*it)) {
            last_folder = Some(folder);
            rest = from(&format!("{folder}{}", char::MAX));
        }
    }
    shown
}

fn container_entry(name: &str, container: &Container, query: &Query<'_>) -> String {
    let properties = [
        ("Last-Modified", http_date(container.mark.modified)),
        ("Etag", container.mark.etag.clone()),
        ("LeaseStatus", "unlocked".to_owned()),
        ("LeaseState", "available".to_owned()),
        (
            "DefaultEncryptionScope",
            "$account-encryption-key".to_owned(),
        ),
        ("DenyEncryptionScopeOverride", "false".to_owned()),
        ("HasImmutabilityPolicy", "false".to_owned()),
        ("HasLegalHold", "false".to_owned()),
        ("ImmutableStorageWithVersioningEnabled", "false".to_owned()),
    ];
    let shown = query.with_metadata.then(|| metadata(&container.metadata));
    format!(
        "<Container>{}<Properties>{}</Properties>{}</Container>",
        named(name),
        elements(&properties),
        shown.unwrap_or_default()
    )
}

fn entry(name: &str, blob: &StoredBlob, query: &Query<'_>) -> String {
    let given = |text: &Option<String>| text.clone().unwrap_or_default();
    let properties = [
        ("Creation-Time", http_date(blob.created)),
        ("Last-Modified", http_date(blob.mark.modified)),
        ("Etag", blob.mark.etag.trim_matches('"').to_owned()),
        ("Content-Length", blob.content.len().to_string()),
        ("Content-Type", content_type(blob).to_owned()),
        ("Content-Encoding", given(&blob.properties.content_encoding)),
        ("Content-Language", given(&blob.properties.content_language)),
        ("Content-MD5", given(&blob.properties.content_md5)),
        ("Cache-Control", given(&blob.properties.cache_control)),
        (
            "Content-Disposition",
            given(&blob.properties.content_disposition),
        ),
        ("BlobType", "BlockBlob".to_owned()),
        ("AccessTier", tier(blob).to_owned()),
    ];
    let inferred = if blob.tier.is_none() {
        "<AccessTierInferred>true</AccessTierInferred>"
    } else {
        ""
    };
    let shown = query.with_metadata.then(|| metadata(&blob.metadata));
    format!(
        "<Blob>{}<Properties>{}{inferred}<LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState><ServerEncrypted>true</ServerEncrypted></Properties>{}</Blob>",
        named(name),
        elements(&properties),
        shown.unwrap_or_default()
    )
}

fn elements(texts: &[(&str, String)]) -> String {
    texts
        .iter()
        .map(|(name, text)| element(name, text))
        .collect()
}

fn reply(account: &str, within: &str, kind: &str, request: &Request, shown: &Shown) -> Reply {
    let endpoint = format!("https://{account}.blob.core.windows.net/");
    let echoed: String = [
        ("Prefix", "prefix"),
        ("Marker", "marker"),
        ("MaxResults", "maxresults"),
        ("Delimiter", "delimiter"),
    ]
    .iter()
    .filter_map(|(name, query)| Some(element(name, request.query(query)?)))
    .collect();
    let next = shown.next.as_ref().map(|name| URL_SAFE_NO_PAD.encode(name));
    let body = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"{}\"{within}>{echoed}<{kind}>{}</{kind}>{}</EnumerationResults>",
        escape(&endpoint),
        shown.entries,
        element("NextMarker", &next.unwrap_or_default())
    );
    let headers = vec![("content-type", "application/xml".to_owned())];
    Reply {
        status: StatusCode::OK,
        headers,
        body: Bytes::from(body),
    }
}
