//! Making, reading, changing and deleting containers, and what the account says of itself.
//!
//! A deleted container's name is free at once, where Azure keeps it for some seconds. Anonymous access to containers is
//! not built: an account that allows none says so, as Azure does.

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::access::{Deed, admitted, admitted_account};
use super::conditions::{Conditions, Read};
use super::download::marked;
use super::errors::Error;
use super::lease::{self, Of};
use super::signed::Proven;
use super::write::{of_account, written};
use super::{Answer, headers, names};
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::Container;

pub(super) fn create(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let name = request.parameter("containerName");
    let account = admitted_account(
        &context.state(),
        request,
        caller,
        Deed::WriteContainer(name),
    )?;
    let name = names::container(request)?;
    private_only(request, account.property("/allowBlobPublicAccess"))?;
    let metadata = headers::metadata(request)?;
    let mut state = context.state_mut();
    if state.container(&account.name, name).is_some() {
        return Err(Error::CONTAINER_EXISTS);
    }
    let mark = state.next_mark(context.clock.now());
    let container = Container::new(mark.clone(), metadata);
    state.put_container(&account.name, name, container);
    Ok(written(StatusCode::CREATED, &mark))
}

/// Anonymous access is asked for in vain.
pub(super) fn private_only(request: &Request, allowed: Option<&Value>) -> Result<(), Error> {
    match request.header("x-ms-blob-public-access") {
        None => Ok(()),
        Some("container" | "blob") if allowed.and_then(Value::as_bool) != Some(true) => {
            Err(Error::PUBLIC_ACCESS_NOT_PERMITTED)
        }
        Some("container" | "blob") => {
            Err(Error::NOT_IMPLEMENTED.detailed("x-ms-blob-public-access"))
        }
        Some(_) => Err(Error::INVALID_HEADER.detailed("x-ms-blob-public-access")),
    }
}

/// Get Container Properties, Get Container Metadata.
pub(super) fn properties(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let name = request.parameter("containerName");
    let state = context.state();
    let account = admitted(&state, request, caller, Deed::ReadContainer(name))?;
    let container = state
        .container(&account, names::container(request)?)
        .ok_or(Error::CONTAINER_NOT_FOUND)?;
    let now = context.clock.epoch_seconds();
    let mut headers = marked(&container.mark);
    lease::admits_read(container.lease.as_ref(), request, now, Of::Container)?;
    if Conditions::of(request)?.read(&container.mark)? == Read::NotModified {
        return Ok(bare(StatusCode::NOT_MODIFIED, headers));
    }
    let fixed = [
        ("x-ms-has-immutability-policy", "false"),
        ("x-ms-has-legal-hold", "false"),
        ("x-ms-default-encryption-scope", "$account-encryption-key"),
        ("x-ms-deny-encryption-scope-override", "false"),
        ("x-ms-immutable-storage-with-versioning-enabled", "false"),
    ];
    headers.extend(lease::headers(container.lease.as_ref(), now));
    headers.extend(fixed.map(|(name, text)| (name, text.to_owned())));
    Ok(bare(StatusCode::OK, headers).with_metadata(&container.metadata))
}

pub(super) fn metadata(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let name = request.parameter("containerName");
    let account = admitted(
        &context.state(),
        request,
        caller,
        Deed::WriteContainer(name),
    )?;
    let name = names::container(request)?;
    let (metadata, conditions) = (headers::metadata(request)?, Conditions::of(request)?);
    let mut state = context.state_mut();
    let mark = state.next_mark(context.clock.now());
    let container = of_account(&mut state, &account, name)?;
    let now = context.clock.epoch_seconds();
    lease::admits_read(container.lease.as_ref(), request, now, Of::Container)?;
    conditions.write(Some(&container.mark))?;
    container.metadata = metadata;
    container.mark = mark.clone();
    Ok(written(StatusCode::OK, &mark))
}

pub(super) fn delete(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let name = request.parameter("containerName");
    let account = admitted(
        &context.state(),
        request,
        caller,
        Deed::DeleteContainer(name),
    )?;
    let name = names::container(request)?;
    let conditions = Conditions::of(request)?;
    let mut state = context.state_mut();
    let container = state
        .container(&account, name)
        .ok_or(Error::CONTAINER_NOT_FOUND)?;
    let now = context.clock.epoch_seconds();
    lease::admits_write(container.lease.as_ref(), request, now, Of::Container)?;
    conditions.write(Some(&container.mark))?;
    state.remove_container(&account, name);
    Ok(bare(StatusCode::ACCEPTED, Vec::new()))
}

/// Get Account Information.
pub(super) fn account(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let account = admitted_account(&context.state(), request, caller, Deed::AccountInformation)?;
    let text = |pointer: &str, default: &str| {
        let given = account.body.get("sku").and_then(|sku| sku.get(pointer));
        given.and_then(Value::as_str).unwrap_or(default).to_owned()
    };
    let kind = account.body.get("kind").and_then(Value::as_str);
    let is_hierarchical = account.property("/isHnsEnabled").and_then(Value::as_bool);
    let headers = vec![
        ("x-ms-sku-name", text("name", "Standard_LRS")),
        ("x-ms-account-kind", kind.unwrap_or("StorageV2").to_owned()),
        (
            "x-ms-is-hns-enabled",
            is_hierarchical.unwrap_or(false).to_string(),
        ),
    ];
    Ok(bare(StatusCode::OK, headers))
}

fn bare(status: StatusCode, headers: Vec<(&'static str, String)>) -> Reply {
    Reply {
        status,
        headers,
        body: Bytes::new(),
    }
}
