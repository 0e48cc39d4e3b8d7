//! By which way may a request reach a vault?
//!
//! A private endpoint's address leads to its target alone, and only while the connection is approved; the public address
//! is governed by `publicNetworkAccess` (compared without case; `Disabled` overrides every rule) and by
//! `networkAcls.defaultAction` with `ipRules`. `SecuredByPerimeter` lets in what the rules of an associated network
//! security perimeter list (Azure SDK reference, `KnownPublicNetworkAccess`: "Requires an associated network security
//! perimeter"); no world has one, so it is closed. Missing on purpose: virtual network rules (service endpoints),
//! trusted services, perimeters.

use std::net::IpAddr;

use serde_json::Value;

use super::{errors, printed, printed_caller};
use crate::fabric::addresses::is_front_door;
use crate::fabric::networks::{Hop, hop};
use crate::request::{Peer, Reply, Request};
use crate::services::private_endpoint::Endpoint;
use crate::services::private_endpoint::address::range;
use crate::store::{Resource, State};

/// Checks the way.
///
/// # Errors
/// The 403 of a way that is closed.
pub fn admit(state: &State, vault: &Resource, request: &Request) -> Result<(), Reply> {
    let caller = printed_caller(request);
    match way(state, vault, "vault", &request.peer) {
        Way::Private | Way::Open => Ok(()),
        Way::Elsewhere => Err(errors::wrong_connection(&request.host)),
        Way::NotApproved | Way::Closed => Err(errors::by_connection(&caller, &printed(vault))),
        Way::Filtered => Err(errors::by_firewall(
            &request.peer.source.to_string(),
            &caller,
            &printed(vault),
        )),
    }
}

/// How a request came, and whether the resource's network settings let it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By the public address, which is closed.
    Closed,
    /// By an address that belongs to something else.
    Elsewhere,
    /// By the public address, from a source that no rule lists.
    Filtered,
    /// By a private endpoint whose connection is not approved.
    NotApproved,
    /// By the public address, which is open to it.
    Open,
    /// By an approved private endpoint of this resource and group.
    Private,
}

/// By which way a request came to a resource's group. Shared with the blob service.
pub fn way(state: &State, resource: &Resource, group: &str, peer: &Peer) -> Way {
    let is_public = matches!(peer.destination, IpAddr::V4(address) if is_front_door(address));
    if is_public {
        return public_way(resource, peer.source);
    }
    match endpoint_dialled(state, peer) {
        Some(endpoint) if !endpoint.is_to(&resource.id, group) => Way::Elsewhere,
        Some(endpoint) if endpoint.is_approved() => Way::Private,
        Some(_) => Way::NotApproved,
        None => Way::Elsewhere,
    }
}

/// The endpoint behind a private address: one in the network that a packet of the vantage gets to before one elsewhere.
fn endpoint_dialled<'a>(state: &'a State, peer: &Peer) -> Option<&'a Endpoint> {
    let vantage = state.vantage(&peer.vantage);
    let network = vantage.as_ref().and_then(|it| it.network.as_deref());
    let endpoints = &state.derived().endpoints;
    let reached = network.and_then(|network| {
        let IpAddr::V4(address) = peer.destination else {
            return None;
        };
        match hop(state, network, address) {
            Hop::Network { id, .. } => endpoints.at(peer.destination, &[id.as_str()]),
            Hop::Dropped(_) => None,
        }
    });
    reached.or_else(|| endpoints.at(peer.destination, &[]))
}

fn public_way(resource: &Resource, source: IpAddr) -> Way {
    let text = |pointer: &str| {
        resource
            .property(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let access = text("/publicNetworkAccess");
    if ["Disabled", "SecuredByPerimeter"]
        .iter()
        .any(|closed| closed.eq_ignore_ascii_case(access))
    {
        return Way::Closed;
    }
    let denies = text("/networkAcls/defaultAction").eq_ignore_ascii_case("Deny");
    if !denies || is_listed(resource, source) {
        Way::Open
    } else {
        Way::Filtered
    }
}

fn is_listed(resource: &Resource, source: IpAddr) -> bool {
    let rules = resource
        .property("/networkAcls/ipRules")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let mut prefixes = rules.filter_map(|rule| rule.get("value")?.as_str());
    prefixes.any(|prefix| is_in(source, prefix))
}

/// Is the address the one that a rule names, or in its prefix?
pub fn is_in(source: IpAddr, rule: &str) -> bool {
    let IpAddr::V4(source) = source else {
        return false;
    };
    let prefix = if rule.contains('/') {
        rule.to_owned()
    } else {
        format!("{rule}/32")
    };
    range(&prefix).is_some_and(|(first, last)| (first..=last).contains(&u32::from(source)))
}
