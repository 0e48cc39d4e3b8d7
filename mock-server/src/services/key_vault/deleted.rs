//! Deleting secrets, and what can be done with deleted ones.
//!
//! A deletion keeps all versions for the vault's retention time; it is done at once, where Azure takes some seconds.

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::access::Deed;
use super::secrets::present;
use super::shape::{self, Page, Standing};
use super::vault::Vault;
use super::{Answer, errors, name_of, settle};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::{Deletion, StoredSecret};

pub(super) fn delete(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = || -> Answer {
        let name = request.parameter("secret-name");
        let vault = Vault::admitting(context, request, caller, Deed::Delete, name)?;
        let name = name_of(request)?;
        let mut state = context.state_mut();
        let missing = || errors::secret_not_found(name);
        present(context, &state, &vault, name).ok_or_else(missing)?;
        let secret = state.secret_mut(vault.name(), name).ok_or_else(missing)?;
        secret.deletion = Some(Deletion::At(context.clock.epoch_seconds()));
        let reply = Reply::ok(&bundle(context, &vault, secret));
        if Standing::of(&vault, secret, &context.clock) == Standing::Gone {
            state.remove_secret(vault.name(), name);
        }
        Ok(reply)
    };
    settle(answer())
}

pub(super) fn get(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = || -> Answer {
        let name = request.parameter("secret-name");
        let vault = Vault::admitting(context, request, caller, Deed::GetDeleted, name)?;
        let name = name_of(request)?;
        let state = context.state();
        let secret = state.secret(vault.name(), name);
        let secret = secret
            .filter(|it| is_deleted(context, &vault, it))
            .ok_or_else(|| errors::deleted_secret_not_found(name))?;
        Ok(Reply::ok(&bundle(context, &vault, secret)))
    };
    settle(answer())
}

pub(super) fn list(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = || -> Answer {
        let vault = Vault::admitting(context, request, caller, Deed::ListDeleted, "")?;
        let page = Page::of(request)?;
        let state = context.state();
        let deleted = state
            .secrets_after(vault.name(), page.after.as_deref())
            .filter(|it| is_deleted(context, &vault, it));
        let items = deleted.filter_map(|secret| {
            let item = shape::item(&vault, secret, secret.latest()?);
            let standing = Standing::of(&vault, secret, &context.clock);
            let item = shape::deleted(&vault, secret, item, standing);
            Some((secret.name.clone(), item))
        });
        Ok(page.reply(request, items))
    };
    settle(answer())
}

pub(super) fn recover(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = || -> Answer {
        let name = request.parameter("secret-name");
        let vault = Vault::admitting(context, request, caller, Deed::Recover, name)?;
        let name = name_of(request)?;
        let mut state = context.state_mut();
        let missing = || errors::deleted_secret_not_found(name);
        let secret = state.secret_mut(vault.name(), name).ok_or_else(missing)?;
        if !is_deleted(context, &vault, secret) {
            return Err(missing());
        }
        secret.deletion = None;
        let latest = secret.latest().ok_or_else(missing)?;
        Ok(Reply::ok(&shape::properties(&vault, &secret.name, latest)))
    };
    settle(answer())
}

pub(super) fn purge(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = || -> Answer {
        let name = request.parameter("secret-name");
        let vault = Vault::admitting(context, request, caller, Deed::Purge, name)?;
        let name = name_of(request)?;
        let mut state = context.state_mut();
        let is_there = state
            .secret(vault.name(), name)
            .is_some_and(|it| is_deleted(context, &vault, it));
        if !is_there {
            return Err(errors::deleted_secret_not_found(name));
        }
        if vault.is_purge_protected() {
            return Err(errors::purge_protected(vault.printed()));
        }
        state.remove_secret(vault.name(), name);
        Ok(Reply {
            status: StatusCode::NO_CONTENT,
            headers: Vec::new(),
            body: Bytes::new(),
        })
    };
    settle(answer())
}

fn is_deleted(context: &Context, vault: &Vault, secret: &StoredSecret) -> bool {
    matches!(
        Standing::of(vault, secret, &context.clock),
        Standing::Deleted { .. }
    )
}

fn bundle(context: &Context, vault: &Vault, secret: &StoredSecret) -> Value {
    let shown = secret.latest().map_or(Value::Null, |latest| {
        shape::properties(vault, &secret.name, latest)
    });
    let standing = Standing::of(vault, secret, &context.clock);
    shape::deleted(vault, secret, shown, standing)
}
