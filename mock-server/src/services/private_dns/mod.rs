//! What Azure derives from private DNS zones: record sets and which network sees which zone.
//!
//! - [`zone`] zones with the record sets in them, whoever wrote them
//! - [`link`] which networks a zone is linked to
//!
//! ARM's shapes are in `services/arm/private_dns`, answers to DNS questions in `fabric/dns`.

pub mod link;
pub mod zone;

#[cfg(test)]
mod tests;

pub use link::Link;
pub use zone::{Record, Zone, Zones};

/// ARM type of private DNS zones.
pub const ZONES: &str = "Microsoft.Network/privateDnsZones";
/// ARM type of A record sets.
pub const A_RECORDS: &str = "Microsoft.Network/privateDnsZones/A";
/// ARM type of CNAME record sets.
pub const CNAME_RECORDS: &str = "Microsoft.Network/privateDnsZones/CNAME";
/// ARM types of the record sets that DNS does not answer with, but whose names exist.
pub const OTHER_RECORDS: &[&str] = &[
    "Microsoft.Network/privateDnsZones/AAAA",
    "Microsoft.Network/privateDnsZones/MX",
    "Microsoft.Network/privateDnsZones/PTR",
    "Microsoft.Network/privateDnsZones/SRV",
    "Microsoft.Network/privateDnsZones/TXT",
];
/// ARM type of virtual network links.
pub const LINKS: &str = "Microsoft.Network/privateDnsZones/virtualNetworkLinks";
