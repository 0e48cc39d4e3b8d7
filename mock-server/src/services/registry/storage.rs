//! Azure's own storage, `<region>managed1.blob.core.windows.net`: layers of registries without data endpoints.
//!
//! It is open to everybody who has a signed link, whatever the registry's firewall says.

use http::Method;

use super::{hosts, layers};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::blob::errors::Error;
use crate::services::{Access, ApiVersion, Hosts, Operation, Refusal, Service};

/// The service.
pub const SERVICE: Service = Service {
    name: "registry-storage",
    about: "layers of registries that have no data endpoints",
    hosts: Hosts::Suffix(hosts::STORAGE_SUFFIX),
    api_version: ApiVersion::None,
    operations: &[Operation {
        id: "Layer_GetFromStorage",
        method: Method::GET,
        path: layers::PATH,
        access: Access::Anonymous,
        spec: None,
        simplified: "the signature in the link is the mock's own",
        handler: Some(get),
    }],
    refuse,
};

fn get(ctx: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = ctx.state();
    if !layers::is_signed(ctx, request) {
        return Error::AUTHORIZATION_FAILURE.reply(request, ctx);
    }
    layers::answer(ctx, &state, request)
}

fn refuse(refusal: &Refusal, request: &Request, ctx: &Context) -> Reply {
    let error = match refusal {
        Refusal::NotImplemented { operation } => Error::NOT_IMPLEMENTED.detailed(operation.clone()),
        _ => Error::AUTHORIZATION_FAILURE,
    };
    error.reply(request, ctx)
}
