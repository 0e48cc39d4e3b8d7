//! How to ask: one wire protocol per file, all over the one transport.
//!
//! - [`http`]: the one transport; the only place that builds an HTTP client
//! - [`resolver`]: name → address as the vantage resolves it → address to dial, for the transport
//! - [`sdk`]: the transport in the form that the Azure SDK crates take
//! - [`recorder`]: what was asked and answered, as evidence
//! - [`refusal`]: the codes of an error body, whatever its envelope
//! - [`dns`]: names, hop by hop
//! - [`arm`], [`graph`]: reads with paging · [`operation`]: ARM's long-running ones
//! - [`key_vault`], [`blob`]: one secret, one blob, through the SDK
//! - [`registry`]: one image of a container registry
//! - [`tcp`]: whether an address can be connected to
//! - [`jwt`]: the claims of a token
//!
//! Nothing here knows a check, a scenario, or whether the target is live.

pub mod arm;
pub mod blob;
pub mod dns;
pub mod graph;
pub mod http;
pub mod jwt;
pub mod key_vault;
pub mod operation;
pub mod recorder;
pub mod refusal;
pub mod registry;
pub mod resolver;
pub mod sdk;
pub mod tcp;
