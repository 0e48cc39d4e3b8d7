//! Snapshots of blobs, and the deletion of blobs, which snapshots hinder.
//!
//! A snapshot is named by its time, of which each is used once. It has the blob's entity tag unless it was given metadata
//! of its own (rest-api `storageservices/snapshot-blob`). No account here keeps what was deleted: Undelete Blob does
//! nothing to a blob that is there, and finds no other.

use http::StatusCode;
use time::OffsetDateTime;

use super::access::{Deed, admitted, admitted_to_write};
use super::conditions::Conditions;
use super::errors::Error;
use super::lease::{self, Of};
use super::signed::Proven;
use super::write::{admits, of_account, written};
use super::{Answer, headers, names};
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::{Container, StoredBlob};

/// The blob that a request means, or its snapshot.
pub(super) fn find<'c>(
    within: &'c Container,
    name: &str,
    request: &Request,
) -> Result<&'c StoredBlob, Error> {
    let found = match request.query("snapshot") {
        None => within.blobs.get(name),
        Some(time) => within.snapshots.get(name).and_then(|all| all.get(time)),
    };
    found.ok_or(Error::BLOB_NOT_FOUND)
}

/// Snapshot Blob.
pub(super) fn create(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let container = request.parameter("containerName");
    let account = admitted_to_write(&context.state(), request, caller, container)?.account;
    let (container, name) = (names::container(request)?, names::blob(request)?);
    let metadata = headers::metadata(request)?;
    let conditions = Conditions::of(request)?;
    let now = context.clock.now();
    let mut state = context.state_mut();
    let mark = state.next_mark(now);
    let within = of_account(&mut state, &account, container)?;
    let mut copy = within
        .blobs
        .get(name)
        .cloned()
        .ok_or(Error::BLOB_NOT_FOUND)?;
    let lease = within.leases.get(name);
    lease::admits_read(lease, request, now.unix_timestamp(), Of::Blob)?;
    conditions.write(Some(&copy.mark))?;
    if !metadata.is_empty() {
        copy.metadata = metadata;
        copy.mark = mark;
    }
    let reply = written(StatusCode::CREATED, &copy.mark);
    let taken = within.snapshots.entry(name.to_owned()).or_default();
    let mut ticks = now.unix_timestamp_nanos() / 100;
    while taken.contains_key(&stamp(ticks)) {
        ticks += 1;
    }
    taken.insert(stamp(ticks), copy);
    Ok(reply
        .with("x-ms-snapshot", stamp(ticks))
        .with("x-ms-request-server-encrypted", "true"))
}

/// `2024-01-01T00:00:00.0000000Z` of tenths of microseconds since 1970.
fn stamp(ticks: i128) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(ticks.saturating_mul(100));
    let time = time.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (date, clock) = (time.date(), time.time());
    format!(
        "{date}T{:02}:{:02}:{:02}.{:07}Z",
        clock.hour(),
        clock.minute(),
        clock.second(),
        clock.nanosecond() / 100
    )
}

/// Delete Blob, of a snapshot, of all snapshots, or of the blob with or without snapshots.
pub(super) fn delete(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let container = request.parameter("containerName");
    let deed = Deed::DeleteBlob(container);
    let account = admitted(&context.state(), request, caller, deed)?;
    let (container, name) = (names::container(request)?, names::blob(request)?);
    let how = request.header("x-ms-delete-snapshots");
    if !matches!(how, None | Some("include" | "only")) {
        return Err(Error::INVALID_HEADER.detailed("x-ms-delete-snapshots"));
    }
    let conditions = Conditions::of(request)?;
    let now = context.clock.epoch_seconds();
    let mut state = context.state_mut();
    let within = of_account(&mut state, &account, container)?;
    let found = find(within, name, request)?;
    match request.query("snapshot") {
        Some(_) if how.is_some() => return Err(Error::INVALID_QUERY.detailed("snapshot")),
        Some(time) => {
            conditions.write(Some(&found.mark))?;
            remove_snapshot(within, name, time);
        }
        None => {
            admits(within, name, request, &conditions, now)?;
            remove(within, name, how)?;
        }
    }
    let reply = Reply::empty(StatusCode::ACCEPTED);
    Ok(reply.with("x-ms-delete-type-permanent", "true"))
}

fn remove_snapshot(within: &mut Container, name: &str, time: &str) {
    if let Some(all) = within.snapshots.get_mut(name) {
        all.remove(time);
        if all.is_empty() {
            within.snapshots.remove(name);
        }
    }
}

fn remove(within: &mut Container, name: &str, how: Option<&str>) -> Result<(), Error> {
    if how.is_none() && within.snapshots.contains_key(name) {
        return Err(Error::SNAPSHOTS_PRESENT);
    }
    within.snapshots.remove(name);
    if how != Some("only") {
        within.blobs.remove(name);
        within.leases.remove(name);
    }
    Ok(())
}

/// Undelete Blob.
pub(super) fn undelete(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let container = request.parameter("containerName");
    let deed = Deed::WriteBlob(container);
    let state = context.state();
    let account = admitted(&state, request, caller, deed)?;
    let (container, name) = (names::container(request)?, names::blob(request)?);
    let within = state
        .container(&account, container)
        .ok_or(Error::CONTAINER_NOT_FOUND)?;
    let found = within.blobs.get(name).ok_or(Error::BLOB_NOT_FOUND);
    found.map(|_| Reply::empty(StatusCode::OK))
}
