//! What is written inside of another resource and is one of its own: subnets and peerings of networks, rules of security
//! groups, routes of route tables.
//!
//! They are taken out of the body of the resource (`properties.subnets`) and become its children, so that there is one place
//! to look.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Resource, State};
use crate::ids::ResourceId;
use crate::services::network_manager::{NETWORKS, PEERINGS};

/// ARM type of subnets.
pub const SUBNETS: &str = "Microsoft.Network/virtualNetworks/subnets";
/// ARM type of security rules.
pub const SECURITY_RULES: &str = "Microsoft.Network/networkSecurityGroups/securityRules";
/// ARM type of routes.
pub const ROUTES: &str = "Microsoft.Network/routeTables/routes";

/// What is written inside of which type, and where.
const INSIDE: &[(&str, &str, &str)] = &[
    (NETWORKS, "subnets", SUBNETS),
    (NETWORKS, "virtualNetworkPeerings", PEERINGS),
    (
        "Microsoft.Network/networkSecurityGroups",
        "securityRules",
        SECURITY_RULES,
    ),
    ("Microsoft.Network/routeTables", "routes", ROUTES),
];

impl State {
    /// Takes everything of that sort out of the resources that were given.
    pub(super) fn unfold_given(&mut self) -> Result<(), String> {
        for (of, list, kind) in INSIDE {
            let resources = self.resources_of_type(of);
            let ids: Vec<String> = resources.map(|it| it.id.clone()).collect();
            for id in ids {
                self.unfold(&id, list, kind)?;
            }
        }
        Ok(())
    }

    /// What a resource that was just written says of what is inside of it. A list is the whole set; without the list
    /// everything stays as it is ("Azure Virtual Network now supports updates without subnet property", Azure updates; the
    /// others are taken to do the same). Peerings are added and changed, never removed this way.
    pub fn unfold_written(&mut self, id: &str) {
        let Some(resource) = self.shared_resource(id) else {
            return;
        };
        let inside = INSIDE.iter().filter(|(of, _, _)| resource.is_a(of));
        for (_, list, kind) in inside {
            let named = resource.property(&format!("/{list}"));
            if let Some(named) = named
                .and_then(Value::as_array)
                .filter(|_| *kind != PEERINGS)
            {
                self.keep_only(id, kind, named);
            }
            // The id is that of a resource; names were checked.
            let _ = self.unfold(id, list, kind);
        }
    }

    fn keep_only(&mut self, id: &str, kind: &str, named: &[Value]) {
        let names: BTreeSet<String> = named.iter().filter_map(name).map(lower).collect();
        let children = self.children(id, kind);
        let gone = children.filter(|it| !names.contains(&lower(&it.name)));
        let gone: Vec<String> = gone.map(|it| it.id.clone()).collect();
        for id in gone {
            self.remove_resource(&id);
        }
    }

    fn unfold(&mut self, id: &str, list: &str, kind: &str) -> Result<(), String> {
        let last = kind.rsplit('/').next().unwrap_or_default();
        for item in self.take(id, list) {
            let Some(name) = name(&item) else { continue };
            let properties = item.get("properties").cloned();
            let properties = properties.unwrap_or_else(|| Value::Object(Map::new()));
            let child = format!("{id}/{last}/{name}");
            let same = |it: &Resource| *it.properties() == properties;
            if !self.resource(&child).is_some_and(same) {
                let body = Map::from_iter([("properties".to_owned(), properties)]);
                self.put_resource(&child, body)?;
            }
        }
        Ok(())
    }

    /// Is it shown inside of another resource when the state becomes a world?
    pub(super) fn is_folded(&self, resource: &Resource) -> bool {
        let parent = ResourceId::parse(&resource.id).ok();
        let parent = parent.as_ref().and_then(ResourceId::parent);
        INSIDE.iter().any(|(_, _, kind)| resource.is_a(kind))
            && parent.is_some_and(|it| self.resource(it).is_some())
    }

    /// The body of a resource with what is inside of it.
    pub(super) fn folded(&self, resource: &Resource) -> Map<String, Value> {
        let mut body = resource.body.clone();
        for (_, list, kind) in INSIDE.iter().filter(|(of, _, _)| resource.is_a(of)) {
            let all = self.in_order(&resource.id, kind).into_iter();
            let items = all.map(|it| json!({"name": it.name, "properties": it.properties()}));
            let items: Vec<Value> = items.collect();
            let properties = body.entry("properties");
            let properties = properties.or_insert_with(|| Value::Object(Map::new()));
            if let Some(properties) = properties.as_object_mut().filter(|_| !items.is_empty()) {
                properties.insert((*list).to_owned(), Value::Array(items));
            }
        }
        body
    }

    /// What is of a type in a resource, in the order in which it was made.
    pub fn in_order<'a>(&'a self, id: &str, kind: &str) -> Vec<&'a Resource> {
        let mut all: Vec<_> = self.children(id, kind).collect();
        all.sort_by_key(|it| it.order);
        all
    }

    fn take(&mut self, id: &str, list: &str) -> Vec<Value> {
        let mut taken = Vec::new();
        let found = self.resource(id).and_then(|it| it.properties().get(list));
        if found.is_none() {
            return taken;
        }
        self.resources.amend(id, |network| {
            let properties = network.body.get_mut("properties");
            let properties = properties.and_then(Value::as_object_mut);
            if let Some(Value::Array(items)) = properties.and_then(|it| it.shift_remove(list)) {
                taken = items;
            }
        });
        taken
    }
}

fn name(item: &Value) -> Option<&str> {
    item.get("name")?.as_str()
}

fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}
