//! Is every network that is meant a member of the network group?
//!
//! Asks ARM for the static members of the group as the home tenant's auditor, and for the group's manager, whose scope
//! tells which networks are another tenant's. Those can only be static members: policy never adds them. A network of
//! the own tenant that is no static member may be one by policy; its effective configurations then name the group. The
//! regions of all members are the fact that a deployment is held against.
//!
//! - [`causes`]: why a group is not complete

mod causes;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Check;
use super::limits::NETWORKS_OF_CONNECTED_GROUP;
use super::listed::Listed;
use super::network_manager::ids::{self, any, same, slashed};
use super::network_manager::manager::Manager;
use super::typed_id::{IdOf, NetworkGroup, VirtualNetwork};
use super::wire::{Pointer, Resource, explaining, lenient, list_of};
use crate::ask::{Ask, ReadAction};
use crate::ids::ResourceId;
use crate::outcome::{
    Asks, At, Card, Claim, FactSpec, FactType, Facts, NoAnswer, Permission, Plane, Reason, Regions,
    Verdict,
};
use crate::timestamp::Timestamp;

/// Every network that is meant is a member of the network group.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct NetworkGroupComplete {
    /// The network group.
    network_group: IdOf<NetworkGroup>,
    /// The virtual networks that must be members, of whichever tenant.
    members: Listed<IdOf<VirtualNetwork>>,
    /// Whether there may be no other members.
    #[serde(default)]
    only: bool,
}

/// The members, or nothing when there is no such group.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    members: Option<Vec<Member>>,
    /// Members that do not exist any more.
    gone: Vec<String>,
    /// Listed networks that are another tenant's, with the tenant.
    foreign: Vec<Foreign>,
    /// Listed networks that are members by policy.
    by_policy: Vec<Member>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Member {
    /// Name of the static member; empty for a member by policy.
    name: String,
    network: String,
    region: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Foreign {
    network: String,
    tenant: String,
}

impl Check for NetworkGroupComplete {
    const CARD: Card = Card {
        id: "network-group-complete",
        sentence: "every network that is meant is a member of the network group",
        about: "Reads the static members of the network group. Every listed network must be one; a network of the manager's own \
                tenant may also be a member by policy, as its effective configurations tell. With `only`, no other network may \
                be a static member.",
        asks: Asks::Arm("network-group"),
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &[],
        homes: &[],
        facts: &[
            FactSpec {
                name: "network-group",
                fact_type: FactType::ResourceId,
                about: "the network group itself",
            },
            FactSpec {
                name: "regions",
                fact_type: FactType::Regions,
                about: "the regions of all members",
            },
        ],
        permissions: &[
            Permission::action(
                "Microsoft.Network/networkManagers/networkGroups/read",
                At::Id("network-group"),
            ),
            Permission::action(
                "Microsoft.Network/networkManagers/networkGroups/staticMembers/read",
                At::Id("network-group"),
            ),
            Permission::action(
                "Microsoft.Network/virtualNetworks/read",
                At::Named("Microsoft.Network/virtualNetworks"),
            )
            .sometimes("where the group does not tell the region of a member"),
            Permission::action(
                "Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveConnectivityConfigurations/action",
                At::Id("members"),
            )
            .sometimes("when a network of the tenant is no static member"),
            Permission::action(
                "Microsoft.Network/networkManagers/read",
                At::Id("network-group"),
            )
            .explains(),
        ],
        causes: causes::CAUSES,
        warnings: causes::WARNINGS,
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let group = ask
            .arm::<serde_json::Value>(&self.network_group)
            .await?
            .is_some();
        let collection = self.network_group.child("staticMembers");
        let read = match group {
            true => {
                ask.arm_list::<Resource<Properties>>(&collection, &[])
                    .await?
            }
            false => None,
        };
        let Some(read) = read else {
            return Ok(Seen::default());
        };
        let mut members: Vec<Member> = read.into_iter().map(Member::from).collect();
        let mut gone = Vec::new();
        for member in members.iter_mut().filter(|member| member.region.is_empty()) {
            match location(ask, &member.network).await? {
                Some(region) => member.region = region,
                None => gone.push(member.network.clone()),
            }
        }
        let foreign = self.foreign(ask).await;
        let by_policy = self.by_policy(ask, &members, &foreign).await?;
        Ok(Seen {
            members: Some(members),
            gone,
            foreign,
            by_policy,
        })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let Some(members) = &seen.members else {
            let manager = self.network_group.parent();
            return Reason::new("missing")
                .expected(&self.network_group)
                .observed("no such resource")
                .with(
                    "network-manager",
                    manager.map_or_else(String::new, |id| id.to_string()),
                )
                .with("network-group-json", ids::body(json!({})))
                .into();
        };
        let wrong = self
            .absent(members, seen)
            .or_else(|| self.member_gone(members, &seen.gone))
            .or_else(|| self.unexpected(members));
        match wrong {
            Some(reason) => reason.into(),
            None => Verdict::holds_but(too_many(members).into_iter().collect()),
        }
    }

    fn facts(&self, seen: &Seen) -> Facts {
        let facts = Facts::none().with("network-group", &self.network_group);
        let members = seen.members.iter().flatten().chain(&seen.by_policy);
        let regions: Vec<String> = members.map(|member| member.region.clone()).collect();
        facts.with("regions", &Regions::from(regions))
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(Self::CARD.id, None, &self.network_group)]
    }
}

impl NetworkGroupComplete {
    /// The listed networks that are another tenant's: as the scenario lists subscriptions, or as the manager's scope
    /// tells.
    async fn foreign(&self, ask: &Ask) -> Vec<Foreign> {
        let manager = match self.network_group.parent() {
            Some(manager) => explaining(Manager::read(ask, &manager).await).unwrap_or_default(),
            None => Manager::default(),
        };
        let tenant_of = |member: &ResourceId| {
            let scope = ids::scope_of(member)?;
            let held = manager.cross_tenant.iter().find(|own| own.lists(&scope));
            match (ask.tenant_of(member), ask.tenant()) {
                (Some(theirs), Some(own)) => (theirs != own).then(|| theirs.id.to_string()),
                _ => held.map(|own| own.tenant_id.clone()),
            }
        };
        let foreign = self.members.iter().filter_map(|member| {
            Some(Foreign {
                network: member.to_string(),
                tenant: tenant_of(member)?,
            })
        });
        foreign.collect()
    }

    /// The networks of the own tenant that are members by policy: no static ones, and their effective configurations
    /// name the group.
    async fn by_policy(
        &self,
        ask: &Ask,
        members: &[Member],
        foreign: &[Foreign],
    ) -> Result<Vec<Member>, NoAnswer> {
        let mut found = Vec::new();
        for network in self.members.iter() {
            let is_static = members
                .iter()
                .any(|own| same(&own.network, network.as_str()));
            let is_foreign = foreign
                .iter()
                .any(|own| same(&own.network, network.as_str()));
            if is_static || is_foreign {
                continue;
            }
            let action = ReadAction::ListNetworkManagerEffectiveConnectivityConfigurations;
            let effective = ask
                .arm_action::<Effective>(network, action, &json!({}))
                .await;
            let groups: Vec<String> = explaining(effective)
                .unwrap_or_default()
                .into_iter()
                .flat_map(|item| item.configuration_groups)
                .map(|group| group.id)
                .collect();
            if any(&groups, self.network_group.as_str()) {
                found.push(Member {
                    name: String::new(),
                    network: network.to_string(),
                    region: location(ask, network.as_str()).await?.unwrap_or_default(),
                });
            }
        }
        Ok(found)
    }

    /// The first listed network that is no member.
    fn absent(&self, members: &[Member], seen: &Seen) -> Option<Reason> {
        let is_member = |network: &ResourceId| {
            members
                .iter()
                .chain(&seen.by_policy)
                .any(|member| same(&member.network, network.as_str()))
        };
        let absent: Vec<&IdOf<VirtualNetwork>> = self
            .members
            .iter()
            .filter(|network| !is_member(network))
            .collect();
        let first = *absent.first()?;
        let foreign = seen
            .foreign
            .iter()
            .find(|own| same(&own.network, first.as_str()));
        let reason = match foreign {
            Some(own) => Reason::new("foreign-member-missing").with("member-tenant", &own.tenant),
            None => Reason::new("member-missing"),
        };
        Some(
            reason
                .expected(list_of(absent))
                .observed(list_of(members.iter().map(|member| &member.network)))
                .with("member", first)
                .with("member-name", free_name(first, members))
                .with("member-json", ids::body(json!({"resourceId": first}))),
        )
    }

    /// A member whose network was deleted stays in the group, and keeps the place of one that is there. One that is listed
    /// is meant to be there.
    fn member_gone(&self, members: &[Member], gone: &[String]) -> Option<Reason> {
        let is_listed = |network: &str| self.members.iter().any(|own| same(own.as_str(), network));
        let first = gone.iter().find(|own| is_listed(own)).or(gone.first())?;
        let member = members.iter().find(|own| same(&own.network, first))?;
        let reason = match is_listed(first) {
            true => Reason::new("listed-member-gone"),
            false => Reason::new("member-gone"),
        };
        Some(
            reason
                .expected(slashed(first))
                .observed("no such resource")
                .with("member", slashed(first))
                .with("member-name", &member.name),
        )
    }

    /// The first static member that is not listed, when only listed ones may be.
    fn unexpected(&self, members: &[Member]) -> Option<Reason> {
        let is_listed = |member: &&Member| {
            self.members
                .iter()
                .any(|listed| same(listed.as_str(), &member.network))
        };
        let others = || members.iter().filter(|member| !is_listed(member));
        let first = others().next().filter(|_| self.only)?;
        Some(
            Reason::new("unexpected-member")
                .expected(list_of(self.members.iter()))
                .observed(list_of(others().map(|member| &member.network)))
                .with("member", &first.network)
                .with("member-name", &first.name),
        )
    }
}

fn too_many(members: &[Member]) -> Option<Reason> {
    NETWORKS_OF_CONNECTED_GROUP.warning("many-members", members.len())
}

/// A name for a new static member that no other one has.
fn free_name(network: &ResourceId, members: &[Member]) -> String {
    let name = network.name();
    let is_taken = members
        .iter()
        .any(|member| member.name.eq_ignore_ascii_case(name));
    match network.subscription() {
        Some(subscription) if is_taken => format!("{name}-{subscription}"),
        _ => name.to_owned(),
    }
}

/// Where a network lies; absent when it does not exist. A region that nobody tells would not be looked at later: better
/// no answer than half of one.
async fn location(ask: &Ask, network: &str) -> Result<Option<String>, NoAnswer> {
    let untold = |why: &str| {
        NoAnswer::Unusable(format!(
            "nothing tells the region of the member {network}: {why}"
        ))
    };
    let id = slashed(network)
        .parse::<ResourceId>()
        .map_err(|_| untold("it is no id"))?;
    if ask.tenant_of(&id).is_none() {
        return Err(untold(
            "the group does not say it, and no tenant of the scenario lists its subscription",
        ));
    }
    match ask.arm::<Location>(&id).await? {
        Some(read) if read.location.is_empty() => Err(untold("it has no location")),
        read => Ok(read.map(|read| read.location)),
    }
}

#[derive(Default, Deserialize)]
struct Location {
    #[serde(default, deserialize_with = "lenient")]
    location: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Effective {
    #[serde(deserialize_with = "lenient")]
    configuration_groups: Vec<Pointer>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Properties {
    #[serde(deserialize_with = "lenient")]
    resource_id: String,
    #[serde(deserialize_with = "lenient")]
    region: String,
}

impl From<Resource<Properties>> for Member {
    fn from(read: Resource<Properties>) -> Self {
        Self {
            name: read.name,
            network: read.properties.resource_id,
            region: read.properties.region,
        }
    }
}
