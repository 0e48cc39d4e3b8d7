//! What a handler may use: the state, the clock, the signing key, the record of requests. Nothing of the network.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::clock::Clock;
use crate::received::Received;
use crate::store::State;
use crate::tokens::Signer;

/// Shared by everything that answers; clones are cheap and mean the same mock.
#[derive(Clone)]
pub struct Context {
    state: Arc<RwLock<State>>,
    /// The mock's clock: the only source of time.
    pub clock: Clock,
    /// The mock's signing key: the only issuer of tokens.
    pub signer: Arc<Signer>,
    /// The last requests.
    pub received: Arc<Received>,
}

impl Context {
    /// A context over a state.
    pub fn new(state: State, clock: Clock, signer: Arc<Signer>) -> Self {
        let received = Arc::new(Received::default());
        Self {
            state: Arc::new(RwLock::new(state)),
            clock,
            signer,
            received,
        }
    }

    /// The state, to read. Never hold it across an await or while taking [`Context::state_mut`].
    pub fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, to change.
    pub fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}
