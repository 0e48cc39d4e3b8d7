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

/// Removes the resource of an id and everything below it; the group that it was in stays.
///
/// # Errors
/// A sentence fragment when the world has none.
pub fn remove(world: &mut World, id: &str) -> Result<(), String> {
    let location = resource(world, id)?.body.get("location").cloned();
    let (own, below) = (
        id.to_ascii_lowercase(),
        format!("{}/", id.to_ascii_lowercase()),
    );
    world.resources.retain(|resource| {
        let each = resource.id().to_ascii_lowercase();
        each != own && !each.starts_with(&below)
    });
    keep_group(world, &ResourceId::parse(id)?, location);
    Ok(())
}

/// Writes a group down whose last resource went: a world implies those groups only that something is in, and Azure deletes
/// none by itself.
fn keep_group(world: &mut World, id: &ResourceId, location: Option<Value>) {
    let (Some(subscription), Some(group)) = (&id.subscription, &id.resource_group) else {
        return;
    };
    let group = format!("/subscriptions/{subscription}/resourceGroups/{group}");
    let key = group.to_ascii_lowercase();
    let below = format!("{key}/");
    let is_of_it = |own: String| own == key || own.starts_with(&below);
    if id.key() == key
        || world
            .resources
            .iter()
            .any(|it| is_of_it(it.id().to_ascii_lowercase()))
    {
        return;
    }
    // A resource that is in no region says nothing of its group's.
    let location = location.filter(|it| *it != "global");
    let fields = [("id", Some(Value::from(group))), ("location", location)];
    let body = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
    world.resources.push(Resource { body });
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

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app";

    #[test]
    fn a_group_stays_when_its_last_resource_goes() {
        let identity = |name: &str| {
            format!("{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}")
        };
        let text = format!(
            r#"{{
            "version": 1, "world": "app",
            "tenants": {{"home": {{"name": "Home", "domain": "home.example", "id": "11111111-1111-1111-1111-111111111111",
                "subscriptions": [{{"id": "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "name": "home"}}]}}}},
            "resources": [
                {{"id": "{}", "location": "westeurope", "properties": {{}}}},
                {{"id": "{}", "location": "westeurope", "properties": {{}}}}
            ]}}"#,
            identity("one"),
            identity("two")
        );
        let mut world: World = serde_json::from_str(&text).unwrap();
        remove(&mut world, &identity("one")).unwrap();
        assert_eq!(world.resources.len(), 1);
        remove(&mut world, &identity("two")).unwrap();
        let left: Vec<&str> = world.resources.iter().map(Resource::id).collect();
        assert_eq!(left, [GROUP]);
        assert_eq!(world.resources[0].text("location"), Some("westeurope"));
        assert!(remove(&mut world, &identity("two")).is_err());
    }
}
