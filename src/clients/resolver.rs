//! Name → address as the vantage resolves it → address to dial. What the transport asks instead of the system.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::dns::{self, Chain, End};
use super::recorder::Recorder;
use crate::outcome::unreachable::{
    CONNECT_REFUSED, CONNECT_TIMED_OUT, NAME_SERVER_FAILED, NAME_UNKNOWN, NAME_WITHOUT_ADDRESS,
    PRIVATE_NAME_UNKNOWN,
};
use crate::outcome::{NoAnswer, Unreachable};
use crate::target::{DialError, Network};

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
        let addresses = resolved(network, vantage, host, &Recorder::default()).await?;
        let mut dialled = Vec::new();
        let mut refused = None;
        for address in addresses {
            match network.dial(vantage, SocketAddr::new(address, HTTPS)).await {
                Ok(door) => dialled.push(door),
                Err(error) => refused = Some(error),
            }
        }
        match refused {
            Some(error) if dialled.is_empty() => Err(not_dialled(&error)),
            _ => Ok(dialled),
        }
    }
}

/// The addresses that a name leads to from a vantage.
///
/// # Errors
/// [`NoAnswer::Unreachable`] with the code of what stands at the end of the chain instead.
pub async fn resolved(
    network: &dyn Network,
    vantage: &str,
    host: &str,
    recorder: &Recorder,
) -> Result<Vec<IpAddr>, NoAnswer> {
    let server = network
        .name_server(vantage)
        .map_err(NoAnswer::unreachable)?;
    let chain = dns::follow(&server, host, recorder).await?;
    addresses(chain, host, &server.shown)
}

/// The addresses at the end of a chain, or why there are none.
fn addresses(chain: Chain, host: &str, server: &str) -> Result<Vec<IpAddr>, NoAnswer> {
    let (code, why) = match chain.end {
        End::Addresses(addresses) => return Ok(addresses),
        End::NoSuchName => match chain.aliases.last() {
            // Only a zone that is linked to the network denies what public DNS would answer for.
            Some(alias) if alias.contains(".privatelink.") => (
                PRIVATE_NAME_UNKNOWN,
                format!("{host} leads to {alias}, which does not exist (NXDOMAIN at {server})"),
            ),
            _ => (
                NAME_UNKNOWN,
                format!("{host} does not exist (NXDOMAIN at {server})"),
            ),
        },
        End::NoAddress | End::Loop => (
            NAME_WITHOUT_ADDRESS,
            format!("{host} has no address at {server}"),
        ),
        End::Failed(code) => (
            NAME_SERVER_FAILED,
            format!("{server} failed to answer for {host} ({code})"),
        ),
    };
    Err(NoAnswer::Unreachable(Unreachable::of(code, why)))
}

/// Why an address cannot be dialled; what the target does not map has no code, since nothing was tried.
pub(super) fn not_dialled(error: &DialError) -> NoAnswer {
    let why = error.to_string();
    NoAnswer::Unreachable(match error {
        DialError::TimedOut { .. } => Unreachable::of(CONNECT_TIMED_OUT, why),
        DialError::Refused { .. } => Unreachable::of(CONNECT_REFUSED, why),
        DialError::NotMapped { .. } | DialError::NoTarget { .. } => why.into(),
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(answer: Result<Vec<IpAddr>, NoAnswer>) -> Option<String> {
        answer
            .err()
            .and_then(|why| why.codes().first().map(ToString::to_string))
    }

    #[test]
    fn every_end_of_a_chain_without_an_address_has_its_code() {
        let chain = |aliases: &[&str], end| Chain {
            aliases: aliases.iter().map(ToString::to_string).collect(),
            end,
            ttl: None,
        };
        for (aliases, end, code) in [
            (&[][..], End::NoSuchName, NAME_UNKNOWN),
            (
                &["kv.privatelink.vaultcore.azure.net"],
                End::NoSuchName,
                PRIVATE_NAME_UNKNOWN,
            ),
            (&[], End::NoAddress, NAME_WITHOUT_ADDRESS),
            (&[], End::Loop, NAME_WITHOUT_ADDRESS),
            (&[], End::Failed("SERVFAIL".to_owned()), NAME_SERVER_FAILED),
        ] {
            let answer = addresses(chain(aliases, end), "kv.vault.azure.net", "10.0.0.4");
            assert_eq!(code_of(answer).as_deref(), Some(code));
        }
    }

    #[test]
    fn silence_and_resets_are_told_apart_and_what_is_not_mapped_has_no_code() {
        let address = SocketAddr::from(([10, 1, 0, 4], HTTPS));
        let why = String::new;
        for (error, code) in [
            (
                DialError::TimedOut {
                    address,
                    why: why(),
                },
                Some(CONNECT_TIMED_OUT),
            ),
            (
                DialError::Refused {
                    address,
                    why: why(),
                },
                Some(CONNECT_REFUSED),
            ),
            (DialError::NotMapped { address }, None),
            (
                DialError::NoTarget {
                    address,
                    why: why(),
                },
                None,
            ),
        ] {
            assert_eq!(code_of(Err(not_dialled(&error))).as_deref(), code);
        }
    }
}
