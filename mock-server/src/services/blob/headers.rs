//! What the headers of a write say: properties, metadata, checksums; and what of them the mock does not do.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::crc64::crc64_base64;
use super::errors::Error;
use super::md5::md5_base64;
use crate::request::Request;
use crate::store::BlobProperties;

const METADATA: &str = "x-ms-meta-";
const METADATA_LIMIT: usize = 8 * 1024;

/// Headers that change what an operation does in a way that is not built: named in a 501, never ignored.
const NOT_BUILT: &[&str] = &[
    "x-ms-encryption-key",
    "x-ms-encryption-scope",
    "x-ms-if-tags",
    "x-ms-immutability-policy-until-date",
    "x-ms-legal-hold",
    "x-ms-rename-source",
    "x-ms-structured-body",
];

/// Refuses what is not built, by the header's name.
pub(super) fn only_built(request: &Request) -> Result<(), Error> {
    let unbuilt = NOT_BUILT
        .iter()
        .find(|name| request.headers.contains_key(**name));
    match unbuilt {
        Some(name) => Err(Error::NOT_IMPLEMENTED.detailed(*name)),
        None => Ok(()),
    }
}

/// `x-ms-blob-*`; without them, for a blob that is written whole, the headers of the body.
pub(super) fn properties(request: &Request, is_whole: bool) -> BlobProperties {
    let text = |name: &str, own: &str| {
        let own = Some(own).filter(|_| is_whole);
        request
            .header(name)
            .or_else(|| request.header(own?))
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    BlobProperties {
        content_type: text("x-ms-blob-content-type", "content-type"),
        content_encoding: text("x-ms-blob-content-encoding", "content-encoding"),
        content_language: text("x-ms-blob-content-language", "content-language"),
        content_disposition: text("x-ms-blob-content-disposition", "content-disposition"),
        cache_control: text("x-ms-blob-cache-control", "cache-control"),
        content_md5: text("x-ms-blob-content-md5", ""),
    }
}

/// `x-ms-meta-*`: names are identifiers, values ASCII, 8 KB in all; what comes twice is joined.
pub(super) fn metadata(request: &Request) -> Result<BTreeMap<String, String>, Error> {
    let mut metadata: BTreeMap<String, String> = BTreeMap::new();
    let mut size = 0;
    for (name, value) in &request.headers {
        let Some(name) = name.as_str().strip_prefix(METADATA) else {
            continue;
        };
        let value = value.to_str().map_err(|_| Error::INVALID_METADATA)?.trim();
        if name.is_empty() {
            return Err(Error::EMPTY_METADATA_KEY);
        }
        if !is_identifier(name) {
            return Err(Error::INVALID_METADATA);
        }
        size += name.len() + value.len();
        let joined = metadata.get(name).map(|before| format!("{before},{value}"));
        let value = joined.unwrap_or_else(|| value.to_owned());
        metadata.insert(name.to_owned(), value);
    }
    if size > METADATA_LIMIT {
        return Err(Error::METADATA_TOO_LARGE);
    }
    Ok(metadata)
}

fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The MD5 of the body, compared with what these headers say it is.
pub(super) fn checked_md5(request: &Request, names: &[&str]) -> Result<String, Error> {
    checked_md5_of(&request.body, request, names)
}

/// The same of what stands for the body.
pub(super) fn checked_md5_of(
    content: &[u8],
    request: &Request,
    names: &[&str],
) -> Result<String, Error> {
    let found = md5_base64(content);
    for given in names.iter().filter_map(|name| request.header(name)) {
        if well_formed_md5(given)? != found {
            return Err(Error::MD5_MISMATCH);
        }
    }
    if let Some(given) = request.header("x-ms-content-crc64")
        && given.trim() != crc64_base64(content)
    {
        return Err(Error::CRC64_MISMATCH);
    }
    Ok(found)
}

/// An MD5 that is kept and not compared with anything.
pub(super) fn well_formed_md5(given: &str) -> Result<&str, Error> {
    match STANDARD.decode(given.trim()) {
        Ok(bytes) if bytes.len() == 16 => Ok(given.trim()),
        _ => Err(Error::INVALID_MD5),
    }
}

/// `x-ms-access-tier`. Archived blobs cannot be read, which is not built.
pub(super) fn tier(request: &Request) -> Result<Option<String>, Error> {
    match request.header("x-ms-access-tier") {
        None => Ok(None),
        Some(tier @ ("Hot" | "Cool" | "Cold")) => Ok(Some(tier.to_owned())),
        Some("Archive") => Err(Error::NOT_IMPLEMENTED.detailed("x-ms-access-tier: Archive")),
        Some(_) => Err(Error::INVALID_HEADER.detailed("x-ms-access-tier")),
    }
}
