//! Writing blobs whole, and changing what is known of them.
//!
//! Conditions are judged and the change is made under one lock, so of many writers with the same condition one wins.
//! Whoever may only add (`…/blobs/add/action`) makes new blobs and replaces none.

use bytes::Bytes;
use http::StatusCode;

use super::access::{Admission, Deed, admitted, admitted_to_write};
use super::conditions::Conditions;
use super::download::marked;
use super::errors::Error;
use super::lease::{self, Of};
use super::signed::Proven;
use super::{Answer, append, copy, headers, names, pages, tags};
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::{BlobProperties, Container, Mark, State, StoredBlob};

/// Put Blob, in each of its forms.
pub(super) fn put(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    match (
        request.header("x-ms-copy-source"),
        request.header("x-ms-blob-type"),
    ) {
        (Some(_), None) => copy::blob(context, request, caller),
        (Some(_), Some("BlockBlob")) => copy::put_from(context, request, caller),
        (None, Some("BlockBlob")) => whole(context, request, caller),
        (None, Some("AppendBlob")) => append::create(context, request, caller),
        (None, Some("PageBlob")) => pages::create(context, request, caller),
        (_, kind) => {
            // Who may not write does not learn what was wrong with the request.
            let container = request.parameter("containerName");
            admitted_to_write(&context.state(), request, caller, container)?;
            let error = kind.map_or(Error::MISSING_HEADER, |_| Error::INVALID_HEADER);
            Err(error.detailed("x-ms-blob-type"))
        }
    }
}

/// Put Blob of a block blob.
fn whole(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let given = Given::admitted(context, request, caller)?;
    let checksum = headers::checked_md5(request, &["content-md5", "x-ms-blob-content-md5"])?;
    let mark = given.replace(context, request, |given, blob, _| {
        blob.content = request.body.clone();
        blob.properties = BlobProperties {
            content_md5: Some(checksum.clone()),
            ..given.properties
        };
        Ok(())
    })?;
    Ok(written(StatusCode::CREATED, &mark)
        .with("content-md5", checksum)
        .with("x-ms-request-server-encrypted", "true"))
}

/// What a request that writes a blob anew says of it.
pub(super) struct Given {
    pub(super) admission: Admission,
    pub(super) properties: BlobProperties,
    pub(super) metadata: std::collections::BTreeMap<String, String>,
    pub(super) tier: Option<String>,
    pub(super) tags: std::collections::BTreeMap<String, String>,
}

impl Given {
    /// Read from the headers, once the caller may write here.
    pub(super) fn admitted(
        context: &Context,
        request: &Request,
        caller: &Proven<'_>,
    ) -> Result<Self, Error> {
        let container = request.parameter("containerName");
        let admission = admitted_to_write(&context.state(), request, caller, container)?;
        names::container(request)?;
        names::blob(request)?;
        let is_list = request.query("comp") == Some("blocklist");
        let properties = headers::properties(request, !is_list);
        if let Some(checksum) = &properties.content_md5 {
            headers::well_formed_md5(checksum)?;
        }
        Ok(Self {
            admission,
            properties,
            metadata: headers::metadata(request)?,
            tier: headers::tier(request)?,
            tags: tags::of_header(context, request, caller)?,
        })
    }

    /// Puts a block blob in the place of what is there, if lease and conditions allow; `fill` gives it its content, and
    /// whatever else differs from the headers.
    pub(super) fn replace(
        mut self,
        context: &Context,
        request: &Request,
        fill: impl FnOnce(Self, &mut StoredBlob, &Container) -> Result<(), Error>,
    ) -> Result<Mark, Error> {
        let (container, name) = (names::container(request)?, names::blob(request)?);
        let conditions = Conditions::of(request)?;
        let now = context.clock.now();
        let mut state = context.state_mut();
        if !state.has_room_for(request.body.len()) {
            return Err(Error::BODY_TOO_LARGE);
        }
        let (account, may_replace) = (self.admission.account.clone(), self.admission.may_replace);
        let mark = state.next_mark(now);
        let within = of_account(&mut state, &account, container)?;
        admits(within, name, request, &conditions, now.unix_timestamp())?;
        let there = within.blobs.get(name);
        if there.is_some() && !may_replace {
            return Err(Error::PERMISSION_MISMATCH);
        }
        let created = there.map_or(now, |it| it.created);
        let mut blob = StoredBlob::new(Bytes::new(), mark.clone(), created);
        blob.properties = self.properties.clone();
        blob.metadata = std::mem::take(&mut self.metadata);
        blob.tier = self.tier.take();
        blob.tags = std::mem::take(&mut self.tags);
        fill(self, &mut blob, within)?;
        within.uncommitted.remove(name);
        within.blobs.insert(name.to_owned(), blob);
        forget_old_lease(within, name, now.unix_timestamp());
        Ok(mark)
    }
}

/// May a blob be written now? By its lease, and by the conditions of the request.
pub(super) fn admits(
    within: &Container,
    name: &str,
    request: &Request,
    conditions: &Conditions<'_>,
    now: i64,
) -> Result<(), Error> {
    lease::admits_write(within.leases.get(name), request, now, Of::Blob)?;
    conditions.write(within.blobs.get(name).map(|it| &it.mark))
}

/// A write after the end of a lease makes it as if there had been none.
fn forget_old_lease(within: &mut Container, name: &str, now: i64) {
    let is_over = |it: &crate::store::Lease| !it.state(now).is_locked();
    if within.leases.get(name).is_some_and(is_over) {
        within.leases.remove(name);
    }
}

/// Set Blob Metadata: what is not given goes.
pub(super) fn metadata(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let given = headers::metadata(request);
    let mark = change(context, request, caller, |blob| {
        blob.metadata = given?;
        Ok(blob.mark.clone())
    })?;
    Ok(written(StatusCode::OK, &mark).with("x-ms-request-server-encrypted", "true"))
}

/// Set Blob Properties (HTTP headers): what is not given goes, unless a page blob gets a new size or number.
pub(super) fn properties(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let given = headers::properties(request, false);
    let room = pages::wanted_size(request)?.unwrap_or(0);
    if !context.state().has_room_for(room) {
        return Err(Error::BODY_TOO_LARGE);
    }
    let mut sequence = None;
    let mark = change(context, request, caller, |blob| {
        if let Some(checksum) = &given.content_md5 {
            headers::well_formed_md5(checksum)?;
        }
        let is_about_pages = pages::resize(blob, request)?;
        if !is_about_pages || given != BlobProperties::default() {
            blob.properties = given;
        }
        sequence = pages::sequence(blob);
        Ok(blob.mark.clone())
    })?;
    let mut reply = written(StatusCode::OK, &mark);
    reply
        .headers
        .extend(sequence.map(|it| ("x-ms-blob-sequence-number", it.to_string())));
    Ok(reply)
}

/// Set Blob Tier, which leaves the entity tag as it is.
pub(super) fn tier(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let container = request.parameter("containerName");
    let deed = Deed::WriteBlob(container);
    let account = admitted(&context.state(), request, caller, deed)?;
    let (container, name) = (names::container(request)?, names::blob(request)?);
    let tier = headers::tier(request)?
        .ok_or_else(|| Error::MISSING_HEADER.detailed("x-ms-access-tier"))?;
    let now = context.clock.epoch_seconds();
    let mut state = context.state_mut();
    let within = of_account(&mut state, &account, container)?;
    lease::admits_read(within.leases.get(name), request, now, Of::Blob)?;
    let blob = match request.query("snapshot") {
        None => within.blobs.get_mut(name),
        Some(time) => within
            .snapshots
            .get_mut(name)
            .and_then(|all| all.get_mut(time)),
    };
    let blob = blob.ok_or(Error::BLOB_NOT_FOUND)?;
    if blob.kind != crate::store::BlobKind::Block {
        return Err(Error::INVALID_BLOB_TYPE);
    }
    blob.tier = Some(tier);
    Ok(Reply::empty(StatusCode::OK))
}

/// A change of a blob that is there, under its lease and its conditions.
pub(super) fn change<T>(
    context: &Context,
    request: &Request,
    caller: &Proven<'_>,
    change: impl FnOnce(&mut StoredBlob) -> Result<T, Error>,
) -> Result<T, Error> {
    let container = request.parameter("containerName");
    let deed = Deed::WriteBlob(container);
    let account = admitted(&context.state(), request, caller, deed)?;
    change_at(context, request, &account, change)
}

/// The same, once the caller may do it.
pub(super) fn change_at<T>(
    context: &Context,
    request: &Request,
    account: &str,
    change: impl FnOnce(&mut StoredBlob) -> Result<T, Error>,
) -> Result<T, Error> {
    let (container, name) = (names::container(request)?, names::blob(request)?);
    let conditions = Conditions::of(request)?;
    let now = context.clock.now();
    let mut state = context.state_mut();
    let mark = state.next_mark(now);
    let within = of_account(&mut state, account, container)?;
    if !within.blobs.contains_key(name) {
        return Err(Error::BLOB_NOT_FOUND);
    }
    admits(within, name, request, &conditions, now.unix_timestamp())?;
    let blob = within.blobs.get_mut(name).ok_or(Error::BLOB_NOT_FOUND)?;
    let before = std::mem::replace(&mut blob.mark, mark);
    let done = change(blob);
    if done.is_err() {
        blob.mark = before;
        return done;
    }
    forget_old_lease(within, name, now.unix_timestamp());
    done
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
