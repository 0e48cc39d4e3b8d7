//! May this request run a function? (MORE.md §5)
//!
//! `x-functions-key` counts before `code`, even with a wrong value. A key of the function or of the host will do, and so
//! will the master key; without one, or with a wrong one, 401.

use crate::request::Request;
use crate::world::{Function, FunctionApp};

/// Name of the master key among those of the host.
pub const MASTER: &str = "_master";

/// What a request may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing that needs a key.
    None,
    /// Run this function.
    Function,
    /// Everything.
    Master,
}

/// The level of a request to a function.
pub fn level(app: &FunctionApp, function: &Function, request: &Request) -> Level {
    let header = request.headers.contains_key("x-functions-key");
    let given = if header {
        request.header("x-functions-key")
    } else {
        request.query("code")
    };
    let Some(given) = given.filter(|key| !key.is_empty()) else {
        return Level::None;
    };
    if app.host_keys.0.get(MASTER).is_some_and(|key| key == given) {
        return Level::Master;
    }
    let mut keys = function.keys.0.values().chain(app.host_keys.0.values());
    if keys.any(|key| key == given) {
        Level::Function
    } else {
        Level::None
    }
}
