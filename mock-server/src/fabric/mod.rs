//! Where is what in the world's network, and who reaches it?
//!
//! - [`addresses`] which world address stands for which service, and the egress of each vantage
//! - [`reach`] which addresses a vantage reaches; [`doors`] the loopback listeners that stand for them
//! - [`networks`] which network a packet to a private address gets to
//! - [`dns`] what a name server answers at a vantage
//! - [`public_names`] what the public DNS holds

pub mod addresses;
pub mod dns;
pub mod doors;
pub mod networks;
pub mod public_names;
pub mod reach;

#[cfg(test)]
mod dns_tests;
#[cfg(test)]
mod network_tests;
#[cfg(test)]
mod planned_tests;
