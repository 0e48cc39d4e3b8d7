//! Pages: `$top`, `@odata.count`, and `@odata.nextLink`, which clients follow as it is.
//!
//! A page of a large collection costs what it holds: the link names the last object, and the next page begins behind it.
//! Sorted and small lists go by number.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::super::asked::Asked;
use super::super::errors::Refused;
use super::{context, select};
use crate::request::Reply;
use crate::services::arm::page::encode;

/// Items of a page by default and at most (microsoft-graph-docs, `paging`).
const PAGE: usize = 100;
const LARGEST_PAGE: usize = 999;

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Start {
    /// Behind the object of this id.
    After(String),
    /// At this number.
    At(usize),
}

impl Start {
    /// What the request's `$skiptoken` says.
    pub(in super::super) fn of(asked: &Asked<'_>) -> Result<Self, Refused> {
        let Some(token) = asked.request.query("$skiptoken") else {
            return Ok(Self::At(0));
        };
        Self::parse(token)
            .ok_or_else(|| Refused::bad_request("Skip token is not valid or is of another query."))
    }

    fn parse(token: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        match text.split_once(':')? {
            ("after", id) if !id.is_empty() => Some(Self::After(id.to_owned())),
            ("at", number) => number.parse().ok().map(Self::At),
            _ => None,
        }
    }

    fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(match self {
            Self::After(id) => format!("after:{id}"),
            Self::At(number) => format!("at:{number}"),
        })
    }
}

/// How many items a page has.
pub(in super::super) fn size(asked: &Asked<'_>) -> Result<usize, Refused> {
    let Some(asked) = asked.request.query("$top").filter(|top| !top.is_empty()) else {
        return Ok(PAGE);
    };
    let size = asked.parse::<usize>().ok();
    size.filter(|size| (1..=LARGEST_PAGE).contains(size))
        .ok_or_else(|| {
            Refused::bad_request(format!(
                "Invalid page size specified: '{asked}'. Must be between 1 and {LARGEST_PAGE} inclusive."
            ))
        })
}

/// A page that was taken from a collection.
pub(in super::super) struct Page {
    pub kind: String,
    pub objects: Vec<Value>,
    pub next: Option<Start>,
    /// All objects, where the request wants their number.
    pub count: Option<usize>,
}

impl Page {
    /// As the answer.
    pub(in super::super) fn reply(self, asked: &Asked<'_>) -> Reply {
        let mut body = json!({"@odata.context": context(&self.kind)});
        if let Some(count) = self.count {
            body["@odata.count"] = json!(count);
        }
        if let Some(next) = &self.next {
            body["@odata.nextLink"] = json!(next_link(asked, next));
        }
        let objects = self.objects.into_iter();
        body["value"] = objects.map(|object| select(object, asked)).collect();
        Reply::ok(&body)
    }
}

/// A page of a list that is there as a whole.
pub(in super::super) fn of_list(
    kind: &str,
    objects: Vec<Value>,
    asked: &Asked<'_>,
) -> Result<Reply, Refused> {
    let size = size(asked)?;
    let start = match Start::of(asked)? {
        Start::At(start) if start <= objects.len() => start,
        _ => {
            let message = "Skip token is not valid or is of another query.";
            return Err(Refused::bad_request(message));
        }
    };
    let end = objects.len().min(start.saturating_add(size));
    let page = Page {
        kind: kind.to_owned(),
        count: asked.counts().then_some(objects.len()),
        next: (end < objects.len()).then_some(Start::At(end)),
        objects: objects.into_iter().take(end).skip(start).collect(),
    };
    Ok(page.reply(asked))
}

fn next_link(asked: &Asked<'_>, next: &Start) -> String {
    let request = asked.request;
    let kept = request
        .query
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("$skiptoken"));
    let kept: String = kept
        .map(|(name, value)| format!("{}={}&", encode(name), encode(value)))
        .collect();
    let path: Vec<String> = request.path.split('/').map(encode).collect();
    let (path, token) = (path.join("/"), next.token());
    format!("https://{}{path}?{kept}$skiptoken={token}", request.host)
}
