//! Virtual networks: subnets and peerings are resources of their own wherever they were written.
//!
//! A body of a network may hold both (`properties.subnets`, `properties.virtualNetworkPeerings`); they are taken out of it
//! and become its children, so that there is one place to look.

use serde_json::{Map, Value};

use super::State;
use crate::services::network_manager::{NETWORKS, PEERINGS};

/// ARM type of subnets.
pub const SUBNETS: &str = "Microsoft.Network/virtualNetworks/subnets";

impl State {
    /// Takes subnets and peerings out of all networks that were given.
    pub(super) fn unfold_networks(&mut self) -> Result<(), String> {
        let networks = self.resources_of_type(NETWORKS);
        let ids: Vec<String> = networks.map(|it| it.id.clone()).collect();
        ids.iter().try_for_each(|id| self.unfold(id))
    }

    /// What a network that was just written says of its subnets and peerings. Named subnets are the whole set; without
    /// `subnets` they stay as they are ("Azure Virtual Network now supports updates without subnet property", Azure
    /// updates). Peerings are added and changed, never removed this way.
    pub fn unfold_written_network(&mut self, id: &str) {
        let named = self.resource(id).and_then(|it| it.property("/subnets"));
        if let Some(named) = named.and_then(Value::as_array) {
            let names: Vec<String> = named.iter().filter_map(name).map(lower).collect();
            let children = self.children(id, SUBNETS);
            let gone = children.filter(|it| !names.contains(&lower(&it.name)));
            let gone: Vec<String> = gone.map(|it| it.id.clone()).collect();
            for id in gone {
                self.remove_resource(&id);
            }
        }
        // The id is that of a resource; names were checked.
        let _ = self.unfold(id);
    }

    fn unfold(&mut self, id: &str) -> Result<(), String> {
        for (list, kind) in [("subnets", SUBNETS), ("virtualNetworkPeerings", PEERINGS)] {
            let last = kind.rsplit('/').next().unwrap_or_default();
            for item in self.take(id, list) {
                let Some(name) = name(&item) else { continue };
                let properties = item.get("properties").cloned();
                let properties = properties.unwrap_or_else(|| Value::Object(Map::new()));
                let child = format!("{id}/{last}/{name}");
                if self
                    .resource(&child)
                    .is_none_or(|it| *it.properties() != properties)
                {
                    let body = Map::from_iter([("properties".to_owned(), properties)]);
                    self.put_resource(&child, body)?;
                }
            }
        }
        Ok(())
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
