//! Access policies of a vault: what may be in them, and adding, replacing, removing them one by one.
//!
//! A policy is known by tenant, object and application. `add` gives it further permissions, `replace` others, `remove`
//! takes permissions away, and the policy with the last of them (specification, `AccessPolicyUpdateKind`).

use serde_json::{Map, Value, json};

use super::vaults::invalid_value;
use crate::auth::Caller;
use crate::context::Context;
use crate::ids::is_guid;
use crate::request::{Reply, Request};
use crate::services::arm::errors::bad_request;
use crate::services::arm::found;
use crate::services::arm::write::{Body, body, fields};

/// Most policies of a vault (specification).
const MOST: usize = 1024;

/// Checks `properties.accessPolicies`.
///
/// # Errors
/// 400.
pub(super) fn check(body: &Body, tenant: &str) -> Result<(), Reply> {
    let count = fields::array(body, "/properties/accessPolicies")?.len();
    if count > MOST {
        return Err(invalid_value("accessPolicies"));
    }
    for index in 0..count {
        let at = |name: &str| format!("/properties/accessPolicies/{index}/{name}");
        let of = fields::required_text(body, &at("tenantId"))?;
        let object = fields::required_text(body, &at("objectId"))?;
        if !of.eq_ignore_ascii_case(tenant) || !is_guid(object) {
            return Err(invalid_value("accessPolicies"));
        }
        let permissions = fields::object(body, &at("permissions"))?
            .ok_or_else(|| fields::missing(&at("permissions")))?;
        for kind in permissions.keys() {
            fields::texts(body, &at(&format!("permissions/{kind}")))?;
        }
    }
    Ok(())
}

/// `Vaults_UpdateAccessPolicy`.
pub(super) fn update(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    try_update(context, request).unwrap_or_else(|reply| reply)
}

fn try_update(context: &Context, request: &Request) -> Result<Reply, Reply> {
    let given = body::object(request)?;
    let how = request.parameter("operationKind").to_ascii_lowercase();
    if !["add", "replace", "remove"].contains(&how.as_str()) {
        return Err(body::invalid(&format!(
            "the operation '{how:.50}' is none of: add, replace, remove"
        )));
    }
    let mut state = context.state_mut();
    // …/{vault}/accessPolicies/{how}: two segments behind the vault.
    let id = found::parse(&request.path)?;
    let id = found::parse(id.parent().unwrap_or_default())?;
    let vault = state.shared_resource(id.as_str());
    let vault = vault.ok_or_else(|| found::missing(&state, &id))?;
    check(&given, vault.own_tenant())?;
    let mut kept = vault.body.clone();
    let policies = vault.property("/accessPolicies").and_then(Value::as_array);
    let mut policies = policies.cloned().unwrap_or_default();
    for policy in fields::array(&given, "/properties/accessPolicies")? {
        apply(&mut policies, policy, &how);
    }
    if policies.len() > MOST {
        return Err(invalid_value("accessPolicies"));
    }
    fields::set(&mut kept, "accessPolicies", policies.clone());
    state
        .put_resource(&vault.id, kept)
        .map_err(|why| bad_request("InvalidResourceId", &why))?;
    let answer = json!({
        "id": format!("{}/accessPolicies/", vault.id),
        "type": "Microsoft.KeyVault/vaults/accessPolicies",
        "location": vault.body.get("location"),
        "properties": {"accessPolicies": policies},
    });
    Ok(Reply::ok(&answer))
}

fn apply(policies: &mut Vec<Value>, given: &Value, how: &str) {
    let same = |it: &Value| {
        ["tenantId", "objectId", "applicationId"]
            .into_iter()
            .all(|key| {
                let text = |value: &Value| value[key].as_str().map(str::to_ascii_lowercase);
                text(it) == text(given)
            })
    };
    let at = policies.iter().position(same);
    match (at, how) {
        (None, "remove") => {}
        (None, _) => policies.push(given.clone()),
        (Some(at), "replace") => policies[at] = given.clone(),
        (Some(at), _) => {
            let removes = how == "remove";
            let changed = combined(&policies[at]["permissions"], &given["permissions"], removes);
            if removes
                && changed
                    .values()
                    .all(|it| it.as_array().is_none_or(Vec::is_empty))
            {
                policies.remove(at);
            } else {
                policies[at]["permissions"] = Value::Object(changed);
            }
        }
    }
}

fn combined(before: &Value, given: &Value, removes: bool) -> Map<String, Value> {
    let mut result = before.as_object().cloned().unwrap_or_default();
    for (kind, permissions) in given.as_object().into_iter().flatten() {
        let list = result.entry(kind).or_insert_with(|| json!([]));
        let (Some(list), Some(permissions)) = (list.as_array_mut(), permissions.as_array()) else {
            continue;
        };
        let is = |one: &Value, other: &Value| match (one.as_str(), other.as_str()) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            _ => false,
        };
        if removes {
            list.retain(|it| !permissions.iter().any(|gone| is(it, gone)));
        } else {
            for permission in permissions {
                if !list.iter().any(|it| is(it, permission)) {
                    list.push(permission.clone());
                }
            }
        }
    }
    result
}
