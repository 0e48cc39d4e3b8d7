//! Is the network manager there, may it connect networks, and does its scope cover what it must?
//!
//! Asks ARM for the manager as the home tenant's auditor. `Succeeded`, the access `Connectivity`, and a scope that
//! holds every listed subscription and management group, itself or by a management group above, hold. What is listed of
//! another tenant must stand in `crossTenantScopes`, which Azure fills when both sides have agreed: ask for that after
//! the connections.
//!
//! - [`causes`]: why a network manager cannot do its work

mod causes;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Check;
use super::listed::{Listed, given};
use super::network_manager::connection::{Half, free_name};
use super::network_manager::ids::{self, any, management_group_id, same};
use super::network_manager::manager::{CONNECTIVITY, Manager};
use super::typed_id::{IdOf, NetworkManager};
use super::wire::list_of;
use crate::ask::Ask;
use crate::ids::{SubscriptionId, TenantId};
use crate::outcome::{
    Asks, At, Card, Claim, FactSpec, FactType, Facts, NoAnswer, Permission, Plane, Reason, Verdict,
};
use crate::timestamp::Timestamp;

/// The network manager may connect the networks of its scope.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct NetworkManagerProvisioned {
    /// The network manager.
    network_manager: IdOf<NetworkManager>,
    /// Subscriptions of its own tenant that it must hold.
    subscriptions: Option<Listed<SubscriptionId>>,
    /// Management groups of its own tenant that it must hold, by name.
    management_groups: Option<Listed<String>>,
    /// What it must hold in other tenants; true only once the connections of both sides are `Connected`.
    cross_tenant: Option<Listed<OtherTenant>>,
}

/// What a network manager must hold in another tenant: subscriptions, management groups, or both.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "OtherTenantWritten")]
struct OtherTenant(OtherTenantWritten);

/// The same before it is known that it compares anything.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct OtherTenantWritten {
    /// Id of the other tenant.
    tenant_id: TenantId,
    /// Its subscriptions.
    subscriptions: Option<Listed<SubscriptionId>>,
    /// Its management groups, by name.
    management_groups: Option<Listed<String>>,
}

impl TryFrom<OtherTenantWritten> for OtherTenant {
    type Error = &'static str;

    fn try_from(written: OtherTenantWritten) -> Result<Self, Self::Error> {
        match (&written.subscriptions, &written.management_groups) {
            (None, None) => Err(
                "nothing to compare: neither `subscriptions` nor `management-groups` of the other tenant is given",
            ),
            _ => Ok(Self(written)),
        }
    }
}

/// The manager, if there is one, and which of the listed scopes it does not hold.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    manager: Option<Manager>,
    /// Scopes of its own tenant.
    not_covered: Vec<String>,
    /// Scopes of other tenants that lie below a management group that it holds there.
    #[serde(default)]
    held_from_above: Vec<String>,
    /// The connections that ask for scopes of other tenants, when one of those is missing.
    connections: Vec<Half>,
    /// The agreements of that scope, where its tenant can be read.
    #[serde(default)]
    agreements: Option<Vec<Half>>,
}

impl Check for NetworkManagerProvisioned {
    const CARD: Card = Card {
        id: "network-manager-provisioned",
        sentence: "the network manager may connect the networks of its scope",
        about: "Reads the network manager: provisioned, with the access `Connectivity`, and every listed subscription and \
                management group in its scope, itself or by a management group above. `cross-tenant` is compared with \
                `crossTenantScopes`, which Azure fills once the connections of both sides are `Connected`.",
        asks: Asks::Arm("network-manager"),
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &["subscriptions", "management-groups", "cross-tenant"],
        homes: &[],
        facts: &[FactSpec {
            name: "network-manager",
            fact_type: FactType::ResourceId,
            about: "the network manager itself",
        }],
        permissions: &[
            Permission::action(
                "Microsoft.Network/networkManagers/read",
                At::Id("network-manager"),
            ),
            Permission::action(
                "Microsoft.Management/managementGroups/descendants/read",
                At::ManagementGroups,
            )
            .sometimes("when the manager does not hold a scope itself"),
            Permission::action(
                "Microsoft.Network/networkManagers/scopeConnections/read",
                At::Id("network-manager"),
            )
            .explains(),
            // Whether the other tenant has agreed.
            Permission::action(
                "Microsoft.Network/networkManagerConnections/read",
                At::Subscriptions,
            )
            .explains(),
            Permission::action(
                "Microsoft.Network/networkManagerConnections/read",
                At::ManagementGroups,
            )
            .explains(),
        ],
        causes: causes::CAUSES,
        warnings: &[],
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let Some(manager) = Manager::read(ask, &self.network_manager).await? else {
            return Ok(Seen::default());
        };
        let mut not_covered = Vec::new();
        for scope in scopes(self.subscriptions.as_ref(), self.management_groups.as_ref()) {
            if !manager.covers(ask, &scope).await? {
                not_covered.push(scope);
            }
        }
        let held_from_above = self.held_from_above(ask, &manager).await?;
        let (connections, agreements) = match self.lacks(&manager, &held_from_above) {
            Some((scope, _)) => (
                Half::of_manager(ask, &self.network_manager)
                    .await
                    .unwrap_or_default(),
                Half::of_scope(ask, &scope).await,
            ),
            None => (Vec::new(), None),
        };
        Ok(Seen {
            manager: Some(manager),
            not_covered,
            held_from_above,
            connections,
            agreements,
        })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let Some(manager) = &seen.manager else {
            return Reason::new("missing")
                .expected(&self.network_manager)
                .observed("no such resource")
                .with("properties-json", &self.new_manager().body()["properties"])
                .into();
        };
        let wrong = provisioning(manager)
            .or_else(|| self.access(manager))
            .or_else(|| self.scope(manager, &seen.not_covered))
            .or_else(|| self.other_tenants(manager, seen));
        wrong.map_or(Verdict::Holds, Verdict::from)
    }

    fn facts(&self, _seen: &Seen) -> Facts {
        Facts::none().with("network-manager", &self.network_manager)
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(Self::CARD.id, None, &self.network_manager)]
    }
}

/// A state that is new to us is no finding.
fn provisioning(manager: &Manager) -> Option<Reason> {
    let cause = match manager.provisioning_state.to_ascii_lowercase().as_str() {
        "failed" | "canceled" => "provisioning-failed",
        "creating" | "updating" => "not-provisioned",
        "deleting" => "being-deleted",
        _ => return None,
    };
    let reason = Reason::new(cause)
        .expected("Succeeded")
        .observed(&manager.provisioning_state);
    Some(reason.with("manager-json", manager.body()))
}

impl NetworkManagerProvisioned {
    /// The one that is wanted: with what it must hold of its own tenant, its own subscription when nothing is said.
    fn new_manager(&self) -> Manager {
        let mut manager = Manager {
            accesses: vec![CONNECTIVITY.to_owned()],
            subscriptions: scopes(self.subscriptions.as_ref(), None),
            management_groups: scopes(None, self.management_groups.as_ref()),
            ..Manager::default()
        };
        let own = self.network_manager.subscription();
        if let (true, Some(own)) = (manager.holds_nothing(), own) {
            manager.subscriptions.push(format!("/subscriptions/{own}"));
        }
        manager
    }

    fn access(&self, manager: &Manager) -> Option<Reason> {
        if manager.may_connect() {
            return None;
        }
        let mut wider = manager.clone();
        wider.accesses.push(CONNECTIVITY.to_owned());
        let reason = Reason::new("connectivity-not-allowed")
            .expected(CONNECTIVITY)
            .observed(list_of(&manager.accesses));
        Some(reason.with("manager-json", wider.body()))
    }

    fn scope(&self, manager: &Manager, not_covered: &[String]) -> Option<Reason> {
        let first = not_covered.first()?;
        let mut wider = manager.clone();
        for scope in not_covered {
            if scope.contains("/managementGroups/") {
                wider.management_groups.push(scope.clone());
            } else {
                wider.subscriptions.push(scope.clone());
            }
        }
        let held = manager
            .subscriptions
            .iter()
            .chain(&manager.management_groups);
        let reason = Reason::new("scope-too-narrow")
            .expected(list_of(not_covered))
            .observed(list_of(held))
            .with("not-covered", first);
        Some(reason.with("manager-json", wider.body()))
    }

    /// The scopes of other tenants that it holds by a management group above them.
    async fn held_from_above(&self, ask: &Ask, manager: &Manager) -> Result<Vec<String>, NoAnswer> {
        let mut found = Vec::new();
        for OtherTenant(wanted) in given(self.cross_tenant.as_ref()) {
            for scope in scopes(
                wanted.subscriptions.as_ref(),
                wanted.management_groups.as_ref(),
            ) {
                if !manager.holds(&scope) && manager.covers_across(ask, &scope).await? {
                    found.push(scope);
                }
            }
        }
        Ok(found)
    }

    /// The first scope of another tenant that the manager does not hold, with that tenant.
    fn lacks(&self, manager: &Manager, from_above: &[String]) -> Option<(String, &TenantId)> {
        given(self.cross_tenant.as_ref())
            .iter()
            .find_map(|OtherTenant(wanted)| {
                let holds = |scope: &String| {
                    manager.cross_tenant.iter().any(|own| {
                        own.lists(scope) && same(&own.tenant_id, wanted.tenant_id.as_str())
                    })
                };
                let all = scopes(
                    wanted.subscriptions.as_ref(),
                    wanted.management_groups.as_ref(),
                );
                let lacking = all
                    .into_iter()
                    .find(|scope| !holds(scope) && !any(from_above, scope))?;
                Some((lacking, &wanted.tenant_id))
            })
    }

    fn other_tenants(&self, manager: &Manager, seen: &Seen) -> Option<Reason> {
        let (scope, tenant) = self.lacks(manager, &seen.held_from_above)?;
        let asked = seen
            .connections
            .iter()
            .find(|own| same(&own.scope, &scope) && same(&own.tenant_id, tenant.as_str()));
        let held = manager
            .cross_tenant
            .iter()
            .flat_map(|own| own.subscriptions.iter().chain(&own.management_groups));
        let reason = match asked {
            Some(own) => Reason::new("cross-tenant-scope-not-connected")
                .observed(format!(
                    "the scope connection {} is {}",
                    own.name, own.state
                ))
                .with("scope-connection", &own.name)
                .with("agreement-name", self.agreement_name(own, seen))
                .with(
                    "agreement-json",
                    ids::body(json!({"networkManagerId": self.network_manager})),
                ),
            None => Reason::new("cross-tenant-scope-missing")
                .observed(list_of(held))
                .with("offer-name", ids::last(&scope))
                .with(
                    "offer-json",
                    ids::body(json!({"tenantId": tenant, "resourceId": scope})),
                ),
        };
        Some(
            reason
                .expected(format!("{scope} of {tenant}"))
                .with("other-scope", &scope)
                .with("other-tenant", tenant),
        )
    }

    /// A name for the other tenant's half where that is missing: no other agreement's. Empty where it is not known what
    /// there is, or where there is one, which then waits for something else.
    fn agreement_name(&self, asked: &Half, seen: &Seen) -> String {
        let is_ours = |own: &Half| same(&own.network_manager, self.network_manager.as_str());
        let taken = seen.agreements.as_deref();
        let stands = taken.is_some_and(|all| all.iter().any(is_ours));
        match stands || same(&asked.state, "Conflict") {
            true => String::new(),
            false => free_name(self.network_manager.name(), taken),
        }
    }
}

/// Subscriptions and management groups as ids.
fn scopes(
    subscriptions: Option<&Listed<SubscriptionId>>,
    groups: Option<&Listed<String>>,
) -> Vec<String> {
    let subscriptions = given(subscriptions)
        .iter()
        .map(|id| format!("/subscriptions/{id}"));
    subscriptions
        .chain(given(groups).iter().map(|group| management_group_id(group)))
        .collect()
}
