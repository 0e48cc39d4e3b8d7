//! What is signed: of a request (rest-api `storageservices/authorize-with-shared-key`), of a service or user delegation
//! signature (`create-service-sas`, `create-user-delegation-sas`), of an account signature (`create-account-sas`).
//!
//! What a signature covers grew with the versions; the dates below are those that the official clients change at
//! (`BlobSASSignatureValues` of `@azure/storage-blob`).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::request::Request;

/// Since when `sr` and the snapshot are signed.
const WITH_RESOURCE: &str = "2018-11-09";
/// Since when the three ids of `saoid`, `suoid` and `scid` are signed.
const WITH_AGENTS: &str = "2020-02-10";
/// Since when the encryption scope is signed.
const WITH_SCOPE: &str = "2020-12-06";
/// Since when the user that a signature is for is signed.
const WITH_DELEGATE: &str = "2025-07-05";
/// Since when headers and queries that a request must have are signed.
const WITH_REQUEST: &str = "2026-04-06";

/// Headers of a request in the order in which they are signed.
const SIGNED_HEADERS: &[&str] = &[
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
];

/// How a client sorts the headers that it signs.
#[derive(Clone, Copy, Debug)]
pub(super) enum HeaderOrder {
    /// Byte by byte, as Microsoft documents it.
    Bytes,
    /// As the official clients do for Python and JavaScript: hyphens count last.
    HyphensLast,
}

impl HeaderOrder {
    /// Both.
    pub(super) const ALL: [Self; 2] = [Self::Bytes, Self::HyphensLast];
}

/// What a request signs with a key of its account.
pub(super) fn request(request: &Request, account: &str, order: HeaderOrder) -> String {
    let mut text = format!("{}\n", request.method);
    for name in SIGNED_HEADERS {
        let value = match *name {
            // `x-ms-date` is signed in the place of `Date`.
            "date" if request.header("x-ms-date").is_some() => "",
            "content-length" if request.body.is_empty() => "",
            _ => request.header(name).unwrap_or_default(),
        };
        let _ = writeln!(text, "{value}");
    }
    for (name, value) in own_headers(request, order) {
        let _ = writeln!(text, "{name}:{value}");
    }
    let _ = write!(text, "/{account}{}", request.sent_path);
    for (name, mut values) in queries(request) {
        values.sort_unstable();
        let _ = write!(text, "\n{name}:{}", values.join(","));
    }
    text
}

/// `x-ms-*` with the values that each has.
fn own_headers(request: &Request, order: HeaderOrder) -> Vec<(&str, String)> {
    let names = request.headers.keys().map(http::HeaderName::as_str);
    let own = names.filter(|it| it.starts_with("x-ms-"));
    let values = |name: &str| {
        let all = request.headers.get_all(name).iter();
        let texts = all.map(|it| String::from_utf8_lossy(it.as_bytes()).trim().to_owned());
        texts.collect::<Vec<_>>().join(",")
    };
    let mut own: Vec<_> = own.map(|name| (name, values(name))).collect();
    match order {
        HeaderOrder::Bytes => own.sort_unstable(),
        HeaderOrder::HyphensLast => own.sort_by_key(|(name, _)| (name.replace('-', ""), *name)),
    }
    own
}

fn queries(request: &Request) -> BTreeMap<String, Vec<&str>> {
    let mut queries = BTreeMap::<String, Vec<&str>>::new();
    for (name, value) in &request.query {
        queries
            .entry(name.to_ascii_lowercase())
            .or_default()
            .push(value);
    }
    queries
}

/// What a signature in a request for a container or a blob signs, made with a key of the account or of a user (`skoid`).
pub(super) fn of_request(request: &Request, account: &str, resource: &str) -> String {
    let (headers, parameters) = (needed_headers(request), needed_parameters(request));
    let of = |name: &str| match name {
        "srh" => headers.as_str(),
        "srq" => parameters.as_str(),
        name => request.query(name).unwrap_or_default(),
    };
    service(of, account, resource)
}

/// What a signature of these fields signs; `srh` and `srq` stand for what those name.
pub(crate) fn service<'a>(of: impl Fn(&str) -> &'a str, account: &str, resource: &str) -> String {
    let version = of("sv");
    let canonical = format!("/blob/{account}/{resource}");
    let mut lines = vec![of("sp"), of("st"), of("se"), &canonical];
    let is_delegated = !of("skoid").is_empty();
    if is_delegated {
        lines.extend(["skoid", "sktid", "skt", "ske", "sks", "skv"].map(&of));
        if version >= WITH_AGENTS {
            lines.extend(["saoid", "suoid", "scid"].map(&of));
        }
        if version >= WITH_DELEGATE {
            lines.extend(["skdutid", "sduoid"].map(&of));
        }
    } else {
        lines.push(of("si"));
    }
    lines.extend(["sip", "spr", "sv"].map(&of));
    if version >= WITH_RESOURCE {
        let snapshot = if of("sr") == "bs" { of("snapshot") } else { "" };
        lines.extend([of("sr"), snapshot]);
    }
    if version >= WITH_SCOPE {
        lines.push(of("ses"));
    }
    if is_delegated && version >= WITH_REQUEST {
        lines.extend(["srh", "srq"].map(&of));
    }
    lines.extend(["rscc", "rscd", "rsce", "rscl", "rsct"].map(&of));
    lines.join("\n")
}

/// The headers that `srh` names, a line each.
fn needed_headers(request: &Request) -> String {
    listed(request, "srh").fold(String::new(), |mut text, name| {
        let _ = writeln!(text, "{name}:{}", request.header(name).unwrap_or_default());
        text
    })
}

/// The parameters that `srq` names, each after the end of a line.
fn needed_parameters(request: &Request) -> String {
    listed(request, "srq").fold(String::new(), |mut text, name| {
        let _ = write!(text, "\n{name}:{}", request.query(name).unwrap_or_default());
        text
    })
}

fn listed<'r>(request: &'r Request, name: &str) -> impl Iterator<Item = &'r str> {
    let names = request.query(name).unwrap_or_default().split(',');
    names.filter(|name| !name.is_empty())
}

/// What a signature for the account signs.
pub(crate) fn account<'a>(account: &'a str, of: impl Fn(&str) -> &'a str) -> String {
    let mut lines = vec![account];
    lines.extend(["sp", "ss", "srt", "st", "se", "sip", "spr", "sv"].map(&of));
    if of("sv") >= WITH_SCOPE {
        lines.push(of("ses"));
    }
    lines.push("");
    lines.join("\n")
}
