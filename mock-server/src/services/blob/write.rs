//! Writing blobs whole, changing what is known of them, deleting them.
//!
//! Conditions are judged and the change is made under one lock, so of many writers with the same condition one wins.
//! Whoever may only add (`…/blobs/add/action`) makes new blobs and replaces none.

use bytes::Bytes;
use http::StatusCode;

use super::access::{Deed, admitted, admitted_to_write};
use super::conditions::Conditions;
use super::download::marked;
use super::errors::Error;
use super::{Answer, headers, names};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::{Container, Mark, State, StoredBlob};

/// Put Blob.
pub(super) fn put(context: &Context, request: &Request, caller: Option<&Caller>) -> Answer {
    let container = request.parameter("containerName");
    let admission = admitted_to_write(&context.state(), request, caller, container)?;
    let (container, name) = (names::container(request)?, names::blob(request)?);
    is_block_blob(request)?;
    let checksum = headers::checked_md5(request, &["content-md5", "x-ms-blob-content-md5"])?;
    let mut properties = headers::properties(request, true);
    properties.content_md5 = Some(checksum.clone());
    let (metadata, tier) = (headers::metadata(request)?, headers::tier(request)?);
    let conditions = Conditions::of(request)?;
    let now = context.clock.now();
    let mut state = context.state_mut();
    let there = state
        .container(&admission.account, container)
        .ok_or(Error::CONTAINER_NOT_FOUND)?
        .blobs
        .get(name);
    conditions.write(there.map(|it| &it.mark))?;
    if there.is_some() && !admission.may_replace {
        return Err(Error::PERMISSION_MISMATCH);
    }
    let created = there.map_or(now, |it| it.created);
    let mark = state.next_mark(now);
    let blob = StoredBlob {
        content: request.body.clone(),
        properties,
        metadata,
        mark: mark.clone(),
        created,
        tier,
        blocks: Vec::new(),
    };
    let within = of_account(&mut state, &admission.account, container)?;
    within.uncommitted.remove(name);
    within.blobs.insert(name.to_owned(), blob);
    Ok(written(StatusCode::CREATED, &mark)
        .with("content-md5", checksum)
        .with("x-ms-request-server-encrypted", "true"))
}

fn is_block_blob(request: &Request) -> Result<(), Error> {
    match request.header("x-ms-blob-type") {
        Some("BlockBlob") => Ok(()),
        Some(other @ ("PageBlob" | "AppendBlob")) => {
            Err(Error::NOT_IMPLEMENTED.detailed(format!("{other}_Create")))
        }
        Some(_) => Err(Error::INVALID_HEADER.detailed("x-ms-blob-type")),
        None => Err(Error::MISSING_HEADER.detailed("x-ms-blob-type")),
    }
}

/// Delete Blob; there are no snapshots that could hinder it.
pub(super) fn delete(context: &Context, request: &Request, caller: Option<&Caller>) -> Answer {
    let container = request.parameter("containerName");
    let account = admitted(
        &context.state(),
        request,
        caller,
        Deed::DeleteBlob(container),
    )?;
    let (container, name) = (names::container(request)?, names::blob(request)?);
    match request.header("x-ms-delete-snapshots") {
        None | Some("include" | "only") => {}
        Some(_) => return Err(Error::INVALID_HEADER.detailed("x-ms-delete-snapshots")),
    }
    let keeps_blob = request.header("x-ms-delete-snapshots") == Some("only");
    let conditions = Conditions::of(request)?;
    let mut state = context.state_mut();
    let within = of_account(&mut state, &account, container)?;
    let there = within.blobs.get(name).ok_or(Error::BLOB_NOT_FOUND)?;
    conditions.write(Some(&there.mark))?;
    if !keeps_blob {
        within.blobs.remove(name);
    }
    let reply = Reply {
        status: StatusCode::ACCEPTED,
        headers: Vec::new(),
        body: Bytes::new(),
    };
    Ok(reply.with("x-ms-delete-type-permanent", "true"))
}

/// Set Blob Metadata: what is not given goes.
pub(super) fn metadata(context: &Context, request: &Request, caller: Option<&Caller>) -> Answer {
    let given = headers::metadata(request);
    let reply = change(context, request, caller, |blob| {
        blob.metadata = given?;
        Ok(())
    })?;
    Ok(reply.with("x-ms-request-server-encrypted", "true"))
}

/// Set Blob Properties (HTTP headers): what is not given goes.
pub(super) fn properties(context: &Context, request: &Request, caller: Option<&Caller>) -> Answer {
    change(context, request, caller, |blob| {
        let given = headers::properties(request, false);
        if let Some(checksum) = &given.content_md5 {
            headers::well_formed_md5(checksum)?;
        }
        blob.properties = given;
        Ok(())
    })
}

/// Set Blob Tier, which leaves the entity tag as it is.
pub(super) fn tier(context: &Context, request: &Request, caller: Option<&Caller>) -> Answer {
    let container = request.parameter("containerName");
    let account = admitted(
        &context.state(),
        request,
        caller,
        Deed::WriteBlob(container),
    )?;
    let (container, name) = (names::container(request)?, names::blob(request)?);
    let tier = headers::tier(request)?
        .ok_or_else(|| Error::MISSING_HEADER.detailed("x-ms-access-tier"))?;
    let mut state = context.state_mut();
    let within = of_account(&mut state, &account, container)?;
    let blob = within.blobs.get_mut(name).ok_or(Error::BLOB_NOT_FOUND)?;
    blob.tier = Some(tier);
    Ok(Reply {
        status: StatusCode::OK,
        headers: Vec::new(),
        body: Bytes::new(),
    })
}

/// A change of a blob that is there, under its conditions.
fn change(
    context: &Context,
    request: &Request,
    caller: Option<&Caller>,
    change: impl FnOnce(&mut StoredBlob) -> Result<(), Error>,
) -> Answer {
    let container = request.parameter("containerName");
    let account = admitted(
        &context.state(),
        request,
        caller,
        Deed::WriteBlob(container),
    )?;
    let (container, name) = (names::container(request)?, names::blob(request)?);
    let conditions = Conditions::of(request)?;
    let mut state = context.state_mut();
    let mark = state.next_mark(context.clock.now());
    let within = of_account(&mut state, &account, container)?;
    let blob = within.blobs.get_mut(name).ok_or(Error::BLOB_NOT_FOUND)?;
    conditions.write(Some(&blob.mark))?;
    change(blob)?;
    blob.mark = mark.clone();
    Ok(written(StatusCode::OK, &mark))
}

/// The container to write to.
pub(super) fn of_account<'s>(
    state: &'s mut State,
    account: &str,
    container: &str,
) -> Result<&'s mut Container, Error> {
    state
        .container_mut(account, container)
        .ok_or(Error::CONTAINER_NOT_FOUND)
}

/// An answer without a body that tells the new mark.
pub(super) fn written(status: StatusCode, mark: &Mark) -> Reply {
    Reply {
        status,
        headers: marked(mark),
        body: Bytes::new(),
    }
}
