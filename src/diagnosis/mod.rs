//! What several outcomes mean together. Pure functions over the links of a finished chain; no I/O, no rendering.
//!
//! - [`first_cause`]: which red link leads the summary
//! - `conditions`: which missing role is one that counts under a condition only
//! - `halves`: which half of a connection across tenants knows why it does not stand; the other one advises nothing
//! - `implied`: which unknowns are proved by links that passed
//! - `waived`: which failures are let be, and which waivers are for nothing

mod conditions;
mod first_cause;
mod halves;
mod implied;
mod waived;

pub use first_cause::first_cause;
use halves::defer;
pub use implied::imply;
pub use waived::waive;

use crate::outcome::run::{ChainReport, identity_link};

/// Says what the outcomes of a chain mean together, once every link has one.
pub fn conclude(chain: &mut ChainReport) {
    conditions::blame_conditions(&mut chain.links);
    imply(&mut chain.links);
    waive(chain);
    defer(&mut chain.links);
    let failed = chain
        .identities
        .iter()
        .find(|identity| identity.finding.is_some());
    chain.first_cause = match failed {
        Some(identity) => Some(identity_link(&identity.name)),
        None => first_cause(&chain.links).map(str::to_owned),
    };
}
