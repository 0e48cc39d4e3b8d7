//! Deleted vaults, and whether a name is free.

use http::StatusCode;
use serde_json::{Value, json};

use super::vaults::{already_exists, is_name, name_not_valid};
use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::lro::Ending;
use crate::request::{Reply, Request};
use crate::services::arm::errors::error;
use crate::services::arm::operations::{self, Style};
use crate::services::arm::page;
use crate::services::arm::write::linked::Callers;
use crate::services::arm::write::{body, fields};
use crate::store::{DeletedVault, State, VAULTS};

/// `Vaults_GetDeleted`.
pub(super) fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    match find(&state, context, request) {
        Ok(found) => Reply::ok(&show(found)),
        Err(reply) => reply,
    }
}

/// `Vaults_ListDeleted`.
pub(super) fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let subscription = request.parameter("subscriptionId");
    let all = state.deleted_vaults(subscription, context.clock.now());
    page::reply(request, all.map(show).collect())
}

/// `ManagedHsms_ListDeleted` and `ManagedHsms_ListBySubscription`, which the Azure CLI asks together with the lists of
/// vaults: there are none.
pub(super) fn list_hsms(_: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    page::reply(request, Vec::new())
}

/// `Vaults_PurgeDeleted`: gone for good, with its secrets.
pub(super) fn purge(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    try_purge(context, request, caller).unwrap_or_else(|reply| reply)
}

fn try_purge(
    context: &Context,
    request: &Request,
    caller: Option<&Caller>,
) -> Result<Reply, Reply> {
    let callers = Callers::of(context, request, caller)?;
    let mut state = context.state_mut();
    let found = find(&state, context, request)?;
    if found.is_protected() {
        return Err(error(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            "Operation 'DeletedVaultPurge' is not allowed.",
        ));
    }
    let (name, id) = (found.vault.name.clone(), found.vault.id.clone());
    let finish = Box::new(move |state: &mut State| {
        state.purge_vault(&name);
        Ending::Succeeded(None)
    });
    let begun = operations::begin(context, &mut state, &callers, &id, finish);
    Ok(begun.announce(request, Style::Location, Reply::empty(StatusCode::ACCEPTED)))
}

/// `Vaults_CheckNameAvailability`.
pub(super) fn check_name(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || -> Result<Reply, Reply> {
        let given = body::object(request)?;
        let name = fields::required_text(&given, "/name")?;
        let state = context.state();
        let taken = state.resource_named(VAULTS, name).is_some()
            || state.deleted_vault(name, context.clock.now()).is_some();
        let reason = if !is_name(name) {
            Some(("AccountNameInvalid", name_not_valid(name)))
        } else {
            taken.then(|| ("AlreadyExists", already_exists(name)))
        };
        let body = match reason {
            None => json!({"nameAvailable": true}),
            Some((reason, message)) => {
                json!({"nameAvailable": false, "reason": reason, "message": message})
            }
        };
        Ok(Reply::ok(&body))
    };
    answer().unwrap_or_else(|reply| reply)
}

/// `ManagedHsms_CheckMhsmNameAvailability`: there are none, so only a name's form can be wrong.
pub(super) fn check_hsm_name(_: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || -> Result<Reply, Reply> {
        let given = body::object(request)?;
        let name = fields::required_text(&given, "/name")?;
        let free = json!({"nameAvailable": true});
        let bad = || json!({"nameAvailable": false, "reason": "AccountNameInvalid", "message": name_not_valid(name)});
        Ok(Reply::ok(&if is_name(name) { free } else { bad() }))
    };
    answer().unwrap_or_else(|reply| reply)
}

/// The text of the refusal is ours.
fn find<'a>(
    state: &'a State,
    context: &Context,
    request: &Request,
) -> Result<&'a DeletedVault, Reply> {
    let name = request.parameter("vaultName");
    let subscription = request.parameter("subscriptionId");
    let found = state.deleted_vault(name, context.clock.now());
    let own = |it: &&DeletedVault| {
        let of = it.subscription().unwrap_or_default();
        let place = it.vault.body.get("location").and_then(Value::as_str);
        of.eq_ignore_ascii_case(subscription)
            && region(place.unwrap_or_default()) == region(request.parameter("location"))
    };
    found.filter(own).ok_or_else(|| {
        let message = format!("The deleted vault '{name:.100}' does not exist.");
        error(StatusCode::NOT_FOUND, "DeletedVaultNotFound", &message)
    })
}

fn region(text: &str) -> String {
    text.replace(' ', "").to_ascii_lowercase()
}

fn show(deleted: &DeletedVault) -> Value {
    let vault = &deleted.vault;
    let location = vault.body.get("location").and_then(Value::as_str);
    let location = location.unwrap_or_default();
    let subscription = deleted.subscription().unwrap_or_default();
    let mut properties = json!({
        "vaultId": vault.id,
        "location": location,
        "tags": vault.body.get("tags").cloned().unwrap_or_else(|| json!({})),
        "deletionDate": rfc3339(deleted.deleted),
        "scheduledPurgeDate": rfc3339(deleted.purged()),
    });
    if deleted.is_protected() {
        properties["purgeProtectionEnabled"] = json!(true);
    }
    json!({
        "id": format!(
            "/subscriptions/{subscription}/providers/Microsoft.KeyVault/locations/{}/deletedVaults/{}",
            region(location),
            vault.name
        ),
        "name": vault.name,
        "type": "Microsoft.KeyVault/deletedVaults",
        "properties": properties,
    })
}
