//! A running mock, by its control address: the one that `xtenant mock` prints.
//!
//! Others may use it too, so its clock is not turned: a wait takes its time.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use reqwest::{Client, Method, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use xtenant_mock_server::{Coordinates, Dial};

use super::network::MockNetwork;
use super::{MockTarget, Power, Principals, trust};
use crate::secret::Secret;
use crate::target::cloud::PUBLIC;
use crate::target::{Clock, Target};
use crate::timestamp::Timestamp;

/// Bound of each question to the control interface.
const PATIENCE: Duration = Duration::from_secs(10);

/// Finds out where everything of a running mock is.
///
/// # Errors
/// Why it cannot be used, for people.
pub async fn attach(address: &str) -> Result<MockTarget, String> {
    let control = Remote::new(address)?;
    let coordinates: Coordinates = control.ask(Method::GET, "coordinates", None).await?;
    let clock = RunningClock::start(&control).await?;
    let power = Arc::new(control);
    let target = Target {
        name: format!("mock (at {address}, world {})", coordinates.world),
        cloud: &PUBLIC,
        clock: Arc::new(clock),
        network: Arc::new(MockNetwork::new(Arc::clone(&power), &coordinates.vantages)),
        trust: trust(&coordinates)?,
        stand_ins: Arc::new(Principals(power)),
    };
    Ok(MockTarget {
        target,
        _mock: None,
    })
}

/// Where everything of a running mock is.
///
/// # Errors
/// Why it cannot be told, for people.
pub async fn coordinates(address: &str) -> Result<Coordinates, String> {
    Remote::new(address)?
        .ask(Method::GET, "coordinates", None)
        .await
}

/// The control interface of a mock in another process.
struct Remote {
    client: Client,
    base: Url,
    address: String,
}

impl Remote {
    #[expect(
        clippy::disallowed_methods,
        reason = "the control interface is no part of any cloud: no token and no name of Azure goes there"
    )]
    fn new(address: &str) -> Result<Self, String> {
        let base = Url::parse(&format!("http://{address}/"))
            .ok()
            .filter(|url| url.path() == "/" && url.port().is_some() && url.username().is_empty());
        let base = base.ok_or_else(|| {
            format!(
                "mock@{address}: expected HOST:PORT, the control address that `xtenant mock` prints"
            )
        })?;
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .map_err(|error| format!("no HTTP client could be made: {error}"))?;
        Ok(Self {
            client,
            base,
            address: address.to_owned(),
        })
    }

    /// Asks, and reads the answer.
    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<T, String> {
        let url = self.base.join(path).map_err(|error| error.to_string())?;
        let mut request = self.client.request(method, url);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let silent =
            |error: reqwest::Error| format!("no mock answers at {}: {}", self.address, why(&error));
        let response = request.send().await.map_err(silent)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(silent)?;
        if !status.is_success() {
            let told = serde_json::from_slice::<Value>(&bytes).ok();
            let told = told.and_then(|told| Some(told.get("error")?.as_str()?.to_owned()));
            return Err(told.unwrap_or_else(|| self.is_no_mock(&status)));
        }
        serde_json::from_slice(&bytes).map_err(|error| self.is_no_mock(&error))
    }

    fn is_no_mock(&self, why: &dyn std::fmt::Display) -> String {
        format!(
            "no mock answers at {}, but something else does: {why}",
            self.address
        )
    }
}

/// Why nobody answered, in the innermost words, which are the ones that say something.
fn why(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", PATIENCE.as_secs());
    }
    let mut last: &dyn std::error::Error = error;
    while let Some(inner) = last.source() {
        last = inner;
    }
    last.to_string()
}

#[async_trait]
impl Power for Remote {
    async fn is_there(&self) -> Result<(), String> {
        let asked = self.client.get(self.base.clone()).send().await;
        // Whatever it answers, somebody does.
        asked.map(drop).map_err(|error| {
            format!(
                "the mock at {} no longer answers ({}); start it again, and run again",
                self.address,
                why(&error)
            )
        })
    }

    async fn door(&self, vantage: &str, address: Ipv4Addr, port: u16) -> Result<Dial, String> {
        #[derive(Deserialize)]
        #[serde(rename_all = "kebab-case")]
        enum Answer {
            Dial(SocketAddr),
            Refused(String),
            TimedOut(String),
        }
        let asked = json!({"vantage": vantage, "address": address, "port": port});
        Ok(match self.ask(Method::POST, "doors", Some(asked)).await? {
            Answer::Dial(address) => Dial::Open(address),
            Answer::Refused(why) => Dial::Refused { why },
            Answer::TimedOut(why) => Dial::TimedOut { why },
        })
    }

    async fn token(&self, principal: &str, scope: &str) -> Result<Secret, String> {
        #[derive(Deserialize)]
        struct Answer {
            access_token: Secret,
        }
        let asked = json!({"principal": principal, "scope": scope});
        let answer: Answer = self.ask(Method::POST, "tokens", Some(asked)).await?;
        Ok(answer.access_token)
    }
}

/// The mock's clock as it was when the run began, and as it goes on since.
struct RunningClock {
    start: Timestamp,
    since: Instant,
}

impl RunningClock {
    async fn start(control: &Remote) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Answer {
            now: String,
        }
        let answer: Answer = control.ask(Method::GET, "clock", None).await?;
        Ok(Self {
            start: Timestamp::parse(&answer.now)?,
            since: Instant::now(),
        })
    }
}

#[async_trait]
impl Clock for RunningClock {
    fn now(&self) -> Timestamp {
        self.start + self.since.elapsed()
    }

    async fn turn(&self, _: Duration) -> Result<bool, String> {
        Ok(false)
    }
}
