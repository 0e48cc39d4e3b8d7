//! Faults of where the workload runs (PITFALLS.md C17; what a firewall does to it).
//!
//! Places are `vantage/NAME`.

use super::Fault;
use crate::world::{Vantage, World};

/// There is no managed identity endpoint at all.
pub const NO_IDENTITY_ENDPOINT: Fault = Fault {
    id: "vantage-without-identity-endpoint",
    about: "the workload runs in an app that has no identity, so there is no endpoint to ask for its tokens",
    places: |world| that(world, Vantage::has_identity),
    plant: |world, at| {
        let vantage = vantage(world, at)?;
        vantage.identities.clear();
        (vantage.system_identity, vantage.app_service) = (false, true);
        Ok(())
    },
};

/// Nothing gets out.
pub const NO_EGRESS: Fault = Fault {
    id: "vantage-without-egress",
    about: "a firewall keeps the workload from every public address, Entra's among them",
    places: |world| that(world, |vantage| vantage.internet),
    plant: |world, at| {
        vantage(world, at)?.internet = false;
        Ok(())
    },
};

fn that(world: &World, holds: impl Fn(&Vantage) -> bool) -> Vec<String> {
    let found = world.vantages.iter().filter(|(_, vantage)| holds(vantage));
    found.map(|(name, _)| format!("vantage/{name}")).collect()
}

fn vantage<'w>(world: &'w mut World, at: &str) -> Result<&'w mut Vantage, String> {
    let name = at.strip_prefix("vantage/").ok_or("names no vantage")?;
    let found = world.vantages.get_mut(name);
    found.ok_or_else(|| format!("the world has no vantage {name}"))
}
