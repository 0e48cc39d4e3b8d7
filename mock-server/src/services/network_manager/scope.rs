//! Which networks may a network manager manage?
//!
//! Those whose subscription, or a management group above it, is among the manager's own scopes (of its own tenant) or
//! among those that it got by a `Connected` connection (PITFALLS A23). A member elsewhere stays in its group, without any
//! effect.

use super::connection::Connections;
use super::{key, texts};
use crate::ids::ResourceId;
use crate::rbac::assignment::scopes_up;
use crate::store::{Resource, State};

/// Does a manager's scope contain this network?
pub fn contains(
    state: &State,
    connections: &Connections,
    manager: &Resource,
    network: &Resource,
) -> bool {
    let above = above(state, network);
    let own = ["subscriptions", "managementGroups"]
        .into_iter()
        .flat_map(|list| {
            texts(manager, &format!("/networkManagerScopes/{list}")).collect::<Vec<_>>()
        });
    let own_tenant = manager.tenant == network.tenant;
    (own_tenant && own.into_iter().any(|scope| above.contains(&key(scope))))
        || connections
            .scopes_of(&manager.id)
            .iter()
            .any(|it| it.tenant == network.tenant && above.contains(&key(&it.scope)))
}

/// The subscription of a network, and the management groups above it.
fn above(state: &State, network: &Resource) -> Vec<String> {
    let subscription = ResourceId::parse(&network.id)
        .ok()
        .and_then(|id| id.subscription)
        .unwrap_or_default();
    let scopes = scopes_up(state, &format!("/subscriptions/{subscription}"));
    scopes.iter().map(|scope| key(scope)).collect()
}

/// Was the manager given this feature (`networkManagerScopeAccesses`, PITFALLS A24)?
pub fn has_access(manager: &Resource, access: &str) -> bool {
    texts(manager, "/networkManagerScopeAccesses").any(|it| it.eq_ignore_ascii_case(access))
}
