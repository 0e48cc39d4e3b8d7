//! Resource groups: which there are, and what is in them.
//!
//! A group is a resource of type `Microsoft.Resources/resourceGroups`, created by a client or by the first resource that is
//! in it: worlds list resources, and a resource without its group cannot be. It stays when its last resource goes.

use serde_json::{Map, Value};

use super::{Resource, State, lower};
use crate::ids::ResourceId;

/// Type of resource groups.
pub const RESOURCE_GROUPS: &str = "Microsoft.Resources/resourceGroups";

impl State {
    /// A resource group of a subscription.
    pub fn resource_group(&self, subscription: &str, name: &str) -> Option<&Resource> {
        self.resource(&group_id(subscription, name))
    }

    /// Resources of a type in a resource group, at any depth, by id.
    pub fn in_group<'a>(
        &'a self,
        subscription: &str,
        group: &str,
        resource_type: &str,
    ) -> impl Iterator<Item = &'a Resource> + use<'a> {
        let prefix = format!("{}/", lower(&group_id(subscription, group)));
        self.resources.of_type(resource_type, prefix)
    }

    /// Everything below an id, at any depth, by id.
    pub fn below<'a>(&'a self, id: &str) -> impl Iterator<Item = &'a Resource> + use<'a> {
        self.resources.below(id)
    }

    /// Makes the group that a resource is in when it is not there yet; the group's location is that of the resource.
    pub(super) fn ensure_group(&mut self, id: &ResourceId, body: &Map<String, Value>) {
        let (Some(subscription), Some(group)) = (&id.subscription, &id.resource_group) else {
            return;
        };
        let group = group_id(subscription, group);
        if lower(&group) == id.key() || self.resource(&group).is_some() {
            return;
        }
        let location = body.get("location").filter(|it| **it != "global");
        let location = location.map(|it| ("location".to_owned(), it.clone()));
        // The id is made of parts of an id that was read.
        let _ = self.put_resource(&group, location.into_iter().collect());
    }
}

fn group_id(subscription: &str, name: &str) -> String {
    format!("/subscriptions/{subscription}/resourceGroups/{name}")
}
