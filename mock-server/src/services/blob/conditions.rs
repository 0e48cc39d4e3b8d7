//! Do the conditions of a request hold?
//!
//! `If-Match`, `If-None-Match`, `If-Modified-Since`, `If-Unmodified-Since`; two of them only as the pairs that HTTP
//! knows, of which the entity tag decides (rest-api
//! `storageservices/specifying-conditional-headers-for-blob-service-operations`).
//! A read that is not needed is 304, a write that may not be done 412, or 409 where `If-None-Match: *` asked for a new
//! blob. Times are compared in whole seconds, as `Last-Modified` has them. Leases are judged by `lease`.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::errors::Error;
use crate::request::Request;
use crate::store::Mark;

/// The conditions of a request.
pub(super) struct Conditions<'a> {
    matches: Option<&'a str>,
    none_matches: Option<&'a str>,
    modified_since: Option<i64>,
    unmodified_since: Option<i64>,
}

/// What a read does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// Answers.
    Full,
    /// Says that nothing changed.
    NotModified,
}

impl<'a> Conditions<'a> {
    /// Of a request.
    ///
    /// # Errors
    /// 400 for times that cannot be read and for conditions that do not go together.
    pub(super) fn of(request: &'a Request) -> Result<Self, Error> {
        let it = Self {
            matches: request.header("if-match"),
            none_matches: request.header("if-none-match"),
            modified_since: seconds(request, "if-modified-since")?,
            unmodified_since: seconds(request, "if-unmodified-since")?,
        };
        let given = [
            it.matches.is_some(),
            it.unmodified_since.is_some(),
            it.none_matches.is_some(),
            it.modified_since.is_some(),
        ];
        match given {
            [true, true, false, false] | [false, false, true, true] => Ok(it),
            given if given.iter().filter(|it| **it).count() > 1 => Err(Error::MANY_CONDITIONS),
            _ => Ok(it),
        }
    }

    /// For a read of what is there.
    ///
    /// # Errors
    /// 412.
    pub(super) fn read(&self, mark: &Mark) -> Result<Read, Error> {
        if !self.holds(mark) {
            return Err(Error::CONDITION_NOT_MET);
        }
        Ok(if self.is_new(mark) {
            Read::Full
        } else {
            Read::NotModified
        })
    }

    /// For a write to what is there, or to nothing.
    ///
    /// # Errors
    /// 412, or 409 when only a new blob may be written.
    pub(super) fn write(&self, there: Option<&Mark>) -> Result<(), Error> {
        match there {
            None if self.matches.is_some() => Err(Error::CONDITION_NOT_MET),
            None => Ok(()),
            Some(_) if self.none_matches.map(str::trim) == Some("*") => Err(Error::BLOB_EXISTS),
            Some(mark) if self.holds(mark) && self.is_new(mark) => Ok(()),
            Some(_) => Err(Error::CONDITION_NOT_MET),
        }
    }

    fn holds(&self, mark: &Mark) -> bool {
        match (self.matches, self.unmodified_since) {
            (Some(tags), _) => names(tags, mark),
            (None, Some(time)) => mark.modified.unix_timestamp() <= time,
            (None, None) => true,
        }
    }

    fn is_new(&self, mark: &Mark) -> bool {
        match (self.none_matches, self.modified_since) {
            (Some(tags), _) => !names(tags, mark),
            (None, Some(time)) => mark.modified.unix_timestamp() > time,
            (None, None) => true,
        }
    }
}

fn names(tags: &str, mark: &Mark) -> bool {
    let bare = mark.etag.trim_matches('"');
    let mut tags = tags.split(',').map(str::trim);
    tags.any(|tag| tag == "*" || tag.trim_start_matches("W/").trim_matches('"') == bare)
}

fn seconds(request: &Request, name: &str) -> Result<Option<i64>, Error> {
    let Some(text) = request.header(name) else {
        return Ok(None);
    };
    OffsetDateTime::parse(text.trim(), &Rfc2822)
        .map(|time| Some(time.unix_timestamp()))
        .map_err(|_| Error::INVALID_HEADER.detailed(name))
}
