//! `Microsoft.Network/networkManagers` and what belongs to them, as ARM shows it.
//!
//! - `objects` managers, groups, members, configurations · `connections` both sides of connections to other tenants
//! - `deployments` what was deployed and what is active · `effective` what acts on a network
//! - `operations` the table of them · `token_page` lists that are asked by POST and page by tokens in the bodies
//!
//! States, regions of members and everything that is active are derived (`services/network_manager`). Missing on purpose:
//! security admin configurations, routing, IP address management, the verifier, writes.

mod connections;
mod deployments;
mod effective;
mod objects;
mod operations;
mod token_page;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod tests;

use super::provider;
use crate::services::Service;

/// Most items of a page, and what a page has when nobody asks for fewer: the maximum of `$top` (`networkManager.json`,
/// `ListTopParameter`).
const PAGE: usize = 20;

/// The service.
pub const SERVICE: Service = provider(
    "arm-network-manager",
    "network managers, their connections to other tenants, groups, configurations and deployments",
    operations::OPERATIONS,
);
