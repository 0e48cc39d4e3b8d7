//! Which operation do `restype` and `comp` mean? The blob service has few paths and many queries.

use http::Method;

use super::access::{Deed, admitted};
use super::errors::Error;
use super::{Answer, batch, blocks, containers, download, headers, list, names, write};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};

pub(super) fn service(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = || match (kind(request), &request.method) {
        (("", "list"), &Method::GET) => {
            let state = context.state();
            let account = admitted(&state, request, caller, Deed::ListContainers)?;
            list::containers(&state, &account, request)
        }
        (("service", "properties"), &Method::GET) => containers::service(context, request, caller),
        (("account", "properties"), &Method::GET | &Method::HEAD) => {
            containers::account(context, request, caller)
        }
        (("", "batch"), &Method::POST) => batch::run(context, request, caller),
        _ => Err(not_built(request)),
    };
    settle(answer(), context, request)
}

pub(super) fn container(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = || {
        headers::only_built(request)?;
        match (kind(request), &request.method) {
            (("container", "list"), &Method::GET) => {
                let name = request.parameter("containerName");
                let state = context.state();
                let account = admitted(&state, request, caller, Deed::ListBlobs(name))?;
                list::blobs(&state, &account, request)
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
            (("container", "batch"), &Method::POST) => batch::run(context, request, caller),
            (("container", ""), &Method::DELETE) => containers::delete(context, request, caller),
            _ => Err(not_built(request)),
        }
    };
    settle(answer(), context, request)
}

pub(super) fn blob(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = || {
        headers::only_built(request)?;
        if request
            .query("snapshot")
            .or(request.query("versionid"))
            .is_some()
        {
            return Err(not_built(request));
        }
        match (kind(request), &request.method) {
            (("account", "properties"), &Method::GET | &Method::HEAD) => {
                containers::account(context, request, caller)
            }
            (("", "" | "metadata"), &Method::GET | &Method::HEAD) => read(context, request, caller),
            (("", "blocklist"), &Method::GET) => blocks::list(context, request, caller),
            (("", ""), &Method::PUT) => write::put(context, request, caller),
            (("", "block"), &Method::PUT) => blocks::put(context, request, caller),
            (("", "blocklist"), &Method::PUT) => blocks::commit(context, request, caller),
            (("", "metadata"), &Method::PUT) => write::metadata(context, request, caller),
            (("", "properties"), &Method::PUT) => write::properties(context, request, caller),
            (("", "tier"), &Method::PUT) => write::tier(context, request, caller),
            (("", ""), &Method::DELETE) => write::delete(context, request, caller),
            _ => Err(not_built(request)),
        }
    };
    settle(answer(), context, request)
}

/// Get Blob, Get Blob Properties, Get Blob Metadata (which has fewer headers in Azure).
fn read(context: &Context, request: &Request, caller: Option<&Caller>) -> Answer {
    let container = request.parameter("containerName");
    let state = context.state();
    let account = admitted(&state, request, caller, Deed::ReadBlobs(container))?;
    let (container, name) = (names::container(request)?, names::blob(request)?);
    let container = state
        .container(&account, container)
        .ok_or(Error::CONTAINER_NOT_FOUND)?;
    let blob = container.blobs.get(name).ok_or(Error::BLOB_NOT_FOUND)?;
    let mut reply = download::answer(blob, request)?;
    if kind(request) == ("", "metadata") {
        reply.body = bytes::Bytes::new();
    }
    Ok(reply)
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
        Ok(reply) => match request.header("x-ms-version") {
            Some(version) => reply.with("x-ms-version", version),
            None => reply,
        },
        Err(error) => error.reply(request, context),
    }
}
