//! Why nobody answered, with codes of ours that a cause can list as it lists those of a service.
//!
//! Services name their refusals; silence has no code of its own. Where the transport knows what kind of silence it met
//! it says so here, and only there: an address that the target does not map, or an answer that broke off, stays without
//! a code and is an error of the run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answer::Noted;

/// Packets to the address get no answer.
pub const CONNECT_TIMED_OUT: &str = "ConnectTimedOut";
/// The address refuses the connection: nobody listens there, or something on the way resets it.
pub const CONNECT_REFUSED: &str = "ConnectRefused";
/// There is no route to the address.
pub const NO_ROUTE: &str = "NoRoute";
/// The name does not exist, and no alias led into a private zone.
pub const NAME_UNKNOWN: &str = "NameUnknown";
/// An alias leads into a `privatelink` zone in which the name does not exist.
pub const PRIVATE_NAME_UNKNOWN: &str = "PrivateNameUnknown";
/// The name exists and has no address.
pub const NAME_WITHOUT_ADDRESS: &str = "NameWithoutAddress";
/// The name server failed, or did not answer.
pub const NAME_SERVER_FAILED: &str = "NameServerFailed";
/// Nothing answers where managed identity lives.
pub const NO_IDENTITY_ENDPOINT: &str = "NoIdentityEndpoint";
/// Entra cannot be reached.
pub const LOGIN_UNREACHABLE: &str = "LoginUnreachable";
/// The name of Entra's host cannot be resolved.
pub const LOGIN_NOT_RESOLVED: &str = "LoginNotResolved";

/// The host that holds a registry's layers cannot be reached.
pub const LAYER_UNREACHABLE: &str = "LayerHostUnreachable";
/// The name of the host that holds a registry's layers cannot be resolved.
pub const LAYER_NOT_RESOLVED: &str = "LayerHostNotResolved";

/// What answers shows a certificate that the target does not trust; nothing was asked of it.
pub const CERTIFICATE_REFUSED: &str = "CertificateRefused";

/// Kinds of silence that are about names.
const OF_NAMES: &[&str] = &[
    NAME_UNKNOWN,
    PRIVATE_NAME_UNKNOWN,
    NAME_WITHOUT_ADDRESS,
    NAME_SERVER_FAILED,
];

/// Kinds of silence that are about an address: it was dialled, and nobody was there.
const OF_ADDRESSES: &[&str] = &[CONNECT_TIMED_OUT, CONNECT_REFUSED, NO_ROUTE];

/// Nobody answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Unreachable {
    /// What was tried, and what came of it.
    pub why: String,
    /// What kind of silence it was, where that is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// What whoever asked knows beside it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub noted: Noted,
}

impl Unreachable {
    /// Silence of a kind.
    pub fn of(code: &str, why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            codes: vec![code.to_owned()],
            noted: Noted::new(),
        }
    }

    /// Whether the silence is about a name, not about an address.
    pub fn is_of_names(&self) -> bool {
        self.codes
            .iter()
            .any(|code| OF_NAMES.contains(&code.as_str()))
    }

    /// Whether an address was dialled, and nobody was there.
    pub fn is_of_address(&self) -> bool {
        self.codes
            .iter()
            .any(|code| OF_ADDRESSES.contains(&code.as_str()))
    }

    /// Whether somebody is there who is not trusted: that says nothing about what was asked.
    pub fn is_of_trust(&self) -> bool {
        self.codes.iter().any(|code| code == CERTIFICATE_REFUSED)
    }

    /// The same silence under another code, if its kind is known: what was silent matters more than how, but for who is
    /// not trusted.
    #[must_use]
    pub fn renamed(self, code: &str) -> Self {
        if self.codes.is_empty() || self.is_of_trust() {
            self
        } else {
            Self::of(code, self.why)
        }
    }
}

impl From<String> for Unreachable {
    fn from(why: String) -> Self {
        Self {
            why,
            codes: Vec::new(),
            noted: Noted::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_of_an_unknown_kind_gets_no_code() {
        let unknown = Unreachable::from("not mapped".to_owned());
        assert!(unknown.renamed(LOGIN_UNREACHABLE).codes.is_empty());
        let stranger = Unreachable::of(CERTIFICATE_REFUSED, "x");
        assert!(stranger.renamed(LOGIN_UNREACHABLE).is_of_trust());
        let timed_out = Unreachable::of(CONNECT_TIMED_OUT, "x");
        assert!(!timed_out.is_of_names());
        assert_eq!(
            timed_out.renamed(LOGIN_UNREACHABLE),
            Unreachable::of(LOGIN_UNREACHABLE, "x")
        );
        assert!(Unreachable::of(NAME_SERVER_FAILED, "x").is_of_names());
    }
}
