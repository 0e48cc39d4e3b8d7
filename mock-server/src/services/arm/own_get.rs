//! What would a GET of a resource answer? By the route table, for what shows resources of all types.

use http::Method;

use crate::context::Context;
use crate::request::{Reply, Request};
use crate::router::template::Template;
use crate::services::{Hosts, SERVICES};

/// The answer to a GET of `id`, whoever asks: rights are the caller's business. Nothing when no operation reads that type.
pub fn of(context: &Context, request: &Request, id: &str) -> Option<Reply> {
    let arm = SERVICES
        .iter()
        .filter(|it| matches!(it.hosts, Hosts::Exact(["management.azure.com"])));
    let reads = arm
        .flat_map(|it| it.operations)
        .filter(|it| it.method == Method::GET);
    for operation in reads {
        let Some(parameters) = Template::new(operation.path).matches(id) else {
            continue;
        };
        let request = Request {
            method: Method::GET,
            path: id.to_owned(),
            query: Vec::new(),
            body: bytes::Bytes::new(),
            parameters,
            ..request.clone()
        };
        return operation.handler.map(|it| it(context, &request, None));
    }
    None
}
