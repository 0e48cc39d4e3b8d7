//! Service principals and the groups that they are in.

use serde_json::Value;

use super::rights::{is_own, reads_applications};
use super::{errors, query, shape};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::State;
use crate::world::ServicePrincipal;

pub(super) fn get(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    found(&state, context, request, caller).map_or_else(
        |reply| reply,
        |it| query::single("servicePrincipals", body(&state, it), request),
    )
}

pub(super) fn list(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    let Some(caller) = caller.filter(|caller| reads_applications(caller)) else {
        return errors::denied(request, context);
    };
    let filter = match query::filter(
        request,
        context,
        &["appId", "displayName", "id", "servicePrincipalNames"],
    ) {
        Ok(filter) => filter,
        Err(reply) => return reply,
    };
    let all = state
        .directory
        .service_principals(&caller.tenant_id)
        .map(|it| body(&state, it));
    let wanted = all.filter(|object| filter.as_ref().is_none_or(|filter| filter.takes(object)));
    query::page("servicePrincipals", wanted.collect(), request, context)
}

pub(super) fn memberships(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    match found(&state, context, request, caller) {
        Ok(it) => query::page(
            "directoryObjects",
            groups_of(&state, caller, it),
            request,
            context,
        ),
        Err(reply) => reply,
    }
}

/// The cast to groups is an advanced query: it needs a header and a count (MORE.md §2).
pub(super) fn groups(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let eventual = request
        .header("consistencylevel")
        .is_some_and(|level| level.eq_ignore_ascii_case("eventual"));
    let counted = request
        .query("$count")
        .is_some_and(|count| count.eq_ignore_ascii_case("true"));
    if !(eventual && counted) {
        let message = "Request with $count=true and the header ConsistencyLevel: eventual is needed for this cast.";
        return errors::bad_request(message, request, context);
    }
    let state = context.state();
    match found(&state, context, request, caller) {
        Ok(it) => query::page("groups", groups_of(&state, caller, it), request, context),
        Err(reply) => reply,
    }
}

fn groups_of(state: &State, caller: Option<&Caller>, principal: &ServicePrincipal) -> Vec<Value> {
    let tenant = caller
        .map(|caller| caller.tenant_id.as_str())
        .unwrap_or_default();
    let ids = state.groups_of(&principal.id);
    let groups = ids
        .iter()
        .filter_map(|id| state.directory.group(tenant, id));
    groups
        .map(|group| shape::typed("group", shape::group(group)))
        .collect()
}

/// The service principal that the path names, by object id or by `appId`; right before existence.
fn found<'a>(
    state: &'a State,
    context: &Context,
    request: &Request,
    caller: Option<&Caller>,
) -> Result<&'a ServicePrincipal, Reply> {
    let caller = caller.ok_or_else(|| errors::denied(request, context))?;
    let (app_id, id) = (request.parameter("appId"), request.parameter("id"));
    let wanted = if app_id.is_empty() { id } else { app_id };
    let by_right_key = |it: &&ServicePrincipal| {
        if app_id.is_empty() {
            it.id.eq_ignore_ascii_case(id)
        } else {
            it.app_id.eq_ignore_ascii_case(app_id)
        }
    };
    let found = state
        .service_principal(&caller.tenant_id, wanted)
        .filter(by_right_key);
    let own = found.is_some_and(|it| is_own(caller, &it.app_id));
    if !own && !reads_applications(caller) {
        return Err(errors::denied(request, context));
    }
    found.ok_or_else(|| errors::not_found(wanted, request, context))
}

/// A service principal with what its application, wherever that is, says about itself.
pub(super) fn body(state: &State, principal: &ServicePrincipal) -> Value {
    let home = state.directory.home_of(&principal.app_id);
    let application = home.and_then(|home| state.application(home, &principal.app_id));
    let owner = principal.app_owner_organization_id.as_deref().or(home);
    shape::service_principal(
        principal,
        owner,
        application.map(|it| it.sign_in_audience.as_str()),
    )
}
