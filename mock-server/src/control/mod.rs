//! What may a test do to the mock that no client of Azure can?
//!
//! - [`Control`] the operations, for the process that embeds the mock
//! - [`api`] the same over plain HTTP, for everybody else
//! - [`given`] the world with the faults planted in it · [`change`] another state in its place
//! - [`state_file`] a state that outlives the process
//!
//! Turning the clock, opening doors, tokens for stand-ins, planting faults, reading what was received, seeding and
//! resetting. Nothing here is Azure's.

pub mod api;
pub mod change;
pub mod given;
pub mod routes;
pub mod state_file;

use std::collections::BTreeMap;
use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use time::OffsetDateTime;

use crate::args::{Options, WorldSource};
use crate::context::Context;
use crate::context::Snapshot;
use crate::coordinates::Coordinates;
use crate::fabric::doors::Dial;
use crate::faults::FaultError;
use crate::lro::Pace;
use crate::received::Entry;
use crate::services::entra::issue::{self, Issued, Recipient, TOKEN_LIFETIME};
use crate::services::entra::resource::Resource;
use crate::start::listeners::Listeners;
use crate::world::Vantage;
use given::{Applicable, Given, Planted};

/// Power over a running mock.
pub struct Control {
    ctx: Context,
    listeners: Listeners,
    given: Mutex<Given>,
    coordinates: RwLock<Arc<Coordinates>>,
    /// Those that listeners were opened for.
    vantages: tokio::sync::Mutex<BTreeMap<String, Vantage>>,
    world_file: Option<PathBuf>,
    state_file: Option<PathBuf>,
    /// Held while the state file is written.
    saving: Mutex<()>,
    ca_file: Option<PathBuf>,
}

/// A token that the control interface does not give.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoToken {
    /// The stand-in's service principal is gone or disabled.
    #[error("the service principal of {0} is missing or disabled")]
    Disabled(String),
    /// Entra does not know the scope.
    #[error("AADSTS{code}: {text}")]
    Scope {
        /// The number after `AADSTS`.
        code: u32,
        /// Entra's text.
        text: String,
    },
    /// The mock cannot sign.
    #[error("the mock failed to sign a token")]
    Signing,
    /// The world has no principal of that name.
    #[error("the world has no principal {name}; it has: {}", list(.known))]
    UnknownPrincipal {
        /// The name that was asked for.
        name: String,
        /// Those of the world.
        known: Vec<String>,
    },
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

impl Control {
    pub(crate) fn new(
        listeners: Listeners,
        mut given: Given,
        is_resumed: bool,
        coordinates: Coordinates,
        options: &Options,
    ) -> Self {
        let state = listeners.ctx.state();
        let vantages = state.vantages.clone();
        if !is_resumed {
            given.is_built(&state);
        }
        Self {
            ctx: listeners.ctx.clone(),
            listeners,
            given: Mutex::new(given),
            coordinates: RwLock::new(Arc::new(coordinates)),
            vantages: tokio::sync::Mutex::new(vantages),
            world_file: match &options.world {
                WorldSource::File(path) => Some(path.clone()),
                WorldSource::Loaded(_) => None,
            },
            state_file: options.state.clone(),
            saving: Mutex::new(()),
            ca_file: options.ca_out.clone(),
        }
    }

    pub(crate) fn listeners(&self) -> &Listeners {
        &self.listeners
    }

    pub(crate) fn context(&self) -> &Context {
        &self.ctx
    }

    pub(crate) fn ca_file(&self) -> Option<&PathBuf> {
        self.ca_file.as_ref()
    }

    /// Where everything is.
    pub fn coordinates(&self) -> Arc<Coordinates> {
        let coordinates = self.coordinates.read();
        Arc::clone(&coordinates.unwrap_or_else(PoisonError::into_inner))
    }

    fn moved(&self, coordinates: Coordinates) {
        let mut place = self
            .coordinates
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *place = Arc::new(coordinates);
    }

    /// Dials a world address from a vantage. A vantage that the world does not have reaches nothing.
    ///
    /// # Errors
    /// When this machine has no port left.
    pub async fn dial(&self, vantage: &str, address: Ipv4Addr, port: u16) -> io::Result<Dial> {
        self.listeners.doors.dial(vantage, address, port).await
    }

    /// A token for the world's principal of this name, as its own tenant would issue it. Blocking.
    ///
    /// # Errors
    /// Why there is none.
    pub fn token(&self, principal: &str, scope: &str) -> Result<Issued, NoToken> {
        let state = self.ctx.state();
        let Some(stand_in) = state.principals.get(principal) else {
            let known = state.principals.keys().cloned().collect();
            return Err(NoToken::UnknownPrincipal {
                name: principal.to_owned(),
                known,
            });
        };
        let service_principal = state
            .service_principal(&stand_in.tenant, &stand_in.object_id)
            .filter(|found| found.is_enabled())
            .ok_or_else(|| NoToken::Disabled(principal.to_owned()))?;
        let resource = Resource::of_scope(scope, &stand_in.tenant, &state).map_err(|refused| {
            NoToken::Scope {
                code: refused.code,
                text: refused.text,
            }
        })?;
        let tenant = &stand_in.tenant;
        let recipient = Recipient {
            tenant,
            service_principal,
            proof: "1",
            identity: None,
            lifetime: TOKEN_LIFETIME,
        };
        issue::token(&self.ctx, &state, recipient, &resource).map_err(|_| NoToken::Signing)
    }

    /// The mock's time.
    pub fn now(&self) -> OffsetDateTime {
        self.ctx.clock.now()
    }

    /// Turns the mock's clock forward.
    pub fn advance(&self, by: Duration) {
        self.ctx.clock.advance(by);
    }

    /// Says how long operations take that begin from now on.
    pub fn set_pace(&self, pace: Pace) {
        self.ctx.operations.set_pace(pace);
    }

    /// The last requests, oldest first.
    pub fn received(&self) -> Vec<Entry> {
        self.ctx.received.entries()
    }

    /// The faults that were planted.
    pub fn planted(&self) -> Vec<Planted> {
        self.given().planted().to_vec()
    }

    /// The faults of the catalogue, with the places where they apply in the world as it is.
    pub fn applicable(&self) -> Vec<Applicable> {
        let given = self.given();
        given::applicable(&given.shown_by(&self.ctx.state()))
    }

    /// The wire faults that are planted.
    pub fn wire(&self) -> Vec<crate::faults::wire::Planted> {
        self.ctx.wire.planted()
    }

    /// Plants a fault of the wire, and says its number.
    ///
    /// # Errors
    /// The text is none.
    pub fn plant_wire(&self, text: &str) -> Result<u64, crate::faults::wire::parse::NotAWireFault> {
        Ok(self.ctx.wire.plant(text.parse()?))
    }

    /// Plants a fault in what is there now, also in what clients made. Of what they made it keeps what a world can say: older
    /// versions of a secret, for one, are gone while the fault is planted.
    ///
    /// # Errors
    /// The name is unknown, or the fault does not apply there.
    pub fn plant(&self, fault: &str, at: &str) -> Result<(), FaultError> {
        let mut given = self.given();
        let changed = |now: &Arc<Snapshot>| given.plant_in(Arc::clone(now), fault, at);
        self.ctx.change_state(changed)?;
        given.is_built(&self.ctx.state());
        Ok(())
    }

    /// Takes all faults out, those of the wire too: the state is the one before the first of them, with what clients had
    /// made until then.
    ///
    /// # Errors
    /// None for a world that was built before.
    pub fn heal(&self) -> Result<(), String> {
        if let Some(state) = self.given().heal()? {
            self.ctx.replace_state(state);
        }
        self.ctx.wire.heal_all();
        Ok(())
    }

    fn given(&self) -> std::sync::MutexGuard<'_, Given> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
