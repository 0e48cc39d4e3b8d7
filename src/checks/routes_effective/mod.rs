//! Do the packets of a network interface find the way to the other network?
//!
//! Asks ARM for the effective routes of the interface, a long-running read, and for the address spaces of the networks
//! that must be reached, each in its own tenant. For every prefix the most specific active route decides: a connected group
//! or a peering holds; no route, a route of the subnet's own table, one that a gateway learned, or the interface's own
//! network is broken. Azure answers for interfaces of running machines only.
//!
//! - [`causes`]: why the other network is not reached
//! - [`shapes`]: what is kept, and how it is read
//! - [`table`]: which route decides

mod causes;
mod shapes;
mod table;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::shapes::{Answer, Interface, InterfaceProperties, Route, Subnet, Wanted};
use self::table::{Hop, deciding, finer, hop, is_own};
use super::Check;
use super::listed::{Listed, given};
use super::machines::{self, Power};
use super::prefixes::Prefix;
use super::typed_id::{IdOf, NetworkInterface, VirtualNetwork};
use super::wire::{Resource, explaining, is_elsewhere};
use crate::ask::{Ask, ReadAction};
use crate::ids::ResourceId;
use crate::outcome::{Asks, At, Card, Claim, NoAnswer, Permission, Plane, Reason, Verdict};
use crate::timestamp::Timestamp;

/// The effective routes of the network interface reach the networks.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RoutesEffective {
    /// The network interface of a running machine.
    network_interface: IdOf<NetworkInterface>,
    /// Virtual networks that must be reached: their address spaces are read, each in its own tenant.
    virtual_networks: Option<Listed<IdOf<VirtualNetwork>>>,
    /// Prefixes that must be reached, where their network may not be read; an endpoint's address is one with `/32`.
    prefixes: Option<Listed<Prefix>>,
    /// What must join the networks; either will do when absent.
    by: Option<By>,
    /// Address of an appliance that the packets are meant to go through: a route to it holds, too.
    appliance: Option<IpAddr>,
}

/// What joins two networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum By {
    /// A mesh, or spokes that reach each other directly.
    ConnectedGroup,
    /// A peering, in the same region or another.
    Peering,
}

/// The interface with its routes, and what must be reached.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    interface: Option<Interface>,
    /// Absent when nobody was asked for them, or the machine does not run.
    routes: Option<Vec<Route>>,
    /// Power state of the machine, looked for when there are no routes.
    power: Option<String>,
    wanted: Vec<Wanted>,
    /// The table of the interface's subnet, looked for when a route of it decides.
    route_table: Option<String>,
}

impl Check for RoutesEffective {
    const CARD: Card = Card {
        id: "routes-effective",
        sentence: "the network interface has a route to the networks",
        about: "Reads the effective routes of the interface, which Azure answers for running machines only, and the address spaces \
                of the networks. For each prefix the most specific active route decides; that of a connected group or a peering \
                holds, and so does one to `appliance`.",
        asks: Asks::ArmOperation("network-interface"),
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &["virtual-networks", "prefixes"],
        homes: &[],
        facts: &[],
        permissions: &[
            Permission::action(
                "Microsoft.Network/networkInterfaces/read",
                At::Id("network-interface"),
            ),
            Permission::action(
                "Microsoft.Network/networkInterfaces/effectiveRouteTable/action",
                At::Id("network-interface"),
            ),
            Permission::action(
                "Microsoft.Network/virtualNetworks/read",
                At::Id("virtual-networks"),
            ),
            // Whose route it is that decides, and whether the machine runs: which they are, only the interface says.
            Permission::action(
                "Microsoft.Network/virtualNetworks/subnets/read",
                At::SubscriptionOf("network-interface"),
            )
            .explains(),
            Permission::action(
                "Microsoft.Compute/virtualMachines/instanceView/read",
                At::SubscriptionOf("network-interface"),
            )
            .explains(),
        ],
        causes: causes::CAUSES,
        warnings: &[],
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let read = ask.arm(&self.network_interface).await?;
        let mut seen = Seen {
            interface: read
                .map(|read: Resource<InterfaceProperties>| Interface::from(read.properties)),
            routes: None,
            power: None,
            wanted: self.wanted(ask).await?,
            route_table: None,
        };
        let is_used = seen.interface.as_ref().is_some_and(Interface::is_used);
        if !is_used || seen.wanted.iter().any(Wanted::is_out_of_sight) {
            return Ok(seen);
        }
        match self.routes(ask).await {
            Ok(routes) => seen.routes = Some(routes),
            Err(why) => match self.power(ask, &seen, &why).await {
                Some(power) => seen.power = Some(power),
                None => return Err(why),
            },
        }
        self.is_understood(&seen)?;
        if self.diverts(&seen) {
            seen.route_table = subnet_table(ask, &seen).await;
        }
        Ok(seen)
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let Some(interface) = &seen.interface else {
            return Reason::new("missing")
                .expected(&self.network_interface)
                .observed("no such resource")
                .into();
        };
        if let Some(reason) = seen.wanted.iter().find_map(Wanted::out_of_sight) {
            return reason.into();
        }
        if !interface.is_used() {
            return Reason::new("not-attached")
                .expected("the interface of a machine")
                .observed("no machine")
                .into();
        }
        let Some(routes) = &seen.routes else {
            return Reason::new("machine-not-running")
                .expected("a running machine")
                .observed(seen.power.as_deref().unwrap_or("no routes"))
                .with("machine", &interface.machine)
                .into();
        };
        let wanted = seen.wanted.iter().flat_map(Wanted::each);
        let mut broken = wanted.filter_map(|(network, prefix)| {
            let is_own = network.is_some_and(|network| interface.is_in(network));
            self.not_reached(routes, prefix, is_own)
        });
        let Some(reason) = broken.next() else {
            return Verdict::Holds;
        };
        Verdict::Broken(located(reason, interface, seen.route_table.as_deref()))
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(
            Self::CARD.id,
            None,
            self.network_interface.as_str(),
        )]
    }
}

impl RoutesEffective {
    /// What must be reached: prefixes as they are written, and those of the networks.
    async fn wanted(&self, ask: &Ask) -> Result<Vec<Wanted>, NoAnswer> {
        let mut wanted = Vec::new();
        for network in given(self.virtual_networks.as_ref()) {
            let read = match ask.arm(network).await {
                Err(why) if is_elsewhere(&why) => {
                    wanted.push(Wanted::elsewhere(network));
                    continue;
                }
                answer => answer?,
            };
            wanted.push(Wanted::of_network(network, read)?);
        }
        let prefixes = given(self.prefixes.as_ref()).iter();
        let prefixes: Vec<String> = prefixes.map(|it| it.to_string()).collect();
        if !prefixes.is_empty() {
            wanted.push(Wanted::given(prefixes));
        }
        Ok(wanted)
    }

    async fn routes(&self, ask: &Ask) -> Result<Vec<Route>, NoAnswer> {
        let action = ReadAction::EffectiveRouteTable;
        let answer: Option<Answer> = ask
            .arm_operation(&self.network_interface, action, &json!({}))
            .await?;
        let answer = answer.ok_or_else(|| {
            NoAnswer::Unusable("the interface went while its routes were asked for".to_owned())
        })?;
        answer.routes()
    }

    /// The power state of the machine, when a refusal can be for want of a running one.
    async fn power(&self, ask: &Ask, seen: &Seen, why: &NoAnswer) -> Option<String> {
        let NoAnswer::Refused(refusal) = why else {
            return None;
        };
        let machine = &seen.interface.as_ref()?.machine;
        let is_busy = refusal.status == 429 || refusal.status >= 500;
        if is_busy || machine.is_empty() {
            return None;
        }
        let machine: ResourceId = machine.parse().ok()?;
        match machines::power(ask, &machine).await {
            Power::Off(state) => Some(state),
            Power::Running | Power::Unknown => None,
        }
    }

    /// A hop that nobody here knows decides nothing: neither that the packets arrive, nor that they do not.
    fn is_understood(&self, seen: &Seen) -> Result<(), NoAnswer> {
        let routes = seen.routes.as_deref().unwrap_or_default();
        let mut wanted = seen.wanted.iter().flat_map(Wanted::each);
        let odd = wanted.find_map(|(_, prefix)| {
            let route = deciding(routes, prefix)?;
            (!is_own(route) && hop(route) == Hop::Unknown).then_some((prefix, route))
        });
        odd.map_or(Ok(()), |(prefix, route)| {
            let kind = &route.hop;
            Err(NoAnswer::Unusable(format!(
                "the route to {prefix} has a next hop that is not known here: {kind:?}"
            )))
        })
    }

    /// Whether a route of the subnet's table decides about something.
    fn diverts(&self, seen: &Seen) -> bool {
        let routes = seen.routes.as_deref().unwrap_or_default();
        let mut wanted = seen.wanted.iter().flat_map(Wanted::each);
        wanted.any(|(_, prefix)| {
            let decides = deciding(routes, prefix).is_some_and(is_own);
            decides || finer(routes, prefix).any(is_own)
        })
    }

    /// Why packets to a prefix do not arrive, if they do not.
    fn not_reached(&self, routes: &[Route], prefix: &str, is_of_own: bool) -> Option<Reason> {
        let told = |cause: &'static str, route: Option<&Route>| {
            let observed = route.map_or_else(|| "no route".to_owned(), ToString::to_string);
            let label = route.map_or_else(String::new, Route::label);
            Reason::new(cause)
                .expected(format!("{prefix} by {}", self.ways()))
                .observed(observed)
                .with("prefix", prefix)
                .with("route", label)
                .with("route-name", route.map_or("", |route| route.name.as_str()))
        };
        let decides = deciding(routes, prefix);
        let Some(route) = decides else {
            return Some(told("no-route", None));
        };
        if is_own(route) {
            return self.diverted(route).map(|cause| told(cause, Some(route)));
        }
        let cause = match hop(route) {
            Hop::Local if is_of_own => None,
            Hop::Local => Some("own-addresses-overlap"),
            Hop::Gateway => Some("gateway-route-wins"),
            Hop::ConnectedGroup if self.by == Some(By::Peering) => Some("other-way"),
            Hop::Peering if self.by == Some(By::ConnectedGroup) => Some("other-way"),
            Hop::ConnectedGroup | Hop::Peering | Hop::Endpoint => None,
            Hop::Appliance | Hop::Internet | Hop::Nowhere | Hop::Unknown => Some("no-route"),
        };
        if let Some(cause) = cause {
            return Some(told(cause, Some(route)));
        }
        // Something inside of the prefix may go another way.
        finer(routes, prefix).find_map(|route| {
            let cause = match hop(route) {
                _ if is_own(route) => self.diverted(route),
                Hop::Local if !is_of_own => Some("own-addresses-overlap"),
                Hop::Gateway => Some("gateway-route-wins"),
                _ => None,
            };
            cause.map(|cause| told(cause, Some(route)))
        })
    }

    /// A route of the subnet's own table: right when it leads to the appliance that is meant.
    fn diverted(&self, route: &Route) -> Option<&'static str> {
        let leads_to = |address: IpAddr| {
            let mut all = route.hop_addresses.iter();
            all.any(|own| own.parse() == Ok(address))
        };
        match hop(route) {
            Hop::Appliance if self.appliance.is_some_and(leads_to) => None,
            Hop::Nowhere => Some("own-route-drops"),
            _ => Some("own-route-wins"),
        }
    }

    fn ways(&self) -> String {
        let by = match self.by {
            Some(By::ConnectedGroup) => "a connected group",
            Some(By::Peering) => "a peering",
            None => "a connected group or a peering",
        };
        let appliance = self.appliance;
        appliance.map_or_else(|| by.to_owned(), |address| format!("{by}, or {address}"))
    }
}

/// Adds where the interface stands, and the route of its subnet's table that decides.
fn located(mut reason: Reason, interface: &Interface, table: Option<&str>) -> Reason {
    if let Some(subnet) = interface.subnet() {
        let network = subnet.split("/subnets/").next().unwrap_or_default();
        reason = reason
            .with("network-of-subnet", network)
            .with("empty-json", "{}")
            .with("subnet", subnet);
    }
    match (table, reason.values.get("route-name")) {
        (Some(table), Some(route)) if !route.is_empty() => {
            let own = format!("{table}/routes/{route}");
            reason.with("own-route", own)
        }
        _ => reason,
    }
}

/// The table of the interface's subnet.
async fn subnet_table(ask: &Ask, seen: &Seen) -> Option<String> {
    let subnet = seen.interface.as_ref()?.subnet()?.parse().ok()?;
    let read: Resource<Subnet> = explaining(ask.arm(&subnet).await)?;
    let table = read.properties.route_table.id;
    (!table.is_empty()).then_some(table)
}
