//! The world as it was written, and with the faults that were planted in it.

use std::sync::{Arc, Weak};

use serde::{Deserialize, Serialize};

use crate::context::Snapshot;
use crate::faults::{self, CATALOGUE, FaultError};
use crate::store::State;
use crate::world::World;

/// A fault that was planted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planted {
    /// Id of the fault.
    pub fault: String,
    /// Where.
    pub at: String,
}

/// A fault of the catalogue, and where it applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Applicable {
    /// Id of the fault.
    pub fault: &'static str,
    /// What somebody did.
    pub about: &'static str,
    /// Where it applies in the world as it is.
    pub places: Vec<String>,
}

/// What is given.
#[derive(Clone, Debug)]
pub struct Given {
    written: World,
    broken: World,
    planted: Vec<Planted>,
    /// The state before the first fault was planted, and the world that it was made of.
    healthy: Option<(Arc<Snapshot>, World)>,
    /// The state that was built of [`Given::world`], while it is there: whoever changes a state makes a new one.
    built: Weak<Snapshot>,
}

impl Given {
    /// A world without faults.
    pub fn new(written: World) -> Self {
        Self::resumed(written.clone(), written)
    }

    /// A world whose state is not the one at the beginning.
    pub fn resumed(written: World, now: World) -> Self {
        Self {
            broken: now,
            written,
            planted: Vec::new(),
            healthy: None,
            built: Weak::new(),
        }
    }

    /// This state was built of the world, to the last field.
    pub fn is_built(&mut self, state: &Arc<Snapshot>) {
        self.built = Arc::downgrade(state);
    }

    /// The world that a state shows: the one that it was built of, or what clients made of that.
    pub fn shown_by(&self, state: &Arc<Snapshot>) -> World {
        if Weak::ptr_eq(&self.built, &Arc::downgrade(state)) {
            self.broken.clone()
        } else {
            state.export(&self.broken)
        }
    }

    /// The world was added to; faults stay in it.
    pub fn go_on_with(&mut self, now: World) {
        self.broken = now;
    }

    /// The world as it was written.
    pub fn written(&self) -> &World {
        &self.written
    }

    /// The world with its faults.
    pub fn world(&self) -> &World {
        &self.broken
    }

    /// The faults, in the order in which they were planted.
    pub fn planted(&self) -> &[Planted] {
        &self.planted
    }

    /// Plants a fault in the world as it is before there is a state.
    ///
    /// # Errors
    /// The name is unknown, or the fault does not apply there.
    pub fn plant_at_start(&mut self, fault: &str, at: &str) -> Result<(), FaultError> {
        let world = self.broken.clone();
        self.plant(world, fault, at).map(drop)
    }

    /// Plants a fault in the world that a state shows; the state that follows from it. Nothing changes when that fails.
    ///
    /// # Errors
    /// The name is unknown, or the fault does not apply there.
    pub fn plant_in(
        &mut self,
        now: Arc<Snapshot>,
        fault: &str,
        at: &str,
    ) -> Result<State, FaultError> {
        let (shown, before) = (self.shown_by(&now), self.broken.clone());
        let state = self.plant(shown, fault, at)?;
        self.healthy.get_or_insert((now, before));
        Ok(state)
    }

    fn plant(&mut self, mut world: World, fault: &str, at: &str) -> Result<State, FaultError> {
        faults::plant(&mut world, fault, at)?;
        let state = State::build(&world).map_err(|why| FaultError::Failed {
            fault: faults::named(fault).map_or("", |fault| fault.id),
            at: at.to_owned(),
            why,
        })?;
        self.broken = world;
        self.planted.push(Planted {
            fault: fault.to_owned(),
            at: at.to_owned(),
        });
        Ok(state)
    }

    /// Takes all faults out: the state before the first of them, or the written world's when they were there from the
    /// beginning; nothing when there are none.
    ///
    /// # Errors
    /// A sentence fragment, when the written world cannot be built.
    pub fn heal(&mut self) -> Result<Option<State>, String> {
        if self.planted.is_empty() {
            return Ok(None);
        }
        let state = match &self.healthy {
            Some((state, _)) => State::clone(state),
            None => State::build(&self.written)?,
        };
        let before = self.healthy.take();
        self.broken = before.map_or_else(|| self.written.clone(), |(_, world)| world);
        self.planted.clear();
        Ok(Some(state))
    }
}

/// The whole catalogue, with the places of a world.
pub fn applicable(world: &World) -> Vec<Applicable> {
    let of = |fault: &&faults::Fault| Applicable {
        fault: fault.id,
        about: fault.about,
        places: (fault.places)(world),
    };
    CATALOGUE.iter().map(of).collect()
}
