//! For tests of the blob service: the workload and what it sends.

use http::Method;

pub(super) use crate::auth::Audience;
pub(super) use crate::context::Context;
pub(super) use crate::request::Reply;
use crate::services::testing::changed;
pub(super) use crate::services::testing::{
    Ask, HOME, IDENTITY, RESOURCE, WORKLOAD, ask, example, header, mock, token,
};

pub(super) const HOST: &str = "stresource.blob.core.windows.net";
pub(super) const PRIVATE: &str = "10.1.0.5";
pub(super) const CONTRIBUTOR: &str = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";

pub(super) const OWNER: &str = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";

/// The workload with another role on the account.
pub(super) fn with_role(role: &str) -> Context {
    changed(|world| {
        for resource in &mut world.resources {
            let is_role = resource.id().contains("/storageAccounts/stresource/")
                && resource.id().contains("/roleAssignments/");
            if is_role && resource.body["properties"]["principalId"] == WORKLOAD {
                let role = format!("/providers/Microsoft.Authorization/roleDefinitions/{role}");
                resource.body["properties"]["roleDefinitionId"] = role.into();
            }
        }
    })
}

pub(super) fn contributor() -> Context {
    with_role(CONTRIBUTOR)
}

pub(super) fn asked<'a>(context: &'a Context, method: Method, path: &str) -> Ask<'a> {
    ask(context, method, &format!("{HOST}{path}"))
        .with("x-ms-version", "2026-10-06")
        .bearing(RESOURCE, WORKLOAD, Audience::Storage)
        .by(PRIVATE)
}

pub(super) fn put<'a>(context: &'a Context, path: &str, body: &'static str) -> Ask<'a> {
    asked(context, Method::PUT, path)
        .with("x-ms-blob-type", "BlockBlob")
        .bytes(body)
}

pub(super) fn get(context: &Context, path: &str) -> Reply {
    asked(context, Method::GET, path).reply()
}

pub(super) fn code(reply: &Reply) -> (u16, &str) {
    (reply.status.as_u16(), header(reply, "x-ms-error-code"))
}

pub(super) fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body).into_owned()
}

pub(super) fn metadata(reply: &Reply) -> Vec<&str> {
    let meta = reply.headers.iter().filter(|it| it.0 == Reply::METADATA);
    meta.map(|(_, text)| text.as_str()).collect()
}
