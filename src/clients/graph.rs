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

/// The least application permission for what stands below `/v1.0`, by the first segment of its path (`MORE.md` §6,
/// microsoft-graph-docs-contrib, `api-reference/v1.0/includes/permissions/`).
const LEAST: &[(&str, &str)] = &[
    ("applications", "Application.Read.All"),
    ("servicePrincipals", "Application.Read.All"),
];

/// The least application permission with which a path can be read; absent for what the table does not know.
pub fn permission(path: &str) -> Option<&'static str> {
    let first = path.trim_start_matches('/');
    let first = first.split(['/', '(', '?']).next().unwrap_or_default();
    let known = LEAST.iter().find(|(segment, _)| *segment == first);
    known.map(|(_, permission)| *permission)
}

fn url(host: &str, path: &str) -> String {
    format!("https://{host}/v1.0{path}")
}
