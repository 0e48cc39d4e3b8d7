//! Faults that time heals: a change that was made a moment ago, and is not heard of everywhere (PITFALLS.md B08, C09, C21).
//!
//! Each lasts longer than the bundled chains wait, and less than Azure says that it may take.

use super::directory::{credential, credentials};
use super::records::{record_ids, zone_groups};
use super::roles::data_roles;
use super::{Fault, patch};
use crate::world::{Unheard, World};

/// Longer than a link of the bundled chains waits (five minutes), within the ten that Azure documents.
const SECONDS: u64 = 480;

/// The role was assigned just now.
pub const ROLE: Fault = Fault {
    id: "role-assignment-new",
    about: "the role was assigned a moment ago, and the service does not know it so far",
    places: data_roles,
    plant: |world, at| {
        let id = patch::resource(world, at)?.id().to_owned();
        spread(world, id);
        Ok(())
    },
};

/// The federated credential was made just now.
pub const CREDENTIAL: Fault = Fault {
    id: "federated-credential-new",
    about: "the federated credential was made a moment ago, and Entra does not know it so far",
    places: credentials,
    plant: |world, at| {
        let id = credential(world, at)?.id.clone();
        spread(world, id);
        Ok(())
    },
};

/// The zone group wrote just now.
pub const RECORD: Fault = Fault {
    id: "record-new",
    about: "the zone group wrote its record a moment ago, and the name servers do not know it so far",
    places: zone_groups,
    plant: |world, at| {
        let records = record_ids(world, at)?;
        records.into_iter().for_each(|id| spread(world, id));
        Ok(())
    },
};

fn spread(world: &mut World, of: String) {
    world.propagation.push(Unheard {
        of,
        seconds: SECONDS,
        flaps: false,
    });
}
