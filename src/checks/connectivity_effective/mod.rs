//! Does the connectivity configuration act on this very network?
//!
//! Asks ARM, in the network's own tenant, which connectivity configurations are effective on the network. This one
//! among them holds. A mesh makes no peerings, so there peerings prove nothing; a spoke must have a connected one with a
//! hub. Where the manager may be read, its scope tells whether the network could get anything at all.
//!
//! - [`causes`]: why a configuration does not act on a network, and what wants attention

mod causes;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Check;
use super::network_manager::configuration::{Configuration, Properties};
use super::network_manager::connection::Half;
use super::network_manager::ids::{self, any, key, same, scope_of, slashed};
use super::network_manager::manager::Manager;
use super::typed_id::{ConnectivityConfiguration, IdOf, VirtualNetwork};
use super::wire::{Pointer, Resource, explaining, lenient, list_of};
use crate::ask::{Ask, ReadAction};
use crate::ids::TenantId;
use crate::outcome::{Asks, At, Card, Claim, Input, NoAnswer, Permission, Plane, Reason, Verdict};
use crate::timestamp::Timestamp;

/// Connected groups that a network can be in (`concept-limitations.md`, A25).
const CONNECTED_GROUPS: usize = 2;

/// The connectivity configuration is effective on the virtual network.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ConnectivityEffective {
    /// The virtual network.
    virtual_network: IdOf<VirtualNetwork>,
    /// The connectivity configuration, of whichever tenant.
    configuration: Input<IdOf<ConnectivityConfiguration>>,
}

/// What is effective on the network; absent when there is no such network.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    effective: Option<Vec<Configuration>>,
    /// Whether the manager's scope covers the network; absent when that could not be read.
    in_scope: Option<bool>,
    /// What would have to be wider, when it does not.
    #[serde(default)]
    outside: Option<Outside>,
    /// The peerings of a spoke.
    peerings: Vec<Peering>,
}

/// A manager whose scope does not cover the network.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Outside {
    manager: Manager,
    /// The scope that the network lies in.
    scope: String,
    /// The tenant of that scope, when it is another than the manager's.
    tenant: Option<TenantId>,
    /// Whether a scope connection of the manager asks for it already.
    is_asked_for: bool,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Peering {
    network: String,
    state: String,
}

impl Check for ConnectivityEffective {
    const CARD: Card = Card {
        id: "connectivity-effective",
        sentence: "the connectivity configuration is effective on the virtual network",
        about: "Reads the effective connectivity configurations of the network, in the network's own tenant; this one must be \
                among them. A mesh makes no peerings: this list is its proof. A spoke must have a connected peering with a hub, \
                too.",
        asks: Asks::Arm("virtual-network"),
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &[],
        homes: &[],
        facts: &[],
        permissions: &[
            Permission::action(
                "Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveConnectivityConfigurations/action",
                At::Id("virtual-network"),
            ),
            Permission::action(
                "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/read",
                At::Id("virtual-network"),
            )
            .sometimes("when the network is a spoke"),
            // Whether the manager holds the network.
            Permission::action(
                "Microsoft.Network/networkManagers/read",
                At::Id("configuration"),
            )
            .explains(),
            Permission::action(
                "Microsoft.Network/networkManagers/scopeConnections/read",
                At::Id("configuration"),
            )
            .explains(),
            Permission::action(
                "Microsoft.Management/managementGroups/descendants/read",
                At::ManagementGroups,
            )
            .explains(),
        ],
        causes: causes::CAUSES,
        warnings: causes::WARNINGS,
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let action = ReadAction::ListNetworkManagerEffectiveConnectivityConfigurations;
        let read = ask
            .arm_action::<Effective>(&self.virtual_network, action, &json!({}))
            .await?;
        let effective: Option<Vec<Configuration>> =
            read.map(|read| read.into_iter().map(Configuration::from).collect());
        let (mut in_scope, mut peerings, mut outside) = (None, Vec::new(), None);
        match effective.as_deref().map(|list| self.ours(list)) {
            Some(None) => (in_scope, outside) = self.in_scope(ask).await,
            Some(Some(ours)) if self.is_spoke(ours) => peerings = self.peerings(ask).await?,
            _ => {}
        }
        Ok(Seen {
            effective,
            in_scope,
            outside,
            peerings,
        })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let Some(effective) = &seen.effective else {
            return Reason::new("missing")
                .expected(&self.virtual_network)
                .observed("no such resource")
                .into();
        };
        let names = || list_of(effective.iter().map(|own| slashed(&own.id)));
        let manager = manager_of(self.configuration.as_str());
        if let Some(ours) = self.ours(effective) {
            let names = names();
            return match self.unpeered(ours, &seen.peerings) {
                Some(reason) => reason.with("network-manager", manager).into(),
                None => Verdict::holds_but(self.warnings(effective, &names)),
            };
        }
        let reason = match (effective.first(), seen.in_scope) {
            (_, Some(false)) => Reason::new("out-of-scope"),
            (Some(other), _) => {
                let is_full = connected_groups(effective) >= CONNECTED_GROUPS;
                let cause = match is_full {
                    true => "too-many-connected-groups",
                    false => "other-configuration",
                };
                self.leaving(Reason::new(cause), other)
                    .with("effective", slashed(&other.id))
            }
            (None, _) => Reason::new("not-effective"),
        };
        let reason = reason
            .expected(&*self.configuration)
            .observed(names())
            .with("network-manager", manager)
            .with("empty-json", "{}");
        match &seen.outside {
            Some(outside) => outside.widened(reason).into(),
            None => reason.into(),
        }
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(
            Self::CARD.id,
            None,
            format!("{} {}", self.virtual_network, *self.configuration),
        )]
    }
}

impl ConnectivityEffective {
    fn ours<'a>(&self, effective: &'a [Configuration]) -> Option<&'a Configuration> {
        effective
            .iter()
            .find(|own| same(&own.id, self.configuration.as_str()))
    }

    /// Whether the configuration makes the network a spoke.
    fn is_spoke(&self, ours: &Configuration) -> bool {
        ours.is("HubAndSpoke") && !ours.has_hub(self.virtual_network.as_str())
    }

    async fn peerings(&self, ask: &Ask) -> Result<Vec<Peering>, NoAnswer> {
        let collection = self.virtual_network.child("virtualNetworkPeerings");
        let read = ask
            .arm_list::<Resource<PeeringProperties>>(&collection, &[])
            .await?;
        let peering = |read: Resource<PeeringProperties>| Peering {
            network: read.properties.remote_virtual_network.id,
            state: read.properties.peering_state,
        };
        Ok(read.unwrap_or_default().into_iter().map(peering).collect())
    }

    /// A spoke without a connected peering with a hub (A20).
    fn unpeered(&self, ours: &Configuration, peerings: &[Peering]) -> Option<Reason> {
        if !self.is_spoke(ours) {
            return None;
        }
        let with_hub: Vec<&Peering> = peerings
            .iter()
            .filter(|peering| ours.has_hub(&peering.network))
            .collect();
        let is_connected = |peering: &&Peering| peering.state.eq_ignore_ascii_case("Connected");
        if with_hub.iter().any(is_connected) {
            return None;
        }
        let states = with_hub.iter().map(|peering| &peering.state);
        Some(
            Reason::new("hub-not-peered")
                .expected("a peering with a hub, Connected")
                .observed(list_of(states))
                .with("hubs", list_of(ours.hubs.iter().map(|hub| slashed(hub)))),
        )
    }

    /// Whether the manager of the configuration holds the network's subscription, or a management group above it; if not,
    /// what would have to be wider.
    async fn in_scope(&self, ask: &Ask) -> (Option<bool>, Option<Outside>) {
        let Some((manager, scope)) = self.manager_and_scope(ask).await else {
            return (None, None);
        };
        match (
            manager.covers(ask, &scope).await,
            manager.covers_across(ask, &scope).await,
        ) {
            (Ok(true), _) | (_, Ok(true)) => (Some(true), None),
            (Ok(false), Ok(false)) => (Some(false), self.outside(ask, manager, scope).await),
            _ => (None, None),
        }
    }

    async fn manager_and_scope(&self, ask: &Ask) -> Option<(Manager, String)> {
        let manager = self.configuration.parent()?;
        let scope = scope_of(&self.virtual_network)?;
        ask.tenant_of(&manager)?;
        let manager = explaining(Manager::read(ask, &manager).await)?;
        Some((manager, scope))
    }

    async fn outside(&self, ask: &Ask, manager: Manager, scope: String) -> Option<Outside> {
        let id = self.configuration.parent()?;
        let home = &ask.tenant_of(&id)?.id;
        let asked = Half::of_manager(ask, &id).await?;
        Some(Outside {
            manager,
            tenant: ask
                .tenant()
                .map(|own| own.id.clone())
                .filter(|own| own != home),
            is_asked_for: asked.iter().any(|own| same(&own.scope, &scope)),
            scope,
        })
    }

    /// What takes the network out of another configuration, through the first of its groups.
    fn leaving(&self, reason: Reason, other: &Configuration) -> Reason {
        match other.groups.first().filter(|group| !group.id.is_empty()) {
            Some(group) => reason.with("other-group", slashed(&group.id)).with(
                "member-query",
                format!(
                    "value[?properties.resourceId=='{}'].id",
                    self.virtual_network
                ),
            ),
            None => reason,
        }
    }

    fn warnings(&self, effective: &[Configuration], names: &str) -> Vec<Reason> {
        let own = manager_of(self.configuration.as_str());
        let is_others = |item: &&Configuration| !same(&manager_of(&item.id), &own);
        let managers = effective.iter().find(is_others).map(|other| {
            self.leaving(Reason::new("several-managers"), other)
                .expected("configurations of one manager")
                .observed(names)
                .with("other-manager", manager_of(&other.id))
                .with("empty-json", "{}")
        });
        let groups = connected_groups(effective);
        let is_another = |item: &&Configuration| !same(&item.id, self.configuration.as_str());
        let another = effective.iter().find(is_another);
        let crowded = another.filter(|_| groups > CONNECTED_GROUPS).map(|other| {
            self.leaving(Reason::new("many-connected-groups"), other)
                .expected(format!("at most {CONNECTED_GROUPS} connected groups"))
                .observed(format!("{groups}: {names}"))
                .with("empty-json", "{}")
        });
        managers.into_iter().chain(crowded).collect()
    }
}

impl Outside {
    /// The manager with the scope, or its request for that of another tenant.
    fn widened(&self, reason: Reason) -> Reason {
        match &self.tenant {
            None => {
                let mut wider = self.manager.clone();
                match self.scope.contains("/managementGroups/") {
                    true => wider.management_groups.push(self.scope.clone()),
                    false => wider.subscriptions.push(self.scope.clone()),
                }
                reason.with("manager-json", wider.body())
            }
            Some(_) if self.is_asked_for => reason,
            Some(tenant) => reason.with("offer-name", ids::last(&self.scope)).with(
                "offer-json",
                ids::body(json!({"tenantId": tenant, "resourceId": self.scope})),
            ),
        }
    }
}

/// How many connected groups the network is in: a mesh makes one, and so does each network group of spokes that are
/// connected directly.
fn connected_groups(effective: &[Configuration]) -> usize {
    let makes = |own: &Configuration| match own.is_mesh() {
        true => 1,
        false => own
            .groups
            .iter()
            .filter(|group| group.is_directly_connected())
            .count(),
    };
    effective.iter().map(makes).sum()
}

/// A configuration that is effective on a network, and through which network groups.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Effective {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    properties: Properties,
    #[serde(deserialize_with = "lenient")]
    configuration_groups: Vec<Pointer>,
}

impl From<Effective> for Configuration {
    fn from(read: Effective) -> Self {
        let mut configuration = Self::new(read.id, read.properties);
        let through: Vec<String> = read
            .configuration_groups
            .into_iter()
            .map(|own| own.id)
            .collect();
        if !through.is_empty() {
            configuration
                .groups
                .retain(|group| any(&through, &group.id));
        }
        configuration
    }
}

/// The manager that a configuration belongs to, by its id.
fn manager_of(configuration: &str) -> String {
    let spelled = slashed(configuration);
    let at = key(configuration).rfind("/connectivityconfigurations/");
    match at {
        // The key has no leading slash: one letter less than what is spelled.
        Some(at) if spelled.is_char_boundary(at + 1) => spelled[..=at].to_owned(),
        _ => spelled,
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PeeringProperties {
    #[serde(deserialize_with = "lenient")]
    remote_virtual_network: Pointer,
    #[serde(deserialize_with = "lenient")]
    peering_state: String,
}
