//! Tags of a subscription, a resource group or a resource by an address of their own, and the names in use.
//!
//! Those of groups and resources are the ones in the object itself; a subscription shows its own here only. Shapes: azure-docs,
//! `azure-resource-manager/management/tag-resources-*.md`, and azure-rest-api-specs `resources/…/resources.json`
//! (`Tags_*`, 2024-07-01), whose bundled copy is cut. Names without a resource (`tagNames/{tagName}`) are kept
//! beside the tags of the subscription; a name or a value that something carries is not deleted.

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
const NAME: &str = "/subscriptions/{subscriptionId}/tagNames/{tagName}";
const VALUE: &str = "/subscriptions/{subscriptionId}/tagNames/{tagName}/tagValues/{tagValue}";
/// Where a subscription's own object keeps names that exist without a resource, with their values.
const NAMES: &str = "names";
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
    named("Tags_CreateOrUpdate", Method::PUT, NAME, create_name),
    named("Tags_Delete", Method::DELETE, NAME, delete_name),
    named("Tags_CreateOrUpdateValue", Method::PUT, VALUE, create_value),
    named("Tags_DeleteValue", Method::DELETE, VALUE, delete_value),
    unbundled(read(
        "Tags_List",
        "/subscriptions/{subscriptionId}/tagNames",
        "Microsoft.Resources/subscriptions/tagNames/read",
        "",
        in_use,
    )),
];

/// An operation on names that exist without a resource.
const fn named(
    id: &'static str,
    method: Method,
    path: &'static str,
    handler: crate::services::Handler,
) -> Operation {
    let is_delete = matches!(method, Method::DELETE);
    let action = if is_delete {
        "Microsoft.Resources/subscriptions/tagNames/delete"
    } else {
        "Microsoft.Resources/subscriptions/tagNames/write"
    };
    unbundled(built(id, method, path, action, "", handler))
}

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
    let counts = counts(&state, &subscription);
    let items = counts.iter();
    let items = items.map(|(name, values)| shown_name(&subscription, name, values));
    page::reply(request, items.collect())
}

/// How often something carries each value of each name.
type Counts = BTreeMap<String, BTreeMap<String, usize>>;

fn counts(state: &State, subscription: &str) -> Counts {
    let mut counts = Counts::new();
    for (name, values) in names(state, subscription) {
        let values = values.as_array().into_iter().flatten();
        let values = values.filter_map(|it| Some((it.as_str()?.to_owned(), 0)));
        counts.insert(name, values.collect());
    }
    for resource in state.below(subscription) {
        let tags = resource.body.get("tags").and_then(Value::as_object);
        for (name, value) in tags.into_iter().flatten() {
            let value = value.as_str().unwrap_or_default().to_owned();
            let known = counts.keys().find(|it| it.eq_ignore_ascii_case(name));
            let known = known.unwrap_or(name).clone();
            *counts.entry(known).or_default().entry(value).or_default() += 1;
        }
    }
    counts
}

fn shown_name(subscription: &str, name: &str, values: &BTreeMap<String, usize>) -> Value {
    let total = |count: usize| json!({"type": "Total", "value": count});
    let id = format!("{subscription}/tagNames/{name}");
    let shown: Vec<Value> = values
        .iter()
        .map(|(value, count)| {
            json!({"id": format!("{id}/tagValues/{value}"), "tagValue": value, "count": total(*count)})
        })
        .collect();
    let count = values.values().sum();
    json!({"id": id, "tagName": name, "count": total(count), "values": shown})
}

/// Names that exist without a resource.
fn names(state: &State, subscription: &str) -> Tags {
    let kept = state.resource(&format!("{subscription}/providers/{TAGS}/default"));
    let names = kept.and_then(|it| it.properties().get(NAMES));
    names
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}

/// Changes them; the answer is what `change` makes of the names and of how often each is carried.
fn change_names(
    context: &Context,
    request: &Request,
    change: impl FnOnce(&mut Tags, &Counts) -> Result<StatusCode, Reply>,
) -> Reply {
    let answer = || {
        let mut state = context.state_mut();
        let subscription = format!("/subscriptions/{}", request.parameter("subscriptionId"));
        let mut names = names(&state, &subscription);
        let status = change(&mut names, &counts(&state, &subscription))?;
        let id = format!("{subscription}/providers/{TAGS}/default");
        let mut body = state.resource(&id).map(|it| it.body.clone());
        let body = body.get_or_insert_default();
        fields::set(body, NAMES, names);
        state
            .put_resource(&id, body.clone())
            .map_err(|why| bad_request("InvalidResourceId", &why))?;
        let counts = counts(&state, &subscription);
        let name = request.parameter("tagName");
        let found = counts.iter().find(|it| it.0.eq_ignore_ascii_case(name));
        let shown = found.map(|(name, values)| shown_name(&subscription, name, values));
        Ok(match (shown, request.parameter("tagValue")) {
            (Some(shown), "") => Reply::json(status, &shown),
            (Some(shown), value) => {
                let mut values = shown["values"].as_array().into_iter().flatten();
                let shown = values.find(|it| it["tagValue"] == value);
                shown.map_or_else(|| Reply::empty(status), |it| Reply::json(status, it))
            }
            (None, _) => Reply::empty(status),
        })
    };
    answer().unwrap_or_else(|refused| refused)
}

fn create_name(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let name = request.parameter("tagName").to_owned();
    change_names(context, request, |names, counts| {
        checked_tags(&json!({&name: ""}))?;
        if counts.keys().any(|it| it.eq_ignore_ascii_case(&name)) {
            return Ok(StatusCode::OK);
        }
        names.insert(name, json!([]));
        Ok(StatusCode::CREATED)
    })
}

fn create_value(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let value = request.parameter("tagValue");
    let name = request.parameter("tagName");
    change_names(context, request, |names, counts| {
        checked_tags(&json!({name: value}))?;
        let known = counts.iter().find(|it| it.0.eq_ignore_ascii_case(name));
        let (known, values) = known.ok_or_else(|| no_name(name))?;
        if values.contains_key(value) {
            return Ok(StatusCode::OK);
        }
        let kept = names.entry(known.clone()).or_insert_with(|| json!([]));
        if let Some(kept) = kept.as_array_mut() {
            kept.push(value.into());
        }
        Ok(StatusCode::CREATED)
    })
}

fn delete_name(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let name = request.parameter("tagName");
    change_names(context, request, |names, counts| {
        let Some((_, values)) = counts.iter().find(|it| it.0.eq_ignore_ascii_case(name)) else {
            return Ok(StatusCode::NO_CONTENT);
        };
        if !values.is_empty() {
            return Err(in_use_still(name));
        }
        names.retain(|it, _| !it.eq_ignore_ascii_case(name));
        Ok(StatusCode::OK)
    })
}

fn delete_value(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let (name, value) = (request.parameter("tagName"), request.parameter("tagValue"));
    change_names(context, request, |names, counts| {
        let mut all = counts.iter();
        let found = all.find(|it| it.0.eq_ignore_ascii_case(name));
        match found.and_then(|(_, values)| values.get(value)) {
            None => Ok(StatusCode::NO_CONTENT),
            Some(0) => {
                let kept = names.iter_mut().find(|it| it.0.eq_ignore_ascii_case(name));
                if let Some(kept) = kept.and_then(|(_, it)| it.as_array_mut()) {
                    kept.retain(|it| it != value);
                }
                Ok(StatusCode::OK)
            }
            Some(_) => Err(in_use_still(name)),
        }
    })
}

fn no_name(name: &str) -> Reply {
    let message = format!("The tag name '{name:.100}' does not exist.");
    super::errors::error(StatusCode::NOT_FOUND, "TagNameNotFound", &message)
}

/// The text is ours.
fn in_use_still(name: &str) -> Reply {
    let message = format!("The tag '{name:.100}' has values, or something carries it.");
    super::errors::conflict("TagInUse", &message)
}
