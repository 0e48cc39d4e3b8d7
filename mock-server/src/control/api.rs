//! The control interface over plain HTTP, JSON in and out.
//!
//! | request | body | answer |
//! |---|---|---|
//! | `GET /coordinates` | | the coordinates |
//! | `POST /doors` | `{vantage, address, port}` | `{"dial": "127.0.0.1:PORT"}`, `{"refused": why}` or `{"timed-out": why}` |
//! | `POST /tokens` | `{principal, scope}` | `{access_token, expires_on}` |
//! | `GET /clock`, `POST /clock` | `{"advance-seconds": n}` | `{"now": RFC 3339, "epoch-seconds": n}` |
//! | `GET /faults` | | `{planted, catalogue}` |
//! | `POST /faults`, `DELETE /faults` | `{fault, at}` | `{planted}` |
//! | `GET /received` | | `{requests}` |
//!
//! Errors are `{"error": text}`. Requests with an `Origin` header are refused: no web page may steer a mock.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Control, NoToken};
use crate::clock::rfc3339;
use crate::fabric::doors::Dial;
use crate::faults::FaultError;
use crate::listen::body::Outgoing;
use crate::listen::http::{Answer, Answered, Whole};

/// Longest turn of the clock: a hundred years.
const LONGEST_TURN: u64 = 100 * 366 * 24 * 3600;

/// The control interface of a mock.
pub struct Api(pub Arc<Control>);

type Outcome = Result<Value, (StatusCode, String)>;

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
    fault: String,
    at: String,
}

#[async_trait]
impl Answer for Api {
    async fn answer(&self, request: Whole) -> Answered {
        let (status, body) = match self.route(request).await {
            Ok(body) => (StatusCode::OK, body),
            Err((status, why)) => (status, json!({"error": why})),
        };
        let mut response = Answered::new(Outgoing::whole(body.to_string()));
        *response.status_mut() = status;
        let json = http::HeaderValue::from_static("application/json; charset=utf-8");
        response
            .headers_mut()
            .insert(http::header::CONTENT_TYPE, json);
        response
    }
}

impl Api {
    async fn route(&self, request: Whole) -> Outcome {
        if request.headers().contains_key(http::header::ORIGIN) {
            return Err((
                StatusCode::FORBIDDEN,
                "requests of web pages are refused".to_owned(),
            ));
        }
        let path = request.uri().path().trim_end_matches('/');
        let body = request.body();
        match (request.method(), path) {
            (&Method::GET, "/coordinates") => coordinates(&self.0),
            (&Method::POST, "/doors") => self.door(read(body)?).await,
            (&Method::POST, "/tokens") => self.token(read(body)?).await,
            (&Method::GET, "/clock") => Ok(self.clock()),
            (&Method::POST, "/clock") => self.turn(&read(body)?),
            (&Method::GET, "/faults") => {
                Ok(json!({"planted": self.0.planted(), "catalogue": self.0.applicable()}))
            }
            (&Method::POST, "/faults") => self.plant(&read(body)?),
            (&Method::DELETE, "/faults") => {
                self.0
                    .heal()
                    .map_err(|why| (StatusCode::INTERNAL_SERVER_ERROR, why))?;
                Ok(json!({"planted": self.0.planted()}))
            }
            (&Method::GET, "/received") => Ok(json!({"requests": self.0.received()})),
            (method, path) => Err((
                StatusCode::NOT_FOUND,
                format!("the control interface has no {method} {path}"),
            )),
        }
    }

    async fn door(&self, asked: DoorAsked) -> Outcome {
        let known = self
            .0
            .coordinates()
            .vantages
            .iter()
            .any(|vantage| vantage.name == asked.vantage);
        if !known {
            let names: Vec<_> = self
                .0
                .coordinates()
                .vantages
                .iter()
                .map(|vantage| vantage.name.as_str())
                .collect();
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
    serde_json::to_value(control.coordinates())
        .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
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
