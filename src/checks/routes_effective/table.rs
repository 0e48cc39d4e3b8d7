//! Which route decides where packets go: the most specific of those that are active; of equally specific ones the
//! subnet's own, then one that a gateway learned, then Azure's (azure-docs, `virtual-network/virtual-networks-udr-
//! overview.md`, "How Azure selects a route"). The names of next hops are an open list (PITFALLS A18).

use super::shapes::Route;
use crate::checks::prefixes::{covers, prefix};

/// Where a route leads, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hop {
    Appliance,
    ConnectedGroup,
    Endpoint,
    Gateway,
    Internet,
    Local,
    Nowhere,
    Peering,
    Unknown,
}

/// Where a route leads.
pub(super) fn hop(route: &Route) -> Hop {
    if is(&route.source, "VirtualNetworkGateway") {
        return Hop::Gateway;
    }
    let word = route.hop.to_ascii_lowercase();
    match word.as_str() {
        "connectedgroup" => Hop::ConnectedGroup,
        "interfaceendpoint" => Hop::Endpoint,
        "internet" => Hop::Internet,
        "none" => Hop::Nowhere,
        "virtualnetworkgateway" => Hop::Gateway,
        "vnetlocal" | "virtualnetwork" => Hop::Local,
        // `VNetPeering`; that of another region is written in more than one way (API.md §3).
        _ if word.contains("vnet") && word.contains("peering") => Hop::Peering,
        _ if word.starts_with("virtualappliance") => Hop::Appliance,
        _ => Hop::Unknown,
    }
}

/// Whether the route is one of the subnet's own table.
pub(super) fn is_own(route: &Route) -> bool {
    is(&route.source, "User")
}

/// The route that decides about packets to every address of a prefix.
pub(super) fn deciding<'r>(routes: &'r [Route], wanted: &str) -> Option<&'r Route> {
    let fits = |route: &&Route| length(route, |own| covers(own, wanted)).is_some();
    let rank = |route: &&Route| (length(route, |own| covers(own, wanted)), preference(route));
    active(routes).filter(fits).max_by_key(rank)
}

/// Routes that decide about a part of a prefix only.
pub(super) fn finer<'r>(routes: &'r [Route], wanted: &'r str) -> impl Iterator<Item = &'r Route> {
    let is_inside = |own: &str| covers(wanted, own) && !covers(own, wanted);
    active(routes).filter(move |route| route.prefixes.iter().any(|own| is_inside(own)))
}

/// Routes that are in use; a state that is not known is believed to be.
fn active(routes: &[Route]) -> impl Iterator<Item = &Route> {
    routes.iter().filter(|route| !is(&route.state, "Invalid"))
}

/// Length of the longest prefix of a route that fits.
fn length(route: &Route, fits: impl Fn(&str) -> bool) -> Option<u32> {
    let fitting = route.prefixes.iter().filter(|own| fits(own));
    fitting
        .filter_map(|own| prefix(own))
        .map(|(_, length)| length)
        .max()
}

fn preference(route: &Route) -> u8 {
    match hop(route) {
        _ if is_own(route) => 3,
        Hop::Gateway => 2,
        // The network's own addresses come before those of others.
        Hop::Local => 1,
        _ => 0,
    }
}

fn is(word: &str, other: &str) -> bool {
    word.eq_ignore_ascii_case(other)
}
