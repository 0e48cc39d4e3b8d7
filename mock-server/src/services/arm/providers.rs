//! Resource providers: which there are, and their types with api-versions, out of the mock's own route table.
//!
//! Clients look here for the api-version of a type (`az resource show`). Everything is registered from the beginning and stays
//! so: registering answers as Azure does and changes nothing, also at management groups (PITFALLS A29). Operations at the
//! tenant and at management groups are those of azure-rest-api-specs `resources.json`, of which the bundled file was cut.

use std::collections::{BTreeMap, BTreeSet};

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::errors::{error, refuse};
use super::locations::LOCATIONS;
use super::management_groups::group_not_found;
use super::{not_built, page, provider, read, simplified, unbundled};
use crate::auth::{Audience, Caller};
use crate::context::Context;
use crate::rbac::{self, Asked, Decision};
use crate::request::{Reply, Request};
use crate::services::{Access, Handler, Hosts, Operation, Refusal, SERVICES, Service};
use crate::world::ManagementGroup;

const SPEC: &str = "resources/2024-07-01/resources.json";
const READ: &str = "Microsoft.Resources/subscriptions/providers/read";
const REGISTERED: &str = "every provider is registered from the beginning";
/// Api-version of types whose official file is not at hand.
const UNKNOWN_VERSION: &str = "2023-07-01";

/// Providers of a subscription.
pub const SERVICE: Service = provider("arm-providers", "resource providers", OPERATIONS);

/// Providers elsewhere.
pub const REGISTRATION: Service = provider(
    "arm-provider-registration",
    "resource providers at the tenant and at management groups",
    REGISTRATIONS,
);

const OPERATIONS: &[Operation] = &[
    simplified(
        read(
            "Providers_List",
            "/subscriptions/{subscriptionId}/providers",
            READ,
            SPEC,
            list,
        ),
        REGISTERED,
    ),
    simplified(
        read(
            "Providers_Get",
            "/subscriptions/{subscriptionId}/providers/{resourceProviderNamespace}",
            READ,
            SPEC,
            get,
        ),
        REGISTERED,
    ),
    simplified(
        bearer(
            "Providers_Register",
            Method::POST,
            "/subscriptions/{subscriptionId}/providers/{resourceProviderNamespace}/register",
            register,
        ),
        REGISTERED,
    ),
];

const REGISTRATIONS: &[Operation] = &[
    unbundled(bearer(
        "Providers_ListAtTenantScope",
        Method::GET,
        "/providers",
        list,
    )),
    unbundled(bearer(
        "Providers_GetAtTenantScope",
        Method::GET,
        "/providers/{resourceProviderNamespace}",
        get,
    )),
    unbundled(simplified(
        bearer(
            "Providers_RegisterAtManagementGroupScope",
            Method::POST,
            "/providers/Microsoft.Management/managementGroups/{groupId}/providers/{resourceProviderNamespace}/register",
            register_at_group,
        ),
        REGISTERED,
    )),
    unbundled(read(
        "ProviderResourceTypes_List",
        "/subscriptions/{subscriptionId}/providers/{resourceProviderNamespace}/resourceTypes",
        READ,
        "",
        types,
    )),
    unbundled(not_built(
        "Providers_Unregister",
        Method::POST,
        "/subscriptions/{subscriptionId}/providers/{resourceProviderNamespace}/unregister",
        "*/unregister/action",
        "",
    )),
];

/// An operation whose right depends on the namespace, or that anybody has.
const fn bearer(
    id: &'static str,
    method: Method,
    path: &'static str,
    handler: Handler,
) -> Operation {
    Operation {
        id,
        method,
        path,
        access: Access::Bearer(Audience::Arm),
        spec: Some(SPEC),
        simplified: "",
        handler: Some(handler),
    }
}

fn list(_: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let subscription = request.parameter("subscriptionId");
    let all = namespaces().into_iter();
    page::reply(
        request,
        all.map(|(name, types)| shown(subscription, name, &types))
            .collect(),
    )
}

fn get(_: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    named(request).unwrap_or_else(|missing| missing)
}

fn register(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let scope = format!("/subscriptions/{}", request.parameter("subscriptionId"));
    may_register(context, request, caller, &scope)
        .and_then(|()| named(request))
        .unwrap_or_else(|refused| refused)
}

/// 200 without a body.
fn register_at_group(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let group = request.parameter("groupId");
    let scope = ManagementGroup::id_of(group);
    let answer = may_register(context, request, caller, &scope).and_then(|()| {
        named(request)?;
        let exists = context.state().resource(&scope).is_some();
        exists.then_some(()).ok_or_else(|| group_not_found(group))
    });
    answer.map_or_else(|refused| refused, |()| Reply::empty(StatusCode::OK))
}

/// `Microsoft.Network/register/action`.
fn may_register(
    context: &Context,
    request: &Request,
    caller: Option<&Caller>,
    scope: &str,
) -> Result<(), Reply> {
    let namespace = request.parameter("resourceProviderNamespace");
    let action = format!("{namespace}/register/action");
    let asked = Asked::control(&action, scope);
    let decision = caller.map(|caller| rbac::allowed(&context.state(), caller, &asked));
    let denied_by = match decision {
        Some(Decision::Granted { .. }) => return Ok(()),
        Some(Decision::TakenAway(by)) => Some(by),
        Some(Decision::NotGranted) | None => None,
    };
    let refusal = Refusal::Forbidden {
        action,
        scope: scope.to_owned(),
        denied_by,
    };
    Err(refuse(&refusal, request, context))
}

/// The provider that the path names. The text of the 404 is Azure's.
fn named(request: &Request) -> Result<Reply, Reply> {
    let wanted = request.parameter("resourceProviderNamespace");
    let subscription = request.parameter("subscriptionId");
    let mut all = namespaces().into_iter();
    let found = all.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    found
        .map(|(name, types)| Reply::ok(&shown(subscription, name, &types)))
        .ok_or_else(|| invalid_namespace(wanted))
}

type Types = BTreeMap<String, BTreeSet<&'static str>>;

/// Namespaces with their types and the versions of those, out of the paths of all operations of ARM.
fn namespaces() -> BTreeMap<&'static str, Types> {
    let arm = SERVICES
        .iter()
        .filter(|it| matches!(it.hosts, Hosts::Exact(["management.azure.com"])));
    let mut found: BTreeMap<&str, Types> = BTreeMap::new();
    for operation in arm.flat_map(|it| it.operations) {
        let Some((_, path)) = operation.path.rsplit_once("/providers/") else {
            continue;
        };
        let mut segments = path.split('/');
        let Some(namespace) = segments.next().filter(|it| it.contains('.')) else {
            continue;
        };
        let segments: Vec<&str> = segments.collect();
        let version = operation.spec.and_then(|spec| spec.split('/').nth(1));
        let types = found.entry(namespace).or_default();
        let mut name = String::new();
        for pair in segments.chunks(2) {
            let [kind, _] = pair else { break };
            if kind.contains('{') {
                break;
            }
            if !name.is_empty() {
                name.push('/');
            }
            name.push_str(kind);
            let versions = types.entry(name.clone()).or_default();
            versions.insert(version.unwrap_or(UNKNOWN_VERSION));
        }
    }
    for versions in found.values_mut().flat_map(BTreeMap::values_mut) {
        // What another operation of the type says counts more.
        if versions.len() > 1 {
            versions.remove(UNKNOWN_VERSION);
        }
    }
    found
}

/// The newest version of a type.
pub(super) fn newest_version(kind: &str) -> &'static str {
    let (namespace, name) = kind.split_once('/').unwrap_or((kind, ""));
    let all = namespaces();
    let types = all.iter().find(|it| it.0.eq_ignore_ascii_case(namespace));
    let versions = types.and_then(|(_, types)| {
        let mut types = types.iter();
        types.find(|it| it.0.eq_ignore_ascii_case(name))
    });
    let newest = versions.and_then(|(_, versions)| versions.last());
    newest.copied().unwrap_or(UNKNOWN_VERSION)
}

/// `ProviderResourceTypes_List`.
fn types(_: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let wanted = request.parameter("resourceProviderNamespace");
    let mut all = namespaces().into_iter();
    let found = all.find(|it| it.0.eq_ignore_ascii_case(wanted));
    match found {
        Some((name, types)) => {
            let shown = shown("", name, &types);
            page::single(
                shown["resourceTypes"]
                    .as_array()
                    .cloned()
                    .unwrap_or_default(),
            )
        }
        None => invalid_namespace(wanted),
    }
}

fn invalid_namespace(wanted: &str) -> Reply {
    error(
        StatusCode::NOT_FOUND,
        "InvalidResourceNamespace",
        &format!("The resource namespace '{wanted}' is invalid."),
    )
}

/// Newest versions first, as Azure lists them.
fn shown(subscription: &str, namespace: &str, types: &Types) -> Value {
    let locations: Vec<&str> = LOCATIONS.iter().map(|it| it.display_name).collect();
    let types = types.iter().map(|(name, versions)| {
        let versions: Vec<&str> = versions.iter().rev().copied().collect();
        json!({
            "resourceType": name,
            "locations": locations,
            "apiVersions": versions,
            "defaultApiVersion": versions.first(),
            "capabilities": "SupportsTags, SupportsLocation",
        })
    });
    let types: Vec<Value> = types.collect();
    if subscription.is_empty() {
        return json!({"namespace": namespace, "resourceTypes": types});
    }
    json!({
        "id": format!("/subscriptions/{subscription}/providers/{namespace}"),
        "namespace": namespace,
        "registrationState": "Registered",
        "registrationPolicy": "RegistrationRequired",
        "resourceTypes": types,
    })
}
