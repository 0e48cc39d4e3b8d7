//! How a fault finds and changes a resource's JSON.

use serde_json::Value;

use crate::ids::ResourceId;
use crate::world::{Resource, World};

/// Ids of the world's resources of a type.
pub fn of_type(world: &World, resource_type: &str) -> Vec<String> {
    that(world, resource_type, |_| true)
}

/// Ids of the world's resources of a type for which `holds`.
pub fn that(world: &World, resource_type: &str, holds: impl Fn(&Resource) -> bool) -> Vec<String> {
    let is_a = |resource: &&Resource| {
        ResourceId::parse(resource.id())
            .is_ok_and(|id| id.resource_type.eq_ignore_ascii_case(resource_type))
    };
    world
        .resources
        .iter()
        .filter(is_a)
        .filter(|it| holds(it))
        .map(|it| it.id().to_owned())
        .collect()
}

/// The resource of an id.
///
/// # Errors
/// A sentence fragment when the world has none.
pub fn resource<'w>(world: &'w mut World, id: &str) -> Result<&'w mut Resource, String> {
    let found = world
        .resources
        .iter_mut()
        .find(|resource| resource.id().eq_ignore_ascii_case(id));
    found.ok_or_else(|| format!("the world has no resource {id}"))
}

/// Sets a value of a resource by JSON pointer below `properties` (`/subnet/id`), making objects on the way.
///
/// # Errors
/// A sentence fragment when there is no such resource, or something on the way is no object.
pub fn set(world: &mut World, id: &str, pointer: &str, value: Value) -> Result<(), String> {
    let body = &mut resource(world, id)?.body;
    let mut at = body
        .entry("properties")
        .or_insert_with(|| Value::Object(serde_json::Map::new()));
    for step in pointer.split('/').skip(1) {
        at = child(at, step)
            .ok_or_else(|| format!("{pointer} of {id} is not inside objects and arrays"))?;
    }
    *at = value;
    Ok(())
}

/// Removes the resource of an id and everything below it.
///
/// # Errors
/// A sentence fragment when the world has none.
pub fn remove(world: &mut World, id: &str) -> Result<(), String> {
    let before = world.resources.len();
    let below = format!("{}/", id.to_ascii_lowercase());
    world.resources.retain(|resource| {
        let own = resource.id().to_ascii_lowercase();
        own != id.to_ascii_lowercase() && !own.starts_with(&below)
    });
    if world.resources.len() == before {
        Err(format!("the world has no resource {id}"))
    } else {
        Ok(())
    }
}

/// Id of the tenant whose subscription a resource is in.
pub fn tenant_of(world: &World, id: &str) -> Option<String> {
    let subscription = ResourceId::parse(id).ok()?.subscription?;
    let has = |tenant: &&crate::world::Tenant| {
        tenant
            .subscriptions
            .iter()
            .any(|it| it.id.eq_ignore_ascii_case(&subscription))
    };
    world
        .tenants
        .values()
        .find(has)
        .map(|tenant| tenant.id.clone())
}

fn child<'v>(value: &'v mut Value, step: &str) -> Option<&'v mut Value> {
    match value {
        Value::Object(map) => Some(map.entry(step.to_owned()).or_insert(Value::Null)),
        Value::Null => {
            *value = Value::Object(serde_json::Map::new());
            child(value, step)
        }
        Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        _ => None,
    }
}
