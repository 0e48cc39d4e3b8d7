//! What a handler may use: the state, the clock, the signing key, the record of requests, operations that
//! take a while. Nothing of the network.
//!
//! A handler sees one state from beginning to end: [`Context::state`] is a [`Snapshot`], so no lock is held while it works,
//! and a change made meanwhile shows in the next request.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;

use crate::clock::Clock;
use crate::faults::wire::Wire;
use crate::lro::{self, Operations};
use crate::memo::Memo;
use crate::received::Received;
use crate::store::State;
use crate::throttle::Throttle;
use crate::tokens::Signer;

/// Shared by everything that answers; clones are cheap and mean the same mock.
#[derive(Clone)]
pub struct Context {
    state: Arc<RwLock<Arc<Snapshot>>>,
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
        let operations = Operations::default();
        operations.go_on(&state, clock.now());
        let state = RwLock::new(Arc::new(Snapshot::of(state)));
        Self {
            state: Arc::new(state),
            clock,
            signer,
            received: Arc::new(Received::default()),
            operations: Arc::new(operations),
            wire: Arc::new(Wire::default()),
            throttle: Arc::new(Throttle::default()),
        }
    }

    /// The state as it is now: what was on its way and has arrived is everybody's.
    pub fn state(&self) -> Arc<Snapshot> {
        let state = self.current();
        if state.propagation().is_empty() || !state.arrives(self.elapsed()) {
            return state;
        }
        drop(state);
        let elapsed = self.elapsed();
        self.state_mut().arrive(elapsed);
        self.current()
    }

    fn current(&self) -> Arc<Snapshot> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Time since the clock's start, on the mock's clock.
    pub fn elapsed(&self) -> Duration {
        let elapsed = self.clock.now() - self.clock.start();
        Duration::try_from(elapsed).unwrap_or_default()
    }

    /// The state, to change; snapshots that were taken before stay as they are.
    pub fn state_mut(&self) -> StateMut<'_> {
        StateMut(self.state.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// The state and how operations ended, as they are written down: everything that runs has ended in both.
    pub fn kept(&self) -> (State, lro::Kept) {
        let current = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let mut state = State::clone(&**current);
        let operations = self.operations.kept(&mut state, self.clock.now());
        (state, operations)
    }

    /// Puts what was written down in the place of what is there.
    pub fn resume(&self, (state, operations): (State, lro::Kept)) {
        let mut current = self.state.write().unwrap_or_else(PoisonError::into_inner);
        self.operations.resume(operations);
        *current = Arc::new(Snapshot::of(state));
    }

    /// Puts what `change` makes of the state in its place; operations that run on the old one are cancelled. Nobody else
    /// changes it meanwhile.
    ///
    /// # Errors
    /// Those of `change`; nothing changes then.
    pub fn change_state<E>(
        &self,
        change: impl FnOnce(&Arc<Snapshot>) -> Result<State, E>,
    ) -> Result<(), E> {
        let mut current = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let state = change(&current)?;
        self.operations.cancel_running(self.clock.now());
        self.operations.go_on(&state, self.clock.now());
        *current = Arc::new(Snapshot::of(state));
        Ok(())
    }

    /// Puts another state in its place; operations that run on the old one are cancelled.
    pub fn replace_state(&self, state: State) {
        let mut current = self.state.write().unwrap_or_else(PoisonError::into_inner);
        self.operations.cancel_running(self.clock.now());
        self.operations.go_on(&state, self.clock.now());
        *current = Arc::new(Snapshot::of(state));
    }
}

/// A state that nobody changes any more, with what was found in it.
///
/// The state is changed through [`StateMut`] alone, which takes the memo away: there is no way to a changed state and an
/// older memo at the same time.
#[derive(Debug)]
pub struct Snapshot {
    state: State,
    memo: Memo,
}

impl Snapshot {
    fn of(state: State) -> Self {
        let memo = Memo::default();
        Self { state, memo }
    }

    /// What was found in this state so far.
    pub fn memo(&self) -> &Memo {
        &self.memo
    }
}

impl Clone for Snapshot {
    /// The state, and nothing of what was found in it: it is copied to be changed.
    fn clone(&self) -> Self {
        Self::of(self.state.clone())
    }
}

impl Deref for Snapshot {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

/// The state while it is changed.
pub struct StateMut<'c>(RwLockWriteGuard<'c, Arc<Snapshot>>);

impl StateMut<'_> {
    /// Puts another state in its place, with what operations that run will still change.
    pub fn replace(&mut self, state: State) {
        *self.0 = Arc::new(Snapshot::of(state));
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
        let snapshot = Arc::make_mut(&mut self.0);
        snapshot.memo = Memo::default();
        &mut snapshot.state
    }
}
