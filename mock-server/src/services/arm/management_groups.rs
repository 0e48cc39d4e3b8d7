//! `Microsoft.Management/managementGroups`: which group is above which, and above which subscriptions.
//!
//! Missing on purpose: the hierarchy settings, the root group that every tenant has. Writes: `management_group_writes`.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::errors::error;
use super::{page, provider, read, shape, simplified};
use crate::auth::{Audience, Caller};
use crate::context::Context;
use crate::rbac::{self, Asked};
use crate::request::{Reply, Request};
use crate::services::{Access, Operation, Service};
use crate::store::{Resource, State};
use crate::world::ManagementGroup;

const SPEC: &str = "managementgroups/2023-04-01/management.json";
const READ: &str = "Microsoft.Management/managementGroups/read";
const READ_SUBSCRIPTIONS: &str = "Microsoft.Management/managementGroups/subscriptions/read";
/// Type of management groups.
pub const GROUPS: &str = "Microsoft.Management/managementGroups";
/// Type of subscriptions in them.
pub const SUBSCRIPTIONS: &str = "Microsoft.Management/managementGroups/subscriptions";
const ONE: &str = "/providers/Microsoft.Management/managementGroups/{groupId}";

/// The service.
pub const SERVICE: Service = provider("arm-management-groups", "management groups", OPERATIONS);

const OPERATIONS: &[Operation] = &[
    Operation {
        id: "ManagementGroups_List",
        method: Method::GET,
        path: "/providers/Microsoft.Management/managementGroups",
        access: Access::Bearer(Audience::Arm),
        spec: Some(SPEC),
        simplified: "only groups that the caller may read, without the paging of `@nextLink`",
        handler: Some(list),
    },
    simplified(
        read("ManagementGroups_Get", ONE, READ, SPEC, get),
        "`$expand=children` one level deep; `$recurse`, `$filter` and ancestors are ignored",
    ),
    read(
        "ManagementGroupSubscriptions_GetSubscriptionsUnderManagementGroup",
        "/providers/Microsoft.Management/managementGroups/{groupId}/subscriptions",
        READ_SUBSCRIPTIONS,
        SPEC,
        list_subscriptions,
    ),
    read(
        "ManagementGroupSubscriptions_GetSubscription",
        "/providers/Microsoft.Management/managementGroups/{groupId}/subscriptions/{subscriptionId}",
        READ_SUBSCRIPTIONS,
        SPEC,
        get_subscription,
    ),
    read(
        "ManagementGroups_GetDescendants",
        "/providers/Microsoft.Management/managementGroups/{groupId}/descendants",
        "Microsoft.Management/managementGroups/descendants/read",
        SPEC,
        list_descendants,
    ),
    Operation {
        id: "Entities_List",
        method: Method::POST,
        path: "/providers/Microsoft.Management/getEntities",
        access: Access::Bearer(Audience::Arm),
        spec: Some(SPEC),
        simplified: "groups that the caller may read and subscriptions in which it holds a role; `$filter`, `$search`, `$view` are ignored",
        handler: Some(super::entities::list),
    },
];

fn list(context: &Context, _: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    let may_read = |group: &&Resource| {
        caller.is_some_and(|caller| {
            rbac::allowed(&state, caller, &Asked::control(READ, &group.id)).is_granted()
        })
    };
    let items = state
        .resources_of_type(GROUPS)
        .filter(may_read)
        .map(|group| {
            json!({
                "id": group.id,
                "type": group.resource_type,
                "name": group.name,
                "properties": {
                    "tenantId": group.property("/tenantId"),
                    "displayName": group.property("/displayName"),
                },
            })
        });
    page::single(items.collect())
}

fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let Some(group) = named(&state, request) else {
        return group_not_found(request.parameter("groupId"));
    };
    let mut body = shape::without_provisioning_state(group);
    body["properties"]["details"]["version"] = json!(1);
    let expand = request.query("$expand").unwrap_or_default();
    if expand.eq_ignore_ascii_case("children") {
        body["properties"]["children"] = json!(children(&state, group));
    }
    Reply::ok(&body)
}

/// What is directly in a group: groups, then subscriptions.
pub(super) fn children(state: &State, group: &Resource) -> Vec<Value> {
    let is_below = |other: &&Resource| {
        let parent = other.property("/details/parent/id").and_then(Value::as_str);
        parent.is_some_and(|parent| parent.eq_ignore_ascii_case(&group.id))
    };
    let groups = state.resources_of_type(GROUPS).filter(is_below).map(|it| {
        json!({
            "id": it.id,
            "type": it.resource_type,
            "name": it.name,
            "displayName": it.property("/displayName"),
        })
    });
    let subscriptions = state.children(&group.id, SUBSCRIPTIONS).map(|it| {
        json!({
            "id": format!("/subscriptions/{}", it.name),
            "type": "/subscriptions",
            "name": it.name,
            "displayName": it.property("/displayName"),
        })
    });
    groups.chain(subscriptions).collect()
}

fn list_subscriptions(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    match named(&state, request) {
        Some(group) => {
            let all = state.children(&group.id, SUBSCRIPTIONS);
            page::reply(
                request,
                all.map(shape::without_provisioning_state).collect(),
            )
        }
        None => group_not_found(request.parameter("groupId")),
    }
}

fn list_descendants(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    match named(&state, request) {
        Some(group) => page::reply_with_top(request, descendants(&state, group)),
        None => group_not_found(request.parameter("groupId")),
    }
}

/// Everything below a group, level by level.
pub(super) fn descendants(state: &State, group: &Resource) -> Vec<Value> {
    let mut found = Vec::new();
    let mut open = vec![group];
    while let Some(group) = open.pop() {
        for child in children(state, group) {
            let below = child["id"].as_str().and_then(|id| state.resource(id));
            let below = below.filter(|it| it.is_a(GROUPS));
            found.push(json!({
                "id": child["id"],
                "type": if below.is_some() { GROUPS } else { SUBSCRIPTIONS },
                "name": child["name"],
                "properties": {"displayName": child["displayName"], "parent": {"id": group.id}},
            }));
            open.extend(below);
        }
    }
    found
}

fn get_subscription(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let subscription = request.parameter("subscriptionId");
    let group = named(&state, request);
    let found =
        group.and_then(|it| state.resource(&format!("{}/subscriptions/{subscription}", it.id)));
    found.map_or_else(
        || group_not_found(request.parameter("groupId")),
        |it| Reply::ok(&shape::without_provisioning_state(it)),
    )
}

fn named<'a>(state: &'a State, request: &Request) -> Option<&'a Resource> {
    state.resource(&ManagementGroup::id_of(request.parameter("groupId")))
}

/// 404: no management group of that name. The text is ours.
pub fn group_not_found(name: &str) -> Reply {
    let message = format!("The management group '{name}' cannot be found.");
    error(StatusCode::NOT_FOUND, "NotFound", &message)
}
