//! Network managers: scopes, connections to other tenants, members, configurations.
//!
//! What a connection or a commit names on the other side need not exist: that is how such connections break.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Rules;
use super::place::{Step, below};
use crate::ids::{ResourceId, is_guid};

const MANAGER: &str = "Microsoft.Network/networkManagers";
const NETWORK: &str = "Microsoft.Network/virtualNetworks";
const NETWORK_GROUP: &str = "Microsoft.Network/networkManagers/networkGroups";
const MANAGEMENT_GROUP: &str = "Microsoft.Management/managementGroups";
const SUBSCRIPTION: &str = "Microsoft.Resources/subscriptions";

/// What Azure derives, by type: never written in a world.
const DERIVED: &[(&str, &[&str])] = &[
    (
        "microsoft.network/networkmanagers",
        &["networkManagerScopes", "crossTenantScopes"],
    ),
    (
        "microsoft.network/networkmanagers/scopeconnections",
        &["connectionState"],
    ),
    (
        "microsoft.network/networkmanagerconnections",
        &["connectionState"],
    ),
    (
        "microsoft.network/networkmanagers/networkgroups/staticmembers",
        &["region"],
    ),
];

/// Every pair of a scope and an access that a manager has.
fn held_by(properties: &Value) -> Vec<(&str, &str)> {
    let list = |pointer: &str| {
        let items = properties.pointer(pointer).and_then(Value::as_array);
        let items = items.into_iter().flatten().filter_map(Value::as_str);
        items.collect::<Vec<_>>()
    };
    let mut scopes = list("/networkManagerScopes/subscriptions");
    scopes.extend(list("/networkManagerScopes/managementGroups"));
    let accesses = list("/networkManagerScopeAccesses");
    let with = |scope| accesses.iter().map(move |access| (scope, *access));
    scopes.into_iter().flat_map(with).collect()
}

impl Rules<'_> {
    pub(super) fn network_manager(&mut self) {
        let world = self.world;
        self.held_twice();
        for (index, resource) in world.resources.iter().enumerate() {
            let Ok(id) = ResourceId::parse(resource.id()) else {
                continue;
            };
            let properties = resource.properties();
            let place = ["resources".into(), index.into(), "properties".into()];
            let resource_type = id.resource_type.to_ascii_lowercase();
            match resource_type.as_str() {
                "microsoft.network/networkmanagers" => self.manager(&place, &id, properties),
                "microsoft.network/networkmanagers/scopeconnections" => {
                    self.scope_connection(&place, properties);
                }
                "microsoft.network/networkmanagerconnections" => {
                    self.manager_connection(index, &id, properties);
                }
                "microsoft.network/networkmanagers/networkgroups/staticmembers" => {
                    self.required(&place, properties, &["resourceId"], NETWORK);
                }
                "microsoft.network/networkmanagers/connectivityconfigurations" => {
                    self.configuration(&place, properties);
                }
                _ => continue,
            }
            self.derived(&place, &resource_type, properties);
        }
    }

    fn derived(&mut self, place: &[Step<'_>], resource_type: &str, properties: &Value) {
        let Some((_, path)) = DERIVED.iter().find(|(of, _)| *of == resource_type) else {
            return;
        };
        let pointer: String = path.iter().map(|step| format!("/{step}")).collect();
        if properties.pointer(&pointer).is_some() {
            let steps = path.iter().map(|step| Step::Key(step)).collect::<Vec<_>>();
            let title = format!("{} follows from what both tenants did", path.join("."));
            self.problem(&below(place, &steps), title, "nothing here", "leave it out");
        }
    }

    fn manager(&mut self, place: &[Step<'_>], id: &ResourceId, properties: &Value) {
        let accesses = properties
            .get("networkManagerScopeAccesses")
            .and_then(Value::as_array);
        if accesses.is_none() {
            let place = below(place, &["networkManagerScopeAccesses".into()]);
            let title = "the network manager names no scope accesses";
            self.problem(
                &place,
                title,
                "networkManagerScopeAccesses: [Connectivity]",
                "",
            );
        }
        for list in ["subscriptions", "managementGroups"] {
            let scopes = properties.pointer(&format!("/networkManagerScopes/{list}"));
            let scopes = scopes.and_then(Value::as_array).into_iter().flatten();
            for (index, scope) in scopes.enumerate() {
                let steps = ["networkManagerScopes".into(), list.into(), index.into()];
                let place = below(place, &steps);
                let text = scope.as_str().unwrap_or_default();
                if self.scope(&place, text) && self.tenant_of(text) != self.tenant_of(id.as_str()) {
                    let hint = "scopes of other tenants come by connections of both sides";
                    let title = format!("{text} is not of the manager's tenant");
                    let expected = "a scope of the manager's own tenant";
                    self.missing(&["tenants"], &place, title, expected, hint);
                }
            }
        }
    }

    /// Azure refuses a second manager with the same scope and access (IDENTITY.md §6), so no world has one.
    fn held_twice(&mut self) {
        let mut held: BTreeMap<(String, String), &str> = BTreeMap::new();
        let world = self.world;
        for (index, resource) in world.resources.iter().enumerate() {
            let is_manager = |id: ResourceId| id.resource_type.eq_ignore_ascii_case(MANAGER);
            if !ResourceId::parse(resource.id()).is_ok_and(is_manager) {
                continue;
            }
            for (scope, access) in held_by(resource.properties()) {
                let key = (scope.to_ascii_lowercase(), access.to_ascii_lowercase());
                let Some(other) = held.insert(key, resource.id()) else {
                    continue;
                };
                let place = ["resources".into(), index.into(), "properties".into()];
                let title = format!("{other} has the scope {scope} for {access} too");
                let expected = "one network manager for each scope and access";
                self.problem(&place, title, expected, "");
            }
        }
    }

    fn scope_connection(&mut self, place: &[Step<'_>], properties: &Value) {
        let text = |name: &str| {
            properties
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        if !is_guid(text("tenantId")) {
            let place = below(place, &["tenantId".into()]);
            let title = format!("not a tenant id: `{}`", text("tenantId"));
            self.problem(&place, title, "the GUID of the other tenant", "");
        }
        self.scope(&below(place, &["resourceId".into()]), text("resourceId"));
    }

    fn manager_connection(&mut self, index: usize, id: &ResourceId, properties: &Value) {
        let parent = id.parent().unwrap_or_default();
        let place = ["resources".into(), index.into()];
        self.scope(&below(&place, &["id".into()]), parent);
        let manager = properties.get("networkManagerId").and_then(Value::as_str);
        let is_manager = |id: ResourceId| {
            id.resource_type
                .eq_ignore_ascii_case("Microsoft.Network/networkManagers")
        };
        let manager = manager.unwrap_or_default();
        if !ResourceId::parse(manager).is_ok_and(is_manager) {
            let place = below(&place, &["properties".into(), "networkManagerId".into()]);
            let title = format!("not the id of a network manager: `{manager}`");
            self.problem(
                &place,
                title,
                "the id of the network manager of the other tenant",
                "",
            );
        }
    }

    /// Is it the id of a subscription or a management group? The world need not have it.
    fn scope(&mut self, place: &[Step<'_>], text: &str) -> bool {
        let is_scope = |id: ResourceId| {
            [SUBSCRIPTION, MANAGEMENT_GROUP]
                .iter()
                .any(|it| id.resource_type.eq_ignore_ascii_case(it))
        };
        let good = ResourceId::parse(text).is_ok_and(is_scope);
        if !good {
            let expected =
                "/subscriptions/{id} or /providers/Microsoft.Management/managementGroups/{name}";
            self.problem(place, format!("not a scope: `{text}`"), expected, "");
        }
        good
    }

    /// Key of the tenant of a subscription, of what is in it, or of a management group.
    fn tenant_of(&self, scope: &str) -> Option<&str> {
        let id = ResourceId::parse(scope).ok()?;
        let tenants = self.world.tenants.iter();
        let mut of = tenants.filter(|(_, tenant)| match &id.subscription {
            Some(subscription) => tenant
                .subscriptions
                .iter()
                .any(|it| it.id.eq_ignore_ascii_case(subscription)),
            None => tenant
                .management_groups
                .iter()
                .any(|it| it.name.eq_ignore_ascii_case(&id.name)),
        });
        of.next().map(|(key, _)| key.as_str())
    }

    fn configuration(&mut self, place: &[Step<'_>], properties: &Value) {
        let at = |name| below(place, &[Step::Key(name)]);
        self.one_of(
            &at("connectivityTopology"),
            properties,
            "connectivityTopology",
            &["HubAndSpoke", "Mesh"],
            true,
        );
        for name in ["isGlobal", "deleteExistingPeering"] {
            self.one_of(&at(name), properties, name, &["False", "True"], false);
        }
        let hubs = properties.get("hubs").and_then(Value::as_array);
        for (index, hub) in hubs.into_iter().flatten().enumerate() {
            let place = below(place, &["hubs".into(), index.into()]);
            self.required(&place, hub, &["resourceId"], NETWORK);
        }
        let groups = properties.get("appliesToGroups").and_then(Value::as_array);
        for (index, item) in groups.into_iter().flatten().enumerate() {
            let place = below(place, &["appliesToGroups".into(), index.into()]);
            self.required(&place, item, &["networkGroupId"], NETWORK_GROUP);
            let at = |name| below(&place, &[Step::Key(name)]);
            self.one_of(
                &at("groupConnectivity"),
                item,
                "groupConnectivity",
                &["None", "DirectlyConnected"],
                true,
            );
            for name in ["isGlobal", "useHubGateway"] {
                self.one_of(&at(name), item, name, &["False", "True"], false);
            }
        }
    }

    fn one_of(
        &mut self,
        place: &[Step<'_>],
        value: &Value,
        name: &str,
        words: &[&str],
        needed: bool,
    ) {
        let expected = words
            .iter()
            .map(|word| format!("\"{word}\""))
            .collect::<Vec<_>>()
            .join(" or ");
        match value.get(name) {
            None if !needed => {}
            None => self.problem(place, format!("{name} is missing"), &expected, ""),
            Some(Value::String(text)) if words.contains(&text.as_str()) => {}
            Some(Value::Bool(_)) => {
                let hint = "network manager's booleans are texts: put it in quotes";
                self.problem(place, format!("{name} is no text"), &expected, hint);
            }
            Some(other) => self.problem(place, format!("not a {name}: {other}"), &expected, ""),
        }
    }
}
