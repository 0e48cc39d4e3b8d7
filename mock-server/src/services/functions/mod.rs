//! The function app of the second article, `<app>.azurewebsites.net`: HTTP in front, the article's code behind.
//!
//! - [`keys`] may this request run a function? · `network` by which way may it come?
//! - `article` what the article's code does · [`settings`] its environment · `client` the SDK calls that it makes, `outbound` how they leave the app
//!
//! The code runs at the vantage that the world names for the app. What it asks for goes through the same DNS, routes and
//! services as a request of anybody else there: nothing is looked up in the state behind their backs. Like the article's,
//! it answers 404 whatever went wrong (PITFALLS D07).
//!
//! Order, as in Azure/azure-functions-host: way, route (404), key (401), switched off (404), code. Missing on purpose: the
//! deployment site (`scm`), `/admin`, slots, App Service Authentication, other code than the article's, calls of one app
//! to another.

mod article;
mod client;
pub mod keys;
mod network;
mod outbound;
pub mod settings;

#[cfg(test)]
mod tests;

use http::{Method, StatusCode};

use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::{
    Access, ApiVersion, Hosts, Operation, Refusal, Service, misdirected, not_implemented,
};
use crate::store::{Resource, State};

/// ARM type of apps.
pub const SITES: &str = "Microsoft.Web/sites";
/// What follows the name of an app.
const SUFFIX: &str = ".azurewebsites.net";

/// The functions of the article: all that the mock knows to run.
pub const FUNCTIONS: &[&str] = &[
    "DownloadBlobCrossTenant",
    "DownloadBlobSameTenant",
    "GetSecretCrossTenant",
    "GetSecretSameTenant",
];

/// The service.
pub const SERVICE: Service = Service {
    name: "functions",
    about: "the function app that reads secrets and blobs of its own tenant and of another",
    hosts: Hosts::Suffix(SUFFIX),
    api_version: ApiVersion::None,
    operations: OPERATIONS,
    refuse,
};

const OPERATIONS: &[Operation] = &[
    Operation {
        id: "Function_Invoke",
        method: Method::GET,
        path: "/api/{function}",
        access: Access::Anonymous,
        spec: None,
        simplified: "a function key in `x-functions-key` or `code`; runs the article's four functions only",
        handler: Some(invoke),
    },
    Operation {
        id: "App_Get",
        method: Method::GET,
        path: "/",
        access: Access::Anonymous,
        spec: None,
        simplified: "says that the app runs",
        handler: Some(landing),
    },
];

/// The host name of an app.
pub fn host_of(site: &Resource) -> String {
    format!("{}{SUFFIX}", site.name.to_ascii_lowercase())
}

/// The app that the host names, when the request may come this way.
fn reached<'a>(state: &'a State, request: &Request) -> Result<&'a Resource, Reply> {
    let name = request.host.strip_suffix(SUFFIX).unwrap_or_default();
    let site = state
        .resource_named(SITES, name)
        .ok_or_else(|| page(StatusCode::NOT_FOUND, "404 Web Site not found."))?;
    network::admit(state, site, request)?;
    Ok(site)
}

fn invoke(ctx: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    invoked(ctx, request).unwrap_or_else(|reply| reply)
}

fn invoked(ctx: &Context, request: &Request) -> Result<Reply, Reply> {
    let state = ctx.state();
    let site = reached(&state, request)?;
    let app = state.function_app(&site.name).ok_or_else(nothing_here)?;
    let named = request.parameter("function");
    let (name, function) = app
        .functions
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(named))
        .ok_or_else(nothing_here)?;
    let level = keys::level(app, function, request);
    if level == keys::Level::None {
        return Err(bare(StatusCode::UNAUTHORIZED));
    }
    if function.disabled && level != keys::Level::Master {
        return Err(nothing_here());
    }
    Ok(article::run(ctx, site, app, name, request))
}

/// The page that every app has at its root.
fn landing(ctx: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = ctx.state();
    match reached(&state, request) {
        Ok(_) => page(StatusCode::OK, "Your Azure Function App is up and running."),
        Err(reply) => reply,
    }
}

fn nothing_here() -> Reply {
    bare(StatusCode::NOT_FOUND)
}

/// The host's own answers have no body.
fn bare(status: StatusCode) -> Reply {
    Reply {
        status,
        headers: Vec::new(),
        body: bytes::Bytes::new(),
    }
}

/// A page of the front end; its text is ours.
fn page(status: StatusCode, text: &str) -> Reply {
    let body = format!(
        "<!DOCTYPE html><html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>"
    );
    Reply {
        status,
        headers: vec![("content-type", "text/html; charset=utf-8".to_owned())],
        body: body.into(),
    }
}

/// What the router refuses. A path that the app has no route for is 404, whatever the method.
fn refuse(refusal: &Refusal, request: &Request, ctx: &Context) -> Reply {
    match refusal {
        Refusal::NotImplemented { operation } if is_host_api(&request.path) => {
            page(StatusCode::NOT_IMPLEMENTED, &not_implemented(operation))
        }
        Refusal::NotImplemented { .. } => match reached(&ctx.state(), request) {
            Ok(_) => nothing_here(),
            Err(reply) => reply,
        },
        Refusal::Misdirected { host } => page(StatusCode::MISDIRECTED_REQUEST, &misdirected(host)),
        _ => bare(StatusCode::BAD_REQUEST),
    }
}

fn is_host_api(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    ["admin", "runtime"]
        .iter()
        .any(|it| it.eq_ignore_ascii_case(first))
}
