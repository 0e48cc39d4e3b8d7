//! What Azure makes of the resources: endpoints with their addresses, zones with their records, connections between
//! networks. Derived once per state.
//!
//! The state keeps the result until something changes ([`crate::store::State::derived`]), so a question costs the same in
//! a world of one endpoint as in one of ten thousand.

use crate::services::network_manager::Connectivity;
use crate::services::private_dns::Zones;
use crate::services::private_endpoint::Endpoints;
use crate::services::subnets::Users;
use crate::store::State;

/// Everything derived.
#[derive(Clone, Debug)]
pub struct Derived {
    /// Private endpoints.
    pub endpoints: Endpoints,
    /// Private DNS zones.
    pub zones: Zones,
    /// Network managers, and what connects networks.
    pub connectivity: Connectivity,
    /// Who is in which subnet.
    pub subnets: Users,
}

impl Derived {
    /// Derives.
    pub fn of(state: &State) -> Self {
        let endpoints = Endpoints::of(state);
        let zones = Zones::of(state, &endpoints);
        let subnets = Users::of(state, &endpoints);
        Self {
            endpoints,
            zones,
            connectivity: Connectivity::of(state),
            subnets,
        }
    }
}
