//! Faults of network managers, and of others beside them (PITFALLS.md A02, A03, A23, A24, A27, A28).
//!
//! Places are ids: of a network manager, of a network manager connection; of a subscription as `tenant/subscription`.

use serde_json::{Value, json};

use super::{Fault, patch};
use crate::ids::ResourceId;
use crate::services::network_manager::{MANAGER_CONNECTIONS, NETWORK_MANAGERS};
use crate::world::{ManagementGroup, Resource, Subscription, Tenant, World};

/// The other tenant has a manager of its own over the same subscription.
pub const SECOND_MANAGER: Fault = Fault {
    id: "network-manager-second-on-scope",
    about: "a network manager of the other tenant holds the same scope itself, with the same access",
    places: connections_of_subscriptions,
    plant: |world, at| {
        let scope = parent(at)?;
        let id = rival_id(&scope);
        add_manager(world, &id, "subscriptions", &scope);
        Ok(())
    },
};

/// The other tenant agreed to a second manager.
pub const SECOND_AGREEMENT: Fault = Fault {
    id: "network-manager-second-by-agreement",
    about: "the scope had agreed to another network manager of the same tenant before, with the same access",
    places: connections_of_subscriptions,
    plant: |world, at| {
        let scope = parent(at)?;
        let tenant = patch::tenant_of(world, &scope).ok_or("no tenant has the scope")?;
        let manager = property(world, at, "/networkManagerId")?;
        let own = manager.split('/').take(3).collect::<Vec<_>>().join("/");
        let rival = format!("{manager}-earlier");
        let before = world.resources.len();
        add_manager(world, &rival, "subscriptions", &own);
        let offer = json!({"tenantId": tenant, "resourceId": scope});
        add(world, &format!("{rival}/scopeConnections/earlier"), offer);
        let agreement = format!("{at}-earlier");
        add(world, &agreement, json!({"networkManagerId": rival}));
        // Who was there first holds the scope.
        let later = world.resources.len() - before;
        world.resources.rotate_right(later);
        Ok(())
    },
};

/// A manager that nobody of the two sees holds the scope.
pub const UNSEEN_MANAGER: Fault = Fault {
    id: "network-manager-unseen-on-scope",
    about: "a network manager in another subscription, which nobody asks, holds the same scope with the same access",
    places: connections_of_subscriptions,
    plant: |world, at| {
        let scope = parent(at)?;
        let unseen = "dddddddd-0000-4000-8000-00000000000d";
        tenant_of(world, &scope)?.subscriptions.push(Subscription {
            id: unseen.to_owned(),
            name: "unseen".to_owned(),
            state: crate::world::SubscriptionState::Enabled,
        });
        add_manager(
            world,
            &rival_id(&format!("/subscriptions/{unseen}")),
            "subscriptions",
            &scope,
        );
        Ok(())
    },
};

/// A manager above in the hierarchy: allowed, and stronger.
pub const MANAGER_ABOVE: Fault = Fault {
    id: "network-manager-above-scope",
    about: "a network manager of the other tenant holds a management group above the scope, with the same access",
    places: |world| {
        let is_below = |at: &String| parent(at).is_ok_and(|scope| above(world, &scope).is_some());
        connections_of_subscriptions(world)
            .into_iter()
            .filter(is_below)
            .collect()
    },
    plant: |world, at| {
        let scope = parent(at)?;
        let above = above(world, &scope).ok_or("no management group is above the scope")?;
        add_manager(world, &rival_id(&scope), "managementGroups", &above);
        Ok(())
    },
};

/// The manager was deleted.
pub const MISSING: Fault = Fault {
    id: "network-manager-missing",
    about: "the network manager was deleted, with everything in it",
    places: managers,
    plant: |world, at| {
        let below = format!("{}/", at.to_ascii_lowercase());
        let is_of = |id: &str| format!("{}/", id.to_ascii_lowercase()).starts_with(&below);
        world
            .commits
            .retain(|commit| !is_of(&commit.network_manager));
        patch::remove(world, at)
    },
};

/// The manager could not be made.
pub const PROVISIONING_FAILED: Fault = Fault {
    id: "network-manager-provisioning-failed",
    about: "the last change to the network manager failed",
    places: managers,
    plant: |world, at| patch::set(world, at, "/provisioningState", json!("Failed")),
};

/// The manager is being made.
pub const UPDATING: Fault = Fault {
    id: "network-manager-updating",
    about: "the network manager is still being changed",
    places: managers,
    plant: |world, at| patch::set(world, at, "/provisioningState", json!("Updating")),
};

/// The manager is going.
pub const DELETING: Fault = Fault {
    id: "network-manager-deleting",
    about: "the network manager is being deleted",
    places: managers,
    plant: |world, at| patch::set(world, at, "/provisioningState", json!("Deleting")),
};

/// The manager may not do connectivity.
pub const WITHOUT_CONNECTIVITY: Fault = Fault {
    id: "network-manager-without-connectivity",
    about: "the network manager was given the access SecurityAdmin instead of Connectivity",
    places: managers,
    plant: |world, at| {
        patch::set(
            world,
            at,
            "/networkManagerScopeAccesses",
            json!(["SecurityAdmin"]),
        )
    },
};

/// The manager's own subscription is not in its scope.
pub const SCOPE_TOO_NARROW: Fault = Fault {
    id: "network-manager-scope-too-narrow",
    about: "the scope of the network manager does not contain the subscriptions of its own tenant",
    places: managers,
    plant: |world, at| {
        let nothing = json!({"subscriptions": [], "managementGroups": []});
        patch::set(world, at, "/networkManagerScopes", nothing)
    },
};

/// A subscription went to another tenant.
pub const SUBSCRIPTION_MOVED: Fault = Fault {
    id: "subscription-moved",
    about: "the subscription was moved to a third tenant",
    places: |world| {
        let holds_something = |(_, id): &(String, String)| {
            let below = format!("/subscriptions/{id}/").to_ascii_lowercase();
            let mut all = world.resources.iter();
            all.any(|own| own.id().to_ascii_lowercase().starts_with(&below))
        };
        let all = world.tenants.iter().flat_map(|(key, tenant)| {
            tenant
                .subscriptions
                .iter()
                .map(|it| (key.clone(), it.id.clone()))
        });
        all.filter(holds_something)
            .map(|(key, id)| format!("{key}/{id}"))
            .collect()
    },
    plant: |world, at| {
        let (key, id) = at
            .split_once('/')
            .ok_or("the place is tenant/subscription")?;
        let tenant = world
            .tenants
            .get_mut(key)
            .ok_or("the world has no such tenant")?;
        let position = tenant.subscriptions.iter().position(|it| it.id == id);
        let moved = tenant
            .subscriptions
            .remove(position.ok_or("the tenant has no such subscription")?);
        for group in &mut tenant.management_groups {
            group
                .subscriptions
                .retain(|it| !it.eq_ignore_ascii_case(id));
        }
        let third = Tenant {
            id: "33333333-3333-4333-8333-333333333333".to_owned(),
            name: "Northwind".to_owned(),
            domain: "northwind.onmicrosoft.com".to_owned(),
            subscriptions: vec![moved],
            management_groups: Vec::new(),
            applications: Vec::new(),
            service_principals: Vec::new(),
            groups: Vec::new(),
            token_refusals: Vec::new(),
        };
        world.tenants.insert("moved-to".to_owned(), third);
        Ok(())
    },
};

fn managers(world: &World) -> Vec<String> {
    patch::of_type(world, NETWORK_MANAGERS)
}

/// Ids of the other tenants' sides of connections.
pub(super) fn manager_connections(world: &World) -> Vec<String> {
    patch::of_type(world, MANAGER_CONNECTIONS)
}

fn connections_of_subscriptions(world: &World) -> Vec<String> {
    let of_subscription = |at: &String| at.to_ascii_lowercase().starts_with("/subscriptions/");
    manager_connections(world)
        .into_iter()
        .filter(of_subscription)
        .collect()
}

/// A text below `properties` of a resource.
pub(super) fn property(world: &mut World, id: &str, pointer: &str) -> Result<String, String> {
    let found = patch::resource(world, id)?.properties().pointer(pointer);
    let text = found.and_then(Value::as_str).map(str::to_owned);
    text.ok_or_else(|| format!("{id} has no {pointer}"))
}

/// What a resource lives in.
pub(super) fn parent(id: &str) -> Result<String, String> {
    let parent = ResourceId::parse(id)?.parent().map(str::to_owned);
    parent.ok_or_else(|| format!("{id} is in nothing"))
}

/// The management group that a subscription is directly in.
pub(super) fn above(world: &World, scope: &str) -> Option<String> {
    let subscription = ResourceId::parse(scope).ok()?.subscription?;
    let mut groups = world.tenants.values().flat_map(|it| &it.management_groups);
    let has = |group: &&ManagementGroup| {
        group
            .subscriptions
            .iter()
            .any(|it| it.eq_ignore_ascii_case(&subscription))
    };
    groups
        .find(has)
        .map(|group| ManagementGroup::id_of(&group.name))
}

fn tenant_of<'w>(world: &'w mut World, scope: &str) -> Result<&'w mut Tenant, String> {
    let id = patch::tenant_of(world, scope);
    let mut tenants = world.tenants.values_mut();
    let found = tenants.find(|tenant| Some(&tenant.id) == id.as_ref());
    found.ok_or_else(|| format!("no tenant has {scope}"))
}

fn rival_id(subscription: &str) -> String {
    format!("{subscription}/resourceGroups/net/providers/Microsoft.Network/networkManagers/own")
}

/// A manager with connectivity over one scope.
pub(super) fn add_manager(world: &mut World, id: &str, list: &str, scope: &str) {
    let mut scopes = json!({"subscriptions": [], "managementGroups": []});
    scopes[list] = json!([scope]);
    add(
        world,
        id,
        json!({"networkManagerScopes": scopes, "networkManagerScopeAccesses": ["Connectivity"]}),
    );
}

/// Adds a resource.
pub(super) fn add(world: &mut World, id: &str, properties: Value) {
    let mut resource = Resource {
        body: serde_json::Map::new(),
    };
    resource.body.insert("id".to_owned(), json!(id));
    resource
        .body
        .insert("location".to_owned(), json!("japaneast"));
    resource.body.insert("properties".to_owned(), properties);
    world.resources.push(resource);
}
