//! Writes of management groups, and which subscriptions are in them.
//!
//! Operations and statuses: azure-rest-api-specs `management.json` 2023-04-01, of which the bundled file was cut. Rules:
//! azure-docs, `governance/management-groups/overview.md` (six levels below the root; whoever creates a group owns it;
//! without hierarchy protection everybody of the tenant may create one below the root) and `manage.md` (moving a
//! subscription needs the right to assign roles in it, and to write the group it leaves and the one it enters). The root group
//! itself is not there: a group without a parent is below it. Answers come at once. Where a text has no source it is ours.

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::errors::{bad_request, conflict, refuse};
use super::management_groups::{GROUPS, SUBSCRIPTIONS, children, descendants, group_not_found};
use super::write::linked::Callers;
use super::write::{Body, body, fields};
use super::{built, provider, shape, unbundled};
use crate::auth::{Audience, Caller};
use crate::context::Context;
use crate::rbac::assignment::{ROLE_ASSIGNMENTS, scopes_up};
use crate::rbac::{self, Asked};
use crate::request::{Reply, Request};
use crate::services::{Access, Operation, Refusal, Service};
use crate::store::{Resource, State};
use crate::world::ManagementGroup;

const ONE: &str = "/providers/Microsoft.Management/managementGroups/{groupId}";
const SUBSCRIPTION: &str =
    "/providers/Microsoft.Management/managementGroups/{groupId}/subscriptions/{subscriptionId}";
const WRITE: &str = "Microsoft.Management/managementGroups/write";
const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
/// Levels of groups below the root.
const DEEPEST: usize = 6;

/// The service.
pub const SERVICE: Service = provider(
    "arm-management-group-writes",
    "management groups, written, and the subscriptions in them",
    OPERATIONS,
);

const OPERATIONS: &[Operation] = &[
    unbundled(Operation {
        id: "ManagementGroups_CreateOrUpdate",
        method: Method::PUT,
        path: ONE,
        access: Access::Bearer(Audience::Arm),
        spec: None,
        simplified: "done at once; no root group, no hierarchy protection",
        handler: Some(put),
    }),
    unbundled(built(
        "ManagementGroups_Update",
        Method::PATCH,
        ONE,
        WRITE,
        "",
        patch,
    )),
    unbundled(built(
        "ManagementGroups_Delete",
        Method::DELETE,
        ONE,
        "Microsoft.Management/managementGroups/delete",
        "",
        delete,
    )),
    unbundled(built(
        "ManagementGroupSubscriptions_Create",
        Method::PUT,
        SUBSCRIPTION,
        "Microsoft.Management/managementGroups/subscriptions/write",
        "",
        add,
    )),
    unbundled(built(
        "ManagementGroupSubscriptions_Delete",
        Method::DELETE,
        SUBSCRIPTION,
        "Microsoft.Management/managementGroups/subscriptions/delete",
        "",
        remove,
    )),
];

fn put(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    written(context, request, caller).unwrap_or_else(|refused| refused)
}

fn patch(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let exists = named(&context.state(), request).is_some();
    if exists {
        put(context, request, caller)
    } else {
        group_not_found(request.parameter("groupId"))
    }
}

fn written(context: &Context, request: &Request, caller: Option<&Caller>) -> Result<Reply, Reply> {
    let given = body::object(request)?;
    let caller = Callers::of(context, request, caller)?.main;
    let name = request.parameter("groupId");
    check_name(name)?;
    let wanted = Wanted::read(&given)?;
    let mut state = context.state_mut();
    let existing = state.shared_resource(&ManagementGroup::id_of(name));
    let id = existing
        .as_deref()
        .map_or_else(|| ManagementGroup::id_of(name), |it| it.id.clone());
    let may = |action: &str, scope: &str| -> Result<(), Reply> {
        if rbac::allowed(&state, &caller, &Asked::control(action, scope)).is_granted() {
            return Ok(());
        }
        Err(forbidden(context, request, action, scope))
    };
    if existing.is_some() {
        may(WRITE, &id)?;
    }
    if let Some(parent) = &wanted.parent {
        let found = state.resource(parent).filter(|it| it.is_a(GROUPS));
        let found = found.ok_or_else(|| group_not_found(parent))?;
        may(WRITE, &found.id)?;
        check_place(&state, existing.as_deref(), found)?;
    }
    let properties = wanted.properties(&state, existing.as_deref(), name, &caller.tenant_id);
    let is_new = existing.is_none();
    store(&mut state, &id, properties)?;
    if is_new {
        own(&mut state, &id, &caller)?;
    }
    let shown = state.resource(&id).map(shape::without_provisioning_state);
    Ok(Reply::ok(&shown.unwrap_or_default()))
}

/// What a client wants. PUT names the parent below `details`, PATCH has `displayName` and `parentGroupId` at the top.
struct Wanted {
    display_name: Option<String>,
    parent: Option<String>,
}

impl Wanted {
    fn read(given: &Body) -> Result<Self, Reply> {
        let text = |at: &str| fields::text(given, at);
        let display_name = text("/properties/displayName")?.or(text("/displayName")?);
        let parent = text("/properties/details/parent/id")?.or(text("/parentGroupId")?);
        Ok(Self {
            display_name: display_name.map(str::to_owned),
            parent: parent.map(str::to_owned),
        })
    }

    fn properties(
        &self,
        state: &State,
        existing: Option<&Resource>,
        name: &str,
        tenant: &str,
    ) -> Value {
        let before = existing.map(|it| it.properties().clone());
        let mut properties =
            before.unwrap_or_else(|| json!({"tenantId": tenant, "displayName": name}));
        if let Some(display_name) = &self.display_name {
            properties["displayName"] = json!(display_name);
        }
        if let Some(parent) = self.parent.as_ref().and_then(|id| state.resource(id)) {
            let parent = json!({"id": parent.id, "name": parent.name, "displayName": parent.property("/displayName")});
            properties["details"] = json!({"parent": parent});
        }
        properties
    }
}

fn delete(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let mut state = context.state_mut();
    let Some(group) = named(&state, request) else {
        return Reply::empty(StatusCode::NO_CONTENT);
    };
    if !children(&state, group).is_empty() {
        let message = format!("The management group '{}' has children.", group.name);
        return conflict("Conflict", &message);
    }
    let id = group.id.clone();
    state.remove_resource(&id);
    Reply::empty(StatusCode::NO_CONTENT)
}

fn add(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    moved(context, request, caller, true).unwrap_or_else(|refused| refused)
}

fn remove(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    moved(context, request, caller, false).unwrap_or_else(|refused| refused)
}

/// A subscription is in one group at most.
fn moved(
    context: &Context,
    request: &Request,
    caller: Option<&Caller>,
    into: bool,
) -> Result<Reply, Reply> {
    let caller = Callers::of(context, request, caller)?.main;
    let subscription = request.parameter("subscriptionId");
    let mut state = context.state_mut();
    let group = named(&state, request).map(|it| it.id.clone());
    let group = group.ok_or_else(|| group_not_found(request.parameter("groupId")))?;
    let scope = format!("/subscriptions/{subscription}");
    let old = state.resource_named(SUBSCRIPTIONS, subscription);
    let old = old.map(|it| it.id.clone());
    let left = old
        .as_deref()
        .and_then(|it| it.rsplit_once("/subscriptions/"));
    let assign = "Microsoft.Authorization/roleAssignments/write";
    let needed = [
        (assign, Some(scope.as_str())),
        (WRITE, left.map(|(group, _)| group)),
    ];
    for (action, scope) in needed {
        let Some(scope) = scope else { continue };
        let asked = Asked::control(action, scope);
        if !rbac::allowed(&state, &caller, &asked).is_granted() {
            return Err(forbidden(context, request, action, scope));
        }
    }
    let id = format!("{group}/subscriptions/{subscription}");
    if !into {
        let gone = state.remove_resource(&id);
        let status = if gone {
            StatusCode::OK
        } else {
            StatusCode::NO_CONTENT
        };
        return Ok(Reply::empty(status));
    }
    let tenant = state.tenant(&caller.tenant_id);
    let mut own = tenant.into_iter().flat_map(|it| &it.subscriptions);
    let name = own.find(|it| it.id.eq_ignore_ascii_case(subscription));
    let name = name.map_or_else(|| subscription.to_owned(), |it| it.name.clone());
    if let Some(old) = old {
        state.remove_resource(&old);
    }
    let properties = json!({
        "tenant": caller.tenant_id,
        "displayName": name,
        "parent": {"id": group},
        "state": "Active",
    });
    store(&mut state, &id, properties)?;
    let shown = state.resource(&id).map(shape::without_provisioning_state);
    Ok(Reply::ok(&shown.unwrap_or_default()))
}

/// Not below itself, and not too deep.
fn check_place(state: &State, existing: Option<&Resource>, parent: &Resource) -> Result<(), Reply> {
    let above = scopes_up(state, &parent.id);
    let is_itself = |it: &Resource| above.iter().any(|id| id.eq_ignore_ascii_case(&it.id));
    if existing.is_some_and(is_itself) {
        return Err(bad_request(
            "InvalidParent",
            "a management group cannot be below itself",
        ));
    }
    let depth = |id: &str| scopes_up(state, id).len();
    let below = existing.map_or(0, |it| {
        let inside = descendants(state, it).into_iter();
        let groups = inside.filter(|it| it["type"] == GROUPS);
        let depths = groups.filter_map(|it| it["id"].as_str().map(depth));
        depths.max().map_or(0, |deepest| deepest - depth(&it.id))
    });
    if above.len() + 1 + below > DEEPEST {
        return Err(bad_request(
            "InvalidParent",
            &format!("management groups are at most {DEEPEST} levels deep"),
        ));
    }
    Ok(())
}

/// 1 to 90 characters (azure-docs, `azure-resource-manager/management/resource-name-rules.md`).
fn check_name(name: &str) -> Result<(), Reply> {
    let plain = |it: char| it.is_alphanumeric() || "-_(). ".contains(it);
    let fits = name.chars().count() <= 90
        && name.chars().all(plain)
        && name.starts_with(char::is_alphanumeric)
        && !name.ends_with('.');
    fits.then_some(()).ok_or_else(|| {
        bad_request(
            "InvalidGroupId",
            &format!("'{name:.100}' is no name of a management group"),
        )
    })
}

/// Whoever creates a group owns it.
fn own(state: &mut State, group: &str, caller: &Caller) -> Result<(), Reply> {
    let seed = format!("xtenant:owner:{group}:{}", caller.object_id);
    let name = Uuid::new_v5(&Uuid::NAMESPACE_URL, seed.as_bytes());
    let properties = json!({
        "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{OWNER}"),
        "principalId": caller.object_id,
        "principalType": "ServicePrincipal",
    });
    store(
        state,
        &format!("{group}/providers/{ROLE_ASSIGNMENTS}/{name}"),
        properties,
    )
}

fn store(state: &mut State, id: &str, properties: Value) -> Result<(), Reply> {
    let body = Map::from_iter([("properties".to_owned(), properties)]);
    state
        .put_resource(id, body)
        .map_err(|why| bad_request("InvalidResourceId", &why))
}

fn named<'a>(state: &'a State, request: &Request) -> Option<&'a Resource> {
    state.resource(&ManagementGroup::id_of(request.parameter("groupId")))
}

fn forbidden(context: &Context, request: &Request, action: &str, scope: &str) -> Reply {
    let refusal = Refusal::Forbidden {
        action: action.to_owned(),
        scope: scope.to_owned(),
        denied_by: None,
    };
    refuse(&refusal, request, context)
}
