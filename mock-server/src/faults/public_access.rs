//! Faults of the way to a resource: its private zone is linked to nobody, so requests go by the public path, and the
//! resource lets them in or not (PITFALLS.md B07, B23, D01, D03).
//!
//! Places are ids of resources with private endpoints. With public access closed, the fault is `zone-not-linked`.

use serde_json::json;

use super::{Fault, patch};
use crate::services::private_dns::LINKS;
use crate::services::private_endpoint::{ZONE_GROUPS, zone_group};
use crate::store::State;
use crate::world::World;

/// Everybody may come.
pub const OPEN: Fault = Fault {
    id: "public-path-open",
    about: "public access is open, and the private zone is not linked: requests go by the public path, and arrive",
    places: reached_privately,
    plant: |world, at| {
        open(world, at, "Allow")?;
        unlink(world, at)
    },
};

/// Selected networks may come.
pub const SELECTED: Fault = Fault {
    id: "public-path-selected-networks",
    about: "public access is open to selected networks, and the private zone is not linked: requests go by the public path",
    places: reached_privately,
    plant: |world, at| {
        open(world, at, "Deny")?;
        unlink(world, at)
    },
};

fn open(world: &mut World, at: &str, default_action: &str) -> Result<(), String> {
    patch::set(world, at, "/publicNetworkAccess", json!("Enabled"))?;
    patch::set(
        world,
        at,
        "/networkAcls/defaultAction",
        json!(default_action),
    )
}

fn reached_privately(world: &World) -> Vec<String> {
    let Ok(state) = State::build(world) else {
        return Vec::new();
    };
    let kinds = [
        "Microsoft.KeyVault/vaults",
        "Microsoft.Storage/storageAccounts",
    ];
    let all = kinds.iter().flat_map(|kind| patch::of_type(world, kind));
    all.filter(|id| !links(&state, id).is_empty()).collect()
}

/// Links of the zones that the zone groups of a resource's endpoints write into.
fn links(state: &State, resource: &str) -> Vec<String> {
    let derived = state.derived();
    let mut found = Vec::new();
    for endpoint in derived.endpoints.to(resource) {
        for group in state.children(&endpoint.id, ZONE_GROUPS) {
            for config in zone_group::configs(&derived.endpoints, group) {
                let links = state.children(&config.zone, LINKS);
                found.extend(links.map(|link| link.id.clone()));
            }
        }
    }
    found
}

fn unlink(world: &mut World, at: &str) -> Result<(), String> {
    let links = links(&State::build(world)?, at);
    links.iter().try_for_each(|link| patch::remove(world, link))
}
