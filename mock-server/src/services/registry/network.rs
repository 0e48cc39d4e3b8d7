//! By which way may a request reach a registry? (MORE.md §1e, §1g)
//!
//! A private endpoint's address leads to the names that this very address serves: the login server and each region's data
//! have their own. The public address is governed by `publicNetworkAccess` and `networkRuleSet`. Missing on purpose:
//! trusted services.

use std::net::IpAddr;

use serde_json::Value;

use super::errors;
use crate::fabric::addresses::is_front_door;
use crate::request::{Reply, Request};
use crate::services::key_vault::network::{Way, is_in, way};
use crate::store::{Resource, State};

/// Checks the way.
///
/// # Errors
/// The 403 of a way that is closed, which names the address that the registry saw.
pub fn admit(state: &State, registry: &Resource, request: &Request) -> Result<(), Reply> {
    let peer = &request.peer;
    let is_public = matches!(peer.destination, IpAddr::V4(address) if is_front_door(address));
    if is_public {
        return if is_open(registry, peer.source) {
            Ok(())
        } else {
            Err(errors::denied_by_network(peer.source))
        };
    }
    match way(state, registry, "registry", peer) {
        Way::Private if serves(state, registry, request) => Ok(()),
        Way::NotApproved => Err(errors::denied_by_network(peer.source)),
        _ => Err(errors::misdirected(&request.host)),
    }
}

fn is_open(registry: &Resource, source: IpAddr) -> bool {
    let text = |pointer: &str| {
        registry
            .property(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    if text("/publicNetworkAccess").eq_ignore_ascii_case("Disabled") {
        return false;
    }
    if !text("/networkRuleSet/defaultAction").eq_ignore_ascii_case("Deny") {
        return true;
    }
    let rules = registry
        .property("/networkRuleSet/ipRules")
        .and_then(Value::as_array);
    let mut prefixes = rules
        .into_iter()
        .flatten()
        .filter_map(|rule| rule.get("value")?.as_str());
    prefixes.any(|prefix| is_in(source, prefix))
}

/// Is the address that was dialled one that serves this host?
fn serves(state: &State, registry: &Resource, request: &Request) -> bool {
    let mut addresses = state
        .derived()
        .endpoints
        .to(&registry.id)
        .flat_map(|endpoint| &endpoint.addresses);
    addresses.any(|it| {
        it.address.map(IpAddr::V4) == Some(request.peer.destination)
            && it.fqdns.contains(&request.host)
    })
}
