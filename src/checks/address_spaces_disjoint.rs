//! Do the address spaces of these networks stay clear of each other?
//!
//! Asks ARM for each network in its own tenant, and compares every prefix of each with every prefix of the others, IPv4
//! and IPv6. Networks that overlap are accepted as members, and traffic to what overlaps is dropped.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Check;
use super::listed::Listed;
use super::networks;
use super::prefixes::{prefix, shares};
use super::typed_id::{IdOf, VirtualNetwork};
use super::wire::{Resource, is_elsewhere, lenient, list_of};
use crate::ask::Ask;
use crate::outcome::{
    Asks, At, Card, Cause, Claim, Heals, NoAnswer, Owner, Permission, Plane, Reason, Verdict,
};
use crate::timestamp::Timestamp;

/// The address spaces of these networks do not overlap.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct AddressSpacesDisjoint {
    /// The virtual networks, of one or several tenants.
    virtual_networks: Listed<IdOf<VirtualNetwork>, 2>,
}

/// The networks, in the scenario's order.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    networks: Vec<Network>,
}

/// A network with its prefixes; without any when it does not exist.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Network {
    id: String,
    prefixes: Option<Vec<String>>,
    /// Whether its subscription belongs to another tenant than the one that the scenario lists it for.
    #[serde(default)]
    elsewhere: bool,
}

impl Check for AddressSpacesDisjoint {
    const CARD: Card = Card {
        id: "address-spaces-disjoint",
        sentence: "the address spaces of the networks do not overlap",
        about: "Reads every network in the tenant that lists its subscription, and compares all prefixes, IPv4 and IPv6, pair by \
                pair. Azure accepts members that overlap and drops the traffic to the addresses that both have.",
        asks: Asks::Arm("virtual-networks"),
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &[],
        homes: &[],
        facts: &[],
        permissions: &[Permission::action(
            "Microsoft.Network/virtualNetworks/read",
            At::Id("virtual-networks"),
        )],
        causes: CAUSES,
        warnings: &[],
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let mut networks = Vec::new();
        for id in self.virtual_networks.iter() {
            let read = match ask.arm::<Resource<Properties>>(id).await {
                Err(why) if is_elsewhere(&why) => {
                    networks.push(Network {
                        id: id.to_string(),
                        prefixes: None,
                        elsewhere: true,
                    });
                    continue;
                }
                answer => answer?,
            };
            let prefixes = read.map(|read| read.properties.address_space.address_prefixes);
            if let Some(odd) = prefixes
                .iter()
                .flatten()
                .find(|text| prefix(text).is_none())
            {
                return Err(NoAnswer::Unusable(format!(
                    "`{odd}` of {id} is no address prefix"
                )));
            }
            networks.push(Network {
                id: id.to_string(),
                prefixes,
                elsewhere: false,
            });
        }
        Ok(Seen { networks })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        if let Some(moved) = seen.networks.iter().find(|own| own.elsewhere) {
            return Reason::new("subscription-elsewhere")
                .expected("a subscription of the tenant that the scenario lists it for")
                .observed("the tenant does not have it")
                .with("network", &moved.id)
                .into();
        }
        if let Some(absent) = seen.networks.iter().find(|own| own.prefixes.is_none()) {
            return Reason::new("missing")
                .expected(&absent.id)
                .observed("no such resource")
                .with("network", &absent.id)
                .into();
        }
        let overlaps = overlaps(&seen.networks);
        let Some(first) = overlaps.first() else {
            return Verdict::Holds;
        };
        let (stays, yields) = first.parties();
        Reason::new("overlap")
            .expected("no prefix in common")
            .observed(list_of(&overlaps))
            .with("stays", &stays.id)
            .with("yields", &yields.id)
            .with("yields-prefix", first.place_in(yields))
            .with("prefixes", format!("{} and {}", first.prefix, first.within))
            .into()
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(
            Self::CARD.id,
            None,
            list_of(self.virtual_networks.iter()),
        )]
    }
}

/// Two prefixes that share addresses.
struct Overlap<'a> {
    one: &'a Network,
    other: &'a Network,
    prefix: &'a str,
    within: &'a str,
}

impl<'a> Overlap<'a> {
    /// Where the shared prefix of one of the two stands, as `az` names it.
    fn place_in(&self, network: &Network) -> String {
        let own = match network.id == self.one.id {
            true => self.prefix,
            false => self.within,
        };
        let mut prefixes = network.prefixes.iter().flatten();
        let at = prefixes
            .position(|prefix| prefix == own)
            .unwrap_or_default();
        format!("addressSpace.addressPrefixes[{at}]")
    }

    /// Who stays, and who yields: the network that keeps another prefix when it gives this one up, else the later one.
    fn parties(&self) -> (&'a Network, &'a Network) {
        let keeps_more = |own: &Network, other: &Network| {
            let clear = |prefix: &&String| {
                let others = other.prefixes.iter().flatten();
                others.clone().all(|their| !shares(prefix, their))
            };
            own.prefixes.iter().flatten().any(|own| clear(&own))
        };
        match (
            keeps_more(self.one, self.other),
            keeps_more(self.other, self.one),
        ) {
            (true, false) => (self.other, self.one),
            _ => (self.one, self.other),
        }
    }
}

impl std::fmt::Display for Overlap<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = |network: &Network| network.id.rsplit('/').next().unwrap_or_default().to_owned();
        write!(
            f,
            "{} of {} and {} of {}",
            self.prefix,
            name(self.one),
            self.within,
            name(self.other)
        )
    }
}

/// Every pair of prefixes of two networks that share addresses.
fn overlaps(networks: &[Network]) -> Vec<Overlap<'_>> {
    let mut found = Vec::new();
    for (at, one) in networks.iter().enumerate() {
        for other in &networks[at + 1..] {
            if one.id.eq_ignore_ascii_case(&other.id) {
                continue;
            }
            for own in one.prefixes.iter().flatten() {
                for their in other.prefixes.iter().flatten() {
                    if shares(own, their) {
                        found.push(Overlap {
                            one,
                            other,
                            prefix: own,
                            within: their,
                        });
                    }
                }
            }
        }
    }
    found
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Properties {
    #[serde(deserialize_with = "lenient")]
    address_space: AddressSpace,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AddressSpace {
    #[serde(deserialize_with = "lenient")]
    address_prefixes: Vec<String>,
}

const CAUSES: &[Cause] = &[
    Cause {
        id: "missing",
        ..networks::MISSING
    },
    Cause {
        id: "subscription-elsewhere",
        ..networks::SUBSCRIPTION_ELSEWHERE
    },
    Cause {
        id: "overlap",
        on: &[],
        owner: Owner::Of("yields"),
        heals: Heals::Never,
        says: "{stays} and {yields} share addresses ({prefixes}): both may be members, and traffic to what they share is dropped; give one of them other prefixes",
        fix: &[
            "az network vnet show --ids {yields} --query addressSpace.addressPrefixes",
            "# a prefix can go only when no subnet is in it: what stands in those must move first",
            "az network vnet subnet list --subscription {yields.subscription} --resource-group {yields.group} --vnet-name {yields.name} --output table",
            "# NEW_PREFIX: one that no other member has, in place of what is shared; the other prefixes stay",
            "az network vnet update --ids {yields} --set {yields-prefix}=\"$NEW_PREFIX\"",
        ],
        source: "PITFALLS A16; virtual-network-manager/concept-limitations.md",
    },
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checks::testing::{broken, check, judged};

    const ONE: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/home";
    const TWO: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/data";

    fn subject() -> AddressSpacesDisjoint {
        check(json!({"virtual-networks": [ONE, TWO]}))
    }

    fn seen(one: &[&str], two: &[&str]) -> Seen {
        let network = |id: &str, prefixes: &[&str]| Network {
            id: id.to_owned(),
            prefixes: Some(prefixes.iter().map(ToString::to_string).collect()),
            elsewhere: false,
        };
        Seen {
            networks: vec![network(ONE, one), network(TWO, two)],
        }
    }

    #[test]
    fn every_prefix_is_compared_with_every_other() {
        let clear = seen(&["10.1.0.0/16", "fd00:1::/48"], &["10.2.0.0/16"]);
        assert_eq!(judged(&subject(), &clear), Verdict::Holds);
        let second = seen(
            &["10.1.0.0/16", "10.7.0.0/16"],
            &["10.2.0.0/16", "10.7.4.0/24"],
        );
        let reason = broken(&subject(), &second, "overlap");
        assert_eq!(
            reason.observed.as_deref(),
            Some("10.7.0.0/16 of home and 10.7.4.0/24 of data")
        );
    }

    #[test]
    fn the_network_that_keeps_another_prefix_yields_and_else_the_later_one() {
        for (one, two, yields) in [
            (&["10.2.0.0/16"][..], &["10.2.0.0/16"][..], TWO),
            (&["10.1.0.0/16", "10.2.0.0/24"], &["10.2.0.0/16"], ONE),
            (&["10.2.0.0/16"], &["10.3.0.0/16", "10.2.0.0/24"], TWO),
        ] {
            let reason = broken(&subject(), &seen(one, two), "overlap");
            assert_eq!(reason.values["yields"], yields, "{one:?} {two:?}");
            let at = usize::from(one.len() + two.len() > 2);
            let place = format!("addressSpace.addressPrefixes[{at}]");
            assert_eq!(reason.values["yields-prefix"], place);
        }
    }

    #[test]
    fn a_subscription_of_another_tenant_is_told_as_that() {
        let mut moved = seen(&["10.1.0.0/16"], &[]);
        (moved.networks[1].prefixes, moved.networks[1].elsewhere) = (None, true);
        let reason = broken(&subject(), &moved, "subscription-elsewhere");
        assert_eq!(reason.values["network"], TWO);
    }

    #[test]
    fn a_network_that_is_not_there_proves_nothing() {
        let mut gone = seen(&["10.1.0.0/16"], &[]);
        gone.networks[1].prefixes = None;
        let reason = broken(&subject(), &gone, "missing");
        assert_eq!(reason.values["network"], TWO);
    }
}
