//! Resource groups: `Microsoft.Resources/resourceGroups`.
//!
//! A group is there once a client created it, or when a resource of the world is in it (`store`); one that the world
//! implies has the location of its first resource and no tags. Deletion takes everything in it and is long-running.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::errors::resource_group_not_found;
use super::operations::Style;
use super::resource_filter::Filter;
use super::write::names::{self, Name};
use super::write::{Body, Kind, Location, Manner, Patch, Write, fields};
use super::{built, delete, found, get, page, patch, provider, put, read, shape, simplified};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::{Operation, Service};
use crate::store::{RESOURCE_GROUPS, Resource, State};

const SPEC: &str = "resources/2024-07-01/resources.json";
const READ: &str = "Microsoft.Resources/subscriptions/resourceGroups/read";
const WRITE: &str = "Microsoft.Resources/subscriptions/resourceGroups/write";
const ONE: &str = "/subscriptions/{subscriptionId}/resourcegroups/{resourceGroupName}";

/// The service.
pub const SERVICE: Service = provider("arm-resource-groups", "resource groups", OPERATIONS);

const OPERATIONS: &[Operation] = &[
    get::<ResourceGroups>("ResourceGroups_Get", ONE, READ, SPEC),
    built(
        "ResourceGroups_CheckExistence",
        Method::HEAD,
        ONE,
        READ,
        SPEC,
        exists,
    ),
    simplified(
        read(
            "ResourceGroups_List",
            "/subscriptions/{subscriptionId}/resourcegroups",
            READ,
            SPEC,
            list,
        ),
        "needs the right at the subscription; Azure shows holders of roles further down the groups that they may read",
    ),
    put::<ResourceGroups>("ResourceGroups_CreateOrUpdate", ONE, WRITE, SPEC),
    patch::<ResourceGroups>("ResourceGroups_Update", ONE, WRITE, SPEC),
    delete::<ResourceGroups>(
        "ResourceGroups_Delete",
        ONE,
        "Microsoft.Resources/subscriptions/resourceGroups/delete",
        SPEC,
    ),
];

/// The kind.
pub struct ResourceGroups;

impl Kind for ResourceGroups {
    const TYPE: &'static str = RESOURCE_GROUPS;
    const NAME: Name = names::RESOURCE_GROUP;
    const LOCATION: Location = Location::Required;
    const PATCH: Patch = Patch::Merge;
    const DELETE: Manner = Manner::Operation(Style::Location);

    fn show(state: &State, given: &Resource) -> Value {
        let mut body = shape::resource(given);
        if body["location"].is_null() {
            let mut inside = state
                .below(&given.id)
                .filter_map(|it| it.body.get("location"));
            let location = inside.find(|it| **it != "global").cloned();
            body["location"] = location.unwrap_or_else(|| json!("global"));
        }
        body
    }

    fn prepare(_: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(body, &[]);
        Ok(())
    }

    fn absent(write: &Write<'_>) -> Reply {
        resource_group_not_found(&write.id.name)
    }
}

fn exists(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    match found::resource(&state, request) {
        Ok(_) => Reply::empty(StatusCode::NO_CONTENT),
        Err(_) => Reply::empty(StatusCode::NOT_FOUND),
    }
}

fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let filter = match Filter::of(request) {
        Ok(filter) => filter,
        Err(reply) => return reply,
    };
    let groups = state.in_subscription(request.parameter("subscriptionId"), RESOURCE_GROUPS);
    page::of(request, groups.filter(|it| filter.takes(it)), |it| {
        ResourceGroups::show(&state, it)
    })
}
