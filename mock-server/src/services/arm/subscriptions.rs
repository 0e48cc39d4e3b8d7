//! `Microsoft.Resources`: subscriptions and tenants.
//!
//! A subscription is visible to a caller of its tenant who holds any role in it. Missing on purpose: subscriptions of other
//! tenants through guests and Lighthouse.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::page;
use super::{provider, read, simplified};
use crate::auth::{Audience, Caller};
use crate::context::Context;
use crate::rbac::assignment::{at_or_above, below, holders};
use crate::request::{Reply, Request};
use crate::services::arm::errors::{refuse, subscription_not_found};
use crate::services::arm::locations::LOCATIONS;
use crate::services::{Access, Operation, Refusal, Service};
use crate::store::State;
use crate::world::Subscription;

const SPEC: &str = "resources/2022-12-01/subscriptions.json";

/// The service.
pub const SERVICE: Service = provider("arm-resources", "subscriptions and tenants", OPERATIONS);

const OPERATIONS: &[Operation] = &[
    Operation {
        id: "Subscriptions_List",
        method: Method::GET,
        path: "/subscriptions",
        access: Access::Bearer(Audience::Arm),
        spec: Some(SPEC),
        simplified: "only subscriptions of the token's tenant in which the caller holds a role",
        handler: Some(list),
    },
    // Holders of a role further down see it too: `get` looks.
    Operation {
        id: "Subscriptions_Get",
        method: Method::GET,
        path: "/subscriptions/{subscriptionId}",
        access: Access::Bearer(Audience::Arm),
        spec: Some(SPEC),
        simplified: "",
        handler: Some(get),
    },
    simplified(
        read(
            "Subscriptions_ListLocations",
            "/subscriptions/{subscriptionId}/locations",
            "Microsoft.Resources/subscriptions/locations/read",
            SPEC,
            list_locations,
        ),
        "some regions of public Azure, without availability zones",
    ),
    Operation {
        id: "Tenants_List",
        method: Method::GET,
        path: "/tenants",
        access: Access::Bearer(Audience::Arm),
        spec: Some(SPEC),
        simplified: "only the token's tenant: service principals have no other",
        handler: Some(tenants),
    },
];

fn list(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    let Some(caller) = caller else {
        return page::single(Vec::new());
    };
    let subscriptions = state
        .tenant(&caller.tenant_id)
        .map(|tenant| tenant.subscriptions.as_slice())
        .unwrap_or_default();
    let seen = subscriptions
        .iter()
        .filter(|subscription| holds_a_role_in(&state, caller, &subscription.id));
    let items = seen.map(|it| subscription(it, &caller.tenant_id)).collect();
    last_page(page::reply(request, items))
}

fn get(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    let id = request.parameter("subscriptionId");
    if !caller.is_some_and(|caller| holds_a_role_in(&state, caller, id)) {
        let refusal = Refusal::Forbidden {
            action: "Microsoft.Resources/subscriptions/read".to_owned(),
            scope: format!("/subscriptions/{id}"),
            denied_by: None,
        };
        return refuse(&refusal, request, context);
    }
    let tenant = state
        .tenant_of_subscription(id)
        .and_then(|tenant| state.tenant(tenant));
    let found = tenant.and_then(|tenant| {
        let found = tenant
            .subscriptions
            .iter()
            .find(|subscription| subscription.id.eq_ignore_ascii_case(id))?;
        Some(subscription(found, &tenant.id))
    });
    found.map_or_else(|| subscription_not_found(id), |body| Reply::ok(&body))
}

/// `$filter` and `includeExtendedLocations` change nothing: there are no extended locations.
fn list_locations(_: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let id = request.parameter("subscriptionId");
    page::single(LOCATIONS.iter().map(|it| it.shown(id)).collect())
}

fn tenants(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    let own = caller.and_then(|caller| state.tenant(&caller.tenant_id));
    let items = own.into_iter().map(|tenant| {
        json!({
            "id": format!("/tenants/{}", tenant.id),
            "tenantId": tenant.id,
            "countryCode": "JP",
            "displayName": tenant.name,
            "domains": [tenant.domain],
            "tenantCategory": "Home",
            "defaultDomain": tenant.domain,
            "tenantType": "AAD",
        })
    });
    last_page(page::reply(request, items.collect()))
}

/// These two lists always have a `nextLink`: it is required in `SubscriptionListResult` and `TenantListResult`
/// (`resources/2022-12-01/subscriptions.json`), so that of the last page is empty.
fn last_page(reply: Reply) -> Reply {
    let body = serde_json::from_slice::<Value>(&reply.body);
    match body {
        Ok(mut body) if reply.status == StatusCode::OK && body["nextLink"].is_null() => {
            body["nextLink"] = json!("");
            Reply::ok(&body)
        }
        _ => reply,
    }
}

fn subscription(given: &Subscription, tenant: &str) -> Value {
    let id = &given.id;
    json!({
        "id": format!("/subscriptions/{id}"),
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": id,
        "tenantId": tenant,
        "displayName": given.name,
        "state": given.state.as_str(),
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    })
}

/// Does the caller, or a group that it is in, hold a role in the subscription or above it?
pub fn holds_a_role_in(state: &State, caller: &Caller, subscription: &str) -> bool {
    let scope = format!("/subscriptions/{subscription}");
    let holders = holders(state, &caller.object_id);
    let mut all = at_or_above(state, &scope)
        .into_iter()
        .chain(below(state, &scope));
    all.any(|assignment| holders.contains(&assignment.principal().to_ascii_lowercase()))
}
