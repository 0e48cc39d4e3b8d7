//! What else an account is asked: signatures that Azure makes itself, lifecycle rules, keys of users revoked, and lists that are
//! empty here.
//!
//! Shapes: azure-rest-api-specs `storage/…/2023-05-01` (`storage.json`, `blob.json`), whose bundled copies are cut. Lifecycle rules
//! are kept as they are given; no blob is deleted by one.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::keys::{self, REVOKED};
use super::service;
use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::errors::{bad_request, error};
use crate::services::arm::write::{Body, body, fields};
use crate::services::arm::{built, found, page, provider, read, simplified, unbundled};
use crate::services::blob::signed;
use crate::services::{Handler, Operation, Service};
use crate::store::{Resource, State};

/// The service.
pub const SERVICE: Service = provider(
    "arm-storage-parts",
    "signatures, lifecycle rules and further parts of storage accounts",
    OPERATIONS,
);

const POLICY: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/managementPolicies/{managementPolicyName}";

/// THE list.
const OPERATIONS: &[Operation] = &[
    action(
        "StorageAccounts_ListAccountSAS",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/listAccountSas",
        "Microsoft.Storage/storageAccounts/listAccountSas/action",
        account_signature,
    ),
    action(
        "StorageAccounts_ListServiceSAS",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/listServiceSas",
        "Microsoft.Storage/storageAccounts/listServiceSas/action",
        service_signature,
    ),
    action(
        "StorageAccounts_RevokeUserDelegationKeys",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/revokeUserDelegationKeys",
        "Microsoft.Storage/storageAccounts/revokeUserDelegationKeys/action",
        revoke,
    ),
    unbundled(read(
        "BlobServices_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/blobServices",
        "Microsoft.Storage/storageAccounts/blobServices/read",
        "",
        services,
    )),
    unbundled(read(
        "ManagementPolicies_Get",
        POLICY,
        "Microsoft.Storage/storageAccounts/managementPolicies/read",
        "",
        policy,
    )),
    simplified(
        unbundled(built(
            "ManagementPolicies_CreateOrUpdate",
            Method::PUT,
            POLICY,
            "Microsoft.Storage/storageAccounts/managementPolicies/write",
            "",
            put_policy,
        )),
        "kept and shown; no blob is deleted or moved by it",
    ),
    unbundled(built(
        "ManagementPolicies_Delete",
        Method::DELETE,
        POLICY,
        "Microsoft.Storage/storageAccounts/managementPolicies/delete",
        "",
        delete_policy,
    )),
    unbundled(read(
        "EncryptionScopes_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/encryptionScopes",
        "Microsoft.Storage/storageAccounts/encryptionScopes/read",
        "",
        none,
    )),
    unbundled(read(
        "ObjectReplicationPolicies_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/objectReplicationPolicies",
        "Microsoft.Storage/storageAccounts/objectReplicationPolicies/read",
        "",
        none,
    )),
    unbundled(read(
        "BlobInventoryPolicies_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/inventoryPolicies",
        "Microsoft.Storage/storageAccounts/inventoryPolicies/read",
        "",
        none,
    )),
    unbundled(read(
        "LocalUsers_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/localUsers",
        "Microsoft.Storage/storageAccounts/localUsers/read",
        "",
        none,
    )),
];

const fn action(
    id: &'static str,
    path: &'static str,
    action: &'static str,
    handler: Handler,
) -> Operation {
    unbundled(built(id, Method::POST, path, action, "", handler))
}

/// Fields of an account signature: in the body, and in the signature.
const OF_ACCOUNT: &[(&str, &str)] = &[
    ("signedPermission", "sp"),
    ("signedServices", "ss"),
    ("signedResourceTypes", "srt"),
    ("signedStart", "st"),
    ("signedExpiry", "se"),
    ("signedIp", "sip"),
    ("signedProtocol", "spr"),
    ("signedEncryptionScope", "ses"),
];
/// Fields of a service signature.
const OF_SERVICE: &[(&str, &str)] = &[
    ("signedPermission", "sp"),
    ("signedResource", "sr"),
    ("signedStart", "st"),
    ("signedExpiry", "se"),
    ("signedIdentifier", "si"),
    ("signedIp", "sip"),
    ("signedProtocol", "spr"),
    ("rscc", "rscc"),
    ("rscd", "rscd"),
    ("rsce", "rsce"),
    ("rscl", "rscl"),
    ("rsct", "rsct"),
];
/// The version that Azure signs with here.
const VERSION: &str = "2022-11-02";

type Fields<'a> = Vec<(&'static str, &'a str)>;

fn account_signature(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || {
        let given = body::object(request)?;
        let (account, key) = account_and_key(context, request, &given)?;
        for name in [
            "signedPermission",
            "signedServices",
            "signedResourceTypes",
            "signedExpiry",
        ] {
            fields::required_text(&given, &format!("/{name}"))?;
        }
        let fields = signed_fields(&given, OF_ACCOUNT)?;
        let of = |name: &str| value(&fields, name);
        let text = signed::strings::account(&account, of);
        let token = token(&fields, &signed::signature(&key, &text));
        Ok(Reply::ok(&json!({"accountSasToken": token})))
    };
    answer().unwrap_or_else(|refused| refused)
}

fn service_signature(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || {
        let given = body::object(request)?;
        let (account, key) = account_and_key(context, request, &given)?;
        let resource = fields::required_text(&given, "/canonicalizedResource")?;
        let prefix = format!("/blob/{account}/");
        let resource = resource.strip_prefix(&prefix).ok_or_else(|| {
            let message = format!("'{prefix}…' is expected at 'canonicalizedResource'");
            bad_request("InvalidValuesForRequestParameters", &message)
        })?;
        let fields = signed_fields(&given, OF_SERVICE)?;
        let of = |name: &str| value(&fields, name);
        let text = signed::strings::service(of, &account, resource);
        let token = token(&fields, &signed::signature(&key, &text));
        Ok(Reply::ok(&json!({"serviceSasToken": token})))
    };
    answer().unwrap_or_else(|refused| refused)
}

fn account_and_key(
    context: &Context,
    request: &Request,
    given: &Body,
) -> Result<(String, String), Reply> {
    let state = context.state();
    let account = found::parent(&state, request)?;
    let wanted = fields::one_of(given, "/keyToSign", &["key1", "key2"])?;
    let [first, second] = keys::values(account, context.clock.start());
    let key = if wanted == Some("key2") {
        second
    } else {
        first
    };
    Ok((account.name.clone(), key))
}

fn signed_fields<'a>(given: &'a Body, names: &[(&str, &'static str)]) -> Result<Fields<'a>, Reply> {
    let mut fields = vec![("sv", VERSION)];
    for (name, signed) in names {
        if let Some(text) = fields::text(given, &format!("/{name}"))? {
            fields.push((signed, text));
        }
    }
    Ok(fields)
}

fn value<'a>(fields: &Fields<'a>, name: &str) -> &'a str {
    fields.iter().find(|it| it.0 == name).map_or("", |it| it.1)
}

fn token(fields: &Fields<'_>, signature: &str) -> String {
    let all = fields.iter().copied().chain([("sig", signature)]);
    let pairs = all.map(|(name, text)| format!("{name}={}", page::encode(text)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Every key that a user got before is good for nothing.
fn revoke(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || {
        let mut state = context.state_mut();
        let account = found::parent(&state, request)?;
        let (id, mut body) = (account.id.clone(), account.body.clone());
        let name = REVOKED.trim_start_matches('/');
        let mark = format!("{} {}", rfc3339(context.clock.now()), state.changes());
        fields::set(&mut body, name, mark);
        state
            .put_resource(&id, body)
            .map_err(|why| bad_request("InvalidResourceId", &why))?;
        Ok(Reply::empty(StatusCode::OK))
    };
    answer().unwrap_or_else(|refused| refused)
}

fn services(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::parent(&state, request).map_or_else(
        |missing| missing,
        |account| page::single(vec![service::shown(&state, account)]),
    )
}

/// The account of a policy, and the policy's id; there is one, `default`.
fn place<'a>(state: &'a State, request: &Request) -> Result<(&'a Resource, String), Reply> {
    let id = found::parse(&request.path)?;
    let account = state.resource(id.parent().unwrap_or_default());
    let account = account.ok_or_else(|| found::missing(state, &id))?;
    if !id.name.eq_ignore_ascii_case("default") {
        let message = "The only name of a management policy is 'default'.";
        return Err(bad_request("InvalidValuesForRequestParameters", message));
    }
    Ok((
        account,
        format!("{}/managementPolicies/default", account.id),
    ))
}

fn policy(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let answer = || {
        let (_, id) = place(&state, request)?;
        let kept = state.resource(&id).ok_or_else(no_policy)?;
        Ok(Reply::ok(&shown_policy(kept)))
    };
    answer().unwrap_or_else(|refused| refused)
}

fn put_policy(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || {
        let mut given = body::object(request)?;
        let rules = fields::array(&given, "/properties/policy/rules")?;
        let is_rule = |it: &Value| {
            it["name"].is_string()
                && it["type"] == "Lifecycle"
                && it["definition"]["actions"].is_object()
        };
        if rules.is_empty() || !rules.iter().all(is_rule) {
            let message = "rules with name, type 'Lifecycle' and definition.actions are expected at 'properties.policy.rules'";
            return Err(bad_request("InvalidValuesForRequestParameters", message));
        }
        fields::keep_only(&mut given, &["policy"]);
        let mut state = context.state_mut();
        let (_, id) = place(&state, request)?;
        fields::set(&mut given, "lastModifiedTime", rfc3339(context.clock.now()));
        given.retain(|key, _| key == "properties");
        state
            .put_resource(&id, given)
            .map_err(|why| bad_request("InvalidResourceId", &why))?;
        let kept = state.resource(&id).ok_or_else(no_policy)?;
        Ok(Reply::ok(&shown_policy(kept)))
    };
    answer().unwrap_or_else(|refused| refused)
}

fn delete_policy(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || {
        let mut state = context.state_mut();
        let (_, id) = place(&state, request)?;
        Ok(match state.resource(&id).is_some() {
            true => {
                state.remove_resource(&id);
                Reply::empty(StatusCode::OK)
            }
            false => Reply::empty(StatusCode::NO_CONTENT),
        })
    };
    answer().unwrap_or_else(|refused| refused)
}

fn shown_policy(kept: &Resource) -> Value {
    json!({
        "id": kept.id,
        "name": "DefaultManagementPolicy",
        "type": "Microsoft.Storage/storageAccounts/managementPolicies",
        "properties": kept.properties(),
    })
}

/// The text is Azure's (`az storage account management-policy show`).
fn no_policy() -> Reply {
    error(
        StatusCode::NOT_FOUND,
        "ManagementPolicyNotFound",
        "No ManagementPolicy found for account",
    )
}

fn none(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::parent(&state, request).map_or_else(|missing| missing, |_| page::single(Vec::new()))
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use crate::auth::Audience;
    use crate::services::testing::{
        ACCOUNT, Ask, RESOURCE, RESOURCE_AUDITOR, RESOURCE_WRITER, ask, writable,
    };

    const HOST: &str = "stresource.blob.core.windows.net";

    fn arm<'a>(
        context: &'a crate::context::Context,
        method: Method,
        part: &str,
        who: &str,
    ) -> Ask<'a> {
        let url = format!("management.azure.com{ACCOUNT}/{part}?api-version=2023-05-01");
        ask(context, method, &url).bearing(RESOURCE, who, Audience::Arm)
    }

    #[test]
    fn a_signature_that_azure_makes_is_good() {
        let context = writable();
        let end = crate::clock::rfc3339(context.clock.now() + time::Duration::hours(1));
        let read = |token: &str, path: &str| {
            let mark = if path.contains('?') { '&' } else { '?' };
            let url = format!("{HOST}{path}{mark}{token}");
            let reply = ask(&context, Method::GET, &url).by("10.1.0.5").reply();
            reply.status.as_u16()
        };
        let body = json!({"signedServices": "b", "signedResourceTypes": "sco", "signedPermission": "rl", "signedExpiry": end, "keyToSign": "key2"});
        let made = arm(&context, Method::POST, "listAccountSas", RESOURCE_WRITER).body(&body);
        let made = made.ok();
        let token = made["accountSasToken"].as_str().unwrap();
        assert_eq!(read(token, "/?comp=list"), 200);
        let body = json!({"canonicalizedResource": "/blob/stresource/orders", "signedResource": "c", "signedPermission": "r", "signedExpiry": end});
        let made = arm(&context, Method::POST, "listServiceSas", RESOURCE_WRITER).body(&body);
        let made = made.ok();
        let token = made["serviceSasToken"].as_str().unwrap();
        assert_eq!(read(token, "/orders/hello.txt"), 200);
        assert_eq!(read(token, "/other/hello.txt"), 403);
        for part in [
            "listAccountSas",
            "listServiceSas",
            "revokeUserDelegationKeys",
        ] {
            let reader = arm(&context, Method::POST, part, RESOURCE_AUDITOR);
            assert_eq!(reader.body(&json!({})).json().0, 403, "{part}");
        }
        let elsewhere =
            json!({"canonicalizedResource": "/blob/other/orders", "signedResource": "c"});
        let elsewhere =
            arm(&context, Method::POST, "listServiceSas", RESOURCE_WRITER).body(&elsewhere);
        assert_eq!(elsewhere.json().0, 400);
    }

    #[test]
    fn lifecycle_rules_are_kept_and_deleted() {
        let context = writable();
        let ask = |method, body: Option<serde_json::Value>| {
            let ask = arm(
                &context,
                method,
                "managementPolicies/default",
                RESOURCE_WRITER,
            );
            let (status, body) = match body {
                Some(body) => ask.body(&body).json(),
                None => ask.json(),
            };
            (status, body)
        };
        let (status, missing) = ask(Method::GET, None);
        assert_eq!(
            (status, &missing["error"]["code"]),
            (404, &json!("ManagementPolicyNotFound"))
        );
        let rule = json!({"name": "old", "enabled": true, "type": "Lifecycle", "definition": {"actions": {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": 30}}}}});
        let good = json!({"properties": {"policy": {"rules": [rule]}}});
        assert_eq!(ask(Method::PUT, Some(good)).0, 200);
        let bad = json!({"properties": {"policy": {"rules": []}}});
        assert_eq!(ask(Method::PUT, Some(bad)).0, 400);
        let shown = ask(Method::GET, None).1;
        assert_eq!(shown["properties"]["policy"]["rules"][0]["name"], "old");
        let exported = context.state().export(&crate::world::example());
        let text = serde_json::to_string(&exported).unwrap();
        let file = xtenant_source::SourceFile::new("state.json", text);
        let read = crate::world::World::parse(&file);
        assert!(read.is_ok(), "{:?}", read.err());
        assert_eq!(ask(Method::DELETE, None).0, 200);
        assert_eq!(ask(Method::DELETE, None).0, 204);
    }

    #[test]
    fn keys_of_users_that_were_revoked_sign_no_more() {
        let context = writable();
        let info = |context: &crate::context::Context| {
            let now = context.clock.now();
            let (start, end) = (
                crate::clock::rfc3339(now),
                crate::clock::rfc3339(now + time::Duration::hours(1)),
            );
            let body = format!("<KeyInfo><Start>{start}</Start><Expiry>{end}</Expiry></KeyInfo>");
            let url = format!("{HOST}/?restype=service&comp=userdelegationkey");
            let reply = ask(context, Method::POST, &url)
                .with("x-ms-version", "2024-08-04")
                .bytes(body)
                .bearing(RESOURCE, RESOURCE_WRITER, Audience::Storage)
                .by("10.1.0.5")
                .reply();
            assert_eq!(reply.status, 200);
            reply.body
        };
        let before = info(&context);
        let revoke = arm(
            &context,
            Method::POST,
            "revokeUserDelegationKeys",
            RESOURCE_WRITER,
        );
        assert_eq!(revoke.json().0, 200);
        assert_ne!(before, info(&context));
    }
}
