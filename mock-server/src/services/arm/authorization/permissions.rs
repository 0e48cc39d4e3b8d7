//! What may the caller do at a scope? The permissions of every role that it holds there, itself or through groups.

use serde_json::Value;

use crate::auth::Caller;
use crate::context::Context;
use crate::rbac::assignment::{at_or_above, holders};
use crate::rbac::definition::Permission;
use crate::request::{Reply, Request};
use crate::services::arm::page;

pub(super) fn list(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    let scope = format!("/{}", request.parameter("scope"));
    let holders = caller.map(|caller| holders(&state, &caller.object_id));
    let holders = holders.unwrap_or_default();
    let mut found: Vec<Value> = Vec::new();
    for held in at_or_above(&state, &scope) {
        if !holders.contains(&held.principal().to_ascii_lowercase()) {
            continue;
        }
        let role = held.definition(&state);
        let items = role.iter().flat_map(|role| &role.permissions);
        for item in items.map(Permission::to_json) {
            if !found.contains(&item) {
                found.push(item);
            }
        }
    }
    page::reply(request, found)
}
