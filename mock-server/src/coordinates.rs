//! Where is what of a running mock? Printed as one JSON line when it is ready.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// Addresses of a running mock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Coordinates {
    /// Name of the world.
    pub world: String,
    /// The control interface, plain HTTP.
    pub control: SocketAddr,
    /// Every public Azure host by name, TLS; seen as the vantage `internet`.
    pub https: SocketAddr,
    /// Certificate of the mock's authority, PEM.
    pub ca_pem: String,
    /// Vantages by name.
    pub vantages: Vec<VantageCoordinates>,
}

/// One vantage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct VantageCoordinates {
    /// Its name.
    pub name: String,
    /// Virtual network that it stands in.
    pub network: Option<String>,
    /// Its address there.
    pub address: Option<String>,
    /// The address by which public services see it; nothing without a way to the Internet.
    pub egress: Option<String>,
    /// The DNS server that it is configured to ask, as the world knows it: the first one that its network names, else
    /// Azure's; nothing outside of a network.
    #[serde(default)]
    pub name_server: Option<String>,
    /// Its DNS server on this machine, UDP and TCP: answers as that server would.
    pub dns: SocketAddr,
    /// Its HTTP proxy (`HTTPS_PROXY`, `HTTP_PROXY`), for clients that know nothing of doors.
    pub proxy: SocketAddr,
    /// Its managed identity.
    pub managed_identity: Option<IdentityEndpoint>,
}

/// Where a vantage gets tokens of its managed identities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum IdentityEndpoint {
    /// `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`.
    AppService {
        /// On this machine: `http://127.0.0.1:PORT/msi/token`.
        endpoint: String,
        /// In the world: `http://169.254.129.5:8081/msi/token`.
        world_endpoint: String,
        /// Value of `X-IDENTITY-HEADER`.
        header: String,
    },
    /// `AZURE_POD_IDENTITY_AUTHORITY_HOST` of some clients.
    Imds {
        /// On this machine: `http://127.0.0.1:PORT`.
        endpoint: String,
        /// In the world: `http://169.254.169.254`.
        world_endpoint: String,
    },
}
