//! Which container and which blob does a path name?
//!
//! Blob names keep their case and every slash, also those that came encoded; the path is decoded once. Rules: rest-api
//! `storageservices/naming-and-referencing-containers--blobs--and-metadata`.

use super::errors::Error;
use crate::request::Request;

const NAME_LIMIT: usize = 1024;
const SEGMENTS_LIMIT: usize = 254;

/// The container, when one can have that name.
pub(super) fn container(request: &Request) -> Result<&str, Error> {
    let name = request.parameter("containerName");
    if matches!(name, "$root" | "$web" | "$logs") {
        return Ok(name);
    }
    if !(3..=63).contains(&name.chars().count()) {
        return Err(Error::NAME_LENGTH);
    }
    let letters = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let dashes = name.starts_with('-') || name.ends_with('-') || name.contains("--");
    if letters && !dashes {
        Ok(name)
    } else {
        Err(Error::INVALID_NAME)
    }
}

/// Everything behind the container's slash.
pub(super) fn blob(request: &Request) -> Result<&str, Error> {
    let path = request.path.trim_start_matches('/');
    let name = path.split_once('/').map_or("", |(_, name)| name);
    let fits = (1..=NAME_LIMIT).contains(&name.chars().count());
    if fits && name.split('/').count() <= SEGMENTS_LIMIT {
        Ok(name)
    } else {
        Err(Error::NAME_LENGTH)
    }
}
