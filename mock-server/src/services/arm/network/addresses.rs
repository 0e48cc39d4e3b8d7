//! Which addresses of a network are free? `CheckIPAddressAvailability`, `usages`, and what an interface gets.
//!
//! Azure keeps the first four addresses of a subnet and the last (azure-docs, `virtual-network/virtual-networks-faq.md`);
//! taken are those of interfaces, private endpoints and vantages.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::{interfaces, prefix};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::errors::bad_request;
use crate::services::arm::found;
use crate::services::network_manager::key;
use crate::services::private_endpoint::address::range;
use crate::services::subnets::INTERFACES;
use crate::store::{Resource, SUBNETS, State};

/// How many others are offered when an address is taken: as many as the official example has.
const OFFERED: usize = 5;
/// Addresses at the beginning of a subnet that Azure keeps.
const KEPT: u32 = 4;

/// `VirtualNetworks_CheckIPAddressAvailability`.
pub(super) fn check(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let asked = || {
        let network = found::parent(&state, request)?;
        let text = request.query("ipAddress").unwrap_or_default();
        let address = text.parse::<Ipv4Addr>().map_err(|_| {
            let message = format!("The value '{text:.100}' of ipAddress is not an IPv4 address.");
            bad_request("InvalidIPAddressFormat", &message)
        })?;
        Ok(availability(&state, network, address))
    };
    asked().map_or_else(|refused: Reply| refused, |body| Reply::ok(&body))
}

/// `VirtualNetworks_ListUsage`: how many addresses of each subnet somebody has, and how many there are to have. Names and
/// numbers as the reference of `Get-AzVirtualNetworkUsageList` shows them; `SubnetSpace` is ours.
pub(super) fn usages(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::parent(&state, request).map_or_else(
        |refused: Reply| refused,
        |network| Reply::ok(&json!({"value": usages_of(&state, network)})),
    )
}

fn usages_of(state: &State, network: &Resource) -> Vec<Value> {
    let taken = taken(state, &network.id);
    let subnets = state.children(&network.id, SUBNETS);
    subnets.map(|it| usage(it, &taken)).collect()
}

fn usage(subnet: &Resource, taken: &BTreeSet<Ipv4Addr>) -> Value {
    let ranges = prefix::of_subnet(subnet.properties());
    let ranges: Vec<_> = ranges.into_iter().filter_map(range).map(usable).collect();
    let is_in = |it: &Ipv4Addr| ranges.iter().any(|range| range.contains(&u32::from(*it)));
    json!({
        "id": subnet.id,
        "currentValue": taken.iter().filter(|it| is_in(it)).count(),
        "limit": ranges.iter().map(|it| it.end.saturating_sub(it.start)).map(u64::from).sum::<u64>(),
        "name": {"value": "SubnetSpace", "localizedValue": "Subnet size and usage"},
        "unit": "Count",
    })
}

fn availability(state: &State, network: &Resource, address: Ipv4Addr) -> Value {
    let taken = taken(state, &network.id);
    let subnets: Vec<(u32, u32)> = state
        .children(&network.id, SUBNETS)
        .flat_map(|it| prefix::of_subnet(it.properties()))
        .filter_map(range)
        .collect();
    let of_it = subnets
        .iter()
        .find(|(first, last)| (*first..=*last).contains(&u32::from(address)));
    let available = of_it.is_some_and(|it| usable(*it).contains(&u32::from(address)))
        && !taken.contains(&address);
    let mut body = json!({"available": available});
    if !available {
        let in_it = of_it.or(subnets.first()).into_iter();
        let others = in_it.flat_map(|it| usable(*it)).map(Ipv4Addr::from);
        let others: Vec<Ipv4Addr> = others
            .filter(|it| !taken.contains(it))
            .take(OFFERED)
            .collect();
        body["availableIPAddresses"] = json!(others);
    }
    let is_kept = of_it.is_some_and(|it| !usable(*it).contains(&u32::from(address)));
    body["isPlatformReserved"] = json!(is_kept);
    body
}

fn usable((first, last): (u32, u32)) -> std::ops::Range<u32> {
    first.saturating_add(KEPT)..last
}

/// The first address of a subnet that nobody has, and that was not given out within the same body.
pub(super) fn first_free(state: &State, subnet: &Resource, given: &[Ipv4Addr]) -> Option<Ipv4Addr> {
    let network = super::subnets::network_of(&subnet.id)?;
    let taken = taken(state, &network);
    let ranges = prefix::of_subnet(subnet.properties());
    let all = ranges.into_iter().filter_map(range).flat_map(usable);
    let mut all = all.map(Ipv4Addr::from);
    all.find(|it| !taken.contains(it) && !given.contains(it))
}

/// May an interface have this address of a subnet, as far as others are concerned?
pub(super) fn is_free(state: &State, subnet: &Resource, address: Ipv4Addr, own: &str) -> bool {
    let network = super::subnets::network_of(&subnet.id).unwrap_or_default();
    let ranges = prefix::of_subnet(subnet.properties());
    let mut ranges = ranges.into_iter().filter_map(range);
    let inside = ranges.any(|it| usable(it).contains(&u32::from(address)));
    let own = state.resource(own).map(interfaces::addresses);
    let is_own = own.is_some_and(|mut own| own.any(|it| it.1 == address));
    inside && (is_own || !taken(state, &network).contains(&address))
}

/// Addresses that somebody of the network has.
fn taken(state: &State, network: &str) -> BTreeSet<Ipv4Addr> {
    let network = key(network);
    let in_it =
        |subnet: &str| super::subnets::network_of(subnet).is_some_and(|it| key(&it) == network);
    let vantages = state.vantages.values();
    let vantages = vantages.filter(|it| it.network.as_ref().is_some_and(|it| key(it) == network));
    let mut taken: BTreeSet<Ipv4Addr> = vantages.filter_map(|it| it.address).collect();
    let endpoints = state.derived().endpoints.iter();
    let endpoints = endpoints.filter(|it| in_it(&it.subnet));
    taken.extend(endpoints.flat_map(|it| it.addresses.iter().filter_map(|it| it.address)));
    for interface in state.resources_of_type(INTERFACES) {
        let own = interfaces::addresses(interface);
        taken.extend(own.filter(|(subnet, _)| in_it(subnet)).map(|(_, it)| it));
    }
    taken
}
