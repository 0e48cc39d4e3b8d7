//! Microsoft Graph: the same reads as ARM's, below `/v1.0` and with Graph's name for the next page.

use serde_json::Value;

use super::arm;
use super::http::Http;
use super::recorder::Recorder;
use crate::outcome::NoAnswer;
use crate::secret::Secret;

/// Reads one object by its path below `/v1.0`; `None` when it does not exist.
///
/// # Errors
/// As [`arm::get`].
pub async fn get(
    http: &Http,
    recorder: &Recorder,
    host: &str,
    path: &str,
    token: &Secret,
) -> Result<Option<Value>, NoAnswer> {
    arm::get(http, recorder, &url(host, path), token).await
}

/// Reads every page of a collection; `None` when its parent does not exist.
///
/// # Errors
/// As [`arm::list`].
pub async fn list(
    http: &Http,
    recorder: &Recorder,
    host: &str,
    path: &str,
    token: &Secret,
) -> Result<Option<Vec<Value>>, NoAnswer> {
    arm::list(http, recorder, &url(host, path), "@odata.nextLink", token).await
}

fn url(host: &str, path: &str) -> String {
    format!("https://{host}/v1.0{path}")
}
