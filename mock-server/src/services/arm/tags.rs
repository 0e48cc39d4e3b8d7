//! Tags of a subscription, a resource group or a resource by an address of their own, and the names in use.
//!
//! Those of groups and resources are the ones in the object itself; a subscription shows its own here only. Shapes: azure-docs,
//! `azure-resource-manager/management/tag-resources-*.md`, and azure-rest-api-specs `resources/…/resources.json`
//! (`Tags_*`, 2024-07-01), whose bundled copy is cut. Missing on purpose: names without a resource (`tagNames/{tagName}`
//! by PUT and DELETE).

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::errors::bad_request;
use super::write::body::{self, checked_tags};
use super::write::fields;
use super::{built, found, page, provider, read, scope_exists, unbundled};
use crate::auth::Caller;
use crate::context::Context;
use crate::ids::ResourceId;
use crate::request::{Reply, Request};
use crate::services::{Operation, Service};
use crate::store::State;

/// ARM type of the tags of a subscription.
pub const TAGS: &str = "Microsoft.Resources/tags";
const SUBSCRIPTIONS: &str = "Microsoft.Resources/subscriptions";
const AT_SCOPE: &str = "/{scope*}/providers/Microsoft.Resources/tags/default";
const WRITE: &str = "Microsoft.Resources/tags/write";
const CHANGES: &[&str] = &["Replace", "Merge", "Delete"];

/// The service.
pub const SERVICE: Service = provider("arm-tags", "tags at a scope, names in use", OPERATIONS);

const OPERATIONS: &[Operation] = &[
    unbundled(read(
        "Tags_GetAtScope",
        AT_SCOPE,
        "Microsoft.Resources/tags/read",
        "",
        get,
    )),
    unbundled(built(
        "Tags_CreateOrUpdateAtScope",
        Method::PUT,
        AT_SCOPE,
        WRITE,
        "",
        put,
    )),
    unbundled(built(
        "Tags_UpdateAtScope",
        Method::PATCH,
        AT_SCOPE,
        WRITE,
        "",
        patch,
    )),
    unbundled(built(
        "Tags_DeleteAtScope",
        Method::DELETE,
        AT_SCOPE,
        "Microsoft.Resources/tags/delete",
        "",
        delete,
    )),
    unbundled(read(
        "Tags_List",
        "/subscriptions/{subscriptionId}/tagNames",
        "Microsoft.Resources/subscriptions/tagNames/read",
        "",
        in_use,
    )),
];

/// Tags by name.
type Tags = Map<String, Value>;

/// What carries the tags of a scope: the object itself, or an object beside a subscription.
struct Carrier {
    scope: String,
    id: String,
    tags: Tags,
}

impl Carrier {
    fn of(state: &State, request: &Request) -> Result<Self, Reply> {
        let scope = format!("/{}", request.parameter("scope"));
        let scope = scope_exists::spelled(state, &scope)?;
        let parsed = found::parse(&scope)?;
        let id = if is_subscription(&parsed) {
            format!("{scope}/providers/{TAGS}/default")
        } else if state.resource(&scope).is_some() {
            scope.clone()
        } else {
            return Err(found::missing(state, &parsed));
        };
        let tags = state.resource(&id).and_then(|it| it.body.get("tags"));
        let tags = tags.and_then(Value::as_object).cloned().unwrap_or_default();
        Ok(Self { scope, id, tags })
    }

    fn store(&self, state: &mut State, tags: &Tags) -> Result<(), Reply> {
        let before = state.resource(&self.id);
        let mut body = before.map(|it| it.body.clone()).unwrap_or_default();
        body.insert("tags".to_owned(), json!(tags));
        state
            .put_resource(&self.id, body)
            .map_err(|why| bad_request("InvalidResourceId", &why))
    }

    fn show(&self, tags: &Tags) -> Reply {
        Reply::ok(&json!({
            "id": format!("{}/providers/{TAGS}/default", self.scope),
            "name": "default",
            "type": TAGS,
            "properties": {"tags": tags},
        }))
    }
}

fn is_subscription(id: &ResourceId) -> bool {
    id.resource_type.eq_ignore_ascii_case(SUBSCRIPTIONS)
}

fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    Carrier::of(&state, request).map_or_else(|reply| reply, |it| it.show(&it.tags))
}

fn put(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let given = || -> Result<Tags, Reply> { given(&body::object(request)?) };
    let change = |_: &Tags| given();
    changed(context, request, change).unwrap_or_else(|reply| reply)
}

fn patch(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let change = |before: &Tags| {
        let body = body::object(request)?;
        let how = fields::one_of(&body, "/operation", CHANGES)?;
        let how = how.ok_or_else(|| fields::missing("/operation"))?;
        let given = given(&body)?;
        let mut tags = before.clone();
        match how {
            "Merge" => given.into_iter().for_each(|(name, value)| {
                remove(&mut tags, &name);
                tags.insert(name, value);
            }),
            "Delete" => tags.retain(|name, value| !has(&given, name, value)),
            _ => tags = given,
        }
        Ok(tags)
    };
    changed(context, request, change).unwrap_or_else(|reply| reply)
}

fn delete(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let change = |_: &Tags| Ok(Tags::new());
    let reply = changed(context, request, change);
    reply.map_or_else(|reply| reply, |_| Reply::empty(StatusCode::OK))
}

fn changed(
    context: &Context,
    request: &Request,
    change: impl FnOnce(&Tags) -> Result<Tags, Reply>,
) -> Result<Reply, Reply> {
    let mut state = context.state_mut();
    let carrier = Carrier::of(&state, request)?;
    let tags = checked_tags(&Value::Object(change(&carrier.tags)?))?;
    carrier.store(&mut state, &tags)?;
    Ok(carrier.show(&tags))
}

fn given(body: &Map<String, Value>) -> Result<Tags, Reply> {
    fields::object(body, "/properties")?.ok_or_else(|| fields::missing("/properties"))?;
    let tags = fields::object(body, "/properties/tags")?.cloned();
    checked_tags(&Value::Object(tags.unwrap_or_default()))
}

/// Names of tags ignore case, values do not (azure-docs, `tag-resources.md`).
fn remove(tags: &mut Tags, name: &str) {
    tags.retain(|it, _| !it.eq_ignore_ascii_case(name));
}

fn has(tags: &Tags, name: &str, value: &Value) -> bool {
    let mut all = tags.iter();
    all.any(|(it, its)| it.eq_ignore_ascii_case(name) && its == value)
}

/// Names and values that groups and resources of the subscription carry.
fn in_use(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let subscription = format!("/subscriptions/{}", request.parameter("subscriptionId"));
    let mut counts: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for resource in state.below(&subscription) {
        let tags = resource.body.get("tags").and_then(Value::as_object);
        for (name, value) in tags.into_iter().flatten() {
            let value = value.as_str().unwrap_or_default().to_owned();
            let values = counts.entry(name.clone()).or_default();
            *values.entry(value).or_default() += 1;
        }
    }
    let total = |count: usize| json!({"type": "Total", "value": count});
    let items = counts.iter().map(|(name, values)| {
        let id = format!("{subscription}/tagNames/{name}");
        let values: Vec<Value> = values
            .iter()
            .map(|(value, count)| {
                json!({"id": format!("{id}/tagValues/{value}"), "tagValue": value, "count": total(*count)})
            })
            .collect();
        let count = values.iter().filter_map(|it| it["count"]["value"].as_u64());
        let count = usize::try_from(count.sum::<u64>()).unwrap_or(usize::MAX);
        json!({"id": id, "tagName": name, "count": total(count), "values": values})
    });
    page::reply(request, items.collect())
}
