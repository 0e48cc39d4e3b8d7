//! Which operation do `restype` and `comp` mean? The blob service has few paths and many queries.

use http::Method;

use super::access::{Deed, admitted};
use super::errors::Error;
use super::{download, list};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};

type Answer = Result<Reply, Error>;

pub(super) fn service(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = || -> Answer {
        let ("", "list") = kind(request) else {
            return Err(not_built(request));
        };
        let state = context.state();
        let account = admitted(&state, request, caller, Deed::ListContainers)?;
        list::containers(&state, account, request)
    };
    settle(answer(), context, request)
}

pub(super) fn container(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let name = request.parameter("containerName");
    let answer = || -> Answer {
        let state = context.state();
        match (kind(request), &request.method) {
            (("container", "list"), &Method::GET) => {
                let account = admitted(&state, request, caller, Deed::ListBlobs(name))?;
                list::blobs(&state, account, name, request)
            }
            (("container", ""), _) => {
                let account = admitted(&state, request, caller, Deed::ReadContainer(name))?;
                list::properties(&state, account, name)
            }
            _ => Err(not_built(request)),
        }
    };
    settle(answer(), context, request)
}

pub(super) fn blob(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let name = request.parameter("containerName");
    let answer = || -> Answer {
        let ("", "") = kind(request) else {
            return Err(not_built(request));
        };
        let state = context.state();
        let account = admitted(&state, request, caller, Deed::ReadBlobs(name))?;
        let container = state
            .container(&account.name, name)
            .ok_or(Error::CONTAINER_NOT_FOUND)?;
        let blob = container
            .get(request.parameter("blob"))
            .ok_or(Error::BLOB_NOT_FOUND)?;
        download::answer(blob, request)
    };
    settle(answer(), context, request)
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
