//! Management locks: what may not be deleted or changed, whoever asks.
//!
//! A lock lives in its scope and counts there and below; what holds something locked cannot be deleted either. `CanNotDelete`
//! refuses DELETE, `ReadOnly` every write and every POST whose action does not read (azure-docs,
//! `azure-resource-manager/management/lock-resources.md`). Locks themselves are not locked. Data planes do not look at locks.
//!
//! Shapes: azure-rest-api-specs `resources/…/Microsoft.Authorization/stable/2016-09-01/locks.json`, which is not bundled; the
//! text of `ScopeLocked` is that of captured answers, the one of a missing lock is ours.

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::errors::{conflict, error};
use super::write::{body, fields, names};
use super::{built, found, page, provider, read, scope_exists, simplified, unbundled};
use crate::auth::Caller;
use crate::context::Context;
use crate::ids::ResourceId;
use crate::rbac::assignment::scopes_up;
use crate::request::{Reply, Request};
use crate::services::{Operation, Service};
use crate::store::{Resource, State};

/// ARM type of locks.
pub const LOCKS: &str = "Microsoft.Authorization/locks";
const LEVELS: &[&str] = &["CanNotDelete", "ReadOnly"];
/// Most characters of the notes (`locks.json`, `ManagementLockProperties`).
const LONGEST_NOTES: usize = 512;
const READ: &str = "Microsoft.Authorization/locks/read";
const ONE: &str = "/{scope*}/providers/Microsoft.Authorization/locks/{lockName}";

/// The service.
pub const SERVICE: Service = provider("arm-locks", "management locks", OPERATIONS);

const OPERATIONS: &[Operation] = &[
    simplified(
        unbundled(read(
            "ManagementLocks_ListByScope",
            "/{scope*}/providers/Microsoft.Authorization/locks",
            READ,
            "",
            list,
        )),
        "locks at, above and below the scope; `$filter=atScope()` without those below",
    ),
    unbundled(read("ManagementLocks_GetByScope", ONE, READ, "", get)),
    unbundled(built(
        "ManagementLocks_CreateOrUpdateByScope",
        Method::PUT,
        ONE,
        "Microsoft.Authorization/locks/write",
        "",
        put,
    )),
    unbundled(built(
        "ManagementLocks_DeleteByScope",
        Method::DELETE,
        ONE,
        "Microsoft.Authorization/locks/delete",
        "",
        delete,
    )),
];

/// Does a lock refuse this request? `action` is the right that its operation asks for.
///
/// # Errors
/// 409 `ScopeLocked`, which names the locked scopes.
pub fn check(state: &State, method: &Method, action: &str, scope: &str) -> Result<(), Reply> {
    let is_lock = action.starts_with("Microsoft.Authorization/locks/");
    if *method == Method::GET || *method == Method::HEAD || is_lock || reads(action) {
        return Ok(());
    }
    let deletes = *method == Method::DELETE;
    let refuses = |lock: &&Resource| deletes || level(lock) == "ReadOnly";
    let mut locked: Vec<String> = at_or_above(state, scope)
        .filter(refuses)
        .map(scope_of)
        .collect();
    if deletes {
        let inside = state.below(scope).filter(|it| it.is_a(LOCKS));
        locked.extend(inside.map(scope_of));
    }
    locked.sort();
    locked.dedup();
    if locked.is_empty() {
        return Ok(());
    }
    let verb = if deletes { "delete" } else { "write" };
    Err(conflict(
        "ScopeLocked",
        &format!(
            "The scope '{scope}' cannot perform {verb} operation because following scope(s) are locked: '{}'. Please remove the lock and try again.",
            locked.join(", ")
        ),
    ))
}

/// A POST that asks: names, usages, effective configurations.
fn reads(action: &str) -> bool {
    let last = action.rsplit('/').next().unwrap_or_default();
    last.eq_ignore_ascii_case("read")
}

fn at_or_above<'s>(state: &'s State, scope: &str) -> impl Iterator<Item = &'s Resource> + use<'s> {
    let scopes = scopes_up(state, scope);
    scopes
        .into_iter()
        .flat_map(|scope| state.children(&scope, LOCKS).collect::<Vec<_>>())
}

fn level(lock: &Resource) -> &str {
    let level = lock.property("/level").and_then(Value::as_str);
    level.unwrap_or_default()
}

fn scope_of(lock: &Resource) -> String {
    let id = ResourceId::parse(&lock.id).ok();
    let parent = id.as_ref().and_then(ResourceId::parent);
    parent.unwrap_or_default().to_owned()
}

fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let scope = format!("/{}", request.parameter("scope"));
    if let Err(reply) = scope_exists::spelled(&state, &scope) {
        return reply;
    }
    let filter = request.query("$filter").unwrap_or_default();
    let at_scope = filter.trim().eq_ignore_ascii_case("atScope()");
    if !at_scope && !filter.trim().is_empty() {
        return super::errors::bad_request("UnsupportedFilter", "the $filter is not atScope()");
    }
    let mut all: Vec<&Resource> = at_or_above(&state, &scope).collect();
    if !at_scope {
        let inside = state.below(&scope).filter(|it| it.is_a(LOCKS));
        let further = inside.filter(|it| !scope_of(it).eq_ignore_ascii_case(&scope));
        all.extend(further);
    }
    page::reply(request, all.into_iter().map(shown).collect())
}

fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let found = state.resource(&request.path).filter(|it| it.is_a(LOCKS));
    found.map_or_else(|| absent(request), |lock| Reply::ok(&shown(lock)))
}

fn absent(request: &Request) -> Reply {
    let name = request.parameter("lockName");
    let message = format!("The lock '{name:.260}' could not be found.");
    error(StatusCode::NOT_FOUND, "LockNotFound", &message)
}

fn put(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    try_put(context, request).unwrap_or_else(|refused| refused)
}

fn try_put(context: &Context, request: &Request) -> Result<Reply, Reply> {
    let given = body::object(request)?;
    let id = found::parse(&request.path)?;
    names::check(names::ANY, &id.name)?;
    body::fits(&given, &id)?;
    let level = fields::one_of(&given, "/properties/level", LEVELS)?;
    let level = level.ok_or_else(|| fields::missing("/properties/level"))?;
    let mut properties = Map::from_iter([("level".to_owned(), json!(level))]);
    if let Some(notes) = fields::text(&given, "/properties/notes")? {
        if notes.chars().count() > LONGEST_NOTES {
            return Err(body::invalid(&format!(
                "the notes of a lock have at most {LONGEST_NOTES} characters"
            )));
        }
        properties.insert("notes".to_owned(), json!(notes));
    }
    let owners = fields::array(&given, "/properties/owners")?;
    if !owners.is_empty() {
        properties.insert("owners".to_owned(), json!(owners));
    }
    let mut state = context.state_mut();
    let scope = scope_exists::spelled(&state, id.parent().unwrap_or_default())?;
    let id = format!("{scope}/providers/{LOCKS}/{}", id.name);
    let status = match state.resource(&id) {
        Some(_) => StatusCode::OK,
        None => StatusCode::CREATED,
    };
    let body = Map::from_iter([("properties".to_owned(), Value::Object(properties))]);
    state
        .put_resource(&id, body)
        .map_err(|why| super::errors::bad_request("InvalidResourceId", &why))?;
    let body = state.resource(&id).map(shown);
    Ok(Reply::json(status, &body.unwrap_or_default()))
}

fn delete(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let mut state = context.state_mut();
    let found = state.shared_resource(&request.path);
    let Some(found) = found.filter(|it| it.is_a(LOCKS)) else {
        return Reply::empty(StatusCode::NO_CONTENT);
    };
    state.remove_resource(&found.id);
    Reply::empty(StatusCode::OK)
}

fn shown(lock: &Resource) -> Value {
    json!({"properties": lock.properties(), "id": lock.id, "type": LOCKS, "name": lock.name})
}
