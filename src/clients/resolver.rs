//! Name → address as the vantage resolves it → address to dial. What the transport asks instead of the system.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::dns::{self, End};
use super::recorder::Recorder;
use crate::outcome::NoAnswer;
use crate::target::Network;

/// Port of every named host: the transport refuses URLs that name another.
pub const HTTPS: u16 = 443;

/// Resolves for one vantage.
pub struct VantageResolver {
    /// Name servers and routes.
    pub network: Arc<dyn Network>,
    /// The vantage.
    pub vantage: String,
}

/// Why a host could not be connected to; travels through the HTTP client's error chain.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", .0.describe())]
pub struct NoRoute(pub NoAnswer);

impl VantageResolver {
    /// The addresses to dial for a host, in the order of its addresses; those that cannot be dialled are left out
    /// unless there is no other.
    async fn dial(
        network: &dyn Network,
        vantage: &str,
        host: &str,
    ) -> Result<Vec<SocketAddr>, NoAnswer> {
        let server = network
            .name_server(vantage)
            .map_err(NoAnswer::Unreachable)?;
        let chain = dns::follow(&server, host, &Recorder::default()).await?;
        let addresses = match chain.end {
            End::Addresses(addresses) => addresses,
            End::NoSuchName => {
                return Err(NoAnswer::Unreachable(format!(
                    "{host} does not exist (NXDOMAIN at {})",
                    server.shown
                )));
            }
            _ => {
                return Err(NoAnswer::Unreachable(format!(
                    "{host} has no address at {}",
                    server.shown
                )));
            }
        };
        let mut dialled = Vec::new();
        let mut refused = None;
        for address in addresses {
            match network.dial(vantage, SocketAddr::new(address, HTTPS)).await {
                Ok(door) => dialled.push(door),
                Err(error) => refused = Some(error),
            }
        }
        match refused {
            Some(error) if dialled.is_empty() => Err(NoAnswer::Unreachable(error.to_string())),
            _ => Ok(dialled),
        }
    }
}

impl Resolve for VantageResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (network, vantage) = (Arc::clone(&self.network), self.vantage.clone());
        Box::pin(async move {
            let dialled = Self::dial(network.as_ref(), &vantage, name.as_str())
                .await
                .map_err(NoRoute)?;
            Ok(Box::new(dialled.into_iter()) as Addrs)
        })
    }
}
