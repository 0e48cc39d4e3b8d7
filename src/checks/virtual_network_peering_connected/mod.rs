//! Are the two virtual networks peered, in both directions?
//!
//! Asks ARM for the peerings of each network, in the network's own tenant. A peering of each that names the other, both
//! `Connected`, provisioned, in step with the address spaces as they are, and with traffic allowed holds. Peerings are
//! the alternative to a mesh, which makes none (PITFALLS A17); hub-and-spoke makes them.
//!
//! - [`causes`]: why two networks are not peered
//! - [`shapes`]: what is kept of a network and its peerings, and how it is read

mod causes;
mod shapes;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::shapes::{Peering, Properties, Side, same};
use super::Check;
use super::listed::Listed;
use super::typed_id::{IdOf, VirtualNetwork};
use super::wire::{Resource, is_elsewhere, list_of};
use crate::ask::Ask;
use crate::ids::ResourceId;
use crate::outcome::{Asks, At, Card, Claim, NoAnswer, Permission, Plane, Reason, Verdict};
use crate::timestamp::Timestamp;

/// The virtual networks are peered.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct VirtualNetworkPeeringConnected {
    /// The two virtual networks, each read in the tenant that lists its subscription; or the one that may be read.
    virtual_networks: Listed<IdOf<VirtualNetwork>>,
    /// The other network, where `virtual-networks` holds one: its side is not read then.
    remote: Option<IdOf<VirtualNetwork>>,
    /// Whether each network must take traffic that something in the other forwards.
    #[serde(default)]
    forwarded_traffic: bool,
    /// Whether the first network must use a gateway of the second one.
    #[serde(default)]
    remote_gateway: bool,
}

/// The sides that were read, in the scenario's order.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    sides: Vec<Side>,
}

impl Check for VirtualNetworkPeeringConnected {
    const CARD: Card = Card {
        id: "virtual-network-peering-connected",
        sentence: "the virtual networks are peered in both directions",
        about: "Reads the peerings of both networks, each in its own tenant. One of each must name the other, both `Connected`, \
                `Succeeded`, in step with the address spaces as they are, and with access allowed. With one network and \
                `remote`, that side speaks for both: it is `Connected` only while the other one points back.",
        asks: Asks::Arm("virtual-networks"),
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &[],
        homes: &[],
        facts: &[],
        permissions: &[Permission::action(
            "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/read",
            At::Id("virtual-networks"),
        )],
        causes: causes::CAUSES,
        warnings: &[],
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        self.ends().ok_or_else(|| {
            let why = "expected two virtual networks, or one and `remote`";
            NoAnswer::Unusable(why.to_owned())
        })?;
        let mut sides = Vec::new();
        for network in self.virtual_networks.iter() {
            sides.push(side(ask, network).await?);
        }
        Ok(Seen { sides })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let Some(ends) = self.ends() else {
            return Reason::new("missing").into();
        };
        let broken = seen
            .sides
            .iter()
            .find_map(absent)
            .or_else(|| self.one_sided(seen, ends))
            .or_else(|| self.not_connected(seen, ends))
            .or_else(|| self.not_agreed(seen, ends));
        broken.map_or(Verdict::Holds, Verdict::Broken)
    }

    fn claims(&self) -> Vec<Claim> {
        let networks = self.virtual_networks.iter().chain(&self.remote);
        vec![Claim::new(Self::CARD.id, None, list_of(networks))]
    }
}

/// Two networks, as the scenario writes them.
type Ends<'a> = [&'a ResourceId; 2];

impl VirtualNetworkPeeringConnected {
    /// The two networks; nothing when the scenario names fewer or more.
    fn ends(&self) -> Option<Ends<'_>> {
        match (&self.virtual_networks[..], &self.remote) {
            ([one, other], None) => Some([one, other]),
            ([one], Some(other)) => Some([one, other]),
            _ => None,
        }
    }

    /// One side has no peering with the other.
    fn one_sided(&self, seen: &Seen, ends: Ends<'_>) -> Option<Reason> {
        let lacks = |side: &&Side| ours(side, ends).is_none();
        let lacking = seen.sides.iter().find(lacks)?;
        let left = seen.sides.iter().find_map(|side| ours(side, ends));
        if let Some(left) = left.filter(|it| it.is("Disconnected")) {
            return Some(self.disconnected(left, ends));
        }
        let other = other_end(&lacking.network, ends);
        let peerings = lacking.peerings.as_deref().unwrap_or_default();
        let all = list_of(peerings.iter().map(|it| &it.remote));
        let misled = peerings.iter().find(|it| it.is_namesake(other.as_str()));
        let cause = match misled {
            Some(_) => Reason::new("names-another-network"),
            None => Reason::new("no-peering"),
        };
        let reason = self.anew(cause, &lacking.network, ends, free_name(peerings, other));
        let reason = reason.expected(other).observed(all);
        Some(match misled {
            Some(misled) => reason
                .with("peering", &misled.id)
                .with("leads-to", &misled.remote),
            None => reason,
        })
    }

    /// A peering is there, and not as it should be.
    fn not_connected(&self, seen: &Seen, ends: Ends<'_>) -> Option<Reason> {
        let all: Vec<&Peering> = seen
            .sides
            .iter()
            .filter_map(|side| ours(side, ends))
            .collect();
        let failed = all.iter().find(|it| it.is_provisioned("Failed"));
        if let Some(failed) = failed {
            return Some(told("provisioning-failed", failed, &failed.provisioning));
        }
        let unfinished = |it: &&&Peering| {
            !it.provisioning.is_empty() && !it.is_provisioned("Succeeded")
                || it.is("Initiated") && seen.sides.len() == 2
        };
        if let Some(changing) = all.iter().find(unfinished) {
            let observed = format!("{}, {}", changing.provisioning, changing.state);
            return Some(told("updating", changing, &observed));
        }
        let odd = all.iter().find(|it| !it.is("Connected"))?;
        if odd.is("Disconnected") {
            return Some(self.disconnected(odd, ends));
        }
        if !odd.is("Initiated") {
            return Some(told("unknown-state", odd, &odd.state));
        }
        let other = other_end(network_of(odd), ends);
        let name = format!("to-{}", name_of(network_of(odd)));
        let reason = self.anew(Reason::new("initiated"), other.as_str(), ends, name);
        let reason = reason.expected("Connected").observed("Initiated");
        Some(reason.with("peering", &odd.id))
    }

    /// Both sides are connected, and do not let through what they should.
    fn not_agreed(&self, seen: &Seen, ends: Ends<'_>) -> Option<Reason> {
        let all = seen.sides.iter().filter_map(|side| ours(side, ends));
        let all: Vec<&Peering> = all.collect();
        let closed = all.iter().find(|it| it.access == Some(false));
        if let Some(closed) = closed {
            return Some(told(
                "access-refused",
                closed,
                "allowVirtualNetworkAccess: false",
            ));
        }
        if let Some(reason) = not_in_sync(&all, ends) {
            return Some(reason);
        }
        let refuses = |it: &&&Peering| self.forwarded_traffic && it.forwarded == Some(false);
        if let Some(refusing) = all.iter().find(refuses) {
            let observed = "allowForwardedTraffic: false";
            return Some(told("forwarded-traffic-refused", refusing, observed));
        }
        if !self.remote_gateway {
            return None;
        }
        let of = |end: &ResourceId| {
            let mut all = all.iter();
            all.find(|it| same(network_of(it), end.as_str()))
        };
        if let Some(offering) = of(ends[1]).filter(|it| it.offers_gateway == Some(false)) {
            let observed = "allowGatewayTransit: false";
            return Some(told("gateway-transit-refused", offering, observed));
        }
        let using = of(ends[0]).filter(|it| it.uses_gateway == Some(false))?;
        let observed = "useRemoteGateways: false";
        Some(told("remote-gateway-unused", using, observed))
    }

    /// What is left of a peering whose other half was deleted: both have to be made anew.
    fn disconnected(&self, left: &Peering, ends: Ends<'_>) -> Reason {
        let (own, other) = (network_of(left), other_end(network_of(left), ends));
        let reason = Reason::new("disconnected")
            .expected("Connected")
            .observed("Disconnected")
            .with("peering", &left.id)
            .with("own-network", own)
            .with("own-uses-gateway", self.uses_gateway(own, ends))
            .with("own-offers-gateway", self.offers_gateway(own, ends));
        self.anew(reason, other.as_str(), ends, format!("to-{}", name_of(own)))
    }

    /// Adds what it takes to make the peering of a network, which is the one that lacks it.
    fn anew(&self, reason: Reason, network: &str, ends: Ends<'_>, name: String) -> Reason {
        reason
            .with("network", network)
            .with("remote-network", other_end(network, ends))
            .with("peering-name", name)
            .with("forwarded", self.forwarded_traffic)
            .with("uses-gateway", self.uses_gateway(network, ends))
            .with("offers-gateway", self.offers_gateway(network, ends))
    }

    fn uses_gateway(&self, network: &str, ends: Ends<'_>) -> bool {
        self.remote_gateway && same(network, ends[0].as_str())
    }

    fn offers_gateway(&self, network: &str, ends: Ends<'_>) -> bool {
        self.remote_gateway && same(network, ends[1].as_str())
    }
}

/// One network's side.
async fn side(ask: &Ask, network: &ResourceId) -> Result<Side, NoAnswer> {
    let collection = network.child("virtualNetworkPeerings");
    let read = match ask.arm_list::<Resource<Properties>>(&collection, &[]).await {
        Err(why) if is_elsewhere(&why) => return Ok(Side::elsewhere(network)),
        answer => answer?,
    };
    let peerings = read.map(|read| read.into_iter().map(Peering::from).collect());
    Ok(Side {
        network: network.to_string(),
        peerings,
        elsewhere: false,
    })
}

/// The network cannot be read where the scenario says it is.
fn absent(side: &Side) -> Option<Reason> {
    if side.elsewhere {
        let reason = Reason::new("subscription-elsewhere")
            .expected("a subscription of the tenant that the scenario lists it for")
            .observed("the tenant does not have it");
        return Some(reason.with("network", &side.network));
    }
    let reason = Reason::new("missing")
        .expected(&side.network)
        .observed("no such resource");
    side.peerings
        .is_none()
        .then(|| reason.with("network", &side.network))
}

/// The side's peering with the other network; a network has no two with the same one.
fn ours<'s>(side: &'s Side, ends: Ends<'_>) -> Option<&'s Peering> {
    let other = other_end(&side.network, ends);
    let peerings = side.peerings.as_deref().unwrap_or_default();
    peerings.iter().find(|it| same(&it.remote, other.as_str()))
}

/// The peering that has to be written again because it remembers an address space that is none any more.
fn not_in_sync(all: &[&Peering], ends: Ends<'_>) -> Option<Reason> {
    let told_so = |it: &Peering| !it.sync.is_empty() && !it.is_synced("FullyInSync");
    let first = all.iter().find(|it| told_so(it))?;
    let is_old = |it: &&&Peering| it.remembers_another_space() || it.is_synced("LocalNotInSync");
    let reason = Reason::new("not-in-sync")
        .expected("FullyInSync")
        .observed(&first.sync);
    Some(match all.iter().find(is_old) {
        Some(old) => reason
            .with("out-of-step", &old.id)
            .with("of-network", network_of(old)),
        // Its side was not read: whoever has the other network must look.
        None => reason.with("of-network", other_end(network_of(first), ends)),
    })
}

/// A cause about a peering that is there.
fn told(cause: &'static str, peering: &Peering, observed: &str) -> Reason {
    let reason = Reason::new(cause).observed(observed);
    reason.with("peering", &peering.id)
}

/// The network that is not this one.
fn other_end<'e>(network: &str, ends: Ends<'e>) -> &'e ResourceId {
    match same(network, ends[0].as_str()) {
        true => ends[1],
        false => ends[0],
    }
}

/// The network that a peering belongs to.
fn network_of(peering: &Peering) -> &str {
    let lower = peering.id.to_ascii_lowercase();
    let at = lower.rfind("/virtualnetworkpeerings/");
    at.map_or(&peering.id, |at| &peering.id[..at])
}

fn name_of(network: &str) -> &str {
    network.rsplit('/').next().unwrap_or_default()
}

/// `to-data`, or the next one that no peering has.
fn free_name(taken: &[Peering], other: &ResourceId) -> String {
    let wanted = format!("to-{}", other.name());
    let is_taken = |name: &str| {
        taken
            .iter()
            .any(|it| name_of(&it.id).eq_ignore_ascii_case(name))
    };
    if !is_taken(&wanted) {
        return wanted;
    }
    let mut numbers = 2..;
    let numbered = numbers.find_map(|number: u32| {
        let name = format!("{wanted}-{number}");
        (!is_taken(&name)).then_some(name)
    });
    numbered.unwrap_or(wanted)
}
