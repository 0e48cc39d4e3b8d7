//! What Azure derives from private endpoints: connections, addresses, network interfaces, records.
//!
//! - [`groups`] the sub-resources of a type, their members, names and zones
//! - [`connection`] the state of a connection, from both sides
//! - [`address`] which address of its subnet each member gets
//! - [`endpoint`] an endpoint with all of that, and who is at an address
//! - [`zone_group`] the records that a zone group writes
//!
//! Computed from what was given, once per state of the world; nothing here is stored. ARM's shapes are in `services/arm`.

pub mod address;
pub mod connection;
pub mod endpoint;
pub mod groups;
pub mod zone_group;

#[cfg(test)]
mod tests;

pub use connection::Connection;
pub use endpoint::{Address, Endpoint, Endpoints};

use uuid::Uuid;

/// ARM type of private endpoints.
pub const PRIVATE_ENDPOINTS: &str = "Microsoft.Network/privateEndpoints";
/// ARM type of their zone groups.
pub const ZONE_GROUPS: &str = "Microsoft.Network/privateEndpoints/privateDnsZoneGroups";

/// A GUID that is the same in every run: Azure makes one up where the mock derives it from what it belongs to.
pub fn derived_guid(of: &str, kind: &str) -> String {
    let name = format!("xtenant:{kind}:{}", of.to_ascii_lowercase());
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()).to_string()
}
