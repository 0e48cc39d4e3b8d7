//! A mock in this process whose world is broken and mended again and again: what drills are run on.

use std::path::Path;

use xtenant_mock_server::Mock;
use xtenant_mock_server::faults::CATALOGUE;

use super::embedded::target_of;
use super::{EmbedError, Options, serve};
use crate::target::Target;

/// A fault of the catalogue, and where it applies in a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applicable {
    /// Id of the fault.
    pub fault: &'static str,
    /// What somebody did, in one sentence.
    pub about: &'static str,
    /// Where it applies.
    pub places: Vec<String>,
}

/// The ids of all faults, in the catalogue's order.
pub fn fault_ids() -> impl Iterator<Item = &'static str> {
    CATALOGUE.iter().map(|fault| fault.id)
}

/// Every fault with what somebody did, in the catalogue's order.
pub fn faults() -> impl Iterator<Item = (&'static str, &'static str)> {
    CATALOGUE.iter().map(|fault| (fault.id, fault.about))
}

/// A mock of a world, broken and mended in memory. It ends when it is dropped.
pub struct Stage {
    mock: Mock,
}

impl Stage {
    /// Starts a mock of a world.
    ///
    /// # Errors
    /// Whether the world is malformed or something else stood in the way, and what.
    pub async fn open(world: &Path) -> Result<Self, EmbedError> {
        let mock = serve(Options::of_file(world)).await?;
        Ok(Self { mock })
    }

    /// The world's name.
    pub fn world(&self) -> String {
        self.mock.control.coordinates().world.clone()
    }

    /// The catalogue, with the places of the world as it is.
    pub fn applicable(&self) -> Vec<Applicable> {
        let faults = self.mock.control.applicable();
        let own = faults.into_iter().map(|fault| Applicable {
            fault: fault.fault,
            about: fault.about,
            places: fault.places,
        });
        own.collect()
    }

    /// Plants faults of the wire, such as `status=429,host=management.azure.com,times=2`; they last until the next
    /// [`Stage::set`].
    ///
    /// # Errors
    /// One of them is none.
    pub fn disturb(&self, wire: &[String]) -> Result<(), String> {
        for text in wire {
            let planted = self.mock.control.plant_wire(text);
            planted.map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Takes everything back that was done to the world, plants these faults in it, and says where to ask.
    ///
    /// # Errors
    /// A fault does not apply: alone, or beside those before it.
    pub async fn set(&self, faults: &[(&str, &str)]) -> Result<Target, String> {
        let reset = self.mock.control.reset().await;
        reset.map_err(|error| error.to_string())?;
        for (fault, at) in faults {
            let planted = self.mock.control.plant(fault, at);
            planted.map_err(|error| error.to_string())?;
        }
        target_of(&self.mock).map_err(|error| error.message)
    }
}
