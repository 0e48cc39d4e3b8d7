//! `Microsoft.Network`, the core: networks with their subnets, interfaces, security groups, route tables, watchers.
//!
//! - `networks` · `subnets` what may be written, who uses a subnet · `prefix` address ranges · `addresses` which
//!   addresses of a network are free
//! - `interfaces` those that clients make, and those that private endpoints bring · `routes` what an interface's
//!   packets follow
//! - `rules` security groups and route tables · `watchers`, and what they are asked: `connectivity` of a connection,
//!   `next_hop` of a route, `flow` of security rules · `regions` what a region offers · `parts` what else networks have
//!
//! Peerings have a file of their own. Missing on purpose: what security rules do to the mock's own packets,
//! IPv6 beyond keeping it.

mod addresses;
mod connectivity;
mod flow;
mod interfaces;
mod networks;
mod next_hop;
mod operations;
mod parts;
mod prefix;
mod regions;
mod routes;
mod rules;
mod subnets;
mod watchers;

#[cfg(test)]
mod flow_tests;
#[cfg(test)]
mod route_tests;
#[cfg(test)]
mod tests;

pub(super) use networks::items;
pub use parts::SERVICE as PARTS;
pub use regions::SERVICE as REGIONS;

use super::provider;
use crate::services::Service;

/// The service.
pub const SERVICE: Service = provider(
    "arm-network",
    "virtual networks, subnets, network interfaces, security groups, route tables, network watchers",
    operations::OPERATIONS,
);

/// The right to put something into a subnet (azure-docs, `virtual-network/virtual-network-manage-subnet.md`).
const JOIN_SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets/join/action";
/// The right to put a security group on something (same folder, `manage-network-security-group.md`).
const JOIN_GROUP: &str = "Microsoft.Network/networkSecurityGroups/join/action";
/// The right to put a route table on a subnet (same folder, `manage-route-table.md`).
const JOIN_TABLE: &str = "Microsoft.Network/routeTables/join/action";
