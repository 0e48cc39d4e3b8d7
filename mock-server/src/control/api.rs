//! The control interface over plain HTTP, JSON in and out.
//!
//! What there is: [`routes::ROUTES`], also told by `GET /`.
//!
//! Errors are `{"error": text}`. Requests with an `Origin` header are refused, and those for a host with another name than
//! `localhost` (a page may give a name of its own the address of this machine): no web page may steer a mock.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::request::Parts;
use http::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::routes::{self, Outcome};
use super::{Control, NoToken};
use crate::clock::rfc3339;
use crate::fabric::doors::Dial;
use crate::faults::FaultError;
use crate::listen::body::Outgoing;
use crate::listen::http::{Answer, Answered, Whole};
use crate::router::parse;

/// Longest turn of the clock: a hundred years.
const LONGEST_TURN: u64 = 100 * 366 * 24 * 3600;
/// Largest body: a world of some hundred thousand resources.
const BODY_LIMIT: usize = 512 << 20;

/// The control interface of a mock.
pub struct Api(pub Arc<Control>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DoorAsked {
    vantage: String,
    address: Ipv4Addr,
    port: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenAsked {
    principal: String,
    scope: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Turn {
    advance_seconds: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultAsked {
    #[serde(default)]
    fault: String,
    #[serde(default)]
    at: String,
    wire: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Budget {
    set: String,
}

#[async_trait]
impl Answer for Api {
    /// Worlds may be large.
    fn body_limit(&self, _: &Parts) -> usize {
        BODY_LIMIT
    }

    fn refuse(&self, _: &Parts, status: StatusCode) -> Answered {
        let why = status.canonical_reason().unwrap_or("not a request");
        written(status, &json!({"error": why.to_ascii_lowercase()}))
    }

    async fn answer(&self, request: Whole) -> Answered {
        match self.route(request).await {
            Ok(body) => written(StatusCode::OK, &body),
            Err((status, why)) => written(status, &json!({"error": why})),
        }
    }
}

fn written(status: StatusCode, body: &Value) -> Answered {
    let mut response = Answered::new(Outgoing::whole(body.to_string()));
    *response.status_mut() = status;
    let json = http::HeaderValue::from_static("application/json; charset=utf-8");
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, json);
    response
}

/// An address or `localhost`, with or without a port; HTTP/1.0 may name no host.
fn is_for_this_machine(request: &Whole) -> bool {
    let header = request.headers().get(http::header::HOST);
    let header = header.map(|it| it.to_str().unwrap_or_default());
    let asked = request.uri().authority().map(http::uri::Authority::as_str);
    [header, asked].into_iter().flatten().all(|named| {
        let host = named.parse::<http::uri::Authority>();
        host.is_ok_and(|it| {
            let host = it.host().trim_matches(['[', ']']);
            host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::IpAddr>().is_ok()
        })
    })
}

impl Api {
    async fn route(&self, request: Whole) -> Outcome {
        if request.headers().contains_key(http::header::ORIGIN) || !is_for_this_machine(&request) {
            return Err((
                StatusCode::FORBIDDEN,
                "requests of web pages are refused".to_owned(),
            ));
        }
        let path = request.uri().path().trim_end_matches('/');
        let path = if path.is_empty() { "/" } else { path };
        let query = parse::pairs(request.uri().query().unwrap_or_default());
        let query = query.ok_or_else(|| {
            let why = "the query cannot be decoded".to_owned();
            (StatusCode::BAD_REQUEST, why)
        })?;
        match *request.method() {
            Method::GET => self.get(path, &query),
            Method::POST => self.post(path, request.body()).await,
            Method::PUT if path == "/state" => {
                routes::restore(&self.0, request.body(), read(request.body())?).await?;
                Ok(routes::summary(&self.0))
            }
            Method::DELETE => self.delete(path),
            _ => Err(routes::unknown(request.method().as_str(), path)),
        }
    }

    fn get(&self, path: &str, query: &routes::Query) -> Outcome {
        match path {
            "/" => Ok(routes::list()),
            "/coordinates" => coordinates(&self.0),
            "/target" => routes::target(&self.0, query),
            "/state" => routes::state(&self.0, query),
            "/clock" => Ok(self.clock()),
            "/faults" => Ok(json!({
                "planted": self.0.planted(),
                "wire": self.0.context().wire.planted(),
                "catalogue": self.0.applicable(),
            })),
            "/faults/wire" => Ok(routes::wire(&self.0)),
            "/throttling" => Ok(json!({"budgets": self.0.context().throttle.settings()})),
            "/received" => routes::received(&self.0, query),
            _ => Err(routes::unknown("GET", path)),
        }
    }

    async fn post(&self, path: &str, body: &Bytes) -> Outcome {
        match path {
            "/doors" => self.door(read(body)?).await,
            "/tokens" | "/token" => self.token(read(body)?).await,
            "/clock" => self.turn(&read(body)?),
            "/faults" => self.plant(&read(body)?),
            "/faults/wire" => routes::plant_wire(&self.0, &read(body)?),
            "/throttling" => {
                let Budget { set } = read(body)?;
                let throttle = &self.0.context().throttle;
                let set = throttle.set(&set);
                set.map_err(|why| (StatusCode::BAD_REQUEST, why.to_string()))?;
                Ok(json!({"budgets": throttle.settings()}))
            }
            "/seed" => routes::seed(&self.0, read(body)?).await,
            "/reset" => {
                self.0.reset().await.map_err(routes::refused)?;
                Ok(routes::summary(&self.0))
            }
            "/reload" => {
                self.0.reload().await.map_err(routes::refused)?;
                Ok(routes::summary(&self.0))
            }
            "/state/save" => match self.0.save().map_err(internal)? {
                Some(path) => Ok(json!({"written": path})),
                None => {
                    let why = "the mock was started without --state".to_owned();
                    Err((StatusCode::CONFLICT, why))
                }
            },
            _ => Err(routes::unknown("POST", path)),
        }
    }

    fn delete(&self, path: &str) -> Outcome {
        match path {
            "/faults" => {
                self.0
                    .heal()
                    .map_err(|why| (StatusCode::INTERNAL_SERVER_ERROR, why))?;
                Ok(json!({"planted": self.0.planted()}))
            }
            "/faults/wire" => routes::heal_wire(&self.0, None),
            "/throttling" => {
                self.0.context().throttle.refill();
                Ok(json!({"budgets": self.0.context().throttle.settings()}))
            }
            "/received" => {
                self.0.context().received.clear();
                Ok(json!({"requests": []}))
            }
            _ => match path.strip_prefix("/faults/wire/") {
                Some(number) => routes::heal_wire(&self.0, Some(number)),
                None => Err(routes::unknown("DELETE", path)),
            },
        }
    }

    async fn door(&self, asked: DoorAsked) -> Outcome {
        let coordinates = self.0.coordinates();
        let names: Vec<&str> = coordinates
            .vantages
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        if !names.contains(&asked.vantage.as_str()) {
            let why = format!(
                "the world has no vantage {}; it has: {}",
                asked.vantage,
                names.join(", ")
            );
            return Err((StatusCode::NOT_FOUND, why));
        }
        match self.0.dial(&asked.vantage, asked.address, asked.port).await {
            Ok(Dial::Open(address)) => Ok(json!({"dial": address})),
            Ok(Dial::Refused { why }) => Ok(json!({"refused": why})),
            Ok(Dial::TimedOut { why }) => Ok(json!({"timed-out": why})),
            Err(error) => Err((
                StatusCode::INTERNAL_SERVER_ERROR,
                format!("failed to open a door: {error}"),
            )),
        }
    }

    async fn token(&self, asked: TokenAsked) -> Outcome {
        let control = Arc::clone(&self.0);
        let issued =
            tokio::task::spawn_blocking(move || control.token(&asked.principal, &asked.scope))
                .await;
        let issued = issued.map_err(|_| {
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                NoToken::Signing.to_string(),
            )
        })?;
        let issued = issued.map_err(|error| (status_of(&error), error.to_string()))?;
        Ok(json!({"access_token": issued.token, "expires_on": issued.expires_on}))
    }

    fn clock(&self) -> Value {
        let now = self.0.now();
        json!({"now": rfc3339(now), "epoch-seconds": now.unix_timestamp()})
    }

    fn turn(&self, turn: &Turn) -> Outcome {
        if turn.advance_seconds > LONGEST_TURN {
            return Err((
                StatusCode::BAD_REQUEST,
                format!("at most {LONGEST_TURN} seconds at once"),
            ));
        }
        self.0.advance(Duration::from_secs(turn.advance_seconds));
        Ok(self.clock())
    }

    fn plant(&self, asked: &FaultAsked) -> Outcome {
        if let Some(wire) = &asked.wire {
            return routes::plant_wire(&self.0, wire);
        }
        self.0.plant(&asked.fault, &asked.at).map_err(|error| {
            let status = match error {
                FaultError::Unknown { .. } => StatusCode::NOT_FOUND,
                FaultError::NotHere { .. } | FaultError::Failed { .. } => StatusCode::CONFLICT,
            };
            (status, error.to_string())
        })?;
        Ok(json!({"planted": self.0.planted()}))
    }
}

fn coordinates(control: &Control) -> Outcome {
    serde_json::to_value(&*control.coordinates()).map_err(internal)
}

fn internal(error: impl std::fmt::Display) -> (StatusCode, String) {
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}

fn status_of(error: &NoToken) -> StatusCode {
    match error {
        NoToken::UnknownPrincipal { .. } => StatusCode::NOT_FOUND,
        NoToken::Signing => StatusCode::INTERNAL_SERVER_ERROR,
        NoToken::Disabled(_) | NoToken::Scope { .. } => StatusCode::BAD_REQUEST,
    }
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, (StatusCode, String)> {
    serde_json::from_slice(body).map_err(|error| {
        (
            StatusCode::BAD_REQUEST,
            format!("not the body that is wanted: {error}"),
        )
    })
}
