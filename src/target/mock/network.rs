//! The world's addresses behind the mock's doors. An address that the world does not have is refused, and nothing is
//! sent: [`Network::dial`] of this target never gives an address that a door does not stand for.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use xtenant_mock_server::{Dial, IdentityEndpoint as MockIdentity, VantageCoordinates};

use super::Power;
use crate::secret::Secret;
use crate::target::{DialError, IdentityEndpoint, NameServer, Network, Side};

/// The network of a mock's world.
pub(super) struct MockNetwork<P> {
    power: Arc<P>,
    vantages: Vec<VantageCoordinates>,
    /// Doors that were opened, and what they stand for.
    doors: Mutex<HashMap<SocketAddr, SocketAddr>>,
}

impl<P: Power> MockNetwork<P> {
    pub(super) fn new(power: Arc<P>, vantages: &[VantageCoordinates]) -> Self {
        Self {
            power,
            vantages: vantages.to_vec(),
            doors: Mutex::default(),
        }
    }

    fn named(&self, name: &str) -> Option<&VantageCoordinates> {
        self.vantages.iter().find(|own| own.name == name)
    }

    /// The vantage of the world in a network; of several, the one of the same name.
    fn in_network(&self, name: &str, network: &str) -> Option<&VantageCoordinates> {
        let is_there = |own: &&VantageCoordinates| {
            own.network
                .as_deref()
                .is_some_and(|own| own.eq_ignore_ascii_case(network))
        };
        let mut there = self.vantages.iter().filter(is_there);
        let first = there.clone().next();
        there.find(|own| own.name == name).or(first)
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.vantages.iter().map(|own| own.name.as_str()).collect();
        names.join(", ")
    }
}

#[async_trait]
impl<P: Power> Network for MockNetwork<P> {
    fn vantage(&self, name: &str, network: Option<&str>) -> Result<Side, String> {
        let found = match network {
            Some(network) => self.in_network(name, network).ok_or_else(|| {
                format!(
                    "the world has no vantage in {network}; its vantages: {}",
                    self.names()
                )
            }),
            None => self.named(name).ok_or_else(|| {
                format!(
                    "the world has no vantage `{name}`; its vantages: {}",
                    self.names()
                )
            }),
        }?;
        let address = found
            .address
            .as_deref()
            .map(|address| format!(" at {address}"));
        Ok(Side {
            name: found.name.clone(),
            proof: format!(
                "the world's vantage {}{}",
                found.name,
                address.unwrap_or_default()
            ),
        })
    }

    fn name_server(&self, vantage: &str) -> Result<NameServer, String> {
        let found = self.named(vantage);
        let found = found.ok_or_else(|| format!("the world has no vantage `{vantage}`"))?;
        let shown = found.name_server.clone();
        Ok(NameServer {
            dial: found.dns,
            shown: shown.unwrap_or_else(|| format!("the name server of {vantage}")),
        })
    }

    fn identity_endpoint(&self, vantage: &str) -> IdentityEndpoint {
        match self
            .named(vantage)
            .and_then(|own| own.managed_identity.as_ref())
        {
            Some(MockIdentity::AppService {
                world_endpoint,
                header,
                ..
            }) => IdentityEndpoint::AppService {
                endpoint: world_endpoint.clone(),
                header: Secret::new(header.clone()),
            },
            Some(MockIdentity::Imds { .. }) | None => IdentityEndpoint::Imds,
        }
    }

    async fn dial(&self, vantage: &str, address: SocketAddr) -> Result<SocketAddr, DialError> {
        let IpAddr::V4(world) = address.ip() else {
            return Err(DialError::NotMapped { address });
        };
        if self.named(vantage).is_none() {
            return Err(DialError::NotMapped { address });
        }
        let dialled = self.power.door(vantage, world, address.port()).await;
        match dialled.map_err(|why| DialError::NoTarget { address, why })? {
            Dial::Open(door) => {
                let mut doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
                doors.insert(door, address);
                Ok(door)
            }
            Dial::Refused { why } => Err(DialError::Refused { address, why }),
            Dial::TimedOut { why } => Err(DialError::TimedOut { address, why }),
        }
    }

    fn world_address(&self, dialled: SocketAddr) -> SocketAddr {
        let doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        doors.get(&dialled).copied().unwrap_or(dialled)
    }

    async fn is_there(&self) -> Result<(), String> {
        self.power.is_there().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Opens the same door for every address.
    struct OneDoor;

    #[async_trait]
    impl Power for OneDoor {
        async fn door(&self, _: &str, _: std::net::Ipv4Addr, _: u16) -> Result<Dial, String> {
            Ok(Dial::Open(SocketAddr::from(([127, 0, 0, 1], 7))))
        }

        async fn token(&self, _: &str, _: &str) -> Result<Secret, String> {
            Err("nobody".to_owned())
        }
    }

    fn vantage(name: &str, network: Option<&str>) -> VantageCoordinates {
        VantageCoordinates {
            name: name.to_owned(),
            network: network.map(str::to_owned),
            address: Some("10.1.1.4".to_owned()),
            egress: None,
            name_server: None,
            dns: SocketAddr::from(([127, 0, 0, 1], 53)),
            proxy: SocketAddr::from(([127, 0, 0, 1], 80)),
            managed_identity: None,
        }
    }

    fn network() -> MockNetwork<OneDoor> {
        let vantages = [
            vantage("ci", Some("/subscriptions/s/networks/HOME")),
            vantage("app", Some("/subscriptions/s/networks/home")),
            vantage("internet", None),
        ];
        MockNetwork::new(Arc::new(OneDoor), &vantages)
    }

    #[test]
    fn vantages_pair_by_network_and_of_several_by_name() {
        let network = network();
        let side = |name: &str, of| network.vantage(name, of).map(|side| side.name);
        let home = Some("/subscriptions/S/networks/home");
        assert_eq!(side("app", home), Ok("app".to_owned()));
        assert_eq!(side("elsewhere", home), Ok("ci".to_owned()));
        assert_eq!(side("internet", None), Ok("internet".to_owned()));
        let missing = side("app", Some("/subscriptions/s/networks/other"));
        assert!(missing.is_err_and(|why| why.contains("ci, app, internet")));
        assert!(side("nowhere", None).is_err());
    }

    #[tokio::test]
    async fn only_what_has_a_door_is_dialled_and_evidence_names_the_world() {
        let network = network();
        let world = SocketAddr::from(([10, 1, 0, 4], 443));
        let door = network.dial("app", world).await.unwrap();
        assert!(door.ip().is_loopback());
        assert_eq!(network.world_address(door), world);
        for (vantage, address) in [("app", "[2001:db8::1]:443"), ("nowhere", "10.1.0.4:443")] {
            let address: SocketAddr = address.parse().unwrap();
            let refused = network.dial(vantage, address).await;
            assert_eq!(refused, Err(DialError::NotMapped { address }));
        }
    }
}
