//! A mock in this process.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use xtenant_mock_server::{Control, Dial, Mock};

use super::network::MockNetwork;
use super::{MockTarget, Options, Power, Principals, StartError, serve, trust};
use crate::secret::Secret;
use crate::target::cloud::PUBLIC;
use crate::target::{Clock, Target};
use crate::timestamp::Timestamp;

/// A mock that did not start.
#[derive(Debug)]
pub struct EmbedError {
    /// Whether the world is at fault.
    pub is_world: bool,
    /// Why, for people.
    pub message: String,
}

impl From<StartError> for EmbedError {
    fn from(error: StartError) -> Self {
        Self {
            is_world: matches!(error, StartError::World(_)),
            message: error.to_string(),
        }
    }
}

/// Starts a mock of a world on free loopback ports, with faults planted (`ID@PLACE`).
///
/// # Errors
/// Whether the world is malformed or something else stood in the way, and what.
pub async fn embed(world: &Path, faults: &[String]) -> Result<MockTarget, EmbedError> {
    let mut options = Options::of_file(world);
    for fault in faults {
        let (id, place) = fault
            .split_once('@')
            .ok_or_else(|| StartError::FaultForm(fault.clone()))?;
        options.faults.push((id.to_owned(), place.to_owned()));
    }
    let mock = serve(options).await?;
    let target = target_of(&mock)?;
    Ok(MockTarget {
        target,
        _mock: Some(mock),
    })
}

/// Where a mock in this process is asked.
pub(super) fn target_of(mock: &Mock) -> Result<Target, EmbedError> {
    let unusable = |message| EmbedError {
        is_world: false,
        message,
    };
    let power = Arc::new(Embedded(Arc::clone(&mock.control)));
    let coordinates = mock.control.coordinates();
    Ok(Target {
        name: format!("mock (embedded, world {})", coordinates.world),
        cloud: &PUBLIC,
        clock: Arc::new(TurnedClock(Arc::clone(&mock.control))),
        network: Arc::new(MockNetwork::new(Arc::clone(&power), &coordinates.vantages)),
        trust: trust(&coordinates).map_err(unusable)?,
        stand_ins: Arc::new(Principals(power)),
    })
}

struct Embedded(Arc<Control>);

#[async_trait]
impl Power for Embedded {
    async fn door(&self, vantage: &str, address: Ipv4Addr, port: u16) -> Result<Dial, String> {
        let dial = self.0.dial(vantage, address, port).await;
        dial.map_err(|error| format!("the mock could not open a door: {error}"))
    }

    async fn token(&self, principal: &str, scope: &str) -> Result<Secret, String> {
        let control = Arc::clone(&self.0);
        let (principal, scope) = (principal.to_owned(), scope.to_owned());
        let issued = tokio::task::spawn_blocking(move || control.token(&principal, &scope)).await;
        let issued = issued.map_err(|error| format!("the mock failed to sign: {error}"))?;
        issued
            .map(|issued| Secret::new(issued.token))
            .map_err(|error| error.to_string())
    }
}

/// The mock's clock, which is ours to turn.
struct TurnedClock(Arc<Control>);

#[async_trait]
impl Clock for TurnedClock {
    fn now(&self) -> Timestamp {
        let millis = self.0.now().unix_timestamp_nanos() / 1_000_000;
        Timestamp::from_epoch_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }

    async fn turn(&self, by: Duration) -> Result<bool, String> {
        // The mock's dial has whole seconds: a part of one would be lost, and the wait never end.
        let seconds = by.as_secs() + u64::from(by.subsec_nanos() > 0);
        self.0.advance(Duration::from_secs(seconds));
        Ok(true)
    }
}
