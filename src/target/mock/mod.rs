//! A mock as target, and the one place of the runner that knows the mock server.
//!
//! - [`embed`]: a mock in this process, whose clock is ours to turn
//! - [`Stage`]: one whose world is broken and mended again and again
//! - [`attach`]: a running one, by its control address
//! - `network`: the world's addresses behind the mock's doors, whichever of the two it is
//!
//! The real environment is never consulted: name servers are the mock's, roots its authority's, and identities that live
//! outside the chain are stood in for by the world's principals. A token of a real cloud cannot come here, since none is
//! ever asked for.

mod attached;
mod embedded;
mod network;
mod stage;

use async_trait::async_trait;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use xtenant_mock_server::{Coordinates, Dial, Mock};

pub use attached::{attach, coordinates};
pub use embedded::{EmbedError, embed};
pub use stage::{Applicable, Stage, fault_ids, faults};
pub use xtenant_mock_server::env::{Shell, render};
pub use xtenant_mock_server::{Args as ServeArgs, Control, Options, StartError, serve};

use super::{StandIns, Target, Trust};
use crate::secret::Secret;

/// A target that is a mock. A mock in this process ends with it.
pub struct MockTarget {
    /// Where to ask.
    pub target: Target,
    _mock: Option<Mock>,
}

/// The JSON Schema of worlds.
pub fn world_schema() -> serde_json::Value {
    xtenant_mock_server::schema()
}

/// What a mock is asked for beside what any client of Azure asks.
#[async_trait]
trait Power: Send + Sync {
    /// Which loopback address stands for a world address, as seen from a vantage.
    async fn door(
        &self,
        vantage: &str,
        address: std::net::Ipv4Addr,
        port: u16,
    ) -> Result<Dial, String>;

    /// Whether it still answers; one in this process does.
    async fn is_there(&self) -> Result<(), String> {
        Ok(())
    }

    /// A token of the world's principal of this name.
    async fn token(&self, principal: &str, scope: &str) -> Result<Secret, String>;
}

/// The world's principals stand in for identities that live outside the chain.
struct Principals<P>(std::sync::Arc<P>);

#[async_trait]
impl<P: Power> StandIns for Principals<P> {
    async fn token(&self, name: &str, scope: &str) -> Result<Secret, String> {
        self.0.token(name, scope).await
    }

    fn source(&self) -> String {
        "the mock's principal".to_owned()
    }
}

/// The mock's authority, and no other.
fn trust(coordinates: &Coordinates) -> Result<Trust, String> {
    authority(&coordinates.ca_pem)
}

fn authority(pem: &str) -> Result<Trust, String> {
    let authority = CertificateDer::from_pem_slice(pem.as_bytes());
    let authority =
        authority.map_err(|error| format!("the mock's certificate cannot be read: {error}"))?;
    webpki::anchor_from_trusted_cert(&authority)
        .map_err(|error| format!("the mock's certificate is none of an authority: {error}"))?;
    Ok(Trust::Only(vec![authority.to_vec()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_of_an_authority_is_refused_before_anything_is_asked() {
        let pem = |body: &str| {
            format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
        };
        for (ca_pem, told) in [
            ("garbage".to_owned(), "cannot be read"),
            (pem("!!!"), "cannot be read"),
            (pem("Z2FyYmFnZQ=="), "none of an authority"),
        ] {
            let refused = authority(&ca_pem).unwrap_err();
            assert!(refused.contains(told), "{refused}");
        }
    }
}
