//! Faults of private endpoints that are nobody's who is meant: in a subscription of a third tenant.
//!
//! Places are ids of resources that some private endpoint is connected to.

use serde_json::json;

use super::network_manager::add;
use super::{Fault, patch};
use crate::services::private_endpoint::PRIVATE_ENDPOINTS;
use crate::services::private_endpoint::connection::Asked;
use crate::store::State;
use crate::world::{Approval, ApprovalStatus, Subscription, SubscriptionState, Tenant, World};

/// Subscription of the third tenant.
const SUBSCRIPTION: &str = "/subscriptions/99999999-9999-4999-8999-999999999999";

/// A stranger's endpoint was approved.
pub const APPROVED: Fault = Fault {
    id: "private-endpoint-of-stranger-approved",
    about: "the owner of the resource approved the private endpoint of a third tenant",
    places: targets,
    plant: |world, at| plant(world, at, ApprovalStatus::Approved),
};

/// A stranger's endpoint waits.
pub const WAITING: Fault = Fault {
    id: "private-endpoint-of-stranger-pending",
    about: "a private endpoint of a third tenant waits for the approval of the resource's owner",
    places: targets,
    plant: |world, at| plant(world, at, ApprovalStatus::Pending),
};

/// What endpoints are connected to, each once.
fn targets(world: &World) -> Vec<String> {
    let Ok(state) = State::build(world) else {
        return Vec::new();
    };
    let endpoints = patch::of_type(world, PRIVATE_ENDPOINTS);
    let asked = endpoints
        .iter()
        .filter_map(|id| state.resource(id).and_then(Asked::by));
    let there = asked.filter_map(|it| Some(state.resource(&it.target)?.id.clone()));
    let mut targets: Vec<String> = there.collect();
    targets.sort();
    targets.dedup();
    targets
}

fn plant(world: &mut World, at: &str, status: ApprovalStatus) -> Result<(), String> {
    let state = State::build(world)?;
    let endpoints = patch::of_type(world, PRIVATE_ENDPOINTS);
    let asked = endpoints
        .iter()
        .filter_map(|id| state.resource(id).and_then(Asked::by));
    let groups = asked
        .filter(|it| it.target.eq_ignore_ascii_case(at))
        .find_map(|it| (!it.groups.is_empty()).then_some(it.groups))
        .ok_or("no endpoint is connected to it")?;
    third_tenant(world);
    let group = format!("{SUBSCRIPTION}/resourceGroups/net/providers/Microsoft.Network");
    let network = format!("{group}/virtualNetworks/stranger");
    let properties = json!({
        "addressSpace": {"addressPrefixes": ["10.252.0.0/16"]},
        "subnets": [{"name": "endpoints", "properties": {"addressPrefix": "10.252.0.0/24"}}],
    });
    add(world, &network, properties);
    let endpoint = format!("{group}/privateEndpoints/stranger");
    let connection = json!({
        "name": "stranger",
        "properties": {"privateLinkServiceId": at, "groupIds": groups, "requestMessage": "please"},
    });
    let properties = json!({
        "subnet": {"id": format!("{network}/subnets/endpoints")},
        "manualPrivateLinkServiceConnections": [connection],
    });
    add(world, &endpoint, properties);
    world.approvals.push(Approval {
        resource: at.to_owned(),
        private_endpoint: endpoint,
        status,
        description: String::new(),
    });
    Ok(())
}

fn third_tenant(world: &mut World) {
    let subscription = Subscription {
        id: SUBSCRIPTION.replace("/subscriptions/", ""),
        name: "tailspin".to_owned(),
        state: SubscriptionState::Enabled,
    };
    let tenant = Tenant {
        id: "44444444-4444-4444-8444-444444444444".to_owned(),
        name: "Tailspin".to_owned(),
        domain: "tailspin.onmicrosoft.com".to_owned(),
        subscriptions: vec![subscription],
        management_groups: Vec::new(),
        applications: Vec::new(),
        service_principals: Vec::new(),
        groups: Vec::new(),
        token_refusals: Vec::new(),
    };
    world.tenants.insert("stranger".to_owned(), tenant);
}
