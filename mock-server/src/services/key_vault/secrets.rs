//! Reading secrets.
//!
//! The latest version is the one that was set last. A disabled version cannot be read; an expired or early one can: `exp`
//! and `nbf` are for information (azure-docs, `key-vault/secrets/about-secrets.md`, "Date-time controlled operations").

use serde_json::json;

use super::access::Deed;
use super::shape::{self, Page, Standing};
use super::vault::{Vault, vault_of};
use super::{Answer, errors, name_of, network, no_such_vault, settle};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::{State, StoredSecret};

pub(super) fn get(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    settle(read(context, request, caller))
}

fn read(context: &Context, request: &Request, caller: Option<&Caller>) -> Answer {
    let name = request.parameter("secret-name");
    let vault = Vault::admitting(context, request, caller, Deed::Get, name)?;
    let name = name_of(request)?;
    let state = context.state();
    let secret =
        present(context, &state, &vault, name).ok_or_else(|| errors::secret_not_found(name))?;
    let id = request.parameter("secret-version");
    let version = secret
        .version(id)
        .ok_or_else(|| errors::secret_not_found(&format!("{name}/{id}")))?;
    if !version.enabled {
        return Err(errors::secret_unusable("a disabled", "SecretDisabled"));
    }
    Ok(Reply::ok(&shape::bundle(&vault, &secret.name, version)))
}

pub(super) fn list(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = || -> Answer {
        let vault = Vault::admitting(context, request, caller, Deed::List, "")?;
        let page = Page::of(request)?;
        let state = context.state();
        let present = state
            .secrets_after(vault.name(), page.after.as_deref())
            .filter(|it| is_present(context, &vault, it));
        let items = present.filter_map(|secret| {
            let item = shape::item(&vault, secret, secret.latest()?);
            Some((secret.name.clone(), item))
        });
        Ok(page.reply(request, items))
    };
    settle(answer())
}

pub(super) fn versions(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = || -> Answer {
        let name = request.parameter("secret-name");
        let vault = Vault::admitting(context, request, caller, Deed::List, name)?;
        let name = name_of(request)?;
        let page = Page::of(request)?;
        let state = context.state();
        let secret = present(context, &state, &vault, name);
        let versions = secret.map_or(&[][..], |it| &it.versions);
        let shown = page.after.as_ref().map_or(0, |after| {
            let at = versions.iter().position(|it| it.id == *after);
            at.map_or(versions.len(), |at| at + 1)
        });
        let items = versions.iter().skip(shown).map(|version| {
            let item = shape::properties(&vault, secret.map_or(name, |it| &it.name), version);
            (version.id.clone(), item)
        });
        Ok(page.reply(request, items))
    };
    settle(answer())
}

pub(super) fn health(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let Some(vault) = vault_of(&state, request) else {
        return no_such_vault(request);
    };
    if network::way(&state, vault, "vault", &request.peer) == network::Way::Elsewhere {
        return errors::wrong_connection(&request.host);
    }
    let seen = format!(
        "conn_type=Ipv4;addr={};act_addr_fam=InterNetwork;",
        request.peer.source
    );
    Reply::ok(&json!({"status": "Success"})).with("x-ms-keyvault-network-info", seen)
}

/// A secret that is not deleted.
pub(super) fn present<'a>(
    context: &Context,
    state: &'a State,
    vault: &Vault,
    name: &str,
) -> Option<&'a StoredSecret> {
    state
        .secret(vault.name(), name)
        .filter(|it| is_present(context, vault, it))
}

fn is_present(context: &Context, vault: &Vault, secret: &StoredSecret) -> bool {
    Standing::of(vault, secret, &context.clock) == Standing::Present
}
