//! Which world addresses does a vantage reach, and as whom is it seen there?
//!
//! - a private endpoint's address: from the endpoint's own network and those that a peering or a deployed configuration of
//!   a network manager connects with it ([`super::networks`]), once its connection is approved; a packet to an endpoint
//!   that is not gets no answer
//! - the front door of a public service: from a vantage with egress, as its egress address
//! - managed identity: IMDS from machines (without an identity it answers that there is none), App Service's endpoint from
//!   an App Service that has one
//!
//! Every other address or port has nobody. Pure: no sockets.

use std::net::{IpAddr, Ipv4Addr};

use super::addresses::{
    APP_SERVICE, APP_SERVICE_PORT, AZURE_DNS, IMDS, egress, front_door, is_front_door,
};
use super::networks::{Hop, hop};
use crate::request::Peer;
use crate::store::State;
use crate::world::Vantage;

/// Port of every public and private service.
const HTTPS: u16 = 443;
/// Port of IMDS.
const HTTP: u16 = 80;

/// A connection that would be made.
#[derive(Clone, Debug)]
pub struct Route {
    /// As the service sees it.
    pub peer: Peer,
    /// Spoken with TLS?
    pub tls: bool,
}

/// Why no connection is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoRoute {
    /// Packets are answered by a reset.
    Refused(String),
    /// Packets get no answer.
    TimedOut(String),
}

/// The connection from a vantage to a world address.
///
/// # Errors
/// Why there is none.
pub fn route(state: &State, name: &str, address: Ipv4Addr, port: u16) -> Result<Route, NoRoute> {
    let Some(vantage) = state.vantage(name) else {
        return Err(NoRoute::TimedOut(format!(
            "the world has no vantage {name}"
        )));
    };
    let source = if address == IMDS || address == APP_SERVICE || address == AZURE_DNS {
        link_local(name, &vantage, address, port)?
    } else if is_front_door(address) {
        public(state, name, &vantage, port)?
    } else {
        private(state, name, &vantage, address, port)?
    };
    let peer = Peer {
        vantage: name.to_owned(),
        source: IpAddr::V4(source),
        destination: IpAddr::V4(address),
    };
    Ok(Route {
        peer,
        tls: port == HTTPS,
    })
}

/// Is the connection that a door stands for still there?
pub fn admits(state: &State, peer: &Peer, port: u16) -> bool {
    let IpAddr::V4(destination) = peer.destination else {
        return false;
    };
    route(state, &peer.vantage, destination, port)
        .is_ok_and(|route| route.peer.source == peer.source)
}

/// The connection that a request by name, from the Internet, stands for.
pub fn by_name(state: &State, vantage: &str, host: &str) -> Peer {
    let destination = front_door(host).unwrap_or(Ipv4Addr::UNSPECIFIED);
    Peer {
        vantage: vantage.to_owned(),
        source: IpAddr::V4(egress(state, vantage)),
        destination: IpAddr::V4(destination),
    }
}

/// The connection from a vantage to its managed identity; of a planned one as it will be.
pub fn to_identity(name: &str, vantage: &Vantage, address: Ipv4Addr, port: u16) -> Option<Peer> {
    let source = link_local(name, vantage, address, port).ok()?;
    Some(Peer {
        vantage: name.to_owned(),
        source: IpAddr::V4(source),
        destination: IpAddr::V4(address),
    })
}

fn link_local(
    name: &str,
    vantage: &Vantage,
    address: Ipv4Addr,
    port: u16,
) -> Result<Ipv4Addr, NoRoute> {
    let source = vantage.address.unwrap_or(Ipv4Addr::new(169, 254, 0, 1));
    let (here, wanted) = match address {
        IMDS => (vantage.has_imds(), HTTP),
        APP_SERVICE => (
            vantage.has_identity() && vantage.app_service,
            APP_SERVICE_PORT,
        ),
        _ => return Err(NoRoute::Refused(format!("{address} answers DNS only"))),
    };
    if !here {
        return Err(NoRoute::TimedOut(format!(
            "vantage {name} has nothing at {address}"
        )));
    }
    if port == wanted {
        Ok(source)
    } else {
        Err(NoRoute::Refused(format!(
            "{address} listens on port {wanted} only"
        )))
    }
}

fn public(state: &State, name: &str, vantage: &Vantage, port: u16) -> Result<Ipv4Addr, NoRoute> {
    if !vantage.internet {
        return Err(NoRoute::TimedOut(format!(
            "vantage {name} has no way to the Internet"
        )));
    }
    https_only(port)?;
    Ok(egress(state, name))
}

fn private(
    state: &State,
    name: &str,
    vantage: &Vantage,
    address: Ipv4Addr,
    port: u16,
) -> Result<Ipv4Addr, NoRoute> {
    let (Some(network), Some(source)) = (&vantage.network, vantage.address) else {
        let why = format!("vantage {name} is in no network, and {address} is a private address");
        return Err(NoRoute::TimedOut(why));
    };
    let (network, carried) = match hop(state, network, address) {
        Hop::Network {
            id,
            private_endpoints,
        } => (id, private_endpoints),
        Hop::Dropped(why) => return Err(NoRoute::TimedOut(why)),
    };
    let found = state
        .derived()
        .endpoints
        .at(IpAddr::V4(address), &[network.as_str()]);
    let endpoint = found.ok_or_else(|| {
        let network = network.rsplit('/').next().unwrap_or_default();
        NoRoute::TimedOut(format!(
            "nobody has the address {address} in network {network}"
        ))
    })?;
    if !carried {
        let why = format!(
            "private endpoint {} is not reached over a connected group, as this world has it",
            endpoint.name
        );
        return Err(NoRoute::TimedOut(why));
    }
    if !endpoint.is_approved() {
        let why = format!(
            "the connection of private endpoint {} is not approved",
            endpoint.name
        );
        return Err(NoRoute::TimedOut(why));
    }
    https_only(port)?;
    Ok(source)
}

fn https_only(port: u16) -> Result<(), NoRoute> {
    if port == HTTPS {
        Ok(())
    } else {
        Err(NoRoute::Refused(format!("nobody listens on port {port}")))
    }
}
