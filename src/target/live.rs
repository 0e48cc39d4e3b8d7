//! A live cloud: the system's name server, addresses as they are, the system's roots and clock.
//!
//! What this machine is cannot be known from a name: a vantage of a scenario is none of a live target's, so what is asked
//! from one stays unknown, never red.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use hickory_resolver::system_conf::read_system_conf;

use super::cloud::CLOUDS;
use super::{
    Clock, DialError, IdentityEndpoint, NameServer, Network, Side, StandIns, Target, Trust,
};
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// The live cloud of that name: `azure`, `usgov`, `china`.
pub fn cloud(name: &str) -> Option<Target> {
    let cloud = CLOUDS.iter().copied().find(|cloud| cloud.name == name)?;
    Some(Target {
        name: format!("{name} ({})", cloud.arm_host),
        cloud,
        clock: clock(),
        network: Arc::new(Direct),
        trust: Trust::System,
        stand_ins: Arc::new(Nobody),
    })
}

/// The real clock.
pub fn clock() -> Arc<dyn Clock> {
    Arc::new(RealClock)
}

struct RealClock;

#[async_trait]
impl Clock for RealClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one reader of the system's time in the runner"
    )]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let millis = since.map_or(0, |since| since.as_millis());
        Timestamp::from_epoch_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }

    async fn turn(&self, _: Duration) -> Result<bool, String> {
        Ok(false)
    }
}

/// Addresses are what they are.
struct Direct;

#[async_trait]
impl Network for Direct {
    fn vantage(&self, name: &str, _: Option<&str>) -> Result<Side, String> {
        Err(format!(
            "whether this machine stands at `{name}` is not known: this version asks from vantages on a mock only"
        ))
    }

    fn name_server(&self, _: &str) -> Result<NameServer, String> {
        let (config, _) = read_system_conf()
            .map_err(|error| format!("the system's name servers cannot be read: {error}"))?;
        let first = config.name_servers().first();
        let server = first.ok_or("the system has no name server")?;
        let port = server
            .connections
            .first()
            .map_or(53, |connection| connection.port);
        let dial = SocketAddr::new(server.ip, port);
        Ok(NameServer {
            dial,
            shown: server.ip.to_string(),
        })
    }

    fn identity_endpoint(&self, _: &str) -> IdentityEndpoint {
        IdentityEndpoint::Imds
    }

    async fn dial(&self, _: &str, address: SocketAddr) -> Result<SocketAddr, DialError> {
        Ok(address)
    }

    fn world_address(&self, dialled: SocketAddr) -> SocketAddr {
        dialled
    }
}

/// Nobody stands in for anybody in a live cloud.
struct Nobody;

#[async_trait]
impl StandIns for Nobody {
    async fn token(&self, _: &str, _: &str) -> Result<Secret, String> {
        Err(
            "on a live cloud this version gets tokens of `managed-identity` and `federated` identities only"
                .to_owned(),
        )
    }

    fn source(&self) -> String {
        "nobody".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cloud_has_its_name_and_no_other_has_one() {
        for name in ["azure", "usgov", "china"] {
            let target = cloud(name).unwrap();
            assert_eq!(target.cloud.name, name);
            assert!(target.name.starts_with(name) && target.name.contains(target.cloud.arm_host));
        }
        assert!(cloud("mock").is_none() && cloud("AZURE").is_none() && cloud("").is_none());
    }

    #[tokio::test]
    async fn addresses_and_time_are_the_real_ones_and_nobody_is_stood_in_for() {
        let target = cloud("azure").unwrap();
        let address = SocketAddr::from(([192, 0, 2, 1], 443));
        assert_eq!(target.network.dial("internet", address).await, Ok(address));
        assert_eq!(target.network.world_address(address), address);
        assert!(target.network.vantage("app", None).is_err());
        assert!(matches!(
            target.network.identity_endpoint("app"),
            IdentityEndpoint::Imds
        ));
        assert_eq!(target.clock.turn(Duration::from_secs(1)).await, Ok(false));
        assert!(target.clock.now() > Timestamp::from_epoch_seconds(1_700_000_000));
        assert!(
            target
                .stand_ins
                .token("home-auditor", "scope")
                .await
                .is_err()
        );
    }
}
