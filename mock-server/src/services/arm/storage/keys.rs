//! Keys of a storage account, and how many accounts a subscription has.
//!
//! Both keys follow from the account and the time at which each was made, so regenerating changes one of them. An account
//! without `allowSharedKeyAccess` shows its keys too; it is the data plane that refuses them. Shapes: azure-rest-api-specs
//! `storage/…/2023-05-01/storage.json` (`StorageAccountListKeysResult`, `UsageListResult`), whose bundled copy is cut.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::accounts::ACCOUNTS;
use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::errors::bad_request;
use crate::services::arm::write::{body, fields};
use crate::services::arm::{found, page};
use crate::services::private_endpoint::derived_guid;
use crate::store::{Resource, State};

const KEYS: [&str; 2] = ["key1", "key2"];
/// When the keys of users were last revoked, in the properties of the account.
pub(crate) const REVOKED: &str = "/userDelegationKeysRevoked";
/// Most accounts of a subscription in a region (azure-docs, `azure-subscription-service-limits.md`).
const MOST_ACCOUNTS: usize = 250;

/// `StorageAccounts_ListKeys`.
pub(super) fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let shown = |account: &Resource| shown(context, account);
    found::parent(&state, request).map_or_else(|reply| reply, shown)
}

/// `StorageAccounts_RegenerateKey`.
pub(super) fn regenerate(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    try_regenerate(context, request).unwrap_or_else(|reply| reply)
}

fn try_regenerate(context: &Context, request: &Request) -> Result<Reply, Reply> {
    let given = body::object(request)?;
    let name = fields::required_text(&given, "/keyName")?;
    let Some(key) = KEYS.iter().find(|it| it.eq_ignore_ascii_case(name)) else {
        return Err(bad_request(
            "InvalidValuesForRequestParameters",
            &format!("the account has the keys key1 and key2, not '{name:.50}'"),
        ));
    };
    let mut state = context.state_mut();
    let account = found::parent(&state, request)?;
    let (id, mut body) = (account.id.clone(), account.body.clone());
    let mut times = account.property("/keyCreationTime").cloned();
    let times = times.get_or_insert_with(|| json!({}));
    times[*key] = json!(time(context, &state));
    fields::set(&mut body, "keyCreationTime", times.clone());
    state
        .put_resource(&id, body)
        .map_err(|why| bad_request("InvalidResourceId", &why))?;
    let account = state.resource(&id).map(|it| shown(context, it));
    Ok(account.unwrap_or_else(|| Reply::ok(&json!({"keys": []}))))
}

/// To the ten-millionth of a second, as Azure tells it; the fraction counts writes, so no two keys are alike.
fn time(context: &Context, state: &State) -> String {
    let now = rfc3339(context.clock.now());
    format!(
        "{}.{:07}Z",
        now.trim_end_matches('Z'),
        state.changes() % 10_000_000
    )
}

fn shown(context: &Context, account: &Resource) -> Reply {
    let keys = KEYS.iter().map(|name| {
        let time = made(account, name, context.clock.start());
        json!({
            "creationTime": time,
            "keyName": name,
            "permissions": "FULL",
            "value": value(&account.id, name, &time),
        })
    });
    Reply::ok(&json!({"keys": keys.collect::<Vec<_>>()}))
}

/// When a key was made: told by the account, or the mock began with it.
fn made(account: &Resource, name: &str, start: OffsetDateTime) -> String {
    let own = account.property(&format!("/keyCreationTime/{name}"));
    let told = own.or_else(|| account.property("/creationTime"));
    let told = told.and_then(Value::as_str);
    told.map_or_else(|| rfc3339(start), str::to_owned)
}

/// Both keys, in base64.
pub(crate) fn values(account: &Resource, start: OffsetDateTime) -> [String; 2] {
    KEYS.map(|name| value(&account.id, name, &made(account, name, start)))
}

/// 64 bytes in base64.
fn value(account: &str, name: &str, time: &str) -> String {
    let part = |part: usize| {
        let guid = derived_guid(account, &format!("key:{name}:{time}:{part}"));
        u128::from_str_radix(&guid.replace('-', ""), 16).unwrap_or_default()
    };
    let bytes: Vec<u8> = (0..4).flat_map(|it| part(it).to_be_bytes()).collect();
    STANDARD.encode(bytes)
}

/// `Usages_ListByLocation`.
pub(super) fn usages(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let region = |text: &str| text.replace(' ', "").to_ascii_lowercase();
    let asked = region(request.parameter("location"));
    let accounts = state.in_subscription(request.parameter("subscriptionId"), ACCOUNTS);
    let here = accounts.filter(|it| {
        let location = it.body.get("location").and_then(Value::as_str);
        region(location.unwrap_or_default()) == asked
    });
    page::single(vec![json!({
        "unit": "Count",
        "currentValue": here.count(),
        "limit": MOST_ACCOUNTS,
        "name": {"value": "StorageAccounts", "localizedValue": "Storage Accounts"},
    })])
}
