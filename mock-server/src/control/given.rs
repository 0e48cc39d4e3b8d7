//! The world as it was written, and with the faults that were planted in it.

use serde::{Deserialize, Serialize};

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
}

impl Given {
    /// A world without faults.
    pub fn new(written: World) -> Self {
        Self {
            broken: written.clone(),
            written,
            planted: Vec::new(),
        }
    }

    /// A world whose state is not the one at the beginning.
    pub fn resumed(written: World, now: World) -> Self {
        Self {
            broken: now,
            written,
            planted: Vec::new(),
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

    /// The whole catalogue.
    pub fn applicable(&self) -> Vec<Applicable> {
        let of = |fault: &&faults::Fault| Applicable {
            fault: fault.id,
            about: fault.about,
            places: (fault.places)(&self.broken),
        };
        CATALOGUE.iter().map(of).collect()
    }

    /// Plants a fault; the state that follows from it. Nothing changes when that fails.
    ///
    /// # Errors
    /// The name is unknown, or the fault does not apply there.
    pub fn plant(&mut self, fault: &str, at: &str) -> Result<State, FaultError> {
        let mut broken = self.broken.clone();
        faults::plant(&mut broken, fault, at)?;
        let state = State::build(&broken).map_err(|why| FaultError::Failed {
            fault: faults::named(fault).map_or("", |fault| fault.id),
            at: at.to_owned(),
            why,
        })?;
        self.broken = broken;
        self.planted.push(Planted {
            fault: fault.to_owned(),
            at: at.to_owned(),
        });
        Ok(state)
    }

    /// Takes all faults out.
    ///
    /// # Errors
    /// A sentence fragment, when the written world cannot be built.
    pub fn heal(&mut self) -> Result<State, String> {
        let state = State::build(&self.written)?;
        self.broken = self.written.clone();
        self.planted.clear();
        Ok(state)
    }
}
