//! In which state is the connection between a network manager and a scope of another tenant?
//!
//! Two objects speak of it: the manager's `scopeConnections` name tenant and scope, the scope's
//! `networkManagerConnections` name the manager. They mean the same connection when manager, scope and tenant are exactly
//! the same; both then show the same state (API.md §2):
//!
//! - `Rejected` when the world says that the other tenant refused
//! - `Connected` when both exist, and nobody else with an overlapping scope access manages that very scope
//! - `Conflict` when both exist and somebody does (IDENTITY.md §6): whoever has the scope among its own, or whose
//!   connection to it was complete before (in the order of the world). A manager above in the hierarchy is none of these.
//!   It stays one until a half is made anew
//! - `Revoked` when it was connected once and one of the two is gone
//! - `Pending` otherwise

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{MANAGER_CONNECTIONS, NETWORK_MANAGERS, SCOPE_CONNECTIONS, key, texts};
use crate::ids::ResourceId;
use crate::store::{Resource, State};
use crate::world::PastState;

/// State of a connection (`networkManagerScopeConnection.json`, `ConnectionState`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// Another manager holds the scope.
    Conflict,
    /// Both sides agreed: the scope was added to the manager's.
    Connected,
    /// One of the two is missing.
    Pending,
    /// The other tenant refused.
    Rejected,
    /// One of the two was removed.
    Revoked,
}

impl ConnectionState {
    /// As ARM writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conflict => "Conflict",
            Self::Connected => "Connected",
            Self::Pending => "Pending",
            Self::Rejected => "Rejected",
            Self::Revoked => "Revoked",
        }
    }
}

/// A scope that a manager got by a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrossTenantScope {
    /// Tenant id.
    pub tenant: String,
    /// Id of the subscription or management group, as the manager's side wrote it.
    pub scope: String,
}

/// All connections.
#[derive(Clone, Debug, Default)]
pub struct Connections {
    states: BTreeMap<String, ConnectionState>,
    pairs: BTreeMap<String, Pair>,
    scopes: BTreeMap<String, Vec<CrossTenantScope>>,
}

impl Connections {
    /// Derives them.
    pub fn of(state: &State) -> Self {
        let pairs = pairs(state);
        let mut complete: Vec<(&Pair, &Sides)> =
            pairs.iter().filter(|(_, sides)| sides.both()).collect();
        complete.sort_by_key(|(_, sides)| sides.completed());
        let mut holders = Holders::of(state);
        let mut found = Self::default();
        for (pair, sides) in complete {
            let settled = settle(state, pair, || holders.take(state, pair));
            found.add(pair, sides, settled);
        }
        for (pair, sides) in pairs.iter().filter(|(_, sides)| !sides.both()) {
            let settled = match past(state, pair) {
                Some(PastState::Rejected) => ConnectionState::Rejected,
                Some(PastState::Connected) => ConnectionState::Revoked,
                None => ConnectionState::Pending,
            };
            found.add(pair, sides, settled);
        }
        found
    }

    fn add(&mut self, pair: &Pair, sides: &Sides, state: ConnectionState) {
        for id in sides.manager.iter().chain(&sides.member) {
            self.states.insert(id.clone(), state);
            self.pairs.insert(id.clone(), pair.clone());
        }
        if state == ConnectionState::Connected {
            let scope = CrossTenantScope {
                tenant: pair.tenant.clone(),
                scope: sides.written.clone(),
            };
            self.scopes
                .entry(pair.manager.clone())
                .or_default()
                .push(scope);
        }
    }

    /// The state of a scope connection or a network manager connection.
    pub fn state(&self, id: &str) -> ConnectionState {
        let found = self.states.get(&key(id)).copied();
        found.unwrap_or(ConnectionState::Pending)
    }

    /// The connection that an object speaks of; the object by key.
    pub fn pair(&self, id: &str) -> Option<&Pair> {
        self.pairs.get(id)
    }

    /// Keys of the objects that speak of a connection.
    pub fn objects<'a>(&'a self, pair: &'a Pair) -> impl Iterator<Item = &'a String> {
        let all = self.pairs.iter();
        all.filter(move |(_, it)| *it == pair).map(|(id, _)| id)
    }

    /// Connections that are in conflict.
    pub fn in_conflict(&self) -> impl Iterator<Item = &Pair> {
        let in_conflict = |id: &String| self.states.get(id) == Some(&ConnectionState::Conflict);
        let all = self.pairs.iter();
        all.filter(move |(id, _)| in_conflict(id))
            .map(|(_, pair)| pair)
    }

    /// Who holds a scope by a connection; the scope by key.
    pub fn holding<'a>(&'a self, scope: &'a str) -> impl Iterator<Item = &'a Pair> {
        let connected = |id: &String| self.states.get(id) == Some(&ConnectionState::Connected);
        let all = self.pairs.iter();
        all.filter(move |(id, pair)| pair.scope == scope && connected(id))
            .map(|(_, pair)| pair)
    }

    /// The scopes of other tenants that a manager was given.
    pub fn scopes_of(&self, manager: &str) -> &[CrossTenantScope] {
        self.scopes.get(&key(manager)).map_or(&[], Vec::as_slice)
    }
}

/// What both sides name; equal pairs are one connection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pair {
    /// Key of the manager.
    pub manager: String,
    /// Key of the subscription or management group.
    pub scope: String,
    /// Tenant id.
    pub tenant: String,
}

/// The objects that speak of one connection.
#[derive(Debug, Default)]
struct Sides {
    manager: BTreeSet<String>,
    member: BTreeSet<String>,
    /// Order of the first object of each side.
    orders: [Option<usize>; 2],
    /// The scope as the manager's side wrote it.
    written: String,
}

impl Sides {
    fn both(&self) -> bool {
        !self.manager.is_empty() && !self.member.is_empty()
    }

    /// When the second of the two was made.
    fn completed(&self) -> usize {
        self.orders
            .iter()
            .flatten()
            .copied()
            .max()
            .unwrap_or_default()
    }
}

fn pairs(state: &State) -> BTreeMap<Pair, Sides> {
    let mut pairs: BTreeMap<Pair, Sides> = BTreeMap::new();
    for resource in state.resources_of_type(SCOPE_CONNECTIONS) {
        let Some((pair, written)) = of_manager(resource) else {
            continue;
        };
        let sides = pairs.entry(pair).or_default();
        written.clone_into(&mut sides.written);
        sides.manager.insert(key(&resource.id));
        first(&mut sides.orders[0], resource.order);
    }
    for resource in state.resources_of_type(MANAGER_CONNECTIONS) {
        let Some(pair) = of_member(state, resource) else {
            continue;
        };
        let sides = pairs.entry(pair).or_default();
        sides.member.insert(key(&resource.id));
        first(&mut sides.orders[1], resource.order);
    }
    pairs
}

fn first(kept: &mut Option<usize>, order: usize) {
    *kept = Some(kept.map_or(order, |kept| kept.min(order)));
}

/// The connection that a scope connection speaks of, and the scope as written.
fn of_manager(resource: &Resource) -> Option<(Pair, &str)> {
    let text = |pointer| resource.property(pointer).and_then(Value::as_str);
    let scope = text("/resourceId")?;
    let pair = Pair {
        manager: key(ResourceId::parse(&resource.id).ok()?.parent()?),
        scope: key(scope),
        tenant: text("/tenantId")?.to_ascii_lowercase(),
    };
    Some((pair, scope))
}

/// The connection that a network manager connection speaks of: it lives in its scope.
fn of_member(state: &State, resource: &Resource) -> Option<Pair> {
    let id = ResourceId::parse(&resource.id).ok()?;
    let scope = id.parent()?;
    let manager = resource
        .property("/networkManagerId")
        .and_then(Value::as_str)?;
    Some(Pair {
        manager: key(manager),
        scope: key(scope),
        tenant: state
            .tenant_of_scope(scope)
            .unwrap_or_default()
            .to_ascii_lowercase(),
    })
}

/// The state of a connection that both sides speak of.
fn settle(state: &State, pair: &Pair, take: impl FnOnce() -> bool) -> ConnectionState {
    if past(state, pair) == Some(PastState::Rejected) {
        ConnectionState::Rejected
    } else if state.was_in_conflict(pair) {
        ConnectionState::Conflict
    } else if take() {
        ConnectionState::Connected
    } else {
        ConnectionState::Conflict
    }
}

fn past(state: &State, pair: &Pair) -> Option<PastState> {
    let rows = state.past_connections().iter();
    let mut of_pair = rows
        .filter(|row| key(&row.network_manager) == pair.manager && key(&row.scope) == pair.scope);
    of_pair.next_back().map(|row| row.was)
}

/// Who manages which scope directly.
struct Holders(BTreeMap<String, Vec<Holder>>);

/// A manager, and what for.
struct Holder {
    manager: String,
    accesses: BTreeSet<String>,
}

impl Holders {
    /// The managers whose own scopes are given.
    fn of(state: &State) -> Self {
        let mut holders = Self(BTreeMap::new());
        for manager in state.resources_of_type(NETWORK_MANAGERS) {
            for list in ["subscriptions", "managementGroups"] {
                for scope in texts(manager, &format!("/networkManagerScopes/{list}")) {
                    holders
                        .0
                        .entry(key(scope))
                        .or_default()
                        .push(holder(manager));
                }
            }
        }
        holders
    }

    /// Gives the scope to the manager unless another one with an overlapping access holds it; says whether it got it.
    fn take(&mut self, state: &State, pair: &Pair) -> bool {
        let Some(manager) = state.resource(&pair.manager) else {
            return false;
        };
        let taking = holder(manager);
        let held = self.0.entry(pair.scope.clone()).or_default();
        let other = |it: &Holder| {
            it.manager != taking.manager && !it.accesses.is_disjoint(&taking.accesses)
        };
        if held.iter().any(other) {
            return false;
        }
        held.push(taking);
        true
    }
}

fn holder(manager: &Resource) -> Holder {
    let accesses = texts(manager, "/networkManagerScopeAccesses");
    Holder {
        manager: key(&manager.id),
        accesses: accesses.map(str::to_ascii_lowercase).collect(),
    }
}
