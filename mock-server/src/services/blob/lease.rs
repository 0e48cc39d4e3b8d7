//! Leases: Lease Blob, Lease Container, and what they keep others from.
//!
//! What an action does in which state is the table of rest-api `storageservices/lease-blob`, "Outcomes of lease
//! operations on blobs by lease state"; codes are those of `storageservices/blob-service-error-codes`.

use http::StatusCode;
use uuid::Uuid;

use super::access::{Deed, admitted};
use super::conditions::Conditions;
use super::download::marked;
use super::errors::Error;
use super::signed::Proven;
use super::write::of_account;
use super::{Answer, names};
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::{Lease, LeaseState};

/// Longest break period, in seconds.
const BREAK_LIMIT: i64 = 60;

/// Lease Container.
pub(super) fn container(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let name = request.parameter("containerName");
    let deed = Deed::WriteContainer(name);
    let account = admitted(&context.state(), request, caller, deed)?;
    let name = names::container(request)?;
    let (conditions, action) = (Conditions::of(request)?, Action::of(request)?);
    let now = context.clock.epoch_seconds();
    let mut state = context.state_mut();
    let container = of_account(&mut state, &account, name)?;
    conditions.write(Some(&container.mark))?;
    let (lease, mut reply) = action.act(container.lease.as_ref(), now)?;
    container.lease = lease;
    reply.headers.extend(marked(&container.mark));
    Ok(reply)
}

/// Lease Blob.
pub(super) fn blob(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let container = request.parameter("containerName");
    let deed = Deed::WriteBlob(container);
    let account = admitted(&context.state(), request, caller, deed)?;
    let (container, name) = (names::container(request)?, names::blob(request)?);
    let (conditions, action) = (Conditions::of(request)?, Action::of(request)?);
    let now = context.clock.epoch_seconds();
    let mut state = context.state_mut();
    let within = of_account(&mut state, &account, container)?;
    let blob = within.blobs.get(name).ok_or(Error::BLOB_NOT_FOUND)?;
    conditions.write(Some(&blob.mark))?;
    let (lease, mut reply) = action.act(within.leases.get(name), now)?;
    reply.headers.extend(marked(&blob.mark));
    match lease {
        Some(lease) => within.leases.insert(name.to_owned(), lease),
        None => within.leases.remove(name),
    };
    Ok(reply)
}

/// What a request does to a lease.
#[derive(Debug)]
enum Action {
    Acquire { id: String, seconds: Option<i64> },
    Renew { id: String },
    Change { id: String, to: String },
    Release { id: String },
    Break { period: Option<i64> },
}

type Acted = (Option<Lease>, Reply);

impl Action {
    fn of(request: &Request) -> Result<Self, Error> {
        let id = || needed_guid(request, "x-ms-lease-id");
        let action = request
            .header("x-ms-lease-action")
            .ok_or_else(|| Error::MISSING_HEADER.detailed("x-ms-lease-action"))?;
        match action.to_ascii_lowercase().as_str() {
            "acquire" => Ok(Self::Acquire {
                id: guid(request, "x-ms-proposed-lease-id")?
                    .unwrap_or_else(|| Uuid::new_v4().to_string()),
                seconds: duration(request)?,
            }),
            "renew" => Ok(Self::Renew { id: id()? }),
            "change" => Ok(Self::Change {
                id: id()?,
                to: needed_guid(request, "x-ms-proposed-lease-id")?,
            }),
            "release" => Ok(Self::Release { id: id()? }),
            "break" => Ok(Self::Break {
                period: period(request)?,
            }),
            _ => Err(Error::INVALID_HEADER.detailed("x-ms-lease-action")),
        }
    }

    /// The lease afterwards, and the answer.
    fn act(self, lease: Option<&Lease>, now: i64) -> Result<Acted, Error> {
        let state = state(lease, now);
        match self {
            Self::Acquire { id, seconds } => acquire(lease, state, id, seconds, now),
            Self::Renew { id } => renew(lease, state, &id, now),
            Self::Change { id, to } => change(lease, state, &id, to),
            Self::Release { id } => match lease {
                Some(lease) if lease.id == id => Ok((None, Reply::empty(StatusCode::OK))),
                _ => Err(Error::LEASE_ID_MISMATCH),
            },
            Self::Break { period } => break_off(lease, state, period, now),
        }
    }
}

fn acquire(
    lease: Option<&Lease>,
    state: LeaseState,
    id: String,
    seconds: Option<i64>,
    now: i64,
) -> Result<Acted, Error> {
    let is_same = lease.is_some_and(|it| it.id == id);
    match state {
        LeaseState::Leased if !is_same => return Err(Error::LEASE_PRESENT),
        LeaseState::Breaking if is_same => return Err(Error::LEASE_IS_BREAKING),
        LeaseState::Breaking => return Err(Error::LEASE_PRESENT),
        _ => {}
    }
    let reply = Reply::empty(StatusCode::CREATED).with("x-ms-lease-id", &*id);
    let lease = Lease {
        id,
        since: now,
        seconds,
        broken_at: None,
    };
    Ok((Some(lease), reply))
}

fn renew(lease: Option<&Lease>, state: LeaseState, id: &str, now: i64) -> Result<Acted, Error> {
    let lease = lease
        .filter(|it| it.id == id)
        .ok_or(Error::LEASE_ID_MISMATCH)?;
    if matches!(state, LeaseState::Breaking | LeaseState::Broken) {
        return Err(Error::LEASE_IS_BROKEN);
    }
    let reply = Reply::empty(StatusCode::OK).with("x-ms-lease-id", id);
    let since = now;
    Ok((
        Some(Lease {
            since,
            ..lease.clone()
        }),
        reply,
    ))
}

fn change(lease: Option<&Lease>, state: LeaseState, id: &str, to: String) -> Result<Acted, Error> {
    let lease = match (lease, state) {
        (Some(lease), LeaseState::Leased) if lease.id == id || lease.id == to => lease,
        (Some(_), LeaseState::Leased) => return Err(Error::LEASE_ID_MISMATCH),
        (Some(lease), LeaseState::Breaking) if lease.id == id => {
            return Err(Error::LEASE_IS_BREAKING_UNCHANGED);
        }
        (Some(_), LeaseState::Breaking) => return Err(Error::LEASE_ID_MISMATCH),
        _ => return Err(Error::LEASE_NOT_PRESENT),
    };
    let reply = Reply::empty(StatusCode::OK).with("x-ms-lease-id", &*to);
    let id = to;
    Ok((
        Some(Lease {
            id,
            ..lease.clone()
        }),
        reply,
    ))
}

/// Without a period a lease runs out by itself, and one without an end ends at once; a period never makes it longer.
fn break_off(
    lease: Option<&Lease>,
    state: LeaseState,
    period: Option<i64>,
    now: i64,
) -> Result<Acted, Error> {
    let lease = lease.ok_or(Error::LEASE_NOT_PRESENT)?;
    let left = match (state, lease.broken_at) {
        (LeaseState::Leased, _) => lease.left(now).or(period).unwrap_or(0),
        (LeaseState::Breaking, Some(at)) => at.saturating_sub(now),
        _ => 0,
    };
    let left = period.map_or(left, |period| period.min(left));
    let lease = Lease {
        broken_at: Some(now.saturating_add(left)),
        ..lease.clone()
    };
    let reply = Reply::empty(StatusCode::ACCEPTED).with("x-ms-lease-time", left.to_string());
    Ok((Some(lease), reply))
}

fn duration(request: &Request) -> Result<Option<i64>, Error> {
    let name = "x-ms-lease-duration";
    let text = request
        .header(name)
        .ok_or_else(|| Error::MISSING_HEADER.detailed(name))?;
    match text.trim().parse() {
        Ok(-1) => Ok(None),
        Ok(seconds @ 15..=60) => Ok(Some(seconds)),
        _ => Err(Error::INVALID_HEADER.detailed(name)),
    }
}

fn period(request: &Request) -> Result<Option<i64>, Error> {
    let name = "x-ms-lease-break-period";
    match request.header(name).map(|text| text.trim().parse()) {
        None => Ok(None),
        Some(Ok(seconds)) if (0..=BREAK_LIMIT).contains(&seconds) => Ok(Some(seconds)),
        Some(_) => Err(Error::INVALID_HEADER.detailed(name)),
    }
}

fn needed_guid(request: &Request, name: &'static str) -> Result<String, Error> {
    guid(request, name)?.ok_or_else(|| Error::MISSING_HEADER.detailed(name))
}

fn guid(request: &Request, name: &'static str) -> Result<Option<String>, Error> {
    let read = |text: &str| Uuid::parse_str(text.trim()).map(|id| id.to_string());
    let given = request.header(name).map(read).transpose();
    given.map_err(|_| Error::INVALID_HEADER.detailed(name))
}

/// What a lease is now.
pub(super) fn state(lease: Option<&Lease>, now: i64) -> LeaseState {
    lease.map_or(LeaseState::Available, |it| it.state(now))
}

/// Whose lease it is, for the code of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Blob,
    Container,
}

/// May it be written, or deleted, with the lease that the request names?
pub(super) fn admits_write(
    lease: Option<&Lease>,
    request: &Request,
    now: i64,
    of: Of,
) -> Result<(), Error> {
    let is_locked = state(lease, now).is_locked();
    if is_locked && request.header("x-ms-lease-id").is_none() {
        return Err(match of {
            Of::Blob => Error::LEASE_ID_MISSING,
            Of::Container => Error::CONTAINER_LEASE_ID_MISSING,
        });
    }
    admits_read(lease, request, now, of)
}

/// A lease that is named must be there; nobody needs to name one.
pub(super) fn admits_read(
    lease: Option<&Lease>,
    request: &Request,
    now: i64,
    of: Of,
) -> Result<(), Error> {
    let Some(id) = guid(request, "x-ms-lease-id")? else {
        return Ok(());
    };
    let is_same = lease.is_some_and(|it| it.id == id);
    match (state(lease, now), of) {
        (state, _) if state.is_locked() && is_same => Ok(()),
        (state, Of::Blob) if state.is_locked() => Err(Error::BLOB_LEASE_ID_MISMATCH),
        (state, Of::Container) if state.is_locked() => Err(Error::CONTAINER_LEASE_ID_MISMATCH),
        _ if is_same => Err(Error::LEASE_LOST),
        (_, Of::Blob) => Err(Error::NO_BLOB_LEASE),
        (_, Of::Container) => Err(Error::NO_CONTAINER_LEASE),
    }
}

/// `x-ms-lease-status` and its like.
pub(super) fn headers(lease: Option<&Lease>, now: i64) -> Vec<(&'static str, String)> {
    let described = describe(lease, now);
    [
        "x-ms-lease-status",
        "x-ms-lease-state",
        "x-ms-lease-duration",
    ]
    .into_iter()
    .zip(described)
    .collect()
}

/// Status, state and, for what is leased, duration.
pub(super) fn describe(lease: Option<&Lease>, now: i64) -> Vec<String> {
    let state = state(lease, now);
    let status = if state.is_locked() {
        "locked"
    } else {
        "unlocked"
    };
    let mut described = vec![status.to_owned(), state.text().to_owned()];
    if let (Some(lease), LeaseState::Leased) = (lease, state) {
        let is_fixed = lease.seconds.is_some();
        described.push(if is_fixed { "fixed" } else { "infinite" }.to_owned());
    }
    described
}
