//! The admin user of a registry, where it is enabled; and what registries have beside images: tokens, scope maps, webhooks,
//! cache rules, tasks — none.
//!
//! Name and passwords are those that the registry takes (azure-docs, `container-registry/container-registry-authentication.md`,
//! "Admin account": it may do everything, and each of two passwords can be made anew). Passwords follow from the registry and
//! from how often each was made.

use serde_json::{Value, json};

use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::errors::bad_request;
use crate::services::arm::write::{body, fields};
use crate::services::arm::{found, page};
use crate::services::private_endpoint::derived_guid;
use crate::store::Resource;

const NAMES: [&str; 2] = ["password", "password2"];
/// Where a registry keeps when each password was made anew.
pub(super) const MADE: &str = "adminPasswordsMade";

/// User name and passwords, where the admin user is enabled.
pub(crate) fn login(registry: &Resource) -> Option<(String, [String; 2])> {
    let is_enabled = registry.property("/adminUserEnabled") == Some(&json!(true));
    is_enabled.then(|| {
        let password = |name: &str| {
            let made = registry.property(&format!("/{MADE}/{name}"));
            let made = made.map(Value::to_string).unwrap_or_default();
            let part =
                |part: u8| derived_guid(&registry.id, &format!("admin:{name}:{made}:{part}"));
            format!("{}{}", part(0), part(1)).replace('-', "")
        };
        (registry.name.clone(), NAMES.map(password))
    })
}

/// `Registries_ListCredentials`.
pub(super) fn credentials(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let registry = found::parent(&state, request);
    registry.map_or_else(|missing| missing, shown)
}

/// `Registries_RegenerateCredential`.
pub(super) fn regenerate(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || {
        let given = body::object(request)?;
        let name = fields::one_of(&given, "/name", &NAMES)?;
        let name = name.ok_or_else(|| fields::missing("/name"))?;
        let mut state = context.state_mut();
        let registry = found::parent(&state, request)?;
        if login(registry).is_none() {
            return Err(disabled(registry));
        }
        let (id, mut body) = (registry.id.clone(), registry.body.clone());
        let mut made = registry.property(&format!("/{MADE}")).cloned();
        let made = made.get_or_insert_with(|| json!({}));
        made[name] = json!(state.changes());
        fields::set(&mut body, MADE, made.clone());
        state
            .put_resource(&id, body)
            .map_err(|why| bad_request("InvalidResourceId", &why))?;
        found::parent(&state, request).map(shown)
    };
    answer().unwrap_or_else(|refused| refused)
}

fn shown(registry: &Resource) -> Reply {
    let Some((user, passwords)) = login(registry) else {
        return disabled(registry);
    };
    let shown = NAMES.iter().zip(passwords);
    let passwords: Vec<Value> = shown
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    Reply::ok(&json!({"username": user, "passwords": passwords}))
}

/// The text is Azure's (Azure/acr, issues about `az acr credential show`).
fn disabled(registry: &Resource) -> Reply {
    let message = format!(
        "Cannot perform credential operations for {} as admin user is disabled. Kindly enable admin user as per docs: https://docs.microsoft.com/en-us/azure/container-registry/container-registry-authentication#admin-account",
        registry.id
    );
    bad_request("UnAuthorizedForCredentialOperations", &message)
}

/// `Tokens_List`, `ScopeMaps_List`, `Webhooks_List`, `CacheRules_List`, `Tasks_List`, `CredentialSets_List`.
pub(super) fn none(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::parent(&state, request).map_or_else(|missing| missing, |_| page::single(Vec::new()))
}
