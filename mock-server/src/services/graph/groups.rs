//! Groups, and objects of any kind by id.

use serde_json::Value;

use super::rights::{reads_applications, reads_groups};
use super::{errors, principals, query, shape};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::{State, Tenant};

/// `getByIds` takes so many ids (microsoft-graph-docs, `directoryobject-getbyids`).
const MOST_IDS: usize = 1000;

pub(super) fn get(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    let Some(caller) = caller.filter(|caller| reads_groups(caller)) else {
        return errors::denied(request, context);
    };
    let id = request.parameter("id");
    match state.directory.group(&caller.tenant_id, id) {
        Some(group) => query::single("groups", shape::group(group), request),
        None => errors::not_found(id, request, context),
    }
}

/// Ids that are not found are left out, as in Graph.
pub(super) fn get_by_ids(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    let Some(caller) = caller.filter(|caller| reads_applications(caller) || reads_groups(caller))
    else {
        return errors::denied(request, context);
    };
    let body: Option<Value> = serde_json::from_slice(&request.body).ok();
    let texts = |key: &str| -> Vec<String> {
        let items = body
            .as_ref()
            .and_then(|body| body.get(key))
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let (ids, types) = (texts("ids"), texts("types"));
    if ids.is_empty() || ids.len() > MOST_IDS {
        return errors::bad_request(
            "The body must hold between 1 and 1000 ids.",
            request,
            context,
        );
    }
    let wanted = |kind: &str| {
        types.is_empty()
            || types
                .iter()
                .any(|it| it.eq_ignore_ascii_case(kind) || it == "directoryObject")
    };
    let Some(tenant) = state.tenant(&caller.tenant_id) else {
        return errors::denied(request, context);
    };
    let found = ids
        .iter()
        .filter_map(|id| object(&state, tenant, id))
        .filter(|(kind, _)| wanted(kind));
    let objects = found
        .map(|(kind, object)| shape::typed(kind, object))
        .collect();
    query::page("directoryObjects", objects, request, context)
}

fn object(state: &State, tenant: &Tenant, id: &str) -> Option<(&'static str, Value)> {
    let group = || {
        state
            .directory
            .group(&tenant.id, id)
            .map(|it| ("group", shape::group(it)))
    };
    let principal = || {
        let found = state
            .service_principal(&tenant.id, id)
            .filter(|it| it.id.eq_ignore_ascii_case(id))?;
        Some(("servicePrincipal", principals::body(state, found)))
    };
    let application = || {
        let found = state
            .application(&tenant.id, id)
            .filter(|it| it.id.eq_ignore_ascii_case(id))?;
        Some(("application", shape::application(found, tenant)))
    };
    group().or_else(principal).or_else(application)
}
