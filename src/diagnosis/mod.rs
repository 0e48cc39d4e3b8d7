//! What several outcomes mean together. Pure functions over the links of a chain; no I/O, no rendering.
//!
//! - [`first_cause`]: which red link leads the summary
//! - [`Known`]: what links said so far, and which of it explains a red one; the engine asks while links wait
//! - `rules`: THE list of what one link says about another
//! - `keys`, [`ground`]: by what two links are about the same thing, and what of a chain that needs
//! - `explained`: what an explained link still says of itself
//! - `conditions`: which missing role is one that counts under a condition only
//! - `implied`: which unknowns are proved by links that passed
//! - `waived`: which failures are let be, and which waivers are for nothing

mod conditions;
mod explained;
mod first_cause;
pub mod ground;
mod implied;
mod keys;
mod known;
mod rules;
mod waived;

pub use explained::make_final;
pub use first_cause::first_cause;
pub use ground::Ground;
pub use implied::imply;
pub use known::Known;
#[cfg(test)]
pub(crate) use rules::{named_checks, named_codes};
pub use waived::waive;

use crate::outcome::run::{ChainReport, identity_link};

/// Says what the outcomes of a chain mean together, once every link has one.
pub fn conclude(chain: &mut ChainReport) {
    conditions::blame_conditions(&mut chain.links);
    imply(&mut chain.links);
    waive(chain);
    let ground = Ground::of(&chain.vantages, &chain.workloads);
    explained::explain(&mut chain.links, ground);
    let failed = chain
        .identities
        .iter()
        .find(|identity| identity.finding.is_some());
    chain.first_cause = match failed {
        Some(identity) => Some(identity_link(&identity.name)),
        None => first_cause(&chain.links).map(str::to_owned),
    };
}
