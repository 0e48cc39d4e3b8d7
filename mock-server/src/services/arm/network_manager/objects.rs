//! Reads of network managers, network groups, static members and connectivity configurations.

use serde_json::Value;

use super::PAGE;
use super::configurations::Configurations;
use super::groups::{Groups, Members};
use super::managers::Managers;
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::write::Kind;
use crate::services::arm::{found, page, resource_page};
use crate::services::network_manager::{
    CONFIGURATIONS, NETWORK_GROUPS, NETWORK_MANAGERS, STATIC_MEMBERS,
};
use crate::store::{Resource, State};

type Shape = fn(&State, &Resource) -> Value;

pub(super) fn get_manager(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    get(context, request, Managers::<false>::show)
}

pub(super) fn list_managers(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    resource_page::reply_with_top(&state, request, NETWORK_MANAGERS, |it| {
        Managers::<false>::show(&state, it)
    })
}

pub(super) fn get_group(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    get(context, request, Groups::<false>::show)
}

pub(super) fn list_groups(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    list(context, request, NETWORK_GROUPS, Groups::<false>::show)
}

pub(super) fn get_member(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    get(context, request, Members::show)
}

pub(super) fn list_members(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    list(context, request, STATIC_MEMBERS, Members::show)
}

pub(super) fn get_configuration(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    get(context, request, Configurations::<false>::show)
}

pub(super) fn list_configurations(
    context: &Context,
    request: &Request,
    _: Option<&Caller>,
) -> Reply {
    list(
        context,
        request,
        CONFIGURATIONS,
        Configurations::<false>::show,
    )
}

pub(super) fn get(context: &Context, request: &Request, shape: Shape) -> Reply {
    let state = context.state();
    found::resource(&state, request).map_or_else(|reply| reply, |it| Reply::ok(&shape(&state, it)))
}

pub(super) fn list(
    context: &Context,
    request: &Request,
    resource_type: &str,
    shape: Shape,
) -> Reply {
    let state = context.state();
    match found::parent(&state, request) {
        Ok(parent) => {
            let children = state.children(&parent.id, resource_type);
            page::reply_up_to(
                request,
                children.map(|it| shape(&state, it)).collect(),
                PAGE,
            )
        }
        Err(reply) => reply,
    }
}
