//! What a handler may use: the state, the clock, the signing key, the record of requests, operations that
//! take a while. Nothing of the network.
//!
//! A handler sees one state from beginning to end: [`Context::state`] is a snapshot, so no lock is held while it works,
//! and a change made meanwhile shows in the next request.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use crate::clock::Clock;
use crate::faults::wire::Wire;
use crate::lro::Operations;
use crate::received::Received;
use crate::store::State;
use crate::throttle::Throttle;
use crate::tokens::Signer;

/// Shared by everything that answers; clones are cheap and mean the same mock.
#[derive(Clone)]
pub struct Context {
    state: Arc<RwLock<Arc<State>>>,
    /// The mock's clock: the only source of time.
    pub clock: Clock,
    /// The mock's signing key: the only issuer of tokens.
    pub signer: Arc<Signer>,
    /// The last requests.
    pub received: Arc<Received>,
    /// Operations that take a while.
    pub operations: Arc<Operations>,
    /// What happens to replies on their way.
    pub wire: Arc<Wire>,
    /// What callers used of their budgets.
    pub throttle: Arc<Throttle>,
}

impl Context {
    /// A context over a state.
    pub fn new(state: State, clock: Clock, signer: Arc<Signer>) -> Self {
        let state = Arc::new(RwLock::new(Arc::new(state)));
        Self {
            state,
            clock,
            signer,
            received: Arc::new(Received::default()),
            operations: Arc::new(Operations::default()),
            wire: Arc::new(Wire::default()),
            throttle: Arc::new(Throttle::default()),
        }
    }

    /// The state as it is now.
    pub fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The state, to change; snapshots that were taken before stay as they are.
    pub fn state_mut(&self) -> StateMut<'_> {
        StateMut(self.state.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another state in its place; operations that run on the old one are cancelled.
    pub fn replace_state(&self, state: State) {
        let mut current = self.state.write().unwrap_or_else(PoisonError::into_inner);
        self.operations.cancel_running(self.clock.now());
        *current = Arc::new(state);
    }
}

/// The state while it is changed.
pub struct StateMut<'c>(RwLockWriteGuard<'c, Arc<State>>);

impl StateMut<'_> {
    /// Puts another state in its place, with what operations that run will still change.
    pub fn replace(&mut self, state: State) {
        *self.0 = Arc::new(state);
    }
}

impl Deref for StateMut<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.0
    }
}

impl DerefMut for StateMut<'_> {
    fn deref_mut(&mut self) -> &mut State {
        Arc::make_mut(&mut self.0)
    }
}
