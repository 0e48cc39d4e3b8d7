//! Does a connection open from here?
//!
//! Asks nobody anything: resolves a name as the vantage does, or takes addresses, and opens a connection to the port, which
//! is closed at once. Every given address must open; of a name's, the first that does, over the expected path.
//!
//! - [`causes`]: why no connection opens, or the wrong one: codes of the silence first, then what is judged

mod causes;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, SocketAddr};

use futures::future::join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Check;
use super::wire::list_of;
use crate::ask::Ask;
use crate::outcome::{
    AddressesByName, Asks, Card, Input, Mode, NoAnswer, PathRule, Plane, Reason, Verdict,
};
use crate::timestamp::Timestamp;

/// Where services of Azure listen.
const HTTPS: u16 = 443;

/// A connection opens from the vantage.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct TcpReachable {
    /// A name, resolved as the vantage resolves it, or an address.
    host: Option<String>,
    /// Addresses to connect to without asking for a name: each must open. With `host`, those of that name.
    addresses: Option<Input<AddressesByName>>,
    /// The port; 443 without it.
    port: Option<u16>,
    /// The addresses that the name must lead to: the endpoint's, or `any`, which it is without it.
    path: Option<Input<PathRule>>,
}

/// What opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    /// The name, where one was resolved.
    host: Option<String>,
    /// The addresses that a connection was opened to.
    opened: Vec<IpAddr>,
    port: u16,
}

impl Check for TcpReachable {
    const CARD: Card = Card {
        id: "tcp-reachable",
        sentence: "a connection opens from this vantage",
        about: "Opens a connection to a port, and closes it; nothing is sent. A name is resolved as the vantage resolves it, and \
                must lead to the addresses in `path` where they are given; of several addresses the first that opens counts. \
                Addresses that are given must all open.",
        asks: Asks::Network,
        plane: Plane::Data,
        modes: &[Mode::Unreachable],
        at_least_one_of: &["host", "addresses"],
        homes: &[],
        facts: &[],
        permissions: &[],
        causes: causes::CAUSES,
        warnings: &[],
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let port = self.port.unwrap_or(HTTPS);
        let seen = |host, opened| Seen { host, opened, port };
        let literal = self.host.as_deref().and_then(|host| host.parse().ok());
        let given = match (&self.addresses, &self.host, literal) {
            (Some(addresses), None, _) => Some(addresses.all().collect()),
            (Some(addresses), Some(host), None) => Some(addresses.of(host).to_vec()),
            (_, _, Some(literal)) => Some(vec![literal]),
            (None, ..) => None,
        };
        if let Some(mut given) = given {
            given.sort_unstable();
            given.dedup();
            let tried = given
                .iter()
                .map(|address| ask.connect(SocketAddr::new(*address, port)));
            let opened = join_all(tried).await.into_iter().collect::<Result<(), _>>();
            return opened.map(|()| seen(None, given));
        }
        let host = self.host.clone().unwrap_or_default();
        let mut silent = NoAnswer::unreachable(format!("{host} leads to no address"));
        for address in ask.addresses_of(&host).await? {
            match ask.connect(SocketAddr::new(address, port)).await {
                Ok(()) => return Ok(seen(Some(host), vec![address])),
                Err(why) => silent = why,
            }
        }
        Err(silent)
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let (Some(host), Some(path)) = (&seen.host, &self.path) else {
            return if seen.opened.is_empty() {
                Reason::new("no-address")
                    .expected("an address to connect to")
                    .observed("none")
                    .into()
            } else {
                Verdict::Holds
            };
        };
        let PathRule::Private(addresses) = &**path else {
            return Verdict::Holds;
        };
        let wanted = addresses.of(host);
        match seen.opened.iter().find(|peer| !wanted.contains(peer)) {
            None => Verdict::Holds,
            Some(peer) => Reason::new("public-path")
                .expected(if wanted.is_empty() {
                    format!("an address of {host}")
                } else {
                    list_of(wanted)
                })
                .observed(peer)
                .with("name", host)
                .into(),
        }
    }
}
