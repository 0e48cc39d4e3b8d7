//! Where to ask: endpoints and audiences of a cloud, name servers, routes, trust, clock, and who stands in for identities
//! that live outside the chain. Data and addresses; whoever asks never knows which target it asks.
//!
//! - [`cloud`]: endpoints, audiences and private DNS zones of the public cloud, US Government and China
//! - [`api_versions`](ApiVersions): which version ARM is asked with, by resource type
//! - [`live`]: a live cloud: the system's name server, addresses as they are, the system's roots
//! - [`mock`]: a mock, in this process or a running one: its doors stand for the world's addresses
//!
//! Every target but a live cloud fails closed: an address that it does not map is refused before a packet leaves. What
//! speaks a protocol of Azure belongs to `clients`, not here.

mod api_versions;
pub mod cloud;
pub mod live;
pub mod mock;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

pub use api_versions::{ApiVersions, Retirement};
pub use cloud::Cloud;

use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// The vantage from which settings are read: anywhere on the Internet.
pub const INTERNET: &str = "internet";

/// Where to ask.
#[derive(Clone)]
pub struct Target {
    /// As reports name it: `mock (embedded, world cross-tenant-vault)`.
    pub name: String,
    /// Endpoints, audiences, zone names.
    pub cloud: &'static Cloud,
    /// The moment, by the target.
    pub clock: Arc<dyn Clock>,
    /// Name servers and routes.
    pub network: Arc<dyn Network>,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// Who stands in for identities that live outside the chain.
    pub stand_ins: Arc<dyn StandIns>,
}

/// Whose certificates are believed.
#[derive(Clone, Debug)]
pub enum Trust {
    /// The system's roots.
    System,
    /// These authorities and no other, each a certificate in DER.
    Only(Vec<Vec<u8>>),
}

/// The clock that waits, tokens and waivers follow.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The moment.
    fn now(&self) -> Timestamp;

    /// Turns the clock forward and says whether it did: the clock of an embedded mock is ours to turn, the real one and
    /// that of a mock which others use are not.
    ///
    /// # Errors
    /// Why the clock did not turn though it is ours.
    async fn turn(&self, by: Duration) -> Result<bool, String>;
}

/// Name servers and routes of a target, by vantage.
#[async_trait]
pub trait Network: Send + Sync {
    /// The vantage of the target that stands for a vantage of a scenario.
    ///
    /// # Errors
    /// Why there is none, as a sentence fragment.
    fn vantage(&self, name: &str, network: Option<&str>) -> Result<Side, String>;

    /// The name server that a vantage asks.
    ///
    /// # Errors
    /// Why there is none, as a sentence fragment.
    fn name_server(&self, vantage: &str) -> Result<NameServer, String>;

    /// Where a vantage gets tokens of its managed identities.
    fn identity_endpoint(&self, vantage: &str) -> IdentityEndpoint;

    /// The address to dial for an address as resolved.
    ///
    /// # Errors
    /// Why the address cannot be dialled from there. Nothing was sent to it.
    async fn dial(&self, vantage: &str, address: SocketAddr) -> Result<SocketAddr, DialError>;

    /// The address that a dialled one stands for, for evidence.
    fn world_address(&self, dialled: SocketAddr) -> SocketAddr;

    /// Whether the target itself is still there: what is silent because the target is gone says nothing about anything.
    /// A live cloud is always there.
    ///
    /// # Errors
    /// What is gone, and what to do about it, as a sentence fragment.
    async fn is_there(&self) -> Result<(), String> {
        Ok(())
    }
}

/// A vantage of the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The target's name of it.
    pub name: String,
    /// How it is known that a question asked there is asked from where the scenario says.
    pub proof: String,
}

/// A name server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameServer {
    /// Where its packets go.
    pub dial: SocketAddr,
    /// As evidence names it.
    pub shown: String,
}

/// Where tokens of managed identities come from (`IDENTITY.md` §1).
#[derive(Clone, Debug)]
pub enum IdentityEndpoint {
    /// `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` of App Service.
    AppService {
        /// The endpoint's URL.
        endpoint: String,
        /// Value of `X-IDENTITY-HEADER`.
        header: Secret,
    },
    /// The Instance Metadata Service of a virtual machine.
    Imds,
}

/// Why an address cannot be dialled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// The target has no such address.
    #[error("{address} is not an address that this target maps; nothing was sent")]
    NotMapped {
        /// As resolved.
        address: SocketAddr,
    },
    /// The target itself did not say where the address is.
    #[error("the target did not say how {address} is dialled: {why}")]
    NoTarget {
        /// As resolved.
        address: SocketAddr,
        /// Why.
        why: String,
    },
    /// Connecting would be refused at once.
    #[error("the connection to {address} is refused: {why}")]
    Refused {
        /// As resolved.
        address: SocketAddr,
        /// Why.
        why: String,
    },
    /// Packets would get no answer.
    #[error("{address} does not answer: {why}")]
    TimedOut {
        /// As resolved.
        address: SocketAddr,
        /// Why.
        why: String,
    },
}

/// Tokens for identities that live outside the chain.
#[async_trait]
pub trait StandIns: Send + Sync {
    /// A token of the stand-in of that name, for a scope.
    ///
    /// # Errors
    /// Why there is none, as a sentence fragment.
    async fn token(&self, name: &str, scope: &str) -> Result<Secret, String>;

    /// What the tokens come from, as reports name it.
    fn source(&self) -> String;
}
