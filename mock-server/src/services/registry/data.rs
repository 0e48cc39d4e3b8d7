//! Dedicated data endpoints, `<registry>.<region>.data.azurecr.io`: the layers of one registry, behind its firewall.

use http::{Method, StatusCode};

use super::{errors, hosts, layers, network};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::{Access, ApiVersion, Hosts, Operation, Service};

/// The service.
pub const SERVICE: Service = Service {
    name: "registry-data",
    about: "layers of a registry by its dedicated data endpoints",
    hosts: Hosts::Regional(hosts::DATA_SUFFIX),
    api_version: ApiVersion::None,
    operations: &[Operation {
        id: "Layer_Get",
        method: Method::GET,
        path: layers::PATH,
        access: Access::Anonymous,
        spec: None,
        simplified: "the signature in the link is the mock's own",
        handler: Some(get),
    }],
    refuse: errors::refuse,
};

fn get(ctx: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = ctx.state();
    let Some(registry) = hosts::registry_of(&state, &request.host) else {
        return errors::no_such_registry(&request.host);
    };
    if let Err(reply) = network::admit(&state, registry, request) {
        return reply;
    }
    let is_own = registry
        .name
        .eq_ignore_ascii_case(request.parameter("registry"));
    if !is_own || !layers::is_signed(ctx, request) {
        let message = "the signature of this link is not valid";
        return errors::error(StatusCode::FORBIDDEN, "DENIED", message, None);
    }
    layers::answer(ctx, &state, request)
}
