//! From what a world gives to what the store keeps: keys in lower case. Secrets and blobs have files of their own.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{StandIn, lower};
use crate::world::{FunctionApp, ManagementGroup, Principal, Vantage, World};

/// Subscription to tenant, both by id in lower case.
pub(super) fn subscriptions(world: &World) -> BTreeMap<String, String> {
    let listed = |tenant: &crate::world::Tenant| {
        let id = lower(&tenant.id);
        tenant
            .subscriptions
            .iter()
            .map(|it| (lower(&it.id), id.clone()))
            .collect::<Vec<_>>()
    };
    world.tenants.values().flat_map(listed).collect()
}

/// Management groups, and the subscriptions directly in them, as ARM's own resources (`managementgroups/2023-04-01`).
pub(super) fn management_groups(world: &World) -> Vec<(String, Map<String, Value>)> {
    let mut resources = Vec::new();
    for tenant in world.tenants.values() {
        for group in &tenant.management_groups {
            let id = ManagementGroup::id_of(&group.name);
            let name = group.display_name.as_ref().unwrap_or(&group.name);
            let mut properties = json!({"tenantId": lower(&tenant.id), "displayName": name});
            if let Some(parent) = &group.parent {
                let parent = json!({"id": ManagementGroup::id_of(parent), "name": parent});
                properties["details"] = json!({"parent": parent});
            }
            resources.push((id.clone(), body(properties)));
            for subscription in &group.subscriptions {
                let listed = tenant
                    .subscriptions
                    .iter()
                    .find(|it| it.id.eq_ignore_ascii_case(subscription));
                let name = listed.map_or(subscription, |it| &it.name);
                let properties = json!({
                    "tenant": lower(&tenant.id),
                    "displayName": name,
                    "parent": {"id": id},
                    "state": "Active",
                });
                resources.push((
                    format!("{id}/subscriptions/{subscription}"),
                    body(properties),
                ));
            }
        }
    }
    resources
}

fn body(properties: Value) -> Map<String, Value> {
    Map::from_iter([("properties".to_owned(), properties)])
}

/// The vantages of the world, and `internet`.
pub(super) fn vantages(world: &World) -> BTreeMap<String, Vantage> {
    let mut vantages = world.vantages.clone();
    vantages
        .entry("internet".to_owned())
        .or_insert_with(Vantage::internet);
    vantages
}

/// Stand-ins by name.
pub(super) fn principals(world: &World) -> BTreeMap<String, StandIn> {
    let stand_in = |principal: &Principal| {
        let tenant = world.tenants.get(&principal.tenant)?;
        Some(StandIn {
            tenant: lower(&tenant.id),
            object_id: lower(&principal.service_principal),
        })
    };
    world
        .principals
        .iter()
        .filter_map(|(name, it)| Some((name.clone(), stand_in(it)?)))
        .collect()
}

/// Function apps by site in lower case.
pub(super) fn functions(world: &World) -> BTreeMap<String, FunctionApp> {
    let apps = world.functions.iter();
    apps.map(|(site, app)| (lower(site), app.clone())).collect()
}
