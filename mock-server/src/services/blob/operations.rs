//! Which operation do `restype` and `comp` mean? The blob service has few paths and many queries.

use http::Method;

use super::access::{Deed, admitted};
use super::errors::Error;
use super::lease::{self, Of};
use super::signed::{self, Proven};
use super::{
    Answer, append, batch, blocks, containers, copy, delegation, download, find, headers, list,
    names, pages, policies, settings, snapshots, tags, write,
};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::{Lease, StoredBlob};

pub(super) fn service(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = |caller: &Proven<'_>| match (kind(request), &request.method) {
        (("", "list"), &Method::GET) => {
            let state = context.state();
            let account = admitted(&state, request, caller, Deed::ListContainers)?;
            list::containers(&state, &account, request, context.clock.epoch_seconds())
        }
        (("service", "properties"), &Method::GET) => settings::get(context, request, caller),
        (("service", "properties"), &Method::PUT) => settings::set(context, request, caller),
        (("account", "properties"), &Method::GET | &Method::HEAD) => {
            containers::account(context, request, caller)
        }
        (("", "blobs"), &Method::GET) => find::run(context, request, caller),
        (("", "batch"), &Method::POST) => batch::run(context, request, caller),
        (("service", "userdelegationkey"), &Method::POST) => {
            delegation::key(context, request, caller)
        }
        _ => Err(not_built(request)),
    };
    settle(by(context, request, caller, answer), context, request)
}

pub(super) fn container(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = |caller: &Proven<'_>| {
        headers::only_built(request)?;
        match (kind(request), &request.method) {
            (("container", "list"), &Method::GET) => {
                let name = request.parameter("containerName");
                let state = context.state();
                let account = admitted(&state, request, caller, Deed::ListBlobs(name))?;
                if list::wants_tags(request) {
                    admitted(&state, request, caller, Deed::ReadTags(name))?;
                }
                list::blobs(&state, &account, request, context.clock.epoch_seconds())
            }
            (("account", "properties"), &Method::GET | &Method::HEAD) => {
                containers::account(context, request, caller)
            }
            (("container", "" | "metadata"), &Method::GET | &Method::HEAD) => {
                containers::properties(context, request, caller)
            }
            (("container", ""), &Method::PUT) => containers::create(context, request, caller),
            (("container", "metadata"), &Method::PUT) => {
                containers::metadata(context, request, caller)
            }
            (("container", "lease"), &Method::PUT) => lease::container(context, request, caller),
            (("container", "acl"), &Method::GET | &Method::HEAD) => {
                policies::get(context, request, caller)
            }
            (("container", "acl"), &Method::PUT) => policies::set(context, request, caller),
            (("container", "blobs"), &Method::GET) => find::run(context, request, caller),
            (("container", "batch"), &Method::POST) => batch::run(context, request, caller),
            (("container", ""), &Method::DELETE) => containers::delete(context, request, caller),
            _ => Err(not_built(request)),
        }
    };
    settle(by(context, request, caller, answer), context, request)
}

pub(super) fn blob(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = |caller: &Proven<'_>| {
        headers::only_built(request)?;
        if request.query("versionid").is_some() {
            return Err(not_built(request));
        }
        match (kind(request), &request.method) {
            (("account", "properties"), &Method::GET | &Method::HEAD) => {
                containers::account(context, request, caller)
            }
            (("", "" | "metadata"), &Method::GET | &Method::HEAD) => read(context, request, caller),
            (("", "blocklist"), &Method::GET) => blocks::list(context, request, caller),
            (("", "pagelist"), &Method::GET) => pages::list(context, request, caller),
            (("", "tags"), &Method::GET) => tags::get(context, request, caller),
            (("", comp), &Method::PUT) => write(comp, context, request, caller),
            (("", ""), &Method::DELETE) => snapshots::delete(context, request, caller),
            _ => Err(not_built(request)),
        }
    };
    settle(by(context, request, caller, answer), context, request)
}

/// What is answered to whoever the token or the signature of a request proves.
fn by(
    context: &Context,
    request: &Request,
    caller: Option<&Caller>,
    answer: impl FnOnce(&Proven<'_>) -> Answer,
) -> Answer {
    answer(&signed::proven(context, request, caller)?)
}

/// What `comp` does to a blob; only new blobs and snapshots may say that they come from elsewhere.
fn write(comp: &str, context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let takes_source = matches!(comp, "" | "block" | "appendblock" | "page");
    if !takes_source && request.headers.contains_key("x-ms-copy-source") {
        return Err(Error::NOT_IMPLEMENTED.detailed("x-ms-copy-source"));
    }
    match comp {
        "" => write::put(context, request, caller),
        "appendblock" => append::block(context, request, caller),
        "block" => blocks::put(context, request, caller),
        "blocklist" => blocks::commit(context, request, caller),
        "copy" => copy::abort(context, request, caller),
        "lease" => lease::blob(context, request, caller),
        "metadata" => write::metadata(context, request, caller),
        "page" => pages::put(context, request, caller),
        "properties" => write::properties(context, request, caller),
        "seal" => append::seal(context, request, caller),
        "snapshot" => snapshots::create(context, request, caller),
        "tags" => tags::set(context, request, caller),
        "tier" => write::tier(context, request, caller),
        "undelete" => snapshots::undelete(context, request, caller),
        _ => Err(not_built(request)),
    }
}

/// Get Blob, Get Blob Properties, Get Blob Metadata (which has fewer headers in Azure).
fn read(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    found(context, request, caller, |blob, lease| {
        let mut reply = download::answer(blob, request)?;
        if request.query("snapshot").is_none() {
            let now = context.clock.epoch_seconds();
            reply.headers.extend(lease::headers(lease, now));
        }
        if kind(request) == ("", "metadata") {
            reply.body = bytes::Bytes::new();
        }
        if matches!(caller, Proven::Sas(_)) {
            signed::override_headers(&mut reply, request);
        }
        Ok(reply)
    })
}

/// What is made of the blob, or of its snapshot, that the caller may read, and of its lease.
pub(super) fn found<T>(
    context: &Context,
    request: &Request,
    caller: &Proven<'_>,
    made: impl FnOnce(&StoredBlob, Option<&Lease>) -> Result<T, Error>,
) -> Result<T, Error> {
    let container = request.parameter("containerName");
    let state = context.state();
    let account = admitted(&state, request, caller, Deed::ReadBlobs(container))?;
    let (container, name) = (names::container(request)?, names::blob(request)?);
    let within = state
        .container(&account, container)
        .ok_or(Error::CONTAINER_NOT_FOUND)?;
    let blob = snapshots::find(within, name, request)?;
    let lease = within.leases.get(name);
    if request.headers.contains_key("x-ms-lease-id") {
        lease::admits_read(lease, request, context.clock.epoch_seconds(), Of::Blob)?;
    }
    made(blob, lease)
}

fn kind(request: &Request) -> (&str, &str) {
    (
        request.query("restype").unwrap_or_default(),
        request.query("comp").unwrap_or_default(),
    )
}

fn not_built(request: &Request) -> Error {
    let (restype, comp) = kind(request);
    Error::NOT_IMPLEMENTED.detailed(format!(
        "{} {}?restype={restype}&comp={comp}",
        request.method, request.path
    ))
}

fn settle(answer: Answer, context: &Context, request: &Request) -> Reply {
    match answer {
        Ok(reply) => match request.header("x-ms-version").or(request.query("sv")) {
            Some(version) => reply.with("x-ms-version", version),
            None => reply,
        },
        Err(error) => error.reply(request, context),
    }
}
