//! Faults of private endpoints: what the consumer asked for and what the owner did (PITFALLS.md B01–B04, B13, B22).
//!
//! Places are ids of private endpoints.

use serde_json::{Value, json};

use super::{Fault, patch};
use crate::ids::ResourceId;
use crate::services::private_endpoint::connection::Asked;
use crate::services::private_endpoint::groups::group_ids;
use crate::services::private_endpoint::{PRIVATE_ENDPOINTS, ZONE_GROUPS};
use crate::store::State;
use crate::world::{Approval, ApprovalStatus, Resource, World};

/// Nobody approved the connection.
pub const PENDING: Fault = Fault {
    id: "private-endpoint-pending",
    about: "the owner of the resource did not act on the connection yet",
    places: approved,
    plant: |world, at| {
        world
            .approvals
            .retain(|row| !row.private_endpoint.eq_ignore_ascii_case(at));
        Ok(())
    },
};

/// The owner refused.
pub const REJECTED: Fault = Fault {
    id: "private-endpoint-rejected",
    about: "the owner of the resource rejected the connection",
    places: approved,
    plant: |world, at| set_status(world, at, ApprovalStatus::Rejected),
};

/// The owner removed the connection.
pub const REMOVED_BY_OWNER: Fault = Fault {
    id: "private-endpoint-removed-by-owner",
    about: "the owner of the resource removed the connection after it was approved",
    places: approved,
    plant: |world, at| set_status(world, at, ApprovalStatus::Disconnected),
};

/// The endpoint was deleted.
pub const MISSING: Fault = Fault {
    id: "private-endpoint-missing",
    about: "the private endpoint was deleted",
    places: |world| patch::of_type(world, PRIVATE_ENDPOINTS),
    plant: |world, at| {
        world
            .approvals
            .retain(|row| !row.private_endpoint.eq_ignore_ascii_case(at));
        patch::remove(world, at)
    },
};

/// The endpoint could not be made.
pub const FAILED: Fault = Fault {
    id: "private-endpoint-provisioning-failed",
    about: "the last change to the private endpoint failed",
    places: |world| patch::of_type(world, PRIVATE_ENDPOINTS),
    plant: |world, at| patch::set(world, at, "/provisioningState", json!("Failed")),
};

/// The endpoint is still being made.
pub const UPDATING: Fault = Fault {
    id: "private-endpoint-updating",
    about: "the private endpoint is still being changed",
    places: |world| patch::of_type(world, PRIVATE_ENDPOINTS),
    plant: |world, at| patch::set(world, at, "/provisioningState", json!("Updating")),
};

/// The endpoint has no address.
pub const WITHOUT_ADDRESS: Fault = Fault {
    id: "private-endpoint-without-address",
    about: "the subnet is too small to give its private endpoints an address (Azure keeps five of each subnet)",
    places: |world| patch::of_type(world, PRIVATE_ENDPOINTS),
    plant: |world, at| {
        let subnet = patch::resource(world, at)?
            .properties()
            .pointer("/subnet/id")
            .and_then(Value::as_str)
            .ok_or("the endpoint names no subnet")?
            .to_owned();
        let (network, name) = subnet
            .rsplit_once("/subnets/")
            .ok_or("the subnet is in no network")?;
        let subnets = patch::resource(world, network)?.properties().get("subnets");
        let subnets = subnets.and_then(Value::as_array).into_iter().flatten();
        let mut subnets = subnets.enumerate();
        let (index, found) = subnets
            .find(|(_, it)| it.get("name").and_then(Value::as_str) == Some(name))
            .ok_or("the network has no such subnet")?;
        let prefix = found.pointer("/properties/addressPrefix");
        let (start, _) = prefix
            .and_then(Value::as_str)
            .and_then(|prefix| prefix.split_once('/'))
            .ok_or("the subnet has no prefix")?;
        let small = json!(format!("{start}/30"));
        let pointer = format!("/subnets/{index}/properties/addressPrefix");
        patch::set(world, network, &pointer, small)
    },
};

/// The endpoint leads to another resource of the same kind, whose owner approved it.
pub const WRONG_TARGET: Fault = Fault {
    id: "private-endpoint-wrong-target",
    about: "the private endpoint is connected to another resource of the same kind",
    places: approved,
    plant: |world, at| {
        let asked = asked(world, at)?;
        let other = format!("{}other", asked.target);
        let mut body = patch::resource(world, &asked.target)?.body.clone();
        body.insert("id".to_owned(), json!(other));
        world.resources.push(Resource { body });
        for row in world
            .approvals
            .iter_mut()
            .filter(|row| row.private_endpoint.eq_ignore_ascii_case(at))
        {
            row.resource.clone_from(&other);
        }
        patch::set(
            world,
            at,
            &format!("{}/properties/privateLinkServiceId", array(&asked)),
            json!(other),
        )
    },
};

/// The endpoint asks for another sub-resource.
pub const WRONG_GROUP: Fault = Fault {
    id: "private-endpoint-wrong-group",
    about: "the private endpoint is connected to another sub-resource of its target",
    places: |world| {
        approved(world)
            .into_iter()
            .filter(|at| other_group(world, at).is_some())
            .collect()
    },
    plant: |world, at| {
        let asked = asked(world, at)?;
        let group = other_group(world, at).ok_or("its target has one group only")?;
        patch::set(
            world,
            at,
            &format!("{}/properties/groupIds", array(&asked)),
            json!([group]),
        )
    },
};

/// The owner approved another endpoint of the same resource.
pub const OTHER_APPROVED: Fault = Fault {
    id: "private-endpoint-other-approved",
    about: "the owner approved the connection of another endpoint; that of this one is still pending",
    places: approved,
    plant: |world, at| {
        let other = clone_endpoint(world, at)?;
        for row in world
            .approvals
            .iter_mut()
            .filter(|row| row.private_endpoint.eq_ignore_ascii_case(at))
        {
            row.private_endpoint.clone_from(&other);
        }
        Ok(())
    },
};

/// A second endpoint for the same resource replaced the record of the first.
pub const SECOND_OVERWRITES_RECORD: Fault = Fault {
    id: "private-endpoint-second-overwrites-record",
    about: "a second private endpoint for the same resource writes its address into the same zone",
    places: with_zone_group,
    plant: |world, at| {
        let group = second(world, at)?;
        world.resources.push(group);
        Ok(())
    },
};

/// A second endpoint for the same resource wrote the record before the first.
pub const SECOND_MAY_OVERWRITE_RECORD: Fault = Fault {
    id: "private-endpoint-second-for-same-record",
    about: "a second private endpoint for the same resource writes into the same zone; this one wrote last, for now",
    places: with_zone_group,
    plant: |world, at| {
        let group = second(world, at)?;
        let own = zone_group(world, at).ok_or("it has no zone group")?.id();
        let position = world.resources.iter().position(|it| it.id() == own);
        world.resources.insert(position.unwrap_or_default(), group);
        Ok(())
    },
};

/// Nearly as many endpoints as the resource can have.
pub const MANY: Fault = Fault {
    id: "private-endpoint-connections-many",
    about: "so many private endpoints asked for the resource that there is hardly room for another",
    places: |world| {
        let is_known = |at: &String| nearly_all(world, at).is_some();
        approved(world).into_iter().filter(is_known).collect()
    },
    plant: |world, at| {
        let all = nearly_all(world, at).ok_or("nobody says how many there can be")?;
        let own = patch::resource(world, at)?.body.clone();
        for number in 1..all {
            let mut body = own.clone();
            body.insert("id".to_owned(), json!(format!("{at}-{number}")));
            world.resources.push(Resource { body });
        }
        Ok(())
    },
};

/// Four fifths of the endpoints that the target can have (azure-docs, `azure-subscription-service-limits.md`).
fn nearly_all(world: &World, at: &str) -> Option<usize> {
    let target = ResourceId::parse(&asked(world, at).ok()?.target).ok()?;
    match target.resource_type.to_ascii_lowercase().as_str() {
        "microsoft.keyvault/vaults" => Some(52),
        "microsoft.storage/storageaccounts" => Some(160),
        _ => None,
    }
}

/// The endpoint stands where the workload cannot go.
pub const UNPEERED: Fault = Fault {
    id: "private-endpoint-in-unpeered-network",
    about: "the private endpoint stands in a network that nothing joins with the workload's; names lead to it all the same",
    places: with_zone_group,
    plant: |world, at| {
        let subnet = patch::resource(world, at)?
            .properties()
            .pointer("/subnet/id");
        let (network, name) = subnet
            .and_then(Value::as_str)
            .and_then(|subnet| subnet.rsplit_once("/subnets/"))
            .map(|(network, name)| (network.to_owned(), name.to_owned()))
            .ok_or("the endpoint names no subnet")?;
        let mut body = patch::resource(world, &network)?.body.clone();
        let other = format!("{network}-unpeered");
        let properties = json!({
            "addressSpace": {"addressPrefixes": ["10.251.0.0/16"]},
            "subnets": [{"name": name, "properties": {"addressPrefix": "10.251.0.0/24"}}],
        });
        body.insert("id".to_owned(), json!(other));
        body.insert("properties".to_owned(), properties);
        world.resources.push(Resource { body });
        patch::set(
            world,
            at,
            "/subnet/id",
            json!(format!("{other}/subnets/{name}")),
        )
    },
};

fn with_zone_group(world: &World) -> Vec<String> {
    let has_group = |at: &String| zone_group(world, at).is_some();
    approved(world).into_iter().filter(has_group).collect()
}

/// Makes a second, approved endpoint like this one; its zone group is left to be put somewhere.
fn second(world: &mut World, at: &str) -> Result<Resource, String> {
    let mut group = zone_group(world, at).ok_or("it has no zone group")?.clone();
    let other = clone_endpoint(world, at)?;
    group.body.insert(
        "id".to_owned(),
        json!(format!("{other}/privateDnsZoneGroups/default")),
    );
    let rows = world
        .approvals
        .iter()
        .filter(|row| row.private_endpoint.eq_ignore_ascii_case(at));
    let rows: Vec<Approval> = rows
        .map(|row| Approval {
            private_endpoint: other.clone(),
            ..row.clone()
        })
        .collect();
    world.approvals.extend(rows);
    Ok(group)
}

/// Endpoints whose connection some row approves: for these the owner's act decides.
fn approved(world: &World) -> Vec<String> {
    let is_approved = |resource: &Resource| {
        let concerns = |row: &&Approval| row.private_endpoint.eq_ignore_ascii_case(resource.id());
        world
            .approvals
            .iter()
            .filter(concerns)
            .any(|row| row.status == ApprovalStatus::Approved)
    };
    patch::that(world, PRIVATE_ENDPOINTS, is_approved)
}

fn set_status(world: &mut World, at: &str, status: ApprovalStatus) -> Result<(), String> {
    let rows = world
        .approvals
        .iter_mut()
        .filter(|row| row.private_endpoint.eq_ignore_ascii_case(at));
    rows.for_each(|row| row.status = status);
    Ok(())
}

/// What the endpoint asks for.
fn asked(world: &World, at: &str) -> Result<Asked, String> {
    let state = State::build(world)?;
    state
        .resource(at)
        .and_then(Asked::by)
        .ok_or_else(|| "the endpoint asks for nothing".to_owned())
}

fn array(asked: &Asked) -> &'static str {
    if asked.manual {
        "/manualPrivateLinkServiceConnections/0"
    } else {
        "/privateLinkServiceConnections/0"
    }
}

fn other_group(world: &World, at: &str) -> Option<&'static str> {
    let asked = asked(world, at).ok()?;
    let target = ResourceId::parse(&asked.target).ok()?;
    let groups = group_ids(&target.resource_type);
    groups.into_iter().find(|group| {
        !asked
            .groups
            .iter()
            .any(|it| it.eq_ignore_ascii_case(group) || group.starts_with(it.as_str()))
    })
}

fn zone_group<'w>(world: &'w World, at: &str) -> Option<&'w Resource> {
    let ids = patch::of_type(world, ZONE_GROUPS);
    let below = format!("{}/", at.to_ascii_lowercase());
    let id = ids
        .into_iter()
        .find(|id| id.to_ascii_lowercase().starts_with(&below))?;
    world.resources.iter().find(|resource| resource.id() == id)
}

/// A second endpoint like this one, `<name>-other`, without its zone group and approvals.
fn clone_endpoint(world: &mut World, at: &str) -> Result<String, String> {
    let other = format!("{at}-other");
    let mut body = patch::resource(world, at)?.body.clone();
    body.insert("id".to_owned(), Value::String(other.clone()));
    if let Some(properties) = body.get_mut("properties").and_then(Value::as_object_mut) {
        properties.shift_remove("ipConfigurations");
    }
    world.resources.push(Resource { body });
    Ok(other)
}
