//! What an operation of Graph is asked: request, caller and context in one, and the parts that all operations read alike.

use serde_json::{Map, Value};

use super::errors::Refused;
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};

/// One request of a caller that proved who it is.
pub(super) struct Asked<'a> {
    pub context: &'a Context,
    pub request: &'a Request,
    pub caller: &'a Caller,
}

/// An operation: the reply, or why not.
pub(super) type Answer = Result<Reply, Refused>;

/// Runs an operation.
pub(super) fn answer(
    context: &Context,
    request: &Request,
    caller: Option<&Caller>,
    operation: fn(&Asked<'_>) -> Answer,
) -> Reply {
    let asked = caller.ok_or_else(Refused::denied).map(|caller| Asked {
        context,
        request,
        caller,
    });
    asked
        .and_then(|asked| operation(&asked))
        .unwrap_or_else(|refused| refused.reply(request, context))
}

/// How a path names an object of a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key<'a> {
    /// `applications(appId='…')`.
    AppId(&'a str),
    /// `applications/…`, `applications('…')` and `applications(id='…')`.
    Id(&'a str),
    /// `federatedIdentityCredentials(name='…')`.
    Name(&'a str),
    /// `applications(uniqueName='…')`.
    UniqueName(&'a str),
}

impl<'a> Key<'a> {
    /// Reads what stands in the parentheses.
    fn parse(text: &'a str) -> Option<Self> {
        let (name, value) = text.split_once('=').unwrap_or(("id", text));
        let value = value.trim().strip_prefix('\'')?.strip_suffix('\'')?;
        if value.is_empty() {
            return None;
        }
        match name.trim().to_ascii_lowercase().as_str() {
            "appid" => Some(Self::AppId(value)),
            "id" => Some(Self::Id(value)),
            "name" => Some(Self::Name(value)),
            "uniquename" => Some(Self::UniqueName(value)),
            _ => None,
        }
    }

    /// The value, for texts.
    pub(super) fn value(&self) -> &'a str {
        match self {
            Self::AppId(value) | Self::Id(value) | Self::Name(value) | Self::UniqueName(value) => {
                value
            }
        }
    }
}

impl<'a> Asked<'a> {
    /// The object that the path names: `{id}` or `({key})` of the template.
    pub(super) fn key(&self) -> Result<Key<'a>, Refused> {
        self.key_of("id", "key")
    }

    /// The same of other parameters.
    pub(super) fn key_of(&self, id: &str, key: &str) -> Result<Key<'a>, Refused> {
        let text = self.request.parameter(key);
        if text.is_empty() {
            return Ok(Key::Id(self.request.parameter(id)));
        }
        Key::parse(text).ok_or_else(|| Refused::bad_syntax("Bad Request - Error in query syntax."))
    }

    /// The caller's tenant.
    pub(super) fn tenant(&self) -> &'a str {
        &self.caller.tenant_id
    }

    /// The body, which must be a JSON object; no body is an empty one where `may_be_empty`.
    pub(super) fn body(&self, may_be_empty: bool) -> Result<Map<String, Value>, Refused> {
        if may_be_empty && self.request.body.is_empty() {
            return Ok(Map::new());
        }
        serde_json::from_slice(&self.request.body).map_err(|_| {
            Refused::bad_syntax(
                "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid \
                 JSON format.",
            )
        })
    }

    /// The type of objects that a path is narrowed to: `microsoft.graph.group`, or `graph.group` by the alias of the
    /// metadata, which SDKs write.
    pub(super) fn cast(&self) -> Result<&'a str, Refused> {
        let text = self.request.parameter("type");
        type_of(text).ok_or_else(|| {
            Refused::bad_syntax(format!("Resource not found for the segment '{text}'."))
        })
    }

    /// Does the request allow what only a search index can answer (`ConsistencyLevel: eventual`)?
    pub(super) fn is_eventual(&self) -> bool {
        let level = self.request.header("consistencylevel");
        level.is_some_and(|level| level.eq_ignore_ascii_case("eventual"))
    }

    /// Does it ask for the number of objects?
    pub(super) fn counts(&self) -> bool {
        let count = self.request.query("$count");
        count.is_some_and(|count| count.eq_ignore_ascii_case("true"))
    }

    /// Is this an advanced query (microsoft-graph-docs, `aad-advanced-queries`)?
    pub(super) fn is_advanced(&self) -> bool {
        self.is_eventual() && self.counts()
    }

    /// Does the client want a missing object to be made (`Prefer: create-if-missing`)?
    pub(super) fn creates_if_missing(&self) -> bool {
        let prefer = self.request.header("prefer").unwrap_or_default();
        prefer
            .split(',')
            .any(|it| it.trim().eq_ignore_ascii_case("create-if-missing"))
    }
}

/// The type that a segment names.
pub(super) fn type_of(segment: &str) -> Option<&str> {
    segment
        .strip_prefix("microsoft.graph.")
        .or_else(|| segment.strip_prefix("graph."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_in_every_spelling() {
        assert_eq!(Key::parse("appId='x'"), Some(Key::AppId("x")));
        assert_eq!(Key::parse("'x'"), Some(Key::Id("x")));
        assert_eq!(
            Key::parse("uniqueName = 'a=b'"),
            Some(Key::UniqueName("a=b"))
        );
        for text in ["x", "appId=x", "appId=''", "other='x'", "'", ""] {
            assert_eq!(Key::parse(text), None, "{text}");
        }
    }
}
