//! Lists of resources of all types, in a subscription or a resource group.
//!
//! Those that have a location, as Azure lists them: networks, links and vaults, not subnets or role assignments. Bodies are
//! short: no `properties`.

use serde_json::{Map, Value, json};

use super::errors::resource_group_not_found;
use super::resource_filter::Filter;
use super::{page, provider, read, simplified};
use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::{Operation, Service};
use crate::store::{RESOURCE_GROUPS, Resource};

const SPEC: &str = "resources/2024-07-01/resources.json";
const SIMPLIFIED: &str = "without the network interfaces that private endpoints make; needs the right at the scope itself";
/// What a short body has (`GenericResourceExpanded`).
const SHOWN: &[&str] = &[
    "id",
    "name",
    "type",
    "location",
    "kind",
    "managedBy",
    "sku",
    "identity",
    "plan",
    "zones",
    "tags",
];

/// The service.
pub const SERVICE: Service = provider(
    "arm-resource-lists",
    "resources of all types in a subscription or a resource group",
    OPERATIONS,
);

const OPERATIONS: &[Operation] = &[
    simplified(
        read(
            "Resources_List",
            "/subscriptions/{subscriptionId}/resources",
            "Microsoft.Resources/subscriptions/resources/read",
            SPEC,
            list,
        ),
        SIMPLIFIED,
    ),
    simplified(
        read(
            "Resources_ListByResourceGroup",
            "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/resources",
            "Microsoft.Resources/subscriptions/resourceGroups/resources/read",
            SPEC,
            list,
        ),
        SIMPLIFIED,
    ),
];

fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let filter = match Filter::of(request) {
        Ok(filter) => filter,
        Err(reply) => return reply,
    };
    let subscription = request.parameter("subscriptionId");
    let scope = match request.parameter("resourceGroupName") {
        "" => format!("/subscriptions/{subscription}"),
        group => match state.resource_group(subscription, group) {
            Some(group) => group.id.clone(),
            None => return resource_group_not_found(group),
        },
    };
    let listed = state.below(&scope).filter(|it| {
        it.body.contains_key("location") && !it.is_a(RESOURCE_GROUPS) && filter.takes(it)
    });
    page::of(request, listed, |it| short(context, request, it))
}

fn short(context: &Context, request: &Request, resource: &Resource) -> Value {
    let mut body = Map::new();
    for key in SHOWN {
        if let Some(value) = resource.body.get(*key) {
            body.insert((*key).to_owned(), value.clone());
        }
    }
    let expand = request.query("$expand").unwrap_or_default();
    for asked in expand.split(',').map(str::trim) {
        let value = match asked.to_ascii_lowercase().as_str() {
            "createdtime" => ("createdTime", time(context, resource, "createdAt")),
            "changedtime" => ("changedTime", time(context, resource, "lastModifiedAt")),
            "provisioningstate" => {
                let state = resource.property("/provisioningState").cloned();
                (
                    "provisioningState",
                    state.unwrap_or_else(|| json!("Succeeded")),
                )
            }
            _ => continue,
        };
        body.insert(value.0.to_owned(), value.1);
    }
    Value::Object(body)
}

/// From `systemData`, or the time at which the mock's world began.
fn time(context: &Context, resource: &Resource, name: &str) -> Value {
    let known = resource.body.get("systemData").and_then(|it| it.get(name));
    let known = known.cloned();
    known.unwrap_or_else(|| json!(rfc3339(context.clock.start())))
}
