//! Applications and their federated credentials.

use serde_json::Value;

use super::rights::{is_own, reads_applications};
use super::{errors, query, shape};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::State;
use crate::world::Application;

pub(super) fn get(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    match found(&state, context, request, caller) {
        Ok((application, caller)) => match state.tenant(&caller.tenant_id) {
            Some(tenant) => query::single(
                "applications",
                shape::application(application, tenant),
                request,
            ),
            None => errors::not_found(&application.id, request, context),
        },
        Err(reply) => reply,
    }
}

pub(super) fn list(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    let Some(caller) = caller.filter(|caller| reads_applications(caller)) else {
        return errors::denied(request, context);
    };
    let filter = match query::filter(request, context, &["appId", "displayName", "id"]) {
        Ok(filter) => filter,
        Err(reply) => return reply,
    };
    let Some(tenant) = state.tenant(&caller.tenant_id) else {
        return errors::denied(request, context);
    };
    let all = state
        .directory
        .applications(&caller.tenant_id)
        .map(|it| shape::application(it, tenant));
    let wanted = all.filter(|object| filter.as_ref().is_none_or(|filter| filter.takes(object)));
    query::page("applications", wanted.collect(), request, context)
}

pub(super) fn credentials(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    match found(&state, context, request, caller) {
        Ok((application, _)) => {
            let kind = format!(
                "applications('{}')/federatedIdentityCredentials",
                application.id
            );
            let all: Vec<Value> = application
                .federated_identity_credentials
                .iter()
                .map(shape::credential)
                .collect();
            query::page(&kind, all, request, context)
        }
        Err(reply) => reply,
    }
}

pub(super) fn credential(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    let (application, _) = match found(&state, context, request, caller) {
        Ok(found) => found,
        Err(reply) => return reply,
    };
    let wanted = request.parameter("credential");
    let mut all = application.federated_identity_credentials.iter();
    let named =
        all.find(|it| it.id.eq_ignore_ascii_case(wanted) || it.name.eq_ignore_ascii_case(wanted));
    let kind = format!(
        "applications('{}')/federatedIdentityCredentials",
        application.id
    );
    match named {
        Some(it) => query::single(&kind, shape::credential(it), request),
        None => errors::not_found(wanted, request, context),
    }
}

/// The application that the path names, by object id or by `appId`; right before existence.
fn found<'a, 'b>(
    state: &'a State,
    context: &Context,
    request: &Request,
    caller: Option<&'b Caller>,
) -> Result<(&'a Application, &'b Caller), Reply> {
    let caller = caller.ok_or_else(|| errors::denied(request, context))?;
    let (app_id, id) = (request.parameter("appId"), request.parameter("id"));
    let wanted = if app_id.is_empty() { id } else { app_id };
    let by_right_key = |it: &&Application| {
        if app_id.is_empty() {
            same(&it.id, id)
        } else {
            same(&it.app_id, app_id)
        }
    };
    let found = state
        .application(&caller.tenant_id, wanted)
        .filter(by_right_key);
    let own = found.is_some_and(|it| is_own(caller, &it.app_id));
    if !own && !reads_applications(caller) {
        return Err(errors::denied(request, context));
    }
    found
        .map(|it| (it, caller))
        .ok_or_else(|| errors::not_found(wanted, request, context))
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}
