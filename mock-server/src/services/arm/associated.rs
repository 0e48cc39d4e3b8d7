//! `listAssociatedResources`: who uses a user-assigned identity?
//!
//! Azure had it in `Microsoft.ManagedIdentity` 2021-09-30-preview and clients still ask (`az identity list-resources`). The
//! resources that name the identity in their own `identity` are listed, in a single page.

use serde_json::{Value, json};

use super::found;
use crate::auth::Caller;
use crate::context::Context;
use crate::ids::ResourceId;
use crate::request::{Reply, Request};
use crate::store::{Resource, State};

pub(super) fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let identity = match found::parent(&state, request) {
        Ok(identity) => identity,
        Err(missing) => return missing,
    };
    let users = state.resources().filter(|it| uses(it, &identity.id));
    let users = users.filter(|it| it.tenant == identity.tenant);
    let value: Vec<Value> = users.filter_map(|it| shown(&state, it)).collect();
    Reply::ok(&json!({"totalCount": value.len(), "value": value}))
}

fn uses(resource: &Resource, identity: &str) -> bool {
    let all = resource.body.get("identity");
    let all = all.and_then(|it| it["userAssignedIdentities"].as_object());
    all.is_some_and(|all| all.keys().any(|it| it.eq_ignore_ascii_case(identity)))
}

fn shown(state: &State, resource: &Resource) -> Option<Value> {
    let id = ResourceId::parse(&resource.id).ok()?;
    let subscription = id.subscription.as_deref()?;
    let tenant = state.tenant(state.tenant_of_subscription(subscription)?)?;
    let known = tenant.subscriptions.iter();
    let mut known = known.filter(|it| it.id.eq_ignore_ascii_case(subscription));
    Some(json!({
        "id": resource.id,
        "name": resource.name,
        "type": resource.resource_type,
        "resourceGroup": id.resource_group,
        "subscriptionId": subscription,
        "subscriptionDisplayName": known.next().map(|it| it.name.as_str()),
    }))
}
