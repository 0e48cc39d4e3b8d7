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

/// A private endpoint, and everybody else, too.
pub const BESIDE: Fault = Fault {
    id: "public-access-open",
    about: "public access is open to everybody, beside the private endpoint that is used",
    places: with_endpoint,
    plant: |world, at| admit(world, at, "Allow", &[]),
};

/// A firewall with an exception.
pub const EXCEPTION: Fault = Fault {
    id: "public-access-exception",
    about: "the firewall denies by default, and admits somebody's public address",
    places: with_endpoint,
    plant: |world, at| admit(world, at, "Deny", &["192.0.2.7"]),
};

/// A firewall whose exception is whoever asks.
pub const ASKER: Fault = Fault {
    id: "public-access-admits-asker",
    about: "the firewall denies by default, and admits the public addresses of those who ask here",
    places: with_endpoint,
    plant: |world, at| admit(world, at, "Deny", &["198.51.100.0/24"]),
};

/// A firewall that admits an eighth of the internet.
pub const WIDE: Fault = Fault {
    id: "public-access-rule-wide",
    about: "the firewall denies by default, and has a rule for an eighth of the internet",
    places: with_endpoint,
    plant: |world, at| admit(world, at, "Deny", &["192.0.0.0/3"]),
};

/// A perimeter decides.
pub const PERIMETER: Fault = Fault {
    id: "public-access-by-perimeter",
    about: "public access is left to a network security perimeter",
    places: |world| {
        // A registry's `publicNetworkAccess` knows two words only (MORE.md §1g).
        let all = with_endpoint(world).into_iter();
        all.filter(|id| !id.contains("/Microsoft.ContainerRegistry/"))
            .collect()
    },
    plant: |world, at| {
        patch::set(
            world,
            at,
            "/publicNetworkAccess",
            json!("SecuredByPerimeter"),
        )
    },
};

/// Opens public access to those whom the firewall admits.
fn admit(world: &mut World, at: &str, default_action: &str, rules: &[&str]) -> Result<(), String> {
    let firewall = if at.contains("/Microsoft.ContainerRegistry/") {
        "/networkRuleSet"
    } else {
        "/networkAcls"
    };
    let rules: Vec<_> = rules
        .iter()
        .map(|rule| json!({"value": rule, "action": "Allow"}))
        .collect();
    patch::set(world, at, "/publicNetworkAccess", json!("Enabled"))?;
    patch::set(
        world,
        at,
        &format!("{firewall}/defaultAction"),
        json!(default_action),
    )?;
    patch::set(world, at, &format!("{firewall}/ipRules"), json!(rules))
}

/// Resources that have a private endpoint, approved.
fn with_endpoint(world: &World) -> Vec<String> {
    let Ok(state) = State::build(world) else {
        return Vec::new();
    };
    let kinds = [
        "Microsoft.KeyVault/vaults",
        "Microsoft.Storage/storageAccounts",
        "Microsoft.ContainerRegistry/registries",
    ];
    let all = kinds.iter().flat_map(|kind| patch::of_type(world, kind));
    let endpoints = &state.derived().endpoints;
    all.filter(|id| endpoints.to(id).any(|it| it.is_approved()))
        .collect()
}

fn open(world: &mut World, at: &str, default_action: &str) -> Result<(), String> {
    admit(world, at, default_action, &[])
}

fn reached_privately(world: &World) -> Vec<String> {
    let Ok(state) = State::build(world) else {
        return Vec::new();
    };
    let kinds = [
        "Microsoft.KeyVault/vaults",
        "Microsoft.Storage/storageAccounts",
        "Microsoft.ContainerRegistry/registries",
    ];
    let all = kinds.iter().flat_map(|kind| patch::of_type(world, kind));
    all.filter(|id| !links(&state, id).is_empty()).collect()
}

/// Is the private zone of a resource's endpoint linked to somebody?
pub(super) fn is_reached_privately(world: &World, id: &str) -> bool {
    State::build(world).is_ok_and(|state| !links(&state, id).is_empty())
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

/// Unlinks the private zones of a resource's endpoints.
pub(super) fn unlink(world: &mut World, at: &str) -> Result<(), String> {
    let links = links(&State::build(world)?, at);
    links.iter().try_for_each(|link| patch::remove(world, link))
}
