//! Settings of an account's blob service. What is set is kept and shown; what is not named in a PUT stays. Nothing comes of
//! it in the data plane: a deleted blob is gone, and there are no versions.

use serde_json::{Map, Value, json};

use super::containers::account_of;
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::errors::bad_request;
use crate::services::arm::write::{Body, body, fields};
use crate::store::{Resource, State};

/// Settings that a client may write (`blob.json`, `BlobServiceProperties`).
const KNOWN: &[&str] = &[
    "automaticSnapshotPolicyEnabled",
    "changeFeed",
    "containerDeleteRetentionPolicy",
    "cors",
    "defaultServiceVersion",
    "deleteRetentionPolicy",
    "isVersioningEnabled",
    "lastAccessTimeTrackingPolicy",
    "restorePolicy",
];
/// Days for which something deleted is kept (`common.json`, `DeleteRetentionPolicy`).
const DAYS: std::ops::RangeInclusive<i64> = 1..=365;

/// `BlobServices_GetServiceProperties`.
pub(super) fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    account_of(&state, request).map_or_else(
        |refused| refused,
        |account| Reply::ok(&shown(&state, account)),
    )
}

/// `BlobServices_SetServiceProperties`.
pub(super) fn set(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    try_set(context, request).unwrap_or_else(|refused| refused)
}

fn try_set(context: &Context, request: &Request) -> Result<Reply, Reply> {
    let mut given = body::object(request)?;
    fields::keep_only(&mut given, KNOWN);
    check(&given)?;
    let mut state = context.state_mut();
    let account = account_of(&state, request)?;
    let (account, id) = (account.id.clone(), id(account));
    let mut settings = kept(&state, &id);
    if let Some(given) = fields::object(&given, "/properties")? {
        settings.extend(given.iter().map(|(name, it)| (name.clone(), it.clone())));
    }
    let mut body = Body::new();
    body.insert("properties".to_owned(), settings.into());
    state
        .put_resource(&id, body)
        .map_err(|why| bad_request("InvalidResourceId", &why))?;
    let account = state.resource(&account).map(|it| shown(&state, it));
    Ok(Reply::ok(&account.unwrap_or_default()))
}

fn check(given: &Body) -> Result<(), Reply> {
    fields::flag(given, "/properties/isVersioningEnabled")?;
    for policy in ["deleteRetentionPolicy", "containerDeleteRetentionPolicy"] {
        let at = |name: &str| format!("/properties/{policy}/{name}");
        let enabled = fields::flag(given, &at("enabled"))?.unwrap_or(false);
        let days = fields::number(given, &at("days"))?;
        if enabled && !days.is_some_and(|days| DAYS.contains(&days)) {
            let at = fields::dotted(&at("days"));
            let message = format!("a number from 1 to 365 is expected at '{at}'");
            return Err(bad_request("InvalidValuesForRequestParameters", &message));
        }
    }
    Ok(())
}

fn id(account: &Resource) -> String {
    format!("{}/blobServices/default", account.id)
}

fn kept(state: &State, id: &str) -> Map<String, Value> {
    let kept = state.resource(id).map(Resource::properties);
    kept.and_then(Value::as_object).cloned().unwrap_or_default()
}

fn shown(state: &State, account: &Resource) -> Value {
    let id = id(account);
    let mut settings = json!({
        "cors": {"corsRules": []},
        "deleteRetentionPolicy": {"enabled": false},
    });
    if let Some(settings) = settings.as_object_mut() {
        settings.extend(kept(state, &id));
    }
    json!({
        "id": id,
        "name": "default",
        "type": "Microsoft.Storage/storageAccounts/blobServices",
        "sku": super::account(state, account)["sku"],
        "properties": settings,
    })
}
