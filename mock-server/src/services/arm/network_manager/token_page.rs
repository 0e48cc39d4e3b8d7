//! Lists that are asked by POST: the token of the next page travels in the bodies, and there is no `nextLink` (API.md §1).
//!
//! `$top` is in the query. The token says how many items were given out; clients must take it as it is.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::PAGE;
use crate::request::{Reply, Request};
use crate::services::arm::errors::{bad_request, error};
use crate::services::arm::page;

/// The body of a question.
pub(super) struct Question(Map<String, Value>);

impl Question {
    /// Reads it: an object, as every client of this API sends one (`"required": true` in the specifications).
    ///
    /// # Errors
    /// 400 when it is none.
    pub(super) fn of(request: &Request) -> Result<Self, Reply> {
        match serde_json::from_slice(&request.body) {
            Ok(Value::Object(body)) => Ok(Self(body)),
            Ok(_) => Err(invalid("it is no object")),
            Err(error) => Err(invalid(&error.to_string())),
        }
    }

    /// Does the filter of this name let a value through? An absent or empty one lets everything.
    ///
    /// # Errors
    /// 400 when it is no list.
    pub(super) fn filter(&self, name: &str) -> Result<Vec<&str>, Reply> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items.iter().filter_map(Value::as_str).collect()),
            Some(_) => Err(invalid(&format!("{name} is no list of texts"))),
        }
    }

    /// One page of the items.
    pub(super) fn page(&self, request: &Request, items: Vec<Value>) -> Reply {
        let size = match page::top(request, PAGE) {
            Ok(size) => size,
            Err(reply) => return reply,
        };
        let start = match self.0.get("skipToken") {
            None | Some(Value::Null) => Some(0),
            Some(Value::String(token)) if token.is_empty() => Some(0),
            Some(token) => token.as_str().and_then(|token| token.parse::<usize>().ok()),
        };
        let Some(start) = start.filter(|start| *start <= items.len()) else {
            let why = "the skipToken is not one that this list gave out";
            return bad_request("InvalidSkipToken", why);
        };
        let end = items.len().min(start.saturating_add(size));
        let more = end < items.len();
        let value: Vec<Value> = items.into_iter().skip(start).take(end - start).collect();
        let mut body = json!({"value": value});
        if more {
            body["skipToken"] = json!(end.to_string());
        }
        Reply::ok(&body)
    }
}

fn invalid(why: &str) -> Reply {
    let message =
        format!("The request content was invalid and could not be deserialized: '{why}'.");
    error(StatusCode::BAD_REQUEST, "InvalidRequestContent", &message)
}
