//! Has this subscription or management group agreed to exactly this network manager, and to no other beside it?
//!
//! Asks ARM for the network manager connection as the member tenant's auditor. It must name this manager and be
//! `Connected`. Another manager that holds the same scope itself, with overlapping access, breaks the connection; one
//! that holds a management group above is allowed and wins, which is a warning. Managers are looked for in every
//! subscription that the scenario lists; those that may not be read explain nothing.
//!
//! - [`causes`]: why the agreement does not stand

mod causes;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Check;
use super::network_manager::connection::{Half, free_name};
use super::network_manager::ids;
use super::network_manager::manager::{Manager, is_below};
use super::typed_id::{IdOf, NetworkManager, NetworkManagerConnection};
use super::wire::{explaining, list_of};
use crate::ask::Ask;
use crate::ids::TenantId;
use crate::outcome::{Asks, At, Card, Claim, Input, NoAnswer, Permission, Plane, Reason, Verdict};
use crate::timestamp::Timestamp;

/// The subscription or management group has agreed to this network manager, and is connected to it.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct NetworkManagerConnectionConnected {
    /// The network manager connection of the subscription or management group.
    network_manager_connection: IdOf<NetworkManagerConnection>,
    /// The network manager of the other tenant that it must name.
    network_manager: Input<IdOf<NetworkManager>>,
}

/// The connection, if there is one, and other managers that hold the same networks.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    connection: Option<Half>,
    /// The tenant asked: the one that the other half must name.
    tenant: Option<TenantId>,
    /// Managers that hold the very scope with overlapping access.
    rivals: Vec<Manager>,
    /// Managers that hold a management group above it with overlapping access.
    above: Vec<Manager>,
    /// What the manager asks for, read when something is wrong; absent when that could not be read.
    #[serde(default)]
    offers: Option<Vec<Half>>,
    /// Everything that the scope has agreed to, likewise.
    #[serde(default)]
    agreements: Option<Vec<Half>>,
}

impl Check for NetworkManagerConnectionConnected {
    const CARD: Card = Card {
        id: "network-manager-connection-connected",
        sentence: "the subscription or management group is connected to this network manager",
        about: "Reads the network manager connection on the member's side. It must name exactly this manager and be \
                `Connected`. The managers of every subscription that the scenario lists are read too: one that holds the same \
                scope itself, with overlapping access, breaks the connection; one above in the hierarchy is a warning.",
        asks: Asks::Arm("network-manager-connection"),
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &[],
        homes: &[],
        facts: &[],
        permissions: &[
            Permission::action(
                "Microsoft.Network/networkManagerConnections/read",
                At::Id("network-manager-connection"),
            ),
            // Who else holds the scope, and what both sides have agreed on.
            Permission::action("Microsoft.Network/networkManagers/read", At::Subscriptions)
                .explains(),
            Permission::action(
                "Microsoft.Network/networkManagers/scopeConnections/read",
                At::Id("network-manager"),
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
        let connection = Half::read(ask, &self.network_manager_connection).await?;
        let (rivals, above) = self.others(ask).await;
        let mut seen = Seen {
            connection,
            tenant: ask.tenant().map(|tenant| tenant.id.clone()),
            rivals,
            above,
            offers: None,
            agreements: None,
        };
        if self.wrong(&seen).is_some() {
            seen.offers = Half::of_manager(ask, &self.network_manager).await;
            seen.agreements = Half::of_scope(ask, &self.scope()).await;
        }
        Ok(seen)
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        match self.wrong(seen) {
            Some(reason) => {
                let own = json!({"networkManagerId": *self.network_manager});
                let theirs = json!({"tenantId": seen.tenant, "resourceId": self.scope()});
                reason
                    .with("scope", self.scope())
                    .with("connection-json", ids::body(own))
                    .with("other-half", self.other_half(seen))
                    .with("other-half-json", ids::body(theirs))
                    .with("free-name", self.free_name(seen))
                    .into()
            }
            None => {
                Verdict::holds_but(seen.above.iter().map(|other| self.warning(other)).collect())
            }
        }
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(
            Self::CARD.id,
            None,
            format!(
                "{} {}",
                self.network_manager_connection, *self.network_manager
            ),
        )]
    }
}

impl NetworkManagerConnectionConnected {
    /// The subscription or management group whose networks are to be managed.
    fn scope(&self) -> String {
        ids::scope_of(&self.network_manager_connection).unwrap_or_default()
    }

    /// The manager's half, as far as it was seen.
    fn other_half(&self, seen: &Seen) -> String {
        let offers = seen.offers.iter().flatten();
        let ours = offers
            .clone()
            .find(|own| ids::same(&own.scope, &self.scope()));
        ours.map_or_else(String::new, |own| own.id.clone())
    }

    /// A name for it that overwrites no other.
    fn free_name(&self, seen: &Seen) -> String {
        free_name(
            self.network_manager_connection.name(),
            seen.offers.as_deref(),
        )
    }

    /// Other managers that hold the scope itself, and those that hold a management group above it.
    async fn others(&self, ask: &Ask) -> (Vec<Manager>, Vec<Manager>) {
        let scope = self.scope();
        let ours = match ask.tenant_of(&self.network_manager) {
            Some(_) => Manager::read(ask, &self.network_manager).await,
            None => Ok(None),
        };
        let accesses = explaining(ours).map_or_else(Vec::new, |manager| manager.accesses);
        let (mut rivals, mut above) = (Vec::new(), Vec::new());
        for other in Manager::all(ask).await {
            let is_ours = ids::same(&other.id, self.network_manager.as_str());
            if is_ours || !other.overlaps(&accesses) {
                continue;
            }
            if other.holds(&scope) {
                rivals.push(other);
            } else if holds_above(ask, &other, &scope).await {
                above.push(other);
            }
        }
        (rivals, above)
    }

    /// The first thing that is wrong.
    fn wrong(&self, seen: &Seen) -> Option<Reason> {
        let Some(connection) = &seen.connection else {
            return Some(
                Reason::new("missing")
                    .expected(&self.network_manager_connection)
                    .observed("no such resource"),
            );
        };
        if !ids::same(&connection.network_manager, self.network_manager.as_str()) {
            return Some(
                Reason::new("other-manager")
                    .expected(&*self.network_manager)
                    .observed(&connection.network_manager),
            );
        }
        let state = connection.state.to_ascii_lowercase();
        let cause = match (state.as_str(), seen.rivals.as_slice()) {
            ("connected" | "conflict", [rival, ..]) => {
                return Some(self.conflict(rival, seen));
            }
            ("connected", []) => return None,
            ("conflict", []) => "conflict-unexplained",
            ("pending", _) => "pending",
            ("revoked", _) => "revoked",
            ("rejected", _) => "rejected",
            _ => "unknown-state",
        };
        let observed = match connection.state.as_str() {
            "" => "no state",
            state => state,
        };
        Some(Reason::new(cause).expected("Connected").observed(observed))
    }

    /// A manager that holds the scope itself has it among its own, or by an agreement of the scope.
    fn conflict(&self, rival: &Manager, seen: &Seen) -> Reason {
        let scope = self.scope();
        let is_by_agreement = rival.cross_tenant.iter().any(|own| own.lists(&scope));
        let cause = match is_by_agreement {
            true => "other-agreement",
            false => "conflict",
        };
        let reason = Reason::new(cause)
            .expected(format!("no other manager that holds {scope}"))
            .observed(list_of(seen.rivals.iter().map(|rival| &rival.id)))
            .with("rival", &rival.id);
        match is_by_agreement {
            true => {
                let agreements = seen.agreements.iter().flatten();
                let theirs = agreements
                    .clone()
                    .find(|own| ids::same(&own.network_manager, &rival.id));
                reason.with("rival-agreement", theirs.map_or("", |own| &own.id))
            }
            false => {
                let rest = rival.clone().without(&scope);
                let (json, alone) = match rest.holds_nothing() {
                    true => (String::new(), rival.id.as_str()),
                    false => (rest.body().to_string(), ""),
                };
                reason.with("rival-json", json).with("rival-alone", alone)
            }
        }
    }

    fn warning(&self, other: &Manager) -> Reason {
        Reason::new("manager-above")
            .expected("one manager")
            .observed(format!(
                "{} holds {}",
                other.id,
                list_of(other.all_groups())
            ))
            .with("above", &other.id)
            .with("scope", self.scope())
    }
}

/// A hierarchy that may not be read explains nothing.
async fn holds_above(ask: &Ask, other: &Manager, scope: &str) -> bool {
    for group in other.all_groups() {
        if is_below(ask, group, scope).await == Ok(true) {
            return true;
        }
    }
    false
}
