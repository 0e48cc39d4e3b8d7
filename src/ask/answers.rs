//! What data-plane questions come back with.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::clients::registry::Pulled;
use crate::secret::Secret;

/// How a name resolved from a vantage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Resolution {
    /// The name asked for, lower case, without a trailing dot.
    pub name: String,
    /// The names that aliases led to, in order; the last one owns the addresses.
    pub aliases: Vec<String>,
    /// What stood at the end of the chain.
    pub result: Resolved,
    /// The server that was asked, as it is configured for the vantage.
    pub server: String,
    /// The smallest time to live in the chain, in seconds.
    pub ttl: Option<u32>,
}

impl Resolution {
    /// The first alias below a `privatelink.` zone, if the chain has one.
    pub fn private_link_alias(&self) -> Option<&str> {
        self.aliases
            .iter()
            .map(String::as_str)
            .find(|alias| alias.contains(".privatelink."))
    }

    /// The addresses, sorted; none when the name did not resolve.
    pub fn addresses(&self) -> &[IpAddr] {
        match &self.result {
            Resolved::Addresses(addresses) => addresses,
            _ => &[],
        }
    }
}

/// What stood at the end of a chain of names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resolved {
    /// These addresses, sorted.
    Addresses(Vec<IpAddr>),
    /// The name exists, but has no address.
    NoAddress,
    /// The name does not exist (NXDOMAIN).
    NoSuchName,
    /// The aliases lead in a circle, or on without end.
    Loop,
    /// The server answered with another code, such as SERVFAIL.
    Failed(String),
}

/// The claims of a token and how it was had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TokenAnswer {
    /// `tid`.
    pub tenant: String,
    /// `aud`.
    pub audience: String,
    /// `appid` of a v1 token, `azp` of a v2 token.
    pub application: String,
    /// `oid`.
    pub object_id: String,
    /// `iss`.
    pub issuer: String,
    /// `ver`.
    pub version: String,
    /// Seconds from now until `exp`, by the engine's clock; negative for a token that was expired on arrival.
    pub seconds_left: i64,
    /// The assertion that was exchanged, when there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assertion: Option<AssertionClaims>,
}

/// The claims of a managed identity's token that was presented as client assertion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AssertionClaims {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
    /// `aud`.
    pub audience: String,
}

/// A secret with how it was had.
#[derive(Clone, Debug)]
pub struct SecretAnswer {
    /// The value; never leaves the process.
    pub value: Secret,
    /// Tenant named by the vault's challenge.
    pub challenge_tenant: Option<String>,
    /// `tid` of the token that was presented.
    pub token_tenant: String,
    /// Every address of the world that was connected to, each once.
    pub peers: Vec<IpAddr>,
    /// The source address that the vault says it saw (`x-ms-keyvault-network-info` of `/healthstatus`).
    pub seen_from: Option<IpAddr>,
    /// `attributes.exp` in seconds since 1970.
    pub expires: Option<i64>,
    /// `attributes.nbf` in seconds since 1970.
    pub not_before: Option<i64>,
}

/// A blob with how it was had.
#[derive(Clone, Debug)]
pub struct BlobAnswer {
    /// Bytes read.
    pub size: u64,
    /// MD5 of the bytes, base64 as `Content-MD5` writes it.
    pub md5: String,
    /// SHA-256 of the bytes, hexadecimal.
    pub sha256: String,
    /// Every address of the world that was connected to, each once.
    pub peers: Vec<IpAddr>,
}

/// An image with how it was had.
#[derive(Clone, Debug)]
pub struct PullAnswer {
    /// What was pulled.
    pub pulled: Pulled,
    /// Every address that the login server was reached at.
    pub login_peers: Vec<IpAddr>,
    /// Every address that the layer was read from.
    pub layer_peers: Vec<IpAddr>,
}
