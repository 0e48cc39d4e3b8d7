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

use super::entries::{self, Included};
use super::errors::Error;
use super::xml::{element, escape, named};
use super::{Answer, names};
use crate::request::{Reply, Request};
use crate::store::{Container, State, StoredBlob};

const PAGE: usize = 5000;
/// Stands between a name and a snapshot's time in a marker.
const SNAPSHOT: char = '\0';
/// What `include` may name. Of deleted blobs, versions, policies and holds there are none; blobs of uncommitted blocks alone
/// are not shown.
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
    /// The snapshot of that name that the page begins with; nothing before the first.
    from_snapshot: Option<String>,
    included: Included,
    with_system: bool,
}

impl<'a> Query<'a> {
    fn of(request: &'a Request, now: i64) -> Result<Self, Error> {
        let size = match request.query("maxresults").map(str::parse::<usize>) {
            None => PAGE,
            Some(Ok(size)) if size > 0 => size.min(PAGE),
            Some(_) => return Err(Error::OUT_OF_RANGE),
        };
        let prefix = request.query("prefix").unwrap_or_default();
        let marker = marker(request)?;
        let (marker, snapshot) = match marker.split_once(SNAPSHOT) {
            Some((name, time)) => (name.to_owned(), Some(time.to_owned())),
            None => (marker, None),
        };
        let start = request.query("startFrom").unwrap_or_default();
        let includes = includes(request)?;
        let has = |name: &str| includes.contains(&name);
        Ok(Self {
            prefix,
            delimiter: request.query("delimiter").unwrap_or_default(),
            from: marker.max(start.to_owned()).max(prefix.to_owned()),
            size,
            from_snapshot: snapshot,
            included: Included {
                copy: has("copy"),
                metadata: has("metadata"),
                snapshots: has("snapshots"),
                tags: has("tags"),
                now,
            },
            with_system: has("system"),
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

/// Does a list of blobs ask for their tags, which needs a right of its own?
pub(super) fn wants_tags(request: &Request) -> bool {
    let include = request.query("include").unwrap_or_default();
    include.split(',').any(|it| it.trim() == "tags")
}

pub(super) fn containers(state: &State, account: &str, request: &Request, now: i64) -> Answer {
    let query = Query::of(request, now)?;
    let mut shown = Shown::default();
    let wanted = state
        .containers(account, &query.from)
        .take_while(|(name, _)| name.starts_with(query.prefix))
        .filter(|(name, _)| query.with_system || *name != "$logs");
    for (name, container) in wanted {
        if shown.is_full(&query, name, || {
            entries::container(name, container, query.included)
        }) {
            break;
        }
    }
    Ok(reply(account, "", "Containers", request, &shown))
}

pub(super) fn blobs(state: &State, account: &str, request: &Request, now: i64) -> Answer {
    let name = names::container(request)?;
    let container = state
        .container(account, name)
        .ok_or(Error::CONTAINER_NOT_FOUND)?;
    let query = Query::of(request, now)?;
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
            None => show(&mut shown, container, query, name, blob),
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

/// Adds the snapshots of a blob, oldest first, and the blob; says whether the page is full.
fn show(
    shown: &mut Shown,
    container: &Container,
    query: &Query<'_>,
    name: &str,
    blob: &StoredBlob,
) -> bool {
    let snapshots = container.snapshots.get(name).into_iter().flatten();
    let begun = query
        .from_snapshot
        .as_deref()
        .filter(|_| name == query.from);
    let snapshots = snapshots.filter(|(time, _)| {
        query.included.snapshots && begun.is_none_or(|begun| time.as_str() >= begun)
    });
    for (time, snapshot) in snapshots {
        let next = format!("{name}{SNAPSHOT}{time}");
        let entry = || entries::blob(name, Some(time), snapshot, None, query.included);
        if shown.is_full(query, &next, entry) {
            return true;
        }
    }
    // After the last snapshot the marker must not begin with the first again.
    let next = if query.included.snapshots && container.snapshots.contains_key(name) {
        format!("{name}{SNAPSHOT}{}", char::MAX)
    } else {
        name.to_owned()
    };
    let lease = container.leases.get(name);
    shown.is_full(query, &next, || {
        entries::blob(name, None, blob, lease, query.included)
    })
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
