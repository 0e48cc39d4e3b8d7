//! What was before: what clients ended that Azure does not forget.
//!
//! States of connections are derived from what is there, and from this: a connection that was `Connected` until one side
//! deleted its half is `Revoked`; one that was in `Conflict` stays so until a half is made anew, though the other manager
//! is gone (API.md §2, PITFALLS A02); a peering whose other half was deleted is `Disconnected` until it is written again
//! (hashicorp/terraform-provider-azurerm #14051). When nothing is left of a connection its past is forgotten too.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Resource, State};
use crate::ids::ResourceId;
use crate::services::network_manager::connection::Pair;
use crate::services::network_manager::{
    ConnectionState, Connectivity, MANAGER_CONNECTIONS, NETWORK_MANAGERS, PEERINGS,
    SCOPE_CONNECTIONS, key,
};
use crate::world::{PastConnection, PastState};

/// What is remembered of clients' writes; the world's own past is beside it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Past {
    conflicts: BTreeSet<Pair>,
    peerings: BTreeSet<(String, String)>,
}

impl State {
    /// Was this connection in conflict, and neither half made anew since?
    pub fn was_in_conflict(&self, pair: &Pair) -> bool {
        self.past.conflicts.contains(pair)
    }

    /// Was the peering from one network to another connected until the other half was deleted? Both by key.
    pub fn was_peered(&self, from: &str, to: &str) -> bool {
        let pair = (from.to_owned(), to.to_owned());
        self.past.peerings.contains(&pair)
    }

    /// Remembers what matters of resources that are about to go.
    pub(super) fn remember(&mut self, gone: &[Arc<Resource>]) {
        if !gone.iter().any(|it| is_remembered(it)) {
            return;
        }
        self.derived();
        let Some(derived) = self.derived.get().cloned() else {
            return;
        };
        let connectivity = &derived.connectivity;
        let conflicts = connectivity.connections.in_conflict();
        self.past.conflicts.extend(conflicts.cloned());
        let ids: BTreeSet<String> = gone.iter().map(|it| key(&it.id)).collect();
        for id in &ids {
            self.remember_connection(connectivity, id, &ids);
        }
        self.remember_peerings(connectivity, gone);
    }

    /// Remembers what matters of a resource that is about to be written over.
    pub(super) fn remember_before_put(&mut self, id: &ResourceId, body: &Map<String, Value>) {
        let Some(existing) = self.shared_resource(id.as_str()) else {
            return;
        };
        let differs = |name: &str| {
            let now = existing.property(&format!("/{name}"));
            body.get("properties").and_then(|it| it.get(name)) != now
        };
        if existing.is_a(PEERINGS) {
            if let Some(pair) = ends(&existing) {
                self.past.peerings.remove(&pair);
            }
        } else if existing.is_a(NETWORK_MANAGERS)
            || ["networkManagerId", "resourceId", "tenantId"]
                .into_iter()
                .any(differs)
        {
            self.remember(&[existing]);
        }
    }

    fn remember_connection(
        &mut self,
        connectivity: &Connectivity,
        id: &str,
        gone: &BTreeSet<String>,
    ) {
        let connections = &connectivity.connections;
        let Some(pair) = connections.pair(id) else {
            return;
        };
        self.past.conflicts.remove(pair);
        let is_it = |row: &PastConnection| {
            key(&row.network_manager) == pair.manager && key(&row.scope) == pair.scope
        };
        if connections.objects(pair).all(|it| gone.contains(it)) {
            self.past_connections.retain(|row| !is_it(row));
        } else if connections.state(id) == ConnectionState::Connected {
            self.past_connections.push(PastConnection {
                network_manager: pair.manager.clone(),
                scope: pair.scope.clone(),
                was: PastState::Connected,
            });
        }
    }

    fn remember_peerings(&mut self, connectivity: &Connectivity, gone: &[Arc<Resource>]) {
        let gone: Vec<(String, String)> = gone
            .iter()
            .filter(|it| it.is_a(PEERINGS))
            .filter_map(|it| ends(it))
            .collect();
        for (from, to) in &gone {
            let mut own = connectivity.peerings.of_network(from).iter();
            if own.any(|it| it.connected && key(&it.remote) == *to) {
                self.past.peerings.insert((to.clone(), from.clone()));
            }
        }
        for pair in &gone {
            self.past.peerings.remove(pair);
        }
    }
}

fn is_remembered(resource: &Resource) -> bool {
    [
        NETWORK_MANAGERS,
        SCOPE_CONNECTIONS,
        MANAGER_CONNECTIONS,
        PEERINGS,
    ]
    .into_iter()
    .any(|it| resource.is_a(it))
}

/// Keys of the networks that a peering is from and to.
fn ends(peering: &Resource) -> Option<(String, String)> {
    let id = ResourceId::parse(&peering.id).ok()?;
    let remote = peering.property("/remoteVirtualNetwork/id")?.as_str()?;
    Some((key(id.parent()?), key(remote)))
}
