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
    let account = account.id.clone();
    let mut changed = Settings::default();
    if let Some(given) = fields::object(&given, "/properties")? {
        changed.shared = given.clone();
    }
    change(&mut state, &account, changed).map_err(|why| bad_request("InvalidResourceId", &why))?;
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

/// What is set of an account's blob service.
#[derive(Default)]
pub(crate) struct Settings {
    /// What both planes show.
    pub(crate) shared: Map<String, Value>,
    /// What the data plane shows alone: sections of XML by name.
    pub(crate) as_given: Map<String, Value>,
}

/// Where the properties keep what the data plane shows alone.
const AS_GIVEN: &str = "dataPlane";

/// What is set of it.
pub(crate) fn settings(state: &State, account: &Resource) -> Settings {
    let id = id(account);
    let mut shared = kept(state, &id);
    let as_given = shared.remove(AS_GIVEN);
    Settings {
        shared,
        as_given: match as_given {
            Some(Value::Object(as_given)) => as_given,
            _ => Map::new(),
        },
    }
}

/// Changes what is named.
pub(crate) fn change(state: &mut State, account: &str, given: Settings) -> Result<(), String> {
    let account = state.resource(account).ok_or("the account is gone")?;
    let (id, mut settings) = (id(account), settings(state, account));
    settings.shared.extend(given.shared);
    settings.as_given.extend(given.as_given);
    if !settings.as_given.is_empty() {
        let as_given = settings.as_given.into();
        settings.shared.insert(AS_GIVEN.to_owned(), as_given);
    }
    let mut body = Body::new();
    body.insert("properties".to_owned(), settings.shared.into());
    state.put_resource(&id, body)
}

fn id(account: &Resource) -> String {
    format!("{}/blobServices/default", account.id)
}

fn kept(state: &State, id: &str) -> Map<String, Value> {
    let kept = state.resource(id).map(Resource::properties);
    kept.and_then(Value::as_object).cloned().unwrap_or_default()
}

pub(super) fn shown(state: &State, account: &Resource) -> Value {
    let mut settings = json!({
        "cors": {"corsRules": []},
        "deleteRetentionPolicy": {"enabled": false},
    });
    if let Some(settings) = settings.as_object_mut() {
        settings.extend(self::settings(state, account).shared);
    }
    json!({
        "id": id(account),
        "name": "default",
        "type": "Microsoft.Storage/storageAccounts/blobServices",
        "sku": super::account(state, account)["sku"],
        "properties": settings,
    })
}
