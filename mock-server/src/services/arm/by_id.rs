//! Does a resource exist? HEAD of its id, whatever its type (azure-rest-api-specs `resources.json`, `Resources_CheckExistence`
//! and `Resources_CheckExistenceById`: 204 or 404).
//!
//! It is the GET of the type that answers, with the rights that it asks for.

use http::{Method, StatusCode};

use super::{provider, unbundled};
use crate::auth::{Audience, Caller};
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::router;
use crate::services::{Access, Operation, Service};

/// The service.
pub const SERVICE: Service = provider(
    "arm-resources-by-id",
    "whether a resource of any type exists",
    OPERATIONS,
);

const OPERATIONS: &[Operation] = &[unbundled(Operation {
    id: "Resources_CheckExistenceById",
    method: Method::HEAD,
    path: "/{resourceId*}",
    access: Access::Bearer(Audience::Arm),
    spec: None,
    simplified: "",
    handler: Some(exists),
})];

fn exists(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let read = Request {
        method: Method::GET,
        ..request.clone()
    };
    let reply = router::answer(context, read);
    match reply.status {
        StatusCode::OK => Reply::empty(StatusCode::NO_CONTENT),
        StatusCode::NOT_FOUND => Reply::empty(StatusCode::NOT_FOUND),
        _ => reply,
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use crate::auth::Audience;
    use crate::services::testing::{
        HOME, HOME_AUDITOR, HOME_WRITER, IDENTITY, NET, RESOURCE, RESOURCE_AUDITOR, ask, writable,
    };

    #[test]
    fn a_resource_is_there_or_not_or_nobodys_business() {
        let context = writable();
        let there = format!("{NET}/virtualNetworks/home");
        let head = |id: &str, tenant, object| {
            let url = format!("management.azure.com{id}?api-version=2024-05-01");
            let head = ask(&context, Method::HEAD, &url).bearing(tenant, object, Audience::Arm);
            head.reply().status.as_u16()
        };
        assert_eq!(head(&there, HOME, HOME_WRITER), 204);
        assert_eq!(
            head(&format!("{there}/subnets/endpoints"), HOME, HOME_AUDITOR),
            204
        );
        assert_eq!(
            head(&format!("{NET}/virtualNetworks/none"), HOME, HOME_WRITER),
            404
        );
        assert_eq!(head(&there, HOME, IDENTITY), 403);
        assert_eq!(head(&there, RESOURCE, RESOURCE_AUDITOR), 401);
        assert_eq!(
            head(
                "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/what/ever",
                HOME,
                HOME_WRITER
            ),
            501
        );
    }
}
